"""Print jobs: queued in the transaction that wants them, printed by the worker, settled by a person where unknown."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from printers import formats
from wms.domain.actor import Actor
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.floor import Printer, Station
from wms.domain.inbox import ExceptionItem
from wms.domain.journal import record
from wms.domain.outbox import JobKind, enqueue
from wms.domain.packing import Package
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.saying import say
from wms.domain.shipping import AnyLabel, LabelStatus
from wms.services import settling

_UNSENT = frozenset({PrintStatus.QUEUED, PrintStatus.CHECKED, PrintStatus.NOT_PRINTED})
_ENDED = frozenset({PrintStatus.PRINTED, PrintStatus.HANDED_TO_SPOOLER, PrintStatus.NOT_PRINTED, PrintStatus.DROPPED})
# What a carrier sells as a label has a page or two; a file of more is held by its count (jobs/releasing.py).
_MOST_PAGES = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is to be printed: ZPL that makes `labels` labels, and the shipping label, slip and order it is, if any."""

    what: str
    zpl: str
    labels: int = 1
    label_id: int | None = None
    order_id: int | None = None
    slip_of_id: int | None = None
    copy: int = 1


def queue(session: Session, actor: Actor, printer_id: int, wanted: Wanted) -> PrintJob:
    """Ask for labels on a printer; one writer a printer is the job's lane."""
    job = PrintJob(
        warehouse_id=actor.warehouse_id,
        printer_id=printer_id,
        what=wanted.what,
        zpl=wanted.zpl,
        sha256=hashlib.sha256(wanted.zpl.encode()).hexdigest(),
        queued_at=actor.at,
        worker_id=actor.worker_id,
        label_id=wanted.label_id,
        order_id=wanted.order_id,
        slip_of_id=wanted.slip_of_id,
        labels=wanted.labels,
        copy=wanted.copy,
    )
    session.add(job)
    _ = enqueue(session, actor, JobKind.PRINT, f"print-{job.id}", lane=f"printer-{printer_id}", print_job_id=job.id)
    session.flush()
    return job


def queue_label(
    session: Session, actor: Actor, label: AnyLabel, *, copy: int, what: str = "label", printer_id: int | None = None
) -> PrintJob:
    """Ask for a shipping label, on the printer of the station where its package is packed unless another is named."""
    package = session.scalars(
        select(Package).where(Package.warehouse_id == actor.warehouse_id, Package.id == label.package_id)
    ).one()
    if printer_id is None:
        own = select(Station.printer_id).where(Station.warehouse_id == actor.warehouse_id)
        printer_id = session.scalars(own.where(Station.id == package.station_id)).one()
    if printer_id is None:
        raise DomainError(say("This station has no printer. See the lead"))
    wanted = Wanted(
        what=f"{what} {label.tracking_number}",
        zpl=label.zpl,
        labels=min(max(1, len(formats.pages(label.zpl.encode()))), _MOST_PAGES),
        label_id=label.id,
        order_id=package.order_id,
        copy=copy,
    )
    return queue(session, actor, printer_id, wanted)


def reprint(session: Session, actor: Actor, label_id: int, reason: str) -> PrintJob:
    """Print a bought label once more; DomainError while a print of it is still on its way or its end is unknown."""
    label = session.scalars(
        select(AnyLabel)
        .where(AnyLabel.warehouse_id == actor.warehouse_id, AnyLabel.id == label_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if label is None:
        raise NotFoundError("label", label_id)
    if label.status is not LabelStatus.BOUGHT:
        raise DomainError(say("Only a bought label prints"))
    # All of them, not the newest: a copy moved to another printer has the number of the one it took the place of.
    prints = session.execute(
        select(PrintJob.status, PrintJob.copy).where(
            PrintJob.warehouse_id == actor.warehouse_id, PrintJob.label_id == label_id
        )
    ).all()
    statuses = {one.status for one in prints}
    if PrintStatus.UNKNOWN in statuses:
        raise DomainError(say("Did it print? Settle that first"))
    if not statuses <= _ENDED:
        raise DomainError(say("The label is being printed"))
    copy = 1 + max((one.copy for one in prints), default=0)
    job = queue_label(session, actor, label, copy=copy, what="reprint")
    job.reason = reason[:300]
    return job


def move(session: Session, actor: Actor, label_id: int, reason: str) -> Printer:
    """Let a label that its printer has not begun come out of a neighbour; return that one. DomainError where none can.

    So goes a label dropped after its half hour, too, and one for which its station had no printer. The neighbour is
    the station printer after it, by name, of those with the shortest line.
    """
    label = session.scalars(
        select(AnyLabel)
        .where(AnyLabel.warehouse_id == actor.warehouse_id, AnyLabel.id == label_id)
        .with_for_update(key_share=True)
    ).one()
    job = session.scalars(
        select(PrintJob)
        .where(PrintJob.warehouse_id == actor.warehouse_id, PrintJob.label_id == label_id)
        .order_by(PrintJob.copy.desc(), PrintJob.id.desc())
        .limit(1)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if job is not None and job.status not in _UNSENT | {PrintStatus.DROPPED}:
        raise DomainError(say("Too late: its printer has it"))
    printer = _neighbour(session, actor, job.printer_id if job else None)
    if printer is None:
        raise DomainError(say("There is no other printer"))
    drop_unsent(session, actor, PrintJob.label_id == label_id, reason)
    # What was told of the one dropped before, or of the label that had no printer, is answered by this.
    settle_inbox(session, actor, job.id if job else label_id)
    moved = queue_label(session, actor, label, copy=job.copy if job else 1, what="moved", printer_id=printer.id)
    moved.reason = reason[:300]
    return printer


def _neighbour(session: Session, actor: Actor, printer_id: int | None) -> Printer | None:
    at_stations = select(Station.printer_id).where(Station.warehouse_id == actor.warehouse_id)
    printers = session.scalars(
        select(Printer)
        .where(Printer.warehouse_id == actor.warehouse_id, Printer.id.in_(at_stations))
        .order_by(Printer.name)
    ).all()
    here = next((place for place, printer in enumerate(printers) if printer.id == printer_id), 0)
    others = [printer for printer in (*printers[here:], *printers[:here]) if printer.id != printer_id]
    return min(others, key=lambda printer: waiting(session, actor.warehouse_id, printer.id), default=None)


def drop_unsent(session: Session, actor: Actor, of: ColumnElement[bool], reason: str) -> None:
    """Drop prints that no printer has begun, as `of` says, and settle what the inbox asks of them."""
    _drop(session, actor, of, _UNSENT, reason)


def drop_unwanted(session: Session, actor: Actor, of: ColumnElement[bool], reason: str) -> None:
    """Drop also those of unknown end: whether they came out or not, nobody may use them."""
    _drop(session, actor, of, _UNSENT | {PrintStatus.UNKNOWN}, reason)


def _drop(session: Session, actor: Actor, of: ColumnElement[bool], those: frozenset[PrintStatus], reason: str) -> None:
    for job in session.scalars(
        select(PrintJob)
        .where(PrintJob.warehouse_id == actor.warehouse_id, of, PrintJob.status.in_(those))
        .order_by(PrintJob.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all():
        dropped = job.move_to(PrintStatus.DROPPED, printer=printer_name(session, job), at=actor.at, reason=reason)
        record(session, actor, dropped)
        settle_inbox(session, actor, job.id)


def settle(session: Session, actor: Actor, print_job_id: int, *, printed: bool, reason: str) -> PrintJob:
    """Say, as a person who looked, whether a job of unknown end printed; its inbox rows are settled with it."""
    job = session.scalars(
        select(PrintJob)
        .where(PrintJob.warehouse_id == actor.warehouse_id, PrintJob.id == print_job_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if job is None:
        raise NotFoundError("print job", print_job_id)
    then = PrintStatus.PRINTED if printed else PrintStatus.DROPPED
    record(session, actor, job.move_to(then, printer=printer_name(session, job), at=actor.at, reason=reason))
    settle_inbox(session, actor, print_job_id)
    return job


def settle_inbox(session: Session, actor: Actor, print_job_id: int) -> None:
    """Settle the inbox rows of a print job: somebody has dealt with it."""
    settling.close(session, actor, ExceptionItem.subject_id == print_job_id)


def printer_name(session: Session, job: PrintJob) -> str:
    """Return the name of a job's printer."""
    return session.scalars(
        select(Printer.name).where(Printer.warehouse_id == job.warehouse_id, Printer.id == job.printer_id)
    ).one()


def waiting(session: Session, warehouse_id: int, printer_id: int) -> int:
    """Return how many jobs stand in line at a printer."""
    unsent = (PrintStatus.QUEUED, PrintStatus.CHECKED, PrintStatus.SENDING)
    return (
        session.scalar(
            select(func.count())
            .select_from(PrintJob)
            .where(
                PrintJob.warehouse_id == warehouse_id, PrintJob.printer_id == printer_id, PrintJob.status.in_(unsent)
            )
        )
        or 0
    )
