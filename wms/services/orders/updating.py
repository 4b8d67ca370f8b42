"""What a channel's later word does to an order that is already here: pays it, changes it or cancels it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.channels.base import IncomingOrder, Payment
from wms.domain.actor import Actor
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import OPEN, Hold, HoldKind, HoldReleased, Order, OrderChanged, OrderLine, OrderStatus
from wms.domain.waves import Allocation
from wms.services.carriers import addressing
from wms.services.orders import cancelling
from wms.services.orders.cancelling import TooLateError
from wms.services.orders.promising import NOT_WAVED
from wms.services.orders.receiving import Deed, Intake, Receipt, hold, line_row, put_address
from wms.services.stock import allocating

_REASON_LENGTH = 200
_TEXT_LENGTH = 300


def update(session: Session, actor: Actor, intake: Intake, told: IncomingOrder) -> Receipt:
    """Follow what the channel now says of an order that is here; the transaction should hold no other order."""
    order = session.scalars(
        select(Order).where(
            Order.warehouse_id == actor.warehouse_id,
            Order.channel == intake.channel,
            Order.external_id == told.external_id,
        )
    ).one()
    if told.ends:
        backorders = _backorders(session, actor, order) if told.cancelled else ()
        done = [_end(session, actor, one, told) for one in (order, *backorders)]
        return Receipt(number=order.number, deeds=frozenset[Deed]().union(*done))
    session.refresh(order, with_for_update={"key_share": True})
    deeds: set[Deed] = set()
    if told.payment is Payment.SETTLED and _lift(session, actor, intake, order, HoldKind.PAYMENT, "paid"):
        deeds.add(Deed.PAID)
    if order.digest != told.digest and order.status is not OrderStatus.CANCELLED:
        deeds.add(_change(session, actor, intake, order, told))
    return Receipt(number=order.number, deeds=frozenset(deeds))


def _backorders(session: Session, actor: Actor, order: Order) -> Sequence[Order]:
    """Return what is left of an order that was split: the shop knows nothing of it by itself."""
    return session.scalars(
        select(Order)
        .where(Order.warehouse_id == actor.warehouse_id, Order.split_from_id == order.id, Order.status.in_(OPEN))
        .order_by(Order.id)
    ).all()


def _end(session: Session, actor: Actor, order: Order, told: IncomingOrder) -> frozenset[Deed]:
    """Cancel what the shop cancelled or somebody else shipped; put before a person what has left the house."""
    try:
        cancelling.cancel(session, actor, order, "cancelled in the shop" if told.cancelled else "fulfilled elsewhere")
    except TooLateError as error:
        if order.status is OrderStatus.CANCELLED or order.shipped_elsewhere:
            return frozenset()
        # A shipped order that the shop calls fulfilled is our own parcel told back to us: nothing is wrong.
        if order.status is OrderStatus.SHIPPED and not told.cancelled:
            return frozenset()
        text = f"{order.number} ended in the shop. {error}"[:_TEXT_LENGTH]
        if _told_before(session, actor, order, text):
            return frozenset()
        _report(session, actor, order, text)
        return frozenset({Deed.UNTAKEN})
    return frozenset({Deed.CANCELLED})


def _told_before(session: Session, actor: Actor, order: Order, text: str) -> bool:
    found = select(ExceptionItem.id).where(
        ExceptionItem.warehouse_id == actor.warehouse_id,
        ExceptionItem.order_id == order.id,
        ExceptionItem.text == text,
    )
    return session.execute(found).first() is not None


def _report(session: Session, actor: Actor, order: Order, text: str) -> None:
    session.add(
        ExceptionItem(
            warehouse_id=actor.warehouse_id,
            kind=ExceptionKind.CHANNEL,
            at=actor.at,
            text=text[:_TEXT_LENGTH],
            order_id=order.id,
            subject_id=order.id,
        )
    )


def _lift(session: Session, actor: Actor, intake: Intake, order: Order, kind: HoldKind, why: str) -> bool:
    """Release the order's holds of a kind, if any; one that nothing else holds is received again, newly promised."""
    lifted = session.scalars(
        select(Hold).where(
            Hold.warehouse_id == actor.warehouse_id,
            Hold.order_id == order.id,
            Hold.kind == kind,
            Hold.released_at.is_(None),
        )
    ).all()
    for row in lifted:
        row.released_at, row.released_by = actor.at, actor.worker_id
        record(session, actor, HoldReleased(order_id=order.id, kind=kind, reason=why))
    session.flush()
    if lifted and order.status is OrderStatus.HELD and not allocating.active_holds(session, actor, [order.id]):
        record(session, actor, order.move_to(OrderStatus.RECEIVED, why))
        order.reason = intake.timetable.renew(order)[:_REASON_LENGTH]
    return bool(lifted)


def _change(session: Session, actor: Actor, intake: Intake, order: Order, told: IncomingOrder) -> Deed:
    """Take changed lines and address over while the order is not waved; later tell a person."""
    taken = order.status in NOT_WAVED
    order.digest = told.digest  # also when not taken: each change is told once
    record(session, actor, OrderChanged(order_id=order.id, number=order.number, channel=order.channel, taken=taken))
    if not taken:
        _report(session, actor, order, f"{order.number} was changed in the shop, not taken: it is {order.status}.")
        return Deed.UNTAKEN
    if order.status is OrderStatus.ALLOCATED:
        _ = allocating.release(session, actor, order, "changed in the shop")
    else:
        _ = allocating.give_back(session, actor, order.id)
    _replace_lines(session, intake, order, told)
    address_before = order.address_line
    put_address(order, told.ship_to)
    order.shipping_method, order.gift_note = told.shipping_method, told.gift_note
    order.accepts_substitutes = told.accepts_substitutes
    order.reason = intake.timetable.promise(order)[:_REASON_LENGTH]
    missing = order.address_missing
    if not missing and order.address_line != address_before:
        _ = _lift(session, actor, intake, order, HoldKind.ADDRESS, "address completed in the shop")
    elif missing and not _has_address_hold(session, actor, order):
        record(
            session,
            actor,
            *hold(session, actor, order, [(HoldKind.ADDRESS, f"The address lacks {', '.join(missing)}.")]),
        )
    addressing.ask(session, actor, [order])
    return Deed.CHANGED


def _has_address_hold(session: Session, actor: Actor, order: Order) -> bool:
    found = select(Hold.id).where(
        Hold.warehouse_id == actor.warehouse_id,
        Hold.order_id == order.id,
        Hold.kind == HoldKind.ADDRESS,
        Hold.released_at.is_(None),
    )
    return session.execute(found).first() is not None


def _replace_lines(session: Session, intake: Intake, order: Order, told: IncomingOrder) -> None:
    """Make the order's lines those told: the same SKU keeps its row, since what was once set aside points to it."""
    of_order = (OrderLine.warehouse_id == order.warehouse_id, OrderLine.order_id == order.id)
    old = list(session.scalars(select(OrderLine).where(*of_order).order_by(OrderLine.position)))
    pointed_to = set(
        session.scalars(
            select(Allocation.line_id).where(
                Allocation.warehouse_id == order.warehouse_id, Allocation.order_id == order.id
            )
        )
    )
    for position, line in enumerate(told.lines, 1):
        fresh = OrderLine(**line_row(intake, order, position, line))
        kept = next((line for line in old if line.sku == fresh.sku), None)
        if kept is None:
            session.add(fresh)
            continue
        old.remove(kept)
        kept.position, kept.name, kept.price_cents = fresh.position, fresh.name, fresh.price_cents
        kept.quantity, kept.to_pick, kept.product_id = fresh.quantity, fresh.to_pick, fresh.product_id
        kept.replaces_id = None
    for place, gone in enumerate(old, len(told.lines) + 1):
        if gone.id in pointed_to:
            gone.position, gone.to_pick = place, 0
        else:
            session.delete(gone)
    session.flush()
