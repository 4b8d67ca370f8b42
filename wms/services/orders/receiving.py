"""Orders come in from a channel: new ones are written with lines, holds and promise, known ones looked at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from wms.channels.base import Fault, IncomingLine, IncomingOrder, Payment, ShipTo
from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.codes import CodeKind, own_code
from wms.domain.errors import NotFoundError
from wms.domain.ids import new_id
from wms.domain.journal import Event, record
from wms.domain.orders import Hold, HoldKind, Order, OrderHeld, OrderLine, OrderReceived, OrderStatus
from wms.domain.people import Warehouse
from wms.services.carriers import addressing
from wms.services.numbering import next_number
from wms.services.orders.promising import Timetable, timetable

_REASON_LENGTH = 200


class Deed(StrEnum):
    """What an order's arrival did. UNTAKEN: the shop changed it, but it is too far on for the floor to follow."""

    ADDED = "added"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    PAID = "paid"
    UNTAKEN = "changed, not taken"


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What was done with one order; no deeds mean that nothing was new."""

    number: str
    deeds: frozenset[Deed] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """What is looked up once for many orders of a channel: products by SKU and the carriers' timetable."""

    channel: str
    product_ids: Mapping[str, int]
    timetable: Timetable

    def faults(self, told: IncomingOrder) -> tuple[Fault, ...]:
        """Say which lines must be shipped and name a SKU that is no product here; they leave the order out whole."""
        return tuple(
            Fault(line=line.line, reason=f"the SKU '{line.sku}' is no product of this warehouse")
            for line in told.lines
            if line.ships and line.sku not in self.product_ids
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known of an order, read without a lock: enough to see whether the channel says anything new."""

    status: OrderStatus
    digest: str
    unpaid: bool

    def has_news(self, told: IncomingOrder) -> bool:
        """Tell whether the order must be looked at: it ends, is paid or changed. One that is cancelled stays so."""
        if self.status is OrderStatus.CANCELLED:
            return False
        if told.ends:
            return told.cancelled or self.status is not OrderStatus.SHIPPED
        return (self.unpaid and told.payment is Payment.SETTLED) or self.digest != told.digest


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """What was done with some orders, and those of which the channel says something new since they came in.

    Each of these wants an `updating_orders.update` in a transaction of its own, since it locks what the floor works on.
    """

    receipts: tuple[Receipt, ...]
    with_news: tuple[IncomingOrder, ...]


def intake(session: Session, actor: Actor, channel: str) -> Intake:
    """Look up what many orders need."""
    rows = session.execute(select(Product.sku, Product.id).where(Product.warehouse_id == actor.warehouse_id))
    return Intake(
        channel=channel,
        product_ids={sku: product_id for sku, product_id in rows},  # noqa: C416 - rows are no tuples to the type checker
        timetable=timetable(session, actor.warehouse_id, actor.at),
    )


def receive(session: Session, actor: Actor, intake: Intake, orders: Sequence[IncomingOrder]) -> Received:
    """Take in orders that have no faults: write those that are new, and look whether the others have news."""
    # Two imports at once wait for each other here, so that neither can meet the other's half-written orders.
    locked = select(Warehouse.id).where(Warehouse.id == actor.warehouse_id).with_for_update(key_share=True)
    if session.execute(locked).first() is None:
        raise NotFoundError("warehouse", actor.warehouse_id)
    known = _known(session, actor, intake.channel, [told.external_id for told in orders])
    new = len({told.external_id for told in orders} - set(known))
    number = next_number(session, actor.warehouse_id, CodeKind.ORDER.value, new) if new else 0
    receipts: list[Receipt] = []
    with_news: list[IncomingOrder] = []
    lines: list[dict[str, Any]] = []
    events: list[Event] = []
    written: list[Order] = []
    for told in orders:
        before = known.get(told.external_id)
        if before is None:
            order = _written(session, actor, intake, told, own_code(CodeKind.ORDER, number), events)
            number += 1
            written.append(order)
            lines += [line_row(intake, order, place, line) for place, line in enumerate(told.lines, 1)]
            unpaid = order.status is OrderStatus.HELD and told.payment is Payment.UNSETTLED
            known[told.external_id] = Known(status=order.status, digest=order.digest, unpaid=unpaid)
            receipts.append(Receipt(number=told.number, deeds=frozenset({Deed.ADDED})))
        elif before.has_news(told):
            with_news.append(told)
        else:
            receipts.append(Receipt(number=told.number))
    session.flush()
    if lines:  # many more than orders, so they do without the session's book-keeping
        _ = session.execute(insert(OrderLine), lines)
    record(session, actor, *events)
    addressing.ask(session, actor, written)
    return Received(receipts=tuple(receipts), with_news=tuple(with_news))


def _known(session: Session, actor: Actor, channel: str, external_ids: Iterable[str]) -> dict[str, Known]:
    mine = (
        Order.warehouse_id == actor.warehouse_id,
        Order.channel == channel,
        Order.external_id.in_(list(external_ids)),
    )
    unpaid = set(
        session.scalars(
            select(Hold.order_id)
            .join(Order, (Order.warehouse_id == Hold.warehouse_id) & (Order.id == Hold.order_id))
            .where(*mine, Hold.kind == HoldKind.PAYMENT, Hold.released_at.is_(None))
        )
    )
    rows: Iterable[Row[str, int, OrderStatus, str]] = session.execute(
        select(Order.external_id, Order.id, Order.status, Order.digest).where(*mine)
    )
    return {
        external_id: Known(status=status, digest=digest, unpaid=order_id in unpaid)
        for external_id, order_id, status, digest in rows
    }


def _written(
    session: Session, actor: Actor, intake: Intake, told: IncomingOrder, barcode: str, events: list[Event]
) -> Order:
    """Write a new order with its holds, and say what happened to it."""
    ends_here = told.nothing_to_pick and not told.cancelled
    order = Order(
        warehouse_id=actor.warehouse_id,
        channel=intake.channel,
        external_id=told.external_id,
        number=told.number,
        barcode=barcode,
        placed_at=told.placed_at,
        received_at=actor.at,
        carrier_service_id=None,
        # An order that arrives shipped (or with nothing to ship) never moved here, so its life begins at its end.
        status=OrderStatus.SHIPPED if ends_here else OrderStatus.RECEIVED,
        shipped_elsewhere=ends_here,
        shipping_method=told.shipping_method,
        currency=told.currency,
        total_cents=told.total_cents,
        email=told.email,
        note=told.note,
        gift_note=told.gift_note,
        digest=told.digest,
        accepts_substitutes=told.accepts_substitutes,
    )
    put_address(order, told.ship_to)
    session.add(order)
    events.append(OrderReceived(order_id=order.id, number=order.number, channel=order.channel))
    if told.cancelled:
        events.append(order.move_to(OrderStatus.CANCELLED, f"cancelled in the shop ({told.financial})"))
    elif not ends_here:
        order.reason = intake.timetable.promise(order)[:_REASON_LENGTH]
        events += hold(session, actor, order, own_holds(order, told))
    return order


def line_row(intake: Intake, order: Order, position: int, line: IncomingLine) -> dict[str, Any]:
    """Return the columns of the order's line at a position, counted from 1."""
    return {
        "warehouse_id": order.warehouse_id,
        "id": new_id(),
        "order_id": order.id,
        "position": position,
        "product_id": intake.product_ids.get(line.sku),
        "sku": line.sku,
        "name": line.name,
        "quantity": line.quantity,
        "to_pick": line.to_pick,
        "price_cents": line.price_cents,
    }


def put_address(order: Order, ship_to: ShipTo) -> None:
    """Write where an order goes."""
    order.ship_name, order.ship_company = ship_to.name, ship_to.company
    order.ship_street1, order.ship_street2 = ship_to.street1, ship_to.street2
    order.ship_city, order.ship_state = ship_to.city, ship_to.state
    order.ship_zip, order.ship_country = ship_to.zip, ship_to.country
    order.ship_phone = ship_to.phone


def own_holds(order: Order, told: IncomingOrder) -> list[tuple[HoldKind, str]]:
    """Return the holds that make themselves, with their reasons: payment, fraud, address."""
    holds = []
    if told.payment is Payment.UNSETTLED:
        holds.append((HoldKind.PAYMENT, f"The shop says the payment is {told.financial or 'not known'}."))
    if told.risky:
        holds.append((HoldKind.FRAUD, "The shop says the risk of fraud is high."))
    if order.address_missing:
        holds.append((HoldKind.ADDRESS, f"The address lacks {', '.join(order.address_missing)}."))
    return holds


def hold(session: Session, actor: Actor, order: Order, holds: Sequence[tuple[HoldKind, str]]) -> list[Event]:
    """Put holds on an order that is not waved; return what happened."""
    events: list[Event] = []
    for kind, why in holds:
        reason = why[:_REASON_LENGTH]
        session.add(
            Hold(
                warehouse_id=order.warehouse_id,
                order_id=order.id,
                kind=kind,
                reason=reason,
                at=actor.at,
                worker_id=actor.worker_id,
            )
        )
        events.append(OrderHeld(order_id=order.id, kind=kind, reason=reason))
    if holds and order.status is not OrderStatus.HELD:
        events.append(order.move_to(OrderStatus.HELD, holds[0][1]))
    return events
