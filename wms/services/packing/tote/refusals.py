"""Why a tote scanned at the bench cannot be packed now."""

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.floor import Station
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.picking import PickTask, TaskStatus
from wms.domain.saying import Said, say, say_some
from wms.domain.totes import Tote, ToteStatus
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback
from wms.services.stock import unsorted

_SAID = {
    OrderStatus.CANCELLED: say("Order cancelled. Put back"),
    OrderStatus.SHORT: say("Order is short. Take it to hold"),
}
_NOT_YET = (OrderStatus.WAVED, OrderStatus.PICKING)


def refusal(session: Session, actor: Actor, tote: Tote, order: Order) -> Feedback | None:
    """Say why the order in a tote cannot be packed now; None where it can."""
    if order.status in _NOT_YET:
        return feedback.wrong(_not_yet(session, actor, order))
    if order.status in _SAID:
        return feedback.wrong(_SAID[order.status])
    left = unsorted.units_of_order(session, actor, order.id)
    if left:
        return feedback.wrong(say_some("Not sorted yet: {n} unit", "Not sorted yet: {n} units", left))
    open_at = _open_at(session, actor, order)
    if tote.status is ToteStatus.PACKING or open_at:
        return feedback.wrong(
            say("{order} is open at {station}", order=order.number, station=open_at)
            if open_at
            else say("{order} is open at a station", order=order.number)
        )
    if order.status is OrderStatus.PICKED and tote.status is ToteStatus.STAGED:
        return None
    return feedback.wrong(not_ready(order.number, order.status))


def not_ready(number: str, status: OrderStatus) -> Said:
    """Say of an order that it is packed, or that it cannot be packed yet."""
    if status in {OrderStatus.PACKED, OrderStatus.SHIPPED}:
        return say("Order {order} is packed already", order=number)
    return say("{order} is not ready. See the lead", order=number)


def _not_yet(session: Session, actor: Actor, order: Order) -> Said:
    lines = session.scalar(
        select(func.count()).where(
            PickTask.warehouse_id == actor.warehouse_id,
            PickTask.order_id == order.id,
            PickTask.status == TaskStatus.OPEN,
        )
    )
    if not lines:
        return say("Not picked yet: cart not dropped")
    return say_some("Not picked yet: {n} line open", "Not picked yet: {n} lines open", lines)


def _open_at(session: Session, actor: Actor, order: Order) -> str:
    """The name of the station where the order lies on the bench, '' for none."""
    at_bench = or_(Package.status == PackageStatus.OPEN, Tote.status == ToteStatus.PACKING)
    found = session.scalars(
        select(Station.name)
        .join(Package, and_(Package.warehouse_id == Station.warehouse_id, Package.station_id == Station.id))
        .outerjoin(Tote, and_(Tote.warehouse_id == Package.warehouse_id, Tote.order_id == Package.order_id))
        .where(Package.warehouse_id == actor.warehouse_id, Package.order_id == order.id, at_bench)
        .order_by(Package.number.desc())
        .limit(1)
    ).one_or_none()
    return found or ""
