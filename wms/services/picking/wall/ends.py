"""A tote at the put wall comes to its end, sorted to the last unit or found empty before; an order is whole there."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.floor import ADJUSTMENT_ID
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.people import SAID_EMPTY
from wms.domain.picked import PickedUnits, ToteFoundEmpty
from wms.domain.saying import say, say_some
from wms.domain.totes import Tote, ToteStatus
from wms.services.locking import locked_order, locked_wave_of
from wms.services.orders import deciding
from wms.services.picking.exceptions import full_totes
from wms.services.picking.walk import parts
from wms.services.picking.wall import desks
from wms.services.picking.wall.desks import Desk
from wms.services.planning import again as planning_again
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback
from wms.services.stock import shared_totes, stocking, unsorted
from wms.services.stock.stocking import Goods


def since(tote: Tote) -> str:
    """Return since when a tote stands where it does, as events keep it ('' for never)."""
    return "" if tote.staged_at is None else tote.staged_at.isoformat()


def complete(session: Session, actor: Actor, order_id: int) -> None:
    """All that there is of a locked order lies in its place: packing may open it there, unless it lacks something."""
    place = session.scalars(
        select(Tote).where(
            Tote.warehouse_id == actor.warehouse_id,
            Tote.order_id == order_id,
            Tote.wall != "",
            Tote.status == ToteStatus.PICKING,
        )
    ).one_or_none()
    if place is not None:
        place.stage(None, actor.at)
    order = session.get_one(Order, (actor.warehouse_id, order_id))
    session.flush()
    if order.status is OrderStatus.SHORT and not planning_again.missing(session, actor, [order_id]):
        record(session, actor, order.move_to(OrderStatus.PICKED, "what it lacked was picked again"))
        session.flush()


def lock(session: Session, tote: Tote) -> None:
    """Lock a tote before its units move: of two who sort its last ones at once, the second sees that it is empty."""
    session.refresh(tote, with_for_update={"key_share": True})


def end_tote(session: Session, actor: Actor, tote: Tote) -> None:
    """Give a locked tote that is sorted back; one with units of cancelled orders waits for its put-backs."""
    if session.execute(unsorted.of_tote(actor, tote.id, PickedUnits.id).limit(1)).first() is None:
        desks.leave_all(session, actor, tote.id)
        if not full_totes.holds_units(session, actor, tote.id):
            shared_totes.give_back(session, actor, tote)


def say_empty(session: Session, actor: Actor, desk: Desk) -> Feedback:
    """SHORT: nothing is left in the tote, by the sorter's word; its own scan is to confirm that."""
    desks.take(session, actor, desk.tote.id, SAID_EMPTY)
    return feedback.told(say("SHORT. Then scan {tote}", tote=desk.tote.barcode))


def book_empty(session: Session, actor: Actor, tote: Tote) -> Feedback:
    """Nothing is left in the tote: what it should still hold is lost, and the orders it is for are short.

    What somebody else has in hand is not missing.
    """
    for order_id in session.scalars(unsorted.of_tote(actor, tote.id, Order.id).distinct().order_by(Order.id)).all():
        _ = locked_wave_of(session, actor, order_id)  # before the orders, as everyone locks
    in_tote = unsorted.of_tote(actor, tote.id, *unsorted.FACTS).where(~desks.is_in_others_hands(actor))
    rows = session.execute(
        in_tote.order_by(Order.id, PickedUnits.id).with_for_update(of=(Order, PickedUnits), key_share=True)
    ).all()
    desks.take(session, actor, None)
    if not rows:
        return feedback.told(say("The rest is in another's hands"))
    lock(session, tote)
    orders: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        goods = Goods(product_id=row.product_id, quantity=row.quantity, lot=row.lot, serial=row.serial)
        stocking.move(
            session, actor, goods, from_place_id=tote.id, to_place_id=ADJUSTMENT_ID, reason="missing at the wall"
        )
        session.get_one(PickedUnits, (actor.warehouse_id, row.id)).lost_at = actor.at
        orders[row.order_id].append(f"{row.quantity} of {row.sku}")
    # An order with a part still to come is short with its last part: what is lost then lacks there.
    parts_to_come = parts.going_on(session, actor, orders)
    was = {row.order_id: row.status for row in rows}
    left = {order_id: was[order_id] if order_id in parts_to_come else OrderStatus.SHORT for order_id in orders}
    event = ToteFoundEmpty(
        tote=tote.barcode,
        was=tuple((order_id, was[order_id].value, left[order_id].value) for order_id in orders),
        lane_id=tote.lane_id,
        staged_at=since(tote),
    )
    record(session, actor, event)
    session.flush()
    for order_id, lacks in orders.items():
        lacking = ", ".join(lacks)
        reason, where = f"{lacking} missing at the put wall", f"not in {tote.barcode} at the put wall"
        tell_short(session, actor, order_id, f"lacks {lacking}, {where}", None if order_id in parts_to_come else reason)
    end_tote(session, actor, tote)
    for order_id in orders:
        go_on(session, actor, order_id, is_whole=order_id not in parts_to_come)
    return feedback.told(say_some("{n} order is short", "{n} orders are short", len(orders)))


def tell_short(session: Session, actor: Actor, order_id: int, told: str, reason: str | None) -> None:
    """Tell the lead what a locked order lacks, and leave it short for that reason, None while more of it will come."""
    order = session.get_one(Order, (actor.warehouse_id, order_id))
    if reason is not None and order.status is not OrderStatus.SHORT:
        record(session, actor, order.move_to(OrderStatus.SHORT, reason[:200]))
    session.add(
        ExceptionItem(
            warehouse_id=actor.warehouse_id,
            kind=ExceptionKind.SHORT,
            at=actor.at,
            text=f"{order.number} {told}"[:300],
            order_id=order_id,
            subject_id=order_id,
        )
    )


def go_on(session: Session, actor: Actor, order_id: int, *, is_whole: bool) -> None:
    """Let packing have what there is of an order that lacks something; `is_whole`: no part of it is still to come."""
    if not unsorted.units_of_order(session, actor, order_id):
        complete(session, actor, order_id)
    if is_whole:
        deciding.follow(session, actor, locked_order(session, actor, order_id))
