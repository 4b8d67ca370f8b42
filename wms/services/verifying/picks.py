"""The laws of what pickers scanned, for `wms verify`."""

from collections.abc import Callable, Iterator

from sqlalchemy import and_, case, exists, func, select
from sqlalchemy.orm import Session

from wms.domain.catalog import Product
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.picked import PickedUnits
from wms.domain.picking import BatchOrder, Method, PickTask
from wms.domain.stock import Stock
from wms.domain.totes import Tote
from wms.services.stock import unsorted


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


def shared_totes_hold_what_waits_in_them(session: Session, warehouse_id: int) -> Iterator[str]:
    """A tote that several orders share holds at least the units that its orders wait for and have in no box."""
    boxed = exists().where(
        Package.warehouse_id == PickTask.warehouse_id,
        Package.order_id == PickTask.order_id,
        Package.status != PackageStatus.CANCELLED,
    )
    held = (
        select(func.coalesce(func.sum(Stock.on_hand), 0))
        .where(
            Stock.warehouse_id == warehouse_id,
            Stock.place_id == PickedUnits.tote_id,
            Stock.product_id == PickedUnits.product_id,
        )
        .correlate(PickedUnits)
        .scalar_subquery()
    )
    waiting = func.sum(PickedUnits.quantity)
    rows = session.execute(
        unsorted.of_warehouse(warehouse_id, Tote.barcode, PickedUnits.product_id, waiting, held)
        .where(
            BatchOrder.method != Method.CLUSTER,
            Order.status.in_(unsorted.SORTED),
            ~boxed,
        )
        .group_by(PickedUnits.warehouse_id, PickedUnits.tote_id, Tote.barcode, PickedUnits.product_id)
        .having(waiting > held)
    )
    for barcode, product_id, wanted, there in rows:
        yield f"tote {barcode}: orders wait for {int(wanted)} of product {product_id}, and it holds {int(there)}"


CHECKS: tuple[Callable[[Session, int], Iterator[str]], ...] = (
    each_unit_has_its_own_serial,
    shared_totes_hold_what_waits_in_them,
)
