"""What becomes of short orders: they wait for stock, are split or are cancelled, as a person or the warehouse says.

What is decided while the order's cart is still walked is done when its totes are down; nobody else's walk waits for it.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus, ShortDecided
from wms.domain.outbox import JobKind, wake
from wms.domain.people import ShortPolicy, Warehouse
from wms.domain.waves import WaveOrder
from wms.services import settling
from wms.services.locking import locked_order, locked_wave_of
from wms.services.orders import cancelling, splitting
from wms.services.orders.cancelling import TooLateError
from wms.services.orders.splitting import NothingPickedError

_CANCELLED = "short, and nobody waits for it"
_MAY_BE_SHORT = (OrderStatus.PICKING, OrderStatus.SHORT)
_LATER = {
    ShortPolicy.WAIT: "{order} will wait for stock.",
    ShortPolicy.SPLIT: "{order} is split when its tote is down.",
    ShortPolicy.CANCEL: "{order} is cancelled when its tote is down.",
}


def decide(session: Session, actor: Actor, order_id: int, policy: ShortPolicy) -> str:
    """Say what is to become of a short order; return in words what was done. DomainError where it is not short."""
    _ = locked_wave_of(session, actor, order_id)
    order = locked_order(session, actor, order_id)
    if order.status not in _MAY_BE_SHORT:
        raise DomainError(f"{order.number} is {order.status}, not short.")
    order.when_short = policy
    record(session, actor, ShortDecided(order_id=order.id, number=order.number, policy=policy, by_default=False))
    if order.status is OrderStatus.PICKING:
        _settle(session, actor, order)
        return _LATER[policy].format(order=order.number)
    words = _do(session, actor, order, policy)
    _settle(session, actor, order)
    return words


def follow(session: Session, actor: Actor, order: Order) -> None:
    """Do with an order that has just become short what was decided of it, or is the warehouse's rule.

    The caller has locked its wave and then the order.
    """
    warehouse = session.get(Warehouse, actor.warehouse_id)
    if warehouse is None:
        raise NotFoundError("warehouse", actor.warehouse_id)
    policy = order.when_short or warehouse.when_short
    if order.when_short is None and policy is not ShortPolicy.WAIT:
        record(session, actor, ShortDecided(order_id=order.id, number=order.number, policy=policy, by_default=True))
    try:
        _ = _do(session, actor, order, policy)
    except (NothingPickedError, TooLateError):
        # There is nothing to go on with, or nothing to take back; a person may still decide otherwise.
        policy = ShortPolicy.WAIT
        _ = _do(session, actor, order, policy)
    if policy is not ShortPolicy.WAIT:
        _settle(session, actor, order)


def _do(session: Session, actor: Actor, order: Order, policy: ShortPolicy) -> str:
    if policy is ShortPolicy.SPLIT:
        backorder = splitting.split(session, actor, order)
        return f"{order.number} goes on as picked. The rest is {backorder.number}, {backorder.status}."
    if policy is ShortPolicy.CANCEL:
        cancelling.cancel(session, actor, order, _CANCELLED)
        return f"{order.number} is cancelled. Its picked units are put back."
    _watch(session, actor, order)
    return f"{order.number} waits for stock, and then goes on by itself."


def _watch(session: Session, actor: Actor, order: Order) -> None:
    """See to it that the order's wave is looked after until its missing units lie somewhere."""
    wave_id = session.scalar(
        select(WaveOrder.wave_id).where(WaveOrder.warehouse_id == actor.warehouse_id, WaveOrder.order_id == order.id)
    )
    if wave_id is not None:
        wake(session, actor, JobKind.KEEP_WAVE, f"keep-{wave_id}", wave_id=wave_id)


def _settle(session: Session, actor: Actor, order: Order) -> None:
    settling.close(session, actor, ExceptionItem.order_id == order.id, ExceptionItem.kind == ExceptionKind.SHORT)
