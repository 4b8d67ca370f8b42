"""A wave at work planned again: orders join, begun walks stay, and a wave that moved on is left alone."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW, WAREHOUSE
from wms import batching
from wms.domain.catalog import Product
from wms.domain.journal import JournalEntry
from wms.domain.orders import Order, OrderStatus
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask, TaskStatus
from wms.domain.stock import Stock
from wms.domain.waves import Allocation, Wave, WaveOrder
from wms.services import planning, verifying
from wms.services.planning import OpenTransaction, overview, replanning, undoing
from wms.services.planning.replanning import WaveMovedOnError, WavePlannedAgain
from wms.services.planning.selection import CollectionKey, Rules
from wms.services.planning.standing import Proposal, put_in

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


def test_a_begun_walk_is_a_pickers_time_and_the_others_are_an_earlier_plan(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        begun_s = _start(session, "W1-1").work_s
    with open_transaction() as session:
        walks = _walks(session)
        problem = replanning.look(session, LATER, wave_id).problem
    assert problem is not None
    assert [picker.available_from_s for picker in problem.pickers] == pytest.approx([begun_s])
    assert {order.id for order in problem.orders} == walks["W1-2"]
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
        assert [picker.available_from_s for picker in seen.problem.pickers] == [0.0]


def test_a_walk_given_back_half_done_is_not_planned_again(open_transaction: OpenTransaction, wave_id: int) -> None:
    with open_transaction() as session:
        half_done = _start(session, "W1-1")
        _ = half_done.hand_back(keep_cart=True)
    with open_transaction() as session:
        walks = _walks(session)
        seen = replanning.look(session, LATER, wave_id)
    assert seen.problem is not None
    assert half_done.id not in seen.walks
    assert {order.id for order in seen.problem.orders} == walks["W1-2"]


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
        _ = replanning.record_again(session, LATER, seen, Proposal(plan=plan))
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
        assert replanning.record_again(session, LATER, seen, Proposal(plan=plan)).joined == 1
    with open_transaction() as session:
        waves = {row.order_id: row.wave_id for row in session.query(WaveOrder)}
        assert (waves[stays], waves[gone]) == (wave_id, other.wave_id)
        alone_m = {order.id: order.alone_m for batch in plan.batches for order in batch.orders}
        wave = session.get_one(Wave, (WAREHOUSE, wave_id))
        assert wave.metres_one_by_one == pytest.approx(sum(alone_m.values()) - alone_m[gone])
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


def test_a_plan_without_one_of_the_waiting_orders_is_not_recorded(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        seen = replanning.look(session, LATER, wave_id)
    assert seen.problem is not None
    plan = batching.plan(seen.problem, batching.Iterations(10))
    lost = batching.Unplanned(id=plan.batches[0].order_ids[0], reason="It is too big.")
    with (
        pytest.raises(WaveMovedOnError, match=r"Wave 1 stays as it is\. It is too big\."),
        open_transaction() as session,
    ):
        _ = replanning.record_again(session, LATER, seen, Proposal(plan=replace(plan, unplanned=(lost,))))


def _batches(session: Session) -> dict[str, float]:
    """The metres of the walks that are not given up, by their names."""
    return {batch.name: batch.metres for batch in session.query(Batch).filter(Batch.status != BatchStatus.CANCELLED)}


def test_a_few_orders_in_haste_are_put_into_a_walk_that_waits_and_the_others_stay(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        _ = _start(session, "W1-1")
        before, bound_m = _walks(session), session.query(Wave).one().lower_bound_m
    [new] = _arrive(open_transaction)
    done = replanning.plan_again(open_transaction, LATER, wave_id, only=frozenset({new}), in_haste=True)
    assert (done.joined, done.batches) == (1, 1)
    with open_transaction() as session:
        assert _walks(session) == {"W1-1": before["W1-1"], "W1-3": before["W1-2"] | {new}}
        _check_books(session)
        wave = session.query(Wave).one()
        assert wave.metres == pytest.approx(sum(_batches(session).values()))
        assert wave.metres < wave.metres_one_by_one
        assert wave.metres_first_come > 0
        assert wave.lower_bound_m == bound_m
        member = session.query(WaveOrder).filter_by(order_id=new).one()
        assert member.why.startswith("Came when the wave was at work. With ")
        page = overview.wave_page(session, LATER, wave_id)
        assert page.again is not None
        assert (page.again.joined, page.again.batches, page.again.put_in) == (1, 1, True)


def test_orders_that_would_make_one_late_and_many_orders_are_planned_anew(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        cutoff_at = session.query(Wave).one().cutoff_at
    _ = _arrive(open_transaction, 2)
    for at, expected in ((LATER.at, True), (cutoff_at - dt.timedelta(seconds=30), False)):
        with open_transaction() as session:
            seen = replanning.look(session, builders.actor(at=at), wave_id)
        assert seen.problem is not None
        assert (put_in(seen.problem, seen.joining) is not None) is expected
    many = _arrive(open_transaction, 9)
    done = replanning.plan_again(open_transaction, LATER, wave_id, in_haste=True)
    assert done.joined == 2 + len(many)
    with open_transaction() as session:
        [entry] = session.query(JournalEntry).filter_by(event=WavePlannedAgain.__name__)
        assert entry.data["put_in"] is False
        _check_books(session)


def test_orders_that_come_when_every_walk_is_begun_are_planned_by_themselves(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        for name in ("W1-1", "W1-2"):
            _ = _start(session, name)
    late = _arrive(open_transaction, 2)
    done = replanning.plan_again(open_transaction, LATER, wave_id, in_haste=True)
    assert (done.joined, done.batches) == (2, 1)
    with open_transaction() as session:
        assert _walks(session)["W1-3"] == set(late)
        _check_books(session)


def test_a_page_shows_the_last_plan_of_its_own_wave(open_transaction: OpenTransaction, wave_id: int) -> None:
    _ = _arrive(open_transaction, 1)
    other = planning.plan_wave(open_transaction, LATER, KEY, Rules())
    assert other.wave_id is not None
    for wave, count in ((wave_id, 1), (wave_id, 2), (other.wave_id, 3)):
        _ = _arrive(open_transaction, count)
        _ = replanning.plan_again(open_transaction, LATER, wave)
    with open_transaction() as session:
        found = [overview.wave_page(session, LATER, wave).again for wave in (wave_id, other.wave_id)]
    assert [again and again.joined for again in found] == [2, 3]
