"""A label that was scanned onto its box is on paper, whatever its printer's line did afterwards."""

import datetime as dt
import threading

import pytest
from sqlalchemy import Engine, select, update

from tests import builders, packers
from wms.database import reading, transaction
from wms.domain.inbox import ExceptionItem
from wms.domain.packing import Package
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.shipping import AnyLabel, LabelWay
from wms.jobs import outbox
from wms.jobs import printing as printing_jobs
from wms.jobs.handlers import HANDLERS
from wms.jobs.outbox import Context
from wms.services import closing
from wms.services.closing import LooseKind


def sending(engine: Engine) -> packers.Floor:
    """A bench whose label is being sent to its printer."""
    with transaction(engine) as session:
        floor = packers.bench(session)
        _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, floor.towel_code, "N720")
        _ = packers.buy(session, floor.order, "OFF0001", printed=PrintStatus.SENDING)
    return floor


def scan_label(engine: Engine, floor: packers.Floor) -> None:
    """The packer sticks the label on the box and scans it."""
    with transaction(engine) as session:
        floor.packer.session = session
        assert floor.packer.scan("OFF0001").cue == "complete"


def ends(engine: Engine) -> tuple[list[PrintStatus], int, bool]:
    """How the prints ended, how many rows wait in the inbox, and whether the end of the day asks about a print."""
    with reading(engine) as session:
        loose = closing.loose_ends(session, builders.actor())
        return (
            list(session.scalars(select(PrintJob.status).order_by(PrintJob.id))),
            len(session.scalars(select(ExceptionItem)).all()),
            any(end.kind is LooseKind.PRINT for end in loose),
        )


@pytest.mark.parametrize("how", ["its worker stopped", "it failed too often"])
def test_a_label_scanned_while_it_was_sent_is_printed_and_nobody_is_asked(
    how: str, engine: Engine, context: Context
) -> None:
    scan_label(engine, sending(engine))
    if how == "its worker stopped":
        assert outbox.drain(context, HANDLERS) > 0
    else:
        with transaction(engine) as session:
            printing_jobs.give_up(session, {"print_job_id": session.scalars(select(PrintJob.id)).one()}, how)
    assert ends(engine) == ([PrintStatus.PRINTED], 0, False)
    with reading(engine) as session:
        assert session.scalars(select(PrintJob.reason)).one() == "its label was scanned"


def test_a_label_scanned_at_the_moment_its_job_ends_is_printed(engine: Engine, context: Context) -> None:
    floor = sending(engine)
    with reading(engine) as session:
        job_id = session.scalars(select(PrintJob.id)).one()
    job_ends = threading.Thread(
        target=printing_jobs._end, args=(context, job_id, PrintStatus.UNKNOWN, "the line broke")
    )
    with transaction(engine) as session:
        floor.packer.session = session
        assert floor.packer.scan("OFF0001").cue == "complete"
        job_ends.start()
        job_ends.join(timeout=0.5)
        assert job_ends.is_alive()  # it waits for the box
    job_ends.join()
    assert ends(engine) == ([PrintStatus.PRINTED], 0, False)


def test_a_label_that_nobody_scanned_waits_for_a_person(engine: Engine, context: Context) -> None:
    _ = sending(engine)
    _ = outbox.drain(context, HANDLERS)
    assert ends(engine) == ([PrintStatus.UNKNOWN], 1, True)


@pytest.mark.parametrize("other", [PrintStatus.PRINTED, PrintStatus.UNKNOWN, PrintStatus.HANDED_TO_SPOOLER])
def test_of_two_copies_the_scan_does_not_say_which(other: PrintStatus, engine: Engine, context: Context) -> None:
    floor = sending(engine)
    with transaction(engine) as session:
        first = session.scalars(select(PrintJob)).one()
        session.add(
            PrintJob(
                warehouse_id=builders.WAREHOUSE,
                printer_id=first.printer_id,
                what="reprint OFF0001",
                zpl=first.zpl,
                sha256=first.sha256,
                queued_at=builders.NOW,
                worker_id=None,
                label_id=first.label_id,
                copy=2,
            )
        )
    scan_label(engine, floor)
    with transaction(engine) as session:
        _ = session.execute(update(PrintJob).where(PrintJob.copy == 2).values(status=other))
    _ = outbox.drain(context, HANDLERS)
    assert ends(engine) == ([PrintStatus.UNKNOWN, other], 1, True)


def test_what_was_asked_for_after_the_box_was_sealed_is_not_what_sealed_it(engine: Engine, context: Context) -> None:
    scan_label(engine, sending(engine))
    with transaction(engine) as session:
        _ = session.execute(update(Package).values(sealed_at=builders.NOW - dt.timedelta(minutes=5)))
    _ = outbox.drain(context, HANDLERS)
    assert ends(engine) == ([PrintStatus.UNKNOWN], 1, True)


def test_a_return_label_goes_on_no_box_that_could_prove_it(engine: Engine, context: Context) -> None:
    scan_label(engine, sending(engine))
    with transaction(engine) as session:
        _ = session.execute(update(AnyLabel).values(way=LabelWay.RETURN))
    _ = outbox.drain(context, HANDLERS)
    assert ends(engine) == ([PrintStatus.UNKNOWN], 1, True)
