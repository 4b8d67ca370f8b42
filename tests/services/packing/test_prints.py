"""What becomes of a label's print at the bench: another printer, a copy too many, and a tote without a hold lane."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests import builders, packers
from wms.domain.codes import Command
from wms.domain.errors import DomainError
from wms.domain.floor import Printer
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.packing import PackageStatus
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.saying import Said
from wms.domain.shipping import LabelStatus
from wms.domain.totes import ToteStatus
from wms.services import printing
from wms.services.packing.screens import HoldTote, ScanLabel, ScanTote
from wms.services.verifying import verify


@pytest.mark.parametrize("was", [PrintStatus.DROPPED, None])
def test_a_label_dropped_by_its_printer_or_without_one_comes_out_of_another_stations(
    session: Session, was: PrintStatus | None
) -> None:
    floor = packers.weighed(session)
    neighbour = session.get_one(Printer, (builders.WAREHOUSE, builders.station(session).printer_id))
    label = packers.buy(session, floor.order, "OFF0001", printed=was or PrintStatus.DROPPED)
    subject_id = label.id
    if was is None:
        _ = session.execute(delete(PrintJob))
        floor.station.printer_id = None
    else:
        subject_id = session.scalars(select(PrintJob.id)).one()
    told = ExceptionItem(
        warehouse_id=builders.WAREHOUSE,
        kind=ExceptionKind.PRINT,
        at=builders.NOW,
        text="not printed",
        subject_id=subject_id,
    )
    session.add(told)
    session.flush()
    screen = floor.packer.sees()
    assert isinstance(screen, ScanLabel)
    assert screen.printing == "failed"
    assert floor.packer.scan(Command.OTHER_PRINTER).words == f"Fetch the label from {neighbour.name}"
    moved = session.scalars(select(PrintJob).order_by(PrintJob.id.desc()).limit(1)).one()
    assert (moved.printer_id, moved.status, moved.copy) == (neighbour.id, PrintStatus.QUEUED, 1)
    session.refresh(told)
    assert told.settled_at is not None


@pytest.mark.parametrize("was", [PrintStatus.QUEUED, PrintStatus.CHECKED, PrintStatus.NOT_PRINTED])
def test_a_copy_still_in_line_is_dropped_when_the_box_is_sealed_with_another(
    session: Session, was: PrintStatus
) -> None:
    floor = packers.weighed(session)
    _ = packers.buy(session, floor.order, "OFF0001")
    _ = floor.packer.scan(Command.REPRINT)
    session.scalars(select(PrintJob).where(PrintJob.copy == 2)).one().status = was
    session.flush()
    assert floor.packer.scan("OFF0001").cue == "complete"
    statuses = session.scalars(select(PrintJob.status).order_by(PrintJob.copy)).all()
    assert statuses == [PrintStatus.PRINTED, PrintStatus.DROPPED]
    assert verify(session, builders.WAREHOUSE) == []


def test_a_house_without_a_hold_lane_sets_aside_by_yes(session: Session) -> None:
    floor = packers.weighed(session)
    session.delete(floor.hold)
    session.flush()
    packers.refuse(session, floor.order, "The address is not known.")
    _ = floor.packer.scan(Command.NO)
    assert floor.packer.sees().accept == (Command.YES,)
    assert floor.packer.scan(floor.tote.barcode).tone == "wrong"
    assert isinstance(floor.packer.sees(), HoldTote)
    assert floor.packer.scan(Command.YES).words == f"{floor.tote.barcode} set aside. Scan next tote"
    assert isinstance(floor.packer.sees(), ScanTote)
    assert packers.package_of(session, floor.order).status is PackageStatus.CANCELLED
    assert floor.tote.status is ToteStatus.STAGED
    _ = floor.packer.scan(*floor.codes, "N720")
    _ = packers.buy(session, floor.order, "OFF0003")
    assert floor.packer.scan("OFF0003").cue == "complete"
    assert verify(session, builders.WAREHOUSE) == []


def test_with_a_hold_lane_yes_sets_nothing_aside(session: Session) -> None:
    floor = packers.weighed(session)
    packers.refuse(session, floor.order, "The address is not known.")
    _ = floor.packer.scan(Command.NO)
    assert floor.packer.scan(Command.YES).tone == "wrong"
    assert isinstance(floor.packer.sees(), HoldTote)


@pytest.mark.parametrize(
    ("status", "kept", "printing", "said"),
    [
        (PrintStatus.CHECKED, "cutter fault", "waiting", "cutter fault"),
        (PrintStatus.CHECKED, "motor too hot, print head fault", "waiting", "motor too hot, print head fault"),
        (PrintStatus.PRINTED, "paper nearly out", "done", "paper nearly out"),
        (PrintStatus.PRINTED, "clean print head, calibrate media", "done", "clean the print head, calibrate the paper"),
        (PrintStatus.PRINTED, "replace print head", "done", "replace the print head"),
        (PrintStatus.PRINTED, "its label was scanned", "done", ""),
        (PrintStatus.HANDED_TO_SPOOLER, "queue zebra", "done", ""),
    ],
)  # fmt: skip
def test_the_packer_reads_what_the_printer_says_of_itself(
    session: Session, status: PrintStatus, kept: str, printing: str, said: str
) -> None:
    floor = packers.weighed(session)
    _ = packers.buy(session, floor.order, "OFF0001", printed=status)
    session.scalars(select(PrintJob)).one().reason = kept
    session.flush()
    screen = floor.packer.sees()
    assert isinstance(screen, ScanLabel)
    assert (screen.printing, screen.print_reason) == (printing, said)
    assert isinstance(screen.print_reason, Said) is bool(said)  # it is read in the packer's language


def test_a_reprint_in_answer_to_void_says_that_the_label_stays(session: Session) -> None:
    floor = packers.weighed(session)
    label = packers.buy(session, floor.order, "OFF0001")
    assert floor.packer.scan(Command.VOID, Command.REPRINT).words == "The label stays. Copy 2"
    assert floor.packer.scan(Command.YES).tone == "wrong"
    assert label.status == "bought"


@pytest.mark.parametrize("was", [PrintStatus.PRINTED, PrintStatus.UNKNOWN])
@pytest.mark.parametrize("why", ["It is in the post.", ""])
def test_the_packer_reads_that_a_void_was_refused_until_the_label_is_printed_anew(
    session: Session, was: PrintStatus, why: str
) -> None:
    floor = packers.weighed(session)
    label = packers.buy(session, floor.order, "OFF0001", printed=was)
    package = packers.package_of(session, floor.order)
    shown = floor.packer.sees()
    assert isinstance(shown, ScanLabel)
    assert shown.void_refused == ""
    _ = floor.packer.scan(Command.VOID, Command.VOID)
    _ = label.move_to(LabelStatus.BOUGHT, package=package.barcode, order_id=floor.order.id, reason=why)
    session.flush()
    shown = floor.packer.sees()
    assert isinstance(shown, ScanLabel)
    assert shown.void_refused == (why or "The carrier gave no reason.")
    assert floor.packer.scan(Command.REPRINT).words == "REPRINT. Copy 2"
    for then in (PrintStatus.QUEUED, PrintStatus.PRINTED):
        session.scalars(select(PrintJob).where(PrintJob.copy == 2)).one().status = then
        session.flush()
        shown = floor.packer.sees()
        assert isinstance(shown, ScanLabel)
        assert shown.void_refused == ""
    assert floor.packer.scan("OFF0001").cue == "complete"
    assert verify(session, builders.WAREHOUSE) == []


@pytest.mark.parametrize("status", [PrintStatus.QUEUED, PrintStatus.CHECKED, PrintStatus.SENDING])
def test_why_somebody_wanted_a_reprint_is_no_fault_of_the_printer(session: Session, status: PrintStatus) -> None:
    floor = packers.weighed(session)
    label = packers.buy(session, floor.order, "OFF0001")
    job = printing.reprint(session, builders.actor(), label.id, "the label tore")
    for then in (PrintStatus.CHECKED, PrintStatus.SENDING):
        if job.status is not status:
            _ = job.move_to(then, printer="pack-1", at=builders.NOW)
    session.flush()
    screen = floor.packer.sees()
    assert isinstance(screen, ScanLabel)
    assert (job.status, screen.printing) == (status, "under way")
    assert floor.packer.scan(Command.REPRINT).words == "It prints now"


@pytest.mark.parametrize(
    ("then", "said"),
    [
        (PrintStatus.QUEUED, "The label is being printed"),
        (PrintStatus.CHECKED, "The label is being printed"),
        (PrintStatus.SENDING, "The label is being printed"),
        (PrintStatus.UNKNOWN, "Did it print[?] Settle that first"),
    ],
)
def test_no_second_label_is_asked_for_beside_one_moved_to_another_printer(
    session: Session, then: PrintStatus, said: str
) -> None:
    floor = packers.weighed(session)
    _ = builders.station(session)
    label = packers.buy(session, floor.order, "OFF0001", printed=PrintStatus.CHECKED)
    _ = floor.packer.scan(Command.OTHER_PRINTER)
    dropped, moved = session.scalars(select(PrintJob).order_by(PrintJob.id)).all()
    moved.status = then
    session.flush()
    with pytest.raises(DomainError, match=said):
        _ = printing.reprint(session, builders.actor(), label.id, "wanted at the desk")
    assert (dropped.status, dropped.copy, moved.copy) == (PrintStatus.DROPPED, 1, 1)
    moved.status = PrintStatus.PRINTED
    session.flush()
    assert printing.reprint(session, builders.actor(), label.id, "it tore").copy == 2
