"""A cart starts a walk: which waiting batch it gets, first of all the one that was given back half done on it."""

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.errands import Errand
from wms.domain.floor import Cart
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.picking import OF_TASK, Batch, BatchOrder, BatchStatus, Method, PickTask, TaskStatus
from wms.domain.saying import say, say_some
from wms.domain.waves import Wave, WaveStatus
from wms.services.picking.walk.taking_along import take_along
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback

# The slots that orders still need: a cancelled one has no open line, and those that share a tote need one together.
_shared = case(
    (BatchOrder.method == Method.CLUSTER, BatchOrder.order_id), (BatchOrder.method == Method.PUT_WALL, -1), else_=0
)
_slots = (
    select(func.count(_shared.distinct()))
    .select_from(PickTask)
    .join(BatchOrder, OF_TASK)
    .where(
        PickTask.warehouse_id == Batch.warehouse_id, PickTask.batch_id == Batch.id, PickTask.status == TaskStatus.OPEN
    )
    .correlate(Batch)
    .scalar_subquery()
)


def start(session: Session, actor: Actor, cart: Cart) -> Feedback:
    """Give the cart the waiting batch that is due first and fits; safe against another picker in the same moment."""
    while True:
        waiting = session.scalars(
            select(Batch)
            .where(
                Batch.warehouse_id == actor.warehouse_id,
                Batch.status == BatchStatus.WAITING,
                or_(Batch.cart_id == cart.id, and_(Batch.cart_id.is_(None), _slots.between(1, cart.slots))),
            )
            .order_by(Batch.cart_id.is_(None), Batch.cutoff_at, Batch.position, Batch.id)
            .limit(1)
        ).one_or_none()
        if waiting is None:
            return _nothing_fits(session, actor, cart)
        # The wave before the batch, as everyone locks them; another picker may have the batch by then.
        wave = session.scalars(
            select(Wave)
            .where(Wave.warehouse_id == actor.warehouse_id, Wave.id == waiting.wave_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).one()
        batch = session.scalars(
            select(Batch)
            .where(
                Batch.warehouse_id == actor.warehouse_id,
                Batch.id == waiting.id,
                Batch.status == BatchStatus.WAITING,
                or_(Batch.cart_id == cart.id, Batch.cart_id.is_(None)),
            )
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).one_or_none()
        if batch is not None and batch.cart_id is not None:
            return _go_on(session, actor, batch, cart)
        if batch is not None:
            return _start(session, actor, wave, batch, cart)


def _nothing_fits(session: Session, actor: Actor, cart: Cart) -> Feedback:
    least: int | None = session.execute(
        select(func.min(_slots)).where(
            Batch.warehouse_id == actor.warehouse_id,
            Batch.status == BatchStatus.WAITING,
            Batch.cart_id.is_(None),
            _slots > 0,
        )
    ).scalar_one()
    if least is None:
        return feedback.wrong(say("Nothing to pick"))
    return feedback.wrong(say("Cart too small. {needed} slots needed, {here} here", needed=least, here=cart.slots))


def _go_on(session: Session, actor: Actor, batch: Batch, cart: Cart) -> Feedback:
    """Take up a walk that was given back: its totes stand in their slots on the cart."""
    started = batch.start(cart_id=cart.id, worker_id=actor.worker_id or 0, device=actor.device, at=actor.at)
    record(session, actor, started)
    session.flush()
    take_along(session, actor, Errand.batch_id == batch.id)
    left: int = session.execute(
        select(func.count()).where(
            PickTask.warehouse_id == actor.warehouse_id,
            PickTask.batch_id == batch.id,
            PickTask.status == TaskStatus.OPEN,
        )
    ).scalar_one()
    return feedback.accepted(
        say_some("{batch} goes on, {n} line left", "{batch} goes on, {n} lines left", left, batch=batch.name)
    )


def _start(session: Session, actor: Actor, wave: Wave, batch: Batch, cart: Cart) -> Feedback:
    started = batch.start(cart_id=cart.id, worker_id=actor.worker_id or 0, device=actor.device, at=actor.at)
    record(session, actor, started)
    if wave.status is WaveStatus.RELEASED:
        record(session, actor, wave.move_to(WaveStatus.PICKING))
    orders = session.scalars(
        select(Order)
        .join(BatchOrder, (BatchOrder.warehouse_id == Order.warehouse_id) & (BatchOrder.order_id == Order.id))
        .where(
            BatchOrder.warehouse_id == actor.warehouse_id,
            BatchOrder.batch_id == batch.id,
            Order.status == OrderStatus.WAVED,
        )
        .order_by(Order.id)
        .with_for_update(of=Order, key_share=True)
        .execution_options(populate_existing=True)
    )
    for order in orders.all():
        record(session, actor, order.move_to(OrderStatus.PICKING))
    count = _number_slots(session, actor, batch)
    return feedback.accepted(say_some("{batch}, {n} order", "{batch}, {n} orders", count, batch=batch.name))


def _number_slots(session: Session, actor: Actor, batch: Batch) -> int:
    """Number the slots from 1 in the order in which totes will be asked for, those without an open line last.

    Orders that share a tote have its slot together, after the others. Return how many orders are to be picked.
    """
    rows = session.scalars(
        select(BatchOrder)
        .where(BatchOrder.warehouse_id == actor.warehouse_id, BatchOrder.batch_id == batch.id)
        .order_by(BatchOrder.order_id)
    ).all()
    open_orders = set(
        session.scalars(
            select(PickTask.order_id).where(
                PickTask.warehouse_id == actor.warehouse_id,
                PickTask.batch_id == batch.id,
                PickTask.status == TaskStatus.OPEN,
            )
        )
    )
    asked = [row for row in rows if row.order_id in open_orders]
    own = [row for row in asked if not row.method.shares]
    rest = [row for row in rows if row.order_id not in open_orders]
    number_of = {row.order_id: number for number, row in enumerate(own, 1)}
    shared = [method for method in Method if method.shares and any(row.method is method for row in asked)]
    slot_of = {method: slot for slot, method in enumerate(shared, len(own) + 1)}
    number_of |= {row.order_id: slot_of[row.method] for row in asked if row.method.shares}
    number_of |= {row.order_id: number for number, row in enumerate(rest, len(own) + len(shared) + 1)}
    # Below zero first: two rows may not have one slot even for a moment.
    for sign in (-1, 1):
        for row in rows:
            row.slot = sign * number_of[row.order_id]
        session.flush()
    return len(open_orders)
