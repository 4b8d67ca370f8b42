"""A wave before it is released: how many orders, stops, carts, metres and minutes, what stays out and why."""

import datetime as dt
import zoneinfo
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from wms import batching
from wms.domain.actor import Actor
from wms.domain.calendar import CarrierService
from wms.domain.orders import Order
from wms.services import allocating, promising
from wms.services.planning import OpenTransaction
from wms.services.planning.problem import fleet, problem_of
from wms.services.planning.selection import CollectionKey, Rules, StaysOut, Why, select_orders
from wms.services.promising import NOT_WAVED, zone_of

# A person waits for this page: good enough to judge by, and the release plans longer.
_STOP = batching.FirstOf(batching.Seconds(1.0), batching.Iterations(20_000))


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherCollection:
    """Orders that wait for another collection: `key` as forms carry it, times in the warehouse's zone."""

    key: str
    carrier: str
    cutoff_at: dt.datetime
    orders: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WavePreview:
    """What a supervisor sees before the one button. Times stand in the warehouse's zone; nothing is written yet.

    `order_ids` are the orders meant; `finish_at` is when the last tote would be dropped by `pickers` who start now;
    `late` counts the orders that would miss the cutoff; `saving_pct` compares the metres with one order a walk.
    """

    key: str
    carrier: str
    cutoff_at: dt.datetime
    minutes_left: int
    rules: Rules
    room: str
    pickers: int = 0
    order_ids: tuple[int, ...] = ()
    lines: int = 0
    units: int = 0
    stops: int = 0
    batches: int = 0
    metres: float = 0.0
    metres_one_by_one: float = 0.0
    minutes: float = 0.0
    finish_at: dt.datetime | None = None
    late: int = 0
    out: tuple[StaysOut, ...] = ()
    elsewhere: tuple[OtherCollection, ...] = ()

    @property
    def orders(self) -> int:
        """How many orders would be released."""
        return len(self.order_ids)

    @property
    def saving_pct(self) -> int:
        """How much shorter the walks are than one order at a time."""
        return round(100 * (1 - self.metres / self.metres_one_by_one)) if self.metres_one_by_one else 0

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
        problem = problem_of(session, actor, picks, room=room, pickers=rules.pickers)
        empty = WavePreview(
            key=str(key),
            carrier=key.carrier,
            cutoff_at=key.cutoff_at.astimezone(zone),
            minutes_left=minutes_until(key.cutoff_at, actor.at),
            rules=rules,
            room=room.sentence,
            out=tuple(found.out),
            elsewhere=_elsewhere(session, actor, key, zone),
        )
        lines = sum(len({portion.line_id for portion in portions}) for portions in picks.values())
    if problem is None:
        return empty
    return _with_figures(empty, actor, problem, lines)


def minutes_until(moment: dt.datetime, at: dt.datetime) -> int:
    """Whole minutes from `at` to a moment, negative when it has passed."""
    return int((moment - at).total_seconds() // 60)


def _with_figures(empty: WavePreview, actor: Actor, problem: batching.Problem, lines: int) -> WavePreview:
    plan = batching.plan(problem, _STOP)
    unplanned = {order.id for order in plan.unplanned}
    finish_s = max((batch.finish_s or 0.0 for batch in plan.batches), default=0.0)
    return WavePreview(
        key=empty.key,
        carrier=empty.carrier,
        cutoff_at=empty.cutoff_at,
        minutes_left=empty.minutes_left,
        rules=empty.rules,
        room=empty.room,
        pickers=len(problem.pickers),
        order_ids=tuple(
            order.id for order in problem.orders if isinstance(order.id, int) and order.id not in unplanned
        ),
        lines=lines,
        units=plan.totals.units,
        stops=plan.totals.stops,
        batches=len(plan.batches),
        metres=plan.totals.metres,
        metres_one_by_one=plan.totals.metres_one_by_one,
        minutes=plan.totals.work_s / 60,
        finish_at=(actor.at + dt.timedelta(seconds=finish_s)).astimezone(empty.cutoff_at.tzinfo),
        late=len(plan.late),
        out=empty.out,
        elsewhere=empty.elsewhere,
    )


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
