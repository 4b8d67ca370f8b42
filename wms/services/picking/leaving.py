"""Why a line is not on the screen any more for which a scan was made: its order was cancelled, or its walk moved."""

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import id_of, is_id
from wms.domain.picking import Batch, BatchStatus, PickTask, TaskStatus
from wms.domain.saying import say
from wms.services import feedback
from wms.services.picking.screens import Moved, TaskScreen
from wms.services.screens import Feedback, Screen


def why_left(session: Session, actor: Actor, token: str, screen: Screen) -> Feedback | None:
    """Say what somebody else did to the line or walk of a token; None where it went its usual way."""
    if isinstance(screen, Moved):
        return feedback.changed(say("Moved to device {n}", n=screen.device))
    if not is_id(token):
        return None
    line = session.execute(
        select(PickTask.status, Batch.name, Batch.status.label("walk"))
        .join(Batch, and_(Batch.warehouse_id == PickTask.warehouse_id, Batch.id == PickTask.batch_id))
        .where(PickTask.warehouse_id == actor.warehouse_id, PickTask.id == id_of(token))
    ).one_or_none()
    if line is None:
        return None
    if line.status is TaskStatus.CANCELLED:
        words = say("Order cancelled. Next line") if isinstance(screen, TaskScreen) else say("Order cancelled")
        return feedback.changed(words)
    if line.walk is BatchStatus.WAITING:
        return feedback.changed(say("{batch} was given back", batch=line.name))
    return None
