"""What is typed where no scan can say it: a quantity, and the SKU of a product without a barcode."""

import pytest

from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import JournalEntry
from wms.domain.picked import PickedUnits
from wms.domain.picking import Proof


def inbox(walk: Walk) -> list[str]:
    rows = walk.session.query(ExceptionItem).filter_by(kind=ExceptionKind.UNKNOWN_BARCODE)
    return [row.text for row in rows]


def test_qty_opens_the_keypad_for_a_number_once_the_first_unit_is_scanned(walk: Walk) -> None:
    marta = walk.at_location()
    assert marta.scan("QTY") == "scan_item"
    assert (marta.said, marta.feedback.opens) == ("Scan the item first", "")
    assert marta.scan(walk.mug_code, "QTY") == "scan_item"
    assert (marta.said, marta.feedback.opens) == ("Type how many, then OK", "number")
    assert marta.scan("N2") == "put_in_tote"


def test_qty_opens_the_keypad_for_how_many_were_found(walk: Walk) -> None:
    marta = walk.at_location()
    assert marta.scan("SHORT", "QTY") == "short"
    assert marta.feedback.opens == "number"


def test_the_keypad_stays_shut_where_no_number_is_asked(walk: Walk) -> None:
    marta = walk.begin()
    assert marta.scan("QTY") == "go_to"
    assert (marta.feedback.tone, marta.feedback.opens) == ("wrong", "")


def test_no_barcode_asks_for_the_sku_and_the_inbox_for_a_label_at_that_place(walk: Walk) -> None:
    marta = walk.at_location()
    assert marta.scan("NO BARCODE") == "scan_item"
    assert (marta.said, marta.feedback.opens) == ("Type the SKU, then OK", "letters")
    assert inbox(walk) == [f"{marta.stop.location}: {walk.mug.sku} {walk.mug.name} has no barcode. It needs a label."]
    entry = walk.session.query(JournalEntry).filter_by(event="BarcodeMissing").one()
    assert (entry.data["sku"], entry.data["location"]) == (walk.mug.sku, marta.stop.location)
    assert marta.scan(walk.mug.sku.lower()) == "scan_item"
    assert walk.session.query(PickedUnits).one().product_proof is Proof.SKU


def test_the_inbox_is_told_once_until_somebody_has_settled_it(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan("NO BARCODE", "NO BARCODE")
    assert len(inbox(walk)) == 1
    walk.session.query(ExceptionItem).one().settled_at = marta.actor.at
    _ = marta.scan("NO BARCODE")
    assert len(inbox(walk)) == 2


def test_the_longest_name_still_fits_into_the_inbox_once(walk: Walk) -> None:
    marta = walk.at_location()
    walk.mug.name, walk.mug.sku = "N" * 200, walk.mug.sku.ljust(80, "S")
    walk.session.flush()
    for _ in range(2):
        assert marta.scan("NO BARCODE") == "scan_item"
    (text,) = inbox(walk)
    assert len(text) == 300


def test_no_barcode_before_the_location_is_proved_asks_for_the_location(walk: Walk) -> None:
    marta = walk.begin()
    assert marta.scan("NO BARCODE") == "go_to"
    assert (marta.said, inbox(walk)) == ("Scan the shelf first", [])


def test_say_again_repeats_the_last_verdict_and_counts_nothing(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan(walk.pen_code)
    before = marta.feedback
    refused = walk.session.query(JournalEntry).filter_by(event="ScanRefused").count()
    assert marta.scan("SAY AGAIN", "SAY AGAIN") == "scan_item"
    assert marta.feedback == before
    assert before.cue == "stop"
    assert before.need is not None
    assert walk.session.query(JournalEntry).filter_by(event="ScanRefused").count() == refused


def test_say_again_says_nothing_of_what_somebody_else_was_told(walk: Walk) -> None:
    _ = walk.at_location()
    tom = Picker(walk.session)
    assert tom.scan("SAY AGAIN") == "home"
    assert tom.said == "Nothing to say again"


@pytest.mark.parametrize(
    "sku", ["N100", "S123", "X123", "L0001236", "T000123", "B123456782", "12345670", "4006381333931"]
)
def test_a_sku_may_read_like_any_other_code(walk: Walk, sku: str) -> None:
    walk.mug.sku = sku
    walk.session.flush()
    marta = walk.at_location()
    assert marta.scan("NO BARCODE", sku) == "scan_item"
    assert (marta.said, walk.session.query(PickedUnits).one().product_proof) == ("1 of 2", Proof.SKU)
    assert marta.scan("SHORT", sku) == "put_in_tote"


def test_a_sku_that_reads_like_a_location_is_taken_where_the_item_proves_it(walk: Walk) -> None:
    walk.mug.sku = "L0001236"
    walk.session.flush()
    marta = walk.begin()
    assert marta.scan("L0001236") == "go_to"
    assert marta.said == "Scan the shelf first"


def test_a_quantity_is_still_one_for_other_products(walk: Walk) -> None:
    walk.pen.sku = "N2"
    walk.session.flush()
    marta = walk.at_location()
    assert marta.scan(walk.mug_code, "N2") == "put_in_tote"
