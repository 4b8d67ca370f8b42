"""Whatever text goes into a label comes out as text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printers.symbols import Symbology, UnencodableError, symbol
from printers.zpl import (
    FOUR_BY_SIX,
    TWO_BY_ONE,
    Align,
    DoesNotFitError,
    Label,
    code128_data,
    code128_width_dots,
    escape,
)

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20)
HOSTILE = "Bob ^XZ^XA~JA"


def unescape(field: str) -> str:
    """Read a ^FH field as the manual says a printer does: `_` and two hex digits are one byte."""
    read = re.sub(rb"_([0-9A-F]{2})", lambda found: bytes.fromhex(found[1].decode()), field.encode("ascii"))
    return read.decode("utf-8")


@given(ANY_TEXT)
def test_any_text_comes_back_from_its_escapes(text: str) -> None:
    assert unescape(escape(text)) == text


@given(ANY_TEXT)
def test_an_escaped_text_holds_no_command_character(text: str) -> None:
    assert re.fullmatch(r"(?:[ -\[\]`-}]|_[0-9A-F]{2})*", escape(text))


@given(ANY_TEXT, PRINTABLE, st.integers(min_value=1, max_value=99))
def test_a_stream_always_holds_exactly_one_format(text: str, code: str, copies: int) -> None:
    label = Label(FOUR_BY_SIX, copies=copies)
    label.text(1, 1, text)
    label.text(1, 1, text, block_width=400, lines=3)
    label.code128(1, 1, code)
    label.qr(1, 1, text)
    label.datamatrix(1, 1, code)
    zpl = label.to_zpl()
    assert zpl.startswith(b"^XA")
    assert zpl.count(b"^XA") == zpl.count(b"^XZ") == 1
    assert b"~" not in zpl
    assert zpl.isascii()


def test_a_lone_surrogate_prints_as_a_question_mark() -> None:
    assert escape("\ud800") == "?"


def test_a_hostile_name_stays_one_field() -> None:
    label = Label()
    label.text(30, 40, HOSTILE)
    assert b"^FO30,40^A0N,30,30^FH_^FDBob _5EXZ_5EXA_7EJA^FS\n" in label.to_zpl()


def test_every_format_sets_utf8_and_its_size() -> None:
    assert Label(TWO_BY_ONE).to_zpl().startswith(b"^XA^CI28^PW406^LL203")


def test_lines_of_a_block_break_where_the_text_does() -> None:
    label = Label()
    label.text(0, 0, "Main St 5\nSpringfield", block_width=500, lines=2, align=Align.CENTRE)
    assert b"^FB500,2,0,C,0^FH_^FDMain St 5_5C&Springfield^FS" in label.to_zpl()


@pytest.mark.parametrize(
    ("data", "field"),
    [("P00001", ">:P00001"), ("123456", ">;123456"), ("12345", ">:12345"), ("A>1^~", ">:A>01><>=")],
)
def test_code_128_says_its_subset_and_doubles_no_meaning(data: str, field: str) -> None:
    assert code128_data(data) == field


@pytest.mark.parametrize("data", ["", "Łódź", "a\tb", "١٢"])
def test_code_128_refuses_what_it_cannot_hold(data: str) -> None:
    with pytest.raises(UnencodableError) as refused:
        Label().code128(0, 0, data)
    assert refused.value.data == data


def test_data_matrix_refuses_what_it_cannot_hold() -> None:
    with pytest.raises(UnencodableError, match="Data Matrix"):
        Label().datamatrix(0, 0, "é")


def test_code_128_is_as_wide_as_its_symbols() -> None:
    # Start, three pairs, check: five of eleven modules, and a stop of thirteen.
    assert code128_width_dots("123456", module_dots=2) == (5 * 11 + 13) * 2


def test_a_code_over_the_edge_is_refused_with_both_widths() -> None:
    with pytest.raises(DoesNotFitError) as refused:
        Label(TWO_BY_ONE).code128(100, 0, "ABCDEFGHIJKLMNOP")
    assert (refused.value.needs_dots, refused.value.has_dots) == (100 + (18 * 11 + 13) * 2 + 20, 406)


def test_bars_are_boxes_behind_their_quiet_zone() -> None:
    label = Label()
    label.bars(5, 7, symbol("12345670", Symbology.EAN_8), height=90, module_dots=3)
    first, *_, last = re.findall(rb"\^FO(\d+),7\^GB(\d+),90,(\d+)\^FS", label.to_zpl())
    assert first == (b"26", b"3", b"3")
    assert last == (str(5 + (7 + 66) * 3).encode(), b"3", b"3")


def test_bars_over_the_edge_are_refused_with_both_widths() -> None:
    with pytest.raises(DoesNotFitError) as refused:
        Label(TWO_BY_ONE).bars(0, 0, symbol("4006381333931", Symbology.EAN_13), module_dots=4)
    assert (refused.value.needs_dots, refused.value.has_dots) == ((95 + 22) * 4, 406)


def test_the_height_of_a_bar_code_never_reaches_a_qr_code_behind_it() -> None:
    label = Label()
    label.code128(0, 0, "AB", height=160)
    label.qr(0, 0, "x")
    assert b"^BY2,2,1^BQN,2,5^FH_^FDQA,x^FS" in label.to_zpl()


def test_a_graphic_field_goes_through_as_it_is() -> None:
    label = Label()
    label.graphic(8, 9, "^GFA,1,1,1,FF^FS\n")
    assert b"^FO8,9^GFA,1,1,1,FF^FS\n" in label.to_zpl()


@pytest.mark.parametrize("field", ["^XA^GFA,1,1,1,FF", "^GFA,1,1,1,FF^XZ", "^GFA,~JA", "hello", "^GFé"])
def test_a_graphic_with_another_command_in_it_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="one \\^GF field"):
        Label().graphic(0, 0, field)


def test_a_line_stands_or_lies() -> None:
    label = Label()
    label.line(0, 0, 100, thickness=3)
    label.line(0, 0, 100, thickness=3, upright=True)
    assert b"^GB100,3,3^FS\n^FO0,0^GB3,100,3^FS" in label.to_zpl()


def test_no_copies_cannot_be_printed() -> None:
    with pytest.raises(ValueError, match="at least one"):
        _ = Label(copies=0)
