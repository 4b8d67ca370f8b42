"""Cancelling at every stage: stock comes free, walks end, boxes and labels are given up, and the books are right."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import boxes, builders
from tests.builders import WAREHOUSE
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from tests.together import at_once
from wms.database import transaction
from wms.domain.floor import LocationKind
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.orders import Order, OrderStatus
from wms.domain.outbox import Job, JobKind
from wms.domain.packing import Package, PackageStatus
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask, TaskStatus
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.putbacks import PutBack
from wms.domain.shipping import Label, LabelStatus
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus
from wms.domain.waves import Wave, WaveOrder, WaveStatus
from wms.services import printing, verifying
from wms.services.orders import cancelling
from wms.services.orders.cancelling import TooLateError
from wms.services.planning import again as planning_again
from wms.services.stock import allocating

ACTOR = builders.actor()


def _cancel(session: Session, order: Order) -> None:
    cancelling.cancel(session, ACTOR, order, "customer called")
    session.flush()
    assert order.status is OrderStatus.CANCELLED
    assert verifying.verify(session, WAREHOUSE) == []


def _reserved(session: Session) -> int:
    return sum(row.reserved for row in session.query(Stock).populate_existing())


def _put_backs(session: Session) -> list[tuple[int, int, int]]:
    rows = session.query(PutBack).order_by(PutBack.quantity)
    return [(row.from_place_id, row.to_location_id, row.quantity) for row in rows]


def _received(session: Session) -> Order:
    return builders.order(session, (builders.product(session), 1))


def _held(session: Session) -> Order:
    order = _received(session)
    _ = order.move_to(OrderStatus.HELD)
    return order


def _backordered(session: Session) -> Order:
    order = _received(session)
    _ = allocating.allocate(session, ACTOR, [order])
    assert order.status is OrderStatus.BACKORDERED
    return order


def _allocated(session: Session) -> Order:
    mug = builders.product(session)
    builders.stock(session, builders.location(session), mug, 5)
    order = builders.order(session, (mug, 3))
    _ = allocating.allocate(session, ACTOR, [order])
    assert _reserved(session) == 3
    return order


@pytest.mark.parametrize("stage", [_received, _held, _backordered, _allocated])
def test_before_a_wave_only_the_stock_comes_free(session: Session, stage: Callable[[Session], Order]) -> None:
    _cancel(session, stage(session))
    assert (_reserved(session), _put_backs(session)) == (0, [])


def test_an_order_claimed_by_a_draft_wave_leaves_it(session: Session) -> None:
    order = _allocated(session)
    batch = builders.waiting_batch(session, builders.order(session, (builders.product(session), 1)))
    session.add(WaveOrder(warehouse_id=WAREHOUSE, wave_id=batch.wave_id, order_id=order.id))
    session.flush()
    _cancel(session, order)
    assert session.query(WaveOrder).filter_by(order_id=order.id).count() == 0


def test_a_waved_order_leaves_its_walk_to_the_others(walk: Walk) -> None:
    first, second = walk.orders
    _cancel(walk.session, first)
    assert [row.order_id for row in walk.session.query(BatchOrder)] == [second.id]
    assert [row.order_id for row in walk.session.query(WaveOrder)] == [second.id]
    assert [task.status for task in walk.tasks()] == [TaskStatus.CANCELLED, TaskStatus.CANCELLED, TaskStatus.OPEN]
    assert walk.batch.status is BatchStatus.WAITING
    assert walk.marta.begin(walk.cart, walk.totes[0]) == "go_to"


def test_the_last_order_takes_its_walk_and_wave_with_it(walk: Walk) -> None:
    for order in walk.orders:
        _cancel(walk.session, order)
    assert walk.batch.status is BatchStatus.CANCELLED
    assert walk.session.query(Wave).one().status is WaveStatus.TAKEN_BACK
    assert walk.marta.scan(walk.cart.barcode) == "home"


def test_an_order_whose_cart_is_being_built_needs_no_tote_any_more(walk: Walk) -> None:
    _ = walk.marta.scan(walk.cart.barcode)
    _cancel(walk.session, walk.orders[0])
    assert walk.marta.scan(walk.totes[0].barcode) == "go_to"


def test_all_orders_of_a_cart_being_built_may_go(walk: Walk) -> None:
    _ = walk.marta.scan(walk.cart.barcode)
    for order in walk.orders:
        _cancel(walk.session, order)
    assert walk.marta.screen.name == "drop_cart"
    assert walk.marta.scan(walk.lane.barcode) == "home"
    assert walk.session.query(Wave).one().status is WaveStatus.DONE


def test_units_in_hand_go_back_to_the_location_by_its_scan(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan(walk.mug_code)
    _cancel(walk.session, walk.orders[0])
    assert marta.screen.name == "put_back"
    assert _put_backs(walk.session) == []
    assert walk.session.query(Stock).filter_by(product_id=walk.mug.id).one().reserved == 1


def test_units_in_a_tote_on_a_cart_are_put_back_where_they_came_from(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan(walk.mug_code, walk.mug_code, walk.totes[0].barcode)
    location = walk.tasks()[0].location_id
    _cancel(walk.session, walk.orders[0])
    assert _put_backs(walk.session) == [(walk.totes[0].id, location, 2)]
    assert walk.totes[0].status is ToteStatus.PICKING
    _ = marta.scan("UNDO")
    assert verifying.verify(walk.session, WAREHOUSE) == []


def _walked(walk: Walk) -> None:
    """Both orders picked and dropped in the lane."""
    marta = walk.at_location()
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    assert marta.scan(walk.lane.barcode) == "home"


def test_a_picked_order_waits_in_its_lane_to_be_put_back(walk: Walk) -> None:
    _walked(walk)
    assert walk.orders[0].status is OrderStatus.PICKED
    _cancel(walk.session, walk.orders[0])
    assert sorted(units for _, _, units in _put_backs(walk.session)) == [1, 2]
    assert walk.totes[0].status is ToteStatus.STAGED


def _short(walk: Walk) -> Order:
    marta = walk.at_location()
    _ = marta.scan(walk.mug_code, "SHORT", marta.stop.location_code, walk.totes[0].barcode)
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    _ = marta.scan(walk.hold.barcode, walk.lane.barcode)
    assert walk.orders[0].status is OrderStatus.SHORT
    return walk.orders[0]


def test_a_short_order_needs_no_decision_once_cancelled(walk: Walk) -> None:
    order = _short(walk)
    _cancel(walk.session, order)
    assert sorted(units for _, _, units in _put_backs(walk.session)) == [1, 1]
    settled = {item.order_id: item.settled_at is not None for item in walk.session.query(ExceptionItem)}
    assert settled == {order.id: True, walk.orders[1].id: False}


def test_a_short_order_picked_again_leaves_its_second_walk(walk: Walk) -> None:
    order = _short(walk)
    builders.stock(walk.session, builders.location(walk.session), walk.mug, 5)
    again = planning_again.pick_again(walk.session, ACTOR, order.id)
    assert again.batch
    _cancel(walk.session, order)
    assert walk.session.query(Batch).filter_by(name=again.batch).one().status is BatchStatus.CANCELLED


@dataclass(frozen=True, kw_only=True)
class Boxed:
    """An order whose first line is in a box and whose rest is in the tote at the bench."""

    order: Order
    package: Package
    label: Label | None
    prints: PrintJob | None


def _boxed(walk: Walk, status: LabelStatus | None, *, sealed: bool = False) -> Boxed:
    _walked(walk)
    session, order, tote = walk.session, walk.orders[0], walk.totes[0]
    package = boxes.package(session, order)
    tote.open()
    boxes.fill(session, package, tote, 2 if sealed else 1)
    label = boxes.label(session, package, status, "1Z999" if status is LabelStatus.BOUGHT else "") if status else None
    prints = printing.queue_label(session, ACTOR, label, copy=1) if label and label.tracking_number else None
    if sealed and prints is not None:
        prints.status = PrintStatus.PRINTED
        _ = package.move_to(PackageStatus.SEALED)
        _ = order.move_to(OrderStatus.PACKED)
        tote.free()
    session.flush()
    return Boxed(order=order, package=package, label=label, prints=prints)


def test_a_box_being_packed_is_given_up_with_its_tote(walk: Walk) -> None:
    boxed = _boxed(walk, None)
    _cancel(walk.session, boxed.order)
    assert boxed.package.status is PackageStatus.CANCELLED
    assert walk.totes[0].status is ToteStatus.PACKING
    assert {place for place, _, _ in _put_backs(walk.session)} == {walk.totes[0].id, boxed.package.id}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (LabelStatus.WANTED, LabelStatus.REFUSED),
        (LabelStatus.BUYING, LabelStatus.BUYING),
        (LabelStatus.UNSETTLED, LabelStatus.UNSETTLED),
        (LabelStatus.BOUGHT, LabelStatus.VOIDING),
    ],
)
def test_a_label_not_yet_bought_is_not_bought_and_a_bought_one_is_voided(
    walk: Walk, before: LabelStatus, after: LabelStatus
) -> None:
    boxed = _boxed(walk, before)
    _cancel(walk.session, boxed.order)
    assert boxed.label is not None
    assert boxed.label.status is after
    if boxed.prints is not None:
        assert boxed.prints.status is PrintStatus.DROPPED


def test_what_its_label_was_refused_for_is_asked_no_more_but_where_its_money_went_is(walk: Walk) -> None:
    boxed = _boxed(walk, LabelStatus.REFUSED)
    assert boxed.label is not None
    for kind, subject_id in (
        (ExceptionKind.LABEL, boxed.label.id),
        (ExceptionKind.CUSTOMS, boxed.package.id),
        (ExceptionKind.LABEL, boxed.package.id),
    ):
        row = ExceptionItem(
            warehouse_id=WAREHOUSE,
            kind=kind,
            at=builders.NOW,
            text=kind,
            order_id=boxed.order.id,
            subject_id=subject_id,
        )
        walk.session.add(row)
    _cancel(walk.session, boxed.order)
    still = walk.session.query(ExceptionItem).filter(ExceptionItem.settled_at.is_(None)).one()
    assert still.subject_id == boxed.package.id


def test_a_sealed_box_is_opened_cancelled_and_its_label_voided(walk: Walk) -> None:
    boxed = _boxed(walk, LabelStatus.BOUGHT, sealed=True)
    assert verifying.verify(walk.session, WAREHOUSE) == []
    _cancel(walk.session, boxed.order)
    assert boxed.package.status is PackageStatus.CANCELLED
    assert walk.session.query(Job).filter_by(kind=JobKind.VOID_LABEL).count() == 1
    assert {place for place, _, _ in _put_backs(walk.session)} == {boxed.package.id}


def test_a_box_that_left_keeps_its_order(walk: Walk) -> None:
    boxed = _boxed(walk, LabelStatus.BOUGHT, sealed=True)
    _ = boxed.package.move_to(PackageStatus.HANDED_OVER)
    walk.session.flush()
    with pytest.raises(TooLateError, match="has left"):
        cancelling.cancel(walk.session, ACTOR, boxed.order, "customer called")


@pytest.mark.parametrize("status", [OrderStatus.SHIPPED, OrderStatus.CANCELLED])
def test_an_order_that_has_ended_is_refused(session: Session, status: OrderStatus) -> None:
    order = _received(session)
    order.status = status
    with pytest.raises(TooLateError, match=f"is {status}. It cannot be cancelled"):
        cancelling.cancel(session, ACTOR, order, "customer called")


@dataclass(frozen=True, kw_only=True)
class Race:
    """A started walk of four orders for two mugs each, whose totes are bound."""

    marta: Picker
    location_id: int
    order_ids: list[int]
    hold_id: int
    lane_id: int


def _race(engine: Engine) -> Race:
    with transaction(engine) as session:
        mug, location = builders.product(session), builders.location(session)
        orders = [builders.order(session, (mug, 2)) for _ in range(4)]
        builders.stock(session, location, mug, 20)
        _ = builders.waiting_batch(session, *orders, locations={mug.id: location})
        marta, cart = Picker(session), builders.cart(session)
        hold, lane = (builders.location(session, kind=kind) for kind in (LocationKind.HOLD, LocationKind.LANE))
        _ = marta.begin(cart, *(builders.tote(session) for _ in orders))
        return Race(
            marta=marta,
            location_id=location.id,
            order_ids=[order.id for order in orders],
            hold_id=hold.id,
            lane_id=lane.id,
        )


def _pick_all(engine: Engine, marta: Picker) -> None:
    """Scan what the screen asks for until the walk is done."""
    marta.is_alone = False
    for _ in range(60):
        with transaction(engine) as session:
            marta.session = session
            screen = marta.screen
            if screen.name == "home":
                return
            _ = marta.scan(screen.accept[0] if screen.accept else "")
    raise AssertionError(marta.said)


def test_cancelling_while_the_picker_scans_loses_no_unit(engine: Engine) -> None:
    race = _race(engine)
    kept = race.order_ids[1]
    gone = [order_id for order_id in race.order_ids if order_id != kept]

    def pick() -> None:
        _pick_all(engine, race.marta)

    def cancel() -> None:
        for order_id in gone:
            with transaction(engine) as session:
                _ = cancelling.cancel_by_id(session, ACTOR, order_id, "customer called")

    _ = at_once(pick, cancel)
    with transaction(engine) as session:
        assert verifying.verify(session, WAREHOUSE) == []
        statuses = {order.id: order.status for order in session.query(Order)}
        assert statuses == {kept: OrderStatus.PICKED} | dict.fromkeys(gone, OrderStatus.CANCELLED)
        in_totes = sum(row.on_hand for row in session.query(Stock) if row.place_id != race.location_id)
        assert in_totes == sum(row.quantity for row in session.query(PutBack)) + 2
        assert session.query(PickTask).filter_by(status=TaskStatus.OPEN).count() == 0
        # An order cancelled when its tote was down already waits where that stands.
        stand_in = {tote.lane_id for tote in session.query(Tote).filter(Tote.order_id.in_(gone))}
        assert stand_in <= {race.hold_id, race.lane_id}
        assert session.query(Tote).filter_by(order_id=kept).one().lane_id == race.lane_id
