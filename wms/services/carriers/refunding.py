"""Money back: a paid label given back is followed until its carrier has paid or has said that it will not."""

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wms.carriers.base import VoidOutcome, VoidStatus
from wms.domain.actor import Actor
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import Order
from wms.domain.outbox import JobKind, hasten, keep_asking
from wms.domain.packing import Package
from wms.domain.refunds import Refund, RefundStatus
from wms.domain.shipping import AnyLabel
from wms.services import settling

# The carrier is asked after an hour, and then each time after as long as it has taken so far.
FIRST_LOOK = dt.timedelta(hours=1)
LONGEST_PAUSE = dt.timedelta(hours=24)
# About 14 business days are usual (docs.goshippo.com, "Refunds"): what takes longer is told.
LATE_AFTER = dt.timedelta(days=28)
_JOB_KEY = "follow-refunds"
_ENDS = {VoidStatus.VOIDED: RefundStatus.REFUNDED, VoidStatus.REFUSED: RefundStatus.REJECTED}


def begin(
    session: Session, actor: Actor, label: AnyLabel, package: Package, external_id: str, outcome: VoidOutcome
) -> Refund | None:
    """Follow a paid purchase of a locked label that its carrier has just taken back, or never will.

    None where that was begun before.
    """
    mine = Refund.warehouse_id == actor.warehouse_id
    if session.scalars(select(Refund.id).where(mine, Refund.external_id == external_id)).first() is not None:
        return None
    refund = Refund(
        warehouse_id=actor.warehouse_id,
        label_id=label.id,
        external_id=external_id,
        refund_id=outcome.refund_id,
        asked_at=actor.at,
        due_at=actor.at + FIRST_LOOK,
    )
    if outcome.status in _ENDS:
        refund.end(_ENDS[outcome.status], actor.at, outcome.reason)
    session.add(refund)
    record(session, actor, refund.moved(package=package.barcode, order_id=package.order_id))
    with contextlib.suppress(IntegrityError), session.begin_nested():  # another void may be the first
        keep_asking(session, actor, JobKind.FOLLOW_REFUNDS, _JOB_KEY)
    return refund


def take(
    session: Session, actor: Actor, refund: Refund, label: AnyLabel, package: Package, order: Order,
    outcome: VoidOutcome,
) -> None:  # fmt: skip
    """Write down how a carrier has decided on a pending refund of a locked label; one that it rejects is told."""
    then = _ENDS.get(outcome.status)
    if then is None or refund.status is not RefundStatus.PENDING:
        return
    refund.end(then, actor.at, outcome.reason)
    record(session, actor, refund.moved(package=package.barcode, order_id=order.id))
    settling.close(session, actor, ExceptionItem.subject_id == refund.id)
    if then is RefundStatus.REJECTED:
        said = f" It says: {outcome.reason}" if outcome.reason else ""
        what = f"{label.carrier} keeps the {money(label)} of the void label {name(refund, label)}"
        _tell(session, actor, refund, order, f"{what}. Claim it there by hand, then settle this.{said}")
    session.flush()


def ask_again(session: Session, actor: Actor, refund: Refund, label: AnyLabel, order: Order) -> None:
    """Say when the carrier is to be asked next about a pending refund; one that takes too long is told, once."""
    age = actor.at - refund.asked_at
    refund.due_at = actor.at + min(max(age, FIRST_LOOK), LONGEST_PAUSE)
    if age > LATE_AFTER and not settling.is_told(session, actor, refund.id, refund.asked_at):
        what = f"{label.carrier} has owed the {money(label)} of the void label {name(refund, label)}"
        _tell(session, actor, refund, order, f"{what} for {age.days} days. Ask there. It is still looked at each day.")
    session.flush()


def due(session: Session, actor: Actor) -> Refund | None:
    """Return the pending refund to be asked about first, None where none is due."""
    return session.scalars(
        select(Refund)
        .where(Refund.warehouse_id == actor.warehouse_id, Refund.due_at <= actor.at)
        .order_by(Refund.due_at, Refund.id)
        .limit(1)
    ).first()


def locked(session: Session, actor: Actor, refund_id: int) -> Refund:
    """Return a refund locked and read anew; its label is locked before."""
    return session.get_one(
        Refund, (actor.warehouse_id, refund_id), with_for_update={"key_share": True}, populate_existing=True
    )


def look_now(session: Session, actor: Actor, external_id: str) -> bool:
    """Have the carrier asked at once about a purchase, since it has news; False where no refund of it is pending."""
    refund = session.scalars(
        select(Refund)
        .where(
            Refund.warehouse_id == actor.warehouse_id,
            Refund.external_id == external_id,
            Refund.status == RefundStatus.PENDING,
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if refund is None:
        return False
    refund.due_at = actor.at
    hasten(session, actor, JobKind.FOLLOW_REFUNDS)
    session.flush()
    return True


def of_labels(session: Session, actor: Actor, label_ids: Sequence[int]) -> Sequence[Refund]:
    """Return the refunds of labels, the oldest first."""
    return session.scalars(
        select(Refund)
        .where(Refund.warehouse_id == actor.warehouse_id, Refund.label_id.in_(label_ids))
        .order_by(Refund.asked_at, Refund.id)
    ).all()


def lost(session: Session, actor: Actor) -> Iterator[tuple[Refund, AnyLabel, Package, str]]:
    """Yield the refunds that wait for a person, rejected or late and not settled in the inbox, with order numbers."""
    told = select(ExceptionItem.id).where(
        ExceptionItem.warehouse_id == Refund.warehouse_id, ExceptionItem.subject_id == Refund.id
    )
    yield from session.execute(
        select(Refund, AnyLabel, Package, Order.number)
        .join(AnyLabel, and_(AnyLabel.warehouse_id == Refund.warehouse_id, AnyLabel.id == Refund.label_id))
        .join(Package, and_(Package.warehouse_id == AnyLabel.warehouse_id, Package.id == AnyLabel.package_id))
        .join(Order, and_(Order.warehouse_id == Package.warehouse_id, Order.id == Package.order_id))
        .where(
            Refund.warehouse_id == actor.warehouse_id,
            or_(
                Refund.status == RefundStatus.REJECTED,
                and_(Refund.status == RefundStatus.PENDING, Refund.asked_at < actor.at - LATE_AFTER),
            ),
            or_(~told.exists(), told.where(ExceptionItem.settled_at.is_(None)).exists()),
        )
        .order_by(Refund.asked_at, Refund.id)
    )


def money(label: AnyLabel) -> str:
    """Return what a label cost, as people write it: by its rate where its purchase never came to a label."""
    if label.charged or label.prepared is None:
        return f"{label.amount_cents / 100:.2f} {label.currency}"
    return f"{label.prepared['rate']['amount_cents'] / 100:.2f} {label.prepared['rate']['currency']}"


def name(refund: Refund, label: AnyLabel) -> str:
    """What the carrier's people know the label by: a purchase that was one too many has no other name here."""
    return label.tracking_number if refund.external_id == label.external_id else refund.external_id


def _tell(session: Session, actor: Actor, refund: Refund, order: Order, text: str) -> None:
    settling.tell(
        session, actor, ExceptionKind.LABEL, f"{order.number}: {text}", order_id=order.id, subject_id=refund.id
    )
