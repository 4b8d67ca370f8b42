"""Which of several units with serial numbers is not in its tote: those that are there are scanned, the other is known.

The books say which serial numbers were put into the tote and not which of them is missing; nor does the worker know
until the others are read. Picks of one product in a tote look alike, so all of its units there are asked for.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.codes import Code, Command
from wms.domain.errands import Errand
from wms.domain.picked import PickedUnits
from wms.domain.saying import say
from wms.domain.stock import Stock
from wms.domain.totes import Tote
from wms.services.picking import errands
from wms.services.picking.exceptions import strays
from wms.services.picking.exceptions.reopening import Missing, reopen
from wms.services.picking.exceptions.strays import Pick
from wms.services.picking.screens import WhichSerials
from wms.services.scans import feedback
from wms.services.scans.recognising import read_elements
from wms.services.scans.screens import Feedback

_NEVER_MIND = frozenset({Command.UNDO, Command.NO})


def known(session: Session, actor: Actor, tote: Tote, product_id: int) -> dict[str, Pick]:
    """Return the serial numbers of a product's units in a tote, each with its pick; none where not all are known."""
    picks = {one.task_id: one for one in strays.picks(session, actor, tote) if one.product_id == product_id}
    rows = session.execute(
        select(PickedUnits.serial, PickedUnits.task_id)
        .where(
            PickedUnits.warehouse_id == actor.warehouse_id,
            PickedUnits.tote_id == tote.id,
            PickedUnits.task_id.in_(picks),
            PickedUnits.lost_at.is_(None),
        )
        .order_by(PickedUnits.id)
    ).all()
    in_tote: int | None = session.scalar(
        select(func.sum(Stock.on_hand)).where(
            Stock.warehouse_id == actor.warehouse_id, Stock.place_id == tote.id, Stock.product_id == product_id
        )
    )
    # What went into a box from there was put into the tote too, and which of them it was nobody wrote down.
    are_known = len(rows) == in_tote and all(row.serial for row in rows)
    return {row.serial: picks[row.task_id] for row in rows} if are_known else {}


def begin(session: Session, actor: Actor, errand: Errand, tote: Tote, pick: Pick) -> Feedback:
    """NO: of several units with serial numbers, ask which are there; another one is picked anew at once."""
    serials = known(session, actor, tote, pick.product_id)
    if len(serials) > 1:
        errand.seen = []
        session.flush()
        return feedback.told(say("Scan each serial that is there"))
    errands.end(session, actor)
    missing = [Missing(pick=one, serial=serial) for serial, one in serials.items()] or [Missing(pick=pick)]
    return reopen(session, actor, errand.batch_id, tote, missing)


def screen(session: Session, actor: Actor, errand: Errand, tote: Tote, pick: Pick, job: str) -> WhichSerials | None:
    """Return the screen that asks which are there; None where that is not asked."""
    serials = known(session, actor, tote, pick.product_id) if errand.seen is not None else {}
    if errand.seen is None or len(serials) <= 1:
        return None
    return WhichSerials(
        token=f"serials-{text_id(tote.id)}-{text_id(pick.task_id)}",
        accept=tuple(serial for serial in serials if serial not in errand.seen),
        job=job,
        tote=tote.barcode,
        seen=sum(serial in errand.seen for serial in serials),
        units=len(serials),
        product=pick.product,
        sku=pick.sku,
    )


def judge(session: Session, actor: Actor, code: Code, screen: WhichSerials) -> Feedback:
    """Judge a scan that should be the serial number of a unit that is there; the last one left is the missing one."""
    errand = errands.current(session, actor)
    tote = None if errand is None else session.get(Tote, (actor.warehouse_id, errand.tote_id or 0))
    if errand is None or tote is None or errand.product_id is None or errand.seen is None:
        return feedback.NOT_COUNTED
    asked = next((one for one in strays.picks(session, actor, tote) if one.task_id == errand.task_id), None)
    serials = known(session, actor, tote, asked.product_id) if asked is not None else {}
    serial = _read(code, serials)
    if serial is None:
        return _judge_other(session, actor, code, screen, errand, tote, serials)
    if serial in errand.seen:
        return feedback.repeated(say("Serial {serial} was scanned before", serial=f"...{serial[-8:]}"))
    seen = [*errand.seen, serial]
    errand.seen = seen
    session.flush()
    if sum(one not in seen for one in serials) > 1:
        return feedback.accepted(feedback.so_far(len(seen), len(serials)))
    return _pick_again(session, actor, errand, tote, serials)


def _read(code: Code, serials: Mapping[str, Pick]) -> str | None:
    """The serial number that a scan names, as the books have it."""
    gs1 = read_elements(code.raw)
    said = {code.raw.upper(), (gs1.serial if gs1 is not None else code.raw).upper()}
    return next((serial for serial in serials if serial.upper() in said), None)


def _judge_other(
    session: Session,
    actor: Actor,
    code: Code,
    screen: WhichSerials,
    errand: Errand,
    tote: Tote,
    serials: Mapping[str, Pick],
) -> Feedback:
    if code.command in _NEVER_MIND:
        errand.seen = None
        session.flush()
        return feedback.told(say("Nothing was changed"))
    if code.command is Command.DONE and serials:
        return _pick_again(session, actor, errand, tote, serials)
    if code.command is not None:
        return feedback.wrong_type(code, screen.wants)
    return feedback.wrong(say("That serial was not put in there"))


def _pick_again(session: Session, actor: Actor, errand: Errand, tote: Tote, serials: Mapping[str, Pick]) -> Feedback:
    seen: Sequence[str] = errand.seen or ()
    errands.end(session, actor)
    missing = [Missing(pick=pick, serial=serial) for serial, pick in serials.items() if serial not in seen]
    if not missing:  # somebody else has found out meanwhile, and all that is left is there
        return feedback.complete(say("It is there"))
    return reopen(session, actor, errand.batch_id, tote, missing)
