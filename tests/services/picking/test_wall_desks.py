"""The desk at a put wall: it goes on with its worker, and takes broken totes and units that do not belong there."""

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.services.picking.sorters import Sorter, Wall, make_wall
from wms.domain.actor import Actor
from wms.domain.catalog import Barcode, Product
from wms.domain.floor import Location, LocationKind
from wms.domain.inbox import ExceptionItem
from wms.domain.picked import PickedUnits
from wms.domain.picking import BatchOrder, Method
from wms.domain.putbacks import PutBack
from wms.domain.totes import ToteStatus
from wms.services import picking, signing_in
from wms.services.orders import cancelling
from wms.services.signing_in import Browser
from wms.services.stock import putting_back


@pytest.fixture
def wall(session: Session) -> Wall:
    """Two orders that share a tote, and a wall with three places."""
    return make_wall(session)


@pytest.fixture
def hospital(session: Session) -> Location:
    """Where wrong items are kept."""
    return builders.location(session, kind=LocationKind.HOSPITAL)


def signs_in(sorter: Sorter, device: str) -> None:
    """Scan the sorter's badge on a device where nobody is signed in."""
    at = sorter.actor.at
    nobody = Actor(warehouse_id=builders.WAREHOUSE, at=at, name="", device=device)
    browser = Browser(device_key=f"key {device}")
    actor, _ = signing_in.scan(sorter.session, nobody, sorter.worker.badge, browser, f"token {at}")
    sorter.opened, sorter.device = actor.session_id, device


@pytest.mark.parametrize("ended", ["break", "log out", ""], ids=["break", "log out", "locked"])
@pytest.mark.parametrize("device", ["1", "7"])
def test_a_sorter_goes_on_after_a_break_or_a_lock_and_on_another_device(wall: Wall, ended: str, device: str) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug)
    before = marta.actor.session_id
    if ended:
        _ = signing_in.sign_out(wall.session, marta.actor, ended)
    signs_in(marta, device)
    assert marta.screen.name == "put_in_slot"
    assert marta.scan(wall.places[0].barcode) == "sort_item"
    here, marta.opened = marta.opened, before
    assert marta.screen.name == "home"
    marta.opened = here
    assert marta.scan(wall.mug, wall.places[1].barcode, wall.pen, wall.places[0].barcode) == "home"
    assert wall.holds_up()


def test_a_tote_left_by_done_is_not_taken_up_by_the_next_badge(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, "DONE")
    signs_in(marta, "7")
    assert marta.screen.name == "home"


def test_whoever_takes_the_device_over_goes_on_with_the_tote(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug)
    tom = Sorter(wall.session)
    signs_in(tom, "7")
    verdict = picking.hand_over(wall.session, marta.actor, tom.actor)
    assert verdict is not None
    assert verdict.words == f"Hello {tom.worker.name}. {wall.tote.barcode} is yours"
    assert (tom.screen.name, marta.screen.name) == ("put_in_slot", "home")


def test_a_sorter_keeps_the_tote_from_whoever_has_a_walk(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug)
    _ = builders.waiting_batch(wall.session, builders.order(wall.session, (builders.product(wall.session), 1)))
    tom = Sorter(wall.session, device="2")
    assert tom.scan(wall.cart.barcode) == "build_cart"
    verdict = picking.hand_over(wall.session, marta.actor, tom.actor)
    assert verdict is not None
    assert verdict.words == f"Hello {tom.worker.name}. {marta.worker.name} keeps {wall.tote.barcode}"
    signs_in(marta, "7")
    assert (tom.screen.name, marta.screen.name) == ("build_cart", "put_in_slot")


def test_a_unit_for_no_place_of_the_wall_comes_out_of_the_tote_and_is_put_back(wall: Wall, hospital: Location) -> None:
    marta = wall.pick()
    other = builders.product(wall.session)
    location = builders.location(wall.session)
    builders.stock(wall.session, location, other, 5)
    code = builders.barcode(wall.session, other)
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode, code)
    assert marta.said == "NOT FOR THIS WALL. PUT IT ASIDE"
    assert marta.scan("WRONG ITEM") == "wrong_item"
    assert marta.said == f"{wall.tote.barcode}. Scan the wrong item"
    assert marta.scan(code) == "sort_item"
    assert marta.said == f"Out. Bring it to {hospital.code}"
    row = wall.session.query(PutBack).one()
    assert (row.product_id, row.from_place_id, row.to_location_id) == (other.id, hospital.id, location.id)
    assert marta.scan(wall.mug, wall.places[1].barcode, wall.pen, wall.places[0].barcode) == "home"
    assert wall.holds_up()


def test_a_wrong_item_is_left_by_undo_and_the_sorting_goes_on(wall: Wall) -> None:
    marta = wall.pick()
    assert marta.scan(wall.tote.barcode, "SHORT", "WRONG ITEM") == "wrong_item"
    assert marta.scan("UNDO") == "is_tote_empty"
    assert wall.session.query(ExceptionItem).count() == 0


def test_what_is_left_in_a_tote_that_breaks_at_the_wall_goes_on_in_another(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode)
    assert marta.scan("BROKEN TOTE") == "broken_tote"
    assert marta.said == f"{wall.tote.barcode} is broken. Scan a free one"
    assert marta.scan(wall.tote.barcode) == "broken_tote"
    assert marta.said == "That is the broken one"
    assert marta.scan(wall.places[2].barcode) == "broken_tote"
    assert marta.said == "A3 is a place of the put wall"
    assert marta.scan(wall.spare.barcode) == "sort_item"
    assert marta.said == f"2 units are in {wall.spare.barcode} now"
    assert (wall.tote.status, wall.spare.status, wall.spare.lane_id) == (
        ToteStatus.LOST,
        ToteStatus.STAGED,
        wall.lane.id,
    )
    assert wall.holds_up()
    assert marta.scan(wall.mug, wall.places[1].barcode, wall.pen, wall.places[0].barcode) == "home"
    assert marta.said == "A1 is ready to pack"
    assert wall.holds_up()


def test_put_backs_follow_what_is_left_of_a_broken_tote(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode)
    cancelling.cancel(wall.session, builders.actor(), wall.orders[0], "changed their mind")
    _ = marta.scan("BROKEN TOTE", wall.spare.barcode)
    assert {row.from_place_id for row in wall.session.query(PutBack)} == {wall.spare.id}
    assert marta.scan(wall.mug, wall.places[0].barcode) == "home"
    assert wall.spare.status is ToteStatus.STAGED
    assert wall.holds_up()


def test_a_tote_put_back_and_walked_with_again_is_at_nobodys_desk(wall: Wall) -> None:
    _ = wall.pick().scan(wall.tote.barcode)
    for order in wall.orders:
        cancelling.cancel(wall.session, builders.actor(), order, "changed their mind")
    for row in wall.session.query(PutBack).all():
        _ = putting_back.done(wall.session, builders.actor(), row.id)
    mug = wall.session.query(Barcode).filter_by(code=wall.mug).one()
    order = builders.order(wall.session, (wall.session.get_one(Product, (builders.WAREHOUSE, mug.product_id)), 1))
    batch = builders.waiting_batch(wall.session, order)
    wall.session.query(BatchOrder).filter_by(batch_id=batch.id).one().method = Method.PUT_WALL
    tom = Sorter(wall.session, device="2")
    _ = tom.begin(wall.cart, wall.tote)
    while tom.screen.name != "drop_cart":
        _ = tom.pick()
    assert tom.scan(wall.lane.barcode) == "home"
    assert wall.marta.screen.name == "home"


def test_whoever_takes_the_device_over_gives_the_broken_tote_another(wall: Wall) -> None:
    marta, tom = wall.pick(), Sorter(wall.session)
    _ = marta.scan(wall.tote.barcode, "BROKEN TOTE")
    assert picking.hand_over(wall.session, marta.actor, tom.actor) is not None
    assert (marta.screen.name, tom.screen.name) == ("home", "broken_tote")
    assert tom.scan(wall.spare.barcode) == "sort_item"
    assert wall.tote.status is ToteStatus.LOST


def test_a_tote_said_to_be_broken_is_out_of_use_when_another_has_sorted_the_rest(wall: Wall) -> None:
    marta, tom = wall.pick(), Sorter(wall.session, device="2")
    assert marta.scan(wall.tote.barcode, "BROKEN TOTE") == "broken_tote"
    token = marta.screen.token
    _ = tom.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode, wall.mug, wall.places[1].barcode)
    assert tom.scan(wall.pen, wall.places[0].barcode) == "home"
    assert wall.tote.status is ToteStatus.LOST
    assert marta.scan(wall.spare.barcode, token=token) == "home"
    assert (marta.said, marta.feedback.tone) == (f"{wall.tote.barcode} is out of use now", "info")
    assert wall.spare.status is ToteStatus.FREE
    assert tom.scan("UNDO") == "home"
    assert tom.said == f"{wall.tote.barcode} is lost. See the lead"
    assert wall.holds_up()


def test_a_tote_said_to_be_broken_is_out_of_use_when_the_rest_is_put_back(wall: Wall) -> None:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, "BROKEN TOTE")
    for order in wall.orders:
        cancelling.cancel(wall.session, builders.actor(), order, "changed their mind")
    for row in wall.session.query(PutBack).all():
        _ = putting_back.done(wall.session, builders.actor(), row.id)
    assert (wall.tote.status, marta.screen.name) == (ToteStatus.LOST, "home")


def test_what_is_only_to_be_put_back_leaves_the_broken_tote_too(wall: Wall) -> None:
    marta, tom = wall.pick(), Sorter(wall.session, device="2")
    _ = marta.scan(wall.tote.barcode, "BROKEN TOTE")
    cancelling.cancel(wall.session, builders.actor(), wall.orders[0], "changed their mind")
    assert tom.scan(wall.tote.barcode, wall.mug, wall.places[0].barcode) == "home"
    assert marta.scan(wall.spare.barcode) == "home"
    assert marta.said == f"3 units are in {wall.spare.barcode} now"
    assert (wall.tote.status, wall.spare.status) == (ToteStatus.LOST, ToteStatus.STAGED)
    assert {row.from_place_id for row in wall.session.query(PutBack)} == {wall.spare.id}
    assert wall.holds_up()


def test_of_two_who_say_that_a_tote_broke_the_second_goes_on_with_its_other_one(wall: Wall) -> None:
    marta, tom = wall.pick(), Sorter(wall.session, device="2")
    third = builders.tote(wall.session)
    _ = marta.scan(wall.tote.barcode, "BROKEN TOTE")
    assert tom.scan(wall.tote.barcode, "BROKEN TOTE") == "broken_tote"
    token = tom.screen.token
    assert marta.scan(wall.spare.barcode) == "sort_item"
    assert tom.scan(third.barcode, token=token) == "sort_item"
    assert tom.said == f"{wall.tote.barcode} is out of use now"
    assert tom.screen.job.startswith(wall.spare.barcode)
    assert third.status is ToteStatus.FREE


def test_a_unit_in_hand_of_an_order_cancelled_meanwhile_goes_into_the_other_tote(wall: Wall) -> None:
    marta, tom = wall.pick(), Sorter(wall.session, device="2")
    _ = tom.scan(wall.tote.barcode, wall.mug)
    token = tom.screen.token
    cancelling.cancel(wall.session, builders.actor(), wall.orders[0], "changed their mind")
    _ = marta.scan(wall.tote.barcode, "BROKEN TOTE", wall.spare.barcode)
    assert tom.scan(wall.places[0].barcode, token=token) == "sort_item"
    assert tom.said == f"Order cancelled. Put it back into {wall.spare.barcode}"
    assert {units.tote_id for units in wall.session.query(PickedUnits).populate_existing()} == {wall.spare.id}
    assert wall.holds_up()
