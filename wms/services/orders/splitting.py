"""Splitting a short order: what is picked goes on to packing, and what is missing becomes a backorder of its own."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import CodeKind
from wms.domain.errors import DomainError
from wms.domain.journal import record
from wms.domain.orders import Order, OrderLine, OrderReceived, OrderSplit, OrderStatus
from wms.domain.outbox import JobKind, hasten
from wms.services.carriers import labelling
from wms.services.locking import locked_orders
from wms.services.numbering import next_code
from wms.services.orders import leaving
from wms.services.orders.promising import timetable
from wms.services.planning import again
from wms.services.stock import allocating
from wms.services.stock.allocating import Need

_EXTERNAL_ID_LENGTH, _NUMBER_LENGTH = 80, 40


class NothingPickedError(DomainError):
    """A short order was to be split of which not one unit is picked."""

    def __init__(self, number: str) -> None:
        super().__init__(f"Nothing of {number} is picked. Let it wait, or cancel it.")
        self.number = number


def split(session: Session, actor: Actor, order: Order) -> Order:
    """Let a short order go on as picked; return the backorder of what it lacks. NothingPickedError."""
    root_id = order.split_from_id or order.id
    # Backorders are numbered by the order that the customer placed, so that one is locked too.
    root = next(row for row in locked_orders(session, actor, {root_id, order.id}) if row.id == root_id)
    needs = again.missing(session, actor, [order.id]).get(order.id, ())
    lines = {line.id: line for line in _lines(session, actor, order)}
    lacking = sum(need.quantity for need in needs)
    if lacking >= sum(line.to_pick for line in lines.values()):
        raise NothingPickedError(order.number)
    if not needs:
        raise DomainError(f"{order.number} lacks nothing.")
    backorder = _backorder(session, actor, root, order)
    for position, need in enumerate(needs, 1):
        lines[need.line_id].to_pick -= need.quantity
        session.add(_line(backorder, position, _bought(lines, need.line_id), need))
    session.flush()
    record(session, actor, OrderReceived(order_id=backorder.id, number=backorder.number, channel=backorder.channel))
    split = OrderSplit(order_id=order.id, number=order.number, backorder=backorder.number, units=lacking)
    moved = order.move_to(OrderStatus.PICKED, f"the rest is {backorder.number}")
    record(session, actor, split, moved)
    order.reason = ""
    if labelling.missing_units(session, actor, order.id) == 0:
        record(session, actor, order.move_to(OrderStatus.PACKED, "all that it has is in sealed boxes"))
        leaving.ship_if_all_left(session, actor, order)
    _ = allocating.allocate(session, actor, [backorder])
    hasten(session, actor, JobKind.KEEP_WAVE)  # a wave at work may take it
    session.flush()
    return backorder


def _lines(session: Session, actor: Actor, order: Order) -> Sequence[OrderLine]:
    return session.scalars(
        select(OrderLine).where(OrderLine.warehouse_id == actor.warehouse_id, OrderLine.order_id == order.id)
    ).all()


def _bought(lines: Mapping[int, OrderLine], line_id: int) -> OrderLine:
    """The line that the customer placed: of a substitute that is missing too, the one that it stood in for."""
    line = lines[line_id]
    return line if line.replaces_id is None else lines[line.replaces_id]


def _backorder(session: Session, actor: Actor, root: Order, order: Order) -> Order:
    """Write the order of what is missing: who bought it and where it goes are the same, its collection is the next."""
    before: int = session.execute(
        select(func.count()).where(Order.warehouse_id == actor.warehouse_id, Order.split_from_id == root.id)
    ).scalar_one()
    suffix = f"-{before + 2}"
    backorder = Order(
        warehouse_id=actor.warehouse_id,
        channel=root.channel,
        external_id=root.external_id[: _EXTERNAL_ID_LENGTH - len(suffix)] + suffix,
        number=root.number[: _NUMBER_LENGTH - len(suffix)] + suffix,
        barcode=next_code(session, actor.warehouse_id, CodeKind.ORDER),
        placed_at=order.placed_at,
        received_at=actor.at,
        carrier_service_id=order.carrier_service_id,
        priority=order.priority,
        shipping_method=order.shipping_method,
        currency=order.currency,
        email=order.email,
        note=order.note,
        gift_note=order.gift_note,
        ship_name=order.ship_name,
        ship_company=order.ship_company,
        ship_street1=order.ship_street1,
        ship_street2=order.ship_street2,
        ship_city=order.ship_city,
        ship_state=order.ship_state,
        ship_zip=order.ship_zip,
        ship_country=order.ship_country,
        ship_phone=order.ship_phone,
        split_from_id=root.id,
        accepts_substitutes=order.accepts_substitutes,
    )
    _ = timetable(session, actor.warehouse_id, actor.at).renew(backorder)
    session.add(backorder)
    return backorder


def _line(backorder: Order, position: int, line: OrderLine, need: Need) -> OrderLine:
    return OrderLine(
        warehouse_id=backorder.warehouse_id,
        order_id=backorder.id,
        position=position,
        product_id=line.product_id,
        sku=line.sku,
        name=line.name,
        quantity=need.quantity,
        to_pick=need.quantity,
        price_cents=line.price_cents,
    )
