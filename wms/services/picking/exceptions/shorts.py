"""Less on the shelf than asked: how many were found, why, and the shelf's own scan instead of "are you sure"."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, CodeKind, Command
from wms.domain.picked import StepKind
from wms.domain.picking import PickTask
from wms.domain.saying import Said, say
from wms.services.picking.exceptions import missing
from wms.services.picking.exceptions.missing import Gone
from wms.services.picking.line import dealing, hands, items, locations, lots, puts
from wms.services.picking.line.hands import Taken
from wms.services.picking.screens import Short
from wms.services.picking.walk import steps, tasks
from wms.services.picking.walk.at_stop import Stop
from wms.services.scans import feedback
from wms.services.scans.recognising import Item
from wms.services.scans.screens import Feedback
from wms.services.stock import damaging

_REASONS = {
    Command.SHORT: "missing",
    Command.NONE_HERE: missing.NONE_HERE,
    Command.DAMAGED: missing.DAMAGED,
    Command.OTHER_ITEM_HERE: "other item here",
}
COMMANDS = frozenset(_REASONS)


def begin(session: Session, actor: Actor, stop: Stop, command: Command) -> Feedback:
    """Take SHORT, NONE HERE, DAMAGED or OTHER ITEM HERE: what is in hand so far counts as found.

    Where it would go into a tote that orders share, all that was taken at once is dealt out anew.
    """
    is_shared = bool(puts.along(session, actor, stop))
    walk = missing.locked_open_tasks(session, actor, stop.batch_id) if is_shared else ()
    task = tasks.claim(session, actor, stop)
    if task is None:
        return feedback.NOT_COUNTED
    _note(session, actor, task)
    in_hand, others = task.in_hand, dealing.drop_the_rest(session, actor, task, walk)
    if is_shared:
        hands.lay_down(session, actor, task, in_hand)
        task.in_hand = 0
    if not stop.is_shorting or command is Command.NONE_HERE:
        task.found = min(in_hand + others, stop.wanted + others - 1)
    task.short_confirmed = False
    if not (stop.is_shorting and command is Command.SHORT):
        task.short_reason = _REASONS[command]
    session.flush()
    return feedback.told(say("{command}. Then scan the shelf", command=feedback.COMMANDS[command]))


def _note(session: Session, actor: Actor, task: PickTask) -> None:
    """Write down what was said of the line before, for UNDO."""
    steps.note(session, actor, task.batch_id, task.id, StepKind.SAID, **_said_before(task))


def _said_before(task: PickTask) -> dict[str, Any]:
    return {"found": task.found, "reason": task.short_reason, "confirmed": task.short_confirmed}


def judge_short(session: Session, actor: Actor, code: Code, screen: Short) -> Feedback:
    """Judge a scan while a short is being said: a quantity, a unit found after all, or the shelf that confirms."""
    stop = screen.stop
    if code.kind is CodeKind.QUANTITY and items.known(stop, code) is None:
        return _say_found(session, actor, stop, code.quantity)
    if locations.names_location(stop, code):
        return _confirm(session, actor, stop, code)
    found = items.read(session, actor, stop, code)
    if isinstance(found, Taken):
        return _find(session, actor, stop, found)
    if isinstance(found, Item):
        return hands.put_it_back(stop, found)
    return locations.wrong_location(session, actor, stop, code) or feedback.wrong_type(code, screen.wants)


def _say_found(session: Session, actor: Actor, stop: Stop, found: int) -> Feedback:
    if found > stop.asked:
        return feedback.wrong(say("Only {n} asked", n=stop.asked))
    task = tasks.claim(session, actor, stop)
    if task is None:
        return feedback.NOT_COUNTED
    _note(session, actor, task)
    return _note_found(session, stop, task, found)


def _note_found(session: Session, stop: Stop, task: PickTask, found: int) -> Feedback:
    if found == stop.asked:
        _find_all(stop, task)
        session.flush()
        return feedback.told(say("All found. Nothing is missing"))
    task.found = found
    session.flush()
    return feedback.told(say("{n} found. Scan the shelf", n=found))


def _find_all(stop: Stop, task: PickTask) -> None:
    """Nothing is missing after all, or no more than was missing before."""
    if stop.wanted == task.quantity:
        task.forget_short()
    else:
        task.found, task.short_confirmed = stop.wanted, True


def _find(session: Session, actor: Actor, stop: Stop, taken: Taken) -> Feedback:
    refused = items.too_many(stop, taken.units, stop.left)
    if refused is not None and stop.dealt and not stop.has_serials:
        return feedback.wrong(say("Say how many in all"))  # what is dealt out is scanned when its number is known
    if refused is not None:
        return refused
    task = tasks.claim(session, actor, stop)
    if task is None:
        return feedback.NOT_COUNTED
    read_in = lots.read_in(session, actor, stop, taken)
    if isinstance(read_in, Feedback):
        return read_in
    task.in_hand += read_in.units
    items.take_in_hand(session, actor, stop, read_in, said=_said_before(task))
    found = _note_found(session, stop, task, max(task.found or 0, task.in_hand))
    return feedback.of_gs1(found, lost_separator=read_in.lost_separator)


def _confirm(session: Session, actor: Actor, stop: Stop, code: Code) -> Feedback:
    walk = missing.locked_open_tasks(session, actor, stop.batch_id)
    task = next((row for row in walk if row.id == stop.task_id), None)
    if task is None or not tasks.is_as_seen(task, stop) or task.found is None:
        return feedback.NOT_COUNTED
    locations.stand(session, actor, stop, code)
    if task.found >= stop.wanted:
        return _confirm_later(session, actor, stop, task, walk)
    task.short_confirmed = True
    found = task.found
    spare = max(task.in_hand - found, 0)
    if spare:
        hands.lay_down(session, actor, task, spare)
        hands.forget_serials(session, actor, task)
        task.in_hand -= spare
        if task.short_reason != missing.DAMAGED:
            _ = dealing.drop_the_rest(session, actor, task, walk)
    gone = missing.book(session, actor, stop, task, walk)
    if spare and stop.counts_units and gone.hospital is None:
        return feedback.accepted(say("Put {n} back", n=spare))
    return _go_on(found, spare, task, gone)


def _confirm_later(session: Session, actor: Actor, stop: Stop, task: PickTask, walk: Sequence[PickTask]) -> Feedback:
    """The line has all it wants of what was found: the rest is dealt out, and another line is the short one."""
    found = task.found or 0
    served, end, units = dealing.where_they_end(stop, found)
    if end is None:
        _note(session, actor, task)
        _find_all(stop, task)
        session.flush()
        return feedback.told(say("All found. Nothing is missing"))
    row = next((row for row in walk if row.id == end.task_id and dealing.is_untouched(row)), None)
    if row is None:
        return feedback.NOT_COUNTED
    said = {"task": task.id, "now": {**_said_before(task), "confirmed": False}, "then": _said_before(row)}
    reason = task.short_reason
    _find_all(stop, task)
    row.found, row.short_reason, row.short_confirmed = units, reason, True
    line = replace(
        stop, task_id=row.id, order_id=row.order_id, quantity=row.quantity, wanted=end.units, found=units, in_hand=0
    )
    gone = missing.book(session, actor, line, row, walk, kept=served, said=said)
    return _go_on(found, 0, task, gone)


def _go_on(found: int, spare: int, task: PickTask, gone: Gone) -> Feedback:
    """Say what is to be done next, first with broken units: those in hand, and all where a hospital keeps them."""
    if gone.hospital or (spare and gone.hospital is not None):
        return damaging.told(gone.hospital)
    if not found:
        return feedback.line_done(_none_found(gone))
    left = found - task.in_hand
    return feedback.accepted(say("Take {n}", n=left) if left else say("Put {n} in the tote", n=found))


def _none_found(gone: Gone) -> Said:
    if gone.instead:
        return say("None here. Take {sku} instead", sku=gone.instead)
    return say("None found. Go on") if gone.short else say("None here. Fetch it elsewhere")
