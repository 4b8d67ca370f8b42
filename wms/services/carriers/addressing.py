"""Addresses to be checked with the carrier: asked for when an order or its address is new, one after another."""

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wms.carriers.base import Address
from wms.domain.actor import Actor
from wms.domain.addresses import AddressCheck
from wms.domain.orders import OPEN, Order
from wms.domain.outbox import JobKind, wake
from wms.domain.people import AddressRule, Warehouse

# A carrier that cannot be asked is asked again after one minute, then four times as long each time, five times in all:
# nothing is held up by it.
_FIRST_PAUSE = dt.timedelta(minutes=1)
_TRIES = 5


def customer_of(order: Order) -> Address:
    """Return where an order goes, as carriers take it."""
    return Address(
        name=order.ship_name,
        company=order.ship_company,
        street1=order.ship_street1,
        street2=order.ship_street2,
        city=order.ship_city,
        state=order.ship_state,
        zip=order.ship_zip,
        country=order.ship_country,
        phone=order.ship_phone,
        email=order.email,
    )


def are_checked(session: Session, actor: Actor) -> bool:
    """Tell whether the warehouse has addresses checked."""
    rule = session.scalars(select(Warehouse.addresses).where(Warehouse.id == actor.warehouse_id)).one()
    return rule is AddressRule.CARRIER


def ask(session: Session, actor: Actor, orders: Iterable[Order]) -> None:
    """Have the addresses of orders checked that are whole and were not asked about before, where the rule says so."""
    if not are_checked(session, actor):
        return
    is_new = False
    for order in orders:
        row = of_order(session, actor, order.id)
        if order.address_missing or order.status not in OPEN:
            if row is not None:
                row.due_at = None
            continue
        if row is None:
            row = AddressCheck(
                warehouse_id=order.warehouse_id, order_id=order.id, address=order.address_line, due_at=actor.at
            )
            session.add(row)
        elif row.address == order.address_line:
            continue
        else:
            row.ask_anew(order.address_line, actor.at)
        is_new = True
    if is_new:
        wake(session, actor, JobKind.CHECK_ADDRESS, "check addresses")


def of_order(session: Session, actor: Actor, order_id: int) -> AddressCheck | None:
    """Return the question about an order's address."""
    return session.scalars(
        select(AddressCheck).where(AddressCheck.warehouse_id == actor.warehouse_id, AddressCheck.order_id == order_id)
    ).one_or_none()


def next_due(session: Session, actor: Actor) -> AddressCheck | None:
    """Return the question that is asked next, perhaps later than now; None where there is none."""
    if not are_checked(session, actor):
        return None
    return session.scalars(
        select(AddressCheck)
        .join(Order, and_(Order.warehouse_id == AddressCheck.warehouse_id, Order.id == AddressCheck.order_id))
        .where(
            AddressCheck.warehouse_id == actor.warehouse_id,
            AddressCheck.due_at.is_not(None),
            Order.status.in_(OPEN),
        )
        .order_by(AddressCheck.due_at, AddressCheck.id)
        .limit(1)
    ).one_or_none()


def begin(actor: Actor, row: AddressCheck) -> None:
    """Count a try before the carrier is asked, so that one that breaks the job stops no other."""
    row.tries += 1
    row.due_at = None if row.tries >= _TRIES else actor.at + _FIRST_PAUSE * 4 ** (row.tries - 1)
    row.messages = "" if row.due_at else "The carrier could not be asked."


def give_up(session: Session, actor: Actor, order_id: int, why: str) -> None:
    """Leave an address unchecked for good: the carrier will not say; its order goes on."""
    row = of_order(session, actor, order_id)
    if row is not None:
        row.settle(valid=None, messages=why)
