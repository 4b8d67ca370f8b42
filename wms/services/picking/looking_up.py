"""Looking things up between walks: what lies in a location, where a product lies, how far an order is.

One sentence each, short enough for a handheld. What a count is open for is not told: whoever counts must not know.
"""

from collections.abc import Sequence

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.codes import Code, CodeKind
from wms.domain.floor import Location, LocationKind
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.picking import PickTask, TaskStatus
from wms.domain.saying import Said, say
from wms.domain.stock import Stock
from wms.domain.totes import Tote
from wms.services.picking import contents
from wms.services.scans import feedback
from wms.services.scans.recognising import Item, ScannedLocation, find_item, find_location
from wms.services.scans.screens import Feedback
from wms.services.stock import counting

_NAMED = 2  # more do not fit beside the place's own name


def look_up(session: Session, actor: Actor, code: Code) -> Feedback | None:
    """Tell of the tote, location, order or product that a scan names; None where it names none of them."""
    if code.kind is CodeKind.TOTE:
        return _look_up_tote(session, actor, code)
    if code.kind is CodeKind.ORDER:
        return _look_up_order(session, actor, code)
    location = find_location(session, actor, code)
    if location is not None:
        return feedback.told(_in_location(session, actor, location))
    item = find_item(session, actor, code)
    return None if item is None else feedback.told(_where_is(session, actor, item))


def _look_up_tote(session: Session, actor: Actor, code: Code) -> Feedback:
    found = select(Tote).where(Tote.warehouse_id == actor.warehouse_id, Tote.barcode == code.text)
    tote = session.scalars(found).one_or_none()
    return feedback.unknown(code) if tote is None else feedback.told(contents.told(session, actor, tote))


def _look_up_order(session: Session, actor: Actor, code: Code) -> Feedback:
    found = select(Order).where(Order.warehouse_id == actor.warehouse_id, Order.barcode == code.text)
    order = session.scalars(found).one_or_none()
    if order is None:
        return feedback.unknown(code)
    if order.status is OrderStatus.CANCELLED:
        return feedback.told(say("{order} is cancelled", order=order.number))
    ordered: int = session.execute(
        select(func.coalesce(func.sum(OrderLine.to_pick), 0)).where(
            OrderLine.warehouse_id == actor.warehouse_id, OrderLine.order_id == order.id
        )
    ).scalar_one()
    picked: int = session.execute(
        select(func.coalesce(func.sum(PickTask.picked), 0)).where(
            PickTask.warehouse_id == actor.warehouse_id,
            PickTask.order_id == order.id,
            PickTask.status != TaskStatus.CANCELLED,
        )
    ).scalar_one()
    return feedback.told(say("{order}: {n} of {total} picked", order=order.number, n=int(picked), total=int(ordered)))


def _in_location(session: Session, actor: Actor, location: ScannedLocation) -> Said:
    is_counted = select(Location.id).where(
        Location.warehouse_id == actor.warehouse_id,
        Location.id == location.location_id,
        Location.id.in_(counting.under_count(actor)),
    )
    if session.execute(is_counted).first() is not None:
        return say("{where} is closed until it is counted", where=location.code)
    rows = session.execute(
        select(Product.sku.label("name"), func.sum(Stock.on_hand).label("units"))
        .join(Stock, and_(Stock.warehouse_id == Product.warehouse_id, Stock.product_id == Product.id))
        .where(Product.warehouse_id == actor.warehouse_id, Stock.place_id == location.location_id, Stock.on_hand > 0)
        .group_by(Product.sku)
        .order_by(func.sum(Stock.on_hand).desc(), Product.sku)
    ).all()
    if not rows:
        return say("{where} is empty", where=location.code)
    return _listed(location.code, rows)


def _where_is(session: Session, actor: Actor, item: Item) -> Said:
    rows = session.execute(
        select(Location.code.label("name"), func.sum(Stock.on_hand).label("units"))
        .join(Stock, and_(Stock.warehouse_id == Location.warehouse_id, Stock.place_id == Location.id))
        .where(
            Location.warehouse_id == actor.warehouse_id,
            Stock.product_id == item.product_id,
            Stock.on_hand > 0,
            Location.id.not_in(counting.under_count(actor)),
        )
        .group_by(Location.code, Location.kind)
        .order_by(Location.kind != LocationKind.PICK, func.sum(Stock.on_hand).desc(), Location.code)
    ).all()
    if not rows:
        return say("{sku} is in no location", sku=item.sku)
    return _listed(item.sku, rows)


def _listed(what: str, rows: Sequence[Row[str, int]]) -> Said:
    """Name a few with their units; numbers and names are read in every language."""
    named = ", ".join(f"{row.name} ({row.units})" for row in rows[:_NAMED])
    if len(rows) > _NAMED:
        return say("{what}: {first} and {n} more", what=what, first=named, n=len(rows) - _NAMED)
    return say("{what}: {first}", what=what, first=named)
