"""A walk split by zone: the parts of an order meet in one lane, and the last one makes the order whole."""

import datetime as dt
import functools
import threading
import time
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import builders, packers, together
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.database import transaction
from wms.domain.catalog import Product
from wms.domain.errors import DomainError
from wms.domain.floor import Location, LocationKind
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.orders import OrderStatus
from wms.domain.people import ShortPolicy, Worker
from wms.domain.picking import Batch, BatchOrder, BatchStatus, Method, PickTask
from wms.domain.putbacks import PutBack
from wms.domain.totes import ToteStatus
from wms.domain.waves import Wave
from wms.services import verifying
from wms.services.orders import cancelling, deciding
from wms.services.planning import overview, parting, recalling


@dataclass(kw_only=True)
class Zones:
    """The walk of `Walk`, split: mugs for both orders in zone A, order one's pen in zone B, where Piotr walks."""

    walk: Walk
    first: Batch
    rest: Batch
    piotr: Picker
    meet: Location

    def totes_of_first(self) -> str:
        """Marta picks all of zone A; the screen then."""
        marta = self.walk.begin()
        while marta.screen.name != "drop_cart":
            _ = marta.pick()
        return marta.screen.name

    def pick_rest(self) -> str:
        """Piotr picks all of zone B into the tote `pen_tote`; the screen then."""
        cart = builders.cart(self.walk.session)
        self.pen_tote = builders.tote(self.walk.session)
        _ = self.piotr.begin(cart, self.pen_tote)
        assert self.rest.worker_id == self.piotr.worker.id
        while self.piotr.screen.name != "drop_cart":
            _ = self.piotr.pick()
        return self.piotr.screen.name

    def in_lane(self) -> set[int | None]:
        """The lanes where order one's totes stand."""
        return {self.walk.totes[0].lane_id, self.pen_tote.lane_id}


def holds_up(session: Session) -> bool:
    session.flush()
    return verifying.verify(session, builders.WAREHOUSE) == []


def put_in_zone_b(session: Session, product: Product) -> None:
    """Let a product's shelves be in zone B, and those of all others that are to be picked in zone A."""
    for task in session.query(PickTask):
        location = session.get_one(Location, (builders.WAREHOUSE, task.location_id))
        location.zone = "B" if task.product_id == product.id else "A"


@pytest.fixture
def zones(walk: Walk) -> Zones:
    session = walk.session
    put_in_zone_b(session, walk.pen)
    first, rest = parting.split_by_zone(session, builders.actor(), walk.batch.id)
    meet = builders.location(session, "MEET 1", LocationKind.CONSOLIDATION)
    return Zones(walk=walk, first=first, rest=rest, piotr=Picker(session, device="2"), meet=meet)


def test_each_zone_has_a_walk_and_an_order_in_two_zones_is_a_part_of_both(zones: Zones) -> None:
    walk = zones.walk
    assert (zones.first.id, zones.rest.name) == (walk.batch.id, f"{walk.batch.name}/2")
    seats = walk.session.query(BatchOrder.batch_id, BatchOrder.order_id, BatchOrder.is_part).order_by(
        BatchOrder.batch_id, BatchOrder.order_id
    )
    one, two = (order.id for order in walk.orders)
    assert set(seats) == {(zones.first.id, one, True), (zones.rest.id, one, True), (zones.first.id, two, False)}
    assert sorted((task.batch_id, task.product_id) for task in walk.tasks()) == sorted(
        [(zones.first.id, walk.mug.id), (zones.first.id, walk.mug.id), (zones.rest.id, walk.pen.id)]
    )
    assert zones.first.metres > 0 < zones.rest.metres
    assert walk.session.get_one(Wave, (builders.WAREHOUSE, zones.first.wave_id)).metres > 0
    assert holds_up(walk.session)


def test_the_first_part_waits_in_the_lane_for_parts_and_the_rest_is_walked_next(zones: Zones) -> None:
    walk, marta = zones.walk, zones.walk.marta
    other = builders.waiting_batch(walk.session, builders.order(walk.session, (walk.pen, 1)))
    assert zones.totes_of_first() == "drop_cart"
    assert marta.screen.accept == (zones.meet.barcode,)
    assert marta.scan(walk.lane.barcode) == "drop_cart"
    assert marta.said == f"{walk.lane.code} is wrong. Scan a lane for parts"
    assert marta.scan(zones.meet.barcode) == "drop_cart"
    assert marta.said == "1 put down. Now the others"
    assert marta.screen.accept == (walk.lane.barcode,)
    assert marta.scan(walk.lane.barcode) == "home"
    one, two = walk.orders
    assert (one.status, two.status) == (OrderStatus.PICKING, OrderStatus.PICKED)
    assert walk.totes[0].lane_id == zones.meet.id
    assert zones.rest.position < other.position
    assert holds_up(walk.session)


def test_an_order_is_full_with_the_last_of_its_parts(zones: Zones) -> None:
    marta = zones.walk.begin()
    while marta.stop.order_id != zones.walk.orders[0].id:
        _ = marta.pick()
    _ = marta.pick()
    assert marta.feedback.cue == "line"
    _ = zones.pick_rest()
    assert zones.piotr.said == f"{zones.pen_tote.barcode} FULL ORDER"


def test_packing_waits_for_the_last_part(zones: Zones) -> None:
    _ = zones.totes_of_first()
    _ = zones.walk.marta.scan(zones.meet.barcode, zones.walk.lane.barcode)
    packer = packers.packer(zones.walk.session, builders.station(zones.walk.session))
    assert packer.scan(zones.walk.totes[0].barcode).words == "Not picked yet: 1 line open"


def test_the_last_part_goes_where_the_first_stands_and_the_order_is_whole(zones: Zones) -> None:
    elsewhere = builders.location(zones.walk.session, "MEET 2", LocationKind.CONSOLIDATION)
    _ = zones.totes_of_first()
    _ = zones.walk.marta.scan(zones.meet.barcode, zones.walk.lane.barcode)
    _ = zones.pick_rest()
    assert zones.piotr.scan(elsewhere.barcode) == "drop_cart"
    assert zones.piotr.said == "MEET 2 is wrong. The rest is in MEET 1"
    assert zones.piotr.scan(zones.meet.barcode) == "home"
    assert zones.walk.orders[0].status is OrderStatus.PICKED
    assert zones.in_lane() == {zones.meet.id}
    assert (zones.first.status, zones.rest.status) == (BatchStatus.DONE, BatchStatus.DONE)
    assert holds_up(zones.walk.session)


def test_without_a_lane_for_parts_they_meet_in_a_lane_for_packing(zones: Zones) -> None:
    zones.meet.kind = LocationKind.DOCK
    zones.walk.session.flush()
    _ = zones.totes_of_first()
    assert zones.walk.marta.scan(zones.walk.lane.barcode, zones.walk.lane.barcode) == "home"
    _ = zones.pick_rest()
    assert zones.piotr.scan(zones.walk.lane.barcode) == "home"
    assert zones.walk.orders[0].status is OrderStatus.PICKED


def test_what_is_missing_in_one_zone_is_told_when_all_parts_are_down(zones: Zones) -> None:
    walk, marta = zones.walk, zones.walk.begin()
    _ = marta.reach()
    _ = marta.scan("NONE HERE", marta.stop.location_code)
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    _ = marta.scan(walk.lane.barcode)  # nothing of either order is in a tote
    assert walk.orders[0].status is OrderStatus.PICKING
    assert holds_up(walk.session)
    _ = zones.pick_rest()
    assert zones.piotr.scan(walk.hold.barcode) == "home"
    assert (walk.orders[0].status, walk.orders[1].status) == (OrderStatus.SHORT, OrderStatus.SHORT)
    assert holds_up(walk.session)


def test_an_order_short_in_its_last_zone_stays_together_and_can_be_split(zones: Zones) -> None:
    walk = zones.walk
    _ = zones.totes_of_first()
    _ = walk.marta.scan(zones.meet.barcode, walk.lane.barcode)
    zones.pen_tote = builders.tote(walk.session)
    piotr = zones.piotr
    _ = piotr.begin(builders.cart(walk.session), zones.pen_tote)
    _ = piotr.scan(piotr.stop.location_code)
    _ = piotr.scan("NONE HERE", piotr.stop.location_code)
    assert piotr.scan(walk.lane.barcode) == "home"
    assert [order.status for order in walk.orders] == [OrderStatus.SHORT, OrderStatus.PICKED]
    found = walk.session.query(ExceptionItem).filter_by(kind=ExceptionKind.SHORT, order_id=walk.orders[0].id)
    assert found.count() == 1
    _ = deciding.decide(walk.session, builders.actor(), walk.orders[0].id, ShortPolicy.SPLIT)
    assert {order.status for order in walk.orders} == {OrderStatus.PICKED}
    assert (walk.totes[0].status, zones.pen_tote.status) == (ToteStatus.STAGED, ToteStatus.FREE)
    assert holds_up(walk.session)


def test_an_order_cancelled_between_its_parts_is_put_back_and_its_other_walk_goes(zones: Zones) -> None:
    walk = zones.walk
    _ = zones.totes_of_first()
    _ = walk.marta.scan(zones.meet.barcode, walk.lane.barcode)
    cancelling.cancel(walk.session, builders.actor(), walk.orders[0], "by the shop")
    assert zones.rest.status is BatchStatus.CANCELLED
    assert walk.session.query(PutBack).filter_by(from_place_id=walk.totes[0].id).count() == 1
    assert holds_up(walk.session)


def test_a_wave_recalled_between_the_parts_lets_the_begun_order_be_finished(zones: Zones) -> None:
    walk = zones.walk
    _ = zones.totes_of_first()
    _ = walk.marta.scan(zones.meet.barcode, walk.lane.barcode)
    done = recalling.recall(walk.session, builders.actor(), zones.first.wave_id)
    assert (done.back, done.finishing, zones.rest.status) == (0, 1, BatchStatus.WAITING)
    _ = zones.pick_rest()
    _ = zones.piotr.scan(zones.meet.barcode)
    assert walk.orders[0].status is OrderStatus.PICKED
    assert holds_up(walk.session)


def test_parts_in_shared_totes_go_to_the_wall_and_the_order_is_picked_with_the_last(zones: Zones) -> None:
    walk = zones.walk
    _ = walk.session.query(BatchOrder).update({"method": Method.PUT_WALL, "slot": 1})
    walk.session.expire_all()
    _ = walk.marta.begin(walk.cart, walk.totes[0])
    while walk.marta.screen.name != "drop_cart":
        _ = walk.marta.pick()
    assert walk.marta.scan(walk.lane.barcode) == "home"
    assert (walk.orders[0].status, walk.orders[1].status) == (OrderStatus.PICKING, OrderStatus.PICKED)
    _ = zones.pick_rest()
    assert zones.piotr.scan(walk.lane.barcode) == "home"
    assert walk.orders[0].status is OrderStatus.PICKED
    assert holds_up(walk.session)


def test_a_part_left_for_another_cart_has_a_name_of_its_own(zones: Zones) -> None:
    walk = zones.walk
    assert walk.marta.begin(walk.cart, walk.totes[0]) == "build_cart"
    _ = walk.marta.scan("DONE")
    names = {name for (name,) in walk.session.query(Batch.name)}
    assert names == {walk.batch.name, f"{walk.batch.name}/2", f"{walk.batch.name}/3"}
    assert holds_up(walk.session)


def test_a_walk_that_is_begun_or_in_one_zone_is_not_split(walk: Walk) -> None:
    with pytest.raises(DomainError, match="lies in one zone"):
        _ = parting.split_by_zone(walk.session, builders.actor(), walk.batch.id)
    _ = walk.begin()
    with pytest.raises(DomainError, match="Only a walk that nobody has begun"):
        _ = parting.split_by_zone(walk.session, builders.actor(), walk.batch.id)


def test_the_wave_page_offers_the_split_only_where_it_helps(zones: Zones) -> None:
    page = overview.wave_page(zones.walk.session, builders.actor(), zones.first.wave_id)
    assert [(batch.name, batch.zones, batch.can_be_split) for batch in page.batches] == [
        (zones.first.name, ("A",), False),
        (zones.rest.name, ("B",), False),
    ]
    assert [row.batch for row in page.orders] == [f"{zones.first.name}, {zones.rest.name}", zones.first.name]


def test_the_rest_finds_another_lane_where_the_first_parts_is_none_any_more(zones: Zones) -> None:
    _ = zones.totes_of_first()
    _ = zones.walk.marta.scan(zones.meet.barcode, zones.walk.lane.barcode)
    zones.meet.kind = LocationKind.DOCK
    zones.walk.session.flush()
    _ = zones.pick_rest()
    assert zones.piotr.scan(zones.walk.lane.barcode) == "home"
    assert zones.walk.orders[0].status is OrderStatus.PICKED


def test_a_short_is_not_undone_once_its_part_has_left_the_cart(walk: Walk) -> None:
    session = walk.session
    cup = builders.product(session)
    order = builders.order(session, (walk.mug, 1), (cup, 1), (walk.pen, 1))
    batch = builders.waiting_batch(session, builders.order(session, (walk.mug, 1)), order)
    put_in_zone_b(session, walk.pen)
    walk.batch.cutoff_at += dt.timedelta(hours=1)
    _ = parting.split_by_zone(session, builders.actor(), batch.id)
    meet = builders.location(session, "MEET 1", LocationKind.CONSOLIDATION)
    marta = walk.begin()
    while marta.stop.sku != cup.sku:
        _ = marta.pick()
    _ = marta.scan("SKIP")  # so that the short is the walk's last step
    while marta.stop.sku != cup.sku:
        _ = marta.pick()
    _ = marta.reach()
    _ = marta.scan("NONE HERE", marta.stop.location_code)
    assert marta.scan(meet.barcode) == "drop_cart"
    assert marta.scan("UNDO") == "drop_cart"
    assert marta.said == f"Too late. {walk.totes[0].barcode} has left"
    assert holds_up(session)


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_two_pickers_who_leave_the_rest_at_once_make_two_walks(engine: Engine) -> None:
    with transaction(engine) as session:
        first, second = builders.product(session), builders.product(session)
        orders = [builders.order(session, (first, 1), (second, 1)) for _ in range(2)]
        batch = builders.waiting_batch(session, *orders)
        put_in_zone_b(session, second)
        carts = [builders.cart(session) for _ in "12"]
        _ = parting.split_by_zone(session, builders.actor(), batch.id)
        for device, cart in zip("12", carts, strict=True):
            picker = Picker(session, builders.worker(session, f"Picker {device}"), device)
            assert picker.begin(cart, builders.tote(session)) == "build_cart"
    start = threading.Barrier(2, timeout=together.LONGEST_S)

    def leave_the_rest(device: str) -> str:
        with transaction(engine) as session:
            worker = session.query(Worker).filter_by(name=f"Picker {device}").one()
            picker = Picker(session, worker, device)
            picker.is_alone = False
            _ = start.wait()
            screen = picker.scan("DONE")
            time.sleep(
                0.3
            )  # the other reads the walks' names before this one is committed, if nothing keeps it from it
            return screen

    assert together.at_once(*(functools.partial(leave_the_rest, device) for device in "12")) == ["go_to", "go_to"]
    with transaction(engine) as session:
        assert session.query(Batch).count() == 4
        assert holds_up(session)
