"""An order leaves with the last of its boxes."""

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.calendar import CarrierService
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import OrderShipped, Package, PackageStatus
from wms.domain.waves import Wave, WaveOrder

_by_service = and_(CarrierService.warehouse_id == Order.warehouse_id, CarrierService.id == Order.carrier_service_id)


def ship_if_all_left(session: Session, actor: Actor, order: Order) -> None:
    """An order is shipped when its last box has left; the journal keeps how long that took from its receipt."""
    statuses = session.scalars(
        select(Package.status).where(
            Package.warehouse_id == actor.warehouse_id,
            Package.order_id == order.id,
            Package.status != PackageStatus.CANCELLED,
        )
    ).all()
    if order.status is not OrderStatus.PACKED or set(statuses) != {PackageStatus.HANDED_OVER}:
        return
    wave, carrier = session.execute(
        select(func.coalesce(Wave.number, 0), func.coalesce(CarrierService.carrier, ""))
        .select_from(Order)
        .outerjoin(WaveOrder, and_(WaveOrder.warehouse_id == Order.warehouse_id, WaveOrder.order_id == Order.id))
        .outerjoin(Wave, and_(Wave.warehouse_id == WaveOrder.warehouse_id, Wave.id == WaveOrder.wave_id))
        .outerjoin(CarrierService, _by_service)
        .where(Order.warehouse_id == actor.warehouse_id, Order.id == order.id)
    ).one()
    moved = order.move_to(OrderStatus.SHIPPED)
    order.shipped_at = actor.at
    shipped = OrderShipped(
        order_id=order.id,
        number=order.number,
        carrier=carrier,
        wave=wave,
        boxes=len(statuses),
        cycle_s=int((actor.at - order.received_at).total_seconds()),
    )
    record(session, actor, moved, shipped)
