"""A walk given back half done waits on its cart, with its totes, for whoever scans that cart next."""

import pytest

from tests import builders
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.codes import Command
from wms.domain.errors import DomainError
from wms.domain.journal import JournalEntry
from wms.domain.orders import Order, OrderStatus
from wms.domain.picking import BatchOrder, BatchStatus, Proof
from wms.domain.totes import ToteStatus
from wms.domain.waves import Wave, WaveStatus
from wms.services import verifying
from wms.services.orders import cancelling
from wms.services.picking.screens import BuildCart, Home
from wms.services.picking.walk import giving_back


def holds_up(walk: Walk) -> bool:
    walk.session.flush()
    return verifying.verify(walk.session, builders.WAREHOUSE) == []


def half_done(walk: Walk) -> Picker:
    """Marta has picked the first line and given the walk back."""
    marta = walk.begin()
    _ = marta.pick()
    assert marta.scan("GIVE BACK") == "home"
    return marta


def test_a_walk_given_back_waits_on_its_cart_with_its_totes(walk: Walk) -> None:
    marta = half_done(walk)
    assert marta.said == f"Given back. {walk.cart.name} waits here"
    assert (walk.batch.status, walk.batch.cart_id) == (BatchStatus.WAITING, walk.cart.id)
    assert (walk.batch.worker_id, walk.batch.device, walk.batch.location_proof) == (None, "", Proof.NONE)
    assert {tote.status for tote in walk.totes} == {ToteStatus.PICKING}
    moves = walk.session.query(JournalEntry).filter_by(event="BatchMoved").order_by(JournalEntry.id.desc())
    assert moves.first().data["reason"] == "given back"  # type: ignore[union-attr] # the walk was started too
    assert holds_up(walk)


def test_whoever_scans_the_cart_next_goes_on_with_the_walk_at_a_location_to_be_proved(walk: Walk) -> None:
    _ = half_done(walk)
    tom = Picker(walk.session, device="14")
    assert tom.scan(walk.cart.barcode) == "go_to"
    assert tom.said == f"{walk.batch.name} goes on, 2 lines left"
    while tom.screen.name != "drop_cart":
        _ = tom.pick()
    assert tom.scan(walk.lane.barcode) == "home"
    assert [order.status for order in walk.orders] == [OrderStatus.PICKED, OrderStatus.PICKED]
    assert walk.units(walk.totes[0], walk.mug) == 2
    assert holds_up(walk)


def test_another_cart_never_gets_a_walk_that_was_given_back(walk: Walk) -> None:
    _ = half_done(walk)
    tom, other = Picker(walk.session, device="14"), builders.cart(walk.session)
    assert tom.scan(other.barcode) == "home"
    assert tom.said == "Nothing to pick"
    fresh = builders.waiting_batch(walk.session, builders.order(walk.session, (walk.mug, 1)))
    assert tom.scan(other.barcode) == "build_cart"
    assert fresh.worker_id == tom.worker.id
    assert walk.batch.status is BatchStatus.WAITING


def test_the_cart_of_a_walk_given_back_starts_no_other_walk(walk: Walk) -> None:
    _ = half_done(walk)
    urgent = builders.waiting_batch(walk.session, builders.order(walk.session, (walk.mug, 1)))
    urgent.cutoff_at = builders.NOW
    tom = Picker(walk.session, device="14")
    assert tom.scan(walk.cart.barcode) == "go_to"
    assert walk.batch.worker_id == tom.worker.id


def test_home_names_the_carts_that_wait_half_done(walk: Walk) -> None:
    _ = half_done(walk)
    home = Picker(walk.session, device="14").screen
    assert isinstance(home, Home)
    assert (home.waiting.batches, home.waiting.half_done) == (0, (walk.cart.name,))


def test_nothing_is_given_back_with_units_in_hand(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan(walk.mug_code)
    assert marta.scan("GIVE BACK") == "scan_item"
    assert marta.said == "Finish or UNDO this line first"
    assert marta.scan("UNDO", "GIVE BACK") == "home"
    assert walk.batch.status is BatchStatus.WAITING


def test_undo_takes_back_what_was_put_before_the_walk_was_given_back_but_no_stand_at_a_location(walk: Walk) -> None:
    marta = walk.begin()
    _ = marta.pick()
    _ = marta.reach()
    assert marta.scan("GIVE BACK") == "home"
    tom = Picker(walk.session, device="14")
    _ = tom.scan(walk.cart.barcode)
    assert tom.scan("UNDO") == "put_in_tote"
    assert tom.said == f"Take 2 out of {walk.totes[0].barcode}"
    assert walk.units(walk.totes[0], walk.mug) == 0
    assert holds_up(walk)


def test_a_cart_half_built_goes_on_with_its_totes_in_their_slots(walk: Walk) -> None:
    marta = walk.marta
    _ = marta.begin(walk.cart, walk.totes[0])
    assert marta.scan("GIVE BACK") == "home"
    tom = Picker(walk.session, device="14")
    assert tom.scan(walk.cart.barcode) == "build_cart"
    screen = tom.screen
    assert isinstance(screen, BuildCart)
    assert [slot.code for slot in screen.slots] == [walk.totes[0].barcode, ""]
    assert tom.scan(walk.totes[1].barcode) == "go_to"


def test_a_walk_without_totes_is_free_for_any_cart(walk: Walk) -> None:
    marta = walk.marta
    _ = marta.begin(walk.cart)
    assert marta.scan("GIVE BACK") == "home"
    assert marta.said == "Cart is free again"
    assert walk.batch.cart_id is None


def test_a_walk_all_picked_goes_on_to_its_lane(walk: Walk) -> None:
    marta = walk.begin()
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    assert marta.scan("GIVE BACK") == "home"
    tom = Picker(walk.session, device="14")
    assert tom.scan(walk.cart.barcode) == "drop_cart"
    assert tom.scan(walk.lane.barcode) == "home"
    assert walk.batch.status is BatchStatus.DONE


def test_an_order_cancelled_while_its_walk_waits_half_done_keeps_its_tote_and_goes_on_hold(walk: Walk) -> None:
    _ = half_done(walk)
    cancelling.cancel(walk.session, builders.actor(), walk.orders[0], "changed their mind")
    row = walk.session.query(BatchOrder).filter_by(order_id=walk.orders[0].id).one()
    assert row.tote_id == walk.totes[0].id
    tom = Picker(walk.session, device="14")
    _ = tom.scan(walk.cart.barcode)
    _ = tom.pick()
    assert tom.screen.accept == (walk.hold.barcode,)
    assert holds_up(walk)


def cancelled(walk: Walk, *orders: Order) -> None:
    for order in orders:
        cancelling.cancel(walk.session, builders.actor(), order, "changed their mind")


def wave(walk: Walk) -> Wave:
    return walk.session.query(Wave).one()


def test_a_walk_whose_orders_were_all_cancelled_before_a_tote_was_bound_ends_when_it_is_given_back(walk: Walk) -> None:
    _ = walk.marta.begin(walk.cart)
    cancelled(walk, *walk.orders)
    assert walk.marta.scan("GIVE BACK") == "home"
    assert walk.marta.said == "Cart is free again"
    assert (walk.batch.status, wave(walk).status) == (BatchStatus.CANCELLED, WaveStatus.DONE)
    assert holds_up(walk)


def test_the_desk_ends_a_walk_of_which_nothing_is_left(walk: Walk) -> None:
    _ = walk.marta.begin(walk.cart)
    cancelled(walk, *walk.orders)
    assert giving_back.give_back_for(walk.session, builders.actor(), walk.batch.id).cart is None
    assert (walk.batch.status, wave(walk).status) == (BatchStatus.CANCELLED, WaveStatus.DONE)


@pytest.mark.parametrize("command", ["GIVE BACK", "UNDO"])
def test_a_walk_that_waits_ends_with_its_last_order_though_one_was_cancelled_on_the_cart(
    walk: Walk, command: str
) -> None:
    _ = walk.marta.begin(walk.cart)
    cancelled(walk, walk.orders[0])
    assert walk.marta.scan(command) == "home"
    assert walk.batch.status is BatchStatus.WAITING
    cancelled(walk, walk.orders[1])
    assert (walk.batch.status, wave(walk).status) == (BatchStatus.CANCELLED, WaveStatus.DONE)


def test_the_desk_gives_back_for_a_worker_who_left_with_units_in_hand(walk: Walk) -> None:
    marta = walk.at_location()
    location = marta.stop.location
    _ = marta.scan(walk.mug_code, "SHORT")
    given = giving_back.give_back_for(walk.session, builders.actor(), walk.batch.id)
    assert given.cart == walk.cart.name
    assert given.in_hand == ((1, walk.mug.sku, location),)
    assert marta.screen.name == "home"
    tom = Picker(walk.session, device="14")
    assert tom.scan(walk.cart.barcode) == "go_to"
    assert (tom.stop.in_hand, tom.stop.left) == (0, 2)
    _ = tom.pick()
    assert walk.units(walk.totes[0], walk.mug) == 2
    assert holds_up(walk)


def test_undo_brings_up_no_short_that_was_said_before_the_desk_gave_the_walk_back(walk: Walk) -> None:
    marta = walk.begin()
    _ = marta.pick()
    _ = marta.reach()
    assert marta.scan("SHORT", "N0") == "short"
    _ = giving_back.give_back_for(walk.session, builders.actor(), walk.batch.id)
    tom = Picker(walk.session, device="14")
    assert tom.scan(walk.cart.barcode) == "go_to"
    assert tom.scan("UNDO") == "put_in_tote"
    assert tom.said == f"Take 2 out of {walk.totes[0].barcode}"
    assert holds_up(walk)


def test_a_short_confirmed_before_stays_so_when_the_desk_gives_the_walk_back(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan("SHORT", "N1", marta.stop.location_code)
    assert marta.scan("SHORT", "N0") == "short"
    _ = giving_back.give_back_for(walk.session, builders.actor(), walk.batch.id)
    tom = Picker(walk.session, device="14")
    assert tom.scan(walk.cart.barcode) == "go_to"
    assert (tom.stop.found, tom.stop.short_confirmed, tom.stop.wanted) == (1, True, 1)


def test_the_desk_cannot_give_back_what_nobody_walks(walk: Walk) -> None:
    with pytest.raises(DomainError, match="Nobody is on it"):
        _ = giving_back.give_back_for(walk.session, builders.actor(), walk.batch.id)


def test_a_scan_for_a_walk_that_the_desk_gave_back_is_told_so(walk: Walk) -> None:
    marta = walk.begin()
    token, location = marta.screen.token, marta.stop.location_code
    _ = giving_back.give_back_for(walk.session, builders.actor(), walk.batch.id)
    assert marta.scan(location, token=token) == "home"
    assert marta.said == f"{walk.batch.name} was given back"


def test_a_scan_for_the_lane_or_a_tote_of_a_walk_that_the_desk_gave_back_is_told_so(walk: Walk) -> None:
    marta = walk.begin()
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    seen = [marta.screen.token]
    for errand in (Command.BROKEN_TOTE, Command.WRONG_ITEM):
        _ = marta.scan(errand)
        seen.append(marta.screen.token)
        _ = marta.scan(Command.UNDO)
    _ = giving_back.give_back_for(walk.session, builders.actor(), walk.batch.id)
    for token in seen:
        assert marta.scan(walk.lane.barcode, token=token) == "home"
        assert marta.said == f"{walk.batch.name} was given back"


def test_a_device_whose_walk_was_given_back_starts_afresh_when_somebody_else_goes_on(walk: Walk) -> None:
    marta = half_done(walk)
    _ = Picker(walk.session, device="14").scan(walk.cart.barcode)
    assert marta.screen.name == "home"
