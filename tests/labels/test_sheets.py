"""A label of the house says its text to people and its code to scanners."""

from collections.abc import Callable

import pytest

from printers.decode import decode
from printers.preview import ZebrashPreview
from printers.zpl import DoesNotFitError
from wms.labels.sheets import (
    CartLabel,
    CartonLabel,
    LocationLabel,
    ThingLabel,
    badge,
    cart,
    carton_type,
    command_card,
    lane,
    location,
    quantity_card,
    station,
    tote,
    trial,
)


def test_a_location_says_address_and_check_string_and_scans_as_its_code(preview: ZebrashPreview) -> None:
    zpl = location(LocationLabel(code="L0001236", address="A12-03-B2", check_string="472"))
    assert b"^FDA12-03-B2^FS" in zpl
    assert b"^FD472^FS" in zpl
    assert decode(preview.draw(zpl)) == ["L0001236"]


@pytest.mark.parametrize(
    ("label_of", "code", "kind"),
    [
        (badge, "B123456782", b"BADGE"),
        (tote, "T000417", b"TOTE"),
        (command_card, "K017", b"COMMAND"),
        (quantity_card, "N12", b"QUANTITY"),
        (station, "S024", b"STATION"),
        (lane, "D012", b"LANE"),
        (trial, "TEST", b"TEST"),
    ],
)
def test_a_thing_says_what_it_is_and_scans_as_its_code(
    preview: ZebrashPreview, label_of: Callable[[ThingLabel], bytes], code: str, kind: bytes
) -> None:
    zpl = label_of(ThingLabel(code=code, name="Nr 7"))
    assert b"^FD" + kind + b"^FS" in zpl
    assert b"^FDNr 7^FS" in zpl
    assert decode(preview.draw(zpl)) == [code]


def test_a_cart_brings_a_label_for_each_slot(preview: ZebrashPreview) -> None:
    slots = tuple(ThingLabel(code=f"C00160{number}", name=f"Slot {number}") for number in (1, 2))
    labels = cart(CartLabel(code="C0016", name="7", slots=slots))
    assert [decode(preview.draw(zpl)) for zpl in labels] == [["C0016"], ["C001601"], ["C001602"]]
    assert b"^FDCART 7^FS" in labels[1]


def test_a_carton_type_says_its_size_in_centimetres(preview: ZebrashPreview) -> None:
    zpl = carton_type(CartonLabel(code="X021", name="M2", length_mm=300, width_mm=205, height_mm=150))
    assert b"^FDBOX 30 x 20.5 x 15 cm^FS" in zpl
    assert decode(preview.draw(zpl)) == ["X021"]


def test_a_hostile_name_leaves_one_label_with_its_code(preview: ZebrashPreview) -> None:
    zpl = badge(ThingLabel(code="B123456782", name="Bob ^XZ^XA~JA\n" * 9))
    assert (zpl.count(b"^XA"), zpl.count(b"^XZ"), zpl.count(b"~")) == (1, 1, 0)
    assert decode(preview.draw(zpl)) == ["B123456782"]


def test_a_long_name_is_printed_smaller_and_only_then_cut() -> None:
    assert b"^A0N,62,62^FH_^FDShort^FS" in tote(ThingLabel(code="T000417", name="Short"))
    assert b"^A0N,24,24^FH_^FDTwenty five characters xx^FS" in tote(
        ThingLabel(code="T000417", name="Twenty five characters xx")
    )
    assert b"^A0N,20,20^FH_^FDxxxxxxxxxxxxxxxxxxxxxxxxxxxx..^FS" in tote(ThingLabel(code="T000417", name="x" * 99))


def test_a_code_too_long_for_the_label_is_refused() -> None:
    with pytest.raises(DoesNotFitError):
        _ = tote(ThingLabel(code="LEGACY-TOTE-000000000417", name="417"))
