"""The printing page: printers and their lines, the last jobs, and what a person does about those that went wrong."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased, defer

from wms.domain.actor import Actor, Role
from wms.domain.base import text_id
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.floor import Printer
from wms.domain.inbox import ExceptionItem
from wms.domain.journal import record
from wms.domain.orders import Order
from wms.domain.people import Worker
from wms.domain.printing import PrintAsked, PrintJob, PrintStatus
from wms.domain.shipping import AnyLabel, LabelStatus
from wms.labels import sheets
from wms.labels.sheets import SheetLabel
from wms.services import printing, settling
from wms.services.label_sheets import SheetKind
from wms.services.orders.promising import zone_of
from wms.services.printing import Wanted

LAST = 50
_UNSENT = (PrintStatus.QUEUED, PrintStatus.CHECKED, PrintStatus.SENDING)


@dataclass(frozen=True, kw_only=True, slots=True)
class PrinterRow:
    """A printer, how many jobs wait for it, and what the first of them waits for ('' = its turn)."""

    key: str
    name: str
    url: str
    waiting: int
    trouble: str


@dataclass(frozen=True, kw_only=True, slots=True)
class JobRow:
    """A print job with the order it is for and who asked ('' = none, the program); `at` in the warehouse's zone."""

    key: str
    at: dt.datetime
    printer: str
    what: str
    labels: int
    copy: int
    order: str
    worker: str
    status: PrintStatus
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintingPage:
    """Printers by name, the jobs that wait for a person, and the last jobs, newest first."""

    printers: tuple[PrinterRow, ...]
    unsettled: tuple[JobRow, ...]
    last: tuple[JobRow, ...]


def page(session: Session, actor: Actor) -> PrintingPage:
    """Return what the printing page shows."""
    return PrintingPage(
        printers=printers(session, actor),
        unsettled=_jobs(session, actor, _is_unsettled()),
        last=_jobs(session, actor),
    )


def printers(session: Session, actor: Actor) -> tuple[PrinterRow, ...]:
    """Return the printers by name."""
    lines: dict[int, list[str]] = {}
    unsent = (
        select(PrintJob.printer_id, PrintJob.status, PrintJob.reason)
        .where(PrintJob.warehouse_id == actor.warehouse_id, PrintJob.status.in_(_UNSENT))
        .order_by(PrintJob.id)
    )
    for printer_id, status, reason in session.execute(unsent):
        # Before its check a job's reason is why somebody wanted it.
        lines.setdefault(printer_id, []).append(reason if status is PrintStatus.CHECKED else "")
    found = select(Printer).where(Printer.warehouse_id == actor.warehouse_id).order_by(Printer.name)
    return tuple(
        PrinterRow(
            key=text_id(row.id),
            name=row.name,
            url=row.url,
            waiting=len(lines.get(row.id, ())),
            trouble=next(filter(None, lines.get(row.id, ())), ""),
        )
        for row in session.scalars(found)
    )


def asked_of(session: Session, actor: Actor, printer_id: int) -> tuple[str, bool]:
    """Return where a printer is reached, and whether a job is at it now, so that nobody else should be."""
    url = session.scalars(
        select(Printer.url).where(Printer.warehouse_id == actor.warehouse_id, Printer.id == printer_id)
    ).one_or_none()
    if url is None:
        raise NotFoundError("printer", printer_id)
    sending = select(PrintJob.id).where(
        PrintJob.warehouse_id == actor.warehouse_id,
        PrintJob.printer_id == printer_id,
        PrintJob.status == PrintStatus.SENDING,
    )
    return url, session.execute(sending.limit(1)).first() is not None


def print_again(session: Session, actor: Actor, print_job_id: int) -> PrintJob | None:
    """Say that a job did not come out and ask for it once more; None for a label that must not be used any more."""
    told = session.execute(
        select(PrintJob.label_id, PrintJob.what).where(
            PrintJob.warehouse_id == actor.warehouse_id, PrintJob.id == print_job_id
        )
    ).one_or_none()
    if told is None:
        raise NotFoundError("print job", print_job_id)
    if told.label_id is None and told.what.startswith(SheetKind.BADGES) and not actor.may(Role.ADMIN):
        raise DomainError("Badges are keys: only an admin prints them.")
    # Labels are locked before print jobs everywhere.
    label = session.scalars(
        select(AnyLabel)
        .where(AnyLabel.warehouse_id == actor.warehouse_id, AnyLabel.id == told.label_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    job = give_up(session, actor, print_job_id, "did not come out; printed again")
    if label is not None:
        if label.status is not LabelStatus.BOUGHT:
            return None
        return printing.reprint(session, actor, label.id, "the first did not come out")
    wanted = Wanted(
        what=job.what,
        zpl=job.zpl,
        labels=job.labels,
        order_id=job.order_id,
        slip_of_id=job.slip_of_id,
        copy=job.copy + 1,
    )
    again = printing.queue(session, actor, job.printer_id, wanted)
    _record_asked(session, actor, again)
    return again


def give_up(session: Session, actor: Actor, print_job_id: int, reason: str) -> PrintJob:
    """Say that a job did not come out and is not waited for; DomainError where it printed or is still on its way.

    A dropped one is waited for as long as its inbox row stands open: after that somebody has dealt with it.
    """
    job = session.scalars(
        select(PrintJob)
        .where(PrintJob.warehouse_id == actor.warehouse_id, PrintJob.id == print_job_id)
        .with_for_update(key_share=True)
    ).one_or_none()
    if job is None:
        raise NotFoundError("print job", print_job_id)
    if job.status is PrintStatus.DROPPED:
        if not settling.is_open(session, actor, ExceptionItem.subject_id == job.id):
            raise DomainError("Somebody has dealt with this print already. Load the page again.")
        printing.settle_inbox(session, actor, job.id)
        return job
    if job.status not in {PrintStatus.UNKNOWN, PrintStatus.NOT_PRINTED}:
        raise DomainError(f"The job is {job.status}. Load the page again.")
    return printing.settle(session, actor, job.id, printed=False, reason=reason)


def print_trial(session: Session, actor: Actor, printer_id: int) -> PrintJob:
    """Ask a printer for a test label with its own name."""
    name = session.scalars(
        select(Printer.name).where(Printer.warehouse_id == actor.warehouse_id, Printer.id == printer_id)
    ).one_or_none()
    if name is None:
        raise NotFoundError("printer", printer_id)
    zpl = sheets.small(SheetLabel(word="TEST", code="TEST", name=name)).decode("ascii")
    job = printing.queue(session, actor, printer_id, Wanted(what="test label", zpl=zpl))
    _record_asked(session, actor, job)
    return job


def _record_asked(session: Session, actor: Actor, job: PrintJob) -> None:
    printer = printing.printer_name(session, job)
    record(session, actor, PrintAsked(order_id=job.order_id, printer=printer, what=job.what, labels=job.labels))


def _is_unsettled() -> ColumnElement[bool]:
    """Nobody has dealt with it: its end is bad, its inbox row stands open, and no later copy took its place."""
    later = aliased(PrintJob)
    is_replaced = (
        select(later.id)
        .where(
            later.warehouse_id == PrintJob.warehouse_id,
            later.label_id == PrintJob.label_id,
            later.copy > PrintJob.copy,
        )
        .exists()
    )
    stands_in_inbox = (
        select(ExceptionItem.id)
        .where(
            ExceptionItem.warehouse_id == PrintJob.warehouse_id,
            ExceptionItem.subject_id == PrintJob.id,
            ExceptionItem.settled_at.is_(None),
        )
        .exists()
    )
    is_bad = PrintJob.status.in_((PrintStatus.UNKNOWN, PrintStatus.NOT_PRINTED))
    return ~is_replaced & or_(is_bad, (PrintJob.status == PrintStatus.DROPPED) & stands_in_inbox)


def _jobs(session: Session, actor: Actor, *only: ColumnElement[bool]) -> tuple[JobRow, ...]:
    zone = zone_of(session, actor)
    found = (
        select(PrintJob, Printer.name, Order.number, Worker.name)
        .join(Printer, _joins(PrintJob, PrintJob.printer_id, Printer))
        .outerjoin(Order, _joins(PrintJob, PrintJob.order_id, Order))
        .outerjoin(Worker, _joins(PrintJob, PrintJob.worker_id, Worker))
        .where(PrintJob.warehouse_id == actor.warehouse_id, *only)
        .options(defer(PrintJob.zpl))
        .order_by(PrintJob.id.desc())
        .limit(LAST)
    )
    return tuple(
        JobRow(
            key=text_id(job.id),
            at=job.queued_at.astimezone(zone),
            printer=printer,
            what=job.what,
            labels=job.labels,
            copy=job.copy,
            order=order or "",
            worker=worker or "",
            status=job.status,
            reason=job.reason,
        )
        for job, printer, order, worker in session.execute(found)
    )


def _joins(child: Any, key: Any, parent: Any) -> ColumnElement[bool]:
    return and_(parent.warehouse_id == child.warehouse_id, parent.id == key)
