"""WRONG ITEM: what does not belong into a tote comes out of it, and the line it was taken for can be picked anew.

The books have the unit on the shelf it should not have left, so it goes from there to a place that waits for put-backs.
Whether it was put in instead of another is asked pick by pick, the newest first: of the one that is missing a unit is
still on its shelf. On the cart its line is open again; in a lane its order is short.
"""

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.codes import Code, CodeKind, Command
from wms.domain.errands import Errand
from wms.domain.picking import Batch
from wms.domain.saying import say
from wms.domain.totes import Tote, ToteStatus
from wms.services.picking import errands
from wms.services.picking.exceptions import strays, which_serials
from wms.services.picking.exceptions.strays import Pick
from wms.services.picking.screens import IsItThere, WhichSerials, WrongItem
from wms.services.picking.walk import on_cart, stops
from wms.services.scans import feedback
from wms.services.scans.recognising import Item, find_item
from wms.services.scans.screens import Feedback


def screen(session: Session, actor: Actor, errand: Errand) -> WrongItem | IsItThere | WhichSerials:
    """Return the screen that asks for the tote, the item, whether a pick's units are there, or which of them."""
    tote = session.get(Tote, (actor.warehouse_id, errand.tote_id or 0))
    job = session.get_one(Batch, (actor.warehouse_id, errand.batch_id)).name if errand.batch_id else ""
    asked = _asked(session, actor, errand, tote) if tote else None
    if tote is not None and asked is not None:
        return which_serials.screen(session, actor, errand, tote, asked, job) or IsItThere(
            token=f"there-{text_id(tote.id)}-{text_id(asked.task_id)}",
            accept=(Command.YES.value, Command.NO.value),
            job=job,
            tote=tote.barcode,
            units=asked.units,
            product=asked.product,
            sku=asked.sku,
        )
    here = on_cart.totes(session, actor, errand.batch_id) if errand.batch_id and tote is None else ()
    return WrongItem(
        token=f"wrong-{errand.batch_id or 0:x}-{errand.tote_id or 0:x}",
        wants="item" if tote else "tote",
        accept=tuple(one.barcode for one in here) or None,
        job=job,
        tote=tote.barcode if tote else "",
        slots=stops.slots(session, actor, errand.batch_id) if errand.batch_id else (),
    )


def _asked(session: Session, actor: Actor, errand: Errand, tote: Tote) -> Pick | None:
    """The pick that is asked about; None where it is not in the tote any more."""
    if errand.task_id is None:
        return None
    return next((one for one in strays.picks(session, actor, tote) if one.task_id == errand.task_id), None)


def judge(session: Session, actor: Actor, code: Code, screen: WrongItem) -> Feedback:
    """Judge a scan that should be the tote or, after it, the item that is wrong in it."""
    left = errands.never_mind(session, actor, code.command)
    if left is not None:
        return left
    errand = errands.current(session, actor)
    if errand is None:
        return feedback.NOT_COUNTED
    if errand.tote_id is None:
        return _choose_tote(session, actor, code, errand)
    item = find_item(session, actor, code)
    if item is None:
        return feedback.unknown(code) if code.kind is CodeKind.PRODUCT else feedback.wrong_type(code, screen.wants)
    return _take_out(session, actor, errand, item)


def _choose_tote(session: Session, actor: Actor, code: Code, errand: Errand) -> Feedback:
    if code.kind not in {CodeKind.TOTE, CodeKind.SLOT}:
        return feedback.wrong_type(code, "tote")
    batch_id = errand.batch_id
    found = on_cart.find(session, actor, batch_id, code) if batch_id else strays.staged(session, actor, code)
    if isinstance(found, Feedback):
        return found
    errand.tote_id = found.id
    session.flush()
    return feedback.accepted(say("{tote}. Scan the wrong item", tote=found.barcode))


def _take_out(session: Session, actor: Actor, errand: Errand, item: Item) -> Feedback:
    tote = session.get_one(
        Tote, (actor.warehouse_id, errand.tote_id), with_for_update={"key_share": True}, populate_existing=True
    )
    if tote.status is not (ToteStatus.PICKING if errand.batch_id else ToteStatus.STAGED):
        errands.end(session, actor)
        return feedback.NOT_COUNTED
    place = strays.take_out(session, actor, tote, item)
    if place is None:
        return feedback.wrong(say("No place for it. See the lead"))
    errand.product_id = item.product_id
    said = say("Out. Bring it to {place}", place=place)
    return feedback.accepted(said) if _ask_next(session, actor, errand, tote) else feedback.complete(said)


def judge_answer(session: Session, actor: Actor, code: Code, screen: IsItThere) -> Feedback:
    """Judge the answer to "Is this in the tote?": NO lets one unit of it be picked anew, DONE asks no more."""
    errand = errands.current(session, actor)
    tote = None if errand is None else session.get(Tote, (actor.warehouse_id, errand.tote_id or 0))
    asked = _asked(session, actor, errand, tote) if errand and tote else None
    if errand is None or tote is None or asked is None:
        return feedback.NOT_COUNTED
    match code.command:
        case Command.YES:
            said = say("It is there")
            return feedback.accepted(said) if _ask_next(session, actor, errand, tote) else feedback.complete(said)
        case Command.NO:
            return which_serials.begin(session, actor, errand, tote, asked)
        case Command.DONE:
            errands.end(session, actor)
            return feedback.told(say("OK"))
    return feedback.wrong_type(code, screen.wants)


def _ask_next(session: Session, actor: Actor, errand: Errand, tote: Tote) -> bool:
    """Ask about the next pick in the tote of another product; False where there is none, and the errand is over."""
    others = [one for one in strays.picks(session, actor, tote) if one.product_id != errand.product_id]
    ids = [one.task_id for one in others]
    rest = ids[ids.index(errand.task_id) + 1 :] if errand.task_id in ids else ids
    # What orders share a tote for is sorted: what is missing of it shows there.
    if not rest or (errand.batch_id is None and tote.order_id is None):
        errands.end(session, actor)
        return False
    errand.task_id = rest[0]
    session.flush()
    return True
