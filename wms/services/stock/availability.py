"""What can be sold now: free units of each product in the pick faces, less what open orders ask for already."""

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.floor import Location, LocationKind
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.stock import Stock
from wms.services.stock import counting

_WAITING = (OrderStatus.RECEIVED, OrderStatus.BACKORDERED, OrderStatus.HELD)


def sellable(session: Session, actor: Actor) -> list[tuple[str, str, int]]:
    """Return (sku, name, units) for each product with units to sell, in SKU order."""
    free = (
        select(Stock.product_id, func.sum(Stock.on_hand - Stock.reserved).label("units"))
        .join(Location, and_(Location.warehouse_id == Stock.warehouse_id, Location.id == Stock.place_id))
        .where(
            Stock.warehouse_id == actor.warehouse_id,
            Location.kind == LocationKind.PICK,
            Location.id.not_in(counting.under_count(actor)),
        )
        .group_by(Stock.product_id)
        .subquery()
    )
    asked = (
        select(OrderLine.product_id, func.sum(OrderLine.to_pick).label("units"))
        .join(Order, and_(Order.warehouse_id == OrderLine.warehouse_id, Order.id == OrderLine.order_id))
        .where(OrderLine.warehouse_id == actor.warehouse_id, Order.status.in_(_WAITING))
        .group_by(OrderLine.product_id)
        .subquery()
    )
    units = free.c.units - func.coalesce(asked.c.units, 0)
    rows = session.execute(
        select(Product.sku, Product.name, units)
        .join(free, free.c.product_id == Product.id)
        .outerjoin(asked, asked.c.product_id == Product.id)
        .where(Product.warehouse_id == actor.warehouse_id, units > 0)
        .order_by(Product.sku)
    )
    return [(sku, name, int(count)) for sku, name, count in rows]
