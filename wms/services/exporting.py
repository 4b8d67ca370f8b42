"""What the shop is told back: each parcel that left, with its tracking number."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from wms.domain.calendar import CarrierService
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.shipping import Label, LabelStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class Fulfillment:
    """One parcel of a shipped order: the carrier that brings it, and when it was handed over, in UTC."""

    order: str
    tracking_number: str
    carrier: str
    service: str
    shipped_at: dt.datetime


def fulfillments(session: Session, warehouse_id: int, since: dt.datetime | None = None) -> Iterator[Fulfillment]:
    """Yield the parcels of shipped orders, at or after a moment, oldest first."""
    shipped_at = func.coalesce(Order.shipped_at, Package.handed_over_at, type_=Order.shipped_at.type)
    statement = (
        select(Order.number, Label.tracking_number, CarrierService.carrier, Label.service, shipped_at)
        .join(Package, and_(Package.warehouse_id == Order.warehouse_id, Package.order_id == Order.id))
        .join(Label, and_(Label.warehouse_id == Package.warehouse_id, Label.package_id == Package.id))
        .join(
            CarrierService,
            and_(CarrierService.warehouse_id == Order.warehouse_id, CarrierService.id == Order.carrier_service_id),
        )
        .where(
            Order.warehouse_id == warehouse_id,
            Order.status == OrderStatus.SHIPPED,
            Package.status == PackageStatus.HANDED_OVER,
            Label.status == LabelStatus.BOUGHT,
        )
        .order_by(shipped_at, Order.id, Package.number)
    )
    if since is not None:
        statement = statement.where(shipped_at >= since)
    for number, tracking_number, carrier, service, at in session.execute(statement):
        yield Fulfillment(
            order=number, tracking_number=tracking_number, carrier=carrier, service=service, shipped_at=at
        )
