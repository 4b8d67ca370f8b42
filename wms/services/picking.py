"""The picking station: which screen a picker sees, and what a scan on it means."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, Command
from wms.domain.picking import TaskStatus
from wms.services import (
    feedback,
    picking_building,
    picking_drops,
    picking_home,
    picking_lines,
    picking_shorts,
    picking_stops,
    picking_undo,
)
from wms.services.picking_screens import (
    BuildCart,
    DropCart,
    GoTo,
    Home,
    Moved,
    PutBack,
    PutInTote,
    ScanItem,
    Short,
    TakeOver,
    TaskScreen,
)
from wms.services.screens import Answer, Feedback, Screen

_SHORTS = frozenset({Command.SHORT, Command.NONE_HERE, Command.DAMAGED})
JUDGES: dict[type[Screen], Callable[[Session, Actor, Code, Any], Feedback | Answer]] = {
    Home: picking_home.judge_home,
    TakeOver: picking_home.judge_take_over,
    Moved: picking_home.judge_moved,
    BuildCart: picking_building.judge,
    GoTo: picking_lines.judge_shelf,
    ScanItem: picking_lines.judge_item,
    PutInTote: picking_lines.judge_tote,
    Short: picking_shorts.judge_short,
    PutBack: picking_lines.judge_put_back,
    DropCart: picking_drops.judge,
}


def current_screen(session: Session, actor: Actor) -> Screen:
    """Return what the database says this worker does now on this device."""
    stop = picking_stops.current(session, actor)
    if stop is None:
        walk = picking_home.own_walk(session, actor)
        if walk is None or picking_home.moved_away(session, actor, walk.device, walk.name):
            return picking_home.screen(session, actor)
        return picking_drops.screen(session, actor, walk.batch_id)
    if picking_home.moved_away(session, actor, stop.device, stop.batch):
        return picking_home.screen(session, actor)
    if stop.unbound:
        return picking_building.screen(session, actor, stop.batch_id)
    return picking_lines.screen(session, actor, stop)


def judge(session: Session, actor: Actor, code: Code, screen: Screen) -> Feedback | Answer:
    """Judge one scan on the screen it was made for."""
    if isinstance(screen, TaskScreen):
        if screen.stop.device != actor.device:
            picking_home.adopt(session, actor, screen.stop.batch_id)
        if code.command is not None:
            return _command(session, actor, code.command, screen)
    return JUDGES[type(screen)](session, actor, code, screen)


def _command(session: Session, actor: Actor, command: Command, screen: TaskScreen) -> Feedback:
    stop = screen.stop
    if command is Command.UNDO:
        return picking_undo.undo(session, actor, stop)
    if stop.status is TaskStatus.CANCELLED:
        return feedback.wrong("Order cancelled. Put it back first")
    if command is Command.SKIP:
        return picking_undo.skip(session, actor, stop)
    if command in _SHORTS:
        return picking_shorts.begin(session, actor, stop, command)
    if command is Command.DONE:
        lines = stop.total - stop.done
        return feedback.wrong(f"{lines} {'line is' if lines == 1 else 'lines are'} open. Go on")
    return feedback.wrong(f"{command.name.replace('_', ' ')} means nothing here")
