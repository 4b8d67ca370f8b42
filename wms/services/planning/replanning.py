"""A released wave planned again: orders that came since join it, and the walks that nobody has begun are laid anew.

Begun walks stay as they are and take pickers' time, and so do the walks of other waves that go first. An order leaves
the walk it was in only for a gain.
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
from wms.services.locking import locked_orders, locked_wave
from wms.services.planning import timing
from wms.services.planning.laying import Laying, Walks
from wms.services.planning.methods import of_wave
from wms.services.planning.problem import crew, fleet, problem_of, refused, stop_for
from wms.services.planning.selection import MAX_ORDERS, CollectionKey, Rules, StaysOut, Why, select_orders
from wms.services.planning.standing import Proposal, put_in, without
from wms.services.planning.waves import OpenTransaction, set_figures
from wms.services.stock import allocating

_MOST_S = 2.0
_MOVE_M = 10.0
AT_WORK = (WaveStatus.RELEASED, WaveStatus.PICKING)


class WaveMovedOnError(DomainError):
    """A wave cannot be planned again: it is not at work, or somebody began a walk while it was planned."""

    def __init__(self, sentence: str, *, number: int) -> None:
        super().__init__(sentence)
        self.number = number


@dataclass(frozen=True, kw_only=True)
class WavePlannedAgain(Event):
    """A wave at work was planned again: orders joined it and walks were laid anew.

    Only orders that came were `put_in`, where nothing else was planned.
    """

    wave: int
    joined: int
    batches: int
    put_in: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A wave as it stood: the walks that can be laid anew, the orders that would join, and the engine's problem.

    `stuck` says which walk that nobody has begun cannot be laid anew, and why; '' where all can.
    """

    wave_id: int
    number: int
    walks: Walks
    joining: frozenset[int]
    problem: batching.Problem | None
    out: tuple[StaysOut, ...]
    stuck: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Replanned:
    """What came of it: orders that joined, walks laid anew, metres saved on the walks (negative: added).

    `stuck` says which walk cannot be laid anew.
    """

    number: int
    joined: int = 0
    batches: int = 0
    saved_m: float = 0.0
    out: tuple[StaysOut, ...] = ()
    stuck: str = ""


def plan_again(
    open_transaction: OpenTransaction,
    actor: Actor,
    wave_id: int,
    *,
    only: frozenset[int] | None = None,
    in_haste: bool = False,
) -> Replanned:
    """Look, plan outside any transaction, and record; WaveMovedOnError leaves everything as it was.

    All orders of the wave's collection that can walk join it, or of them `only` these. `in_haste` they are put into
    walks that wait where that makes nobody late, and the other walks stay.
    """
    with open_transaction() as session:
        seen = look(session, actor, wave_id, only=only)
    if seen.problem is None:
        return Replanned(number=seen.number, out=seen.out, stuck=seen.stuck)
    made = put_in(seen.problem, seen.joining) if in_haste else None
    if made is None:
        plan = batching.plan(seen.problem, stop_for(seen.problem, _MOST_S), seed=seen.number)
        made = Proposal(plan=plan)
    with open_transaction() as session:
        return record_again(session, actor, seen, made)


def look(session: Session, actor: Actor, wave_id: int, *, only: frozenset[int] | None = None) -> Look:
    """Read what would be planned; nothing is written."""
    wave = session.get(Wave, (actor.warehouse_id, wave_id))
    if wave is None:
        raise NotFoundError("wave", text_id(wave_id))
    _refuse_unless_at_work(wave)
    walks, _ = _walks(session, actor, wave)
    room = fleet(session, actor)
    key = CollectionKey(carrier=wave.carrier, cutoff_at=wave.cutoff_at)
    found = select_orders(session, actor, key, Rules(max_orders=MAX_ORDERS, only=only), room, lock=False)
    picks = {**allocating.set_aside_for(session, actor, _orders_of(walks)), **found.picks()}
    problem = problem_of(session, actor, picks, room=room, methods=of_wave(wave))
    reasons = refused(session, actor, problem, room)
    stay_out = [
        StaysOut(order_id=order_id, number=found.orders[order_id].number, why=Why.SIZE, reason=reasons[order_id])
        for order_id in found.picks()
        if order_id in reasons
    ]
    movable = {batch_id: orders for batch_id, orders in walks.items() if reasons.keys().isdisjoint(orders)}
    joining = frozenset(found.picks()).difference(reasons)
    return Look(
        wave_id=wave.id,
        number=wave.number,
        walks=movable,
        joining=joining,
        problem=_of_these(session, actor, wave, problem, movable, joining),
        out=(*found.out, *stay_out),
        stuck=_stuck(session, actor, walks, reasons),
    )


def record_again(session: Session, actor: Actor, seen: Look, made: Proposal) -> Replanned:
    """Write the walks that are new, if the wave still stands as it was seen."""
    wave = locked_wave(session, actor, seen.wave_id)
    _refuse_unless_at_work(wave)
    walks, begun = _walks(session, actor, wave, lock=True)
    _ = locked_orders(session, actor, _orders_of(walks) | seen.joining)
    if seen.problem is None or any(walks.get(batch_id) != orders for batch_id, orders in seen.walks.items()):
        raise WaveMovedOnError(
            f"A walk of wave {wave.number} was begun or changed meanwhile. Plan again.", number=wave.number
        )
    if made.plan.unplanned:
        reason = made.plan.unplanned[0].reason
        raise WaveMovedOnError(f"Wave {wave.number} stays as it is. {reason}", number=wave.number)
    joined, out = _join(session, actor, wave, seen.joining)
    plan = without(seen.problem, made.plan, seen.joining - joined)
    laid = Laying(session, actor, wave, seen.walks, joined)
    for position, planned in enumerate(plan.batches, start=1):
        laid.keep_or_lay(position, planned)
    laid.cancel_the_rest()
    is_whole = not begun and len(walks) == len(seen.walks) and not _has_done(session, actor, wave)
    if is_whole and not made.is_put_in:
        set_figures(wave, plan)
    elif laid.new:
        _add_figures(wave, laid, [order for batch in plan.batches for order in batch.orders if order.id in joined])
        _add_comparisons(wave, made if plan is made.plan else None)
    timing.note_late(session, actor, wave, len(seen.problem.pickers))
    if laid.new:
        event = WavePlannedAgain(wave=wave.number, joined=len(joined), batches=laid.new, put_in=made.is_put_in)
        record(session, actor, event)
    return Replanned(
        number=wave.number,
        joined=len(joined),
        batches=laid.new,
        saved_m=laid.saved_m,
        out=(*seen.out, *out),
        stuck=seen.stuck,
    )


def _add_figures(wave: Wave, laid: Laying, joined: Sequence[batching.PlannedOrder]) -> None:
    """Bring the figures of a wave's walks up to date."""
    wave.metres, wave.work_s = wave.metres - laid.saved_m, wave.work_s + laid.added_s
    wave.metres_one_by_one += sum(order.alone_m for order in joined)


def _add_comparisons(wave: Wave, made: Proposal | None) -> None:
    """Keep what the walks are compared with, if orders were put in: no bound gets lower by them. Else it is unknown."""
    if made is None or made.added_first_come_m is None:
        # Known for the walks that are left, not for the wave as a whole.
        wave.metres_first_come, wave.lower_bound_m = 0.0, None
    elif wave.metres_first_come:
        wave.metres_first_come += made.added_first_come_m


def _of_these(
    session: Session,
    actor: Actor,
    wave: Wave,
    problem: batching.Problem | None,
    walks: Walks,
    joining: Collection[int],
) -> batching.Problem | None:
    """Return the problem of these walks and orders alone, in the time that all other walks leave; None for none."""
    members = _orders_of(walks).union(joining)
    if problem is None or not members:
        return None
    first = timing.before(timing.live_walks(session, actor), wave.cutoff_at)
    return replace(
        problem,
        orders=tuple(order for order in problem.orders if order.id in members),
        pickers=crew(len(problem.pickers), [walk for walk in first if walk.batch_id not in walks]),
        earlier=tuple(walks.values()),
        move_penalty_m=_MOVE_M,
    )


def _stuck(session: Session, actor: Actor, walks: Walks, reasons: Mapping[batching.OrderId, str]) -> str:
    for batch_id, orders in walks.items():
        for order_id in orders:
            if order_id in reasons:
                name = session.get_one(Batch, (actor.warehouse_id, batch_id)).name
                return f"{name} stays as it is. {reasons[order_id]}"
    return ""


def _refuse_unless_at_work(wave: Wave) -> None:
    if wave.recalled_at is not None:
        raise WaveMovedOnError(f"Wave {wave.number} was recalled and is not planned again.", number=wave.number)
    if wave.status not in AT_WORK:
        raise WaveMovedOnError(f"Wave {wave.number} is {wave.status} and cannot be planned again.", number=wave.number)


def _walks(session: Session, actor: Actor, wave: Wave, *, lock: bool = False) -> tuple[Walks, Walks]:
    """Return the wave's walks that nobody has begun, and the others that are not done; orders by slot.

    A walk has been begun when it is on a cart, a tote is bound for it, or one of its orders was in another walk too.
    """
    of_wave = Batch.warehouse_id == actor.warehouse_id, Batch.wave_id == wave.id, Batch.status.in_(timing.LIVE)
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
        select(Batch.id, Batch.cart_id, BatchOrder.order_id, BatchOrder.tote_id, is_open.label("open"), elsewhere)
        .join(BatchOrder, and_(BatchOrder.warehouse_id == Batch.warehouse_id, BatchOrder.batch_id == Batch.id))
        .where(*of_wave)
        .order_by(Batch.position, Batch.id, BatchOrder.slot)
    )
    orders: dict[int, tuple[int, ...]] = defaultdict(tuple)
    begun: set[int] = set()
    for batch_id, cart_id, order_id, tote_id, has_open, is_elsewhere in rows:
        orders[batch_id] += (order_id,)
        if cart_id is not None or tote_id is not None or not has_open or is_elsewhere:
            begun.add(batch_id)
    return (
        {batch_id: found for batch_id, found in orders.items() if batch_id not in begun},
        {batch_id: found for batch_id, found in orders.items() if batch_id in begun},
    )


def _orders_of(walks: Walks) -> set[int]:
    return {order_id for orders in walks.values() for order_id in orders}


def _join(session: Session, actor: Actor, wave: Wave, wanted: Collection[int]) -> tuple[set[int], list[StaysOut]]:
    """Set stock aside for orders and take them into the wave; say why some stay out."""
    key = CollectionKey(carrier=wave.carrier, cutoff_at=wave.cutoff_at)
    rules = Rules(max_orders=MAX_ORDERS, only=frozenset(wanted))
    found = select_orders(session, actor, key, rules, fleet(session, actor), lock=True)
    joined: set[int] = set()
    for order_id, choice in found.choices.items():
        order = found.orders[order_id]
        allocating.settle(session, actor, order, choice)
        if not choice.reason:
            session.add(WaveOrder(warehouse_id=actor.warehouse_id, order_id=order_id, wave_id=wave.id))
            record(session, actor, order.move_to(OrderStatus.WAVED))
            joined.add(order_id)
    session.flush()
    return joined, found.out


def _has_done(session: Session, actor: Actor, wave: Wave) -> bool:
    return session.execute(
        select(
            exists().where(
                Batch.warehouse_id == actor.warehouse_id, Batch.wave_id == wave.id, Batch.status == BatchStatus.DONE
            )
        )
    ).scalar_one()
