"""A damaged unit at the put wall: it goes to the hospital, and an order of those that share the tote lacks it.

Units of a product in one tote are alike, so the order that is due last goes without: the unit in hand may be another's.
"""

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.floor import Location
from wms.domain.journal import record
from wms.domain.orders import OrderStatus
from wms.domain.people import SAID_DAMAGED
from wms.domain.picked import DamagedAtWall, PickedUnits
from wms.domain.picking import PickTask
from wms.domain.saying import say
from wms.domain.totes import Tote
from wms.services.locking import locked_wave_of
from wms.services.picking.walk import parts
from wms.services.picking.wall import desks, ends
from wms.services.picking.wall.desks import Desk
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback
from wms.services.stock import damaging, stocking, unsorted
from wms.services.stock.stocking import Goods


def say_damaged(session: Session, actor: Actor, desk: Desk) -> Feedback:
    """DAMAGED before the item: its own scan is to say which."""
    desks.take(session, actor, desk.tote.id, SAID_DAMAGED)
    return feedback.told(say("DAMAGED. Then scan the item"))


def book(session: Session, actor: Actor, tote: Tote, product_id: int) -> Feedback | None:
    """Book one unit of a product in the tote as damaged; None where the tote has none for the wall."""
    alike = unsorted.of_tote(actor, tote.id, PickedUnits.id, PickTask.order_id).where(
        PickedUnits.product_id == product_id
    )
    found = session.execute(alike.order_by(desks.is_in_others_hands(actor), *unsorted.LAST).limit(1)).one_or_none()
    if found is None:
        return None
    _ = locked_wave_of(session, actor, found.order_id)  # before the order, as everyone locks
    row = unsorted.in_hand(session, actor, tote.id, found.id, lock=True)
    if row is None:
        return feedback.NOT_COUNTED
    ends.lock(session, tote)
    place_id, hospital = damaging.place(session, actor)
    goods = Goods(product_id=row.product_id, quantity=1, lot=row.lot, serial=row.serial)
    stocking.move(session, actor, goods, from_place_id=tote.id, to_place_id=place_id, reason="damaged")
    _lose_one(session, actor, row.id)
    # An order with a part still to come is short with its last part: what is lost then lacks there.
    is_whole = not parts.going_on(session, actor, [row.order_id])
    event = DamagedAtWall(
        order_id=row.order_id,
        task_id=row.task_id,
        sku=row.sku,
        quantity=1,
        location=_picked_at(session, actor, row.task_id),
        tote=tote.barcode,
        place=hospital or "scrap",
        place_id=place_id,
        was=((row.order_id, row.status.value, (OrderStatus.SHORT if is_whole else row.status).value),),
        lane_id=tote.lane_id,
        staged_at=ends.since(tote),
    )
    record(session, actor, event)
    session.flush()
    lacks = f"1 of {row.sku}"
    reason = f"{lacks} damaged at the put wall" if is_whole else None
    ends.tell_short(session, actor, row.order_id, f"lacks {lacks}, damaged at the put wall, in {event.place}", reason)
    # What is in hand besides is scanned again: it may be for another order now.
    desks.take(session, actor, tote.id)
    ends.go_on(session, actor, row.order_id, is_whole=is_whole)
    ends.end_tote(session, actor, tote)
    return damaging.told(hospital)


def _lose_one(session: Session, actor: Actor, units_id: int) -> None:
    units = session.get_one(PickedUnits, (actor.warehouse_id, units_id))
    lost = units.split_off() if units.quantity > 1 else units
    lost.lost_at = actor.at
    session.add(lost)
    session.flush()


def _picked_at(session: Session, actor: Actor, task_id: int) -> str:
    task = session.get_one(PickTask, (actor.warehouse_id, task_id))
    return session.get_one(Location, (actor.warehouse_id, task.location_id)).code
