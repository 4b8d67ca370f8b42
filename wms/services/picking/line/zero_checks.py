"""A location that is empty by the books after a put: the picker says whether it is, and if not it is counted."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, Command
from wms.domain.counting import CountTask
from wms.domain.floor import Location
from wms.domain.journal import record
from wms.domain.picked import StepKind
from wms.domain.picking import Batch, LocationLookedAt
from wms.domain.saying import say
from wms.domain.stock import Stock
from wms.services.picking.screens import ZeroCheck
from wms.services.picking.walk import steps, undo
from wms.services.picking.walk.at_stop import Stop
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback
from wms.services.stock import counting

_REASON = "not empty after its last unit was picked"


def ask(session: Session, actor: Actor, stop: Stop) -> None:
    """Ask about the stop's location where the put just made left nothing in it; one under count is looked at anyway."""
    holds_units = select(Stock.on_hand).where(
        Stock.warehouse_id == actor.warehouse_id, Stock.place_id == stop.location_id, Stock.on_hand > 0
    )
    is_counted = counting.under_count(actor).where(CountTask.location_id == stop.location_id)
    if session.execute(holds_units.limit(1)).first() is None and session.execute(is_counted).first() is None:
        _ = _note(session, actor, stop.batch_id, None, stop.location_id)


def asked(session: Session, actor: Actor, batch_id: int) -> ZeroCheck | None:
    """Return the question that a walk's picker is to answer, None where there is none."""
    row = session.execute(
        select(Batch.name, Location.id, Location.code)
        .join(Location, (Location.warehouse_id == Batch.warehouse_id) & (Location.id == Batch.asked_empty_id))
        .where(Batch.warehouse_id == actor.warehouse_id, Batch.id == batch_id)
    ).one_or_none()
    if row is None:
        return None
    return ZeroCheck(
        token=f"empty-{batch_id:x}-{row.id:x}",
        accept=(Command.YES.value, Command.NO.value),
        job=row.name,
        batch_id=batch_id,
        location_id=row.id,
        location=row.code,
    )


def judge(session: Session, actor: Actor, code: Code, screen: ZeroCheck) -> Feedback:
    """Judge the answer to "Is the shelf empty?": NO lets it be counted, UNDO takes the put back.

    The answer is a step of the line put last: UNDO takes it back before the put.
    """
    if code.command not in {Command.YES, Command.NO, Command.UNDO}:
        return feedback.wrong_type(code, screen.wants)
    if not _note(session, actor, screen.batch_id, screen.location_id, None):
        return feedback.NOT_COUNTED
    if code.command is Command.UNDO:
        verdict = undo.undo(session, actor, screen.batch_id)
        if verdict.tone == "wrong":
            _ = _note(session, actor, screen.batch_id, None, screen.location_id)
        return verdict
    is_empty = code.command is Command.YES
    record(session, actor, LocationLookedAt(location=screen.location, is_empty=is_empty))
    count = None
    if not is_empty:
        count = counting.open_count(session, actor, screen.location_id, screen.location, _REASON)
    put = steps.newest(session, actor, screen.batch_id)
    if put is not None:
        before = {"location": screen.location_id, "count": count}
        steps.note(session, actor, screen.batch_id, put.task_id, StepKind.LOOKED, **before)
    if is_empty:
        return feedback.accepted(say("{location} is empty", location=screen.location))
    return feedback.told(say("{location} will be counted", location=screen.location))


def _note(session: Session, actor: Actor, batch_id: int, before: int | None, after: int | None) -> bool:
    """Note which location is asked about; tell whether it was as it had been seen."""
    changed = session.execute(
        update(Batch)
        .where(
            Batch.warehouse_id == actor.warehouse_id,
            Batch.id == batch_id,
            Batch.asked_empty_id.is_(None) if before is None else Batch.asked_empty_id == before,
        )
        .values(asked_empty_id=after)
        .returning(Batch.id)
        .execution_options(synchronize_session=False)
    )
    return changed.first() is not None
