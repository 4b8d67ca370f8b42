"""What can be done to a pick task: claim it against a second handheld, end it, and undo its end."""

from collections.abc import Collection, Sequence

from sqlalchemy import BindParameter, bindparam, select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.errors import DomainError
from wms.domain.journal import record
from wms.domain.people import Worker
from wms.domain.picked import StepKind
from wms.domain.picking import Batch, PickTask, Proof, TaskStatus, UnitsPut
from wms.domain.waves import Allocation
from wms.services.picking.line import hands
from wms.services.picking.walk import steps
from wms.services.picking.walk.at_stop import Stop
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods

_CHANGE: BindParameter[int] = bindparam("change")
_CLAIM = (
    select(PickTask)
    .where(PickTask.warehouse_id == bindparam("warehouse"), PickTask.id == bindparam("task"))
    .with_for_update(key_share=True)
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
    .values(location_id=bindparam("location"), location_proof=bindparam("proof"), put_tote_id=None)
    .execution_options(synchronize_session=False)
)

_LINES_PUT = (
    update(Worker)
    .where(Worker.warehouse_id == bindparam("warehouse"), Worker.id == bindparam("worker"))
    .values(lines_put=Worker.lines_put + _CHANGE)
    .execution_options(synchronize_session=False)
)
_NOTE_TOTE = (
    update(Batch)
    .where(Batch.warehouse_id == bindparam("warehouse"), Batch.id == bindparam("batch"))
    .values(put_tote_id=bindparam("tote"))
    .execution_options(synchronize_session=False)
)


def claim(session: Session, actor: Actor, stop: Stop) -> PickTask | None:
    """Lock the stop's task; None where another handheld has changed it since the stop was read."""
    task = session.execute(_CLAIM, {"warehouse": actor.warehouse_id, "task": stop.task_id}).scalar_one()
    return task if is_as_seen(task, stop) else None


def locked(session: Session, actor: Actor, task_ids: Collection[int]) -> dict[int, PickTask]:
    """Lock tasks, one after another by id as everyone does, and return them by it."""
    rows = session.scalars(
        select(PickTask)
        .where(PickTask.warehouse_id == actor.warehouse_id, PickTask.id.in_(task_ids))
        .order_by(PickTask.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def is_as_seen(task: PickTask, stop: Stop) -> bool:
    """Tell whether a locked task still is what the stop shows."""
    seen = (stop.status, stop.in_hand, stop.found, stop.short_confirmed, stop.location_id, stop.lot)
    return (task.status, task.in_hand, task.found, task.short_confirmed, task.location_id, task.lot) == seen


def stand_at(session: Session, actor: Actor, batch_id: int, location_id: int | None, proof: Proof) -> None:
    """Note where the picker stands and how that was proved, or (None) that it is no longer known."""
    values = {"warehouse": actor.warehouse_id, "batch": batch_id, "location": location_id, "proof": proof}
    _ = session.execute(_STAND, values)


def note_tote(session: Session, actor: Actor, stop: Stop) -> None:
    """Note that the stop's tote was scanned where the picker stands."""
    values = {"warehouse": actor.warehouse_id, "batch": stop.batch_id, "tote": stop.tote_id}
    _ = session.execute(_NOTE_TOTE, values)


def put(session: Session, actor: Actor, stop: Stop, rows: Sequence[PickTask], tote_proof: Proof) -> None:
    """Move the units in hand of the stop's claimed task, and of those that share its tote, into it and end them."""
    if stop.tote_id is None:
        raise DomainError("This order has no tote. Scan one first.")
    for row in rows:
        _put(session, actor, stop, row, stop.tote_id, tote_proof)
    task, *others = rows
    also = [(other.id, 0) for other in others]
    before = {"tote": stop.tote_id, "worker": actor.worker_id, "also": also}
    steps.note(session, actor, task.batch_id, task.id, StepKind.TOTE, **before)
    session.flush()


def _put(session: Session, actor: Actor, stop: Stop, task: PickTask, tote_id: int, tote_proof: Proof) -> None:
    units = task.in_hand
    stocking.move(
        session,
        actor,
        goods_of(task, units),
        from_place_id=task.location_id,
        to_place_id=tote_id,
        reason="picked",
        reserved=True,
    )
    allocate(session, actor, task, -units)
    hands.put(session, actor, task.id, tote_id, tote_proof)
    _count_lines(session, actor, actor.worker_id, 1)
    event = UnitsPut(
        order_id=task.order_id,
        task_id=task.id,
        sku=stop.sku,
        quantity=units,
        tote=stop.tote,
        location=stop.location,
    )
    record(session, actor, event)
    task.picked, task.in_hand = units, 0
    task.move_to(TaskStatus.SHORT if task.picked < task.quantity else TaskStatus.PICKED, actor.at)


def take_out(session: Session, actor: Actor, task: PickTask, tote_id: int, put_by: int | None) -> int:
    """Undo the end of a claimed task, put by a worker: its units are in hand again. Return how many."""
    units = task.picked
    goods = goods_of(task, units)
    stocking.move(session, actor, goods, from_place_id=tote_id, to_place_id=task.location_id, reason="undone")
    stocking.reserve(session, actor, task.location_id, goods)
    allocate(session, actor, task, units)
    hands.take_out(session, actor, task, tote_id)
    _count_lines(session, actor, put_by, -1)
    task.in_hand, task.picked = units, 0
    task.move_to(TaskStatus.OPEN)
    session.flush()
    return units


def _count_lines(session: Session, actor: Actor, worker_id: int | None, change: int) -> None:
    _ = session.execute(_LINES_PUT, {"warehouse": actor.warehouse_id, "worker": worker_id, "change": change})


def goods_of(task: PickTask, quantity: int) -> Goods:
    """So many units of what a task takes."""
    return Goods(product_id=task.product_id, quantity=quantity, lot=task.lot, serial=task.serial)


def allocate(session: Session, actor: Actor, task: PickTask, change: int) -> None:
    """Change how many units are still set aside for a task."""
    values = {"warehouse": actor.warehouse_id, "allocation": task.allocation_id, "change": change}
    _ = session.execute(_ALLOCATION, values)
