"""Why a line, or another step of a walk, is not on the screen any more for which a scan was made.

Its order was cancelled, its wave recalled, or its walk moved or given back; at the put wall, the order of what is in
hand was cancelled. A tote that broke is out of use already: somebody else was done with it, or its order was recalled.
"""

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import id_of, is_id
from wms.domain.orders import Order, OrderStatus
from wms.domain.picked import PickedUnits
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask, TaskStatus
from wms.domain.saying import Said, say
from wms.domain.totes import Tote, ToteStatus
from wms.domain.waves import Wave
from wms.services.picking.screens import Moved, TaskScreen
from wms.services.picking.walk import building
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback, Screen

_AT_WALL = "put-"
_BROKEN = "broken-"
# A walk's tokens that are no line's: after the word comes the walk's id.
_OF_WALK = frozenset({"build", "drop", "empty", "broken", "wrong"})
# What is said where nothing is left to do, and where the walk goes on.
_CANCELLED = say("Order cancelled"), say("Order cancelled. Next line")
_TAKEN_BACK = say("Line taken back"), say("Line taken back. Next line")


def why_left(session: Session, actor: Actor, token: str, screen: Screen) -> Feedback | None:
    """Say what somebody else did to the line or walk of a token; None where it went its usual way."""
    if isinstance(screen, Moved):
        return feedback.changed(say("Moved to device {n}", n=screen.device))
    if token.startswith(_AT_WALL):
        return _left_in_hand(session, actor, token.removeprefix(_AT_WALL).partition("-")[0])
    if is_id(token):
        return _left_line(session, actor, id_of(token), screen)
    broken = _left_broken(session, actor, token.rpartition("-")[2]) if token.startswith(_BROKEN) else None
    return broken or _left_walk(session, actor, token, screen)


def _left_line(session: Session, actor: Actor, task_id: int, screen: Screen) -> Feedback | None:
    line = session.execute(
        select(PickTask.status, Batch.name, Batch.status.label("walk"), Order.status.label("order"))
        .join(Batch, and_(Batch.warehouse_id == PickTask.warehouse_id, Batch.id == PickTask.batch_id))
        .join(Order, and_(Order.warehouse_id == PickTask.warehouse_id, Order.id == PickTask.order_id))
        .where(PickTask.warehouse_id == actor.warehouse_id, PickTask.id == task_id)
    ).one_or_none()
    if line is None:
        return None
    if line.status is TaskStatus.CANCELLED:
        words = _CANCELLED if line.order is OrderStatus.CANCELLED else _TAKEN_BACK
        return feedback.changed(words[isinstance(screen, TaskScreen)])
    return _given_back(line.name) if line.walk is BatchStatus.WAITING else None


def _given_back(batch: str) -> Feedback:
    return feedback.changed(say("{batch} was given back", batch=batch))


def _left_walk(session: Session, actor: Actor, token: str, screen: Screen) -> Feedback | None:
    """Say what became of a walk, or of the orders that its cart was built for."""
    kind, _, rest = token.partition("-")
    walk = rest.partition("-")[0]
    batch = session.get(Batch, (actor.warehouse_id, id_of(walk))) if kind in _OF_WALK and is_id(walk) else None
    if batch is None:
        return None
    match batch.status:
        case BatchStatus.WAITING:
            return _given_back(batch.name)
        case BatchStatus.CANCELLED:
            is_left = True
        case BatchStatus.STARTED:
            is_left = kind == "build" and token != building.token_now(session, actor, batch.id)
        case BatchStatus.DONE:
            is_left = False
    words = _why_fewer(session, actor, batch) if is_left else None
    return None if words is None else feedback.changed(words[isinstance(screen, TaskScreen)])


def _why_fewer(session: Session, actor: Actor, batch: Batch) -> tuple[Said, Said] | None:
    """Return what is said of orders that no tote is asked for any more; None where their picker left them waiting."""
    is_cancelled = exists().where(
        BatchOrder.warehouse_id == actor.warehouse_id,
        BatchOrder.batch_id == batch.id,
        BatchOrder.tote_id.is_(None),
        Order.warehouse_id == BatchOrder.warehouse_id,
        Order.id == BatchOrder.order_id,
        Order.status == OrderStatus.CANCELLED,
    )
    if session.execute(select(is_cancelled)).scalar_one():
        return _CANCELLED
    wave = session.get_one(Wave, (actor.warehouse_id, batch.wave_id))
    return None if wave.recalled_at is None else _TAKEN_BACK


def _left_in_hand(session: Session, actor: Actor, units: str) -> Feedback | None:
    """Say where a sorter's units go whose order was cancelled: the put-back takes them out of their tote."""
    if not is_id(units):
        return None
    tote = session.execute(
        select(Tote.barcode)
        .join(PickedUnits, and_(PickedUnits.warehouse_id == Tote.warehouse_id, PickedUnits.tote_id == Tote.id))
        .join(PickTask, and_(PickTask.warehouse_id == PickedUnits.warehouse_id, PickTask.id == PickedUnits.task_id))
        .join(Order, and_(Order.warehouse_id == PickTask.warehouse_id, Order.id == PickTask.order_id))
        .where(
            PickedUnits.warehouse_id == actor.warehouse_id,
            PickedUnits.id == id_of(units),
            PickedUnits.lost_at.is_(None),
            Tote.wall == "",
            Order.status == OrderStatus.CANCELLED,
        )
    ).scalar_one_or_none()
    return None if tote is None else feedback.changed(say("Order cancelled. Put it back into {tote}", tote=tote))


def _left_broken(session: Session, actor: Actor, tote_id: str) -> Feedback | None:
    """Say of a tote that breaks that it is out of use already: nothing is in it, or all is in another by now."""
    tote = session.get(Tote, (actor.warehouse_id, id_of(tote_id))) if is_id(tote_id) else None
    if tote is None or tote.status is not ToteStatus.LOST:
        return None
    return feedback.changed(say("{tote} is out of use now", tote=tote.barcode))
