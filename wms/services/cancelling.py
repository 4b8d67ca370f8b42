"""Cancelling an order at any stage, with what that sets off."""

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.services import allocating
from wms.services.promising import NOT_WAVED


def cancel(session: Session, actor: Actor, order: Order, reason: str) -> None:
    """End an order that is not waved and give its stock back; one further on is put before a person.

    The caller has locked the order.
    """
    if order.status in NOT_WAVED:
        _ = allocating.give_back(session, actor, order.id)
        record(session, actor, order.move_to(OrderStatus.CANCELLED, reason))
        return
    session.add(
        ExceptionItem(
            warehouse_id=actor.warehouse_id,
            kind=ExceptionKind.CHANNEL,
            at=actor.at,
            text=f"{order.number} is to be cancelled ({reason}), but it is {order.status}."[:300],
            order_id=order.id,
            subject_id=order.id,
        )
    )
