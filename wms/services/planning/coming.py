"""The collections that are coming, with the open orders promised to each."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.calendar import CarrierService
from wms.domain.orders import OPEN, Order, OrderStatus
from wms.services.orders import promising
from wms.services.orders.promising import zone_of
from wms.services.planning.preview import minutes_until
from wms.services.planning.selection import CollectionKey

_S = OrderStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class CollectionRow:
    """A carrier's collection with the open orders promised to it; times in the warehouse's zone."""

    key: str
    carrier: str
    cutoff_at: dt.datetime
    ship_by_at: dt.datetime
    minutes_left: int
    counts: Counter[OrderStatus] = field(default_factory=Counter)

    @property
    def ready(self) -> int:
        """Orders that a wave may take."""
        return self.counts[_S.RECEIVED] + self.counts[_S.ALLOCATED]

    @property
    def at_work(self) -> int:
        """Orders that pickers have or will have."""
        return self.counts[_S.WAVED] + self.counts[_S.PICKING]

    @property
    def picked(self) -> int:
        """Orders that are picked or packed and not yet handed over."""
        return self.counts[_S.PICKED] + self.counts[_S.PACKED]


def collection_rows(session: Session, actor: Actor) -> tuple[CollectionRow, ...]:
    """The collections that open orders are promised to, and each carrier's next one; soonest first."""
    zone = zone_of(session, actor)
    rows: dict[CollectionKey, CollectionRow] = {}

    def row_of(key: CollectionKey, ship_by_at: dt.datetime) -> CollectionRow:
        return rows.setdefault(
            key,
            CollectionRow(
                key=str(key),
                carrier=key.carrier,
                cutoff_at=key.cutoff_at.astimezone(zone),
                ship_by_at=ship_by_at.astimezone(zone),
                minutes_left=minutes_until(key.cutoff_at, actor.at),
            ),
        )

    for coming in promising.timetable(session, actor.warehouse_id, actor.at).next_collections.values():
        _ = row_of(CollectionKey(carrier=coming.carrier, cutoff_at=coming.cutoff_at), coming.ship_by_at)
    for carrier, cutoff_at, ship_by_at, status, orders in session.execute(
        select(CarrierService.carrier, Order.cutoff_at, Order.ship_by_at, Order.status, func.count())
        .join(
            CarrierService,
            and_(CarrierService.warehouse_id == Order.warehouse_id, CarrierService.id == Order.carrier_service_id),
        )
        .where(Order.warehouse_id == actor.warehouse_id, Order.status.in_(OPEN), Order.cutoff_at.is_not(None))
        .group_by(CarrierService.carrier, Order.cutoff_at, Order.ship_by_at, Order.status)
    ):
        if cutoff_at is not None:
            row = row_of(CollectionKey(carrier=carrier, cutoff_at=cutoff_at), ship_by_at or cutoff_at)
            row.counts[status] += orders
    return tuple(sorted(rows.values(), key=lambda row: (row.cutoff_at, row.carrier)))
