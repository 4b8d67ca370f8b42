"""What is typed where no scan can say it: how many (QTY), and the SKU of a product without a barcode (NO BARCODE)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.picked import BarcodeMissing
from wms.domain.saying import say
from wms.services.picking.line import items
from wms.services.picking.walk.at_stop import Stop
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback


def ask_how_many(_: Session, __: Actor, stop: Stop) -> Feedback:
    """Take QTY: the keypad opens for a number of units, where one may be said."""
    if stop.is_shorting:
        return feedback.keypad(say("Type how many, then OK"), "number")
    refused = items.no_number(stop)
    if refused is not None:
        return refused
    if not stop.in_hand:
        return feedback.wrong(say("Scan the item first"))
    if not stop.left:
        return feedback.wrong(say("{n} of {total} so far", n=stop.in_hand, total=stop.wanted))
    return feedback.keypad(say("Type how many, then OK"), "number")


def ask_sku(session: Session, actor: Actor, stop: Stop) -> Feedback:
    """Take NO BARCODE: the SKU is typed instead, and the inbox says once that the product needs a label there."""
    if not stop.at_location:
        return feedback.wrong(say("Scan the shelf first"))
    if not stop.left:
        return feedback.wrong(say("{n} of {total} so far", n=stop.in_hand, total=stop.wanted))
    text = f"{stop.location}: {stop.sku} {stop.product} has no barcode. It needs a label."[:300]
    if not _is_told(session, actor, text):
        session.add(
            ExceptionItem(
                warehouse_id=actor.warehouse_id,
                kind=ExceptionKind.UNKNOWN_BARCODE,
                at=actor.at,
                text=text,
                subject_id=stop.product_id,
            )
        )
        session.flush()
    record(
        session,
        actor,
        BarcodeMissing(order_id=stop.order_id, task_id=stop.task_id, sku=stop.sku, location=stop.location),
    )
    return feedback.keypad(say("Type the SKU, then OK"), "letters")


def _is_told(session: Session, actor: Actor, text: str) -> bool:
    found = session.execute(
        select(ExceptionItem.id)
        .where(
            ExceptionItem.warehouse_id == actor.warehouse_id,
            ExceptionItem.settled_at.is_(None),
            ExceptionItem.kind == ExceptionKind.UNKNOWN_BARCODE,
            ExceptionItem.text == text,
        )
        .limit(1)
    )
    return found.first() is not None
