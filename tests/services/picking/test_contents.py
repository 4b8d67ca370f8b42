"""A tote scanned between walks tells whose it is, what is in it and where it stands; nothing changes by that."""

import pytest

from tests import builders
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.picking import BatchOrder, Method
from wms.domain.totes import ToteStatus


def test_a_tote_scanned_between_walks_says_whose_it_is_and_what_is_in_it(walk: Walk) -> None:
    tom, free = Picker(walk.session, device="2"), builders.tote(walk.session)
    marta, said = walk.begin(), []
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    for _ in range(2):
        assert tom.scan(walk.totes[0].barcode) == "home"
        assert tom.feedback.tone == "info"
        said.append(tom.said)
        if marta.screen.name == "drop_cart":
            _ = marta.scan(walk.lane.barcode)
    assert tom.scan(free.barcode) == "home"
    number = walk.orders[0].number
    assert said == [f"{number}: 3 units, on {walk.cart.name}", f"{number}: 3 units, in {walk.lane.code}"]
    assert tom.said == f"{free.barcode} is free"


def test_a_tote_that_orders_share_says_so(walk: Walk) -> None:
    for row in walk.session.query(BatchOrder):
        row.method, row.slot = Method.PUT_WALL, 1
    tom = Picker(walk.session, device="2")
    _ = walk.marta.begin(walk.cart, walk.totes[0])
    _ = walk.marta.pick()
    assert tom.scan(walk.totes[0].barcode) == "home"
    assert tom.said == f"Shared: 2 units, on {walk.cart.name}"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (ToteStatus.PACKING, "{order}: 0 units, at packing"),
        (ToteStatus.LOST, "{tote} is lost. See the lead"),
    ],
)
def test_a_tote_elsewhere_is_told_too(walk: Walk, status: ToteStatus, words: str) -> None:
    tote, order = builders.tote(walk.session), walk.orders[0]
    if status is ToteStatus.LOST:
        tote.lose()
    else:
        tote.take(order.id)
        tote.stage(walk.lane.id, builders.NOW)
        tote.open()
    assert walk.marta.scan(tote.barcode) == "home"
    assert walk.marta.said == words.format(order=order.number, tote=tote.barcode)


def test_an_unknown_tote_is_for_the_lead(walk: Walk) -> None:
    assert walk.marta.scan("T999997") == "home"
    assert (walk.marta.feedback.tone, walk.marta.said) == ("wrong", "Not known: ...T999997. HELP card")


def test_a_place_of_the_wall_is_told_by_its_own_order(walk: Walk) -> None:
    place, order = builders.tote(walk.session), walk.orders[0]
    place.wall, place.wall_slot = "W1", "A1"
    place.take(order.id)
    assert walk.marta.scan(place.barcode) == "home"
    assert walk.marta.said == f"{order.number}: 0 units, at the wall"


def test_a_tote_of_a_walk_given_back_is_on_its_cart_for_whoever_scans_it(walk: Walk) -> None:
    _ = walk.begin().scan("GIVE BACK")
    tom = Picker(walk.session, device="2")
    assert tom.scan(walk.totes[0].barcode) == "home"
    assert tom.said == f"{walk.orders[0].number}: 0 units, on {walk.cart.name}"
    _ = builders.waiting_batch(walk.session, builders.order(walk.session, (walk.mug, 1)))
    assert tom.scan(builders.cart(walk.session).barcode, walk.totes[0].barcode) == "build_cart"
    assert tom.said == f"{walk.totes[0].barcode} is on {walk.cart.name}"
