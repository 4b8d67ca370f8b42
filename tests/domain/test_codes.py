"""What a code counts, and how goods carry a GTIN."""

import pytest

from wms.domain.codes import CodeKind, check_digit, gtin14, number_of, own_code, parse, printed_gtin, slot_code


@pytest.mark.parametrize("kind", [CodeKind.LOCATION, CodeKind.TOTE, CodeKind.CART, CodeKind.LANE, CodeKind.COMMAND])
def test_a_code_of_ours_tells_its_number(kind: CodeKind) -> None:
    assert number_of(parse(own_code(kind, 7))) == 7


def test_a_slot_counts_as_its_cart_and_a_quantity_as_itself() -> None:
    assert number_of(parse(slot_code(own_code(CodeKind.CART, 12), 3))) == 12
    assert number_of(parse("N24")) == 24


@pytest.mark.parametrize("text", ["4006381333931", "MUG-BLU", "T000018"])
def test_other_codes_count_nothing(text: str) -> None:
    assert number_of(parse(text)) is None


@pytest.mark.parametrize("body", ["1234567", "01234567890", "400638133393", "1040000000001"])
def test_a_gtin_is_printed_in_as_many_digits_as_it_was_given(body: str) -> None:
    digits = body + check_digit(body)
    stored = gtin14(digits)
    assert stored is not None
    assert printed_gtin(stored) == digits


@pytest.mark.parametrize("text", ["20261016", " short ", "]C110a", "T000018", "n12"])
def test_a_code_keeps_its_text_as_it_was_read(text: str) -> None:
    assert parse(text).raw == text.strip().upper().removeprefix("]C1")


@pytest.mark.parametrize(
    ("text", "is_gs1"), [("]C110A", True), ("]d210A", True), ("]E04006381333931", False), ("10A", False)]
)
def test_a_symbology_says_that_a_code_is_a_gs1_one(text: str, is_gs1: bool) -> None:  # noqa: FBT001 - a parameter
    assert parse(text).is_gs1 is is_gs1
