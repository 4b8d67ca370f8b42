"""Giving labels back: the carrier is asked until it has answered, and a person hears of one that is long down."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.carriers import base as carriers
from wms.carriers.base import Carrier, CarrierError, VoidOutcome, VoidStatus
from wms.config import WAREHOUSE_ID
from wms.database import reading, transaction
from wms.domain.actor import Actor
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import Order
from wms.domain.outbox import Job
from wms.domain.refunds import Refund
from wms.domain.shipping import AnyLabel, LabelStatus
from wms.jobs.labels import carrier_called, label_by_id, locked, system
from wms.jobs.outbox import Context, RetryLaterError
from wms.services import settling
from wms.services.carriers import labelling, refunding, refused_voids

# Each pause is a part of the whole wait so far, within these.
_SOONEST_S, _LATEST_S = 3.0, 300.0
_PART = 0.25
# Nobody waits at the bench for a void, so this is how long a carrier may be down before a person hears of it.
_TELL_AFTER_S = 300.0
# A void whose job has failed again and again, as where no key is set.
_TRY_RARELY = dt.timedelta(minutes=10)


def void(context: Context, payload: Mapping[str, Any]) -> None:
    """Give a label back to its carrier; a refusal puts it back to what it was, and into the inbox.

    With an `external_id` in the payload it is a surplus purchase of the label that goes back, and the label stays.
    """
    label_id, surplus = int(payload["label_id"]), str(payload.get("external_id", ""))
    with reading(context.engine) as session:
        label = label_by_id(session, label_id)
    if not surplus and label.status is not LabelStatus.VOIDING:
        return
    purchase = surplus or label.external_id
    carrier = carrier_called(context.settings, label.carrier)
    outcome = _give_back(context, carrier, label, purchase)
    is_void = outcome.status is not VoidStatus.REFUSED
    with transaction(context.engine) as session:
        actor = system()
        label, package, order = locked(session, label_id)
        _settle_inbox(session, actor, context)
        if not surplus and label.status is not LabelStatus.VOIDING:
            return  # another worker, which took this one for lost, has ended it
        if carrier.charged and (is_void or surplus):
            refund = refunding.begin(session, actor, label, package, purchase, outcome)
            if refund is not None and not is_void:
                _tell_kept(session, actor, label, order, refund)
        if not surplus:
            then = LabelStatus.VOIDED if is_void else labelling.before_void(label)
            moved = label.move_to(then, package=package.barcode, order_id=order.id, reason=outcome.reason)
            record(session, actor, moved)
            refused_voids.forget(session, actor, label)
            if not is_void:
                refused_voids.tell(session, actor, label, order)
            if label.status is LabelStatus.UNSETTLED:
                labelling.look_for(session, actor, label)


def _tell_kept(session: Session, actor: Actor, label: AnyLabel, order: Order, refund: Refund) -> None:
    """Say of a purchase that was one too many that its carrier keeps the money: no label of ours stands for it."""
    said = f" It says: {refund.reason}" if refund.reason else ""
    text = (
        f"{order.number}: bought twice, and {label.carrier} refuses to void {refund.external_id} "
        f"({refunding.money(label)}). Void it there by hand, then settle this.{said}"
    )
    settling.tell(session, actor, ExceptionKind.LABEL, text, order_id=order.id, subject_id=refund.id)


def _give_back(context: Context, carrier: Carrier, label: AnyLabel, purchase: str) -> VoidOutcome:
    """Void a purchase; RetryLaterError where what became of it is not known yet."""
    try:
        return carrier.void(purchase)
    except carriers.RefusedError as error:
        return VoidOutcome(status=VoidStatus.REFUSED, reason=str(error))
    except CarrierError as error:
        wanted_s = error.retry_after_s if isinstance(error, carriers.UnavailableError) else None
        waited_s = _wait(context, label.id, str(error))
        pause_s = max(_SOONEST_S, waited_s * _PART, wanted_s or 0.0)
        raise RetryLaterError(str(error), delay_s=min(pause_s, _LATEST_S)) from error


def _wait(context: Context, label_id: int, reason: str) -> float:
    """Return how many seconds ago the void was asked for, and tell a person, once, where that is long."""
    if context.claimed is None:
        return 0.0  # a person runs it by hand
    job_id = context.claimed.id
    with reading(context.engine) as session:
        asked_at = session.get_one(Job, (WAREHOUSE_ID, job_id)).asked_at
    waited_s = (system().at - asked_at).total_seconds()
    if waited_s > _TELL_AFTER_S:
        with transaction(context.engine) as session:
            label, _, order = locked(session, label_id)
            _tell_waiting(session, system(), label, order, job_id, asked_at, reason)
    return waited_s


def _tell_waiting(
    session: Session, actor: Actor, label: AnyLabel, order: Order, job_id: int, asked_at: dt.datetime, reason: str
) -> None:
    """Say, once, that a void that was asked for has no answer yet."""
    if settling.is_told(session, actor, job_id, asked_at):
        return
    text = (
        f"{order.number}: {label.carrier} has not answered to the void of a label for "
        f"{(actor.at - asked_at).total_seconds() / 60:.0f} minutes. It is asked on by itself. {reason}"
    )
    settling.tell(session, actor, ExceptionKind.LABEL, text, order_id=order.id, subject_id=job_id)


def give_up(session: Session, payload: Mapping[str, Any], reason: str) -> dt.timedelta | None:
    """Let no void wait in silence whose job has failed too often: it is tried rarely until what is wrong is mended."""
    label_id, surplus = int(payload["label_id"]), str(payload.get("external_id", ""))
    label, _, order = locked(session, label_id)
    if not surplus and label.status is not LabelStatus.VOIDING:
        return None
    of_void = Job.warehouse_id == WAREHOUSE_ID, Job.key == labelling.void_key(surplus or label_id)
    job_id, asked_at = session.execute(select(Job.id, Job.asked_at).where(*of_void)).one()
    _tell_waiting(session, system(), label, order, job_id, asked_at, reason)
    return _TRY_RARELY


def _settle_inbox(session: Session, actor: Actor, context: Context) -> None:
    """Take from the inbox that the void waits: it is answered."""
    if context.claimed is not None:
        settling.close(session, actor, ExceptionItem.subject_id == context.claimed.id)
