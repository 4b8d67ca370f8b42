"""Cancelling an order at any stage, with what that sets off: stock freed, walks emptied, labels voided, put-backs.

Of the batches only those that wait are locked (sequence: locking.py); one that is walked is left alone.
"""

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask, TaskStatus
from wms.domain.shipping import Label
from wms.domain.waves import WaveOrder
from wms.services import settling
from wms.services.carriers import labelling
from wms.services.locking import locked_wave_of
from wms.services.orders import cancelling_boxes
from wms.services.planning import ending
from wms.services.stock import allocating

_ENDED = (OrderStatus.SHIPPED, OrderStatus.CANCELLED)
_NOT_WALKED = (OrderStatus.ALLOCATED, OrderStatus.WAVED)
_DECIDED = (ExceptionKind.SHORT, ExceptionKind.MISMATCH, ExceptionKind.PRINT, ExceptionKind.CUSTOMS)


class TooLateError(DomainError):
    """An order was to be cancelled that has ended, or a box of which has left the house."""

    def __init__(self, sentence: str, *, number: str) -> None:
        super().__init__(sentence)
        self.number = number


def cancel(session: Session, actor: Actor, order: Order, reason: str) -> None:
    """End an order wherever it stands; TooLateError where it has left. The caller holds no lock on it yet."""
    wave = locked_wave_of(session, actor, order.id)
    _lock(session, order)
    _refuse_too_late(session, actor, order)
    tasks = _cancel_tasks(session, actor, order.id)
    _leave_waiting_batches(session, actor, order, reason)
    cancelling_boxes.empty(session, actor, order, tasks, reason)
    _ = allocating.give_back(session, actor, order.id)
    if order.status in _NOT_WALKED:
        _ = session.execute(
            delete(WaveOrder).where(WaveOrder.warehouse_id == actor.warehouse_id, WaveOrder.order_id == order.id)
        )
    if wave is not None:
        ending.end_wave(session, actor, wave)
    order.reason = ""
    record(session, actor, order.move_to(OrderStatus.CANCELLED, reason[:200]))
    # What the order lacked or printed needs no decision any more, and no label of it is asked for again.
    settling.close(session, actor, ExceptionItem.order_id == order.id, ExceptionItem.kind.in_(_DECIDED))
    labelling.settle_refusals(session, actor, Label, order.id)
    session.flush()


def cancel_by_id(session: Session, actor: Actor, order_id: int, reason: str) -> Order:
    """Cancel the order of an id and return it; NotFoundError, TooLateError."""
    order = session.get(Order, (actor.warehouse_id, order_id))
    if order is None:
        raise NotFoundError("order", order_id)
    cancel(session, actor, order, reason)
    return order


def _lock(session: Session, order: Order) -> None:
    """Lock the order and read it again: somebody may have moved it while this waited."""
    session.flush()
    session.refresh(order, with_for_update={"key_share": True})


def _refuse_too_late(session: Session, actor: Actor, order: Order) -> None:
    if order.status in _ENDED:
        raise TooLateError(f"{order.number} is {order.status}. It cannot be cancelled.", number=order.number)
    gone = session.scalars(
        select(Package.barcode).where(
            Package.warehouse_id == actor.warehouse_id,
            Package.order_id == order.id,
            Package.status == PackageStatus.HANDED_OVER,
        )
    ).first()
    if gone is not None:
        raise TooLateError(f"Box {gone} of {order.number} has left. Ask the carrier for it.", number=order.number)


def _cancel_tasks(session: Session, actor: Actor, order_id: int) -> list[PickTask]:
    """Lock all tasks, so that no scan is undone meanwhile, and cancel the open ones; units in hand go back by scan."""
    tasks = list(
        session.scalars(
            select(PickTask)
            .where(PickTask.warehouse_id == actor.warehouse_id, PickTask.order_id == order_id)
            .order_by(PickTask.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )
    for task in tasks:
        if task.status is TaskStatus.OPEN:
            task.move_to(TaskStatus.CANCELLED, actor.at)
            task.forget_short()
    session.flush()
    return tasks


def _leave_waiting_batches(session: Session, actor: Actor, order: Order, reason: str) -> None:
    """Take the order out of walks not begun; a walk left without orders is cancelled."""
    batches = session.scalars(
        select(Batch)
        .join(BatchOrder, and_(BatchOrder.warehouse_id == Batch.warehouse_id, BatchOrder.batch_id == Batch.id))
        .where(
            BatchOrder.warehouse_id == actor.warehouse_id,
            BatchOrder.order_id == order.id,
            Batch.status == BatchStatus.WAITING,
            Batch.cart_id.is_(None),
        )
        .order_by(Batch.id)
        .with_for_update(of=Batch, key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for batch in batches:
        _ = session.execute(
            delete(BatchOrder).where(
                BatchOrder.warehouse_id == actor.warehouse_id,
                BatchOrder.batch_id == batch.id,
                BatchOrder.order_id == order.id,
            )
        )
        others = session.scalar(
            select(func.count()).where(BatchOrder.warehouse_id == actor.warehouse_id, BatchOrder.batch_id == batch.id)
        )
        if not others:
            record(session, actor, batch.cancel(f"{order.number}, its last order: {reason}"[:200]))
    session.flush()
