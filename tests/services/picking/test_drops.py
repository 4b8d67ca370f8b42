"""Putting totes down: one lane takes all that are due, a tote that is scanned goes down alone, before the others."""

import pytest

from tests import builders
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.codes import Command, slot_code
from wms.domain.floor import LocationKind
from wms.domain.orders import OrderStatus
from wms.domain.totes import ToteStatus
from wms.services import verifying
from wms.services.picking.screens import DropCart


@pytest.fixture
def marta(walk: Walk) -> Picker:
    marta = walk.begin()
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    return marta


def _on_screen(picker: Picker) -> DropCart:
    screen = picker.screen
    assert isinstance(screen, DropCart)
    return screen


def _named(picker: Picker) -> list[str]:
    return [slot.code for slot in _on_screen(picker).totes]


def test_a_tote_that_is_scanned_goes_down_alone(walk: Walk, marta: Picker) -> None:
    other = builders.location(walk.session, kind=LocationKind.LANE)
    assert marta.scan(walk.totes[1].barcode) == "drop_cart"
    assert marta.said == f"{walk.totes[1].barcode} goes down alone"
    assert (_on_screen(marta).alone, _named(marta)) == (walk.totes[1].barcode, [walk.totes[1].barcode])
    assert marta.scan(walk.lane.barcode) == "drop_cart"
    assert marta.said == "1 put down. Now the others"
    assert (_on_screen(marta).alone, _named(marta)) == ("", [walk.totes[0].barcode])
    assert [tote.status for tote in walk.totes] == [ToteStatus.PICKING, ToteStatus.STAGED]
    assert [order.status for order in walk.orders] == [OrderStatus.PICKING, OrderStatus.PICKED]
    assert marta.scan(other.barcode) == "home"
    assert [tote.lane_id for tote in walk.totes] == [other.id, walk.lane.id]
    assert verifying.verify(walk.session, builders.WAREHOUSE) == []


@pytest.mark.parametrize("back", ["cart", "UNDO"])
def test_the_cart_and_undo_have_all_go_down_together_again(walk: Walk, marta: Picker, back: str) -> None:
    assert marta.scan(slot_code(walk.cart.barcode, 1)) == "drop_cart"
    assert _on_screen(marta).alone == walk.totes[0].barcode
    assert marta.scan(walk.cart.barcode if back == "cart" else Command.UNDO) == "drop_cart"
    assert (marta.said, _on_screen(marta).alone, len(_named(marta))) == ("All of them together", "", 2)
    assert marta.scan(walk.lane.barcode) == "home"
    assert {tote.lane_id for tote in walk.totes} == {walk.lane.id}


def test_one_for_packing_may_go_before_those_on_hold(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan(Command.NONE_HERE, marta.stop.location_code)
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    held = _named(marta)
    packed = next(tote for tote in walk.totes if tote.barcode not in held)
    _ = marta.scan(packed.barcode)
    assert marta.scan(walk.hold.barcode) == "drop_cart"
    assert marta.said == f"{walk.hold.code} is wrong. Scan a lane for packing"
    assert marta.scan(walk.lane.barcode) == "drop_cart"
    assert marta.scan(walk.hold.barcode) == "home"


def test_a_walk_given_back_forgets_which_tote_was_to_go_alone(walk: Walk, marta: Picker) -> None:
    _ = marta.scan(walk.totes[0].barcode)
    _ = walk.batch.hand_back(keep_cart=True)
    assert walk.batch.drop_tote_id is None
