"""The orders desk: holds, addresses and priorities, changed by a person while that still helps."""

import datetime as dt

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wms.channels.base import ShipTo
from wms.domain.actor import Actor
from wms.domain.errors import BadInputError, DomainError, NotFoundError
from wms.domain.journal import record
from wms.domain.orders import (
    ORDER_LIFECYCLE,
    AddressCorrected,
    Hold,
    HoldKind,
    HoldReleased,
    Order,
    OrderHeld,
    OrderStatus,
    PriorityChanged,
)
from wms.domain.outbox import JobKind, hasten
from wms.domain.packing import Package
from wms.domain.shipping import STANDING, Label
from wms.services.carriers import addressing
from wms.services.locking import locked_order
from wms.services.orders.promising import NOT_WAVED, timetable
from wms.services.orders.receiving import put_address
from wms.services.stock import allocating

OWN_HOLDS = (HoldKind.OPERATOR, HoldKind.CUSTOMER)
HIGHEST_PRIORITY = 9
_REASON_LENGTH = 200
# What the database's columns take of each part of an address.
ADDRESS_LENGTHS = {
    "name": 200,
    "company": 200,
    "street1": 200,
    "street2": 200,
    "city": 120,
    "state": 60,
    "zip": 20,
    "country": 2,
    "phone": 40,
}


def hold(
    session: Session, actor: Actor, order_id: int, *, kind: HoldKind, reason: str, until: dt.datetime | None = None
) -> Order:
    """Hold an order that is in no wave, until a moment or until released; its stock is free for others meanwhile."""
    if kind not in OWN_HOLDS:
        raise BadInputError(f"A person holds for {' or '.join(OWN_HOLDS)}, not for {kind}.")
    if until is not None and until <= actor.at:
        raise BadInputError("That moment has passed. Give a later one.")
    order = locked_order(session, actor, order_id)
    _refuse_waved(order, "hold")
    put_hold(session, actor, order, kind, _reason(reason), until)
    session.flush()
    return order


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise BadInputError("Say why.")
    return reason[:_REASON_LENGTH]


def _refuse_waved(order: Order, verb: str) -> None:
    sentence = too_late_to(verb, order)
    if sentence:
        raise DomainError(sentence)


def too_late_to(verb: str, order: Order) -> str:
    """Return the sentence why an order is held or put first no more; '' while it may be."""
    if order.status in NOT_WAVED:
        return ""
    if order.status in ORDER_LIFECYCLE.ends:
        return f"{order.number} is {order.status}. There is nothing to {verb}."
    way_out = (
        "Take its wave back, or cancel it." if order.status is OrderStatus.WAVED else "Let it go on, or cancel it."
    )
    return f"{order.number} is {order.status}, too late to {verb}. {way_out}"


def why_address_stays(order: Order, *, has_label: bool) -> str:
    """Return the sentence why an order's address is corrected no more; '' while it may be."""
    if order.status in ORDER_LIFECYCLE.ends:
        return f"{order.number} is {order.status}. Its address stays."
    return f"{order.number} has its label. Void it at the packing station first." if has_label else ""


def put_hold(
    session: Session, actor: Actor, order: Order, kind: HoldKind, reason: str, until: dt.datetime | None
) -> None:
    """Hold a locked order that is in no wave, for whatever reason; what was set aside for it is free."""
    _ = allocating.give_back(session, actor, order.id)
    session.add(
        Hold(
            warehouse_id=actor.warehouse_id,
            order_id=order.id,
            kind=kind,
            reason=reason,
            at=actor.at,
            worker_id=actor.worker_id,
            until=until,
        )
    )
    record(session, actor, OrderHeld(order_id=order.id, kind=kind, reason=reason))
    if order.status is not OrderStatus.HELD:
        record(session, actor, order.move_to(OrderStatus.HELD, reason))


def release_hold(session: Session, actor: Actor, order_id: int, hold_id: int) -> Order:
    """Lift one hold; an order that nothing else holds is received again, with a new promise."""
    order = locked_order(session, actor, order_id)
    row = session.scalars(
        select(Hold).where(Hold.warehouse_id == actor.warehouse_id, Hold.id == hold_id, Hold.order_id == order_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("hold", hold_id)
    if row.released_at is not None:
        raise DomainError("This hold was released already.")
    if row.kind is HoldKind.ADDRESS and order.address_missing:
        missing = ", ".join(order.address_missing)
        raise DomainError(f"The address lacks {missing}. Correct it, and the hold ends by itself.")
    _lift(session, actor, order, row, f"released by {actor.name}")
    return order


def _lift(session: Session, actor: Actor, order: Order, row: Hold, why: str) -> None:
    row.released_at, row.released_by = actor.at, actor.worker_id
    record(session, actor, HoldReleased(order_id=order.id, kind=row.kind, reason=why))
    session.flush()
    if order.status is OrderStatus.HELD and not allocating.active_holds(session, actor, [order.id]):
        record(session, actor, order.move_to(OrderStatus.RECEIVED, why))
        order.reason = timetable(session, actor.warehouse_id, actor.at).renew(order)[:_REASON_LENGTH]
        hasten(session, actor, JobKind.KEEP_WAVE)  # a wave at work may take it
    session.flush()


def correct_address(session: Session, actor: Actor, order_id: int, ship_to: ShipTo) -> Order:
    """Write where an order goes, until its label is bought; a complete address lifts the address hold by itself."""
    for part, most in ADDRESS_LENGTHS.items():
        if len(getattr(ship_to, part)) > most:
            raise BadInputError(f"The {part} is too long. It takes {most} characters.")
    order = write_address(session, actor, locked_order(session, actor, order_id), ship_to)
    addressing.ask(session, actor, [order])
    return order


def write_address(session: Session, actor: Actor, order: Order, ship_to: ShipTo) -> Order:
    """Write where a locked order goes, without a question whether a box can go there; DomainError where it stays."""
    sentence = why_address_stays(order, has_label=_has_label(session, actor, order.id))
    if sentence:
        raise DomainError(sentence)
    before = order.address_line
    was_complete = not order.address_missing
    put_address(order, ship_to)
    missing = ", ".join(order.address_missing)
    if missing and order.status not in NOT_WAVED:
        raise DomainError(f"The address lacks {missing}. The order is on its way to packing and needs a whole one.")
    record(session, actor, AddressCorrected(order_id=order.id, before=before, after=order.address_line))
    session.flush()
    if missing and was_complete:
        put_hold(session, actor, order, HoldKind.ADDRESS, f"The address lacks {missing}.", None)
    elif not missing:
        lift_address_holds(session, actor, order, "the address is complete")
    session.flush()
    return order


def lift_address_holds(session: Session, actor: Actor, order: Order, why: str) -> None:
    """End the holds that a locked order's address made."""
    for row in _address_holds(session, actor, order.id):
        _lift(session, actor, order, row, why)


def _has_label(session: Session, actor: Actor, order_id: int) -> bool:
    found = session.scalars(
        select(Label.id)
        .join(Package, and_(Package.warehouse_id == Label.warehouse_id, Package.id == Label.package_id))
        .where(
            Label.warehouse_id == actor.warehouse_id,
            Package.order_id == order_id,
            Label.status.in_(STANDING),
        )
    ).first()
    return found is not None


def _address_holds(session: Session, actor: Actor, order_id: int) -> list[Hold]:
    return list(
        session.scalars(
            select(Hold).where(
                Hold.warehouse_id == actor.warehouse_id,
                Hold.order_id == order_id,
                Hold.kind == HoldKind.ADDRESS,
                Hold.released_at.is_(None),
            )
        )
    )


def prioritise(session: Session, actor: Actor, order_id: int, priority: int) -> Order:
    """Put an order before others of its collection: 0 is normal, 9 goes first. It counts when its wave is planned."""
    if not 0 <= priority <= HIGHEST_PRIORITY:
        raise BadInputError(f"A priority is a whole number from 0 to {HIGHEST_PRIORITY}.")
    order = locked_order(session, actor, order_id)
    _refuse_waved(order, "put first")
    if order.priority != priority:
        event = PriorityChanged(order_id=order.id, before=order.priority, after=priority)
        order.priority = priority
        record(session, actor, event)
        session.flush()
    return order
