"""Why a line is not on the screen any more for which a scan was made.

Its order was cancelled, its wave recalled, or its walk moved.
"""

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import id_of, is_id
from wms.domain.orders import Order, OrderStatus
from wms.domain.picking import Batch, BatchStatus, PickTask, TaskStatus
from wms.domain.saying import say
from wms.services import feedback
from wms.services.picking.screens import Moved, TaskScreen
from wms.services.screens import Feedback, Screen

# What is said where nothing is left to do, and where the walk goes on.
_CANCELLED = say("Order cancelled"), say("Order cancelled. Next line")
_TAKEN_BACK = say("Line taken back"), say("Line taken back. Next line")


def why_left(session: Session, actor: Actor, token: str, screen: Screen) -> Feedback | None:
    """Say what somebody else did to the line or walk of a token; None where it went its usual way."""
    if isinstance(screen, Moved):
        return feedback.changed(say("Moved to device {n}", n=screen.device))
    if not is_id(token):
        return None
    line = session.execute(
        select(PickTask.status, Batch.name, Batch.status.label("walk"), Order.status.label("order"))
        .join(Batch, and_(Batch.warehouse_id == PickTask.warehouse_id, Batch.id == PickTask.batch_id))
        .join(Order, and_(Order.warehouse_id == PickTask.warehouse_id, Order.id == PickTask.order_id))
        .where(PickTask.warehouse_id == actor.warehouse_id, PickTask.id == id_of(token))
    ).one_or_none()
    if line is None:
        return None
    if line.status is TaskStatus.CANCELLED:
        words = _CANCELLED if line.order is OrderStatus.CANCELLED else _TAKEN_BACK
        return feedback.changed(words[isinstance(screen, TaskScreen)])
    if line.walk is BatchStatus.WAITING:
        return feedback.changed(say("{batch} was given back", batch=line.name))
    return None
