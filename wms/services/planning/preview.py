"""A wave before it is released: how many orders, stops, carts, metres and minutes, what stays out and why."""

import datetime as dt
import zoneinfo
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from wms import batching
from wms.domain.actor import Actor
from wms.domain.calendar import CarrierService
from wms.domain.orders import Order
from wms.domain.waves import Wave
from wms.services.orders import promising
from wms.services.orders.promising import NOT_WAVED, zone_of
from wms.services.planning import OpenTransaction, timing
from wms.services.planning.methods import choose
from wms.services.planning.problem import fleet, problem_of, stop_for, unplanned_of
from wms.services.planning.selection import CollectionKey, Rules, StaysOut, Why, select_orders
from wms.services.planning.timing import LiveWalk
from wms.services.stock import allocating

# A person waits for this page: good enough to judge by, and the release plans longer.
_MOST_S = 0.8
_NEW = 0  # the number of a wave that is not there yet


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherCollection:
    """Orders that wait for another collection: `key` as forms carry it, times in the warehouse's zone."""

    key: str
    carrier: str
    cutoff_at: dt.datetime
    orders: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DelayedWave:
    """A wave at work of which more orders would be late; `cutoff_at` in the warehouse's zone."""

    number: int
    carrier: str
    cutoff_at: dt.datetime
    orders: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WavePreview:
    """What a supervisor sees before the one button. Times stand in the warehouse's zone; nothing is written yet.

    `order_ids` are the orders meant; `finish_at` is when the last tote would be dropped by `pickers`, of whom `busy`
    walk for other waves first, the last until `busy_until`; `late` counts the orders that would miss the cutoff, and
    `delayed` are the waves with orders that would, because their walks wait for these. The metres stand beside those of
    one order a walk and of carts filled as orders came; `gap` says how far above the shortest possible they may be
    (None: no bound is known). `singles` and `others` say how orders of one unit and those of
    several are picked, and why.
    """

    key: str
    carrier: str
    cutoff_at: dt.datetime
    minutes_left: int
    rules: Rules
    room: str
    singles: str = ""
    others: str = ""
    pickers: int = 0
    busy: int = 0
    busy_until: dt.datetime | None = None
    order_ids: tuple[int, ...] = ()
    lines: int = 0
    units: int = 0
    stops: int = 0
    batches: int = 0
    metres: float = 0.0
    metres_one_by_one: float = 0.0
    metres_first_come: float = 0.0
    gap: float | None = None
    minutes: float = 0.0
    finish_at: dt.datetime | None = None
    late: int = 0
    delayed: tuple[DelayedWave, ...] = ()
    out: tuple[StaysOut, ...] = ()
    elsewhere: tuple[OtherCollection, ...] = ()

    @property
    def orders(self) -> int:
        """How many orders would be released."""
        return len(self.order_ids)

    @property
    def saving_pct(self) -> int:
        """How much shorter the walks are than one order at a time."""
        return saving_pct(self.metres, self.metres_one_by_one)

    @property
    def saving_first_come_pct(self) -> int:
        """How much shorter the walks are than on carts filled as orders came."""
        return saving_pct(self.metres, self.metres_first_come)

    @property
    def obstacles(self) -> tuple[StaysOut, ...]:
        """The orders that something stands against."""
        return tuple(order for order in self.out if order.why is not Why.LIMIT)

    @property
    def over_limit(self) -> tuple[StaysOut, ...]:
        """The orders that could walk if more were allowed."""
        return tuple(order for order in self.out if order.why is Why.LIMIT)

    @property
    def reasons(self) -> tuple[tuple[str, int], ...]:
        """The kinds of reasons with their counts, most first."""
        return tuple((kind.value, count) for kind, count in Counter(order.why for order in self.out).most_common())


def saving_pct(metres: float, otherwise: float) -> int:
    """How much shorter a walk is than another, in whole percent; 0 where there is no other."""
    return round(100 * (1 - metres / otherwise)) if otherwise else 0


def refresh(session: Session, actor: Actor) -> None:
    """Let no order keep a hold that is over or a promise that is missed."""
    _ = allocating.release_ended_holds(session, actor)
    _ = promising.repromise(session, actor)


def preview(open_transaction: OpenTransaction, actor: Actor, key: CollectionKey, rules: Rules) -> WavePreview:
    """Look at the wave that `plan_wave` would release now; the engine works outside the transaction."""
    with open_transaction() as session:
        refresh(session, actor)
        zone = zone_of(session, actor)
        room = fleet(session, actor, rules.totes_a_cart)
        found = select_orders(session, actor, key, rules, room, lock=False)
        picks = found.picks()
        walks = timing.live_walks(session, actor)
        busy = timing.before(walks, key.cutoff_at)
        choice = choose(
            session,
            actor,
            picks,
            slots=room.slots,
            shares_singles=rules.shares_singles,
            sorts_at_wall=rules.sorts_at_wall,
        )
        problem = problem_of(session, actor, picks, room=room, pickers=rules.pickers, busy=busy, methods=choice.methods)
        empty = WavePreview(
            key=str(key),
            carrier=key.carrier,
            cutoff_at=key.cutoff_at.astimezone(zone),
            minutes_left=minutes_until(key.cutoff_at, actor.at),
            rules=rules,
            room=room.sentence,
            singles=choice.singles,
            others=choice.others,
            out=tuple(found.out),
            elsewhere=_elsewhere(session, actor, key, zone),
        )
        numbers = {order.id: order.number for order in found.orders.values()}
    if problem is None:
        return empty
    plan = batching.plan(problem, stop_for(problem, _MOST_S))
    with open_transaction() as session:
        reasons = unplanned_of(session, actor, problem, plan)
        late, delayed = _lateness(session, actor, key, walks, problem, plan)
    stays_out = tuple(
        StaysOut(order_id=order_id, number=numbers[order_id], why=Why.SIZE, reason=reason)
        for order_id, reason in reasons.items()
        if isinstance(order_id, int)
    )
    walked = {order_id: portions for order_id, portions in picks.items() if order_id not in reasons}
    lines = sum(len({portion.line_id for portion in portions}) for portions in walked.values())
    known = replace(empty, out=(*empty.out, *stays_out), lines=lines, late=late, delayed=delayed)
    return _with_figures(known, actor, problem, plan, list(walked))


def minutes_until(moment: dt.datetime, at: dt.datetime) -> int:
    """Whole minutes from `at` to a moment, negative when it has passed."""
    return int((moment - at).total_seconds() // 60)


def _with_figures(
    empty: WavePreview, actor: Actor, problem: batching.Problem, plan: batching.Plan, order_ids: Sequence[int]
) -> WavePreview:
    finish_s = max((batch.finish_s or 0.0 for batch in plan.batches), default=0.0)
    busy_s = [picker.available_from_s for picker in problem.pickers if picker.available_from_s]
    zone = empty.cutoff_at.tzinfo
    return replace(
        empty,
        pickers=len(problem.pickers),
        busy=len(busy_s),
        busy_until=(actor.at + dt.timedelta(seconds=max(busy_s))).astimezone(zone) if busy_s else None,
        order_ids=tuple(sorted(order_ids)),
        units=plan.totals.units,
        stops=plan.totals.stops,
        batches=len(plan.batches),
        metres=plan.totals.metres,
        metres_one_by_one=plan.totals.metres_one_by_one,
        metres_first_come=plan.totals.metres_first_come,
        gap=plan.gap,
        minutes=plan.totals.work_s / 60,
        finish_at=(actor.at + dt.timedelta(seconds=finish_s)).astimezone(zone),
    )


def _lateness(
    session: Session,
    actor: Actor,
    key: CollectionKey,
    walks: Sequence[LiveWalk],
    problem: batching.Problem,
    plan: batching.Plan,
) -> tuple[int, tuple[DelayedWave, ...]]:
    """Return how many orders of the planned wave would be late, and what it delays of the waves at work."""
    pickers = len(problem.pickers)
    known = timing.late_orders(walks, pickers, actor.at)
    late = timing.late_orders((*walks, *_planned_walks(key, plan)), pickers, actor.at)
    more = Counter(wave for order_id, wave in late.items() if order_id not in known)
    zone = zone_of(session, actor)
    waves = session.scalars(
        select(Wave).where(Wave.warehouse_id == actor.warehouse_id, Wave.number.in_(more)).order_by(Wave.number)
    )
    return more[_NEW], tuple(
        DelayedWave(
            number=wave.number,
            carrier=wave.carrier,
            cutoff_at=wave.cutoff_at.astimezone(zone),
            orders=more[wave.number],
        )
        for wave in waves
    )


def _planned_walks(key: CollectionKey, plan: batching.Plan) -> list[LiveWalk]:
    return [
        LiveWalk(
            wave=_NEW,
            batch_id=_NEW,
            cutoff_at=key.cutoff_at,
            position=position,
            is_started=False,
            left_s=batch.work_s,
            orders=frozenset(order_id for order_id in batch.order_ids if isinstance(order_id, int)),
        )
        for position, batch in enumerate(plan.batches, start=1)
    ]


def _elsewhere(
    session: Session, actor: Actor, key: CollectionKey, zone: zoneinfo.ZoneInfo
) -> tuple[OtherCollection, ...]:
    rows = session.execute(
        select(CarrierService.carrier, Order.cutoff_at, func.count())
        .join(
            CarrierService,
            and_(CarrierService.warehouse_id == Order.warehouse_id, CarrierService.id == Order.carrier_service_id),
        )
        .where(Order.warehouse_id == actor.warehouse_id, Order.status.in_(NOT_WAVED))
        .group_by(CarrierService.carrier, Order.cutoff_at)
        .order_by(Order.cutoff_at, CarrierService.carrier)
    )
    found = []
    for carrier, cutoff_at, orders in rows:
        if cutoff_at is None or (other := CollectionKey(carrier=carrier, cutoff_at=cutoff_at)) == key:
            continue
        local = cutoff_at.astimezone(zone)
        found.append(OtherCollection(key=str(other), carrier=carrier, cutoff_at=local, orders=orders))
    return tuple(found)
