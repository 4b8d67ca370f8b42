"""Less on the shelf than asked: how many were found, why, and the shelf's own scan instead of "are you sure"."""

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, CodeKind, Command
from wms.domain.journal import record
from wms.domain.picking import ItemPicked, PickTask
from wms.domain.saying import say
from wms.services import feedback
from wms.services.picking import tasks
from wms.services.picking.lines import names_shelf, put_it_back, too_many, units_of, wrong_shelf
from wms.services.picking.screens import Stop, TaskScreen
from wms.services.recognising import Item
from wms.services.screens import Feedback

_REASONS = {Command.SHORT: "missing", Command.NONE_HERE: "none here", Command.DAMAGED: tasks.DAMAGED}


def begin(session: Session, actor: Actor, stop: Stop, command: Command) -> Feedback:
    """Take SHORT, NONE HERE or DAMAGED: what is in hand so far counts as found."""
    if stop.left == 0 and stop.in_hand:
        return feedback.wrong(say("Nothing is missing. UNDO first"))
    task = tasks.claim(session, actor, stop)
    if task is None:
        return feedback.NOT_COUNTED
    if not stop.is_shorting or command is Command.NONE_HERE:
        task.found = task.in_hand
    task.short_confirmed = False
    if not (stop.is_shorting and command is Command.SHORT):
        task.short_reason = _REASONS[command]
    session.flush()
    return feedback.told(say("{command}. Then scan the shelf", command=feedback.COMMANDS[command]))


def judge_short(session: Session, actor: Actor, code: Code, screen: TaskScreen) -> Feedback:
    """Judge a scan while a short is being said: a quantity, a unit found after all, or the shelf that confirms."""
    stop = screen.stop
    if code.kind is CodeKind.QUANTITY:
        return _say_found(session, actor, stop, code.quantity)
    if names_shelf(stop, code):
        return _confirm(session, actor, stop)
    units = units_of(session, actor, stop, code)
    if isinstance(units, int):
        return _find(session, actor, stop, units)
    if isinstance(units, Item):
        return put_it_back(stop, units)
    return wrong_shelf(session, actor, stop, code) or feedback.wrong_type(code, screen.wants)


def _say_found(session: Session, actor: Actor, stop: Stop, found: int) -> Feedback:
    if found > stop.quantity:
        return feedback.wrong(say("Only {n} asked", n=stop.quantity))
    task = tasks.claim(session, actor, stop)
    if task is None:
        return feedback.NOT_COUNTED
    return _note_found(session, task, found)


def _note_found(session: Session, task: PickTask, found: int) -> Feedback:
    if found == task.quantity:
        task.forget_short()
        session.flush()
        return feedback.told(say("All found. Nothing is missing"))
    task.found = found
    session.flush()
    return feedback.told(say("{n} found. Scan the shelf", n=found))


def _find(session: Session, actor: Actor, stop: Stop, units: int) -> Feedback:
    if units > stop.quantity - stop.in_hand:
        return too_many(units, stop.quantity - stop.in_hand)
    task = tasks.claim(session, actor, stop)
    if task is None:
        return feedback.NOT_COUNTED
    task.in_hand += units
    record(session, actor, ItemPicked(order_id=stop.order_id, task_id=stop.task_id, sku=stop.sku, quantity=units))
    return _note_found(session, task, max(task.found or 0, task.in_hand))


def _confirm(session: Session, actor: Actor, stop: Stop) -> Feedback:
    task = tasks.claim(session, actor, stop)
    if task is None or task.found is None:
        return feedback.NOT_COUNTED
    task.short_confirmed = True
    spare = max(task.in_hand - task.found, 0)
    task.in_hand -= spare
    tasks.stand_at(session, actor, stop.batch_id, stop.location_id)
    if task.found == 0:
        tasks.finish(session, actor, stop, task)
        return feedback.line_done(say("None found. Go on"))
    session.flush()
    if spare:
        return feedback.accepted(say("Put {n} back", n=spare))
    left = task.found - task.in_hand
    return feedback.accepted(say("Take {n}", n=left) if left else say("Put {n} in the tote", n=task.found))
