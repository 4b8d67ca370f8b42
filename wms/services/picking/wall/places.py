"""The places of a put wall: which wall a tote is sorted at, and the place that is named for each order's units.

A free place that was named for units in hand stays theirs until they are put, whatever other sorters and packers do.
"""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.picking import PickTask
from wms.domain.totes import Tote, ToteStatus
from wms.services.picking.wall import desks
from wms.services.stock import unsorted


def wall_of(session: Session, actor: Actor, tote_id: int) -> str:
    """The wall where the orders of a tote have places; else the one with most places free ('' for none)."""
    places = select(Tote.wall).where(Tote.warehouse_id == actor.warehouse_id, Tote.wall != "")
    orders = unsorted.of_tote(actor, tote_id, PickTask.order_id)
    begun = session.scalars(places.where(Tote.order_id.in_(orders)).order_by(Tote.id).limit(1)).one_or_none()
    if begun is not None:
        return begun
    free = places.where(Tote.status == ToteStatus.FREE).group_by(Tote.wall).order_by(func.count().desc(), Tote.wall)
    return session.scalars(free.limit(1)).one_or_none() or ""


def place_of(
    session: Session, actor: Actor, order_id: int, wall: str, named_id: int | None = None, *, lock: bool = False
) -> Tote | None:
    """The order's place; else the free one that is named for it, or the first that is named for none; None: no such.

    `named_id` is the place that was named when the units were taken in hand.
    """
    places = select(Tote).where(Tote.warehouse_id == actor.warehouse_id).execution_options(populate_existing=True)
    own = places.where(Tote.wall != "", Tote.order_id == order_id)
    named = desks.named_by_others(session, actor)
    mine = {place_id for place_id, other_id in named if other_id == order_id}
    if named_id is not None:
        mine.add(named_id)
    taken = {place_id for place_id, _ in named} - mine
    free = (
        places.where(
            or_(Tote.wall == (wall or None), Tote.id.in_(mine)), Tote.status == ToteStatus.FREE, Tote.id.not_in(taken)
        )
        .order_by(Tote.id.in_(mine).desc(), func.length(Tote.wall_slot), Tote.wall_slot)
        .limit(1)
    )
    if lock:
        own, free = own.with_for_update(key_share=True), free.with_for_update(key_share=True, skip_locked=True)
    return session.scalars(own).first() or session.scalars(free).one_or_none()
