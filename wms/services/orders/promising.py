"""Promises: which carrier service a shipping method means, and which collection an order is to catch."""

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.calendar import CarrierService, Collection, Holiday, Pickup, PromiseMoved, ShippingMethod, collections
from wms.domain.errors import NotFoundError
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.people import Warehouse

NOT_WAVED = (OrderStatus.RECEIVED, OrderStatus.ALLOCATED, OrderStatus.BACKORDERED, OrderStatus.HELD)
DEFAULT_METHOD = "*"


@dataclass(frozen=True, kw_only=True, slots=True)
class Timetable:
    """The carriers at one moment: service ids by shipping method, carriers by service id, each one's next collection.

    Load it once for many orders.
    """

    methods: Mapping[str, int]
    carriers: Mapping[int, str]
    next_collections: Mapping[str, Collection]

    def promise(self, order: Order) -> str:
        """Give the order its carrier service and collection; '' or the sentence why it has none."""
        order.carrier_service_id = self.asked(order)
        return self.renew(order)

    def asked(self, order: Order) -> int | None:
        """Return the carrier service that the order's shipping method means."""
        method = order.shipping_method.strip().lower()
        return self.methods.get(method, self.methods.get(DEFAULT_METHOD))

    def renew(self, order: Order) -> str:
        """Give the order its carrier's next collection, whatever it had; '' or the sentence why there is none."""
        carrier = self.carriers.get(order.carrier_service_id or 0)
        found = self.next_collections.get(carrier or "")
        order.pickup_id = found.pickup_id if found else None
        order.cutoff_at = found.cutoff_at if found else None
        order.ship_by_at = found.ship_by_at if found else None
        if carrier is None:
            return f"Shipping method '{order.shipping_method}' means no carrier service yet. Add it to the table."
        return "" if found else f"No pickup of {carrier} is in the calendar. Add one."


def timetable(session: Session, warehouse_id: int, at: dt.datetime) -> Timetable:
    """Load the timetable as it stands at a moment."""
    warehouse = session.get(Warehouse, warehouse_id)
    if warehouse is None:
        raise NotFoundError("warehouse", warehouse_id)
    methods = session.scalars(select(ShippingMethod).where(ShippingMethod.warehouse_id == warehouse_id))
    services = session.scalars(select(CarrierService).where(CarrierService.warehouse_id == warehouse_id))
    pickups = session.scalars(select(Pickup).where(Pickup.warehouse_id == warehouse_id))
    holidays = session.scalars(select(Holiday.day).where(Holiday.warehouse_id == warehouse_id))
    soonest: dict[str, Collection] = {}
    for found in collections(pickups, frozenset(holidays), warehouse.time_zone, at):
        _ = soonest.setdefault(found.carrier, found)
    return Timetable(
        methods={row.method.strip().lower(): row.carrier_service_id for row in methods},
        carriers={service.id: service.carrier for service in services},
        next_collections=soonest,
    )


def zone_of(session: Session, actor: Actor) -> zoneinfo.ZoneInfo:
    """Return the warehouse's time zone."""
    warehouse = session.get(Warehouse, actor.warehouse_id)
    if warehouse is None:
        raise NotFoundError("warehouse", actor.warehouse_id)
    return zoneinfo.ZoneInfo(warehouse.time_zone)


def local(at: dt.datetime | None, zone: zoneinfo.ZoneInfo) -> dt.datetime | None:
    """Return a moment, where there is one, as the clocks of the warehouse show it."""
    return None if at is None else at.astimezone(zone)


def repromise(session: Session, actor: Actor) -> int:
    """Promise orders not yet waved whose cutoff has passed, or that had none, anew; return how many have moved."""
    orders = session.scalars(
        select(Order)
        .where(
            Order.warehouse_id == actor.warehouse_id,
            Order.status.in_(NOT_WAVED),
            or_(Order.cutoff_at.is_(None), Order.cutoff_at < actor.at),
        )
        .order_by(Order.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if not orders:
        return 0
    table = timetable(session, actor.warehouse_id, actor.at)
    return sum(_repromise(session, actor, table, order) for order in orders)


def _repromise(session: Session, actor: Actor, table: Timetable, order: Order) -> bool:
    before = order.cutoff_at
    reason = table.promise(order) if order.carrier_service_id is None else table.renew(order)
    if reason or before is None:
        order.reason = reason
    if order.cutoff_at == before:
        return False
    record(
        session,
        actor,
        PromiseMoved(
            order_id=order.id,
            number=order.number,
            before=before.isoformat() if before else "",
            after=order.cutoff_at.isoformat() if order.cutoff_at else "",
        ),
    )
    return True
