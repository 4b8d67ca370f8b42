"""The inbox: exceptions that wait for a person, those of the orders due first on top, and settled when decided."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.inbox import ExceptionItem, ExceptionKind, ExceptionSettled
from wms.domain.journal import record
from wms.domain.manifests import Manifest
from wms.domain.orders import Order, OrderStatus
from wms.services.orders.promising import zone_of

PAGE = 200
_is_no_fault = ExceptionItem.kind != ExceptionKind.FAULT
_MAY_BE_SHORT = (OrderStatus.PICKING, OrderStatus.SHORT)


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxRow:
    """One exception; `due` is its order's cutoff, `order_key` '' where it concerns none. Times are the warehouse's.

    `can_decide`: it is to be said what becomes of its short order; `manifest_key` is '' where it is about none.
    """

    key: str
    kind: ExceptionKind
    text: str
    at: dt.datetime
    due: dt.datetime | None
    is_late: bool
    order_key: str
    number: str
    status: OrderStatus | None
    can_decide: bool = False
    manifest_key: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Inbox:
    """The first exceptions, and how many there are in all."""

    rows: tuple[InboxRow, ...]
    total: int


def inbox(session: Session, actor: Actor) -> Inbox:
    """Return what waits for a decision, oldest due first; what concerns no order comes last, our own faults before it.

    A fault has no due time, but somebody stands there whose scan does not count.
    """
    zone = zone_of(session, actor)
    rows = session.execute(
        select(ExceptionItem, Order, Manifest.id)
        .outerjoin(Order, and_(Order.warehouse_id == ExceptionItem.warehouse_id, Order.id == ExceptionItem.order_id))
        .outerjoin(
            Manifest,
            and_(Manifest.warehouse_id == ExceptionItem.warehouse_id, Manifest.id == ExceptionItem.subject_id),
        )
        .where(*_is_open(actor))
        .order_by(Order.cutoff_at.is_(None), Order.cutoff_at, _is_no_fault, ExceptionItem.at, ExceptionItem.id)
        .limit(PAGE)
    ).all()
    return Inbox(
        rows=tuple(_row(item, order, manifest_id, actor, zone) for item, order, manifest_id in rows),
        total=waiting(session, actor),
    )


def waiting(session: Session, actor: Actor) -> int:
    """Return how many exceptions wait for a decision."""
    return session.scalar(select(func.count()).select_from(ExceptionItem).where(*_is_open(actor))) or 0


def _is_open(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return ExceptionItem.warehouse_id == actor.warehouse_id, ExceptionItem.settled_at.is_(None)


def _row(item: ExceptionItem, order: Order | None, manifest_id: int | None, actor: Actor, zone: ZoneInfo) -> InboxRow:
    due = None if order is None else order.cutoff_at
    return InboxRow(
        key=text_id(item.id),
        kind=item.kind,
        text=item.text,
        at=item.at.astimezone(zone),
        due=None if due is None else due.astimezone(zone),
        is_late=due is not None and due < actor.at,
        order_key=text_id(order.id) if order else "",
        number=order.number if order else "",
        status=order.status if order else None,
        manifest_key=text_id(manifest_id) if manifest_id else "",
        can_decide=item.kind is ExceptionKind.SHORT and order is not None and order.status in _MAY_BE_SHORT,
    )


def settle(session: Session, actor: Actor, item_id: int) -> ExceptionItem:
    """Say that an exception needs no decision any more; DomainError where that was said before."""
    item = session.scalars(
        select(ExceptionItem)
        .where(ExceptionItem.warehouse_id == actor.warehouse_id, ExceptionItem.id == item_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if item is None:
        raise NotFoundError("exception", text_id(item_id))
    if item.settled_at is not None:
        raise DomainError("Somebody has settled this already.")
    item.settled_at, item.settled_by = actor.at, actor.worker_id
    record(session, actor, ExceptionSettled(order_id=item.order_id, kind=item.kind, text=item.text))
    session.flush()
    return item


def is_open(session: Session, actor: Actor, *those: ColumnElement[bool]) -> bool:
    """Tell whether one of those exceptions waits for a decision."""
    return session.scalars(select(ExceptionItem.id).where(*_is_open(actor), *those).limit(1)).first() is not None


def tell(session: Session, actor: Actor, kind: ExceptionKind, text: str, *, order_id: int, subject_id: int) -> None:
    """Put into the inbox what waits for a person about a thing of an order."""
    item = ExceptionItem(
        warehouse_id=actor.warehouse_id,
        kind=kind,
        at=actor.at,
        text=text[:300],
        order_id=order_id,
        subject_id=subject_id,
    )
    session.add(item)


def is_told(session: Session, actor: Actor, subject_id: int, since: dt.datetime) -> bool:
    """Tell whether the inbox got an exception about a thing since then, settled meanwhile or not."""
    told = select(ExceptionItem.id).where(
        ExceptionItem.warehouse_id == actor.warehouse_id,
        ExceptionItem.subject_id == subject_id,
        ExceptionItem.at >= since,
    )
    return session.scalars(told).first() is not None


def close(session: Session, actor: Actor, *those: ColumnElement[bool]) -> None:
    """Take open exceptions from the inbox without a decision of their own: what was done answers them."""
    _ = session.execute(
        update(ExceptionItem)
        .where(ExceptionItem.warehouse_id == actor.warehouse_id, ExceptionItem.settled_at.is_(None), *those)
        .values(settled_at=actor.at, settled_by=actor.worker_id)
    )
