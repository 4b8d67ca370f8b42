"""Waves: orders claimed with their stock, planned into batches outside any transaction, then recorded and released."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from wms import batching
from wms.domain.actor import Actor
from wms.domain.errors import DomainError
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.outbox import JobKind, enqueue
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask
from wms.domain.waves import Allocation, Wave, WaveOrder, WaveStatus
from wms.services.locking import locked_orders, locked_wave
from wms.services.numbering import next_number
from wms.services.planning import timing
from wms.services.planning.methods import Seat, choose, of_wave, plain_orders, seats
from wms.services.planning.problem import fleet, problem_of, stop_for, unplanned_of
from wms.services.planning.selection import CollectionKey, Rules, StaysOut, Why, select_orders
from wms.services.planning.standing import without
from wms.services.planning.undoing import member_ids, undo_stale_drafts
from wms.services.stock import allocating

OpenTransaction = Callable[[], AbstractContextManager[Session]]

# A thousand orders are planned well in this, and a person waits for the answer.
_MOST_S = 4.0


class NotADraftError(DomainError):
    """A wave was to be recorded that another planner has recorded or given back."""

    def __init__(self, wave: Wave) -> None:
        super().__init__(f"Wave {wave.number} is {wave.status} already. Look at it again.")
        self.number = wave.number
        self.status = wave.status


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A wave whose orders are claimed and whose batches are still to be planned."""

    wave_id: int
    number: int
    problem: batching.Problem
    out: tuple[StaysOut, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Released:
    """What became of a wave: its batches wait for pickers. `wave_id` is None when no order could be released."""

    wave_id: int | None = None
    number: int = 0
    orders: int = 0
    batches: int = 0
    out: tuple[StaysOut, ...] = ()


def plan_wave(open_transaction: OpenTransaction, actor: Actor, key: CollectionKey, rules: Rules) -> Released:
    """Claim, plan and release a wave of a collection's orders, in three steps; nothing slow inside a transaction."""
    with open_transaction() as session:
        _ = undo_stale_drafts(session, actor)
        draft = claim(session, actor, key, rules)
    if isinstance(draft, Released):
        return draft
    plan = work(draft)
    with open_transaction() as session:
        return record_plan(session, actor, draft, plan)


def resume(open_transaction: OpenTransaction, actor: Actor, wave_id: int) -> Released:
    """Plan and release a wave whose planner died after claiming its orders."""
    with open_transaction() as session:
        draft = draft_of(session, actor, wave_id)
    plan = work(draft)
    with open_transaction() as session:
        return record_plan(session, actor, draft, plan)


def claim(session: Session, actor: Actor, key: CollectionKey, rules: Rules) -> Draft | Released:
    """First step: set stock aside and write a draft wave; Released without a wave when no order can walk."""
    room = fleet(session, actor, rules.totes_a_cart)
    found = select_orders(session, actor, key, rules, room, lock=True)
    for order_id, choice in found.choices.items():
        allocating.settle(session, actor, found.orders[order_id], choice)
    out = tuple(found.out)
    claimed = [found.orders[order_id] for order_id, choice in found.choices.items() if not choice.reason]
    busy = timing.before(timing.live_walks(session, actor), key.cutoff_at)
    picks = found.picks()
    methods = choose(
        session,
        actor,
        picks,
        slots=room.slots,
        shares_singles=rules.shares_singles,
        sorts_at_wall=rules.sorts_at_wall,
    ).methods
    problem = problem_of(session, actor, picks, room=room, pickers=rules.pickers, busy=busy, methods=methods)
    if problem is None:
        return Released(out=out)
    wave = Wave(
        warehouse_id=actor.warehouse_id,
        number=next_number(session, actor.warehouse_id, "wave"),
        carrier=key.carrier,
        cutoff_at=key.cutoff_at,
        ship_by_at=next(order.ship_by_at for order in claimed if order.ship_by_at),
        planned_at=actor.at,
        shares_singles=methods.shares_singles,
        sorts_at_wall=methods.sorts_at_wall,
    )
    session.add(wave)
    session.add_all(WaveOrder(warehouse_id=actor.warehouse_id, order_id=order.id, wave_id=wave.id) for order in claimed)
    session.flush()
    return Draft(wave_id=wave.id, number=wave.number, problem=problem, out=out)


def draft_of(session: Session, actor: Actor, wave_id: int) -> Draft:
    """Read a draft again as the first step left it; NotADraftError when it is none any more."""
    wave = locked_wave(session, actor, wave_id)
    if wave.status is not WaveStatus.DRAFT:
        raise NotADraftError(wave)
    picks = allocating.set_aside_for(session, actor, member_ids(session, actor, wave_id))
    busy = timing.before(timing.live_walks(session, actor), wave.cutoff_at)
    problem = problem_of(session, actor, picks, room=fleet(session, actor), busy=busy, methods=of_wave(wave))
    if problem is None:
        raise DomainError(f"Wave {wave.number} has no order left. Undo it.")
    return Draft(wave_id=wave.id, number=wave.number, problem=problem)


def work(draft: Draft) -> batching.Plan:
    """Second step: let the engine plan, outside any transaction."""
    return batching.plan(draft.problem, stop_for(draft.problem, _MOST_S), seed=draft.number)


def record_plan(session: Session, actor: Actor, draft: Draft, plan: batching.Plan) -> Released:
    """Third step: write batches and tasks and release the wave; orders that changed meanwhile are left out."""
    wave = locked_wave(session, actor, draft.wave_id)
    if wave.status is not WaveStatus.DRAFT:
        raise NotADraftError(wave)
    unplanned = unplanned_of(session, actor, draft.problem, plan)
    planned_ids = [order.id for order in draft.problem.orders if isinstance(order.id, int)]
    orders, left_out = _still_there(session, actor, wave, planned_ids, unplanned)
    plan = without(draft.problem, plan, set(planned_ids).difference(orders, unplanned))
    rows = _allocations(session, actor, orders)
    for number, planned in enumerate(plan.batches, start=1):
        _write_batch(session, actor, wave, number, planned, rows)
    for order in orders.values():
        record(session, actor, order.move_to(OrderStatus.WAVED))
    set_figures(wave, plan)
    timing.note_late(session, actor, wave, len(draft.problem.pickers))
    _release(session, actor, wave, len(orders))
    return Released(
        wave_id=wave.id if orders else None,
        number=wave.number,
        orders=len(orders),
        batches=len(plan.batches),
        out=(*draft.out, *left_out),
    )


def set_figures(wave: Wave, plan: batching.Plan) -> None:
    """Write what the walks of a wave's plan come to."""
    totals = plan.totals
    wave.metres, wave.work_s = totals.metres, totals.work_s
    wave.metres_one_by_one, wave.metres_first_come = totals.metres_one_by_one, totals.metres_first_come
    wave.lower_bound_m = plan.lower_bound_m


def _release(session: Session, actor: Actor, wave: Wave, orders: int) -> None:
    if not orders:
        record(session, actor, wave.move_to(WaveStatus.TAKEN_BACK))
        return
    record(session, actor, wave.move_to(WaveStatus.PLANNED, orders))
    record(session, actor, wave.move_to(WaveStatus.RELEASED, orders))
    wave.released_at, wave.released_by = actor.at, actor.worker_id
    _ = enqueue(session, actor, JobKind.KEEP_WAVE, f"keep-{wave.id}", wave_id=wave.id)


def _still_there(
    session: Session, actor: Actor, wave: Wave, planned: Collection[int], unplanned: dict[batching.OrderId, str]
) -> tuple[dict[int, Order], list[StaysOut]]:
    """Lock the wave's orders and let go of those that were cancelled, held or found too big since they were claimed.

    A wave that is planned anew has members whose stock is set aside no more, so that they are not in the plan.
    """
    members = set(member_ids(session, actor, wave.id))
    claimed = locked_orders(session, actor, members.union(planned))
    holds = allocating.active_holds(session, actor, [order.id for order in claimed])
    stays: dict[int, Order] = {}
    out: list[StaysOut] = []
    for order in claimed:
        is_ours = order.id in members.intersection(planned) and order.status is OrderStatus.ALLOCATED
        why, reason = Why.CHANGED, ""
        if not is_ours:
            reason = f"It is {order.status} now."
        elif order.id in holds:
            reason = allocating.hold_sentence(holds[order.id])
        elif order.id in unplanned:
            why, reason = Why.SIZE, unplanned[order.id]
        if not reason:
            stays[order.id] = order
            continue
        if is_ours:
            _ = allocating.release(session, actor, order, reason)
        out.append(StaysOut(order_id=order.id, number=order.number, why=why, reason=reason))
    _ = session.execute(
        delete(WaveOrder).where(
            WaveOrder.warehouse_id == actor.warehouse_id,
            WaveOrder.wave_id == wave.id,
            WaveOrder.order_id.in_([row.order_id for row in out]),
        )
    )
    return stays, out


def _allocations(session: Session, actor: Actor, orders: dict[int, Order]) -> dict[int, list[Allocation]]:
    found: dict[int, list[Allocation]] = defaultdict(list)
    for row in session.scalars(
        select(Allocation)
        .where(Allocation.warehouse_id == actor.warehouse_id, Allocation.order_id.in_(orders), Allocation.quantity > 0)
        .order_by(Allocation.id)
    ):
        found[row.order_id].append(row)
    return found


def _write_batch(
    session: Session,
    actor: Actor,
    wave: Wave,
    number: int,
    planned: batching.Batch,
    rows: dict[int, list[Allocation]],
) -> None:
    """Write one walk: the batch, each order's slot and reason, and the tasks in walking sequence."""
    batch = new_batch(wave, number, metres=planned.route.metres, work_s=planned.work_s)
    session.add(batch)
    why = {order.id: order.reason for order in planned.orders}
    units = {order_id: sum(row.quantity for row in rows[order_id]) for order_id in planned_ids(planned)}
    plain = plain_orders(session, actor, {order_id: rows[order_id] for order_id in units})
    seat_of = seats(of_wave(wave), units, plain)
    session.add_all(seated(batch, seat_of))
    members = session.scalars(
        select(WaveOrder).where(WaveOrder.warehouse_id == actor.warehouse_id, WaveOrder.order_id.in_(why))
    )
    for member in members:
        member.why = why[member.order_id][:200]
    stop = {location: index for index, location in enumerate(planned.route.stops)}
    picks = [(seat.slot, row) for order_id, seat in seat_of.items() for row in rows[order_id]]
    # Stock that someone set aside anew since the claim lies at no stop of the route: it is walked to last.
    picks.sort(key=lambda pick: (stop.get(pick[1].place_id, len(stop)), pick[1].product_id, pick[0]))
    session.add_all(task_for(batch, row, sequence) for sequence, (_, row) in enumerate(picks, start=1))


def new_batch(wave: Wave, number: int, *, metres: float, work_s: float) -> Batch:
    """A waiting batch of a wave."""
    return Batch(
        warehouse_id=wave.warehouse_id,
        name=f"W{wave.number}-{number}",
        wave_id=wave.id,
        cutoff_at=wave.cutoff_at,
        position=number,
        metres=metres,
        work_s=work_s,
    )


def turn_before_all(session: Session, actor: Actor, cutoff_at: dt.datetime, but: int = 0) -> int:
    """The position of a batch that is walked before all that wait for the same collection (batch `but` aside)."""
    first = session.scalar(
        select(func.min(Batch.position)).where(
            Batch.warehouse_id == actor.warehouse_id,
            Batch.status == BatchStatus.WAITING,
            Batch.cutoff_at == cutoff_at,
            Batch.id != but,
        )
    )
    return (first or 0) - 1


def planned_ids(planned: batching.Batch) -> list[int]:
    """The orders of a planned walk by our ids."""
    return [order_id for order_id in planned.order_ids if isinstance(order_id, int)]


def seated(batch: Batch, seat_of: Mapping[int, Seat]) -> list[BatchOrder]:
    """The orders of a walk, each with its seat."""
    return [
        BatchOrder(
            warehouse_id=batch.warehouse_id, batch_id=batch.id, order_id=order_id, slot=seat.slot, method=seat.method
        )
        for order_id, seat in seat_of.items()
    ]


def task_for(batch: Batch, row: Allocation, sequence: int) -> PickTask:
    """The pick task that takes what an allocation sets aside."""
    return PickTask(
        warehouse_id=batch.warehouse_id,
        batch_id=batch.id,
        order_id=row.order_id,
        line_id=row.line_id,
        allocation_id=row.id,
        product_id=row.product_id,
        location_id=row.place_id,
        quantity=row.quantity,
        sequence=sequence,
        lot=row.lot,
        serial=row.serial,
    )
