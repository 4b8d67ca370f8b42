"""An errand outlives its device: on another one, and after a badge or a take-over, the same question is asked."""

import pytest

from tests import builders
from tests.builders import WAREHOUSE
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.codes import Command
from wms.domain.floor import LocationKind
from wms.domain.totes import ToteStatus
from wms.services import picking, verifying
from wms.services.picking.walk import giving_back


def _asked(walk: Walk) -> Picker:
    """A cup has come out of the first order's tote, and it is asked whether its pen is in there."""
    marta, cup = walk.begin(), builders.product(walk.session, "CUP")
    builders.stock(walk.session, builders.location(walk.session), cup, 4)
    _ = builders.location(walk.session, kind=LocationKind.HOSPITAL)
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    assert marta.scan(Command.WRONG_ITEM, walk.totes[0].barcode, builders.barcode(walk.session, cup)) == "is_it_there"
    return marta


def _is_to_pick_again(walk: Walk, picker: Picker) -> bool:
    _ = picker.scan(Command.NO)
    walk.session.flush()
    return picker.stop.product_id == walk.pen.id and verifying.verify(walk.session, WAREHOUSE) == []


def test_what_is_asked_of_a_tote_is_asked_on_the_device_that_comes_for_a_dead_one(walk: Walk) -> None:
    marta = _asked(walk)
    later = Picker(walk.session, marta.worker, device="9")
    assert later.screen == marta.screen
    assert _is_to_pick_again(walk, later)
    assert walk.batch.device == "9"
    assert marta.screen.name == "moved"


def test_a_broken_tote_is_given_another_on_the_device_that_comes_for_a_dead_one(walk: Walk) -> None:
    marta, other = walk.begin(), builders.tote(walk.session)
    _ = marta.pick()
    _ = marta.scan(Command.BROKEN_TOTE, walk.totes[0].barcode)
    later = Picker(walk.session, marta.worker, device="9")
    assert later.screen == marta.screen
    assert later.scan(other.barcode) == "go_to"
    assert (walk.totes[0].status, walk.batch.device) == (ToteStatus.LOST, "9")


def test_an_errand_that_goes_on_elsewhere_is_not_asked_about_on_the_device_it_was_begun_on(walk: Walk) -> None:
    marta = _asked(walk)
    later = Picker(walk.session, marta.worker, device="9")
    _ = later.scan(Command.YES)
    assert later.screen.name == "is_it_there"
    assert marta.screen.name == "moved"
    assert marta.scan(walk.cart.barcode) == "is_it_there"


def test_whoever_takes_the_walk_over_by_its_cart_is_asked(walk: Walk) -> None:
    marta, tom = _asked(walk), Picker(walk.session, device="2")
    assert tom.scan(Command.WRONG_ITEM) == "wrong_item"
    assert tom.scan(Command.UNDO, walk.cart.barcode, Command.YES) == "is_it_there"
    assert marta.screen.name == "moved"
    assert _is_to_pick_again(walk, tom)


def test_whoever_takes_the_device_over_by_badge_is_asked(walk: Walk) -> None:
    marta, tom = _asked(walk), Picker(walk.session)
    assert picking.hand_over(walk.session, marta.actor, tom.actor) is not None
    assert tom.screen.name == "is_it_there"
    assert _is_to_pick_again(walk, tom)
    assert marta.screen.name == "home"


@pytest.mark.parametrize("who", ["the same", "another"])
def test_whoever_takes_up_the_walk_that_the_lead_gave_back_is_asked(walk: Walk, who: str) -> None:
    marta = _asked(walk)
    tom = Picker(walk.session, marta.worker if who == "the same" else None, device="2")
    _ = giving_back.give_back_for(walk.session, builders.actor(), walk.batch.id)
    assert marta.screen.name == "home"
    assert tom.scan(walk.cart.barcode) == "is_it_there"
    assert _is_to_pick_again(walk, tom)


def test_between_walks_too_it_is_asked_on_the_other_device_of_the_worker(walk: Walk) -> None:
    marta = walk.begin()
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    while marta.screen.name == "drop_cart":
        _ = marta.scan(walk.lane.barcode)
    _ = builders.location(walk.session, kind=LocationKind.HOSPITAL)
    _ = marta.scan(Command.WRONG_ITEM, walk.totes[0].barcode, walk.mug_code)
    assert marta.screen.name == "is_it_there"
    later = Picker(walk.session, marta.worker, device="9")
    assert later.screen == marta.screen
    assert later.scan(Command.NO) == marta.screen.name == "home"
