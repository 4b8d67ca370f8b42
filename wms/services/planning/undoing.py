"""Waves given back: taken back before the first scan, or undone when their planner died half-way."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.errors import DomainError
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask, TaskStatus
from wms.domain.waves import Wave, WaveOrder, WaveStatus
from wms.services.locking import locked_orders, locked_wave
from wms.services.stock import allocating

STALE_AFTER = dt.timedelta(minutes=1)
_BACK = (WaveStatus.PLANNED, WaveStatus.RELEASED)


class WaveStartedError(DomainError):
    """A wave was to be taken back although somebody picks it, has picked it, or it is no wave any more."""

    def __init__(self, sentence: str, *, number: int) -> None:
        super().__init__(sentence)
        self.number = number


def take_back(session: Session, actor: Actor, wave_id: int) -> int:
    """Undo a released wave whole, until its first scan; orders are received again. Return how many."""
    wave = locked_wave(session, actor, wave_id)
    if wave.status not in _BACK:
        raise WaveStartedError(f"Wave {wave.number} is {wave.status} and cannot be taken back.", number=wave.number)
    batches = session.scalars(
        select(Batch)
        .where(Batch.warehouse_id == actor.warehouse_id, Batch.wave_id == wave_id)
        .order_by(Batch.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for batch in batches:
        if batch.status in {BatchStatus.STARTED, BatchStatus.DONE}:
            raise WaveStartedError(
                f"{batch.name} has been started. The wave cannot be taken back any more.", number=wave.number
            )
    orders = locked_orders(session, actor, member_ids(session, actor, wave_id))
    reason = f"wave {wave.number} taken back"
    _cancel_walks(session, actor, batches, reason)
    for order in orders:
        if order.status is OrderStatus.WAVED:
            record(session, actor, order.move_to(OrderStatus.ALLOCATED, reason))
    return _let_go(session, actor, wave, orders, reason)


def undo_draft(session: Session, actor: Actor, wave_id: int) -> int:
    """Give the orders of a draft back whose planner died; return how many."""
    wave = locked_wave(session, actor, wave_id)
    if wave.status is not WaveStatus.DRAFT:
        raise WaveStartedError(f"Wave {wave.number} is {wave.status} already.", number=wave.number)
    orders = locked_orders(session, actor, member_ids(session, actor, wave_id))
    return _let_go(session, actor, wave, orders, f"wave {wave.number} was never planned to its end")


def stale_drafts(session: Session, actor: Actor) -> Sequence[Wave]:
    """Drafts older than a minute: no planner takes that long, so theirs died."""
    return session.scalars(
        select(Wave)
        .where(
            Wave.warehouse_id == actor.warehouse_id,
            Wave.status == WaveStatus.DRAFT,
            Wave.planned_at < actor.at - STALE_AFTER,
        )
        .order_by(Wave.id)
    ).all()


def undo_stale_drafts(session: Session, actor: Actor) -> int:
    """Give back what dead planners claimed; return the drafts."""
    drafts = session.scalars(
        select(Wave)
        .where(Wave.id.in_([wave.id for wave in stale_drafts(session, actor)]), Wave.status == WaveStatus.DRAFT)
        .order_by(Wave.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for wave in drafts:
        _ = undo_draft(session, actor, wave.id)
    return len(drafts)


def member_ids(session: Session, actor: Actor, wave_id: int) -> Sequence[int]:
    """The ids of the wave's orders."""
    return session.scalars(
        select(WaveOrder.order_id).where(WaveOrder.warehouse_id == actor.warehouse_id, WaveOrder.wave_id == wave_id)
    ).all()


def _cancel_walks(session: Session, actor: Actor, batches: Sequence[Batch], reason: str) -> None:
    ids = [batch.id for batch in batches]
    tasks = session.scalars(
        select(PickTask)
        .where(
            PickTask.warehouse_id == actor.warehouse_id,
            PickTask.batch_id.in_(ids),
            PickTask.status == TaskStatus.OPEN,
        )
        .order_by(PickTask.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    for task in tasks:
        task.move_to(TaskStatus.CANCELLED, actor.at)
    for batch in batches:
        if batch.status is BatchStatus.WAITING:
            record(session, actor, batch.cancel(reason))
    _ = session.execute(
        delete(BatchOrder).where(BatchOrder.warehouse_id == actor.warehouse_id, BatchOrder.batch_id.in_(ids))
    )


def _let_go(session: Session, actor: Actor, wave: Wave, orders: Sequence[Order], reason: str) -> int:
    """Give the allocated orders' stock back, take all orders out of the wave and end it."""
    back = [order for order in orders if order.status is OrderStatus.ALLOCATED]
    for order in back:
        _ = allocating.release(session, actor, order, reason)
    _ = session.execute(
        delete(WaveOrder).where(WaveOrder.warehouse_id == actor.warehouse_id, WaveOrder.wave_id == wave.id)
    )
    record(session, actor, wave.move_to(WaveStatus.TAKEN_BACK, len(back)))
    return len(back)
