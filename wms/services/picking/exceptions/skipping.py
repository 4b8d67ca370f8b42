"""SKIP: a line is put to the end of the walk. From the second time on the picker is asked why, and the lead is told."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, Command
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.picked import PickStep, ScanUndone, StepKind
from wms.domain.picking import PickTask, TaskSkipped, TaskStatus
from wms.domain.saying import say
from wms.services import settling
from wms.services.picking.line import dealing, locations
from wms.services.picking.screens import SkipWhy
from wms.services.picking.walk import steps, tasks
from wms.services.picking.walk.at_stop import Stop
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback

REASONS = {
    Command.BLOCKED: "aisle blocked",
    Command.TOO_HIGH: "too high",
    Command.OTHER: "other reason",
}
_NEVER_MIND = frozenset({Command.NO, Command.UNDO})


def skip(session: Session, actor: Actor, stop: Stop) -> Feedback:
    """Put the line to the end of the walk, while nothing of it is in hand; a line skipped before asks why first."""
    if stop.in_hand or stop.found is not None:
        return feedback.wrong(say("UNDO first, then SKIP"))
    if stop.total - stop.done <= 1 + len(stop.dealt):
        return feedback.wrong(say("Last line. It cannot wait"))
    group = _group(session, actor, stop)
    if group is None:
        return feedback.NOT_COUNTED
    if group[0].skips:
        group[0].skip_asked = True
        session.flush()
        return feedback.told(say("Skipped before. Say why"))
    _put_last(session, actor, group, "")
    return feedback.told(say("Skipped. It comes last"))


def judge(session: Session, actor: Actor, code: Code, screen: SkipWhy) -> Feedback:
    """Judge the answer to "Why?": a reason skips the line, its shelf or NO goes on with it."""
    stop, is_location = screen.stop, locations.names_location(screen.stop, code)
    reason = REASONS.get(code.command) if code.command is not None else None
    if reason is None and code.command not in _NEVER_MIND and not is_location:
        return feedback.wrong_type(code, screen.wants)
    group = _group(session, actor, stop)
    if group is None or not group[0].skip_asked:
        return feedback.NOT_COUNTED
    task = group[0]
    task.skip_asked = False
    if is_location:
        session.flush()
        locations.reach(session, actor, stop, code)
        return feedback.accepted(say("Take {n}", n=stop.to_take))
    if reason is None:
        session.flush()
        return feedback.told(say("SKIP taken back"))
    _put_last(session, actor, group, reason)
    _tell(session, actor, stop, task, reason)
    return feedback.told(say("Skipped. The lead is told"))


def take_back(session: Session, actor: Actor, step: PickStep, task: PickTask) -> Feedback:
    """Undo a skip: the line is the next one again, and nobody need look into it."""
    also = [task_id for task_id, _ in step.before.get("also", ())]
    for row in tasks.locked(session, actor, [task.id, *also]).values():
        row.skips -= 1
    settling.close(session, actor, *_told_of(task))
    record(session, actor, ScanUndone(order_id=task.order_id, task_id=task.id, step=StepKind.SKIP))
    return feedback.told(say("SKIP taken back"))


def _of_walk(actor: Actor, task: PickTask) -> tuple[ColumnElement[bool], ...]:
    return (
        PickTask.warehouse_id == actor.warehouse_id,
        PickTask.batch_id == task.batch_id,
        PickTask.status == TaskStatus.OPEN,
    )


def _group(session: Session, actor: Actor, stop: Stop) -> list[PickTask] | None:
    """Lock the stop's line and those whose units are taken with it; None where another handheld has changed one."""
    rows = tasks.locked(session, actor, [stop.task_id, *(line.task_id for line in stop.dealt)])
    others = [rows[line.task_id] for line in stop.dealt]
    is_as_seen = tasks.is_as_seen(rows[stop.task_id], stop) and all(dealing.is_untouched(row) for row in others)
    return [rows[stop.task_id], *others] if is_as_seen else None


def _put_last(session: Session, actor: Actor, group: Sequence[PickTask], reason: str) -> None:
    first, *others = group
    last: int = session.execute(select(func.max(PickTask.sequence)).where(*_of_walk(actor, first))).scalar_one()
    for place, task in enumerate(group, last + 1):
        task.sequence = place
        task.skips += 1
        record(session, actor, TaskSkipped(order_id=task.order_id, task_id=task.id, times=task.skips, reason=reason))
    also = [(task.id, 0) for task in others]
    steps.note(session, actor, first.batch_id, first.id, StepKind.SKIP, also=also)
    session.flush()


def _told_of(task: PickTask) -> tuple[ColumnElement[bool], ...]:
    return ExceptionItem.kind == ExceptionKind.SKIP, ExceptionItem.subject_id == task.id


def _tell(session: Session, actor: Actor, stop: Stop, task: PickTask, reason: str) -> None:
    """Open an exception for the skips of a line, in place of the one before."""
    settling.close(session, actor, *_told_of(task))
    session.add(
        ExceptionItem(
            warehouse_id=actor.warehouse_id,
            kind=ExceptionKind.SKIP,
            at=actor.at,
            text=f"{stop.location}: {actor.name} skipped {stop.about} {task.skips} times: {reason}"[:300],
            order_id=task.order_id,
            subject_id=task.id,
        )
    )
    session.flush()
