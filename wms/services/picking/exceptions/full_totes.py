"""TOTE FULL: the order goes on in a second tote in the same slot, and both are put down for packing.

Where orders share the tote, those that are all in it stay with it, and the others go on in the next.
"""

from collections.abc import Sequence

from sqlalchemy import exists, select, true
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.journal import record
from wms.domain.picked import StepKind
from wms.domain.picking import BatchOrder, FullTote, PickTask, TaskStatus, ToteFilled
from wms.domain.saying import say
from wms.domain.stock import Stock
from wms.domain.totes import Tote
from wms.services.picking.walk import steps, tasks
from wms.services.picking.walk.at_stop import Stop
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback

OF_ROW = (
    select(FullTote.tote_id)
    .where(
        FullTote.warehouse_id == BatchOrder.warehouse_id,
        FullTote.batch_id == BatchOrder.batch_id,
        FullTote.order_id == BatchOrder.order_id,
    )
    .correlate(BatchOrder)
    .scalar_subquery()
)
"""The full totes of a batch's order, for a statement's `in_`."""


def of(session: Session, actor: Actor, batch_id: int, order_id: int) -> tuple[int, ...]:
    """Return the ids of the totes that an order has filled on a walk."""
    return tuple(
        session.scalars(
            select(FullTote.tote_id).where(
                FullTote.warehouse_id == actor.warehouse_id,
                FullTote.batch_id == batch_id,
                FullTote.order_id == order_id,
            )
        )
    )


def fill(session: Session, actor: Actor, stop: Stop) -> Feedback:
    """Take the stop's tote for full: the next screen asks for another one for its slot."""
    task = tasks.claim(session, actor, stop)
    if task is None or stop.tote_id is None:
        return feedback.NOT_COUNTED
    if not holds_units(session, actor, stop.tote_id):
        return feedback.wrong(say("{tote} is empty. Use it", tote=stop.tote))
    row = session.get_one(
        BatchOrder,
        (actor.warehouse_id, stop.batch_id, stop.order_id),
        with_for_update={"key_share": True},
        populate_existing=True,
    )
    for other in _sharing(session, actor, row, stop.tote_id):
        other.tote_id = None
    session.add(
        FullTote(warehouse_id=actor.warehouse_id, batch_id=stop.batch_id, order_id=stop.order_id, tote_id=stop.tote_id)
    )
    steps.note(session, actor, stop.batch_id, stop.task_id, StepKind.FULL, tote=stop.tote_id)
    record(session, actor, ToteFilled(order_id=stop.order_id, batch=stop.batch, tote=stop.tote, slot=stop.slot))
    session.flush()
    return feedback.told(say("{tote} is full. Scan another tote", tote=stop.tote))


def use_again(session: Session, actor: Actor, task: PickTask, tote_id: int) -> str | None:
    """Undo that a tote was full, and let the one that came for it go; None where that one holds units already."""
    row = session.get_one(
        BatchOrder,
        (actor.warehouse_id, task.batch_id, task.order_id),
        with_for_update={"key_share": True},
        populate_existing=True,
    )
    if row.tote_id is not None:
        if holds_units(session, actor, row.tote_id):
            return None
        _tote(session, actor, row.tote_id).free()
    # Those cancelled meanwhile too: the tote that came for them is somebody else's now.
    for other in _sharing(session, actor, row, row.tote_id, is_open=row.tote_id is None):
        other.tote_id = tote_id
    session.delete(session.get_one(FullTote, (actor.warehouse_id, task.batch_id, tote_id)))
    session.flush()
    return _tote(session, actor, tote_id).barcode


def _sharing(
    session: Session, actor: Actor, row: BatchOrder, tote_id: int | None, *, is_open: bool = True
) -> Sequence[BatchOrder]:
    """An order of a walk and those that share this tote with it (None: wait for one) and have lines open."""
    if not row.method.shares:
        return [row]
    has_open_line = exists().where(
        PickTask.warehouse_id == BatchOrder.warehouse_id,
        PickTask.batch_id == BatchOrder.batch_id,
        PickTask.order_id == BatchOrder.order_id,
        PickTask.status == TaskStatus.OPEN,
    )
    return session.scalars(
        select(BatchOrder)
        .where(
            BatchOrder.warehouse_id == actor.warehouse_id,
            BatchOrder.batch_id == row.batch_id,
            BatchOrder.method == row.method,
            BatchOrder.tote_id == tote_id if tote_id is not None else BatchOrder.tote_id.is_(None),
            has_open_line if is_open else true(),
        )
        .order_by(BatchOrder.order_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _tote(session: Session, actor: Actor, tote_id: int) -> Tote:
    return session.get_one(
        Tote, (actor.warehouse_id, tote_id), with_for_update={"key_share": True}, populate_existing=True
    )


def holds_units(session: Session, actor: Actor, tote_id: int) -> bool:
    """Tell whether the books know units in a tote."""
    held = select(Stock.on_hand).where(
        Stock.warehouse_id == actor.warehouse_id, Stock.place_id == tote_id, Stock.on_hand > 0
    )
    return session.execute(held.limit(1)).first() is not None
