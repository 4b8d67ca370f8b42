"""A label of the house says its text to people and its code to scanners, in bars that a handheld can read."""

import re
from collections.abc import Callable, Sequence

import pytest

from printers.decode import decode
from printers.preview import ZebrashPreview
from printers.symbols import Symbology
from printers.zpl import DoesNotFitError
from wms.domain.codes import Command, parse
from wms.labels.sheets import NARROWEST_DOTS, SheetLabel, case, inner_size, poster, small


def thing(code: str = "T000417", name: str = "Nr 7", symbology: Symbology = Symbology.CODE_128) -> SheetLabel:
    """A label."""
    return SheetLabel(word="TOTE", name=name, code=code, symbology=symbology)


def texts(zpl: bytes) -> list[str]:
    """What a label says to people, top to bottom."""
    found = re.findall(rb"\^FO\d+,(\d+)\^A0.*?\^FD(.*?)\^FS", zpl)
    return [text.decode() for _, text in sorted(found, key=lambda place: int(place[0]))]


def narrowest_dots(zpl: bytes) -> int:
    """The width of the narrowest bar on a label."""
    return min(int(width) for width in re.findall(rb"\^GB(\d+),", zpl))


def test_a_location_says_address_and_check_string_and_scans_as_its_code(preview: ZebrashPreview) -> None:
    zpl = small(SheetLabel(word="LOCATION", name="A12-03-B2", code="L0001236", note="472"))
    assert texts(zpl) == ["LOCATION", "A12-03-B2", "472", "L0001236"]
    assert b"^A0N,70,70^FB132,1,0,R,0^FH_^FD472^FS" in zpl
    assert decode(preview.draw(zpl)) == ["L0001236"]


@pytest.mark.parametrize(
    "code", ["L0001236", "B123456782", "T000417", "C0016", "C001601", "K017", "N1", "N24", "S024", "D012", "X021"]
)
def test_each_code_of_the_house_scans_from_its_label(preview: ZebrashPreview, code: str) -> None:
    zpl = small(thing(code))
    assert texts(zpl) == ["TOTE", "Nr 7", code]
    assert decode(preview.draw(zpl)) == [code]
    assert narrowest_dots(zpl) > NARROWEST_DOTS


@pytest.mark.parametrize(
    ("code", "symbology"),
    [
        ("4006381333931", Symbology.EAN_13),
        ("012345678905", Symbology.UPC_A),
        ("12345670", Symbology.EAN_8),
        ("10400000000012", Symbology.ITF_14),
        ("ABCDEFGHIJKL", Symbology.CODE_128),
        ("TWL-RED-L-2024-COTTON", Symbology.DATA_MATRIX),
        ("X" * 80, Symbology.DATA_MATRIX),
    ],
)
@pytest.mark.parametrize("draw", [small, case])
def test_each_code_of_a_product_scans_from_its_label(
    preview: ZebrashPreview, draw: Callable[[SheetLabel], bytes], code: str, symbology: Symbology
) -> None:
    zpl = draw(SheetLabel(word="MUG-BLU", name="Blue mug 350 ml", code=code, symbology=symbology, note=""))
    (read,) = decode(preview.draw(zpl))
    assert parse(read) == parse(code)


def test_a_case_says_how_many_it_holds_in_bars_of_half_a_millimetre(preview: ZebrashPreview) -> None:
    of = SheetLabel(
        word="MUG-BLU", name="Blue mug", code="10400000000012", symbology=Symbology.ITF_14, note="CASE OF 12"
    )
    assert texts(case(of)) == ["MUG-BLU", "Blue mug", "CASE OF 12", "10400000000012"]
    assert narrowest_dots(case(of)) == 4
    assert decode(preview.draw(case(of))) == ["10400000000012"]


def test_a_poster_holds_every_command(preview: ZebrashPreview) -> None:
    cards = [thing(command.value, command.name) for command in Command]
    assert sorted(decode(preview.draw(poster("SCAN", cards)))) == sorted(Command)


@pytest.mark.parametrize("cards", [["K017"], ["K017", "K024", "K031"]])
def test_a_poster_of_a_few_commands_is_whole(preview: ZebrashPreview, cards: Sequence[str]) -> None:
    assert sorted(decode(preview.draw(poster("SCAN", [thing(code) for code in cards])))) == cards


def test_a_carton_says_its_size_in_centimetres() -> None:
    assert inner_size(300, 205, 150) == "30 x 20.5 x 15 cm"


def test_a_hostile_name_leaves_one_label_with_its_code(preview: ZebrashPreview) -> None:
    zpl = small(thing("B123456782", "Bob ^XZ^XA~JA\n" * 9))
    assert (zpl.count(b"^XA"), zpl.count(b"^XZ"), zpl.count(b"~")) == (1, 1, 0)
    assert decode(preview.draw(zpl)) == ["B123456782"]


@pytest.mark.parametrize(
    ("name", "height", "rows"),
    [
        ("Short", 62, ["Short"]),
        ("Blue mug 350 ml, stoneware", 28, ["Blue mug 350 ml,", "stoneware"]),
        ("x" * 31, 20, ["x" * 30, "x"]),
        ("x" * 99, 20, ["x" * 30, "x" * 28 + ".."]),
    ],
)
def test_a_long_name_is_printed_smaller_then_in_two_lines_and_only_then_cut(
    name: str, height: int, rows: list[str]
) -> None:
    zpl = small(thing(name=name))
    assert texts(zpl)[1:-1] == rows
    assert f"^A0N,{height},{height}^FH_^FD{rows[0]}^FS".encode() in zpl


def test_a_code_too_long_for_the_label_is_refused() -> None:
    with pytest.raises(DoesNotFitError):
        _ = small(thing("LEGACY-TOTE-NUMBER-417"))
