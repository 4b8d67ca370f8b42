"""UNDO of a confirmed short: the units are on their shelf again, and the walk asks for them there as it did before."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.floor import ADJUSTMENT_ID, Location
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.orders import Order, OrderStatus
from wms.domain.picked import PickStep
from wms.domain.picking import PickTask, TaskStatus
from wms.domain.saying import Said, say
from wms.services import settling
from wms.services.picking.exceptions import substituting
from wms.services.picking.exceptions.missing import Was, call_off
from wms.services.picking.exceptions.substituting import StoodIn
from wms.services.picking.walk import tasks
from wms.services.stock import counting, stocking
from wms.services.stock.stocking import Goods

CANCELLED = say("Too late. That order is cancelled")


def take_back(session: Session, actor: Actor, step: PickStep) -> Said | None:
    """Undo a confirmed short: the units are on their shelf again, and its lines ask for them there.

    The line that was short is as it was said. Return why it is too late for that, or None where it was done.
    """
    was_ids = (one["task_id"] for one in step.before["was"])
    rows = tasks.locked(session, actor, {step.task_id, *was_ids, *step.before["made"]})
    was = _read_was(step, rows)
    too_late = _too_late(session, actor, step, rows)
    if too_late is not None:
        return too_late
    for made in step.before["made"]:
        call_off(session, actor, rows[made])
        rows[made].move_to(TaskStatus.CANCELLED, actor.at)
    mine = was[0]
    _bring_back(session, actor, step, mine)
    for one in was:
        _send_back(session, actor, rows[one.task_id], one)
    substituting.take_back(session, actor, [StoodIn(**one) for one in step.before.get("stood_in", ())])
    task = rows[mine.task_id]
    task.found, task.short_reason, task.short_confirmed = mine.found, mine.reason, False
    said = step.before.get("said")
    if said is not None:
        _say_anew(task, said["then"])
        _say_anew(rows[step.task_id], said["now"])
    first = min(row.sequence for row in rows.values())
    for place, one in enumerate(was):
        rows[one.task_id].sequence = first - len(was) + place
    location = _code(session, actor, mine.location_id)
    if step.before["count"] is not None:
        counting.call_off(session, actor, step.before["count"], location)
    settling.close(
        session,
        actor,
        ExceptionItem.kind == ExceptionKind.SHORT,
        ExceptionItem.subject_id.in_([one.task_id for one in was]),
    )
    session.flush()
    return None


def _say_anew(row: PickTask, said: Mapping[str, Any]) -> None:
    row.found, row.short_reason, row.short_confirmed = said["found"], said["reason"], said["confirmed"]


def _read_was(step: PickStep, rows: Mapping[int, PickTask]) -> list[Was]:
    """Read a step's tasks as they stood; one noted before there were substitutes lacks what never changed then."""
    return [
        Was(**{"line_id": rows[one["task_id"]].line_id, "product_id": rows[one["task_id"]].product_id, **one})
        for one in step.before["was"]
    ]


def _too_late(session: Session, actor: Actor, step: PickStep, rows: Mapping[int, PickTask]) -> Said | None:
    """Say what has happened since a short that cannot be undone with it."""
    # A line that ended short stays so when its order is cancelled: the order must be asked.
    of_orders = Order.id.in_({row.order_id for row in rows.values()})
    statuses = session.scalars(select(Order.status).where(Order.warehouse_id == actor.warehouse_id, of_orders))
    if OrderStatus.CANCELLED in statuses.all() or TaskStatus.CANCELLED in {row.status for row in rows.values()}:
        return CANCELLED
    was = _read_was(step, rows)
    for one in was:
        row = rows[one.task_id]
        if row.allocation_id == one.allocation_id and row.lot != one.lot:
            return say("Lot {lot} is taken. Go on", lot=one.lot)
    if counting.was_counted(session, actor, was[0].location_id, step.at):
        return say("Too late. That shelf was counted")
    place_id = step.before["missing_place"]
    if not stocking.holds(session, actor, place_id, _goods(was[0], was[0].asked)):
        return say("Too late. It has left {place}", place=_code(session, actor, place_id))
    return None


def _bring_back(session: Session, actor: Actor, step: PickStep, was: Was) -> None:
    """Book what a short took off a shelf's books on them again."""
    missing_place, written_off = step.before["missing_place"], step.before["written_off"]
    if isinstance(written_off, int):  # noted when only the lot that was asked for could be written off
        written_off = [asdict(_goods(was, written_off))] if written_off else []
    taken_off = [(missing_place, _goods(was, was.asked)), *((ADJUSTMENT_ID, Goods(**one)) for one in written_off)]
    for place_id, goods in taken_off:
        stocking.move(session, actor, goods, from_place_id=place_id, to_place_id=was.location_id, reason="undone")


def _goods(was: Was, units: int) -> Goods:
    return Goods(product_id=was.product_id, quantity=units, lot=was.lot, serial=was.serial)


def _send_back(session: Session, actor: Actor, row: PickTask, was: Was) -> None:
    """Let a task ask for its units on the shelf where it did before."""
    if row.allocation_id != was.allocation_id:
        call_off(session, actor, row)
    row.line_id, row.product_id = was.line_id, was.product_id
    row.allocation_id, row.location_id, row.lot, row.serial = was.allocation_id, was.location_id, was.lot, was.serial
    row.quantity = was.quantity
    if row.status is TaskStatus.SHORT:
        row.move_to(TaskStatus.OPEN)
    stocking.reserve(session, actor, row.location_id, tasks.goods_of(row, was.asked))
    tasks.allocate(session, actor, row, was.asked)


def _code(session: Session, actor: Actor, location_id: int) -> str:
    return session.get_one(Location, (actor.warehouse_id, location_id)).code
