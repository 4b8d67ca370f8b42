"""UNDO: the last accepted step is taken back, whatever it was."""

from collections.abc import Callable, Collection

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.floor import Location
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.picked import PickedUnits, PickStep, ScanUndone, StepKind
from wms.domain.picking import Batch, BatchOrder, PickTask, Proof, TaskStatus
from wms.domain.saying import say
from wms.domain.totes import Tote
from wms.services.picking.exceptions import found_again, full_totes, skipping
from wms.services.picking.line import dealing, hands, lots
from wms.services.picking.walk import steps, tasks
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback
from wms.services.stock import counting


def undo(session: Session, actor: Actor, batch_id: int) -> Feedback:
    """Take back the last accepted step of a walk: in this line or, where it is untouched, in the one before it.

    A step that was about cancelled orders alone is passed over; of several orders those that live are undone.
    """
    step = steps.newest(session, actor, batch_id)
    if step is None:
        return feedback.wrong(say("Nothing to undo"))
    rows = tasks.locked(session, actor, {step.task_id, *_others(step)})
    living = _living(session, actor, rows.values())
    if not living and step.kind is not StepKind.WRONG:
        return _undo_behind(session, actor, step)
    own = rows[step.task_id]
    task = own if own in living or not living else living[0]
    left = _left(session, actor, [row.id for row in living])
    if left:
        return feedback.wrong(say("Too late. {tote} has left", tote=left))
    change = _lot_of_its_scan(session, actor, step) if task.lot else None
    if change is not None and not lots.change_back(session, actor, task, change.before):
        return feedback.wrong(say("Lot {lot} is taken. Go on", lot=change.before["lot"]))
    verdict = _REVERSES[step.kind](session, actor, step, task)
    if verdict is not None and verdict.tone == "wrong":
        return verdict
    if change is not None:
        _undone(session, actor, task, StepKind.LOT)
        session.delete(change)
    session.delete(step)
    _bring_first(session, actor, task)
    session.flush()
    return undo(session, actor, batch_id) if verdict is None else verdict


def _others(step: PickStep) -> list[int]:
    """The further lines that a step was about."""
    was = [one["task_id"] for one in step.before.get("was", ())]
    return [*(task_id for task_id, _ in step.before.get("also", ())), *was]


def _living(session: Session, actor: Actor, rows: Collection[PickTask]) -> list[PickTask]:
    """The lines whose orders are not cancelled, in their sequence."""
    of_orders = Order.warehouse_id == actor.warehouse_id, Order.id.in_({row.order_id for row in rows})
    dead = set(session.scalars(select(Order.id).where(*of_orders, Order.status == OrderStatus.CANCELLED)))
    living = [row for row in rows if row.status is not TaskStatus.CANCELLED and row.order_id not in dead]
    return sorted(living, key=lambda row: (row.sequence, row.id))


def _undo_behind(session: Session, actor: Actor, step: PickStep) -> Feedback:
    """Take back the step before this one, which was about cancelled orders alone: nothing is left of it to undo."""
    session.delete(step)
    session.flush()
    is_last = steps.newest(session, actor, step.batch_id) is None
    return feedback.wrong(found_again.CANCELLED) if is_last else undo(session, actor, step.batch_id)


def _lot_of_its_scan(session: Session, actor: Actor, step: PickStep) -> PickStep | None:
    """The lot that the scan of units still in hand has proved or changed too: it is taken back with them."""
    if step.kind is not StepKind.UNITS:
        return None
    row = session.get(PickedUnits, (actor.warehouse_id, step.before["units"]), populate_existing=True)
    return None if row is None or row.tote_id is not None else steps.lot_of_its_scan(session, actor, step)


def _left(session: Session, actor: Actor, task_ids: Collection[int]) -> str | None:
    """The tote of an order of these lines that has left the cart; None where all are on it."""
    return session.scalars(
        select(Tote.barcode)
        .join(BatchOrder, and_(BatchOrder.warehouse_id == Tote.warehouse_id, BatchOrder.tote_id == Tote.id))
        .join(
            PickTask,
            and_(
                PickTask.warehouse_id == BatchOrder.warehouse_id,
                PickTask.batch_id == BatchOrder.batch_id,
                PickTask.order_id == BatchOrder.order_id,
            ),
        )
        .where(Tote.warehouse_id == actor.warehouse_id, PickTask.id.in_(task_ids), BatchOrder.dropped_at.is_not(None))
        .limit(1)
    ).one_or_none()


def _bring_first(session: Session, actor: Actor, task: PickTask) -> None:
    """Let the walk go on with the line that something was taken back of, wherever it stands by now."""
    first: int | None = session.execute(
        select(func.min(PickTask.sequence)).where(
            PickTask.warehouse_id == actor.warehouse_id,
            PickTask.batch_id == task.batch_id,
            PickTask.status == TaskStatus.OPEN,
            PickTask.id != task.id,
        )
    ).scalar_one()
    if first is not None and first <= task.sequence:
        task.sequence = first - 1


def _undone(session: Session, actor: Actor, task: PickTask, step: StepKind, units: int = 0, put_by: str = "") -> None:
    undone = ScanUndone(order_id=task.order_id, task_id=task.id, step=step, units=units, put_by=put_by)
    record(session, actor, undone)


def _leave_location(session: Session, actor: Actor, step: PickStep, task: PickTask) -> Feedback:
    before = step.before
    tasks.stand_at(session, actor, task.batch_id, before["location"], Proof(before["proof"]))
    _undone(session, actor, task, StepKind.LOCATION)
    return feedback.told(say("Scan the shelf again"))


def _ask_again(session: Session, actor: Actor, step: PickStep, task: PickTask) -> Feedback | None:
    """Ask once more whether a location is empty, and call off the count of one that was not; None once it was done."""
    location_id, count = step.before["location"], step.before["count"]
    if counting.was_counted(session, actor, location_id, step.at):
        return None
    if count is not None:
        counting.call_off(session, actor, count, session.get_one(Location, (actor.warehouse_id, location_id)).code)
    session.get_one(Batch, (actor.warehouse_id, task.batch_id), populate_existing=True).asked_empty_id = location_id
    _undone(session, actor, task, StepKind.LOOKED)
    return feedback.told(feedback.ASKS["answer"])


def _lay_down(session: Session, actor: Actor, step: PickStep, task: PickTask) -> Feedback | None:
    scans = [(step.task_id, step.before["units"]), *step.before.get("also", ())]
    units = dealing.lay_down(session, actor, scans)
    if not units:
        return None  # they lie on the shelf already, since fewer were said to be found
    said, stood = step.before["said"], step.before["stood"]
    if said is not None:
        task.found, task.short_reason, task.short_confirmed = said["found"], said["reason"], said["confirmed"]
    if stood is not None:
        tasks.stand_at(session, actor, task.batch_id, stood["location"], Proof(stood["proof"]))
    if not task.in_hand:
        task.lot_proved = False
    _undone(session, actor, task, StepKind.UNITS)
    return feedback.told(say("Put {n} back on the shelf", n=units))


def _unsay(session: Session, actor: Actor, step: PickStep, task: PickTask) -> Feedback:
    before = step.before
    task.found, task.short_reason, task.short_confirmed = before["found"], before["reason"], before["confirmed"]
    _undone(session, actor, task, StepKind.SAID)
    if task.found is None or task.short_confirmed:
        return feedback.told(say("SHORT taken back"))
    return feedback.told(say("{n} found. Scan the shelf", n=before["found"]))


def _bring_back(session: Session, actor: Actor, step: PickStep, task: PickTask) -> Feedback:
    too_late = found_again.take_back(session, actor, step)
    if too_late is not None:
        return feedback.wrong(too_late)
    _stand_there_still(session, actor, task)
    _undone(session, actor, task, StepKind.SHORT)
    return feedback.told(say("Say again how many"))


def _take_out(session: Session, actor: Actor, step: PickStep, task: PickTask) -> Feedback:
    tote = session.get_one(Tote, (actor.warehouse_id, step.before["tote"])).barcode
    put_by = step.before.get("worker", actor.worker_id)  # a step from before this was noted does not say
    rows = tasks.locked(session, actor, {step.task_id, *_others(step)}).values()
    living = _living(session, actor, rows)
    units = sum(tasks.take_out(session, actor, row, step.before["tote"], put_by) for row in living)
    _stand_there_still(session, actor, task)
    _undone(session, actor, task, StepKind.TOTE, units, text_id(put_by or 0))
    return feedback.told(say("Take {n} out of {tote}", n=units, tote=tote))


def _stand_there_still(session: Session, actor: Actor, task: PickTask) -> None:
    """Let a line's location be proved as it was; once the walk has stood elsewhere it is to be proved again."""
    batch = session.get_one(Batch, (actor.warehouse_id, task.batch_id), populate_existing=True)
    if batch.location_id == task.location_id:
        tasks.stand_at(session, actor, batch.id, task.location_id, batch.location_proof)
    else:
        tasks.stand_at(session, actor, batch.id, None, Proof.NONE)


def _unprove_lot(session: Session, actor: Actor, step: PickStep, task: PickTask) -> Feedback:
    if not lots.change_back(session, actor, task, step.before):
        return feedback.wrong(say("Lot {lot} is taken. Go on", lot=step.before["lot"]))
    _undone(session, actor, task, StepKind.LOT)
    return feedback.told(say("Scan the lot again"))


def _forget_serial(session: Session, actor: Actor, step: PickStep, task: PickTask) -> Feedback:
    row = session.get(PickedUnits, (actor.warehouse_id, step.before["units"]), populate_existing=True)
    if row is not None:
        row.serial = ""
        hands.join_again(session, actor, row, step.before.get("of", row.id))
    _undone(session, actor, task, StepKind.SERIAL)
    return feedback.told(say("Scan the serial again"))


def _use_again(session: Session, actor: Actor, step: PickStep, task: PickTask) -> Feedback:
    tote = full_totes.use_again(session, actor, task, step.before["tote"])
    if tote is None:
        return feedback.wrong(say("The new tote is not empty"))
    _undone(session, actor, task, StepKind.FULL)
    return feedback.told(say("{tote} is not full", tote=tote))


def _keep_open(_: Session, __: Actor, ___: PickStep, ____: PickTask) -> Feedback:
    return feedback.wrong(say("A wrong item cannot be undone"))


# None where there was nothing left to take back: the step before it is meant.
_REVERSES: dict[StepKind, Callable[[Session, Actor, PickStep, PickTask], Feedback | None]] = {
    StepKind.LOCATION: _leave_location,
    StepKind.UNITS: _lay_down,
    StepKind.SAID: _unsay,
    StepKind.SHORT: _bring_back,
    StepKind.LOT: _unprove_lot,
    StepKind.SERIAL: _forget_serial,
    StepKind.TOTE: _take_out,
    StepKind.SKIP: skipping.take_back,
    StepKind.FULL: _use_again,
    StepKind.LOOKED: _ask_again,
    StepKind.WRONG: _keep_open,
}
