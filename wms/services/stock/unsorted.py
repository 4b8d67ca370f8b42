"""What lies unsorted in shared totes, and whose of it is sorted first."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.floor import Location
from wms.domain.orders import Order, OrderStatus
from wms.domain.picked import PickedUnits
from wms.domain.picking import OF_TASK, BatchOrder, Method, PickTask
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus

_place = aliased(Tote)
SORTED = (OrderStatus.PICKING, OrderStatus.PICKED, OrderStatus.SHORT)
"""Orders whose units may be sorted; PICKING is one that lacked something and is picked again meanwhile."""

FACTS = (
    PickedUnits.id,
    PickedUnits.task_id,
    PickedUnits.product_id,
    PickedUnits.quantity,
    PickTask.lot,
    PickTask.serial,
    PickTask.order_id,
    Product.sku,
    Product.name.label("product"),
    Order.status,
)


def is_begun() -> Any:
    """Whether an order has a place at a wall already."""
    return (
        select(_place.id)
        .where(_place.warehouse_id == Order.warehouse_id, _place.order_id == Order.id, _place.wall != "")
        .correlate(Order)
        .exists()
    )


FIRST = (is_begun().desc(), Order.cutoff_at, Order.priority.desc(), Order.placed_at, PickedUnits.id)
"""Whose units are sorted first."""
LAST = (is_begun(), Order.cutoff_at.desc(), Order.priority, Order.placed_at.desc(), PickedUnits.id.desc())
"""Whose are sorted last."""


def in_shared_totes(actor: Actor, *columns: Any) -> Select[*tuple[Any, ...]]:
    """The picked units that lie in totes which are no single order's, with task, order, product and tote joined."""
    return of_warehouse(actor.warehouse_id, *columns)


def of_warehouse(warehouse_id: int, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Those of a warehouse."""
    return (
        select(*columns)
        .select_from(PickedUnits)
        .join(PickTask, and_(PickTask.warehouse_id == PickedUnits.warehouse_id, PickTask.id == PickedUnits.task_id))
        .join(BatchOrder, OF_TASK)
        .join(Order, and_(Order.warehouse_id == PickTask.warehouse_id, Order.id == PickTask.order_id))
        .join(Product, and_(Product.warehouse_id == PickedUnits.warehouse_id, Product.id == PickedUnits.product_id))
        .join(Tote, and_(Tote.warehouse_id == PickedUnits.warehouse_id, Tote.id == PickedUnits.tote_id))
        .where(
            PickedUnits.warehouse_id == warehouse_id,
            PickedUnits.lost_at.is_(None),
            Tote.wall == "",
            Tote.order_id.is_(None),
        )
    )


def all_of(actor: Actor, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Those of them that are put down for orders that are sorted at a wall."""
    return in_shared_totes(actor, *(columns or (PickedUnits.id,))).where(
        BatchOrder.method == Method.PUT_WALL, Order.status.in_(SORTED), Tote.status == ToteStatus.STAGED
    )


def units_of_order(session: Session, actor: Actor, order_id: int) -> int:
    """How many units of an order are still to be sorted."""
    of_order = all_of(actor, func.sum(PickedUnits.quantity)).where(PickTask.order_id == order_id)
    return int(session.execute(of_order).scalar_one() or 0)


def units_in_place(session: Session, actor: Actor, order_id: int) -> int:
    """How many units of an order are in its place at a wall."""
    in_place = (
        select(func.sum(Stock.on_hand))
        .join(_place, and_(_place.warehouse_id == Stock.warehouse_id, _place.id == Stock.place_id))
        .where(Stock.warehouse_id == actor.warehouse_id, _place.order_id == order_id, _place.wall != "")
    )
    return int(session.execute(in_place).scalar_one() or 0)


def units_left(session: Session, actor: Actor, tote_id: int) -> int:
    """How many units of a tote are still to be sorted."""
    return int(session.execute(of_tote(actor, tote_id, func.sum(PickedUnits.quantity))).scalar_one() or 0)


def of_tote(actor: Actor, tote_id: int, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Those in one tote."""
    return all_of(actor, *columns).where(Tote.id == tote_id)


def totes(session: Session, actor: Actor) -> Sequence[tuple[str, str]]:
    """The totes that wait to be sorted, each with the lane where it stands; those put down first go first."""
    # Few totes stand shared in lanes at a time, and the units ever picked are many: so the totes are asked first.
    shared = session.execute(
        select(Tote.id, Tote.barcode, Location.code)
        .join(Location, and_(Location.warehouse_id == Tote.warehouse_id, Location.id == Tote.lane_id))
        .where(
            Tote.warehouse_id == actor.warehouse_id,
            Tote.status == ToteStatus.STAGED,
            Tote.order_id.is_(None),
            Tote.wall == "",
        )
        .order_by(Tote.staged_at, Tote.id)
    ).all()
    return [(row.barcode, row.code) for row in shared if units_left(session, actor, row.id)]


def in_hand(
    session: Session, actor: Actor, tote_id: int, units_id: int | None, *, lock: bool = False
) -> Row[Any] | None:
    """The picked units in hand; None where their order was cancelled meanwhile."""
    found = of_tote(actor, tote_id, *FACTS).where(PickedUnits.id == units_id)
    if lock:
        # The units too: whoever waited for another sorter sees that they are in their place by now.
        found = found.with_for_update(of=(Order, PickedUnits), key_share=True).execution_options(populate_existing=True)
    row: Row[Any] | None = session.execute(found).one_or_none()
    return row
