"""The picking station: which screen a picker sees, and what a scan on it means."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, Command
from wms.domain.errands import Errand, ErrandKind
from wms.domain.picking import TaskStatus
from wms.domain.saying import say, say_some
from wms.services.picking import errands, home
from wms.services.picking.exceptions import (
    broken_totes,
    full_totes,
    missing,
    shorts,
    skipping,
    which_serials,
    wrong_items,
)
from wms.services.picking.line import judging, keyed, lines, lots, zero_checks
from wms.services.picking.screens import (
    BrokenTote,
    BuildCart,
    DropCart,
    GoTo,
    Home,
    IsItThere,
    IsToteEmpty,
    Moved,
    PutBack,
    PutInSlot,
    PutInTote,
    ScanDamaged,
    ScanItem,
    ScanLot,
    ScanSerial,
    Short,
    SkipWhy,
    SortItem,
    TakeOver,
    TaskScreen,
    WhichSerials,
    WrongItem,
    ZeroCheck,
)
from wms.services.picking.walk import building, drops, giving_back, stops, undo
from wms.services.picking.walk.at_stop import Stop
from wms.services.picking.wall import sorting
from wms.services.scans import feedback
from wms.services.scans.screens import Answer, Feedback, Screen

JUDGES: dict[type[Screen], Callable[[Session, Actor, Code, Any], Feedback | Answer]] = {
    Home: home.judge_home,
    TakeOver: home.judge_take_over,
    Moved: home.judge_moved,
    BuildCart: building.judge,
    BrokenTote: broken_totes.judge,
    WrongItem: wrong_items.judge,
    IsItThere: wrong_items.judge_answer,
    WhichSerials: which_serials.judge,
    GoTo: judging.judge_location,
    ScanItem: judging.judge_item,
    ScanLot: lots.judge_lot,
    ScanSerial: lots.judge_serial,
    PutInTote: judging.judge_tote,
    Short: shorts.judge_short,
    SkipWhy: skipping.judge,
    PutBack: judging.judge_put_back,
    ZeroCheck: zero_checks.judge,
    DropCart: drops.judge,
    SortItem: sorting.judge_item,
    IsToteEmpty: sorting.judge_empty,
    ScanDamaged: sorting.judge_damaged,
    PutInSlot: sorting.judge_slot,
}


def current_screen(session: Session, actor: Actor) -> Screen:
    """Return what the database says this worker does now on this device."""
    errand = errands.current(session, actor)
    if errand is not None:
        return _ERRANDS[errand.kind](session, actor, errand)
    stop = stops.current(session, actor)
    if stop is None:
        return _without_a_line(session, actor)
    if home.moved_away(session, actor, stop.device, stop.batch):
        return home.screen(session, actor)
    asked = zero_checks.asked(session, actor, stop.batch_id) if stop.asked_empty_id is not None else None
    if asked is not None:
        return asked
    if stop.unbound and not (stop.is_begun and stop.tote_id is not None):
        return building.screen(session, actor, stop.batch_id)
    return lines.screen(session, actor, stop)


def _without_a_line(session: Session, actor: Actor) -> Screen:
    """Between walks, at the put wall, or at the end of a walk."""
    walk = home.own_walk(session, actor)
    if walk is None:
        return sorting.screen(session, actor) or home.screen(session, actor)
    if home.moved_away(session, actor, walk.device, walk.name):
        return home.screen(session, actor)
    return zero_checks.asked(session, actor, walk.batch_id) or drops.screen(session, actor, walk.batch_id)


def judge(session: Session, actor: Actor, code: Code, screen: Screen) -> Feedback | Answer:
    """Judge one scan on the screen it was made for."""
    if isinstance(screen, TaskScreen) and screen.stop.device != actor.device:
        _ = missing.locked_open_tasks(session, actor, screen.stop.batch_id)  # tasks before the walk, as everyone locks
        home.adopt(session, actor, screen.stop.batch_id)
    if isinstance(screen, _OF_ERRANDS) and not errands.is_here(session, actor):
        return feedback.NOT_COUNTED
    kind = errands.KINDS.get(code.command) if code.command is not None else None
    begun = errands.begin(session, actor, kind, screen) if kind is not None else None
    if begun is not None:
        return begun
    if isinstance(screen, TaskScreen) and code.command is not None and not isinstance(screen, SkipWhy):
        return _command(session, actor, code.command, screen)
    if isinstance(screen, BuildCart | DropCart) and code.command is Command.GIVE_BACK:
        return giving_back.give_back(session, actor, screen.batch_id)
    return JUDGES[type(screen)](session, actor, code, screen)


def _command(session: Session, actor: Actor, command: Command, screen: TaskScreen) -> Feedback:
    stop = screen.stop
    if stop.status is TaskStatus.CANCELLED:
        return feedback.wrong(say("Order cancelled. Put it back first"))
    if command in shorts.COMMANDS:
        return shorts.begin(session, actor, stop, command)
    do = _COMMANDS.get(command)
    if do is None:
        return feedback.wrong(say("{command} means nothing here", command=feedback.COMMANDS[command]))
    return do(session, actor, stop)


def _undo(session: Session, actor: Actor, stop: Stop) -> Feedback:
    return undo.undo(session, actor, stop.batch_id)


def _give_back(session: Session, actor: Actor, stop: Stop) -> Feedback:
    return giving_back.give_back(session, actor, stop.batch_id)


def _go_on(_: Session, __: Actor, stop: Stop) -> Feedback:
    left = stop.total - stop.done
    return feedback.wrong(say_some("{n} line is open. Go on", "{n} lines are open. Go on", left))


_ERRANDS: dict[ErrandKind, Callable[[Session, Actor, Errand], Screen]] = {
    ErrandKind.BROKEN_TOTE: broken_totes.screen,
    ErrandKind.WRONG_ITEM: wrong_items.screen,
}
_OF_ERRANDS = (BrokenTote, WrongItem, IsItThere, WhichSerials)
_COMMANDS: dict[Command, Callable[[Session, Actor, Stop], Feedback]] = {
    Command.UNDO: _undo,
    Command.SKIP: skipping.skip,
    Command.TOTE_FULL: full_totes.fill,
    Command.DONE: _go_on,
    Command.GIVE_BACK: _give_back,
    Command.QTY: keyed.ask_how_many,
    Command.NO_BARCODE: keyed.ask_sku,
}
