"""Fewer units in hand at the wall than one scan took: some go into their place, the others stay in the tote."""

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.services.picking.sorters import Sorter, Wall, make_wall
from wms.domain.orders import OrderStatus
from wms.domain.picked import PickedUnits
from wms.domain.totes import ToteStatus
from wms.services.picking.screens import PutInSlot, SortItem
from wms.services.planning import again as planning_again


@pytest.fixture
def wall(session: Session) -> Wall:
    """Two orders that share a tote, of two mugs, which one scan took, and a pen and of a mug."""
    return make_wall(session)


def in_hand(sorter: Sorter) -> int:
    """How many units the screen says to put in."""
    screen = sorter.screen
    assert isinstance(screen, PutInSlot)
    return screen.units


def lacking(wall: Wall) -> list[int]:
    """How many units each order lacks."""
    needs = planning_again.missing(wall.session, builders.actor(), [order.id for order in wall.orders])
    return [sum(need.quantity for need in needs.get(order.id, ())) for order in wall.orders]


def _mugs(wall: Wall) -> Sorter:
    marta = wall.pick()
    _ = marta.scan(wall.tote.barcode, wall.mug)
    assert in_hand(marta) == 2
    return marta


def test_one_of_two_goes_in_and_the_other_is_said_short_at_the_end_of_the_tote(wall: Wall) -> None:
    marta = _mugs(wall)
    assert marta.scan("N1") == "put_in_slot"
    assert in_hand(marta) == 1
    assert marta.scan(wall.places[0].barcode) == "sort_item"
    assert marta.said == "1 in A1"
    assert isinstance(marta.screen, SortItem)
    assert marta.screen.left == 3
    assert marta.scan(wall.pen, wall.places[0].barcode, "SHORT", wall.tote.barcode) == "home"
    assert lacking(wall) == [1, 1]
    assert [order.status for order in wall.orders] == [OrderStatus.SHORT, OrderStatus.SHORT]
    assert wall.places[0].status is ToteStatus.STAGED
    assert wall.holds_up()


def test_what_is_found_after_all_is_scanned_and_goes_in_too(wall: Wall) -> None:
    marta = _mugs(wall)
    _ = marta.scan("N1", wall.places[0].barcode, wall.mug, wall.places[0].barcode)
    assert marta.said == "1 in A1"
    _ = marta.scan(wall.mug, wall.places[1].barcode)
    assert marta.scan(wall.pen, wall.places[0].barcode) == "home"
    assert marta.said == "A1 is ready to pack"
    assert wall.holds_up()


def test_undo_takes_back_the_one_that_was_put_in_and_before_that_the_one_in_hand(wall: Wall) -> None:
    marta = _mugs(wall)
    assert marta.scan("N1", "UNDO") == "sort_item"
    assert marta.said == f"Put it back into {wall.tote.barcode}"
    _ = marta.scan(wall.mug, wall.places[0].barcode, wall.mug, wall.places[0].barcode)
    assert marta.scan("UNDO", "UNDO", "UNDO") == "sort_item"
    assert marta.said == "Nothing to undo"
    assert wall.places[0].status is ToteStatus.FREE
    assert sum(units.quantity for units in wall.session.query(PickedUnits).filter_by(tote_id=wall.tote.id)) == 4
    assert wall.holds_up()


@pytest.mark.parametrize("card", ["SHORT", "QTY"])
def test_a_card_opens_the_keypad_for_how_many_where_there_are_several(wall: Wall, card: str) -> None:
    marta = _mugs(wall)
    assert marta.scan(card) == "put_in_slot"
    assert (marta.feedback.opens, marta.said) == ("number", "Type how many, then OK")
    _ = marta.scan("N1")
    assert marta.scan(card) == "put_in_slot"
    assert (marta.feedback.opens, marta.feedback.tone) == ("", "wrong")


@pytest.mark.parametrize(("number", "tone"), [("N0", "wrong"), ("N2", "info"), ("N3", "wrong")])
def test_no_other_number_changes_what_is_in_hand(wall: Wall, number: str, tone: str) -> None:
    marta = _mugs(wall)
    token = marta.screen.token
    assert marta.scan(number) == "put_in_slot"
    assert (marta.feedback.tone, marta.screen.token, in_hand(marta)) == (tone, token, 2)


def test_a_second_sorter_with_the_same_two_in_hand_reads_the_screen_again(wall: Wall) -> None:
    marta, tom = _mugs(wall), Sorter(wall.session, device="2")
    _ = tom.scan(wall.tote.barcode, wall.mug, wall.places[1].barcode, wall.mug)
    token = tom.screen.token
    _ = marta.scan("N1")
    assert tom.scan(wall.places[0].barcode, token=token) == "put_in_slot"
    assert (tom.said, in_hand(tom)) == ("Not counted. Look at the screen", 1)
    assert tom.scan(wall.places[0].barcode) == marta.scan(wall.places[0].barcode) == "sort_item"
    assert wall.holds_up()
