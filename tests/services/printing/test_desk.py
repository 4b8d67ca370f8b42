"""What went wrong at a printer waits on the printing page until a person has dealt with it, once."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests import builders
from tests.boxes import full_box
from wms.domain.errors import DomainError, IllegalMoveError, NotFoundError
from wms.domain.floor import Printer
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import JournalEntry
from wms.domain.outbox import Job
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.shipping import Label, LabelStatus
from wms.labels import sheets
from wms.labels.sheets import SheetLabel
from wms.services import label_sheets, printing
from wms.services.carriers import labelling
from wms.services.label_sheets import Choice, SheetKind
from wms.services.printing import Wanted, desk


@pytest.fixture
def printer(session: Session) -> Printer:
    made = Printer(warehouse_id=builders.WAREHOUSE, name="office", url="file:///tmp/none")
    session.add(made)
    session.flush()
    return made


def ended(session: Session, job: PrintJob, status: PrintStatus) -> PrintJob:
    """The job with a bad end, and its row in the inbox."""
    job.status, job.reason = status, "paper jam"
    session.add(
        ExceptionItem(
            warehouse_id=builders.WAREHOUSE,
            kind=ExceptionKind.PRINT,
            at=builders.NOW,
            text="paper jam",
            subject_id=job.id,
        )
    )
    session.flush()
    return job


def hello(session: Session, printer: Printer, status: PrintStatus) -> PrintJob:
    """A job of one label with such an end."""
    zpl = sheets.small(SheetLabel(word="TOTE", code="T000417", name="T000417")).decode("ascii")
    job = printing.queue(session, builders.actor(), printer.id, Wanted(what="hello", zpl=zpl))
    return ended(session, job, status)


def shipping_label(session: Session) -> PrintJob:
    """The first print of a bought label, of unknown end."""
    label = labelling.want(session, builders.actor(), full_box(session, "file:///tmp/none").id)
    label.tracking_number, label.zpl, label.status = "1Z999AA10123456784", "^XA^XZ", LabelStatus.BOUGHT
    _ = session.execute(delete(Job))
    return ended(session, printing.queue_label(session, builders.actor(), label, copy=1), PrintStatus.UNKNOWN)


def open_rows(session: Session) -> int:
    """How many inbox rows stand open."""
    return len(session.scalars(select(ExceptionItem).where(ExceptionItem.settled_at.is_(None))).all())


def test_a_printer_shows_its_line_and_what_the_first_job_waits_for(session: Session, printer: Printer) -> None:
    first, second = (
        printing.queue(session, builders.actor(), printer.id, Wanted(what="hello", zpl="^XA^XZ")) for _ in range(2)
    )
    first.status, first.reason, second.reason = PrintStatus.CHECKED, "out of paper", "torn"
    session.flush()
    (row,) = desk.page(session, builders.actor()).printers
    assert (row.name, row.waiting, row.trouble) == ("office", 2, "out of paper")


@pytest.mark.parametrize("status", [PrintStatus.UNKNOWN, PrintStatus.NOT_PRINTED, PrintStatus.DROPPED])
def test_what_did_not_come_out_is_printed_again_once(session: Session, printer: Printer, status: PrintStatus) -> None:
    job = hello(session, printer, status)
    assert [row.what for row in desk.page(session, builders.actor()).unsettled] == ["hello"]
    again = desk.print_again(session, builders.actor(), job.id)
    assert again is not None
    assert (again.zpl, again.copy, again.status) == (job.zpl, 2, PrintStatus.QUEUED)
    page = desk.page(session, builders.actor())
    assert (page.unsettled, len(page.last), open_rows(session)) == ((), 2, 0)
    assert session.scalars(select(JournalEntry).where(JournalEntry.event == "PrintAsked")).one().data["what"] == "hello"


@pytest.mark.parametrize("status", [PrintStatus.UNKNOWN, PrintStatus.NOT_PRINTED, PrintStatus.DROPPED])
@pytest.mark.parametrize("first", ["print again", "give up"])
def test_the_second_of_two_clicks_prints_nothing_more(
    session: Session, printer: Printer, status: PrintStatus, first: str
) -> None:
    job = hello(session, printer, status)
    if first == "print again":
        _ = desk.print_again(session, builders.actor(), job.id)
    else:
        _ = desk.give_up(session, builders.actor(), job.id, "not wanted")
    copies = session.scalars(select(PrintJob.copy)).all()
    with pytest.raises(DomainError, match="dealt with this print already"):
        _ = desk.print_again(session, builders.actor(), job.id)
    with pytest.raises(DomainError, match="dealt with this print already"):
        _ = desk.give_up(session, builders.actor(), job.id, "not wanted")
    assert session.scalars(select(PrintJob.copy)).all() == copies


def test_what_did_not_come_out_is_never_in_line_itself_again(session: Session, printer: Printer) -> None:
    job = hello(session, printer, PrintStatus.NOT_PRINTED)
    with pytest.raises(IllegalMoveError):
        _ = job.move_to(PrintStatus.QUEUED, printer="office", at=builders.NOW)


@pytest.mark.parametrize("status", [PrintStatus.NOT_PRINTED, PrintStatus.DROPPED])
def test_what_is_not_wanted_any_more_is_given_up(session: Session, printer: Printer, status: PrintStatus) -> None:
    job = hello(session, printer, status)
    _ = desk.give_up(session, builders.actor(), job.id, "not wanted")
    page = desk.page(session, builders.actor())
    assert (page.unsettled, len(page.last), open_rows(session)) == ((), 1, 0)


@pytest.mark.parametrize("status", [PrintStatus.PRINTED, PrintStatus.QUEUED])
def test_what_printed_or_still_waits_is_not_printed_again(
    session: Session, printer: Printer, status: PrintStatus
) -> None:
    job = hello(session, printer, status)
    with pytest.raises(DomainError, match=str(status)):
        _ = desk.print_again(session, builders.actor(), job.id)


def test_a_shipping_label_is_printed_again_as_its_next_copy(session: Session) -> None:
    job = shipping_label(session)
    again = desk.print_again(session, builders.actor(), job.id)
    assert again is not None
    assert (again.label_id, again.copy) == (job.label_id, 2)
    assert job.status is PrintStatus.DROPPED


def test_a_void_label_is_settled_and_not_printed_again(session: Session) -> None:
    job = shipping_label(session)
    session.scalars(select(Label)).one().status = LabelStatus.VOIDED
    session.flush()
    assert desk.print_again(session, builders.actor(), job.id) is None
    assert (job.status, open_rows(session)) == (PrintStatus.DROPPED, 0)


def test_a_copy_that_was_replaced_at_the_bench_waits_for_nobody(session: Session) -> None:
    job = shipping_label(session)
    job.status = PrintStatus.NOT_PRINTED
    session.flush()
    assert job.label_id is not None
    _ = printing.reprint(session, builders.actor(), job.label_id, "torn")
    assert desk.page(session, builders.actor()).unsettled == ()


def test_badges_are_printed_again_by_admins_only(session: Session, printer: Printer) -> None:
    lead = builders.worker(session, "Lea", roles="supervisor")
    _ = label_sheets.queue(session, builders.actor(), Choice(kind=SheetKind.BADGES), printer.id)
    job = ended(session, session.scalars(select(PrintJob)).one(), PrintStatus.NOT_PRINTED)
    with pytest.raises(DomainError, match="only an admin"):
        _ = desk.print_again(session, builders.actor(lead), job.id)
    assert desk.print_again(session, builders.actor(), job.id) is not None


def test_a_test_label_says_the_printers_name(session: Session, printer: Printer) -> None:
    assert "office" in desk.print_trial(session, builders.actor(), printer.id).zpl


def test_unknown_printers_and_jobs_are_not_found(session: Session) -> None:
    with pytest.raises(NotFoundError):
        _ = desk.print_trial(session, builders.actor(), 7)
    with pytest.raises(NotFoundError):
        _ = desk.print_again(session, builders.actor(), 7)
    with pytest.raises(NotFoundError):
        _ = desk.give_up(session, builders.actor(), 7, "gone")
