"""The laws of what pickers scanned, for `wms verify`."""

from collections.abc import Callable, Iterator

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from wms.domain.catalog import Product
from wms.domain.orders import Order, OrderStatus
from wms.domain.picked import PickedUnits
from wms.domain.picking import PickTask


def each_unit_has_its_own_serial(session: Session, warehouse_id: int) -> Iterator[str]:
    """Where one unit that a line put into a tote has a serial number, each of them has one.

    A product may have serials only since; and a unit that was found missing, or is of a cancelled order, may have lost
    its number to whoever picked it again.
    """
    serials = func.sum(case((PickedUnits.serial != "", 1), else_=0))
    rows = session.execute(
        select(Order.number, Product.sku, func.sum(PickedUnits.quantity), serials)
        .join(PickTask, and_(PickTask.warehouse_id == Order.warehouse_id, PickTask.order_id == Order.id))
        .join(PickedUnits, and_(PickedUnits.warehouse_id == PickTask.warehouse_id, PickedUnits.task_id == PickTask.id))
        .join(Product, and_(Product.warehouse_id == PickTask.warehouse_id, Product.id == PickTask.product_id))
        .where(
            Order.warehouse_id == warehouse_id,
            Order.status != OrderStatus.CANCELLED,
            Product.has_serials,
            PickedUnits.tote_id.is_not(None),
            PickedUnits.lost_at.is_(None),
        )
        .group_by(PickTask.id, Order.number, Product.sku)
        .having(serials > 0, serials != func.sum(PickedUnits.quantity))
    )
    for number, sku, units, known in rows:
        yield f"order {number}: {int(units)} of {sku} picked with {int(known)} serials"


CHECKS: tuple[Callable[[Session, int], Iterator[str]], ...] = (each_unit_has_its_own_serial,)
