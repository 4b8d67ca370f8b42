"""A wrong unit caught at the bench: nothing else counts until it is in a red tote and that tote was scanned.

A warehouse without red totes is not asked for one.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor, Role
from wms.domain.codes import Code, CodeKind, Command, parse
from wms.domain.journal import record
from wms.domain.packing import WrongUnitPutAside
from wms.domain.saying import say
from wms.domain.totes import Tote, ToteStatus
from wms.services.packing.bench import box_anew
from wms.services.packing.on_bench import Bench
from wms.services.packing.screens import RedTote
from wms.services.scans import feedback
from wms.services.scans.recognising import Item, find_item
from wms.services.scans.screens import Feedback


def codes(session: Session, actor: Actor) -> tuple[str, ...]:
    """Return the red totes by their codes, without lost ones."""
    red = select(Tote.barcode).where(
        Tote.warehouse_id == actor.warehouse_id, Tote.is_red.is_(True), Tote.status != ToteStatus.LOST
    )
    return tuple(session.scalars(red.order_by(Tote.barcode)))


def ask(session: Session, actor: Actor, bench: Bench, code: Code) -> bool:
    """Ask for a red tote for the unit just caught; tell whether there is any."""
    is_asked = bool(codes(session, actor))
    if is_asked:
        box_anew(session, actor, bench.package_id).wrong_unit = code.text[:80]
        session.flush()
    return is_asked


def item_of(session: Session, actor: Actor, bench: Bench) -> Item | None:
    """Return the product of the unit that must go into a red tote, None for one that nobody knows."""
    return find_item(session, actor, parse(bench.wrong_unit))


def judge(session: Session, actor: Actor, code: Code, screen: RedTote) -> Feedback:
    """Take the red tote that the unit lies in; YES is the lead's word that there is none to put in."""
    if code.command is Command.YES:
        if not actor.may(Role.SUPERVISOR):
            return feedback.wrong(say("Only the lead may. Scan the red tote"))
        return _go_on(session, actor, screen, "")
    if code.kind is not CodeKind.TOTE:
        return feedback.wrong_type(code, "red tote")
    if code.text not in codes(session, actor):
        return feedback.wrong(say("{tote} is no red tote", tote=code.text))
    return _go_on(session, actor, screen, code.text)


def _go_on(session: Session, actor: Actor, screen: RedTote, tote: str) -> Feedback:
    bench = screen.bench
    aside = WrongUnitPutAside(
        order_id=bench.order_id, package=bench.package, sku=screen.sku, code=bench.wrong_unit, tote=tote
    )
    record(session, actor, aside)
    box_anew(session, actor, bench.package_id).wrong_unit = ""
    session.flush()
    return feedback.accepted(say("In the red tote. Go on")) if tote else feedback.told(say("YES. Go on"))
