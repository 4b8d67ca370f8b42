"""Boxes leave: one by one into a dock, or all that a carrier's van has taken; stock goes out with them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.calendar import CarrierService, Holiday, Pickup, collections
from wms.domain.errors import DomainError
from wms.domain.floor import CUSTOMER_ID
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.people import Warehouse
from wms.domain.saying import Said, say
from wms.domain.shipping import Label, LabelStatus
from wms.domain.stock import Stock
from wms.services.carriers import tracking
from wms.services.orders import leaving
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods

_A_DAY = dt.timedelta(days=1)
_NO_CARRIER = ""
_of_order = and_(Order.warehouse_id == Package.warehouse_id, Order.id == Package.order_id)
_by_service = and_(CarrierService.warehouse_id == Order.warehouse_id, CarrierService.id == Order.carrier_service_id)
_bought = and_(
    Label.warehouse_id == Package.warehouse_id,
    Label.package_id == Package.id,
    Label.status == LabelStatus.BOUGHT,
)


class NotReadyError(DomainError):
    """A box may not leave: it is not sealed, has no bought label, or its order was cancelled."""

    def __init__(self, sentence: Said, *, package: str) -> None:
        super().__init__(sentence)
        self.package = package


@dataclass(frozen=True, kw_only=True, slots=True)
class Departure:
    """What waits for a carrier: sealed boxes with bought labels, their weight, and the next van in local time."""

    carrier: str
    boxes: int
    orders: int
    weight_g: int
    oldest_at: dt.datetime | None
    pickup_at: dt.datetime | None


def departures(session: Session, actor: Actor) -> tuple[Departure, ...]:
    """Return what waits for each carrier, the next van first; carriers without a box are left out."""
    rows = session.execute(
        select(
            func.coalesce(CarrierService.carrier, _NO_CARRIER).label("carrier"),
            func.count().label("boxes"),
            func.count(Package.order_id.distinct()).label("orders"),
            func.sum(Package.weight_g).label("weight_g"),
            func.min(Package.sealed_at).label("oldest_at"),
        )
        .select_from(Package)
        .join(Order, _of_order)
        .join(Label, _bought)
        .outerjoin(CarrierService, _by_service)
        .where(
            Package.warehouse_id == actor.warehouse_id,
            Package.status == PackageStatus.SEALED,
            Order.status != OrderStatus.CANCELLED,
        )
        .group_by(CarrierService.carrier)
    ).all()
    zone, vans = _next_vans(session, actor)
    found = [
        Departure(
            carrier=row.carrier,
            boxes=row.boxes,
            orders=row.orders,
            weight_g=int(row.weight_g),
            oldest_at=row.oldest_at.astimezone(zone) if row.oldest_at else None,
            pickup_at=vans[row.carrier].astimezone(zone) if row.carrier in vans else None,
        )
        for row in rows
    ]
    never = dt.datetime.max.replace(tzinfo=dt.UTC)
    return tuple(sorted(found, key=lambda departure: (departure.pickup_at or never, departure.carrier)))


def _next_vans(session: Session, actor: Actor) -> tuple[ZoneInfo, dict[str, dt.datetime]]:
    """Each carrier's next van: one whose cutoff has passed still comes."""
    zone = session.scalars(select(Warehouse.time_zone).where(Warehouse.id == actor.warehouse_id)).one()
    pickups = session.scalars(select(Pickup).where(Pickup.warehouse_id == actor.warehouse_id)).all()
    holidays = session.scalars(select(Holiday.day).where(Holiday.warehouse_id == actor.warehouse_id)).all()
    vans: dict[str, dt.datetime] = {}
    for found in collections(pickups, frozenset(holidays), zone, actor.at - _A_DAY):
        if found.ship_by_at >= actor.at:
            vans[found.carrier] = min(vans.get(found.carrier, found.ship_by_at), found.ship_by_at)
    return ZoneInfo(zone), vans


def hand_over(session: Session, actor: Actor, package_id: int) -> Package:
    """Give one sealed box to the carrier; NotReadyError where it may not leave."""
    order = session.scalars(
        select(Order)
        .join(Package, _of_order)
        .where(Package.warehouse_id == actor.warehouse_id, Package.id == package_id)
        .with_for_update(of=Order, key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    package = session.scalars(
        select(Package)
        .where(Package.warehouse_id == actor.warehouse_id, Package.id == package_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    refusal = why_not(session, actor, package, order)
    if refusal is not None:
        raise NotReadyError(refusal, package=package.barcode)
    _let_go(session, actor, [(package, order)])
    return package


def why_not(session: Session, actor: Actor, package: Package, order: Order) -> Said | None:
    """Return the sentence why a box may not leave, None where it may."""
    if order.status is OrderStatus.CANCELLED:
        return say("Order cancelled. Put back")
    if package.status is PackageStatus.HANDED_OVER:
        return say("{order} is handed over already", order=order.number)
    if package.status is not PackageStatus.SEALED:
        return say("{order} is not sealed. Seal it first", order=order.number)
    bought = session.scalars(
        select(Label.id).where(
            Label.warehouse_id == actor.warehouse_id,
            Label.package_id == package.id,
            Label.status == LabelStatus.BOUGHT,
        )
    ).first()
    return None if bought is not None else say("Box of {order} has no bought label", order=order.number)


def hand_over_all(session: Session, actor: Actor, carrier: str, sealed_until: dt.datetime) -> int:
    """Give the carrier all boxes sealed up to a moment (those on the page when the van left); return how many."""
    rows = (
        select(Package, Order)
        .join(Order, _of_order)
        .join(Label, _bought)
        .outerjoin(CarrierService, _by_service)
        .where(
            Package.warehouse_id == actor.warehouse_id,
            Package.status == PackageStatus.SEALED,
            Package.sealed_at <= sealed_until,
            Order.status != OrderStatus.CANCELLED,
            func.coalesce(CarrierService.carrier, _NO_CARRIER) == carrier,
        )
        .order_by(Order.id, Package.id)
        .with_for_update(of=(Order, Package), key_share=True)
        .execution_options(populate_existing=True)
    )
    boxes = [(package, order) for package, order in session.execute(rows)]
    _let_go(session, actor, boxes)
    return len(boxes)


def _let_go(session: Session, actor: Actor, boxes: Sequence[tuple[Package, Order]]) -> None:
    held = session.execute(
        select(Stock.place_id, Stock.product_id, Stock.lot, Stock.serial, Stock.on_hand)
        .where(
            Stock.warehouse_id == actor.warehouse_id,
            Stock.place_id.in_([package.id for package, _ in boxes]),
            Stock.on_hand > 0,
        )
        .order_by(Stock.place_id, Stock.product_id)
    ).all()
    for row in held:
        goods = Goods(product_id=row.product_id, quantity=row.on_hand, lot=row.lot, serial=row.serial)
        stocking.move(session, actor, goods, from_place_id=row.place_id, to_place_id=CUSTOMER_ID, reason="shipped")
    for package, _ in boxes:
        record(session, actor, package.move_to(PackageStatus.HANDED_OVER))
        package.handed_over_at = actor.at
    session.flush()
    tracking.follow(session, actor, [package.id for package, _ in boxes])
    orders = {order.id: order for _, order in boxes}
    for order in orders.values():
        leaving.ship_if_all_left(session, actor, order)
