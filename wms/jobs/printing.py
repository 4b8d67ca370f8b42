"""Printing: check the picture, commit the intent, send once, tell the truth. Nothing is sent again from unknown."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from printers.drivers import open_printer
from printers.errors import BadAddressError, PrinterError
from printers.printer import OutcomeKind, Patience
from printers.printer import Printer as Driver
from wms.config import WAREHOUSE_ID, Settings
from wms.database import reading, transaction
from wms.domain.actor import Actor
from wms.domain.calendar import CarrierService
from wms.domain.codes import clean
from wms.domain.floor import Printer
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import Order
from wms.domain.packing import Package, PackageStatus
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.shipping import AnyLabel, Label, LabelStatus
from wms.jobs.labels import system
from wms.jobs.outbox import Context, RetryLaterError, hold
from wms.jobs.releasing import Verdict, judge_bytes, judge_pages, judge_picture

MAX_AGE = dt.timedelta(minutes=30)
_POLLS_AN_ANSWER = 10
# A 2 x 1 inch label at 4 inches a second. The outbox's lease must outlast the longest job: see MOST_LABELS.
_A_LABEL_S = 0.3
_GIVEN_BACK = "its label is given back"
_SCANNED = "its label was scanned"
_STUCK_ON = (PackageStatus.SEALED, PackageStatus.HANDED_OVER)
_MAY_BE_ON_PAPER = (PrintStatus.SENDING, PrintStatus.UNKNOWN, PrintStatus.PRINTED, PrintStatus.HANDED_TO_SPOOLER)
_THEN = {
    OutcomeKind.PRINTED: PrintStatus.PRINTED,
    OutcomeKind.NOT_PRINTED: PrintStatus.NOT_PRINTED,
    OutcomeKind.UNKNOWN: PrintStatus.UNKNOWN,
    OutcomeKind.HANDED_TO_SPOOLER: PrintStatus.HANDED_TO_SPOOLER,
}


def print_job(context: Context, payload: Mapping[str, Any]) -> None:
    """Take one print job from queued to its true end."""
    job_id = int(payload["print_job_id"])
    with reading(context.engine) as session:
        job, printer = _job(session, job_id)
        status, zpl, labels, url, queued_at = job.status, job.zpl, job.labels, printer.url, job.queued_at
    if status is PrintStatus.SENDING:
        # The worker that was sending is gone: whether the label came out only a person can see.
        _end(context, job_id, PrintStatus.UNKNOWN, "the worker stopped while it was printing")
        return
    if status not in {PrintStatus.QUEUED, PrintStatus.CHECKED}:
        return
    if system().at - queued_at > MAX_AGE:
        _end(context, job_id, PrintStatus.DROPPED, "older than 30 minutes; print it again if it is still wanted")
        return
    if status is PrintStatus.QUEUED:
        verdict = _verdict(context, job_id, zpl, labels)
        if verdict.fault:
            _end(context, job_id, PrintStatus.NOT_PRINTED, verdict.fault)
            return
        _check(context, job_id, verdict)
    try:
        printer_driver = open_printer(url, _patience(context.settings))
        ready = printer_driver.status()
    except BadAddressError as error:
        _end(context, job_id, PrintStatus.NOT_PRINTED, str(error))
        return
    except PrinterError as error:
        _wait(context, job_id, str(error))
    else:
        if ready.troubles:
            _wait(context, job_id, ", ".join(trouble.value for trouble in ready.troubles))
            return
        _send(context, job_id, printer_driver, zpl, labels)


def _send(context: Context, job_id: int, printer: Driver, zpl: str, labels: int) -> None:
    """Print once, with the intent committed before, and record what can be proven of it."""
    if not _begin(context, job_id):
        return
    outcome = printer.send(zpl.encode(), labels=labels, timeout_s=print_timeout_s(labels, context.settings.print_s))
    if not outcome.is_sent:
        _take_back(context, job_id, outcome.reason)
    # A printed job has no reason but what its printer wants next: the packing screen says it.
    _end(context, job_id, _THEN[outcome.kind], outcome.reason or ", ".join(outcome.notices))


def print_timeout_s(labels: int, one_s: float) -> float:
    """Return how long a job of that many labels may take, one alone `one_s`, before its end counts as unknown."""
    return one_s + _A_LABEL_S * labels


def _patience(settings: Settings) -> Patience:
    return Patience(reply_s=settings.printer_s, poll_s=settings.printer_s / _POLLS_AN_ANSWER)


def _job(session: Session, job_id: int) -> tuple[PrintJob, Printer]:
    job = session.scalars(
        select(PrintJob)
        .where(PrintJob.warehouse_id == WAREHOUSE_ID, PrintJob.id == job_id)
        .with_for_update(key_share=True)
    ).one()
    printer = session.scalars(
        select(Printer).where(Printer.warehouse_id == WAREHOUSE_ID, Printer.id == job.printer_id)
    ).one()
    return job, printer


def _verdict(context: Context, job_id: int, zpl: str, labels: int) -> Verdict:
    """Return whether the job's bytes may be sent; what goes on or into a box must say to a scanner whose it is."""
    verdict = judge_bytes(zpl, labels)
    with reading(context.engine) as session:
        label = session.execute(
            select(AnyLabel.tracking_number, CarrierService.carrier)
            .join(PrintJob, and_(PrintJob.warehouse_id == AnyLabel.warehouse_id, PrintJob.label_id == AnyLabel.id))
            .outerjoin(
                CarrierService,
                and_(CarrierService.warehouse_id == AnyLabel.warehouse_id, CarrierService.service == AnyLabel.service),
            )
            .where(PrintJob.warehouse_id == WAREHOUSE_ID, PrintJob.id == job_id)
        ).one_or_none()
        slip_of = session.scalars(
            select(Order.barcode)
            .join(PrintJob, and_(PrintJob.warehouse_id == Order.warehouse_id, PrintJob.order_id == Order.id))
            .where(PrintJob.warehouse_id == WAREHOUSE_ID, PrintJob.id == job_id, PrintJob.slip_of_id.is_not(None))
        ).one_or_none()
    if verdict.fault:
        return verdict
    if label is None:
        return judge_pages(zpl, slip_of) if slip_of else verdict
    may_be_unreadable = (label.carrier or "").lower() in context.settings.unread_carriers
    return judge_picture(zpl, label.tracking_number, may_be_unreadable=may_be_unreadable)


def _check(context: Context, job_id: int, verdict: Verdict) -> None:
    """Release a job to its printer, keeping what a scanner will read; one with a warning stands in the inbox too."""
    with transaction(context.engine) as session:
        actor = system()
        if verdict.codes:
            _keep_codes(session, job_id, verdict.codes)  # the label is locked before its job, as everywhere
        job, printer = _job(session, job_id)
        if job.status is PrintStatus.DROPPED:
            return  # while its picture was looked at
        record(session, actor, job.move_to(PrintStatus.CHECKED, printer=printer.name, at=actor.at))
        if verdict.warning:
            _tell(session, actor, job, printer, f"printed unread: {verdict.warning}")


def _keep_codes(session: Session, job_id: int, codes: tuple[str, ...]) -> None:
    """Let a label know what its bars say beside what its carrier told."""
    label = session.scalars(
        select(AnyLabel)
        .join(PrintJob, and_(PrintJob.warehouse_id == AnyLabel.warehouse_id, PrintJob.label_id == AnyLabel.id))
        .where(PrintJob.warehouse_id == WAREHOUSE_ID, PrintJob.id == job_id)
        .with_for_update(of=AnyLabel, key_share=True)
    ).one()
    label.barcodes = list(dict.fromkeys((*label.barcodes, *map(clean, codes))))


def _begin(context: Context, job_id: int) -> bool:
    """Commit the intent before the first byte leaves; the printer is this worker's until the job has ended.

    False where nothing may leave: the label was given back, or the job dropped, since it was looked at.
    """
    with transaction(context.engine) as session:
        actor = system()
        is_good = _is_good(session, job_id)
        job, printer = _job(session, job_id)
        hold(session, context)
        if job.status is not PrintStatus.CHECKED:
            return False
        then = PrintStatus.SENDING if is_good else PrintStatus.DROPPED
        reason = "" if is_good else _GIVEN_BACK
        record(session, actor, job.move_to(then, printer=printer.name, at=actor.at, reason=reason))
    return is_good


def _is_good(session: Session, job_id: int) -> bool:
    """Tell whether what a job prints may be used: all but a label given back. Locks the label first, as everyone."""
    status = session.scalars(
        select(AnyLabel.status)
        .join(PrintJob, and_(PrintJob.warehouse_id == AnyLabel.warehouse_id, PrintJob.label_id == AnyLabel.id))
        .where(PrintJob.warehouse_id == WAREHOUSE_ID, PrintJob.id == job_id)
        .with_for_update(of=AnyLabel, key_share=True)
    ).one_or_none()
    return status in {None, LabelStatus.BOUGHT}


def _take_back(context: Context, job_id: int, reason: str) -> None:
    """Let a job wait of which nothing was sent: the printer was ready a moment ago and is not now."""
    with transaction(context.engine) as session:
        actor = system()
        job, printer = _job(session, job_id)
        record(session, actor, job.move_to(PrintStatus.CHECKED, printer=printer.name, at=actor.at, reason=reason))
    raise RetryLaterError(reason, delay_s=context.settings.printer_s)


def _wait(context: Context, job_id: int, reason: str) -> None:
    with transaction(context.engine) as session:
        job, _ = _job(session, job_id)
        if job.status is PrintStatus.DROPPED:
            return
        job.reason = reason[:300]
    raise RetryLaterError(reason, delay_s=context.settings.printer_s)


def _end(context: Context, job_id: int, then: PrintStatus, reason: str) -> None:
    """Record how a job ended; every end but a good one goes into the inbox.

    LostLeaseError where another worker took the job over meanwhile: with two at a printer its count proves nothing.
    """
    with transaction(context.engine) as session:
        actor = system()
        if then is PrintStatus.UNKNOWN and _is_on_its_box(session, job_id):
            then, reason = PrintStatus.PRINTED, _SCANNED
        is_good = _is_good(session, job_id)
        job, printer = _job(session, job_id)
        hold(session, context)
        if job.status is PrintStatus.DROPPED:
            return  # by a person, meanwhile
        record(session, actor, job.move_to(then, printer=printer.name, at=actor.at, reason=reason))
        if then in {PrintStatus.NOT_PRINTED, PrintStatus.UNKNOWN} and not is_good:
            # Whether it came out or not, it is thrown away: nobody need say which.
            record(
                session, actor, job.move_to(PrintStatus.DROPPED, printer=printer.name, at=actor.at, reason=_GIVEN_BACK)
            )
        elif then not in {PrintStatus.PRINTED, PrintStatus.HANDED_TO_SPOOLER}:
            _tell(session, actor, job, printer, f"{then}: {reason}")


def _is_on_its_box(session: Session, job_id: int) -> bool:
    """Tell whether a box was sealed by the scan of a label that this job alone can have printed. Locks the box first.

    Paper is faster than the printer's answer. A return label goes on no box, so a sealed one proves nothing of it.
    """
    box = session.execute(
        select(Package.status, Package.sealed_at, PrintJob.label_id, PrintJob.queued_at)
        .join(Label, and_(Label.warehouse_id == Package.warehouse_id, Label.package_id == Package.id))
        .join(PrintJob, and_(PrintJob.warehouse_id == Label.warehouse_id, PrintJob.label_id == Label.id))
        .where(PrintJob.warehouse_id == WAREHOUSE_ID, PrintJob.id == job_id)
        .with_for_update(of=Package, key_share=True)
    ).one_or_none()
    if box is None or box.status not in _STUCK_ON or box.sealed_at is None or box.sealed_at < box.queued_at:
        return False
    on_paper = session.scalars(
        select(PrintJob.id).where(
            PrintJob.warehouse_id == WAREHOUSE_ID,
            PrintJob.label_id == box.label_id,
            PrintJob.status.in_(_MAY_BE_ON_PAPER),
        )
    ).all()
    return on_paper == [job_id]


def give_up(session: Session, payload: Mapping[str, Any], reason: str) -> None:
    """End a job that has failed too often: nothing came out, unless it failed while the printer had it."""
    actor = system()
    job_id = int(payload["print_job_id"])
    is_on_its_box = _is_on_its_box(session, job_id)
    job, printer = _job(session, job_id)
    if job.status in {PrintStatus.QUEUED, PrintStatus.CHECKED}:
        then = PrintStatus.NOT_PRINTED
    elif job.status is PrintStatus.SENDING and is_on_its_box:
        record(session, actor, job.move_to(PrintStatus.PRINTED, printer=printer.name, at=actor.at, reason=_SCANNED))
        return
    elif job.status is PrintStatus.SENDING:
        then = PrintStatus.UNKNOWN
    else:
        return
    record(session, actor, job.move_to(then, printer=printer.name, at=actor.at, reason=reason))
    _tell(session, actor, job, printer, f"{then}: {reason}")


def _tell(session: Session, actor: Actor, job: PrintJob, printer: Printer, text: str) -> None:
    item = ExceptionItem(
        warehouse_id=WAREHOUSE_ID,
        kind=ExceptionKind.PRINT,
        at=actor.at,
        text=f"{job.what} on {printer.name}: {text}"[:300],
        order_id=job.order_id,
        subject_id=job.id,
    )
    session.add(item)
