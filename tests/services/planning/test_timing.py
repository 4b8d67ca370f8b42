"""Waves share the pickers: what a wave at work leaves of their time, and what a new one takes from those at work."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW
from wms import batching
from wms.domain.catalog import Product
from wms.domain.orders import Order
from wms.domain.picking import Batch, PickTask, TaskStatus
from wms.domain.waves import Wave, WaveOrder
from wms.services import planning
from wms.services.planning import Draft, OpenTransaction, preview, replanning, timing
from wms.services.planning.selection import CollectionKey, Rules

FIRST = NOW.replace(hour=13, minute=30)
AT_WORK = NOW.replace(hour=14, minute=30)  # the cutoff of the wave at work
LAST = NOW.replace(hour=15, minute=30)
PIN = Rules(pickers=1)


def key(cutoff_at: dt.datetime) -> CollectionKey:
    """The collection of that cutoff."""
    return CollectionKey(carrier="usps", cutoff_at=cutoff_at)


def arrive(session: Session, cutoff_at: dt.datetime, count: int = 1) -> list[Order]:
    """Orders for another collection than that of the wave at work."""
    product = session.query(Product).filter_by(sku="P0").one()
    orders = [builders.order(session, (product, 1)) for _ in range(count)]
    for order in orders:
        order.cutoff_at = cutoff_at
    session.flush()
    return orders


def problem_at(session: Session, cutoff_at: dt.datetime, rules: Rules = PIN) -> batching.Problem:
    """What the engine is asked for a new wave of one order."""
    _ = arrive(session, cutoff_at)
    draft = planning.claim(session, builders.actor(), key(cutoff_at), rules)
    assert isinstance(draft, Draft)
    return draft.problem


def free_s(problem: batching.Problem) -> list[float]:
    return [picker.available_from_s for picker in problem.pickers]


def start(session: Session, name: str) -> Batch:
    """A picker takes a walk."""
    batch = session.query(Batch).filter_by(name=name).one()
    worker, cart = builders.worker(session, f"Picker of {name}"), builders.cart(session, slots=4)
    _ = batch.start(cart_id=cart.id, worker_id=worker.id, device="1", at=NOW)
    session.flush()
    return batch


def work_s(open_transaction: OpenTransaction) -> float:
    """How long all walks of the wave at work take."""
    with open_transaction() as session:
        return sum(batch.work_s for batch in session.query(Batch))


@pytest.mark.usefixtures("wave_id")
def test_a_wave_due_later_gets_the_pickers_when_the_walks_due_first_are_done(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        works = sorted(batch.work_s for batch in session.query(Batch))
        assert free_s(problem_at(session, LAST)) == pytest.approx([sum(works)])
    with open_transaction() as session:
        assert free_s(problem_at(session, AT_WORK, Rules(pickers=3))) == pytest.approx([0.0, *works])


@pytest.mark.usefixtures("wave_id")
def test_a_wave_due_first_waits_only_for_the_walks_that_are_begun(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        assert free_s(problem_at(session, FIRST)) == [0.0]
    with open_transaction() as session:
        begun = start(session, "W1-1")
        assert free_s(problem_at(session, FIRST)) == pytest.approx([begun.work_s])


@pytest.mark.usefixtures("wave_id")
def test_of_a_begun_walk_only_the_lines_that_are_left_take_time(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        begun = start(session, "W1-1")
        tasks = session.query(PickTask).filter_by(batch_id=begun.id).all()
        for task in tasks[1:]:
            task.move_to(TaskStatus.PICKED, NOW)
        session.flush()
        assert free_s(problem_at(session, FIRST)) == pytest.approx([begun.work_s / len(tasks)])
        [left] = [walk for walk in timing.live_walks(session, builders.actor()) if walk.batch_id == begun.id]
        assert left.orders == {tasks[0].order_id}


@pytest.mark.usefixtures("wave_id")
def test_a_preview_says_until_when_pickers_walk_for_other_waves(open_transaction: OpenTransaction) -> None:
    with open_transaction() as session:
        _ = arrive(session, LAST)
    shown = preview.preview(open_transaction, builders.actor(), key(LAST), PIN)
    busy_s = dt.timedelta(seconds=work_s(open_transaction))
    assert (shown.busy, shown.pickers, shown.busy_until) == (1, 1, NOW + busy_s)
    assert shown.finish_at is not None
    assert shown.finish_at > NOW + busy_s
    assert (shown.late, shown.delayed) == (0, ())


@pytest.mark.usefixtures("wave_id")
def test_a_wave_is_late_because_of_the_walks_that_go_first(open_transaction: OpenTransaction) -> None:
    at = LAST - dt.timedelta(seconds=work_s(open_transaction) + 30)  # no walk takes only 30 seconds
    with open_transaction() as session:
        _ = arrive(session, LAST, 2)
    actor = builders.actor(at=at)
    assert preview.preview(open_transaction, actor, key(LAST), PIN).late == 2
    done = planning.plan_wave(open_transaction, actor, key(LAST), PIN)
    with open_transaction() as session:
        wave = session.query(Wave).filter_by(number=done.number).one()
        assert wave.late == 2
        assert [row.is_late for row in session.query(WaveOrder).filter_by(wave_id=wave.id)] == [True, True]


@pytest.mark.usefixtures("wave_id")
def test_a_preview_names_the_waves_whose_orders_it_would_make_late(open_transaction: OpenTransaction) -> None:
    at = AT_WORK - dt.timedelta(seconds=work_s(open_transaction) + 30)
    cutoff_at = AT_WORK - dt.timedelta(seconds=1)
    with open_transaction() as session:
        _ = arrive(session, cutoff_at)
    shown = preview.preview(open_transaction, builders.actor(at=at), key(cutoff_at), PIN)
    assert (shown.late, shown.busy) == (0, 0)
    assert [(wave.number, wave.carrier, wave.cutoff_at) for wave in shown.delayed] == [(1, "usps", AT_WORK)]
    assert 1 <= shown.delayed[0].orders <= 4


def test_a_wave_is_planned_again_for_what_other_waves_leave_of_the_pickers_time(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        _ = arrive(session, FIRST)
    first = planning.plan_wave(open_transaction, builders.actor(), key(FIRST), PIN)
    with open_transaction() as session:
        other = session.query(Batch).filter_by(wave_id=first.wave_id).one()
        seen = replanning.look(session, builders.actor(), wave_id)
        assert seen.problem is not None
        assert free_s(seen.problem) == pytest.approx([other.work_s])
