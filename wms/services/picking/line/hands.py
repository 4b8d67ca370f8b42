"""Units from the scan of the item until they are in a tote: each scan's row says how all was proved."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.ids import new_id
from wms.domain.journal import record
from wms.domain.picked import PickedUnits, UnitsLaidDown
from wms.domain.picking import PickTask, Proof
from wms.domain.saying import say
from wms.services.picking.walk.at_stop import Stop
from wms.services.scans import feedback
from wms.services.scans.recognising import Gs1, Item
from wms.services.scans.screens import Card, Feedback

# On the table and by the connection, as the journal is written: each item scanned adds a row.
_INSERT = insert(PickedUnits.__table__)  # type: ignore[arg-type] # declared as FromClause, it is a Table
_OF_TASK = (PickedUnits.warehouse_id == bindparam("warehouse"), PickedUnits.task_id == bindparam("task"))
_PUT = (
    update(PickedUnits)
    .where(*_OF_TASK, PickedUnits.tote_id.is_(None))
    .values(tote_id=bindparam("tote"), tote_proof=bindparam("proof"), put_at=bindparam("moment"))
    .execution_options(synchronize_session=False)
)
_TAKE_OUT = (
    update(PickedUnits)
    .where(*_OF_TASK, PickedUnits.tote_id == bindparam("tote"), PickedUnits.put_at == bindparam("moment"))
    .values(tote_id=None, tote_proof=Proof.NONE, put_at=None)
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A scan of the product that a stop wants: the units it counts, by what it is known, and what its GS1 code says.

    `lot` and `serial` are what the scan itself proved of the units ('' = nothing); `lost_separator`: its code came
    without the separators (FNC1), and was read all the same.
    """

    units: int
    proof: Proof
    gs1: Gs1 | None = None
    lot: str = ""
    serial: str = ""
    lost_separator: bool = False


def put_it_back(stop: Stop, item: Item) -> Feedback:
    """Stop at a wrong item, with what was scanned and what is wanted."""
    return feedback.stop(
        say("PUT IT BACK"),
        have=Card(name=item.name, sku=item.sku),
        need=Card(name=stop.product, sku=stop.sku),
    )


def take(session: Session, actor: Actor, stop: Stop, taken: Taken) -> int:
    """Write down that units were scanned into somebody's hands; return the row's id."""
    row_id = new_id()
    row = {
        "warehouse_id": actor.warehouse_id,
        "id": row_id,
        "task_id": stop.task_id,
        "product_id": stop.product_id,
        "quantity": taken.units,
        "at": actor.at,
        "worker_id": actor.worker_id,
        "location_proof": stop.standing_proof,
        "product_proof": taken.proof,
        "tote_proof": Proof.NONE,
        "lot": taken.lot,
        "serial": taken.serial,
    }
    _ = session.connection().execute(_INSERT, row)
    return row_id


def put(session: Session, actor: Actor, task_id: int, tote_id: int, proof: Proof) -> None:
    """Write down that what is in hand of a task went into a tote."""
    values = {"warehouse": actor.warehouse_id, "task": task_id, "tote": tote_id, "proof": proof, "moment": actor.at}
    _ = session.connection().execute(_PUT, values)


def take_out(session: Session, actor: Actor, task: PickTask, tote_id: int) -> None:
    """Write down that what the last put of a task brought into a tote is in hand again."""
    values = {"warehouse": actor.warehouse_id, "task": task.id, "tote": tote_id, "moment": task.done_at}
    _ = session.connection().execute(_TAKE_OUT, values)


def give_back(session: Session, actor: Actor, task: PickTask, row_id: int) -> int:
    """Take one scan's units back to the shelf; return how many."""
    row = session.get(PickedUnits, (actor.warehouse_id, row_id), populate_existing=True)
    if row is None or row.task_id != task.id or row.tote_id is not None:
        return 0
    record(session, actor, _laid_down(task, row, row.quantity))
    session.delete(row)
    session.flush()
    return row.quantity


def split_off_one(session: Session, row: PickedUnits) -> PickedUnits:
    """Return one unit of a scan with a row of its own: several are counted where a product has serials only since."""
    if row.quantity == 1:
        return row
    one = row.split_off()
    session.add(one)
    session.flush()
    return one


def join_again(session: Session, actor: Actor, one: PickedUnits, row_id: int) -> None:
    """Undo `split_off_one`, where the scan that the unit was of has not been laid down since."""
    row = session.get(PickedUnits, (actor.warehouse_id, row_id), populate_existing=True)
    if row is not None and row.id != one.id and row.tote_id is None:
        row.quantity += one.quantity
        session.delete(one)
        session.flush()


def lay_down(session: Session, actor: Actor, task: PickTask, units: int) -> None:
    """Take so many units in hand back to the shelf, those scanned last first."""
    for row in _in_hand(session, actor, task):
        less = min(row.quantity, units)
        units -= less
        if less:
            record(session, actor, _laid_down(task, row, less))
        if less == row.quantity:
            session.delete(row)
        else:
            row.quantity -= less
    session.flush()


def forget_serials(session: Session, actor: Actor, task: PickTask) -> None:
    """Let the units in hand be scanned by their serial numbers again: which of those scanned they are is not known."""
    for row in _in_hand(session, actor, task):
        row.serial = ""
    session.flush()


def _in_hand(session: Session, actor: Actor, task: PickTask) -> Sequence[PickedUnits]:
    """What is in hand of a task, last scanned first."""
    return session.scalars(
        select(PickedUnits)
        .where(
            PickedUnits.warehouse_id == actor.warehouse_id,
            PickedUnits.task_id == task.id,
            PickedUnits.tote_id.is_(None),
        )
        .order_by(PickedUnits.id.desc())
        .execution_options(populate_existing=True)
    ).all()


def _laid_down(task: PickTask, row: PickedUnits, units: int) -> UnitsLaidDown:
    return UnitsLaidDown(
        order_id=task.order_id,
        task_id=task.id,
        product_id=task.product_id,
        location_id=task.location_id,
        lot=task.lot,
        serial=task.serial,
        quantity=units,
        taken_at=row.at.isoformat(),
    )
