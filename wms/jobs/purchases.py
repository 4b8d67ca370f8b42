"""Buying labels: claim in a transaction, work in none, record in a transaction; money is spent once.

What `buy` and `find` need is committed before the first byte leaves. After a lost answer or a lost worker the job asks
`find` before anything is bought again (rules in wms/carriers/base.py). What is bought is recorded before anything is
made of it, and a purchase that may stand is never forgotten: its job goes on until it is known.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import or_
from sqlalchemy.orm import Session

from wms.carriers import base as carriers
from wms.carriers.base import Carrier, Keep, Prepared
from wms.config import WAREHOUSE_ID
from wms.database import reading, transaction
from wms.domain.actor import Actor
from wms.domain.errors import DomainError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import Order
from wms.domain.outbox import JobKind, enqueue, is_asked
from wms.domain.packing import NotAllScannedError, Package, PackageStatus
from wms.domain.shipping import UNDECIDED, AnyLabel, Label, LabelStatus, ReturnLabel
from wms.jobs.labels import carrier_called, label_by_id, locked, system
from wms.jobs.outbox import Context, RetryLaterError, hold
from wms.services import inserting, printing, settling
from wms.services.carriers import labelling, rating, requesting, tracking
from wms.services.carriers.declaring import UndeclaredError
from wms.services.inserting import InsertMissingError
from wms.services.orders import promising
from wms.services.printing import slips

# Each pause is a part of the whole wait so far, within this and _ASK_RARELY: 50 look-ups a minute are allowed for all
# labels together (Shippo's limits), and one whose file never comes must not take them from the others.
_ASK_AGAIN_S = 15.0
_PART = 0.1
_UNAVAILABLE_S = 3.0
# A purchase whose job has failed again and again may stand all the same: it is asked for so often until it is known.
_ASK_RARELY = dt.timedelta(minutes=10)
_OPEN = UNDECIDED | {LabelStatus.WANTED}
# How long a carrier that cannot be asked is asked, before the packer says what becomes of the box.
_PATIENCE_S = 120.0
_CANCELLED = "the box was given up meanwhile"
_NUMBER_LENGTH = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class _Intent:
    """What is about to be bought and why that."""

    prepared: Prepared
    why: str = ""


class _NotWantedError(Exception):
    """The label's box was given up before anything was bought for it: the job is done."""


def buy(context: Context, payload: Mapping[str, Any]) -> None:
    """Buy the label of an intent and queue its print, whatever happened to an earlier try."""
    label_id = int(payload["label_id"])
    with reading(context.engine) as session:
        label = label_by_id(session, label_id)
        earlier, is_known = label.prepared, label.is_known_by_id
        name, status = label.carrier, label.status
    if status not in _OPEN or (is_known and _let_go(context, label_id)):
        return
    carrier = carrier_called(context.settings, name)
    prepared = Prepared.from_json(json.dumps(earlier)) if earlier else None
    try:
        if status is LabelStatus.WANTED or prepared is None:
            intent = _Intent(prepared=prepared) if prepared else _shop(context, label_id, carrier)
            bought = _first_buy(context, label_id, carrier, intent)
        else:
            bought = _find_or_buy(context, label_id, carrier, prepared)
    except _NotWantedError:
        return
    except UndeclaredError as error:
        _undeclared(context, label_id, error)
        return
    except carriers.RefusedError as error:
        _refused(context, label_id, str(error))
        return
    except carriers.UnsettledError as error:
        pause_s = max(_ASK_AGAIN_S, _unsettled(context, label_id, error) * _PART, error.retry_after_s or 0.0)
        raise RetryLaterError(str(error), delay_s=min(pause_s, _ASK_RARELY.total_seconds())) from error
    except carriers.UnavailableError as error:
        if _is_past_patience(context, label_id):
            _refused(context, label_id, f"{name} cannot be asked: {error}")
            return
        raise RetryLaterError(str(error), delay_s=error.retry_after_s or _UNAVAILABLE_S) from error
    _bought(context, label_id, bought)


def _is_past_patience(context: Context, label_id: int) -> bool:
    """Tell whether a label that provably is not bought has been asked for too long to go on in silence."""
    with reading(context.engine) as session:
        label = label_by_id(session, label_id)
        waited_s = (dt.datetime.now(dt.UTC) - label.wanted_at).total_seconds()
        return label.status is LabelStatus.WANTED and waited_s > _PATIENCE_S


def _shop(context: Context, label_id: int, carrier: Carrier) -> _Intent:
    """Choose the service by the rule; RefusedError where none that is allowed keeps the promise, or UndeclaredError."""
    with reading(context.engine) as session:
        label = label_by_id(session, label_id)
        request = requesting.request_of(session, system(), label)
        if isinstance(label, ReturnLabel):
            return _Intent(prepared=carrier.prepare(request))
        _, order = _box_of(session, label)
        rule = rating.rule_of(session, system(), order, label.package_id, label.declined)
    if rule.only is not None:
        return _Intent(prepared=carrier.prepare(replace(request, service=rule.only)))
    choice = rating.choose(rule, carrier.rates(request))
    if choice.rate is None:
        raise carriers.RefusedError(choice.why, carrier=carrier.name)
    wanted = replace(request, service=choice.rate.service)
    return _Intent(prepared=Prepared(request=wanted, rate=choice.rate), why=choice.why)


def _first_buy(context: Context, label_id: int, carrier: Carrier, intent: _Intent) -> carriers.Label:
    _intend(context, label_id, intent)
    try:
        return carrier.buy(intent.prepared, _keeping(context, label_id))
    except carriers.UnavailableError:
        # Provably nothing was bought, so the next try need not ask `find` first.
        with transaction(context.engine) as session:
            label, package, order = locked(session, label_id)
            hold(session, context)  # another worker may be buying meanwhile
            moved = label.move_to(LabelStatus.WANTED, package=package.barcode, order_id=order.id)
            record(session, system(), moved)
        raise


def _find_or_buy(context: Context, label_id: int, carrier: Carrier, prepared: Prepared) -> carriers.Label:
    found = carrier.find(prepared)
    if found is not None:
        return found
    with reading(context.engine) as session:
        label = label_by_id(session, label_id)
        proof_at = (label.tried_at or label.wanted_at) + dt.timedelta(seconds=carrier.settle_s)
    left_s = (proof_at - dt.datetime.now(dt.UTC)).total_seconds()
    if left_s > 0:
        raise RetryLaterError(f"{carrier.name} may still show the purchase.", delay_s=min(left_s, _ASK_AGAIN_S))
    _intend(context, label_id, _Intent(prepared=prepared))
    return carrier.buy(prepared, _keeping(context, label_id))


def _intend(context: Context, label_id: int, intent: _Intent) -> None:
    """Commit what is about to be bought; _NotWantedError where the label has ended or, with its box, is given up."""
    with transaction(context.engine) as session:
        actor = system()
        label, package, order = locked(session, label_id)
        hold(session, context)
        is_open = label.status in _OPEN
        why_not = "" if isinstance(label, ReturnLabel) else _why_not(session, actor, package)
        is_wanted = is_open and not why_not
        if is_open and why_not:
            moved = label.move_to(LabelStatus.REFUSED, package=package.barcode, order_id=order.id, reason=why_not)
            record(session, actor, moved)
            labelling.settle_doubt(session, actor, label)
        elif label.status is LabelStatus.WANTED:
            record(session, actor, label.move_to(LabelStatus.BUYING, package=package.barcode, order_id=order.id))
            if isinstance(label, Label):
                _take_service(session, actor, label, order, intent)
        if is_wanted:
            label.prepared, label.tried_at = json.loads(intent.prepared.to_json()), actor.at
            # A purchase that was known by its id does not stand: to give that one back would forget what is bought now.
            label.external_id = label.tracking_number = ""
    if not is_wanted:
        raise _NotWantedError


def _take_service(session: Session, actor: Actor, label: Label, order: Order, intent: _Intent) -> None:
    """Let label and order go with the service chosen, unless another box has chosen meanwhile: RetryLaterError."""
    service = intent.prepared.request.service
    taken = rating.taken_by_others(session, actor, order, label.package_id)
    if taken not in {None, service}:
        raise RetryLaterError(f"Another box of {order.number} goes with {taken}.", delay_s=_UNAVAILABLE_S)
    label.service, label.choice = service, intent.why[:500] or label.choice
    rating.take(session, actor, order, service, intent.why)


def _why_not(session: Session, actor: Actor, package: Package) -> str:
    """Say why nothing may be bought for a box any more; '' where something may."""
    if package.status is PackageStatus.CANCELLED:
        return _CANCELLED
    missing = labelling.unscanned(session, actor, package)
    if missing > 0:
        return str(NotAllScannedError(missing=missing))
    waiting = inserting.due(session, actor, package)
    return str(InsertMissingError(name=waiting[0].name)) if waiting else ""


def _keeping(context: Context, label_id: int) -> Keep:
    """Return what stores a raw answer beside a label before anybody reads it."""

    def keep(answer: str) -> None:
        with transaction(context.engine) as session:
            # PostgreSQL takes no NUL in a text.
            label_by_id(session, label_id).answer = answer.replace("\0", "")

    return keep


def _box_of(session: Session, label: AnyLabel) -> tuple[Package, Order]:
    package = session.get_one(Package, (WAREHOUSE_ID, label.package_id))
    return package, session.get_one(Order, (WAREHOUSE_ID, package.order_id))


def _let_go(context: Context, label_id: int) -> bool:
    """Give back by its id what was bought for a box that is given up; its carrier need not show a label of it first.

    Where it refuses, it is not asked for that again by itself before it shows one.
    """
    with transaction(context.engine) as session:
        actor = system()
        label, package, order = locked(session, label_id)
        is_given_up = label.is_known_by_id and package.status is PackageStatus.CANCELLED
        if not is_given_up or labelling.was_void_asked(session, actor, label):
            return False
        if label.status is LabelStatus.BUYING:
            moved = label.move_to(LabelStatus.UNSETTLED, package=package.barcode, order_id=order.id, reason=_CANCELLED)
            record(session, actor, moved)
        labelling.void(session, actor, package.id, _CANCELLED)
    return True


def _bought(context: Context, label_id: int, bought: carriers.Label) -> None:
    if _note(context, label_id, bought):
        _take(context, label_id, bought)


def _note(context: Context, label_id: int, bought: carriers.Label) -> bool:
    """Record first that money is spent, and for what; nothing of a label file can undo it. False for a surplus one."""
    with transaction(context.engine) as session:
        actor = system()
        label, _, order = locked(session, label_id)
        is_late = label.status not in UNDECIDED
        _give_back_surplus(session, actor, label, order, bought.surplus)
        if is_late and label.external_id != bought.external_id:
            # Another worker, which took this one for lost, has ended the purchase.
            _give_back_surplus(session, actor, label, order, (bought.external_id,))
        if not is_late:
            label.tracking_number, label.external_id = bought.tracking_number, bought.external_id
            label.amount_cents, label.currency, label.charged = bought.amount_cents, bought.currency, bought.charged
        return not is_late


def _take(context: Context, label_id: int, bought: carriers.Label) -> None:
    """Take the label of a purchase that is recorded: print it, or give it back where its box is given up."""
    with transaction(context.engine) as session:
        actor = system()
        label, package, order = locked(session, label_id)
        if label.status not in UNDECIDED:
            return  # somebody has given it back meanwhile
        labelling.settle_doubt(session, actor, label)
        is_got_over = or_(Package.id == package.id, Package.status == PackageStatus.CANCELLED)
        labelling.settle_refusals(session, actor, type(label), order.id, is_got_over)
        label.zpl, label.barcodes = bought.zpl.decode(), list(bought.barcodes)
        label.bought_at = actor.at
        days = None if label.prepared is None else label.prepared["rate"]["days"]
        if not isinstance(label, ReturnLabel):
            label.promised_at = tracking.promised_at(order.ship_by_at, days, promising.zone_of(session, actor))
        record(session, actor, label.move_to(LabelStatus.BOUGHT, package=package.barcode, order_id=order.id))
        if package.status is PackageStatus.CANCELLED:
            labelling.void(session, actor, package.id, _CANCELLED)
            return
        if isinstance(label, ReturnLabel):
            # Nobody waits for it at a bench: it is printed, or sent to the customer, from its page.
            tracking.follow_return(session, actor, label)
            return
        try:
            _ = printing.queue_label(session, actor, label, copy=1)
            slips.print_with_label(session, actor, package.id)
        except DomainError as error:
            settling.tell(session, actor, ExceptionKind.PRINT, str(error), order_id=order.id, subject_id=label.id)


def _give_back_surplus(
    session: Session, actor: Actor, label: AnyLabel, order: Order, external_ids: Sequence[str]
) -> None:
    """Have paid labels voided that no package wants, each once, and say that money was spent twice for a while."""
    for external_id in external_ids:
        key = labelling.void_key(external_id)
        if is_asked(session, actor, key):
            continue  # it is asked on until its carrier has answered, and a refusal was told
        _ = enqueue(session, actor, JobKind.VOID_LABEL, key, label_id=label.id, external_id=external_id)
        _tell(session, actor, order, label, f"{order.number}: bought twice, one is given back")


def _refused(context: Context, label_id: int, reason: str) -> None:
    with transaction(context.engine) as session:
        actor = system()
        label, package, order = locked(session, label_id)
        moved = label.move_to(LabelStatus.REFUSED, package=package.barcode, order_id=order.id, reason=reason)
        record(session, actor, moved)
        labelling.settle_silence(session, actor, order.id)
        labelling.settle_doubt(session, actor, label)
        _tell(session, actor, order, label, f"{order.number}: {reason}")


def _undeclared(context: Context, label_id: int, error: UndeclaredError) -> None:
    """Refuse a label of whose goods customs would ask more than is known any longer."""
    with transaction(context.engine) as session:
        actor = system()
        label, package, order = locked(session, label_id)
        labelling.refuse_undeclared(session, actor, label, package, order, str(error))


def _unsettled(context: Context, label_id: int, error: carriers.UnsettledError) -> float:
    """Record what is known of a purchase that is not settled, and let a person know of it once.

    Returns how many seconds ago it was tried.
    """
    with transaction(context.engine) as session:
        actor = system()
        label, package, order = locked(session, label_id)
        _give_back_surplus(session, actor, label, order, error.surplus)
        if label.status not in UNDECIDED:
            # Another worker, which took this one for lost, has ended the purchase.
            others = {error.external_id} - {"", label.external_id}
            _give_back_surplus(session, actor, label, order, tuple(others))
            return 0.0
        if error.external_id:
            label.external_id, label.tracking_number = error.external_id, error.tracking_number[:_NUMBER_LENGTH]
        _suspect(session, actor, label, package, order, str(error))
        return (actor.at - (label.tried_at or label.wanted_at)).total_seconds()


def _suspect(session: Session, actor: Actor, label: AnyLabel, package: Package, order: Order, reason: str) -> None:
    """Say of a purchase that it may stand or not, and why that is not known; in the inbox once."""
    if label.status is LabelStatus.UNSETTLED:
        label.reason = reason[:500]
        is_of_label = ExceptionItem.kind == ExceptionKind.LABEL, ExceptionItem.subject_id == label.id
        if settling.is_open(session, actor, *is_of_label):
            return
    else:
        moved = label.move_to(LabelStatus.UNSETTLED, package=package.barcode, order_id=order.id, reason=reason)
        record(session, actor, moved)
    _tell(session, actor, order, label, f"{order.number}: {labelling.IN_DOUBT} {reason}")


def give_up(session: Session, payload: Mapping[str, Any], reason: str) -> dt.timedelta | None:
    """Let no label wait in silence whose job has failed too often: refused, or asked for rarely where money may stand.

    Returns after how long it is asked for again, None for never.
    """
    actor = system()
    label, package, order = locked(session, int(payload["label_id"]))
    if label.status in UNDECIDED:
        _suspect(session, actor, label, package, order, reason)
        return _ASK_RARELY
    if label.status is LabelStatus.WANTED:
        moved = label.move_to(LabelStatus.REFUSED, package=package.barcode, order_id=order.id, reason=reason)
        record(session, actor, moved)
        labelling.settle_silence(session, actor, order.id)
        _tell(session, actor, order, label, f"{order.number}: {reason}")
    return None


def _tell(session: Session, actor: Actor, order: Order, label: AnyLabel, text: str) -> None:
    settling.tell(session, actor, ExceptionKind.LABEL, text, order_id=order.id, subject_id=label.id)
