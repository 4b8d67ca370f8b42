"""A released wave planned again: orders that came since join it, and the walks that nobody has begun are laid anew.

Started walks stay as they are and take their pickers' time. An order leaves the walk it was in only for a gain.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session, aliased

from wms import batching
from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.journal import Event, record
from wms.domain.orders import OrderStatus
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask, TaskStatus
from wms.domain.waves import Wave, WaveOrder, WaveStatus
from wms.services import allocating
from wms.services.allocating import Portion
from wms.services.locking import locked_orders, locked_wave
from wms.services.planning.laying import Laying, Walks
from wms.services.planning.problem import fleet, problem_of, stop_for, unplanned_of
from wms.services.planning.selection import MAX_ORDERS, CollectionKey, Rules, StaysOut, Why, select_orders
from wms.services.planning.waves import OpenTransaction, set_figures

_MOST_S = 2.0
_MOVE_M = 10.0
AT_WORK = (WaveStatus.RELEASED, WaveStatus.PICKING)
_LIVE = (BatchStatus.WAITING, BatchStatus.STARTED)


class WaveMovedOnError(DomainError):
    """A wave cannot be planned again: it is not at work, or somebody began a walk while it was planned."""

    def __init__(self, sentence: str, *, number: int) -> None:
        super().__init__(sentence)
        self.number = number


@dataclass(frozen=True, kw_only=True)
class WavePlannedAgain(Event):
    """A wave at work was planned again: orders joined it and walks were laid anew."""

    wave: int
    joined: int
    batches: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A wave as it stood: the walks nobody has begun, the orders that would join, and the engine's problem."""

    wave_id: int
    number: int
    walks: Walks
    joining: frozenset[int]
    problem: batching.Problem | None
    out: tuple[StaysOut, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Replanned:
    """What came of it: orders that joined, walks laid anew, metres saved on the walks (negative: added)."""

    number: int
    joined: int = 0
    batches: int = 0
    saved_m: float = 0.0
    out: tuple[StaysOut, ...] = ()


def plan_again(
    open_transaction: OpenTransaction, actor: Actor, wave_id: int, *, only: frozenset[int] | None = None
) -> Replanned:
    """Look, plan outside any transaction, and record; WaveMovedOnError leaves everything as it was.

    All orders of the wave's collection that can walk join it, or of them `only` these.
    """
    with open_transaction() as session:
        seen = look(session, actor, wave_id, only=only)
    if seen.problem is None:
        return Replanned(number=seen.number, out=seen.out)
    plan = batching.plan(seen.problem, stop_for(seen.problem, _MOST_S), seed=seen.number)
    with open_transaction() as session:
        return record_again(session, actor, seen, plan)


def look(session: Session, actor: Actor, wave_id: int, *, only: frozenset[int] | None = None) -> Look:
    """Read what would be planned; nothing is written."""
    wave = session.get(Wave, (actor.warehouse_id, wave_id))
    if wave is None:
        raise NotFoundError("wave", text_id(wave_id))
    _refuse_unless_at_work(wave)
    walks, begun = _walks(session, actor, wave)
    room = fleet(session, actor)
    key = CollectionKey(carrier=wave.carrier, cutoff_at=wave.cutoff_at)
    found = select_orders(session, actor, key, Rules(max_orders=MAX_ORDERS, only=only), room, lock=False)
    joining = found.picks()
    waiting = _orders_of(walks)
    picks: dict[int, Sequence[Portion]] = {
        **allocating.set_aside_for(session, actor, waiting | _orders_of(begun)),
        **joining,
    }
    problem = problem_of(session, actor, picks, room=room) if waiting or joining else None
    if problem is not None:
        problem = replace(
            problem,
            frozen=_batches_of(begun, picks),
            earlier=_batches_of(walks, picks),
            move_penalty_m=_MOVE_M,
        )
    return Look(
        wave_id=wave.id,
        number=wave.number,
        walks=walks,
        joining=frozenset(joining),
        problem=problem,
        out=tuple(found.out),
    )


def record_again(session: Session, actor: Actor, seen: Look, plan: batching.Plan) -> Replanned:
    """Write the walks that are new, if the wave still stands as it was seen."""
    wave = locked_wave(session, actor, seen.wave_id)
    _refuse_unless_at_work(wave)
    walks, begun = _walks(session, actor, wave, lock=True)
    waiting = _orders_of(walks)
    _ = locked_orders(session, actor, waiting | seen.joining)
    if walks != seen.walks or seen.problem is None:
        raise WaveMovedOnError(
            f"A walk of wave {wave.number} was begun or changed meanwhile. Plan again.", number=wave.number
        )
    reasons = unplanned_of(session, actor, seen.problem, plan)
    stuck = [reason for order_id, reason in reasons.items() if order_id in waiting]
    if stuck:
        raise WaveMovedOnError(f"Wave {wave.number} stays as it is. {stuck[0]}", number=wave.number)
    joined, out = _join(session, actor, wave, seen.joining, reasons)
    laid = Laying(session, actor, wave, walks, joined)
    for position, planned in enumerate((batch for batch in plan.batches if not batch.is_frozen), start=1):
        laid.keep_or_lay(position, planned)
    laid.cancel_the_rest()
    if begun or _has_done(session, actor, wave):
        alone_m = sum(order.alone_m for batch in plan.batches for order in batch.orders if order.id in joined)
        wave.metres, wave.work_s = wave.metres - laid.saved_m, wave.work_s + laid.added_s
        wave.metres_one_by_one, wave.late = wave.metres_one_by_one + alone_m, len(plan.late)
        # Known for the walks that are left, not for the wave as a whole.
        wave.metres_first_come, wave.lower_bound_m = 0.0, None
    else:
        set_figures(wave, plan)
    record(session, actor, WavePlannedAgain(wave=wave.number, joined=len(joined), batches=laid.new))
    return Replanned(
        number=wave.number, joined=len(joined), batches=laid.new, saved_m=laid.saved_m, out=(*seen.out, *out)
    )


def _refuse_unless_at_work(wave: Wave) -> None:
    if wave.status not in AT_WORK:
        raise WaveMovedOnError(f"Wave {wave.number} is {wave.status} and cannot be planned again.", number=wave.number)


def _walks(session: Session, actor: Actor, wave: Wave, *, lock: bool = False) -> tuple[Walks, Walks]:
    """Return the wave's walks that nobody has begun, and the others that are not done; orders by slot.

    A walk has been begun when it is on a cart, a tote is bound for it, or one of its orders was in another walk too.
    """
    of_wave = Batch.warehouse_id == actor.warehouse_id, Batch.wave_id == wave.id, Batch.status.in_(_LIVE)
    if lock:
        _ = session.scalars(select(Batch).where(*of_wave).order_by(Batch.id).with_for_update(key_share=True)).all()
    other = aliased(BatchOrder)
    is_open = exists().where(
        PickTask.warehouse_id == BatchOrder.warehouse_id,
        PickTask.batch_id == BatchOrder.batch_id,
        PickTask.order_id == BatchOrder.order_id,
        PickTask.status == TaskStatus.OPEN,
    )
    elsewhere = exists().where(
        other.warehouse_id == BatchOrder.warehouse_id,
        other.order_id == BatchOrder.order_id,
        other.batch_id != BatchOrder.batch_id,
    )
    rows = session.execute(
        select(Batch.id, Batch.status, BatchOrder.order_id, BatchOrder.tote_id, is_open.label("open"), elsewhere)
        .join(BatchOrder, and_(BatchOrder.warehouse_id == Batch.warehouse_id, BatchOrder.batch_id == Batch.id))
        .where(*of_wave)
        .order_by(Batch.position, Batch.id, BatchOrder.slot)
    )
    orders: dict[int, tuple[int, ...]] = defaultdict(tuple)
    begun: set[int] = set()
    for batch_id, status, order_id, tote_id, has_open, is_elsewhere in rows:
        orders[batch_id] += (order_id,)
        if status is BatchStatus.STARTED or tote_id is not None or not has_open or is_elsewhere:
            begun.add(batch_id)
    return (
        {batch_id: found for batch_id, found in orders.items() if batch_id not in begun},
        {batch_id: found for batch_id, found in orders.items() if batch_id in begun},
    )


def _batches_of(walks: Walks, picks: Collection[int]) -> tuple[tuple[int, ...], ...]:
    """Return the orders of walks that have something left to pick, each order once."""
    seen: set[int] = set()
    found = []
    for orders in walks.values():
        left = tuple(order_id for order_id in orders if order_id in picks and order_id not in seen)
        seen.update(left)
        if left:
            found.append(left)
    return tuple(found)


def _orders_of(walks: Walks) -> set[int]:
    return {order_id for orders in walks.values() for order_id in orders}


def _join(
    session: Session, actor: Actor, wave: Wave, wanted: Collection[int], reasons: Mapping[batching.OrderId, str]
) -> tuple[set[int], list[StaysOut]]:
    """Set stock aside for the orders that fit a walk and take them into the wave; say why the others stay out."""
    key = CollectionKey(carrier=wave.carrier, cutoff_at=wave.cutoff_at)
    rules = Rules(max_orders=MAX_ORDERS, only=frozenset(wanted))
    found = select_orders(session, actor, key, rules, fleet(session, actor), lock=True)
    out = list(found.out)
    joined: set[int] = set()
    for order_id, choice in found.choices.items():
        order = found.orders[order_id]
        if order_id in reasons:
            out.append(StaysOut(order_id=order_id, number=order.number, why=Why.SIZE, reason=reasons[order_id]))
            continue
        allocating.settle(session, actor, order, choice)
        if not choice.reason:
            session.add(WaveOrder(warehouse_id=actor.warehouse_id, order_id=order_id, wave_id=wave.id))
            record(session, actor, order.move_to(OrderStatus.WAVED))
            joined.add(order_id)
    session.flush()
    return joined, out


def _has_done(session: Session, actor: Actor, wave: Wave) -> bool:
    return session.execute(
        select(
            exists().where(
                Batch.warehouse_id == actor.warehouse_id, Batch.wave_id == wave.id, Batch.status == BatchStatus.DONE
            )
        )
    ).scalar_one()
