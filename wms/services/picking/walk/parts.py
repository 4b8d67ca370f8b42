"""Orders whose walk was split by zone: their parts meet in one lane, and the last one makes the order whole."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.floor import Location, LocationKind
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask, TaskStatus
from wms.domain.totes import Tote, ToteStatus
from wms.services.planning import again, turn_before_all

_IS_OPEN = exists().where(
    PickTask.warehouse_id == BatchOrder.warehouse_id,
    PickTask.batch_id == BatchOrder.batch_id,
    PickTask.order_id == BatchOrder.order_id,
    PickTask.status == TaskStatus.OPEN,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Others:
    """What is known at the end of a walk of an order's lines on other walks; nothing for an order that is no part.

    `go_on`: some are still to be picked or put down. `lane_id`: where others stand by now. `is_short`: all are down,
    and the order as a whole lacks units.
    """

    go_on: bool = False
    lane_id: int | None = None
    is_short: bool = False

    @property
    def meet(self) -> bool:
        """Whether this part is put where the others are, or will be."""
        return self.go_on or self.lane_id is not None


def others(session: Session, actor: Actor, batch_id: int) -> dict[int, Others]:
    """Return what there is beyond a walk of those of its orders that are parts."""
    mine = BatchOrder.warehouse_id == actor.warehouse_id
    ids = session.scalars(
        select(BatchOrder.order_id).where(mine, BatchOrder.batch_id == batch_id, BatchOrder.is_part.is_(True))
    ).all()
    if not ids:
        return {}
    elsewhere = frozenset(session.scalars(_going_on(actor, ids).where(BatchOrder.batch_id != batch_id)))
    standing = session.execute(
        select(Tote.order_id, Tote.lane_id)
        .join(Location, and_(Location.warehouse_id == Tote.warehouse_id, Location.id == Tote.lane_id))
        .where(
            Tote.warehouse_id == actor.warehouse_id,
            Tote.order_id.in_(ids),
            Tote.status == ToteStatus.STAGED,
            Location.kind.in_((LocationKind.CONSOLIDATION, LocationKind.LANE)),
        )
        .order_by(Tote.staged_at.desc(), Tote.id)
    )
    lane_of = {row.order_id: row.lane_id for row in standing}
    lacking = again.missing(session, actor, [order_id for order_id in ids if order_id not in elsewhere])
    return {
        order_id: Others(go_on=order_id in elsewhere, lane_id=lane_of.get(order_id), is_short=order_id in lacking)
        for order_id in ids
    }


def going_on(session: Session, actor: Actor, order_ids: Collection[int]) -> frozenset[int]:
    """Return those of the orders that have a part still to be picked or put down."""
    return frozenset(session.scalars(_going_on(actor, order_ids)))


def hasten(session: Session, actor: Actor, order_ids: Collection[int]) -> None:
    """Let the waiting walks with what is missing of these orders be walked first among those of their cutoff."""
    walks = session.scalars(
        select(Batch)
        .join(BatchOrder, and_(BatchOrder.warehouse_id == Batch.warehouse_id, BatchOrder.batch_id == Batch.id))
        .where(
            Batch.warehouse_id == actor.warehouse_id,
            Batch.status == BatchStatus.WAITING,
            BatchOrder.order_id.in_(order_ids),
            BatchOrder.is_part.is_(True),
            _IS_OPEN,
        )
        .order_by(Batch.id)
        .distinct()
    ).all()
    for walk in walks:
        walk.position = min(walk.position, turn_before_all(session, actor, walk.cutoff_at, walk.id))
    session.flush()


def _going_on(actor: Actor, order_ids: Collection[int]) -> Select[int]:
    """The orders of these with lines still to be picked, or a tote still on a cart."""
    return (
        select(BatchOrder.order_id)
        .join(Batch, and_(Batch.warehouse_id == BatchOrder.warehouse_id, Batch.id == BatchOrder.batch_id))
        .where(
            BatchOrder.warehouse_id == actor.warehouse_id,
            BatchOrder.order_id.in_(order_ids),
            BatchOrder.is_part.is_(True),
            BatchOrder.dropped_at.is_(None),
            Batch.status.in_((BatchStatus.WAITING, BatchStatus.STARTED)),
            or_(BatchOrder.tote_id.is_not(None), _IS_OPEN),
        )
    )
