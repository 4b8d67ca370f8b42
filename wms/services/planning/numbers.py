"""The desk's numbers: what stands open now."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.inbox import ExceptionItem
from wms.domain.orders import OPEN, Order, OrderStatus
from wms.services.orders import promising
from wms.services.orders.promising import zone_of


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskNumbers:
    """What stands open now: orders by status, orders shipped since local midnight, exceptions that wait."""

    counts: Counter[OrderStatus]
    shipped_today: int
    exceptions: int
    unpromised: int


def desk_numbers(session: Session, actor: Actor) -> DeskNumbers:
    """The desk's numbers as they stand."""
    midnight = actor.at.astimezone(zone_of(session, actor)).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Order.warehouse_id == actor.warehouse_id
    counts = session.execute(
        select(Order.status, func.count()).where(mine, Order.status.in_(OPEN)).group_by(Order.status)
    )
    return DeskNumbers(
        counts=Counter({status: orders for status, orders in counts}),  # noqa: C416 - rows are no pairs to mypy
        shipped_today=_count(session, select(func.count()).where(mine, Order.shipped_at >= midnight)),
        exceptions=_count(
            session,
            select(func.count()).where(
                ExceptionItem.warehouse_id == actor.warehouse_id, ExceptionItem.settled_at.is_(None)
            ),
        ),
        unpromised=_count(
            session,
            select(func.count()).where(mine, Order.status.in_(promising.NOT_WAVED), Order.cutoff_at.is_(None)),
        ),
    )


def _count(session: Session, statement: Select[int]) -> int:
    return session.scalar(statement) or 0
