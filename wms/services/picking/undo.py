"""UNDO and SKIP: the last accepted step is taken back, a line is put to the end of the walk."""

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.journal import JournalEntry, record
from wms.domain.orders import Order, OrderStatus
from wms.domain.picking import BatchOrder, ItemPicked, PickTask, ScanUndone, TaskSkipped, TaskStatus
from wms.domain.saying import say, say_some
from wms.domain.totes import Tote
from wms.services import feedback
from wms.services.picking import tasks
from wms.services.picking.screens import Stop
from wms.services.screens import Feedback

_SKIPS_BEFORE_A_WORD = 2


def undo(session: Session, actor: Actor, stop: Stop) -> Feedback:
    """Take back the last accepted step of the stop's line or, where it is untouched, of the line before it."""
    if stop.status is TaskStatus.CANCELLED:
        return feedback.wrong(say("Order cancelled. Put it back first"))
    if stop.found is not None or stop.in_hand:
        return _undo_in_line(session, actor, stop)
    last = _last_done(session, actor, stop.batch_id)
    skipped = _last_skipped(session, actor, stop, last)
    if stop.at_shelf and (last is None or last.location_id != stop.location_id):
        tasks.stand_at(session, actor, stop.batch_id, None)
        record(session, actor, ScanUndone(order_id=stop.order_id, task_id=stop.task_id, step="location"))
        return feedback.told(say("Scan the shelf again"))
    return _undo_put(session, actor, last) if skipped is None else _undo_skip(session, actor, skipped)


def undo_last(session: Session, actor: Actor, batch_id: int) -> Feedback:
    """Take back the last line of a walk whose lines are all done."""
    return _undo_put(session, actor, _last_done(session, actor, batch_id))


def _undo_in_line(session: Session, actor: Actor, stop: Stop) -> Feedback:
    task = tasks.claim(session, actor, stop)
    if task is None:
        return feedback.NOT_COUNTED
    if task.found is not None:
        was_confirmed = task.short_confirmed
        if was_confirmed:
            task.short_confirmed = False
        else:
            task.forget_short()
        record(session, actor, ScanUndone(order_id=task.order_id, task_id=task.id, step="short"))
        session.flush()
        return feedback.told(say("Say again how many") if was_confirmed else say("SHORT taken back"))
    units = _last_scanned(session, actor, task)
    task.in_hand -= units
    record(session, actor, ScanUndone(order_id=task.order_id, task_id=task.id, step="item"))
    session.flush()
    return feedback.told(say("Put {n} back on the shelf", n=units))


def _last_scanned(session: Session, actor: Actor, task: PickTask) -> int:
    """Return the units of the last item scan not yet taken back, as the journal tells: a case counted several."""
    entries = session.execute(
        select(JournalEntry.event, JournalEntry.data)
        .where(
            JournalEntry.warehouse_id == actor.warehouse_id,
            JournalEntry.order_id == task.order_id,
            JournalEntry.event.in_((ItemPicked.__name__, ScanUndone.__name__)),
        )
        .order_by(JournalEntry.at, JournalEntry.id)
    )
    scanned: list[int] = []
    for event, data in entries:
        if data["task_id"] == task.id:
            if event == ItemPicked.__name__:
                scanned.append(data["quantity"])
            elif data["step"] == "item" and scanned:
                _ = scanned.pop()
    return min(scanned[-1], task.in_hand) if scanned else task.in_hand


def _last_done(session: Session, actor: Actor, batch_id: int) -> PickTask | None:
    return session.scalars(
        select(PickTask)
        .where(
            PickTask.warehouse_id == actor.warehouse_id,
            PickTask.batch_id == batch_id,
            PickTask.status.in_((TaskStatus.PICKED, TaskStatus.SHORT)),
        )
        .order_by(PickTask.done_at.desc(), PickTask.sequence.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()


def _last_skipped(session: Session, actor: Actor, stop: Stop, last: PickTask | None) -> PickTask | None:
    """Return the line that was put to the end of the walk after the last line was done, or None."""
    task = session.scalars(
        select(PickTask)
        .where(
            PickTask.warehouse_id == actor.warehouse_id,
            PickTask.batch_id == stop.batch_id,
            PickTask.status == TaskStatus.OPEN,
            PickTask.skips > 0,
            PickTask.id != stop.task_id,
        )
        .order_by(PickTask.sequence.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if task is None or last is None or last.done_at is None:
        return task
    skips = session.scalars(
        select(JournalEntry.data).where(
            JournalEntry.warehouse_id == actor.warehouse_id,
            JournalEntry.order_id == task.order_id,
            JournalEntry.event == TaskSkipped.__name__,
            JournalEntry.at >= last.done_at,
        )
    )
    return task if any(data["task_id"] == task.id for data in skips) else None


def _undo_skip(session: Session, actor: Actor, task: PickTask) -> Feedback:
    first: int = session.execute(
        select(func.min(PickTask.sequence)).where(
            PickTask.warehouse_id == actor.warehouse_id,
            PickTask.batch_id == task.batch_id,
            PickTask.status == TaskStatus.OPEN,
        )
    ).scalar_one()
    task.sequence = first - 1
    task.skips -= 1
    record(session, actor, ScanUndone(order_id=task.order_id, task_id=task.id, step="skip"))
    session.flush()
    return feedback.told(say("SKIP taken back"))


def _undo_put(session: Session, actor: Actor, task: PickTask | None) -> Feedback:
    if task is None:
        return feedback.wrong(say("Nothing to undo"))
    place = session.execute(
        select(BatchOrder.tote_id, BatchOrder.dropped_at, Tote.barcode, Order.status)
        .join(Tote, and_(Tote.warehouse_id == BatchOrder.warehouse_id, Tote.id == BatchOrder.tote_id))
        .join(Order, and_(Order.warehouse_id == BatchOrder.warehouse_id, Order.id == BatchOrder.order_id))
        .where(
            BatchOrder.warehouse_id == actor.warehouse_id,
            BatchOrder.batch_id == task.batch_id,
            BatchOrder.order_id == task.order_id,
        )
    ).one()
    if place.dropped_at is not None:
        return feedback.wrong(say("Too late. {tote} has left", tote=place.barcode))
    if place.status is OrderStatus.CANCELLED:
        return feedback.wrong(say("Too late. That order is cancelled"))
    units = tasks.reopen(session, actor, task, place.tote_id)
    tasks.stand_at(session, actor, task.batch_id, task.location_id)
    record(session, actor, ScanUndone(order_id=task.order_id, task_id=task.id, step="tote", units=units))
    return feedback.told(
        say("Take {n} out of {tote}", n=units, tote=place.barcode) if units else say("Say again how many")
    )


def skip(session: Session, actor: Actor, stop: Stop) -> Feedback:
    """Put the line to the end of the walk, while nothing of it is in hand."""
    if stop.in_hand or stop.found is not None:
        return feedback.wrong(say("UNDO first, then SKIP"))
    if stop.total - stop.done <= 1:
        return feedback.wrong(say("Last line. It cannot wait"))
    task = tasks.claim(session, actor, stop)
    if task is None:
        return feedback.NOT_COUNTED
    last: int = session.execute(
        select(func.max(PickTask.sequence)).where(
            PickTask.warehouse_id == actor.warehouse_id, PickTask.batch_id == stop.batch_id
        )
    ).scalar_one()
    task.sequence = last + 1
    task.skips += 1
    record(session, actor, TaskSkipped(order_id=task.order_id, task_id=task.id))
    session.flush()
    if task.skips >= _SKIPS_BEFORE_A_WORD:
        return feedback.told(
            say_some("Skipped {n} time. Tell the lead", "Skipped {n} times. Tell the lead", task.skips)
        )
    return feedback.told(say("Skipped. It comes last"))
