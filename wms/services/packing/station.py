"""The packing station: scan a tote, every unit, then box and weight, then the box's own label."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, CodeKind, Command
from wms.domain.people import WorkerSession
from wms.services.packing import taking
from wms.services.packing.box import boxes, inserts, labels, recounting, several, slips
from wms.services.packing.current import current_screen
from wms.services.packing.on_bench import Bench
from wms.services.packing.screens import (
    BoxAndWeigh,
    BoxScreen,
    BuyingLabel,
    CountAgain,
    HoldTote,
    LabelFailed,
    NextTote,
    PutIn,
    RedTote,
    ScanItems,
    ScanLabel,
    ScanStation,
    ScanTote,
)
from wms.services.packing.tote import missing, totes
from wms.services.packing.unit import causes, damage, red_totes, singles, units
from wms.services.scans import feedback
from wms.services.scans.recognising import find_item
from wms.services.scans.screens import Feedback, Screen

__all__ = ["current_screen", "judge"]


def judge(session: Session, actor: Actor, code: Code, screen: Screen) -> Feedback:
    """Judge a scan made on a screen; a box that changed meanwhile is judged as it is now."""
    if isinstance(screen, ScanStation):
        return taking.take_station(session, actor, code)
    if isinstance(screen, ScanTote):
        return _at_ready(session, actor, code)
    if isinstance(screen, BoxScreen) and not units.is_unchanged(session, actor, screen.bench):
        before, screen = screen, current_screen(session, actor)
        if screen.token != before.token:
            return feedback.NOT_COUNTED
    of_box = _of_any_box(session, actor, code, screen)
    if of_box is not None:
        return of_box
    station_judge = _JUDGES.get(type(screen))
    return feedback.NOT_COUNTED if station_judge is None else station_judge(session, actor, code, screen)


def _of_any_box(session: Session, actor: Actor, code: Code, screen: Screen) -> Feedback | None:
    """Take the cards that mean the same on several screens of a box; None for all else."""
    if not isinstance(screen, BoxScreen) or code.command is None:
        return None
    if code.command in causes.CAUSES:
        return causes.say_cause(session, actor, screen.bench, code.command)
    if isinstance(screen, RedTote):
        return None
    if code.command is Command.PACKING_SLIP:
        return slips.print_slip(session, actor, screen.bench)
    if code.command is Command.DAMAGED and isinstance(screen, ScanItems | PutIn | BoxAndWeigh):
        return damage.take_out(session, actor, screen.bench)
    return None


def _at_items(session: Session, actor: Actor, code: Code, screen: ScanItems | NextTote) -> Feedback:
    if code.kind is CodeKind.TOTE:
        return totes.open_another(session, actor, screen.bench, code)
    short = missing.judge(session, actor, code, screen.bench)
    if short is not None:
        return short
    if code.command is Command.UNDO:
        return units.undo(session, actor, screen.bench)
    if code.command is Command.SPLIT:
        return several.split(session, actor, screen.bench)
    if isinstance(screen, ScanItems) and boxes.is_about_carton(code):
        return boxes.change_carton(session, actor, code, screen)
    return units.scan_unit(session, actor, screen.bench, code, screen.wants)


def _at_box(session: Session, actor: Actor, code: Code, screen: BoxAndWeigh) -> Feedback:
    if code.command is Command.UNDO:
        return _undo(session, actor, screen.bench)
    if units.is_unit(session, actor, code):  # what belongs in is scanned, so this one is too many
        return units.scan_unit(session, actor, screen.bench, code, screen.wants)
    return boxes.judge(session, actor, code, screen)


def _at_insert(session: Session, actor: Actor, code: Code, screen: PutIn) -> Feedback:
    is_undo = code.command is Command.UNDO
    return _undo(session, actor, screen.bench) if is_undo else inserts.judge(session, actor, code, screen)


def _undo(session: Session, actor: Actor, bench: Bench) -> Feedback:
    """Take back what filled the box: the SPLIT, or the unit scanned last."""
    if bench.left_for_cartons and not bench.own_box:
        return several.reopen(session, actor, bench)
    return units.undo(session, actor, bench) if bench.totes else singles.give_up(session, actor, bench)


def _at_ready(session: Session, actor: Actor, code: Code) -> Feedback:
    station_id = session.scalars(
        select(WorkerSession.station_id).where(
            WorkerSession.warehouse_id == actor.warehouse_id, WorkerSession.id == actor.session_id
        )
    ).one()
    if code.kind is CodeKind.STATION:
        return taking.take_station(session, actor, code)
    if station_id is None:
        return feedback.NOT_COUNTED
    if code.kind in _OPENING:
        return _OPENING[code.kind](session, actor, station_id, code)
    if code.command is not None and code.command in _AFTER_SEALING:
        return _AFTER_SEALING[code.command](session, actor, station_id)
    if code.command is Command.SHORT:
        return singles.tote_is_empty(session, actor)
    item = find_item(session, actor, code)
    return (
        labels.judge_at_ready(session, actor, code)
        if item is None
        else singles.open_item(session, actor, station_id, item)
    )


_OPENING: Mapping[CodeKind, Callable[[Session, Actor, int, Code], Feedback]] = {
    CodeKind.TOTE: totes.open_tote,
    CodeKind.ORDER: totes.open_order,
}
_AFTER_SEALING: Mapping[Command, Callable[[Session, Actor, int], Feedback]] = {
    Command.REPRINT: labels.reprint_last,
    Command.PACKING_SLIP: slips.print_last,
}
_JUDGES: Mapping[type[Screen], Callable[[Session, Actor, Code, Any], Feedback]] = {
    taking.OtherScreen: taking.judge,
    ScanItems: _at_items,
    NextTote: _at_items,
    RedTote: red_totes.judge,
    PutIn: _at_insert,
    BoxAndWeigh: _at_box,
    CountAgain: recounting.judge,
    BuyingLabel: labels.judge_buying,
    LabelFailed: labels.judge_failed,
    ScanLabel: labels.judge_label,
    HoldTote: totes.put_on_hold,
}
