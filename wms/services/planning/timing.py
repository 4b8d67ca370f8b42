"""When the pickers are done with the walks of all waves at work, and which orders these walks make late.

Pickers end the walks they have begun, and then take those of the earliest cutoff, whatever wave they are of: so the
work before a cutoff is that of all waves with an earlier one, and a wave has only what is left of the pickers' time.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapify, heapreplace

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.picking import Batch, BatchStatus, PickTask, TaskStatus
from wms.domain.waves import Wave, WaveOrder

LIVE = (BatchStatus.WAITING, BatchStatus.STARTED)
_IS_OPEN = case((PickTask.status == TaskStatus.OPEN, 1), else_=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveWalk:
    """A walk of a wave (by its number) that is not done: what is left of its work, and the orders it is for."""

    wave: int
    batch_id: int
    cutoff_at: dt.datetime
    position: int
    is_started: bool
    left_s: float
    orders: frozenset[int]


def live_walks(session: Session, actor: Actor) -> tuple[LiveWalk, ...]:
    """Return the walks of all waves that are not done; of a walk as much work is left as of its lines."""
    rows = session.execute(
        select(Batch, Wave.number, PickTask.order_id, func.count(), func.sum(_IS_OPEN))
        .join(Wave, and_(Wave.warehouse_id == Batch.warehouse_id, Wave.id == Batch.wave_id))
        .join(PickTask, and_(PickTask.warehouse_id == Batch.warehouse_id, PickTask.batch_id == Batch.id))
        .where(
            Batch.warehouse_id == actor.warehouse_id,
            Batch.status.in_(LIVE),
            PickTask.status != TaskStatus.CANCELLED,
        )
        .group_by(Batch.warehouse_id, Batch.id, Wave.number, PickTask.order_id)
    )
    batches: dict[int, tuple[Batch, int]] = {}
    lines: dict[int, int] = defaultdict(int)
    left: dict[int, dict[int, int]] = defaultdict(dict)
    for batch, wave, order_id, count, is_open in rows:
        batches[batch.id] = batch, wave
        lines[batch.id] += count
        if is_open:
            left[batch.id][order_id] = int(is_open)
    return tuple(
        LiveWalk(
            wave=wave,
            batch_id=batch_id,
            cutoff_at=batch.cutoff_at,
            position=batch.position,
            is_started=batch.status is BatchStatus.STARTED,
            left_s=batch.work_s * sum(left[batch_id].values()) / lines[batch_id],
            orders=frozenset(left[batch_id]),
        )
        for batch_id, (batch, wave) in batches.items()
    )


def before(walks: Iterable[LiveWalk], cutoff_at: dt.datetime) -> tuple[LiveWalk, ...]:
    """Return the walks that take pickers' time before those of a new wave with this cutoff."""
    return tuple(walk for walk in walks if walk.is_started or walk.cutoff_at <= cutoff_at)


def free_from(walks: Iterable[LiveWalk], pickers: int) -> list[float]:
    """Return in how many seconds each picker is done with these walks, the first to be free first."""
    free_s = [0.0] * pickers
    _ = _ends(walks, free_s)
    return sorted(free_s)


def late_orders(walks: Iterable[LiveWalk], pickers: int, at: dt.datetime) -> dict[int, int]:
    """Return the orders that miss their cutoff when these walks are walked from now on, each with its wave's number."""
    return {
        order_id: walk.wave
        for walk, end_s in _ends(walks, [0.0] * pickers)
        if at + dt.timedelta(seconds=end_s) > walk.cutoff_at
        for order_id in walk.orders
    }


def note_late(session: Session, actor: Actor, wave: Wave, pickers: int) -> None:
    """Write down which orders of a wave are known to be late as its walks now stand among those of all waves."""
    session.flush()
    late = late_orders(live_walks(session, actor), pickers, actor.at)
    members = session.scalars(
        select(WaveOrder).where(WaveOrder.warehouse_id == actor.warehouse_id, WaveOrder.wave_id == wave.id)
    )
    for member in members:
        member.is_late = member.order_id in late
    wave.late = sum(number == wave.number for number in late.values())


def _ends(walks: Iterable[LiveWalk], free_s: list[float]) -> list[tuple[LiveWalk, float]]:
    """Return the walks as pickers take them, each with its end; `free_s`, a picker each, becomes when they are done."""
    heapify(free_s)
    ends = []
    for walk in sorted(walks, key=lambda walk: (not walk.is_started, walk.cutoff_at, walk.position, walk.batch_id)):
        end_s = free_s[0] + walk.left_s
        _ = heapreplace(free_s, end_s)
        ends.append((walk, end_s))
    return ends
