"""A walk given back half done: it waits on its cart, totes and all, for whoever scans that cart next.

One of which nothing is left, since all its orders were cancelled before a tote was bound, ends instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.errors import DomainError
from wms.domain.floor import Cart, Location
from wms.domain.journal import record
from wms.domain.picking import Batch, BatchOrder, BatchStatus, FullTote, PickTask, TaskStatus
from wms.domain.saying import say
from wms.domain.waves import Wave
from wms.services.locking import locked_walk
from wms.services.picking.line import hands
from wms.services.picking.walk import steps
from wms.services.planning import ending
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback

_REASON = "given back"
_NOTHING_LEFT = "given back with all its orders cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenBack:
    """A walk given back at the desk: its cart ('' = free again, None = the walk is over), and what must go back.

    `in_hand` are units with their SKU and location: the books have them on the shelf, the worker had them in hand.
    """

    batch: str
    cart: str | None
    in_hand: tuple[tuple[int, str, str], ...]


def give_back(session: Session, actor: Actor, batch_id: int) -> Feedback:
    """Give the picker's own walk back, while nothing of it is in hand."""
    wave, tasks, batch = locked_walk(session, actor, batch_id)
    if batch.status is not BatchStatus.STARTED or batch.worker_id != actor.worker_id:
        return feedback.NOT_COUNTED
    if any(task.in_hand or _is_being_said(task) for task in tasks):
        return feedback.wrong(say("Finish or UNDO this line first"))
    cart = _hand_back(session, actor, wave, batch, tasks)
    return feedback.told(say("Given back. {cart} waits here", cart=cart) if cart else say("Cart is free again"))


def give_back_for(session: Session, actor: Actor, batch_id: int) -> GivenBack:
    """Give a walk back whose worker has left; NotFoundError, DomainError where nobody is on it."""
    wave, tasks, batch = locked_walk(session, actor, batch_id)
    if batch.status is not BatchStatus.STARTED:
        raise DomainError(f"{batch.name} is {batch.status}. Nobody is on it.")
    in_hand = _in_hand(session, actor, batch_id)
    for task in tasks:
        if task.in_hand:
            hands.lay_down(session, actor, task, task.in_hand)
            task.in_hand, task.lot_proved = 0, False
        if _is_being_said(task):
            _unsay(session, actor, task)
    cart = _hand_back(session, actor, wave, batch, tasks)
    return GivenBack(batch=batch.name, cart=cart, in_hand=in_hand)


def _is_being_said(task: PickTask) -> bool:
    return task.status is TaskStatus.OPEN and task.found is not None and not task.short_confirmed


def _unsay(session: Session, actor: Actor, task: PickTask) -> None:
    """Let a line be as before a short was begun that nobody has confirmed; no UNDO brings it up again."""
    for step in steps.newest_said(session, actor, task):
        before = step.before
        task.found, task.short_reason, task.short_confirmed = before["found"], before["reason"], before["confirmed"]
        session.delete(step)
        if not _is_being_said(task):
            break


def _in_hand(session: Session, actor: Actor, batch_id: int) -> tuple[tuple[int, str, str], ...]:
    rows = session.execute(
        select(PickTask.in_hand, Product.sku, Location.code)
        .join(Product, and_(Product.warehouse_id == PickTask.warehouse_id, Product.id == PickTask.product_id))
        .join(Location, and_(Location.warehouse_id == PickTask.warehouse_id, Location.id == PickTask.location_id))
        .where(PickTask.warehouse_id == actor.warehouse_id, PickTask.batch_id == batch_id, PickTask.in_hand > 0)
        .order_by(PickTask.sequence)
    )
    return tuple((units, sku, location) for units, sku, location in rows)


def _hand_back(session: Session, actor: Actor, wave: Wave, batch: Batch, tasks: Sequence[PickTask]) -> str | None:
    """Put a walk back into the queue; return the cart it waits on, '' where no tote stands on one.

    None where it has ended, since nothing of it was left.
    """
    for task in tasks:
        task.skip_asked = False
    steps.forget_locations(session, actor, batch.id)
    if _has_totes(session, actor, batch):
        name = session.get_one(Cart, (actor.warehouse_id, batch.cart_id)).name
        record(session, actor, batch.hand_back(_REASON, keep_cart=True))
        session.flush()
        return name
    if any(task.status is TaskStatus.OPEN for task in tasks):
        free_cart(session, actor, batch, _REASON)
        return ""
    record(session, actor, batch.cancel(_NOTHING_LEFT))
    steps.forget(session, actor, batch.id)
    session.flush()
    ending.end_wave(session, actor, wave)
    return None


def free_cart(session: Session, actor: Actor, batch: Batch, reason: str = "") -> None:
    """Put a walk without totes back into the queue for any cart, without the orders that were cancelled meanwhile.

    So it ends with the last of the others, if that one is cancelled too.
    """
    has_open_line = exists().where(
        PickTask.warehouse_id == BatchOrder.warehouse_id,
        PickTask.batch_id == BatchOrder.batch_id,
        PickTask.order_id == BatchOrder.order_id,
        PickTask.status == TaskStatus.OPEN,
    )
    _ = session.execute(
        delete(BatchOrder).where(
            BatchOrder.warehouse_id == actor.warehouse_id,
            BatchOrder.batch_id == batch.id,
            BatchOrder.tote_id.is_(None),
            ~has_open_line,
        )
    )
    record(session, actor, batch.hand_back(reason))
    session.flush()


def _has_totes(session: Session, actor: Actor, batch: Batch) -> bool:
    on_cart = select(BatchOrder.order_id).where(
        BatchOrder.warehouse_id == actor.warehouse_id,
        BatchOrder.batch_id == batch.id,
        BatchOrder.dropped_at.is_(None),
        or_(
            BatchOrder.tote_id.is_not(None),
            BatchOrder.order_id.in_(
                select(FullTote.order_id).where(
                    FullTote.warehouse_id == actor.warehouse_id, FullTote.batch_id == batch.id
                )
            ),
        ),
    )
    return session.execute(on_cart.limit(1)).first() is not None
