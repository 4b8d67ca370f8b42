"""Printing: what is called printed is on paper, nothing comes out twice, and an unknown end waits for a person."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select, update

from printers.virtual.engine import Position, Quirk, Switch
from printers.virtual.server import LineFault, VirtualZebra
from tests import builders
from tests.boxes import full_box
from tests.jobs.books import told
from tests.jobs.labels import bought
from tests.jobs.prints import print_label, the_print
from tests.jobs.working import now, run, work
from wms.carriers.fake_shippo_labels import label_file
from wms.carriers.label_file import to_zpl
from wms.database import reading, transaction
from wms.domain.calendar import CarrierService
from wms.domain.errors import DomainError
from wms.domain.floor import Printer
from wms.domain.inbox import ExceptionItem
from wms.domain.people import SlipRule, Warehouse
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.shipping import Label
from wms.jobs import outbox
from wms.jobs import printing as printing_jobs
from wms.jobs.handlers import HANDLERS
from wms.jobs.outbox import Context, LostLeaseError, RetryLaterError
from wms.services import printing
from wms.services.carriers import labelling
from wms.services.printing import Wanted, slips

HELLO = "^XA^FO20,20^A0N,40^FDHello^FS^XZ"


def ask(engine: Engine, url: str, zpl: str = HELLO, labels: int = 1) -> int:
    """Ask for a print on a printer at an address; the job's id."""
    with transaction(engine) as session:
        printer = Printer(warehouse_id=builders.WAREHOUSE, name="pack-1", url=url)
        session.add(printer)
        session.flush()
        actor = now()
        return printing.queue(session, actor, printer.id, Wanted(what="hello", zpl=zpl, labels=labels)).id


def sending(engine: Engine, url: str) -> int:
    """A print that a worker has begun to send; the job's id."""
    job_id = ask(engine, url)
    with transaction(engine) as session:
        _ = session.execute(update(PrintJob).values(status=PrintStatus.SENDING))
    return job_id


def test_a_printed_job_is_on_paper_once(engine: Engine, context: Context, zebra: VirtualZebra) -> None:
    _ = ask(engine, zebra.url)
    assert outbox.drain(context, HANDLERS) == 1
    assert (the_print(engine).status, zebra.tray.numbers()) == (PrintStatus.PRINTED, [1])


def test_a_printer_without_paper_keeps_its_jobs_waiting(engine: Engine, context: Context, zebra: VirtualZebra) -> None:
    zebra.switch(Switch.PAPER_OUT, Position.ANSWERS)
    _ = ask(engine, zebra.url)
    work(context)
    waiting = the_print(engine)
    assert waiting.status is PrintStatus.CHECKED
    assert "paper" in waiting.reason
    zebra.switch(Switch.PAPER_OUT, Position.OFF)
    run(context)
    assert (the_print(engine).status, zebra.tray.numbers()) == (PrintStatus.PRINTED, [1])


@pytest.mark.parametrize(
    ("switch", "said"),
    [
        (Switch.CUTTER_FAULT, "cutter fault"),
        (Switch.MOTOR_HOT, "motor too hot"),
        (Switch.BAD_HEAD, "print head fault"),
    ],
)
def test_what_only_the_error_query_tells_keeps_jobs_waiting_and_is_said(
    switch: Switch, said: str, engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    zebra.switch(switch, Position.ANSWERS)
    _ = ask(engine, zebra.url)
    work(context)
    assert (the_print(engine).status, the_print(engine).reason) == (PrintStatus.CHECKED, said)
    zebra.switch(switch, Position.OFF)
    run(context)
    assert (the_print(engine).status, the_print(engine).reason) == (PrintStatus.PRINTED, "")
    assert zebra.tray.numbers() == [1]


def test_a_printed_job_keeps_what_its_printer_wants_next_and_goes_into_no_inbox(
    engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    zebra.set_quirk(Quirk.PAPER_LOW, is_on=True)
    _ = ask(engine, zebra.url)
    work(context)
    assert (the_print(engine).status, the_print(engine).reason) == (PrintStatus.PRINTED, "paper nearly out")
    assert told(engine) == []


def test_a_printer_that_is_off_keeps_its_jobs_waiting(engine: Engine, context: Context) -> None:
    _ = ask(engine, "tcp://127.0.0.1:9")
    work(context)
    waiting = the_print(engine)
    assert waiting.status is PrintStatus.CHECKED
    assert "cannot be reached" in waiting.reason


def test_a_job_older_than_half_an_hour_does_not_print_by_itself(
    engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    _ = ask(engine, zebra.url)
    with transaction(engine) as session:
        _ = session.execute(update(PrintJob).values(queued_at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=31)))
    work(context)
    assert (the_print(engine).status, zebra.tray.numbers()) == (PrintStatus.DROPPED, [])
    assert len(told(engine)) == 1


def test_a_line_cut_in_the_middle_is_never_sent_again(engine: Engine, context: Context, zebra: VirtualZebra) -> None:
    zebra.break_line(LineFault.RESET_AFTER)
    _ = ask(engine, zebra.url)
    work(context)
    assert the_print(engine).status in {PrintStatus.PRINTED, PrintStatus.UNKNOWN, PrintStatus.NOT_PRINTED}
    zebra.break_line(LineFault.NONE)
    run(context)
    assert len(zebra.tray.numbers()) <= 1


def test_a_worker_lost_while_sending_leaves_an_unknown_end(
    engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    job_id = sending(engine, zebra.url)
    work(context)
    assert (the_print(engine).status, zebra.tray.numbers()) == (PrintStatus.UNKNOWN, [])
    with transaction(engine) as session:
        _ = printing.settle(session, builders.actor(), job_id, printed=True, reason="it lies on the bench")
    with reading(engine) as session:
        assert session.scalars(select(ExceptionItem.settled_at)).one() is not None
    assert the_print(engine).status is PrintStatus.PRINTED


def test_a_job_of_which_nothing_was_sent_waits_and_is_printed_once(
    engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    job_id = sending(engine, zebra.url)
    with pytest.raises(RetryLaterError):
        printing_jobs._take_back(context, job_id, "head open")
    assert (the_print(engine).status, the_print(engine).reason, told(engine)) == (PrintStatus.CHECKED, "head open", [])
    work(context)
    assert (the_print(engine).status, zebra.tray.numbers()) == (PrintStatus.PRINTED, [1])


def test_a_worker_held_up_past_its_lease_sends_nothing(engine: Engine, context: Context, zebra: VirtualZebra) -> None:
    job_id = ask(engine, zebra.url)
    late = outbox.claim(engine, "late", lease=dt.timedelta(seconds=-1))
    other = outbox.claim(engine, "other")
    assert late is not None
    assert other is not None
    with pytest.raises(LostLeaseError):
        printing_jobs.print_job(replace(context, claimed=late), {"print_job_id": job_id})
    assert (the_print(engine).status, zebra.tray.numbers()) == (PrintStatus.CHECKED, [])
    printing_jobs.print_job(replace(context, claimed=other), {"print_job_id": job_id})
    assert (the_print(engine).status, zebra.tray.numbers()) == (PrintStatus.PRINTED, [1])


def test_what_a_worker_says_that_was_given_up_for_lost_does_not_count(engine: Engine, context: Context) -> None:
    job_id = sending(engine, "tcp://127.0.0.1:9")
    late = outbox.claim(engine, "late", lease=dt.timedelta(seconds=-1))
    work(context)
    assert the_print(engine).status is PrintStatus.UNKNOWN
    with pytest.raises(LostLeaseError):
        printing_jobs._end(replace(context, claimed=late), job_id, PrintStatus.PRINTED, "")
    assert the_print(engine).status is PrintStatus.UNKNOWN


@pytest.mark.parametrize("zpl", ["^XA^FDno end", "^XA^XZ^XA^XZ", "hello"])
def test_data_that_is_not_one_whole_label_is_not_sent(
    zpl: str, engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    _ = ask(engine, zebra.url, zpl)
    work(context)
    assert (the_print(engine).status, zebra.tray.numbers()) == (PrintStatus.NOT_PRINTED, [])


TRACKING = "1Z999AA10123456784"


def barred(text: str, x: int = 40) -> str:
    """A label with one barcode."""
    return f"^XA^FO{x},40^BY2^BCN,200,Y,N,N,N^FD>:{text}^FS^XZ"


@pytest.mark.parametrize("carrier", ["offline", "shippo"])
@pytest.mark.parametrize(
    ("zpl", "tracking", "fault"),
    [
        (HELLO, TRACKING, f"no barcode of the label can be read; {TRACKING} is wanted"),
        (barred("1Z999AA1012"), TRACKING, f"no barcode of the label holds {TRACKING} (read: 1Z999AA1012)"),
        (barred(TRACKING, x=700), TRACKING, f"the barcode with {TRACKING} lies beyond the label's edge"),
        (barred(TRACKING), "", "the carrier gave no tracking number"),
        (barred(TRACKING).replace("^XZ", "^PQ2^XZ"), TRACKING, "the data makes 2 labels, 1 are wanted"),
        ("^XA^FO1,1^GFA,zz^FS^XZ", TRACKING, "The label cannot be drawn"),
    ],
)  # fmt: skip
def test_a_label_that_does_not_say_its_number_goes_to_the_inbox_and_on_no_box(
    zpl: str, tracking: str, fault: str, carrier: str, context: Context, zebra: VirtualZebra
) -> None:
    held = print_label(context, zebra.url, zpl, tracking, carrier=carrier)
    assert (held.status, zebra.tray.numbers()) == (PrintStatus.NOT_PRINTED, [])
    assert fault in held.reason
    assert held.reason in told(context.engine)[0]


OTHER_PAGE = "^XA^FO40,40^A0N,40^FDCustoms: 2 mugs^FS^XZ"


@pytest.mark.parametrize(
    ("zpl", "pages"),
    [
        (barred(TRACKING) + OTHER_PAGE, 2),
        ("^XA^MMT^XZ" + OTHER_PAGE + "^XA^PON^XZ" + barred("SOMETHING") + barred(TRACKING), 3),
    ],
)
def test_a_carriers_label_of_several_pages_comes_out_whole_where_one_says_its_number(
    zpl: str, pages: int, context: Context, zebra: VirtualZebra
) -> None:
    printed = print_label(context, zebra.url, zpl, TRACKING, carrier="shippo")
    assert (printed.status, printed.labels, zebra.tray.numbers()) == (
        PrintStatus.PRINTED,
        pages,
        [*range(1, pages + 1)],
    )
    with transaction(context.engine) as session:
        label_id = session.scalars(select(Label.id)).one()
        _ = printing.reprint(session, now(), label_id, "torn")
    work(context)
    assert (the_print(context.engine).status, len(zebra.tray.numbers())) == (PrintStatus.PRINTED, 2 * pages)


@pytest.mark.parametrize(
    ("zpl", "fault"),
    [
        (OTHER_PAGE * 2, f"no barcode of the label can be read; {TRACKING} is wanted"),
        (OTHER_PAGE + barred("SOMETHING"), f"no barcode of the label holds {TRACKING} (read: SOMETHING)"),
        (barred(TRACKING) + OTHER_PAGE * 10, "the data makes 11 labels, 10 are wanted"),
    ],
)
def test_a_carriers_label_of_several_pages_is_held_where_none_says_its_number_or_they_are_too_many(
    zpl: str, fault: str, context: Context, zebra: VirtualZebra
) -> None:
    held = print_label(context, zebra.url, zpl, TRACKING, carrier="shippo")
    assert (held.status, held.reason, zebra.tray.numbers()) == (PrintStatus.NOT_PRINTED, fault, [])


@pytest.mark.parametrize("kind", ["zpl", "pdf", "png"])
def test_a_carriers_label_is_released_by_its_picture_whatever_file_it_was(
    kind: str, context: Context, zebra: VirtualZebra
) -> None:
    tracking = "9205590175547700027199"
    zpl = to_zpl(label_file(tracking, kind)).decode()
    assert print_label(context, zebra.url, zpl, tracking, carrier="shippo").status is PrintStatus.PRINTED
    assert (zebra.tray.numbers(), told(context.engine)) == ([1], [])


def test_a_carrier_may_be_allowed_labels_that_only_people_can_read(context: Context, zebra: VirtualZebra) -> None:
    with reading(context.engine) as session:
        carriers = frozenset(session.scalars(select(CarrierService.carrier)))
    allowing = replace(context, settings=replace(context.settings, unread_carriers=carriers))
    assert print_label(allowing, zebra.url, HELLO, TRACKING, carrier="shippo").status is PrintStatus.PRINTED
    assert f"printed unread: no barcode of the label can be read; {TRACKING}" in told(context.engine)[0]


def test_a_reprint_is_a_copy_of_its_own(engine: Engine, context: Context, zebra: VirtualZebra) -> None:
    _ = bought(context, zebra, "offline")
    with transaction(engine) as session:
        label_id = session.scalars(select(Label.id)).one()
        actor = now()
        assert printing.reprint(session, actor, label_id, "torn").copy == 2
        with pytest.raises(DomainError, match="is being printed"):
            _ = printing.reprint(session, actor, label_id, "torn again")
    work(context)
    assert zebra.tray.numbers() == [1, 2]


def print_slip(context: Context, url: str, zpl: str | None = None) -> PrintJob:
    """Print the slip of a box, or what is given in its place; the job as it stands afterwards."""
    with transaction(context.engine) as session:
        job = slips.print_slip(session, now(), full_box(session, url).id)
        job.zpl = zpl or job.zpl
    work(context)
    return the_print(context.engine)


def test_a_packing_slip_is_printed_as_truly_as_a_label(context: Context, zebra: VirtualZebra) -> None:
    job = print_slip(context, zebra.url)
    assert (job.status, job.what.split()[:2], zebra.tray.numbers()) == (PrintStatus.PRINTED, ["packing", "slip"], [1])


def test_a_slip_that_does_not_say_its_order_goes_to_the_inbox(context: Context, zebra: VirtualZebra) -> None:
    job = print_slip(context, zebra.url, HELLO)
    assert (job.status, zebra.tray.numbers()) == (PrintStatus.NOT_PRINTED, [])
    assert job.reason.startswith("page 1: no barcode of the label can be read; O")
    assert job.reason in told(context.engine)[0]


def test_the_slip_comes_out_after_its_label_where_the_warehouse_wants_one(
    context: Context, zebra: VirtualZebra
) -> None:
    with transaction(context.engine) as session:
        session.get_one(Warehouse, builders.WAREHOUSE).slips = SlipRule.EACH_BOX
        _ = labelling.want(session, now(), full_box(session, zebra.url).id)
    work(context)
    with reading(context.engine) as session:
        printed = session.execute(select(PrintJob.what, PrintJob.status).order_by(PrintJob.id)).all()
    assert [what.split()[0] for what, _ in printed] == ["label", "packing"]
    assert {status for _, status in printed} == {PrintStatus.PRINTED}
    assert zebra.tray.numbers() == [1, 2]
