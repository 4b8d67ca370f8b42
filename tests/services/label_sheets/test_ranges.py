"""A range of labels is written as people say it, and one that cannot be is named."""

import pytest
from sqlalchemy.orm import Session

from tests import builders
from wms.domain.codes import CodeKind
from wms.domain.errors import BadInputError
from wms.services import label_sheets
from wms.services.label_sheets import Choice, SheetKind, ranges

HALL = [f"A{aisle:02d}-{bay:02d}-{place}" for aisle in range(1, 5) for bay in (1, 2, 10, 99) for place in ("A1", "B2")]


def chosen(first: str, last: str, names: list[str]) -> list[str]:
    """The names in a range of locations."""
    wanted = ranges.read(first, last, CodeKind.LOCATION)
    return [name for name in names if wanted.holds(name, "L0001236")]


def test_a_range_of_addresses_takes_in_all_that_begins_as_its_end(session: Session) -> None:
    for address in HALL:
        _ = builders.location(session, address)
    choice = Choice(kind=SheetKind.LOCATIONS, first="a01-02", last="A03-99")
    labels = label_sheets.sheet(session, builders.actor(), choice).labels
    assert [label.name for label in labels] == [name for name in HALL if "A01-02" <= name < "A04"]
    assert labels[-1].name == "A03-99-B2"


@pytest.mark.parametrize(
    ("first", "last", "names", "found"),
    [
        ("A2", "A10", ["A1", "A2", "A9", "A10", "A11"], ["A2", "A9", "A10"]),
        ("", "A03", ["A01-1", "A03-7", "A04-1"], ["A01-1", "A03-7"]),
        ("A04", "", ["A03-7", "A04-1", "B01-1"], ["A04-1", "B01-1"]),
        ("B", "M", ["APRON", "BOWL", "MUG-BLU", "TOWEL"], ["BOWL", "MUG-BLU"]),
        ("010203", "010499", ["010101", "010203", "010350"], ["010203", "010350"]),
        (" a1 ", " a2 ", ["A1", "A2"], ["A1", "A2"]),
        ("", "", ["A1", ""], ["A1", ""]),
    ],
)
def test_numbers_in_names_count_as_numbers(first: str, last: str, names: list[str], found: list[str]) -> None:
    assert chosen(first, last, names) == found


@pytest.mark.parametrize(("first", "last"), [("2", "4"), ("T000024", "4"), ("T000024", "t000048")])
def test_totes_are_chosen_by_number_or_code(first: str, last: str) -> None:
    wanted = ranges.read(first, last, CodeKind.TOTE, named=False)
    codes = ["T000017", "T000024", "T000031", "T000048", "T000055", "T000109"]
    assert [code for code in codes if wanted.holds(code, code)] == ["T000024", "T000031", "T000048"]


def test_a_carts_slots_come_with_it(session: Session) -> None:
    first, second = builders.cart(session, slots=2), builders.cart(session, slots=2)
    by_code = Choice(kind=SheetKind.CARTS, first=second.barcode, last=second.barcode)
    by_name = Choice(kind=SheetKind.CARTS, first=first.name, last=first.name)
    labels = [label_sheets.sheet(session, builders.actor(), choice).labels for choice in (by_code, by_name)]
    assert [[label.code[:5] for label in found] for found in labels] == [[second.barcode] * 3, [first.barcode] * 3]


def test_cards_are_chosen_by_their_words_and_numbers(session: Session) -> None:
    quantities = Choice(kind=SheetKind.QUANTITIES, first="2", last="N4")
    commands = Choice(kind=SheetKind.COMMANDS, first="YES", last="no")
    found = [label_sheets.sheet(session, builders.actor(), choice).labels for choice in (quantities, commands)]
    assert [[label.name for label in labels] for labels in found] == [["2", "3", "4"], ["YES", "NO"]]


@pytest.mark.parametrize(
    ("first", "last", "counted", "named", "sentence"),
    [
        ("A03", "A01", CodeKind.LOCATION, True, "A03 comes after A01. Swap them."),
        ("200", "1", CodeKind.TOTE, False, "200 comes after 1. Swap them."),
        ("A01", "L0001236", CodeKind.LOCATION, True, "From A01 to L0001236: write two names, or two codes or numbers."),
        ("L0001237", "", CodeKind.LOCATION, True, "L0001237 is no location code: its last digit should be 6."),
        ("T000017", "", CodeKind.LOCATION, True, "T000017 is the code of a tote. Write what this sheet shows."),
        ("blue", "", CodeKind.TOTE, False, "BLUE is no tote. Write a number, or a code such as T000017."),
        ("", "many", CodeKind.QUANTITY, False, "MANY is no quantity. Write a number, or a code such as N12."),
    ],
)
def test_a_range_that_cannot_be_is_named(
    first: str, last: str, counted: CodeKind, *, named: bool, sentence: str
) -> None:
    with pytest.raises(BadInputError) as refused:
        _ = ranges.read(first, last, counted, named=named)
    assert str(refused.value) == sentence
