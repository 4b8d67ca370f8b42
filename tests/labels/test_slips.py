"""The packing slip: as many pages as its lines need, each with the order's barcode, nothing told twice or lost."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printers.decode import decode
from printers.preview import ZebrashPreview
from tests.labels.texts import texts
from wms.labels.slips import Slip, SlipLine, draw

SLIP = Slip(
    code="O000000017",
    number="#1043",
    sender="North DC",
    date="24 Nov 2026",
    box=1,
    boxes=2,
    ship_to=("Ada Buyer", "1 Main St", "62701 Springfield IL", "US"),
    lines=(SlipLine(quantity=2, sku="MUG", name="Blue mug", price="12.50 USD"),),
)


def test_a_slip_says_the_box_its_lines_and_where_it_goes(preview: ZebrashPreview) -> None:
    (page,) = draw(SLIP)
    assert texts(page) == [
        "PACKING SLIP", "North DC", "#1043", "Box 1 of 2", "24 Nov 2026", "Ada Buyer", "1 Main St",
        "62701 Springfield IL", "US", "IN THIS BOX", "Blue mug", "2 x", "12.50 USD", "MUG", "Page 1 of 1",
    ]  # fmt: skip
    assert decode(preview.draw(page)) == ["O000000017"]


def test_what_comes_apart_from_the_box_stands_under_its_own_heading() -> None:
    soap, towel = SlipLine(quantity=1, sku="SOAP", name="Soap"), SlipLine(quantity=3, sku="TWL", name="Towel")
    (page,) = draw(replace(SLIP, elsewhere=(soap,), later=(towel,)))
    said = texts(page)
    assert said.index("IN OTHER BOXES") < said.index("SOAP") < said.index("COMES LATER") < said.index("TWL")


def test_a_substitute_is_printed_with_what_was_bought() -> None:
    red = SlipLine(quantity=2, sku="MUG-RED", name="Red mug", replaces="MUG-BLU")
    (page,) = draw(replace(SLIP, lines=(red,)))
    assert "MUG-RED, substitute for MUG-BLU" in page.decode("ascii")


@pytest.mark.parametrize(("box", "boxes", "words"), [(2, 3, "Box 2 of 3"), (2, 0, "Box 2"), (0, 0, "")])
def test_how_many_boxes_there_are_is_said_once_it_is_known(box: int, boxes: int, words: str) -> None:
    assert replace(SLIP, box=box, boxes=boxes).which == words


@given(st.integers(min_value=1, max_value=40), st.integers(min_value=0, max_value=20), st.integers(0, 60))
def test_each_line_stands_on_one_page_and_no_heading_alone(here: int, later: int, words: int) -> None:
    def lines(letter: str, count: int) -> tuple[SlipLine, ...]:
        return tuple(SlipLine(quantity=1, sku=f"{letter}{number}", name="Thing") for number in range(count))

    slip = replace(SLIP, lines=lines("A", here), later=lines("B", later), gift_note="so happy " * words)
    pages = [texts(page) for page in draw(slip)]
    told = [text for page in pages for text in page if re.fullmatch(r"[AB]\d+", text)]
    assert told == [line.sku for line in (*slip.lines, *slip.later)]
    assert [page[-1] for page in pages] == [f"Page {number} of {len(pages)}" for number in range(1, len(pages) + 1)]
    assert all(page[-2] not in {"IN THIS BOX", "COMES LATER", "FOR YOU"} for page in pages)


def test_each_page_of_a_long_slip_carries_the_orders_barcode(preview: ZebrashPreview) -> None:
    lines = tuple(SlipLine(quantity=number, sku=f"SKU-{number}", name="Thing") for number in range(1, 25))
    pages = draw(replace(SLIP, lines=lines))
    assert len(pages) > 2
    assert [decode(preview.draw(page)) for page in pages] == [["O000000017"]] * len(pages)


def test_a_whole_letter_as_a_note_is_cut() -> None:
    pages = draw(replace(SLIP, note="Dear all,\n" * 5000))
    assert len(pages) == 3
    assert any(text.endswith("..") for text in texts(pages[-1]))
