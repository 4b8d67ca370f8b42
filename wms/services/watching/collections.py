"""How each carrier's collection stands: orders done of those promised, and those that will not be ready in time.

An order is at risk when its turn comes, earlier cutoffs first and at the recent rate, less than 15 minutes before its
cutoff (the UX paper, 10.2). Orders on hold and backorders are promised but are no work for the floor.
"""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from wms.domain.calendar import CarrierService, Holiday, Pickup, collections
from wms.domain.journal import JournalEntry
from wms.domain.orders import OPEN, Order, OrderLine, OrderMoved, OrderStatus
from wms.domain.people import Warehouse

SHOWN = 5
_HOUR = dt.timedelta(hours=1)
_DAY = dt.timedelta(days=1)
_MARGIN = dt.timedelta(minutes=15)
_LEAST_MEASURED = dt.timedelta(minutes=10)
_LOOK_AHEAD_DAYS = 7
_S = OrderStatus
_DONE = frozenset({_S.PACKED, _S.SHIPPED})
_WORK = OPEN - _DONE - {_S.HELD, _S.BACKORDERED}
# A collection by its cutoff and carrier.
_Key = tuple[dt.datetime, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class CollectionBar:
    """A carrier's collection: `done` of `total` orders are packed, `open` can be worked on.

    `at_risk` of them will not be ready in time; None while no rate is known. `cutoff_at` is local.
    """

    carrier: str
    cutoff_at: dt.datetime
    minutes_left: int
    is_today: bool
    done: int = 0
    total: int = 0
    open: int = 0
    at_risk: int | None = 0

    @property
    def is_late(self) -> bool:
        """Whether the cutoff has passed while orders are not packed."""
        return self.minutes_left < 0 < self.open

    @property
    def is_of_the_past(self) -> bool:
        """Whether a board need not show it: over, and either of another day or promised to nobody."""
        return self.is_over and not (self.is_today and self.total)

    @property
    def is_over(self) -> bool:
        """Whether the cutoff has passed and nothing waits any more."""
        return self.minutes_left < 0 and not self.open


def collection_bars(
    session: Session, warehouse: Warehouse, midnight: dt.datetime, at: dt.datetime
) -> tuple[CollectionBar, ...]:
    """Return today's collections, or the next day's, and late ones; at most SHOWN, by cutoff.

    `midnight` is today's in the warehouse's zone.
    """
    counts = _promised(session, warehouse.id, midnight)
    keys = counts.keys() | _calendar(session, warehouse, midnight)
    bars = [_bar(key, counts.get(key, {}), midnight, at) for key in sorted(keys)]
    has_work = any(bar.open for bar in bars)
    judged = judge(bars, _orders_per_hour(session, warehouse, at) if has_work else None, at)
    ahead = [bar for bar in judged if bar.minutes_left >= 0]
    last_day = ahead[0].cutoff_at.date() if ahead else midnight.date()
    near = [bar for bar in judged if bar.cutoff_at.date() <= last_day and not bar.is_of_the_past]
    # Where they don't all fit, what is over goes first.
    kept = sorted(near, key=lambda bar: bar.is_over)[:SHOWN]
    return tuple(sorted(kept, key=lambda bar: bar.cutoff_at))


def judge(bars: Sequence[CollectionBar], orders_per_hour: float | None, at: dt.datetime) -> list[CollectionBar]:
    """Say of each collection, soonest first, how many orders will not be ready: one crew works through them in turn."""
    judged = []
    before = 0
    for bar in bars:
        left = bar.cutoff_at - _MARGIN - at
        if orders_per_hour is None and left > dt.timedelta():
            at_risk = None if bar.open else 0
        else:
            ready = int((orders_per_hour or 0) * max(left / _HOUR, 0))
            at_risk = min(max(before + bar.open - ready, 0), bar.open)
        judged.append(replace(bar, at_risk=at_risk))
        before += bar.open
    return judged


def _bar(key: _Key, counts: Mapping[OrderStatus, int], midnight: dt.datetime, at: dt.datetime) -> CollectionBar:
    cutoff_at, carrier = key
    local = cutoff_at.astimezone(midnight.tzinfo)
    return CollectionBar(
        carrier=carrier,
        cutoff_at=local,
        minutes_left=math.floor((cutoff_at - at) / dt.timedelta(minutes=1)),
        is_today=local.date() == midnight.date(),
        done=sum(count for status, count in counts.items() if status in _DONE),
        total=sum(counts.values()),
        open=sum(count for status, count in counts.items() if status in _WORK),
    )


def _calendar(session: Session, warehouse: Warehouse, midnight: dt.datetime) -> set[_Key]:
    pickups = session.scalars(select(Pickup).where(Pickup.warehouse_id == warehouse.id))
    holidays = frozenset(session.scalars(select(Holiday.day).where(Holiday.warehouse_id == warehouse.id)))
    found = collections(pickups, holidays, warehouse.time_zone, midnight, _LOOK_AHEAD_DAYS)
    return {(one.cutoff_at, one.carrier) for one in found}


def _promised(session: Session, warehouse_id: int, midnight: dt.datetime) -> Mapping[_Key, Mapping[OrderStatus, int]]:
    """Count the orders of each collection from today on by status, and what is still open of earlier ones."""
    counts: defaultdict[_Key, dict[OrderStatus, int]] = defaultdict(dict)
    standing = [status for status in OrderStatus if status is not _S.CANCELLED]
    for those in (
        and_(Order.status.in_(standing), Order.cutoff_at.between(midnight, midnight + _LOOK_AHEAD_DAYS * _DAY)),
        and_(Order.status.in_(_WORK), Order.cutoff_at < midnight),
    ):
        rows = session.execute(
            select(Order.cutoff_at, CarrierService.carrier, Order.status, func.count())
            .join(
                CarrierService,
                and_(CarrierService.warehouse_id == Order.warehouse_id, CarrierService.id == Order.carrier_service_id),
            )
            .where(Order.warehouse_id == warehouse_id, those)
            .group_by(Order.cutoff_at, CarrierService.carrier, Order.status)
        )
        for cutoff_at, carrier, status, orders in rows:
            if cutoff_at is not None:
                counts[cutoff_at, carrier][status] = orders
    return counts


def _orders_per_hour(session: Session, warehouse: Warehouse, at: dt.datetime) -> float | None:
    """Return the rate of the last hour's packing; before there is one, the plan's; None where there is neither."""
    first = func.min(JournalEntry.at)
    packed, began = session.execute(
        select(func.count(), first).where(
            JournalEntry.warehouse_id == warehouse.id,
            JournalEntry.event == OrderMoved.__name__,
            JournalEntry.at >= at - _HOUR,
            JournalEntry.data["then"].as_string() == _S.PACKED.value,
        )
    ).one()
    if packed and at - began >= _LEAST_MEASURED:
        return float(packed / ((at - began) / _HOUR))
    if not warehouse.units_per_hour_plan:
        return None
    units, orders = session.execute(
        select(func.sum(OrderLine.to_pick), func.count(OrderLine.order_id.distinct()))
        .join(Order, and_(Order.warehouse_id == OrderLine.warehouse_id, Order.id == OrderLine.order_id))
        .where(Order.warehouse_id == warehouse.id, Order.status.in_(_WORK))
    ).one()
    return float(warehouse.units_per_hour_plan * orders / units) if units else None
