"""One line of a walk, step by step: its shelf, its units, their lot and serials, its tote."""

from typing import Any

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.codes import slot_code
from wms.domain.picking import TaskStatus
from wms.services.picking.exceptions import skipping
from wms.services.picking.line import proofs, puts
from wms.services.picking.screens import (
    GoTo,
    PutBack,
    PutInTote,
    ScanItem,
    ScanLot,
    ScanSerial,
    Short,
    SkipWhy,
    TaskScreen,
)
from wms.services.picking.walk import stops
from wms.services.picking.walk.at_stop import Stop


def screen(session: Session, actor: Actor, stop: Stop) -> TaskScreen:
    """Return what a worker at this stop is asked for."""
    facts: dict[str, Any] = {
        "token": text_id(stop.task_id),
        "job": f"{stop.batch}  {stop.cart}",
        "done": stop.done,
        "total": stop.total,
        "stop": stop,
    }
    if stop.status is TaskStatus.CANCELLED:
        return PutBack(accept=_location(stop), **facts)
    if stop.skip_asked:
        return SkipWhy(accept=(*(command.value for command in skipping.REASONS), *_location(stop)), **facts)
    if stop.is_shorting:
        return Short(accept=(*_location(stop), *_items(stop, stop.left)), **facts)
    if stop.unserialled > 0:
        return ScanSerial(accept=(stop.serial,) if stop.serial else None, **facts)
    if stop.left == 0 and stop.in_hand:
        return _ready(session, actor, stop, facts)
    return _taking(session, actor, stop, facts)


def _ready(session: Session, actor: Actor, stop: Stop, facts: dict[str, Any]) -> TaskScreen:
    """All units are in hand."""
    if is_in_hand(stop):
        slots = stops.slots(session, actor, stop.batch_id, stop.slot)
        units = stop.in_hand + sum(puts.along(session, actor, stop).values())
        return PutInTote(accept=_tote(stop), slots=slots, units=units, **facts)
    return ScanLot(accept=(stop.lot,), **facts)


def _taking(session: Session, actor: Actor, stop: Stop, facts: dict[str, Any]) -> TaskScreen:
    """Units are still to be taken."""
    items, then = _items(stop, stop.to_take), _after_items(stop)
    if stop.at_location:
        return ScanItem(accept=items, ahead=then, **facts)
    if proofs.item_proves_location(session, actor, stop):
        return GoTo(accept=(*_location(stop), *items), ahead=then, by_item=True, **facts)
    return GoTo(accept=_location(stop), ahead=(items, *then), by_item=False, **facts)


def _after_items(stop: Stop) -> tuple[tuple[str, ...], ...]:
    """What is scanned for a line after its units; nothing is said ahead where serials come between them."""
    if stop.has_serials:
        return ()
    lots = ((stop.lot,),) if stop.lot and not stop.lot_proved else ()
    return (*lots, _tote(stop))


def _location(stop: Stop) -> tuple[str, str]:
    return stop.location_code, stop.location


def _tote(stop: Stop) -> tuple[str, str]:
    return stop.tote, slot_code(stop.cart_code, stop.slot)


def _items(stop: Stop, left: int) -> tuple[str, ...]:
    most = min(left, 1) if stop.has_serials else left
    return tuple(code for code, units in stop.codes if units <= most)


def is_in_hand(stop: Stop) -> bool:
    """Tell whether all units of a line are in hand, and proved, so that only the tote is to come."""
    return 0 < stop.in_hand == stop.wanted and stop.unserialled <= 0 and (not stop.lot or stop.lot_proved)
