"""A wave recalled while it is picked: what nobody has begun is taken back, what is begun is finished.

An order is begun when a unit of it is in a tote or in somebody's hands, or was found missing: to finish it costs less
than to bring it back, and no unit changes hands twice. So is one for which a tote that others share was full: the tote
stays on the cart with it. All others leave their walks, begun or not, and their stock is set aside anew: of a
substitute only where what was bought is still not there.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.errors import DomainError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import Event, record
from wms.domain.orders import Order, OrderStatus
from wms.domain.picked import PickStep
from wms.domain.picking import Batch, BatchOrder, BatchStatus, FullTote, PickTask, TaskStatus
from wms.domain.stock import Stock
from wms.domain.totes import Tote
from wms.domain.waves import Wave, WaveOrder, WaveStatus
from wms.services import settling
from wms.services.locking import locked_orders, locked_wave
from wms.services.planning import again
from wms.services.planning.undoing import member_ids
from wms.services.stock import allocating, shared_totes

_GOING_ON = (BatchStatus.WAITING, BatchStatus.STARTED)
_ON_A_WALK = (OrderStatus.WAVED, OrderStatus.PICKING)


@dataclass(frozen=True, kw_only=True)
class WaveRecalled(Event):
    """A wave was recalled while it was picked: so many orders went back, so many begun ones are finished."""

    wave: int
    back: int
    finishing: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Recalled:
    """What came of a recall: orders whose stock is set aside anew, of them those that lack some, and those finished."""

    number: int
    back: int
    lacking: int
    finishing: int


def recall(session: Session, actor: Actor, wave_id: int) -> Recalled:
    """Take back what nobody has begun of a wave that is being picked; DomainError where it is not, or was recalled."""
    wave = locked_wave(session, actor, wave_id)
    _refuse(wave)
    orders = locked_orders(session, actor, member_ids(session, actor, wave_id))
    tasks, batches = _locked_walks(session, actor, wave_id)
    begun = {task.order_id for task in tasks if task.picked or task.in_hand or task.status is TaskStatus.SHORT}
    begun |= _with_full_totes(session, actor, batches)
    walking = [order for order in orders if order.status in _ON_A_WALK]
    leaving = [order for order in walking if order.id not in begun]
    reason = f"wave {wave.number} recalled"
    _take_off(session, actor, leaving, tasks)
    _leave_carts(session, actor, leaving, batches)
    _end_empty_walks(session, actor, batches, reason)
    lacking = _set_aside_anew(session, actor, leaving, reason)
    finishing = len(walking) - len(leaving)
    wave.recalled_at = actor.at
    record(session, actor, WaveRecalled(wave=wave.number, back=len(leaving), finishing=finishing))
    session.flush()
    if all(batch.status not in _GOING_ON for batch in batches):
        is_empty = len(leaving) == len(orders)
        record(session, actor, wave.move_to(WaveStatus.TAKEN_BACK if is_empty else WaveStatus.DONE, len(leaving)))
    session.flush()
    return Recalled(number=wave.number, back=len(leaving), lacking=lacking, finishing=finishing)


def _refuse(wave: Wave) -> None:
    if wave.recalled_at is not None:
        raise DomainError(f"Wave {wave.number} was recalled already.")
    if wave.status is not WaveStatus.PICKING:
        raise DomainError(f"Wave {wave.number} is {wave.status}. Only a wave that is picked is recalled.")


def _locked_walks(session: Session, actor: Actor, wave_id: int) -> tuple[Sequence[PickTask], Sequence[Batch]]:
    """Lock all lines of a wave and then its walks, as everybody does."""
    of_wave = Batch.warehouse_id == actor.warehouse_id, Batch.wave_id == wave_id
    tasks = session.scalars(
        select(PickTask)
        .where(PickTask.warehouse_id == actor.warehouse_id, PickTask.batch_id.in_(select(Batch.id).where(*of_wave)))
        .order_by(PickTask.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    batches = session.scalars(
        select(Batch)
        .where(*of_wave)
        .order_by(Batch.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    return tasks, batches


def _with_full_totes(session: Session, actor: Actor, batches: Sequence[Batch]) -> set[int]:
    """Return the orders whose full totes stand on carts with units in them: where orders share one, others' units."""
    holds_units = exists().where(
        Stock.warehouse_id == FullTote.warehouse_id, Stock.place_id == FullTote.tote_id, Stock.on_hand > 0
    )
    full = select(FullTote.order_id).where(
        FullTote.warehouse_id == actor.warehouse_id,
        FullTote.batch_id.in_([batch.id for batch in batches]),
        holds_units,
    )
    return set(session.scalars(full))


def _take_off(session: Session, actor: Actor, leaving: Sequence[Order], tasks: Sequence[PickTask]) -> None:
    """Cancel the lines of orders; what was scanned for them is not taken back any more."""
    order_ids = {order.id for order in leaving}
    mine = [task for task in tasks if task.order_id in order_ids]
    for task in mine:
        if task.status is TaskStatus.OPEN:
            task.forget_short()
            task.skip_asked = False
            task.move_to(TaskStatus.CANCELLED, actor.at)
    ids = [task.id for task in mine]
    _ = session.execute(delete(PickStep).where(PickStep.warehouse_id == actor.warehouse_id, PickStep.task_id.in_(ids)))
    settling.close(session, actor, ExceptionItem.kind == ExceptionKind.SKIP, ExceptionItem.subject_id.in_(ids))
    session.flush()


def _leave_carts(session: Session, actor: Actor, leaving: Sequence[Order], batches: Sequence[Batch]) -> None:
    """Free the totes that stood empty on carts for orders, once full ones too; one said to be broken is out of use."""
    of_leaving = BatchOrder.warehouse_id == actor.warehouse_id, BatchOrder.order_id.in_([row.id for row in leaving])
    full_of_leaving = FullTote.warehouse_id == actor.warehouse_id, FullTote.order_id.in_([row.id for row in leaving])
    bound = select(BatchOrder.tote_id, BatchOrder.batch_id).where(*of_leaving, BatchOrder.tote_id.is_not(None))
    full = select(FullTote.tote_id, FullTote.batch_id).where(*full_of_leaving)
    walks = dict(session.execute(bound.union(full)).all())
    totes = session.scalars(
        select(Tote)
        .where(Tote.warehouse_id == actor.warehouse_id, Tote.id.in_(walks))
        .order_by(Tote.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    _ = session.execute(delete(BatchOrder).where(*of_leaving))
    _ = session.execute(delete(FullTote).where(*full_of_leaving))
    staying = set(
        session.scalars(
            select(BatchOrder.tote_id).where(
                BatchOrder.warehouse_id == actor.warehouse_id,
                BatchOrder.batch_id.in_([batch.id for batch in batches]),
                BatchOrder.dropped_at.is_(None),
            )
        )
    )
    freed = {tote.id for tote in totes if tote.id not in staying}  # orders may share one
    for tote in totes:
        if tote.id in freed:
            shared_totes.give_back(session, actor, tote, walks[tote.id])
    for batch in batches:
        if batch.put_tote_id in freed:
            batch.put_tote_id = None
    session.flush()


def _end_empty_walks(session: Session, actor: Actor, batches: Collection[Batch], reason: str) -> None:
    """Cancel the walks that have no order left."""
    for batch in batches:
        has_orders = exists().where(BatchOrder.warehouse_id == actor.warehouse_id, BatchOrder.batch_id == batch.id)
        if batch.status in _GOING_ON and not session.execute(select(has_orders)).scalar_one():
            record(session, actor, batch.cancel(reason))


def _set_aside_anew(session: Session, actor: Actor, leaving: Sequence[Order], reason: str) -> int:
    """Take orders out of their wave and set their stock aside anew; return how many lack some by now."""
    _ = session.execute(
        delete(WaveOrder).where(
            WaveOrder.warehouse_id == actor.warehouse_id, WaveOrder.order_id.in_([order.id for order in leaving])
        )
    )
    for order in leaving:
        record(session, actor, order.move_to(OrderStatus.ALLOCATED, reason))
        _ = allocating.release(session, actor, order, reason)
    session.flush()
    again.owe_anew(session, actor, leaving)
    reasons = allocating.allocate(session, actor, leaving)
    return sum(bool(why) for why in reasons.values())
