"""Waves: previewed, claimed, planned, released, taken back; short orders picked again."""

import datetime as dt
import itertools

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW, WAREHOUSE
from tests.together import at_once
from wms.domain.catalog import Product
from wms.domain.errors import BadInputError
from wms.domain.floor import ADJUSTMENT_ID
from wms.domain.orders import Hold, HoldKind, Order, OrderStatus
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask, TaskStatus
from wms.domain.stock import Stock
from wms.domain.waves import Allocation, Wave, WaveOrder, WaveStatus
from wms.services import ordering, planning
from wms.services.orders import cancelling
from wms.services.planning import Draft, OpenTransaction, Released, preview, undoing
from wms.services.planning import again as planning_again
from wms.services.planning.problem import NoCartError
from wms.services.planning.selection import CollectionKey, Rules, Why, collection_key
from wms.services.planning.undoing import WaveStartedError
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods

KEY = CollectionKey(carrier="usps", cutoff_at=NOW.replace(hour=14, minute=30))
ACTOR = builders.actor()
LATER = builders.actor(at=NOW + dt.timedelta(minutes=2))


def _floor(session: Session, orders: int = 6, stock: int = 50) -> tuple[Product, list[Order]]:
    """A cart of four totes, three faces of one product each, and orders for two of them."""
    _ = builders.cart(session, slots=4)
    products = [builders.product(session, f"P{number}") for number in range(3)]
    for product in products:
        builders.stock(session, builders.location(session), product, stock)
    return products[0], [
        builders.order(session, (products[n % 3], 1), (products[(n + 1) % 3], 2)) for n in range(orders)
    ]


def _wave(open_transaction: OpenTransaction, orders: int = 6) -> Released:
    with open_transaction() as session:
        _ = _floor(session, orders)
    return planning.plan_wave(open_transaction, ACTOR, KEY, Rules())


def _wave_id(done: Released) -> int:
    assert done.wave_id is not None
    return done.wave_id


def _claim(session: Session, rules: Rules | None = None) -> Draft:
    draft = planning.claim(session, ACTOR, KEY, rules or Rules())
    assert isinstance(draft, Draft)
    return draft


def _statuses(session: Session) -> set[OrderStatus]:
    return {status for (status,) in session.query(Order.status)}


def _reserved(session: Session) -> int:
    return sum(reserved for (reserved,) in session.query(Stock.reserved))


def _hold(session: Session, order: Order) -> None:
    session.add(Hold(warehouse_id=WAREHOUSE, order_id=order.id, kind=HoldKind.FRAUD, reason="High risk", at=NOW))


def test_a_wave_is_released_with_batches_slots_and_tasks(open_transaction: OpenTransaction) -> None:
    done = _wave(open_transaction)
    assert (done.number, done.orders, done.batches, done.out) == (1, 6, 2, ())
    with open_transaction() as session:
        assert _statuses(session) == {OrderStatus.WAVED}
        wave = session.query(Wave).one()
        assert (wave.status, wave.released_at, wave.carrier) == (WaveStatus.RELEASED, NOW, "usps")
        assert 0 < wave.metres <= wave.metres_one_by_one
        for batch in session.query(Batch):
            assert batch.name == f"W1-{batch.position}"
            slots = [row.slot for row in session.query(BatchOrder).filter_by(batch_id=batch.id)]
            assert sorted(slots) == list(range(1, len(slots) + 1))
            assert len(slots) <= 4
            sequence = [task.sequence for task in session.query(PickTask).filter_by(batch_id=batch.id)]
            assert sorted(sequence) == list(range(1, len(sequence) + 1))


def test_tasks_ask_for_what_is_reserved_and_nothing_else(open_transaction: OpenTransaction) -> None:
    _ = _wave(open_transaction)
    with open_transaction() as session:
        tasks = {task.allocation_id: task.quantity for task in session.query(PickTask)}
        assert tasks == {row.id: row.quantity for row in session.query(Allocation)}
        assert sum(tasks.values()) == _reserved(session) == 18


def test_units_of_one_face_are_picked_in_one_stop(open_transaction: OpenTransaction) -> None:
    _ = _wave(open_transaction, orders=3)
    with open_transaction() as session:
        walked = [task.location_id for task in session.query(PickTask).order_by(PickTask.sequence)]
        changes = sum(here != there for here, there in itertools.pairwise(walked))
        assert changes == len(set(walked)) - 1


def test_each_order_in_a_wave_says_why_it_is_there(open_transaction: OpenTransaction) -> None:
    _ = _wave(open_transaction)
    with open_transaction() as session:
        assert all(" m here" in row.why or "walks" in row.why for row in session.query(WaveOrder))


def test_a_preview_says_what_the_wave_would_be_and_writes_nothing(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        _ = _floor(session)
    shown = preview.preview(open_transaction, ACTOR, KEY, Rules())
    assert (shown.orders, shown.lines, shown.units, shown.batches) == (6, 12, 18, 2)
    assert 3 <= shown.stops <= 6
    assert shown.room == "4 totes a cart, so that every batch fits the smallest of 1 carts."
    assert 0 < shown.metres < shown.metres_one_by_one
    assert 0 < shown.saving_pct < 100
    assert shown.finish_at is not None
    assert NOW < shown.finish_at < KEY.cutoff_at
    with open_transaction() as session:
        assert (_statuses(session), _reserved(session)) == ({OrderStatus.RECEIVED}, 0)


def test_every_order_that_stays_out_has_its_sentence(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        product, orders = _floor(session, orders=4)
        _hold(session, orders[0])
        orders[1].ship_zip = orders[1].ship_city = ""
        missing = builders.order(session, (product, 60))
        huge = builders.product(session, "HUGE")
        huge.length_mm = huge.width_mm = huge.height_mm = 400
        builders.stock(session, builders.location(session), huge, 5)
        big = builders.order(session, (huge, 1))
        last = builders.order(session, (product, 1))
    shown = preview.preview(open_transaction, ACTOR, KEY, Rules(max_orders=2))
    assert {order.number: (order.why, order.reason) for order in shown.out} == {
        orders[0].number: (Why.HELD, "On hold (fraud): High risk"),
        orders[1].number: (Why.ADDRESS, "The address lacks city, zip."),
        missing.number: (Why.LIMIT, "Over the limit of 2 orders a wave."),
        big.number: (Why.SIZE, "Fills 3 totes (64.0 litres); an order has one tote of 30."),
        last.number: (Why.LIMIT, "Over the limit of 2 orders a wave."),
    }
    shown = preview.preview(open_transaction, ACTOR, KEY, Rules())
    sentences = {order.number: (order.why, order.reason) for order in shown.out}
    assert sentences[missing.number] == (Why.STOCK, "13 of P0 missing: 47 free, 60 asked.")


def test_an_order_for_another_collection_is_counted_there(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        _, orders = _floor(session, orders=2)
        orders[0].cutoff_at = NOW.replace(day=25, hour=14, minute=30)
    shown = preview.preview(open_transaction, ACTOR, KEY, Rules())
    assert (shown.orders, [(other.carrier, other.orders) for other in shown.elsewhere]) == (1, [("usps", 1)])


def test_a_preview_after_the_cutoff_promises_the_next_collection(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        _ = _floor(session, orders=2)
    late = builders.actor(at=NOW.replace(hour=14, minute=31))
    shown = preview.preview(open_transaction, late, KEY, Rules())
    assert (shown.orders, shown.minutes_left) == (0, -1)
    assert [other.key for other in shown.elsewhere] == [f"usps.{int(KEY.cutoff_at.timestamp()) + 86400}"]


def test_urgent_orders_go_first_when_not_all_may(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        _, orders = _floor(session)
        orders[5].priority = 1
    done = planning.plan_wave(open_transaction, ACTOR, KEY, Rules(max_orders=1))
    with open_transaction() as session:
        assert [row.order_id for row in session.query(WaveOrder)] == [orders[5].id]
    assert {order.why for order in done.out} == {Why.LIMIT}


def test_only_the_orders_that_were_seen_are_released(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        _, orders = _floor(session)
    seen = Rules(only=frozenset({orders[1].id, orders[2].id}))
    assert planning.plan_wave(open_transaction, ACTOR, KEY, seen).orders == 2
    again = planning.plan_wave(open_transaction, ACTOR, KEY, seen)
    assert (again.wave_id, again.orders) == (None, 0)


def test_without_a_cart_nothing_can_be_planned(open_transaction: OpenTransaction) -> None:
    with pytest.raises(NoCartError):
        _ = planning.plan_wave(open_transaction, ACTOR, KEY, Rules())


def test_taking_a_wave_back_restores_everything(open_transaction: OpenTransaction) -> None:
    done = _wave(open_transaction)
    with open_transaction() as session:
        assert undoing.take_back(session, LATER, _wave_id(done)) == 6
    with open_transaction() as session:
        assert (_statuses(session), _reserved(session)) == ({OrderStatus.RECEIVED}, 0)
        assert (session.query(WaveOrder).count(), session.query(BatchOrder).count()) == (0, 0)
        assert {task.status for task in session.query(PickTask)} == {TaskStatus.CANCELLED}
        assert {batch.status for batch in session.query(Batch)} == {BatchStatus.CANCELLED}
        assert session.query(Wave).one().status is WaveStatus.TAKEN_BACK
        assert sum(row.quantity for row in session.query(Allocation)) == 0
    again = planning.plan_wave(open_transaction, LATER, KEY, Rules())
    assert (again.number, again.orders) == (2, 6)


def test_a_wave_whose_batch_was_started_stays(open_transaction: OpenTransaction) -> None:
    done = _wave(open_transaction)
    with open_transaction() as session:
        marta, cart = builders.worker(session), builders.cart(session)
        _ = (
            session.query(Batch)
            .filter_by(name="W1-2")
            .one()
            .start(cart_id=cart.id, worker_id=marta.id, device="1", at=NOW)
        )
    with open_transaction() as session, pytest.raises(WaveStartedError, match=r"W1-2 has been started"):
        _ = undoing.take_back(session, LATER, _wave_id(done))
    with open_transaction() as session:
        assert _statuses(session) == {OrderStatus.WAVED}


def test_a_wave_cannot_be_taken_back_twice(open_transaction: OpenTransaction) -> None:
    done = _wave(open_transaction)
    with open_transaction() as session:
        _ = undoing.take_back(session, LATER, _wave_id(done))
    with open_transaction() as session, pytest.raises(WaveStartedError, match="taken back"):
        _ = undoing.take_back(session, LATER, _wave_id(done))


def test_an_order_that_changed_while_the_engine_worked_is_left_out(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        _, orders = _floor(session)
        draft = _claim(session)
    plan = planning.work(draft)
    with open_transaction() as session:
        cancelling.cancel(session, LATER, session.get_one(Order, (WAREHOUSE, orders[0].id)), "the customer asked")
        _hold(session, orders[1])
    with open_transaction() as session:
        done = planning.record_plan(session, LATER, draft, plan)
    assert done.orders == 4
    assert {order.number: order.reason for order in done.out} == {
        orders[0].number: "It is cancelled now.",
        orders[1].number: "On hold (fraud): High risk",
    }
    with open_transaction() as session:
        assert session.get_one(Order, (WAREHOUSE, orders[1].id)).status is OrderStatus.RECEIVED
        assert _reserved(session) == sum(task.quantity for task in session.query(PickTask)) == 12
        wave, gone = session.query(Wave).one(), {orders[0].id, orders[1].id}
        alone_m = {order.id: order.alone_m for batch in plan.batches for order in batch.orders}
        assert wave.metres_one_by_one == pytest.approx(sum(m for order, m in alone_m.items() if order not in gone))
        assert wave.metres == pytest.approx(sum(batch.metres for batch in session.query(Batch)))
        assert (wave.metres_first_come, wave.lower_bound_m) == (0.0, None)


def test_a_wave_that_lost_all_its_orders_is_taken_back(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        _, orders = _floor(session, orders=1)
        draft = _claim(session)
    plan = planning.work(draft)
    with open_transaction() as session:
        _hold(session, orders[0])
    with open_transaction() as session:
        done = planning.record_plan(session, LATER, draft, plan)
        assert (done.wave_id, session.query(Wave).one().status) == (None, WaveStatus.TAKEN_BACK)


def test_a_draft_whose_planner_died_can_be_resumed(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        _ = _floor(session)
        draft = _claim(session)
    done = planning.resume(open_transaction, LATER, draft.wave_id)
    assert (done.wave_id, done.orders, done.batches) == (draft.wave_id, 6, 2)
    with pytest.raises(planning.NotADraftError):
        _ = planning.resume(open_transaction, LATER, draft.wave_id)


def test_an_order_held_before_its_draft_is_resumed_leaves_the_wave(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        _, orders = _floor(session)
        draft = _claim(session)
    with open_transaction() as session:
        _ = ordering.hold(session, LATER, orders[0].id, kind=HoldKind.CUSTOMER, reason="On holiday")
    done = planning.resume(open_transaction, LATER, draft.wave_id)
    assert (done.orders, [order.reason for order in done.out]) == (5, ["It is held now."])
    with open_transaction() as session:
        _ = ordering.release_hold(session, LATER, orders[0].id, session.query(Hold).one().id)
    again = planning.plan_wave(open_transaction, LATER, KEY, Rules())
    assert (again.orders, again.out) == (1, ())


def test_the_next_planner_gives_back_what_a_dead_one_claimed(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        _ = _floor(session)
        draft = _claim(session)
    plan = planning.work(draft)
    done = planning.plan_wave(open_transaction, LATER, KEY, Rules())
    assert (done.number, done.orders) == (2, 6)
    with open_transaction() as session, pytest.raises(planning.NotADraftError):
        _ = planning.record_plan(session, LATER, draft, plan)


def test_a_fresh_draft_is_left_to_its_planner(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        _ = _floor(session)
        _ = _claim(session)
    done = planning.plan_wave(open_transaction, ACTOR, KEY, Rules())
    assert (done.wave_id, {order.reason for order in done.out}) == (None, {"Wave 1 is being planned with it."})


def test_two_planners_at_once_share_the_orders_without_overlap(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        _ = _floor(session, orders=8, stock=5)

    def plan() -> Released:
        return planning.plan_wave(open_transaction, ACTOR, KEY, Rules(max_orders=3))

    ended = at_once(plan, plan)
    with open_transaction() as session:
        assert all(row.reserved <= 5 for row in session.query(Stock))
        assert _reserved(session) == sum(task.quantity for task in session.query(PickTask))
        assert session.query(BatchOrder).count() == sum(done.orders for done in ended) == 4


def _short(open_transaction: OpenTransaction) -> Order:
    """An order for 1 P0 and 2 P1 of which one unit P1 was found, and no more lies on that shelf."""
    _ = _wave(open_transaction, orders=1)
    with open_transaction() as session:
        order = session.query(Order).one()
        tote = builders.tote(session)
        tote.take(order.id)
        for task in session.query(PickTask).order_by(PickTask.quantity):
            row = session.get_one(Allocation, (WAREHOUSE, task.allocation_id))
            one = Goods(product_id=task.product_id, quantity=1)
            stocking.move(
                session, ACTOR, one, from_place_id=row.place_id, to_place_id=tote.id, reason="picked", reserved=True
            )
            task.picked = 1
            row.quantity -= 1
            task.move_to(TaskStatus.PICKED if task.quantity == 1 else TaskStatus.SHORT, NOW)
            if row.quantity:
                stocking.unreserve(session, ACTOR, row.place_id, one)
                row.quantity = 0
                rest = Goods(product_id=task.product_id, quantity=49)
                stocking.move(
                    session, ACTOR, rest, from_place_id=row.place_id, to_place_id=ADJUSTMENT_ID, reason="short"
                )
        for then in (OrderStatus.PICKING, OrderStatus.SHORT):
            _ = order.move_to(then)
    return order


def test_a_short_order_waits_with_a_sentence_while_nothing_has_come(open_transaction: OpenTransaction) -> None:
    order = _short(open_transaction)
    with open_transaction() as session:
        again = planning_again.pick_again(session, LATER, order.id)
        assert (again.batch, again.reason) == ("", "1 of P1 missing: 0 free, 1 asked.")
    with open_transaction() as session:
        shown = planning_again.short_orders(session, LATER)
        assert [(row.number, row.lacks, row.reason) for row in shown] == [(order.number, "1 of P1", again.reason)]


def test_missing_units_are_picked_again_from_another_place(open_transaction: OpenTransaction) -> None:
    order = _short(open_transaction)
    with open_transaction() as session:
        location = builders.location(session)
        builders.stock(session, location, session.query(Product).filter_by(sku="P1").one(), 3)
        again = planning_again.pick_again(session, LATER, order.id)
    assert (again.batch, again.reason) == ("W1-2", "")
    with open_transaction() as session:
        batch = session.query(Batch).filter_by(name="W1-2").one()
        task = session.query(PickTask).filter_by(batch_id=batch.id).one()
        assert (task.location_id, task.quantity, task.status) == (location.id, 1, TaskStatus.OPEN)
        assert session.query(Order).one().status is OrderStatus.PICKING
        assert (batch.status, _reserved(session)) == (BatchStatus.WAITING, 1)
        second = planning_again.pick_again(session, LATER, order.id)
        assert second.reason == f"{order.number} is picking, not short."


def test_a_collection_key_reads_back_and_nonsense_is_refused() -> None:
    assert collection_key(str(KEY)) == KEY
    for text in ("", "usps", "usps.", ".123", "usps.12x", "usps.99999999999999999999"):
        with pytest.raises(BadInputError, match="names no collection"):
            _ = collection_key(text)
