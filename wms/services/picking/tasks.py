"""What can be done to a pick task: claim it against a second handheld, end it, and undo its end."""

from sqlalchemy import BindParameter, bindparam, select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.floor import ADJUSTMENT_ID, SCRAP_ID
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.picking import Batch, PickTask, TaskShorted, TaskStatus, UnitsPut
from wms.domain.waves import Allocation
from wms.services import stocking
from wms.services.picking.screens import Stop
from wms.services.stocking import Goods

DAMAGED = "damaged"
_CHANGE: BindParameter[int] = bindparam("change")
_CLAIM = (
    select(PickTask)
    .where(PickTask.warehouse_id == bindparam("warehouse"), PickTask.id == bindparam("task"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_ALLOCATION = (
    update(Allocation)
    .where(Allocation.warehouse_id == bindparam("warehouse"), Allocation.id == bindparam("allocation"))
    .values(quantity=Allocation.quantity + _CHANGE)
    .execution_options(synchronize_session=False)
)
_STAND = (
    update(Batch)
    .where(Batch.warehouse_id == bindparam("warehouse"), Batch.id == bindparam("batch"))
    .values(location_id=bindparam("location"))
    .execution_options(synchronize_session=False)
)


def claim(session: Session, actor: Actor, stop: Stop) -> PickTask | None:
    """Lock the stop's task; None where another handheld has changed it since the stop was read."""
    task = session.execute(_CLAIM, {"warehouse": actor.warehouse_id, "task": stop.task_id}).scalar_one()
    seen = (stop.status, stop.in_hand, stop.found, stop.short_confirmed)
    return task if (task.status, task.in_hand, task.found, task.short_confirmed) == seen else None


def stand_at(session: Session, actor: Actor, batch_id: int, location_id: int | None) -> None:
    """Note where the picker stands: proved by a scan, or (None) no longer known."""
    values = {"warehouse": actor.warehouse_id, "batch": batch_id, "location": location_id}
    _ = session.execute(_STAND, values)


def finish(session: Session, actor: Actor, stop: Stop, task: PickTask) -> None:
    """End a claimed task: units in hand go to the tote, missing ones are booked out and shown in the inbox."""
    units = task.in_hand
    if units and stop.tote_id is not None:
        stocking.move(
            session,
            actor,
            _goods(task, units),
            from_place_id=task.location_id,
            to_place_id=stop.tote_id,
            reason="picked",
            reserved=True,
        )
        _allocate(session, actor, task, -units)
        put = UnitsPut(
            order_id=task.order_id,
            task_id=task.id,
            sku=stop.sku,
            quantity=units,
            tote=stop.tote,
            location=stop.location,
        )
        record(session, actor, put)
        task.picked, task.in_hand = units, 0
    missing = task.quantity - task.picked
    if missing:
        _book_missing(session, actor, stop, task, missing)
    task.move_to(TaskStatus.SHORT if missing else TaskStatus.PICKED, actor.at)
    session.flush()


def _book_missing(session: Session, actor: Actor, stop: Stop, task: PickTask, missing: int) -> None:
    stocking.move(
        session,
        actor,
        _goods(task, missing),
        from_place_id=task.location_id,
        to_place_id=_missing_place(task),
        reason=_gone(task),
        reserved=True,
    )
    _allocate(session, actor, task, -missing)
    shorted = TaskShorted(
        order_id=task.order_id,
        task_id=task.id,
        sku=stop.sku,
        location=stop.location,
        asked=task.quantity,
        found=task.picked,
        reason=task.short_reason,
    )
    record(session, actor, shorted)
    session.add(
        ExceptionItem(
            warehouse_id=actor.warehouse_id,
            kind=ExceptionKind.SHORT,
            at=actor.at,
            text=f"{missing} of {task.quantity} {stop.sku} {_gone(task)} at {stop.location}",
            order_id=task.order_id,
            subject_id=task.id,
        )
    )


def reopen(session: Session, actor: Actor, task: PickTask, tote_id: int | None) -> int:
    """Undo the end of a claimed task: put units are in hand again, missing ones on the shelf. Return the units put."""
    units, missing = task.picked, task.quantity - task.picked
    if units and tote_id is not None:
        goods = _goods(task, units)
        stocking.move(session, actor, goods, from_place_id=tote_id, to_place_id=task.location_id, reason="undone")
    if missing:
        stocking.move(
            session,
            actor,
            _goods(task, missing),
            from_place_id=_missing_place(task),
            to_place_id=task.location_id,
            reason="undone",
        )
        _settle_exception(session, actor, task)
    stocking.reserve(session, actor, task.location_id, _goods(task, task.quantity))
    _allocate(session, actor, task, task.quantity)
    task.in_hand, task.picked = units, 0
    # With nothing put, the shelf's scan was what ended the task.
    task.short_confirmed = task.short_confirmed and units > 0
    task.move_to(TaskStatus.OPEN)
    session.flush()
    return units


def _settle_exception(session: Session, actor: Actor, task: PickTask) -> None:
    _ = session.execute(
        update(ExceptionItem)
        .where(
            ExceptionItem.warehouse_id == actor.warehouse_id,
            ExceptionItem.kind == ExceptionKind.SHORT,
            ExceptionItem.subject_id == task.id,
            ExceptionItem.settled_at.is_(None),
        )
        .values(settled_at=actor.at, settled_by=actor.worker_id)
        .execution_options(synchronize_session=False)
    )


def _goods(task: PickTask, quantity: int) -> Goods:
    return Goods(product_id=task.product_id, quantity=quantity, lot=task.lot, serial=task.serial)


def _gone(task: PickTask) -> str:
    return DAMAGED if task.short_reason == DAMAGED else "short"


def _missing_place(task: PickTask) -> int:
    return SCRAP_ID if task.short_reason == DAMAGED else ADJUSTMENT_ID


def _allocate(session: Session, actor: Actor, task: PickTask, change: int) -> None:
    values = {"warehouse": actor.warehouse_id, "allocation": task.allocation_id, "change": change}
    _ = session.execute(_ALLOCATION, values)
