"""A label given back is of no use any more: its prints are dropped, and nobody is asked whether they came out."""

import pytest
from sqlalchemy import Engine, select, update

from printers.virtual.engine import Position, Switch
from printers.virtual.server import VirtualZebra
from tests.jobs.labels import bought, want
from tests.jobs.working import now, run
from wms.database import reading, transaction
from wms.domain.inbox import ExceptionItem
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.shipping import Label, LabelStatus
from wms.jobs import outbox
from wms.jobs import printing as printing_jobs
from wms.jobs.handlers import HANDLERS
from wms.jobs.outbox import Context
from wms.jobs.releasing import Verdict
from wms.services.carriers import labelling


def void_it(engine: Engine, package_id: int) -> None:
    """The packer's VOID card."""
    with transaction(engine) as session:
        labelling.void(session, now(), package_id, "void card")


def waiting_print(context: Context, zebra: VirtualZebra) -> tuple[int, int]:
    """A box whose label is bought, and waits for the paper that its printer has run out of; its id and the print's."""
    zebra.switch(Switch.PAPER_OUT, Position.ANSWERS)
    package_id = bought(context, zebra, "offline")
    with reading(context.engine) as session:
        return package_id, session.scalars(select(PrintJob.id)).one()


def prints(engine: Engine) -> list[PrintStatus]:
    """How the label's prints stand, the first first."""
    with reading(engine) as session:
        return list(session.scalars(select(PrintJob.status).order_by(PrintJob.id)))


def test_a_voided_label_that_waits_for_paper_never_comes_out(
    engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    package_id, _ = waiting_print(context, zebra)
    assert prints(engine) == [PrintStatus.CHECKED]
    void_it(engine, package_id)
    assert prints(engine) == [PrintStatus.DROPPED]
    zebra.switch(Switch.PAPER_OUT, Position.OFF)
    run(context, times=2)
    assert (prints(engine), zebra.tray.numbers()) == ([PrintStatus.DROPPED], [])
    with reading(engine) as session:
        assert session.scalars(select(ExceptionItem)).all() == []


@pytest.mark.parametrize("end", [PrintStatus.UNKNOWN, PrintStatus.NOT_PRINTED])
def test_nobody_is_asked_whether_a_voided_label_printed(
    end: PrintStatus, engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    package_id, job_id = waiting_print(context, zebra)
    with transaction(engine) as session:
        _ = session.execute(update(PrintJob).values(status=PrintStatus.SENDING))
    printing_jobs._end(context, job_id, end, "no answer")
    with reading(engine) as session:
        assert session.scalars(select(ExceptionItem.settled_at)).all() == [None]
    void_it(engine, package_id)
    assert prints(engine) == [PrintStatus.DROPPED]
    with reading(engine) as session:
        assert None not in session.scalars(select(ExceptionItem.settled_at)).all()


@pytest.mark.parametrize("end", [PrintStatus.UNKNOWN, PrintStatus.NOT_PRINTED, PrintStatus.PRINTED])
def test_a_label_voided_while_it_is_printed_is_asked_about_by_nobody(
    end: PrintStatus, engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    package_id, job_id = waiting_print(context, zebra)
    assert printing_jobs._begin(context, job_id)
    void_it(engine, package_id)
    assert prints(engine) == [PrintStatus.SENDING]
    printing_jobs._end(context, job_id, end, "no answer")
    assert prints(engine) == [PrintStatus.PRINTED if end is PrintStatus.PRINTED else PrintStatus.DROPPED]
    with reading(engine) as session:
        assert session.scalars(select(ExceptionItem)).all() == []


def test_a_label_given_back_in_the_last_moment_is_not_sent(
    engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    _, job_id = waiting_print(context, zebra)
    zebra.switch(Switch.PAPER_OUT, Position.OFF)
    with transaction(engine) as session:
        # As if its print had come into the line after the void had looked there.
        _ = session.execute(update(Label).values(status=LabelStatus.VOIDING))
    printing_jobs.print_job(context, {"print_job_id": job_id})
    assert (prints(engine), zebra.tray.numbers()) == ([PrintStatus.DROPPED], [])


def test_a_job_dropped_while_a_worker_looks_at_it_stays_so(
    engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    package_id = want(engine, zebra.url)
    assert outbox.run_one(context, HANDLERS, "buyer")
    with reading(engine) as session:
        job_id = session.scalars(select(PrintJob.id)).one()
    void_it(engine, package_id)
    printing_jobs._check(context, job_id, Verdict())
    printing_jobs._wait(context, job_id, "paper out")
    printing_jobs._end(context, job_id, PrintStatus.NOT_PRINTED, "no barcode")
    assert not printing_jobs._begin(context, job_id)
    assert prints(engine) == [PrintStatus.DROPPED]
    with reading(engine) as session:
        assert session.scalars(select(PrintJob.reason)).one() == "its label is given back: void card"
        assert session.scalars(select(ExceptionItem)).all() == []
