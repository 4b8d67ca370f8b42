"""Missing units of a short order are taken next by whoever walks nearest to them for the same wave.

A walk takes an order more while its cart has a slot free and carries the units too, and lines are left on it. What is
in the picker's hands goes into its tote first; then a tote is asked for, and the missing units come before the rest.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, and_, exists, func, select
from sqlalchemy.orm import Session

from wms import batching
from wms.domain.actor import Actor
from wms.domain.floor import Cart, Location
from wms.domain.people import WorkerSession
from wms.domain.picking import Batch, BatchOrder, BatchStatus, FullTote, PickTask, TaskStatus
from wms.domain.waves import Allocation, Wave
from wms.services.locking import locked_walk
from wms.services.planning.layouts import floor_of
from wms.services.planning.problem import size_of, sizes_of
from wms.services.planning.waves import task_for
from wms.services.signing_in import IDLE_LIMIT
from wms.services.stock.allocating import Portion


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """A walk under way, locked, with a slot free on its cart and its lines still open in their sequence."""

    batch: Batch
    slot: int
    ahead: tuple[PickTask, ...]


def nearest(session: Session, actor: Actor, wave: Wave, order_id: int, portions: Sequence[Portion]) -> Room | None:
    """Lock the walk of a locked wave whose picker is nearest to one of the portions; None where no walk has room.

    Its lines are locked, so that is done before any stock is. A recalled wave takes no order more.
    """
    if wave.recalled_at is not None or not portions:
        return None
    location_ids = {portion.place_id for portion in portions}
    floor = floor_of(session, actor)
    if floor is None or any(place not in floor.layout for place in location_ids):
        return None
    zones = set(
        session.scalars(
            select(Location.zone).where(Location.warehouse_id == actor.warehouse_id, Location.id.in_(location_ids))
        )
    )
    found = [
        (min(batching.metres_between(floor.layout, here, place) for place in location_ids), row.id)
        for row in _under_way(session, actor, wave.id, order_id)
        for here in [row.stands if row.stands in floor.layout else row.goes_to]
        if here in floor.layout and (not row.has_parts or zones <= _zones_of(session, actor, row.id))
    ]
    rooms = (_room(session, actor, batch_id, portions) for _, batch_id in sorted(found))
    return next((room for room in rooms if room is not None), None)


def add(session: Session, room: Room, order_id: int, rows: Sequence[Allocation]) -> None:
    """Let a walk take what was set aside for an order, in this sequence, before the rest of its lines.

    The lines of the location where its picker stands come first all the same, and a line that is begun.
    """
    batch = room.batch
    session.add(BatchOrder(warehouse_id=batch.warehouse_id, batch_id=batch.id, order_id=order_id, slot=room.slot))
    here = [task for task in room.ahead if task.location_id == batch.location_id or task.is_begun]
    later = [task for task in room.ahead if task not in here]
    first = min(task.sequence for task in room.ahead)
    fresh = [task_for(batch, row, first) for row in rows]
    session.add_all(fresh)
    for sequence, task in enumerate((*here, *fresh, *later), start=first):
        task.sequence = sequence


def _under_way(
    session: Session, actor: Actor, wave_id: int, order_id: int
) -> Sequence[Row[int, int | None, int, bool]]:
    """Return the walks of a wave that somebody is on: where they stand, go to next, and whether orders have parts.

    Not those that have, or had, a tote of the order; what it lacks comes with another one.
    """
    of_batch = PickTask.warehouse_id == Batch.warehouse_id, PickTask.batch_id == Batch.id
    goes_to = (
        select(PickTask.location_id)
        .where(*of_batch, PickTask.status == TaskStatus.OPEN)
        .order_by(PickTask.sequence, PickTask.id)
        .limit(1)
        .correlate(Batch)
        .scalar_subquery()
    )
    on_it = BatchOrder.warehouse_id == Batch.warehouse_id, BatchOrder.batch_id == Batch.id
    is_worked = exists().where(
        WorkerSession.warehouse_id == Batch.warehouse_id,
        WorkerSession.worker_id == Batch.worker_id,
        WorkerSession.ended_at.is_(None),
        WorkerSession.seen_at > actor.at - IDLE_LIMIT,
    )
    return session.execute(
        select(
            Batch.id,
            Batch.location_id.label("stands"),
            goes_to.label("goes_to"),
            exists().where(*on_it, BatchOrder.is_part).label("has_parts"),
        ).where(
            Batch.warehouse_id == actor.warehouse_id,
            Batch.wave_id == wave_id,
            Batch.status == BatchStatus.STARTED,
            goes_to.is_not(None),
            is_worked,
            ~exists().where(*on_it, BatchOrder.order_id == order_id),
        )
    ).all()


def _zones_of(session: Session, actor: Actor, batch_id: int) -> set[str]:
    """Return the zones that a walk goes through."""
    on_walk = and_(PickTask.warehouse_id == Location.warehouse_id, PickTask.location_id == Location.id)
    return set(
        session.scalars(
            select(Location.zone)
            .join(PickTask, on_walk)
            .where(Location.warehouse_id == actor.warehouse_id, PickTask.batch_id == batch_id)
            .distinct()
        )
    )


def _room(session: Session, actor: Actor, batch_id: int, portions: Sequence[Portion]) -> Room | None:
    """Lock a walk and look again whether it has room for the portions."""
    _, tasks, batch = locked_walk(session, actor, batch_id)
    ahead = sorted(
        (task for task in tasks if task.status is TaskStatus.OPEN), key=lambda task: (task.sequence, task.id)
    )
    cart = session.get(Cart, (actor.warehouse_id, batch.cart_id)) if batch.cart_id is not None else None
    if batch.status is not BatchStatus.STARTED or not ahead or cart is None:
        return None
    mine = BatchOrder.warehouse_id == actor.warehouse_id, BatchOrder.batch_id == batch_id
    taken = set(session.scalars(select(BatchOrder.slot).where(*mine)))
    full = session.scalar(
        select(func.count()).where(FullTote.warehouse_id == actor.warehouse_id, FullTote.batch_id == batch_id)
    )
    if len(taken) + (full or 0) >= cart.slots or not _carries(session, actor, cart, tasks, portions):
        return None
    slot = next(number for number in range(1, cart.slots + 1) if number not in taken)
    return Room(batch=batch, slot=slot, ahead=tuple(ahead))


def _carries(
    session: Session, actor: Actor, cart: Cart, tasks: Sequence[PickTask], portions: Sequence[Portion]
) -> bool:
    """Whether a cart has the volume and carries the weight of what its walk has taken and will, and of the portions."""
    units: Counter[int] = Counter()
    for portion in portions:
        units[portion.goods.product_id] += portion.goods.quantity
    for task in tasks:
        units[task.product_id] += task.quantity if task.status is TaskStatus.OPEN else task.picked
    load = size_of(units, sizes_of(session, actor, units.keys()))
    return load.volume_ml <= cart.volume_ml and load.weight_g <= cart.weight_g
