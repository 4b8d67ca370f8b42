"""Voids that a carrier refused: the label stands as it did, which is told and listed until a person has settled it."""

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.orders import Order
from wms.domain.shipping import AnyLabel, LabelStatus
from wms.services import settling
from wms.services.carriers import labelling, refunding

_WORDS = "void refused"


def tell(session: Session, actor: Actor, label: AnyLabel, order: Order) -> None:
    """Say that a locked label stands as it did before its void was asked for, and what may be done."""
    said = label.reason or "no reason given"
    if label.status is LabelStatus.UNSETTLED:
        told = f"{labelling.IN_DOUBT} {_WORDS}: {said}"
    else:
        paid = f", {refunding.money(label)}" if label.charged else ""
        what = f"{label.carrier} still holds {label.tracking_number} as valid{paid}"
        told = f"{_WORDS}. {what}. Use it, void it again, or claim it there and settle this. It says: {said}"
    text = f"{order.number}: {told}"
    settling.tell(session, actor, ExceptionKind.LABEL, text, order_id=order.id, subject_id=label.id)


def forget(session: Session, actor: Actor, label: AnyLabel) -> None:
    """Take from the inbox that a label's void was refused: its carrier has answered anew."""
    settling.close(session, actor, ExceptionItem.subject_id == label.id, ExceptionItem.text.contains(_WORDS))


def waits() -> ColumnElement[bool]:
    """Whether it is still to be settled, in a query for labels, that a label's void was refused."""
    return _told().where(ExceptionItem.settled_at.is_(None)).exists()


def is_settled() -> ColumnElement[bool]:
    """Whether a person, in a query for labels, has settled that a label's void was refused."""
    return and_(_told().exists(), ~waits())


def _told() -> Select[int]:
    return select(ExceptionItem.id).where(
        ExceptionItem.warehouse_id == AnyLabel.warehouse_id,
        ExceptionItem.subject_id == AnyLabel.id,
        ExceptionItem.text.contains(_WORDS),
    )
