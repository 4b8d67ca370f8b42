"""What a channel's later word does to an order that is already here: pays it, changes it or cancels it."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.channels.base import IncomingOrder, Payment
from wms.domain.actor import Actor
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import Hold, HoldKind, HoldReleased, Order, OrderChanged, OrderLine, OrderStatus
from wms.domain.waves import Allocation
from wms.services import allocating
from wms.services.cancelling import TooLateError
from wms.services.promising import NOT_WAVED
from wms.services.receiving_orders import Deed, Intake, Known, Update, hold, line_row, put_address

Cancel = Callable[[Session, Actor, Order, str], object]
_ENDED = (OrderStatus.SHIPPED, OrderStatus.CANCELLED)


def updater(cancel: Cancel) -> Update:
    """Return the function that `receive` asks about known orders; `cancel` ends one with all that sets off."""

    def update(session: Session, actor: Actor, intake: Intake, known: Known, told: IncomingOrder) -> frozenset[Deed]:
        deeds: set[Deed] = set()
        if told.cancelled or told.nothing_to_pick:
            if known.status is not OrderStatus.CANCELLED:
                deeds |= _end(session, actor, _unlocked(session, actor, known), told, cancel)
            return frozenset(deeds)
        if known.unpaid and told.payment is Payment.SETTLED:
            order = _locked(session, actor, known)
            _lift(session, actor, intake, order, HoldKind.PAYMENT, "paid")
            deeds.add(Deed.PAID)
        if known.digest != told.digest and known.status is not OrderStatus.CANCELLED:
            deeds.add(_change(session, actor, intake, _locked(session, actor, known), told))
        return frozenset(deeds)

    return update


def _locked(session: Session, actor: Actor, known: Known) -> Order:
    session.flush()  # an order of this very transaction may be meant; what it says must not be read over
    return session.get_one(Order, (actor.warehouse_id, known.id), with_for_update=True, populate_existing=True)


def _unlocked(session: Session, actor: Actor, known: Known) -> Order:
    """The order for `cancel`, which locks its wave before it."""
    session.flush()
    return session.get_one(Order, (actor.warehouse_id, known.id), populate_existing=True)


def _end(session: Session, actor: Actor, order: Order, told: IncomingOrder, cancel: Cancel) -> set[Deed]:
    """Cancel what the shop cancelled or somebody else shipped; report it where our own box has left."""
    reason = "cancelled in the shop" if told.cancelled else "fulfilled elsewhere"
    if order.status not in _ENDED:
        try:
            _ = cancel(session, actor, order, reason)
        except TooLateError as error:
            _report(session, actor, order, f"{order.number} was {reason}. {error}")
            return {Deed.UNTAKEN}
        return {Deed.CANCELLED}
    # A shipped order that the shop calls fulfilled is our own parcel told back to us: nothing is wrong.
    if order.status is OrderStatus.SHIPPED and not order.shipped_elsewhere and told.cancelled:
        text = f"{order.number} was cancelled in the shop, but it is shipped. Ask for the parcel back."
        if not _told_before(session, actor, order, text):
            _report(session, actor, order, text)
            return {Deed.UNTAKEN}
    return set()


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
            text=text[:300],
            order_id=order.id,
            subject_id=order.id,
        )
    )


def _lift(session: Session, actor: Actor, intake: Intake, order: Order, kind: HoldKind, why: str) -> None:
    """Release the order's holds of a kind; an order that nothing else holds is received again, with a new promise."""
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
        order.reason = intake.timetable.renew(order)[:200]


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
    put_address(order, told.ship_to)
    order.shipping_method = told.shipping_method
    order.reason = intake.timetable.promise(order)[:200]
    missing = order.address_missing
    if not missing:
        _lift(session, actor, intake, order, HoldKind.ADDRESS, "address completed in the shop")
    elif not _has_address_hold(session, actor, order):
        record(
            session,
            actor,
            *hold(session, actor, order, [(HoldKind.ADDRESS, f"The address lacks {', '.join(missing)}.")]),
        )
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
    for place, gone in enumerate(old, len(told.lines) + 1):
        if gone.id in pointed_to:
            gone.position, gone.to_pick = place, 0
        else:
            session.delete(gone)
    session.flush()
