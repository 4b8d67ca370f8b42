"""What the shop is told back: each parcel that left, with its tracking number, and what is in it."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from wms.domain.calendar import CarrierService
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.packing import Package, PackageLine, PackageStatus
from wms.domain.shipping import Label, LabelStatus

_bought = aliased(OrderLine)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fulfillment:
    """One parcel of a shipped order: the carrier that brings it, and when it was handed over, in UTC."""

    order: str
    tracking_number: str
    carrier: str
    service: str
    shipped_at: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SentLine:
    """Units of one product in a parcel. `ordered_sku` is what the customer bought: another's where it stands in."""

    parcel: Fulfillment
    sku: str
    quantity: int
    ordered_sku: str


def fulfillments(session: Session, warehouse_id: int, since: dt.datetime | None = None) -> Iterator[Fulfillment]:
    """Yield the parcels of shipped orders, at or after a moment, oldest first."""
    for number, tracking_number, carrier, service, at in session.execute(_parcels(warehouse_id, since)):
        yield Fulfillment(
            order=number, tracking_number=tracking_number, carrier=carrier, service=service, shipped_at=at
        )


def sent_lines(session: Session, warehouse_id: int, since: dt.datetime | None = None) -> Iterator[SentLine]:
    """Yield what is in those parcels, as it was scanned into them, each order line's units together."""
    position = func.coalesce(_bought.position, OrderLine.position)
    ordered_sku = func.coalesce(_bought.sku, OrderLine.sku)
    of_line = OrderLine.sku, ordered_sku, position, OrderLine.position, OrderLine.id
    parcels = _parcels(warehouse_id, since)
    statement = (
        parcels.add_columns(OrderLine.sku, func.sum(PackageLine.quantity), ordered_sku)
        .join(
            PackageLine,
            and_(PackageLine.warehouse_id == Package.warehouse_id, PackageLine.package_id == Package.id),
        )
        .join(OrderLine, and_(OrderLine.warehouse_id == PackageLine.warehouse_id, OrderLine.id == PackageLine.line_id))
        .outerjoin(_bought, and_(_bought.warehouse_id == OrderLine.warehouse_id, _bought.id == OrderLine.replaces_id))
        .group_by(*parcels.selected_columns, Order.id, Package.number, *of_line)
        .order_by(position, OrderLine.position, OrderLine.id)
    )
    for number, tracking_number, carrier, service, at, sku, quantity, ordered in session.execute(statement):
        parcel = Fulfillment(
            order=number, tracking_number=tracking_number, carrier=carrier, service=service, shipped_at=at
        )
        yield SentLine(parcel=parcel, sku=sku, quantity=int(quantity), ordered_sku=ordered)


def _parcels(warehouse_id: int, since: dt.datetime | None) -> Select[str, str, str, str, dt.datetime]:
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
    return statement
