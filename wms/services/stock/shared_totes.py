"""When a tote that several orders share is done with: nothing is in it, and nothing may come back into it."""

from sqlalchemy import Select, and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.errands import Errand, ErrandKind
from wms.domain.packing import Package, PackageStatus
from wms.domain.picked import PickedUnits
from wms.domain.picking import PickTask
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus


def of_order(actor: Actor, order_id: int) -> Select[int]:
    """The ids of those in lanes that units of an order were put into."""
    return (
        select(Tote.id)
        .join(PickedUnits, and_(PickedUnits.warehouse_id == Tote.warehouse_id, PickedUnits.tote_id == Tote.id))
        .join(PickTask, and_(PickTask.warehouse_id == Tote.warehouse_id, PickTask.id == PickedUnits.task_id))
        .where(
            Tote.warehouse_id == actor.warehouse_id,
            Tote.status == ToteStatus.STAGED,
            Tote.order_id.is_(None),
            PickTask.order_id == order_id,
        )
        .distinct()
    )


def is_done(session: Session, actor: Actor, tote: Tote) -> bool:
    """Tell whether a tote, shared or one order's, is empty by the books and waits for no unit.

    Asked at one moment: between two questions a unit may go from its box back into the tote, and lie in neither.
    """
    units = exists().where(Stock.warehouse_id == actor.warehouse_id, Stock.place_id == tote.id, Stock.on_hand > 0)
    is_used = units if tote.order_id is not None else or_(units, _boxed(actor, tote.id).exists())
    return not session.scalars(select(is_used)).one()


def give_back(session: Session, actor: Actor, tote: Tote, batch_id: int | None = None) -> None:
    """Let a locked tote that is empty be free, or out of use where somebody has said that it broke.

    That is said on the walk that has it or (`batch_id` None) at the put wall.
    """
    if end_breaking(session, actor, tote.id, batch_id):
        tote.lose()
    else:
        tote.free()
    session.flush()


def end_breaking(session: Session, actor: Actor, tote_id: int, batch_id: int | None = None) -> bool:
    """Let all who have said that a tote broke, as for `give_back`, be done with it; tell whether anybody had."""
    said = session.scalars(
        delete(Errand)
        .where(
            Errand.warehouse_id == actor.warehouse_id,
            Errand.kind == ErrandKind.BROKEN_TOTE,
            Errand.batch_id == batch_id,
            Errand.tote_id == tote_id,
        )
        .returning(Errand.worker_id)
    )
    return bool(said.all())


def _boxed(actor: Actor, tote_id: int) -> Select[int]:
    """The open boxes in which a unit lies that came from a shared tote, and may go back into it."""
    return (
        select(Package.id)
        .join(PickTask, and_(PickTask.warehouse_id == Package.warehouse_id, PickTask.order_id == Package.order_id))
        .join(PickedUnits, and_(PickedUnits.warehouse_id == PickTask.warehouse_id, PickedUnits.task_id == PickTask.id))
        .where(
            Package.warehouse_id == actor.warehouse_id,
            Package.status == PackageStatus.OPEN,
            PickedUnits.tote_id == tote_id,
            PickedUnits.lost_at.is_(None),
        )
    )
