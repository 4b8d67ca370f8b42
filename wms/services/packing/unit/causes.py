"""Why a wrong unit was in the tote: one card says it, and the pick that caused it is charged where it is known."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, Command, parse
from wms.domain.floor import Location
from wms.domain.journal import record
from wms.domain.packing import LABEL_WAS_WRONG, CauseSaid
from wms.domain.people import Worker
from wms.domain.picked import PickedUnits
from wms.domain.picking import PickTask
from wms.domain.saying import Said, say
from wms.services.packing.bench import box_anew
from wms.services.packing.on_bench import Bench
from wms.services.scans import feedback
from wms.services.scans.recognising import Item, find_item
from wms.services.scans.screens import Feedback

CAUSES: Mapping[Command, str] = {
    Command.WRONG_PICK: "wrong pick",
    Command.WRONG_TOTE: "wrong tote",
    Command.WRONG_LABEL: LABEL_WAS_WRONG,
    Command.MISCOUNT: "counting",
}


def note(session: Session, actor: Actor, bench: Bench, code: Code) -> None:
    """Keep what was caught last, so that its cause is asked for."""
    box_anew(session, actor, bench.package_id).caught = code.text[:80]
    session.flush()


def say_cause(session: Session, actor: Actor, bench: Bench, command: Command) -> Feedback:
    """Write down the cause of the unit caught last, with the picker and the shelf that it is charged to."""
    if not bench.caught:
        return feedback.wrong(say("Nothing wrong was caught here"))
    code = parse(bench.caught)
    item = find_item(session, actor, code)
    pick = _pick(session, actor, bench, item, command)
    said = CauseSaid(
        order_id=bench.order_id,
        package=bench.package,
        sku=item.sku if item else "",
        code=code.text,
        cause=CAUSES[command],
        picker=pick[0] if pick else "",
        location=pick[1] if pick else "",
        task_id=pick[2] if pick else None,
    )
    record(session, actor, said)
    box_anew(session, actor, bench.package_id).caught = ""
    session.flush()
    return feedback.told(_words(command))


def _words(command: Command) -> Said:
    return say("Noted: {cause}", cause=feedback.COMMANDS[command])


def _pick(
    session: Session, actor: Actor, bench: Bench, item: Item | None, command: Command
) -> tuple[str, str, int] | None:
    """The picker, shelf and task of the pick that brought a wrong unit; None where no pick did, or none is known.

    A unit in the wrong tote was picked for another order of the same walk. A wrong or miscounted one came with the
    line that it should have been: of its own product, else one that still lacks a unit.
    """
    if command is Command.WRONG_LABEL:
        return None
    mine = and_(PickTask.warehouse_id == actor.warehouse_id, PickTask.order_id == bench.order_id)
    if command is Command.WRONG_TOTE:
        walks = select(PickTask.batch_id).where(mine)
        product_id = item.product_id if item else None
        other = and_(PickTask.batch_id.in_(walks), PickTask.order_id != bench.order_id)
        return _newest(session, actor, and_(other, PickedUnits.product_id == product_id))
    own = and_(mine, PickedUnits.product_id == item.product_id) if item else None
    lacking = [row.product_id for row in bench.units if row.left]
    found = _newest(session, actor, own) if own is not None else None
    return found or _newest(session, actor, and_(mine, PickedUnits.product_id.in_(lacking)))


def _newest(session: Session, actor: Actor, of: ColumnElement[bool]) -> tuple[str, str, int] | None:
    row = session.execute(
        select(Worker.name, Location.code, PickTask.id)
        .select_from(PickedUnits)
        .join(PickTask, and_(PickTask.warehouse_id == PickedUnits.warehouse_id, PickTask.id == PickedUnits.task_id))
        .join(Location, and_(Location.warehouse_id == PickTask.warehouse_id, Location.id == PickTask.location_id))
        .outerjoin(Worker, and_(Worker.warehouse_id == PickedUnits.warehouse_id, Worker.id == PickedUnits.worker_id))
        .where(PickedUnits.warehouse_id == actor.warehouse_id, of)
        .order_by(PickedUnits.at.desc(), PickedUnits.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else (row[0] or "", row[1], row[2])
