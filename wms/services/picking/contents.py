"""What a tote holds and whose it is, in one sentence, for whoever scans it between walks."""

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.floor import Cart, Location
from wms.domain.orders import Order
from wms.domain.picking import Batch, BatchOrder, BatchStatus
from wms.domain.saying import Said, say, say_some
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus


def told(session: Session, actor: Actor, tote: Tote) -> Said:
    """Return the sentence: the order (or how many share it), its units, and where the tote stands."""
    if tote.status is ToteStatus.FREE:
        return say("{tote} is free", tote=tote.name)
    if tote.status is ToteStatus.LOST:
        return say("{tote} is lost. See the lead", tote=tote.name)
    return say(
        "{whose}: {units}, {where}",
        whose=_whose(session, actor, tote),
        units=_units(session, actor, tote),
        where=where(session, actor, tote),
    )


def _whose(session: Session, actor: Actor, tote: Tote) -> str:
    if tote.order_id is not None:
        return session.get_one(Order, (actor.warehouse_id, tote.order_id)).number
    return say("Shared")


def _units(session: Session, actor: Actor, tote: Tote) -> Said:
    units = session.scalar(
        select(func.coalesce(func.sum(Stock.on_hand), 0)).where(
            Stock.warehouse_id == actor.warehouse_id, Stock.place_id == tote.id
        )
    )
    return say_some("{n} unit", "{n} units", int(units or 0))


def where(session: Session, actor: Actor, tote: Tote) -> Said:
    """Return where a tote in use stands, a part of a sentence; one on a cart that was given back stands on it."""
    if tote.wall:
        return say("at the wall")
    match tote.status:
        case ToteStatus.PICKING:
            cart = session.scalars(
                select(Cart.name)
                .join(Batch, and_(Batch.warehouse_id == Cart.warehouse_id, Batch.cart_id == Cart.id))
                .join(BatchOrder, and_(BatchOrder.warehouse_id == Batch.warehouse_id, BatchOrder.batch_id == Batch.id))
                .where(
                    BatchOrder.warehouse_id == actor.warehouse_id,
                    BatchOrder.tote_id == tote.id,
                    Batch.status.in_((BatchStatus.STARTED, BatchStatus.WAITING)),
                )
            ).first()
            return say("on {cart}", cart=cart) if cart else say("on a cart")
        case ToteStatus.PACKING:
            return say("at packing")
        case _:
            lane = session.get(Location, (actor.warehouse_id, tote.lane_id or 0))
            return say("in {lane}", lane=lane.code) if lane else say("in a lane")
