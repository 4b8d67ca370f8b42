"""One line of a walk: location, item, tote; what is wrong is named, and nothing wrong is counted."""

import secrets
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.catalog import Barcode
from wms.domain.codes import slot_code
from wms.domain.journal import JournalEntry, Scan
from wms.domain.orders import Order
from wms.services import picking
from wms.services.scans import scanning
from wms.services.scans.scanning import Pulled
from wms.services.scans.screens import Card


def counted(session: Session) -> int:
    return session.query(JournalEntry).filter_by(event="ItemPicked").count()


def test_another_location_is_named_with_the_right_one(walk: Walk) -> None:
    marta, other = walk.begin(), builders.location(walk.session)
    right = marta.stop.location
    for scanned in (other.barcode, other.code.lower()):
        assert marta.scan(scanned) == "go_to"
        assert marta.said == f"That is {other.code}. Go to {right}"
        assert marta.feedback.cue == "wrong"


def test_a_location_is_proved_by_its_address_or_its_check_string_too(walk: Walk) -> None:
    marta = walk.begin()
    assert marta.scan(marta.stop.location.lower()) == "scan_item"
    assert marta.scan("UNDO") == "go_to"
    wrong = "999" if marta.stop.check != "999" else "998"
    assert marta.scan(wrong) == "go_to"
    assert marta.said == f"Not the number of {marta.stop.location}"
    assert marta.scan(marta.stop.check) == "scan_item"


def test_an_item_before_its_location_is_answered_scan_the_location_first(walk: Walk) -> None:
    marta = walk.begin()
    assert marta.scan(walk.mug_code) == "go_to"
    assert marta.said == "Scan the shelf first"
    _ = marta.scan(walk.pen_code)
    assert marta.said == "That is a PRODUCT. Scan the SHELF"
    assert counted(walk.session) == 0


@pytest.mark.parametrize("state", ["scan_item", "put_in_tote"])
def test_a_wrong_item_stops_with_both_sides(walk: Walk, state: str) -> None:
    marta = walk.at_location()
    if state == "put_in_tote":
        _ = marta.scan(walk.mug_code, walk.mug_code)
    assert marta.scan(walk.pen_code) == state
    verdict = marta.feedback
    assert (verdict.tone, verdict.cue, verdict.words) == ("wrong", "stop", "PUT IT BACK")
    assert verdict.have == Card(name=walk.pen.name, sku=walk.pen.sku)
    assert verdict.need == Card(name=walk.mug.name, sku=walk.mug.sku)
    assert counted(walk.session) == (2 if state == "put_in_tote" else 0)


def test_a_wrong_tote_stops_and_nothing_moves(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan(walk.mug_code, walk.mug_code)
    right, wrong = walk.totes
    assert marta.scan(wrong.barcode) == "put_in_tote"
    assert marta.said == f"TAKE IT OUT OF {wrong.barcode}, PUT IN {right.barcode}"
    assert marta.feedback.have == Card(name=wrong.barcode, detail="slot 2")
    assert marta.scan(builders.tote(walk.session).barcode) == "put_in_tote"
    assert marta.feedback.have is not None
    assert marta.feedback.have.detail == "not on this cart"
    assert walk.units(wrong, walk.mug) == walk.units(right, walk.mug) == 0


@pytest.mark.parametrize(
    ("at", "code", "words"),
    [
        ("go_to", "T000000", "That is a TOTE. Scan the SHELF"),
        ("scan_item", "T000000", "That is a TOTE. Scan the ITEM"),
        ("put_in_tote", "L0000000", "That is a SHELF. Scan the TOTE"),
        ("scan_item", "C0000", "That is a CART. Scan the ITEM"),
        ("scan_item", "12-WHAT-IS-THIS", "Not known: ...-IS-THIS. HELP card"),
    ],
)
def test_a_wrong_type_is_named(walk: Walk, at: str, code: str, words: str) -> None:
    marta = walk.begin()
    if at != "go_to":
        _ = marta.reach()
    if at == "put_in_tote":
        _ = marta.scan(walk.mug_code, walk.mug_code)
    assert marta.scan(code) == at
    assert (marta.said, marta.feedback.tone) == (words, "wrong")


def test_what_was_refused_is_kept_as_a_near_miss(walk: Walk) -> None:
    _ = walk.at_location().scan(walk.pen_code)
    entry = walk.session.query(JournalEntry).filter_by(event="ScanRefused").one()
    assert (entry.data["wanted"], entry.data["kind"]) == ("item", "product")


def test_a_scan_of_a_step_that_is_done_is_no_near_miss_of_the_next_location(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan(walk.mug_code, walk.mug_code)
    token = marta.screen.token
    assert marta.scan(walk.totes[0].barcode) == "go_to"
    assert marta.scan(walk.totes[0].barcode, token=token) == "go_to"
    entry = walk.session.query(JournalEntry).filter_by(event="ScanRefused").one()
    assert (entry.data["place"], entry.data["wanted"]) == ("", "")


def test_a_further_unit_is_already_in(walk: Walk) -> None:
    marta = walk.at_location()
    assert marta.scan(walk.mug_code, walk.mug_code, walk.mug_code) == "put_in_tote"
    assert (marta.said, marta.feedback.cue) == ("Already in. 2 of 2", "repeated")
    assert marta.stop.in_hand == 2


def test_the_location_is_not_asked_again_for_the_next_line_of_the_same_location(session: Session) -> None:
    mug, pen = builders.product(session), builders.product(session)
    location = builders.location(session)
    builders.stock(session, location, mug, 5)
    builders.stock(session, location, pen, 5)
    order = builders.order(session, (mug, 1), (pen, 1))
    _ = builders.waiting_batch(session, order, locations={mug.id: location, pen.id: location})
    marta = Picker(session)
    _ = marta.begin(builders.cart(session), builders.tote(session))
    assert marta.pick() == "scan_item"
    assert marta.stop.sku == pen.sku


def test_scanning_the_right_location_again_is_harmless_and_another_one_asks_for_the_way_back(walk: Walk) -> None:
    marta, other = walk.at_location(), builders.location(walk.session)
    assert marta.scan(marta.stop.location_code) == "scan_item"
    assert marta.feedback.tone == "info"
    assert marta.scan(other.barcode) == "go_to"
    assert marta.feedback.tone == "wrong"


def test_a_right_item_is_answered_with_the_screen_that_a_reload_shows(walk: Walk) -> None:
    marta = walk.at_location()
    for name in ("scan_item", "put_in_tote"):
        pulled = Pulled(code=walk.mug_code, scan=secrets.token_hex(8), token=marta.screen.token)
        actor = replace(marta.actor, scan=pulled.scan)
        answer = scanning.take(walk.session, actor, "picking", pulled, picking.current_screen, picking.judge)
        assert answer.screen == marta.screen
        assert answer.screen.name == name


def test_a_case_counts_its_units_and_never_more_than_remain(session: Session) -> None:
    mug = builders.product(session, case_of=3)
    _ = builders.waiting_batch(session, builders.order(session, (mug, 4)))
    marta = Picker(session)
    _ = marta.begin(builders.cart(session), builders.tote(session))
    _ = marta.reach()
    case = builders.barcode(session, mug, 3)
    assert marta.scan(case) == "scan_item"
    assert (marta.said, marta.stop.in_hand) == ("3 of 4", 3)
    assert marta.screen.accept == (builders.barcode(session, mug),)
    assert marta.scan(case) == "scan_item"
    assert (marta.said, marta.stop.in_hand) == ("Case of 3, take 1 loose", 3)


def test_an_item_is_known_by_gtin_sku_suppliers_code_and_gs1(walk: Walk) -> None:
    marta = walk.at_location()
    order: Order = builders.order(walk.session, (walk.mug, 5))
    walk.asks_for(6)
    walk.session.add(Barcode(warehouse_id=builders.WAREHOUSE, code="ACME-77", product_id=walk.mug.id))
    walk.session.flush()
    gtin13 = walk.mug_code[1:]
    gs1 = f"]C101{walk.mug_code}17270131\x1d10LOT7"
    assert marta.scan(gtin13, walk.mug.sku.lower(), "acme-77", gs1) == "scan_item"
    assert (marta.stop.in_hand, order.number[0]) == (4, "#")


def test_a_slot_code_stands_for_its_tote(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan(walk.mug_code, walk.mug_code, slot_code(walk.cart.barcode, 1))
    assert walk.units(walk.totes[0], walk.mug) == 2


def test_scanning_ahead_within_a_line_counts(walk: Walk) -> None:
    marta = walk.begin()
    token, tote = marta.screen.token, walk.totes[0].barcode
    assert marta.scan(marta.stop.location_code, walk.mug_code, walk.mug_code, tote, token=token) == "go_to"
    assert walk.units(walk.totes[0], walk.mug) == 2


def test_a_line_says_ahead_what_its_next_steps_want(walk: Walk) -> None:
    marta = walk.begin()
    token, (items, totes) = marta.screen.token, marta.screen.ahead
    assert (walk.mug_code in items, walk.totes[0].barcode in totes) == (True, True)
    assert marta.scan(marta.stop.location_code, token=token) == "scan_item"
    assert (marta.screen.accept, marta.screen.ahead) == (items, (totes,))


def test_a_scan_for_another_line_does_not_count(walk: Walk) -> None:
    marta = walk.begin()
    old = marta.screen.token
    _ = marta.pick()
    before = marta.screen
    _ = marta.scan(marta.stop.location_code, token=old)
    assert (marta.said, marta.feedback.tone) == ("Not counted. Look at the screen", "warn")
    assert marta.screen == before


def test_a_scan_posted_twice_counts_once(walk: Walk) -> None:
    marta = walk.at_location()
    for _ in range(2):
        assert marta.scan(walk.mug_code, scan="the-same") == "scan_item"
        assert marta.said == "1 of 2"
    assert (marta.stop.in_hand, counted(walk.session)) == (1, 1)
    assert walk.session.query(Scan).filter_by(scan="the-same").count() == 1


def test_a_full_order_sounds_different_from_a_line(walk: Walk) -> None:
    marta = walk.begin()
    _ = marta.pick()
    assert (marta.said, marta.feedback.cue) == ("1 of 3", "line")
    _ = marta.pick()
    assert (marta.said, marta.feedback.cue) == (f"{walk.totes[0].barcode} FULL ORDER", "complete")


def test_an_order_that_lacks_a_line_is_not_called_full(walk: Walk) -> None:
    marta = walk.at_location()
    assert marta.scan("NONE HERE", marta.stop.location_code) == "go_to"
    assert marta.stop.order_id == walk.orders[0].id
    _ = marta.pick()
    assert (marta.said, marta.feedback.cue) == ("3 of 3", "line")


def test_done_in_the_middle_says_how_much_is_open(walk: Walk) -> None:
    assert walk.begin().scan("DONE") == "go_to"
    assert walk.marta.said == "3 lines are open. Go on"


def test_a_command_of_another_station_is_named(walk: Walk) -> None:
    _ = walk.begin().scan("REPRINT")
    assert walk.marta.said == "REPRINT means nothing here"
