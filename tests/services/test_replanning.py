"""A wave at work planned again: orders join, begun walks stay, and a wave that moved on is left alone."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW, WAREHOUSE
from wms import batching
from wms.domain.catalog import Product
from wms.domain.orders import Order, OrderStatus
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask, TaskStatus
from wms.domain.stock import Stock
from wms.domain.waves import Allocation, Wave, WaveOrder
from wms.services import planning, verifying
from wms.services.planning import OpenTransaction, replanning, undoing
from wms.services.planning.replanning import WaveMovedOnError
from wms.services.planning.selection import CollectionKey, Rules

KEY = CollectionKey(carrier="usps", cutoff_at=NOW.replace(hour=14, minute=30))
LATER = builders.actor(at=NOW + dt.timedelta(minutes=2))


def _arrive(open_transaction: OpenTransaction, count: int = 1) -> list[int]:
    """Orders that come after the release."""
    with open_transaction() as session:
        product = session.query(Product).filter_by(sku="P0").one()
        return [builders.order(session, (product, 1)).id for _ in range(count)]


def _start(session: Session, name: str) -> Batch:
    """A picker takes a batch's walk."""
    batch = session.query(Batch).filter_by(name=name).one()
    worker, cart = builders.worker(session, f"Picker of {name}"), builders.cart(session, slots=4)
    _ = batch.start(cart_id=cart.id, worker_id=worker.id, device="1", at=NOW)
    return batch


def _walks(session: Session) -> dict[str, set[int]]:
    """Orders by the name of their batch, without batches that were given up."""
    return {
        batch.name: {row.order_id for row in session.query(BatchOrder).filter_by(batch_id=batch.id)}
        for batch in session.query(Batch).filter(Batch.status != BatchStatus.CANCELLED)
    }


def _check_books(session: Session) -> None:
    """Each order walks once, tasks ask for what is reserved, no cart is too full, and the ledger adds up."""
    walks = _walks(session)
    members = [order_id for orders in walks.values() for order_id in orders]
    assert len(members) == len(set(members))
    assert set(members) == {row.order_id for row in session.query(WaveOrder)}
    assert all(1 <= len(orders) <= 4 for orders in walks.values())
    tasks = session.query(PickTask).filter_by(status=TaskStatus.OPEN).all()
    assert {task.allocation_id: task.quantity for task in tasks} == {
        row.id: row.quantity for row in session.query(Allocation)
    }
    assert sum(task.quantity for task in tasks) == sum(reserved for (reserved,) in session.query(Stock.reserved))
    names = {batch.id: batch.name for batch in session.query(Batch)}
    assert all(task.order_id in walks[names[task.batch_id]] for task in tasks)
    for batch_id in {task.batch_id for task in tasks}:
        sequence = sorted(task.sequence for task in tasks if task.batch_id == batch_id)
        assert sequence == list(range(1, len(sequence) + 1))
    assert verifying.verify(session, WAREHOUSE) == []


def test_orders_that_came_since_join_the_walks_nobody_has_begun(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    late = _arrive(open_transaction, 2)
    done = replanning.plan_again(open_transaction, LATER, wave_id)
    assert (done.number, done.joined, done.out) == (1, 2, ())
    with open_transaction() as session:
        _check_books(session)
        assert len(_walks(session)) == 2
        assert set(late) <= {order_id for orders in _walks(session).values() for order_id in orders}
        assert {status for (status,) in session.query(Order.status)} == {OrderStatus.WAVED}
        wave = session.query(Wave).one()
        batches = session.query(Batch).filter(Batch.status == BatchStatus.WAITING)
        assert wave.metres == pytest.approx(sum(batch.metres for batch in batches))
        assert wave.metres_one_by_one > wave.metres


def test_a_wave_that_nothing_joined_keeps_its_walks(open_transaction: OpenTransaction, wave_id: int) -> None:
    with open_transaction() as session:
        before = _walks(session)
    done = replanning.plan_again(open_transaction, LATER, wave_id)
    assert (done.joined, done.batches) == (0, 0)
    with open_transaction() as session:
        assert _walks(session) == before
        _check_books(session)


def test_a_begun_walk_stays_as_it_is(open_transaction: OpenTransaction, wave_id: int) -> None:
    with open_transaction() as session:
        begun = _walks(session)[_start(session, "W1-1").name]
    late = _arrive(open_transaction, 3)
    done = replanning.plan_again(open_transaction, LATER, wave_id)
    assert done.joined == 3
    with open_transaction() as session:
        walks = _walks(session)
        assert walks["W1-1"] == begun
        assert set(late).isdisjoint(begun)
        _check_books(session)


def test_the_engine_knows_begun_walks_as_frozen_and_the_others_as_earlier(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        _ = _start(session, "W1-1")
    with open_transaction() as session:
        walks = _walks(session)
        problem = replanning.look(session, LATER, wave_id).problem
    assert problem is not None
    assert [set(batch) for batch in problem.frozen] == [walks["W1-1"]]
    assert [set(batch) for batch in problem.earlier] == [walks["W1-2"]]
    assert problem.move_penalty_m > 0


def test_a_picker_who_leaves_gives_the_walk_back_to_be_planned_again(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        _ = _start(session, "W1-1").hand_back()
    with open_transaction() as session:
        seen = replanning.look(session, LATER, wave_id)
        assert len(seen.walks) == 2
        assert seen.problem is not None
        assert seen.problem.frozen == ()


def test_a_walk_given_back_half_done_is_not_planned_again(open_transaction: OpenTransaction, wave_id: int) -> None:
    with open_transaction() as session:
        _ = _start(session, "W1-1").hand_back(keep_cart=True)
    with open_transaction() as session:
        walks = _walks(session)
        problem = replanning.look(session, LATER, wave_id).problem
    assert problem is not None
    assert [set(batch) for batch in problem.frozen] == [walks["W1-1"]]


def test_a_walk_begun_while_the_engine_worked_stops_the_recording(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    late = _arrive(open_transaction)
    with open_transaction() as session:
        seen = replanning.look(session, LATER, wave_id)
    assert seen.problem is not None
    plan = batching.plan(seen.problem, batching.Iterations(10))
    with open_transaction() as session:
        _ = _start(session, "W1-2")
    with pytest.raises(WaveMovedOnError, match="begun or changed meanwhile"), open_transaction() as session:
        _ = replanning.record_again(session, LATER, seen, plan)
    with open_transaction() as session:
        assert session.get_one(Order, (WAREHOUSE, late[0])).status is OrderStatus.RECEIVED
        _check_books(session)


def test_an_order_that_went_elsewhere_meanwhile_does_not_join(open_transaction: OpenTransaction, wave_id: int) -> None:
    gone, stays = _arrive(open_transaction, 2)
    with open_transaction() as session:
        seen = replanning.look(session, LATER, wave_id)
    assert seen.problem is not None
    plan = batching.plan(seen.problem, batching.Iterations(10))
    other = planning.plan_wave(open_transaction, LATER, KEY, Rules(only=frozenset({gone})))
    assert other.orders == 1
    with open_transaction() as session:
        assert replanning.record_again(session, LATER, seen, plan).joined == 1
    with open_transaction() as session:
        waves = {row.order_id: row.wave_id for row in session.query(WaveOrder)}
        assert (waves[stays], waves[gone]) == (wave_id, other.wave_id)
        _check_books(session)


def test_an_order_without_stock_stays_out_with_its_sentence(open_transaction: OpenTransaction, wave_id: int) -> None:
    with open_transaction() as session:
        product = session.query(Product).filter_by(sku="P1").one()
        number = builders.order(session, (product, 60)).number
    done = replanning.plan_again(open_transaction, LATER, wave_id)
    assert [(row.number, row.reason) for row in done.out] == [(number, "13 of P1 missing: 47 free, 60 asked.")]
    assert done.joined == 0


def test_a_wave_that_was_taken_back_cannot_be_planned_again(open_transaction: OpenTransaction, wave_id: int) -> None:
    with open_transaction() as session:
        _ = undoing.take_back(session, LATER, wave_id)
    with pytest.raises(WaveMovedOnError, match="is taken back"):
        _ = replanning.plan_again(open_transaction, LATER, wave_id)
