"""Printing: check the picture, commit the intent, send once, tell the truth. Nothing is sent again from unknown."""

import datetime as dt
import logging
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from printers.decode import decode
from printers.drivers import open_printer
from printers.errors import BadAddressError, PreviewError, PrinterError
from printers.preview import ZebrashPreview
from printers.printer import Outcome, OutcomeKind
from wms.config import WAREHOUSE_ID
from wms.database import reading, transaction
from wms.domain.codes import clean
from wms.domain.floor import Printer
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.shipping import Label
from wms.jobs.labels import system
from wms.jobs.outbox import Context, RetryLaterError

MAX_AGE = dt.timedelta(minutes=30)
_NOT_READY_S = 2.0
_PRINT_TIMEOUT_S = 30.0
# A 2 x 1 inch label at 4 inches a second. The outbox's lease must outlast the longest job: see MOST_LABELS.
_A_LABEL_S = 0.3
_THEN = {
    OutcomeKind.PRINTED: PrintStatus.PRINTED,
    OutcomeKind.NOT_PRINTED: PrintStatus.NOT_PRINTED,
    OutcomeKind.UNKNOWN: PrintStatus.UNKNOWN,
    OutcomeKind.HANDED_TO_SPOOLER: PrintStatus.HANDED_TO_SPOOLER,
}
_OURS = "offline"
_log = logging.getLogger(__name__)
_preview: list[ZebrashPreview] = []


def print_job(context: Context, payload: Mapping[str, Any]) -> None:
    """Take one print job from queued to its true end."""
    job_id = int(payload["print_job_id"])
    with reading(context.engine) as session:
        job, printer = _job(session, job_id)
        tracking, is_ours = _tracking(session, job)
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
        fault = _fault_of_bytes(zpl, labels) or (tracking and _fault_of_picture(zpl, tracking, is_ours=is_ours))
        if fault:
            _end(context, job_id, PrintStatus.NOT_PRINTED, fault)
            return
        _move(context, job_id, PrintStatus.CHECKED)
    try:
        printer_driver = open_printer(url)
        ready = printer_driver.status()
    except BadAddressError as error:
        _end(context, job_id, PrintStatus.NOT_PRINTED, str(error))
        return
    except PrinterError as error:
        _wait(context, job_id, str(error))
    else:
        if ready.troubles:
            _wait(context, job_id, ", ".join(trouble.value for trouble in ready.troubles))
        _move(context, job_id, PrintStatus.SENDING)
        outcome = printer_driver.send(zpl.encode(), labels=labels, timeout_s=print_timeout_s(labels))
        _record(context, job_id, outcome)


def print_timeout_s(labels: int) -> float:
    """Return how long a job of that many labels may take before its end counts as unknown."""
    return _PRINT_TIMEOUT_S + _A_LABEL_S * labels


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


def _tracking(session: Session, job: PrintJob) -> tuple[str, bool]:
    """Return the tracking number that the print must carry ('' for none), and whether we drew the label ourselves."""
    if job.label_id is None:
        return "", False
    label = session.scalars(select(Label).where(Label.warehouse_id == WAREHOUSE_ID, Label.id == job.label_id)).one()
    return label.tracking_number, label.carrier == _OURS


def _fault_of_bytes(zpl: str, labels: int) -> str:
    """Return what is wrong with the number of labels that the bytes make, or ''."""
    formats = zpl.count("^XA")
    if formats != zpl.count("^XZ") or not 1 <= formats <= labels:
        return f"the data holds {formats} labels, {labels} are wanted"
    return ""


def _fault_of_picture(zpl: str, tracking: str, *, is_ours: bool) -> str:
    """Return what is wrong with a label's picture, or '': it is released when its own number is read from it.

    A label of the offline carrier is our own drawing, whose barcode tests read from pixels for every kind of content:
    looking at the barcode's data is enough, and saves two thirds of a second of computing a label.
    """
    if is_ours and re.search(r"\^BC[^^]*(?:\^FH_)?\^FD[^^]*" + re.escape(tracking), zpl):
        return ""
    try:
        codes = decode(_renderer().draw(zpl.encode()))
    except PreviewError as error:
        _log.exception("preview")
        return str(error)
    wanted = clean(tracking)
    if any(wanted in clean(code) for code in codes):
        return ""
    return f"no barcode of the picture holds the tracking number {tracking} (read: {', '.join(codes) or 'none'})"


def _renderer() -> ZebrashPreview:
    if not _preview:
        _preview.append(ZebrashPreview())
    return _preview[0]


def _move(context: Context, job_id: int, then: PrintStatus, reason: str = "") -> None:
    with transaction(context.engine) as session:
        actor = system()
        job, printer = _job(session, job_id)
        record(session, actor, job.move_to(then, printer=printer.name, at=actor.at, reason=reason))


def _wait(context: Context, job_id: int, reason: str) -> None:
    with transaction(context.engine) as session:
        job, _ = _job(session, job_id)
        job.reason = reason[:300]
    raise RetryLaterError(reason, delay_s=_NOT_READY_S)


def _record(context: Context, job_id: int, outcome: Outcome) -> None:
    _end(context, job_id, _THEN[outcome.kind], outcome.reason)


def _end(context: Context, job_id: int, then: PrintStatus, reason: str) -> None:
    """Record how a job ended; every end but a good one goes into the inbox."""
    with transaction(context.engine) as session:
        actor = system()
        job, printer = _job(session, job_id)
        record(session, actor, job.move_to(then, printer=printer.name, at=actor.at, reason=reason))
        if then not in {PrintStatus.PRINTED, PrintStatus.HANDED_TO_SPOOLER}:
            item = ExceptionItem(
                warehouse_id=WAREHOUSE_ID,
                kind=ExceptionKind.PRINT,
                at=actor.at,
                text=f"{job.what} on {printer.name}: {then}: {reason}"[:300],
                order_id=job.order_id,
                subject_id=job.id,
            )
            session.add(item)
