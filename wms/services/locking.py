"""Rows locked and read anew, in the sequence all keep: wave, order, tasks, batches, totes, packages, labels, stock.

Whoever starts or ends a walk or plans one holds the wave; a scan at the shelf holds its task. No lock keeps others
from referring to the row (`key_share`): at its commit PostgreSQL looks up the order, wave and batch of a task that was
written twice, and whoever holds those may be waiting for that very task.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.errors import NotFoundError
from wms.domain.orders import Order
from wms.domain.picking import Batch, PickTask
from wms.domain.waves import Wave, WaveOrder


def locked_wave(session: Session, actor: Actor, wave_id: int) -> Wave:
    """Return the wave; NotFoundError where there is none."""
    wave = session.scalars(
        select(Wave)
        .where(Wave.warehouse_id == actor.warehouse_id, Wave.id == wave_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if wave is None:
        raise NotFoundError("wave", wave_id)
    return wave


def locked_wave_of(session: Session, actor: Actor, order_id: int) -> Wave | None:
    """Return the wave that an order is in, or None."""
    return session.scalars(
        select(Wave)
        .join(WaveOrder, and_(WaveOrder.warehouse_id == Wave.warehouse_id, WaveOrder.wave_id == Wave.id))
        .where(WaveOrder.warehouse_id == actor.warehouse_id, WaveOrder.order_id == order_id)
        .with_for_update(of=Wave, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def locked_walk(session: Session, actor: Actor, batch_id: int) -> tuple[Wave, Sequence[PickTask], Batch]:
    """Return a walk's wave, its lines by id, and itself, locked in this sequence; NotFoundError where there is none."""
    batch = session.get(Batch, (actor.warehouse_id, batch_id))
    if batch is None:
        raise NotFoundError("batch", text_id(batch_id))
    wave = locked_wave(session, actor, batch.wave_id)
    tasks = session.scalars(
        select(PickTask)
        .where(PickTask.warehouse_id == actor.warehouse_id, PickTask.batch_id == batch_id)
        .order_by(PickTask.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    session.refresh(batch, with_for_update={"key_share": True})
    return wave, tasks, batch


def locked_order(session: Session, actor: Actor, order_id: int) -> Order:
    """Return the order; NotFoundError where there is none."""
    found = locked_orders(session, actor, [order_id])
    if not found:
        raise NotFoundError("order", order_id)
    return found[0]


def locked_orders(session: Session, actor: Actor, order_ids: Collection[int]) -> Sequence[Order]:
    """Return the orders of these ids, locked one after another by id."""
    return session.scalars(
        select(Order)
        .where(Order.warehouse_id == actor.warehouse_id, Order.id.in_(order_ids))
        .order_by(Order.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
