"""What a scan means on each screen of a line: at the shelf, with the units in hand, at the tote."""

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, CodeKind
from wms.domain.saying import say
from wms.services.picking.line import hands, items, locations, puts
from wms.services.picking.line.hands import Taken
from wms.services.picking.screens import GoTo, PutBack, PutInTote, ScanItem
from wms.services.picking.walk import tasks
from wms.services.scans import feedback
from wms.services.scans.recognising import Item
from wms.services.scans.screens import Answer, Feedback


def judge_location(session: Session, actor: Actor, code: Code, screen: GoTo) -> Feedback | Answer:
    """Judge a scan that should be the location to walk to, or its item where that proves the location too."""
    stop = screen.stop
    if locations.names_location(stop, code):
        locations.reach(session, actor, stop, code)
        return feedback.accepted(say("Take {n}", n=stop.to_take))
    known = items.known(stop, code)
    refused = locations.wrong_location(session, actor, stop, code) if known is None else None
    if refused is not None:
        return refused
    found = known or items.read(session, actor, stop, code)
    if isinstance(found, Taken):
        return (
            items.take_here(session, actor, stop, found)
            if screen.by_item
            else feedback.wrong(say("Scan the shelf first"))
        )
    return feedback.wrong_type(_as_product(code) if isinstance(found, Item) else code, screen.wants)


def judge_item(session: Session, actor: Actor, code: Code, screen: ScanItem) -> Feedback | Answer:
    """Judge a scan that should be one of the units to take."""
    stop = screen.stop
    known = items.known(stop, code)
    if known is None and code.kind is CodeKind.QUANTITY:
        return items.say_how_many(session, actor, stop, code.quantity)
    found = known or items.read(session, actor, stop, code)
    if isinstance(found, Taken):
        return items.take(session, actor, stop, found)
    if isinstance(found, Item):
        return hands.put_it_back(stop, found)
    return locations.scanned_again(session, actor, stop, code) or feedback.wrong_type(code, screen.wants)


def judge_tote(session: Session, actor: Actor, code: Code, screen: PutInTote) -> Feedback:
    """Judge a scan that should be the tote of the units in hand."""
    stop = screen.stop
    proof = puts.proof_of(stop, code)
    if proof is not None:
        return puts.put(session, actor, stop, proof)
    if code.kind in {CodeKind.TOTE, CodeKind.SLOT}:
        return puts.wrong_tote(session, actor, stop, code)
    return items.named(stop, items.read(session, actor, stop, code)) or feedback.wrong_type(code, screen.wants)


def judge_put_back(session: Session, actor: Actor, code: Code, screen: PutBack) -> Feedback:
    """Judge the scan of the shelf that the units of a cancelled order went back to."""
    stop = screen.stop
    if code.kind in {CodeKind.TOTE, CodeKind.SLOT}:
        return feedback.wrong(say("Order cancelled. Put it back first"))
    if not locations.names_location(stop, code):
        return locations.wrong_location(session, actor, stop, code) or feedback.wrong_type(code, screen.wants)
    task = tasks.claim(session, actor, stop)
    if task is None:
        return feedback.NOT_COUNTED
    hands.lay_down(session, actor, task, task.in_hand)
    task.in_hand = 0
    locations.stand(session, actor, stop, code)
    session.flush()
    return feedback.accepted(say("Put back"))


def _as_product(code: Code) -> Code:
    return Code(text=code.text, kind=CodeKind.PRODUCT)
