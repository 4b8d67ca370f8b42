"""Walks parted: a further walk for what another leaves, and a walk split by zone, whose orders meet before packing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.errors import DomainError
from wms.domain.floor import Location
from wms.domain.journal import record
from wms.domain.picking import Batch, BatchMoved, BatchOrder, BatchStatus, PickTask, TaskStatus
from wms.domain.waves import Wave
from wms.services.locking import locked_walk
from wms.services.planning import timing
from wms.services.planning.methods import of_wave
from wms.services.planning.problem import fleet, pickers_at_work, problem_of, unplanned_of
from wms.services.planning.standing import standing
from wms.services.stock import allocating

Lines = Mapping[str, Sequence[PickTask]]
"""A walk's open lines by zone, in walking sequence."""


def further_walk(session: Session, actor: Actor, batch: Batch) -> Batch:
    """Add a waiting walk for what another one leaves, with the same cutoff and turn: W31-2/2, then W31-2/3.

    The caller holds the wave, so that no two walks get one name.
    """
    base = batch.name.partition("/")[0]
    names = session.scalars(
        select(Batch.name).where(Batch.warehouse_id == actor.warehouse_id, Batch.wave_id == batch.wave_id)
    )
    parts = [int(part or 1) for name, _, part in (name.partition("/") for name in names) if name == base]
    walk = Batch(
        warehouse_id=actor.warehouse_id,
        name=f"{base}/{max(parts) + 1}",
        wave_id=batch.wave_id,
        cutoff_at=batch.cutoff_at,
        position=batch.position,
    )
    session.add(walk)
    session.flush()
    return walk


def split_by_zone(session: Session, actor: Actor, batch_id: int) -> tuple[Batch, ...]:
    """Make a walk of each zone out of one that nobody has begun; return them. DomainError where it cannot be.

    An order with lines in several zones is a part of each of their walks.
    """
    wave, tasks, batch = locked_walk(session, actor, batch_id)
    lines = _by_zone(session, actor, tasks)
    _refuse(batch, lines)
    before_m, before_s = batch.metres, batch.work_s
    walks = (batch, *(further_walk(session, actor, batch) for _ in range(len(lines) - 1)))
    for walk, (zone, its_tasks) in zip(walks, lines.items(), strict=True):
        _lay(session, actor, wave, walk, its_tasks)
        reason = f"zone {zone or '-'} of {batch.name}"
        record(session, actor, BatchMoved(batch=walk.name, then=BatchStatus.WAITING, reason=reason))
    session.flush()
    _seat(session, actor, batch, walks)
    wave.metres += sum(walk.metres for walk in walks) - before_m
    wave.work_s += sum(walk.work_s for walk in walks) - before_s
    wave.lower_bound_m = None  # it was one of walks through all zones
    timing.note_late(session, actor, wave, pickers_at_work(session, actor))
    session.flush()
    return walks


def _by_zone(session: Session, actor: Actor, tasks: Sequence[PickTask]) -> Lines:
    rows = session.execute(
        select(Location.id, Location.zone).where(
            Location.warehouse_id == actor.warehouse_id, Location.id.in_({task.location_id for task in tasks})
        )
    )
    zone_of = {row.id: row.zone for row in rows}
    lines: dict[str, list[PickTask]] = defaultdict(list)
    for task in sorted(tasks, key=lambda task: (task.sequence, task.id)):
        if task.status is TaskStatus.OPEN:
            lines[zone_of[task.location_id]].append(task)
    return lines


def _refuse(batch: Batch, lines: Lines) -> None:
    if batch.status is not BatchStatus.WAITING or batch.cart_id is not None:
        raise DomainError(f"{batch.name} is begun. Only a walk that nobody has begun is split.")
    if len(lines) < 2:  # noqa: PLR2004 - two make a split
        raise DomainError(f"All of {batch.name} lies in one zone.")


def _lay(session: Session, actor: Actor, wave: Wave, walk: Batch, tasks: Sequence[PickTask]) -> None:
    """Give a walk its lines, in the sequence of a route of their own."""
    allocations = {task.allocation_id for task in tasks}
    picks = allocating.set_aside_for(session, actor, {task.order_id for task in tasks}, only=allocations)
    problem = problem_of(session, actor, picks, room=fleet(session, actor), pickers=1, methods=of_wave(wave))
    if problem is None:
        raise DomainError("The floor has no pick face. Add locations first.")
    plan = standing(problem, [tuple(picks)])
    for reason in unplanned_of(session, actor, problem, plan).values():
        raise DomainError(f"{walk.name} cannot be walked. {reason}")
    planned = plan.batches[0]
    walk.metres, walk.work_s = planned.route.metres, planned.work_s
    stop = {location: index for index, location in enumerate(planned.route.stops)}
    by_stop = sorted(tasks, key=lambda task: (stop[task.location_id], task.sequence))
    for sequence, task in enumerate(by_stop, start=1):
        task.batch_id, task.sequence = walk.id, sequence


def _seat(session: Session, actor: Actor, batch: Batch, walks: Sequence[Batch]) -> None:
    """Give each order a place in every walk that has lines of it."""
    ids = [walk.id for walk in walks]
    lines = session.execute(
        select(PickTask.order_id, PickTask.batch_id, PickTask.status).where(
            PickTask.warehouse_id == actor.warehouse_id, PickTask.batch_id.in_(ids)
        )
    ).all()
    open_on: dict[int, set[int]] = defaultdict(set)
    for order_id, batch_id, status in lines:
        if status is TaskStatus.OPEN:
            open_on[order_id].add(batch_id)
    has_line_here = {order_id for order_id, batch_id, _ in lines if batch_id == batch.id}
    rows = session.scalars(
        select(BatchOrder).where(BatchOrder.warehouse_id == actor.warehouse_id, BatchOrder.batch_id == batch.id)
    ).all()
    for row in rows:
        row.is_part = row.is_part or len(open_on[row.order_id]) > 1
        session.add_all(
            BatchOrder(
                warehouse_id=actor.warehouse_id,
                batch_id=walk_id,
                order_id=row.order_id,
                slot=row.slot,
                method=row.method,
                is_part=row.is_part,
            )
            for walk_id in open_on[row.order_id] - {batch.id}
        )
        if row.order_id not in has_line_here:
            session.delete(row)
    session.flush()
