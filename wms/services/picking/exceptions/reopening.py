"""A unit counted as picked is not in its tote: it lies on its shelf still, and is picked there again."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.errands import LineReopened
from wms.domain.floor import Location
from wms.domain.inbox import ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import OrderStatus
from wms.domain.picked import PickedUnits, StepKind
from wms.domain.picking import BatchStatus, PickTask, Proof, TaskStatus
from wms.domain.saying import say
from wms.domain.totes import Tote, ToteStatus
from wms.domain.waves import Allocation
from wms.services import settling
from wms.services.locking import locked_order, locked_walk, locked_wave_of
from wms.services.orders import deciding
from wms.services.picking.exceptions import full_totes
from wms.services.picking.exceptions.strays import Pick
from wms.services.picking.walk import laying_out, parts, steps, tasks
from wms.services.planning import task_for
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback
from wms.services.stock import stocking


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """A unit of a pick that is not in its tote: the one of a serial number, else ('') any of them."""

    pick: Pick
    serial: str = ""


def reopen(session: Session, actor: Actor, batch_id: int | None, tote: Tote, missing: Sequence[Missing]) -> Feedback:
    """Let units of one product be picked anew: on their walk or, where their tote is in a lane, as a short order's."""
    if batch_id is None:
        return _leave_short(session, actor, tote, missing)
    return [_open(session, actor, batch_id, tote, one) for one in missing][-1]


def _open(session: Session, actor: Actor, batch_id: int, tote: Tote, one: Missing) -> Feedback:
    _, walk, batch = locked_walk(session, actor, batch_id)
    pick = one.pick
    task = next((row for row in walk if row.id == pick.task_id), None)
    unit = None if task is None else _newest(session, actor, tote, task, one.serial)
    if task is None or unit is None or batch.status is not BatchStatus.STARTED:
        return feedback.NOT_COUNTED
    _back_to_its_location(session, actor, tote, task)
    stocking.reserve(session, actor, task.location_id, tasks.goods_of(task, 1))
    if unit.quantity == 1:
        session.delete(unit)
    else:
        unit.quantity -= 1
    task.picked -= 1
    if task.quantity == 1:
        tasks.allocate(session, actor, task, 1)
        task.forget_short()
        task.lot_proved = False
        task.move_to(TaskStatus.OPEN)
        again = task
    else:
        task.quantity -= 1
        allocation = _allocation(actor, task)
        again = task_for(batch, allocation, task.sequence)
        session.add_all([allocation, again])
    session.flush()
    ahead = [row for row in walk if row.status is TaskStatus.OPEN and row is not again]
    ahead.sort(key=lambda row: (row.sequence, row.id))
    laying_out.insert(session, actor, batch.location_id or task.location_id, ahead, [again])
    # Whoever looks into a tote may have left the shelf since.
    tasks.stand_at(session, actor, batch.id, None, Proof.NONE)
    steps.note(session, actor, batch.id, again.id, StepKind.WRONG)
    _tell(session, actor, tote, pick)
    session.flush()
    return feedback.told(say("{product} is to pick again", product=pick.product))


def _allocation(actor: Actor, task: PickTask) -> Allocation:
    return Allocation(
        warehouse_id=actor.warehouse_id,
        order_id=task.order_id,
        line_id=task.line_id,
        place_id=task.location_id,
        product_id=task.product_id,
        lot=task.lot,
        serial=task.serial,
        quantity=1,
    )


def _leave_short(session: Session, actor: Actor, tote: Tote, missing: Sequence[Missing]) -> Feedback:
    pick = missing[0].pick  # a tote in a lane whose units are asked for is one order's
    _ = locked_wave_of(session, actor, pick.order_id)
    order = locked_order(session, actor, pick.order_id)
    rows = tasks.locked(session, actor, {one.pick.task_id for one in missing})
    session.refresh(tote, with_for_update={"key_share": True})
    found = [_newest(session, actor, tote, rows[one.pick.task_id], one.serial) for one in missing]
    units = [unit for unit in found if unit is not None]
    if len(units) < len(missing) or tote.status is not ToteStatus.STAGED:
        return feedback.NOT_COUNTED
    for one, unit in zip(missing, units, strict=True):
        _lose_one(session, actor, unit)
        _back_to_its_location(session, actor, tote, rows[one.pick.task_id])
        _tell(session, actor, tote, one.pick)
    if not full_totes.holds_units(session, actor, tote.id):
        tote.free()
    if order.status is OrderStatus.PICKED:
        record(session, actor, order.move_to(OrderStatus.SHORT, f"{len(missing)} of {pick.sku} was a wrong item"[:200]))
    text = f"{order.number} lacks {len(missing)} of {pick.sku}: a wrong item was in {tote.barcode} instead"
    settling.tell(session, actor, ExceptionKind.SHORT, text, order_id=order.id, subject_id=order.id)
    session.flush()
    if order.status is OrderStatus.SHORT and not parts.going_on(session, actor, [order.id]):
        deciding.follow(session, actor, order)
    return feedback.told(say("{product} is missing. The lead knows", product=pick.product))


def _newest(session: Session, actor: Actor, tote: Tote, task: PickTask, serial: str) -> PickedUnits | None:
    """What a scan of the task put into the tote last, of a serial number if any, and that is known there still."""
    return session.scalars(
        select(PickedUnits)
        .where(
            PickedUnits.warehouse_id == actor.warehouse_id,
            PickedUnits.task_id == task.id,
            PickedUnits.tote_id == tote.id,
            PickedUnits.lost_at.is_(None),
            PickedUnits.serial == serial if serial else true(),
        )
        .order_by(PickedUnits.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _lose_one(session: Session, actor: Actor, unit: PickedUnits) -> None:
    """Mark one of a scan's units as not in its tote."""
    if unit.quantity > 1:
        lost = unit.split_off()
        lost.lost_at = actor.at
        session.add(lost)
    else:
        unit.lost_at = actor.at
        unit.serial = ""  # the unit that has it lies on the shelf, and will be scanned when it is taken


def _back_to_its_location(session: Session, actor: Actor, tote: Tote, task: PickTask) -> None:
    goods = tasks.goods_of(task, 1)
    stocking.move(session, actor, goods, from_place_id=tote.id, to_place_id=task.location_id, reason="wrong item")


def _tell(session: Session, actor: Actor, tote: Tote, pick: Pick) -> None:
    location = session.get_one(Location, (actor.warehouse_id, pick.location_id)).code
    event = LineReopened(
        order_id=pick.order_id, task_id=pick.task_id, sku=pick.sku, tote=tote.barcode, location=location
    )
    record(session, actor, event)
