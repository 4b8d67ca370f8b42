"""Labels: refused until every unit is scanned, bought once whatever fails, printed on the station's printer."""

import pytest
from sqlalchemy import Engine, delete, select, update

from printers.virtual.server import VirtualZebra
from tests.boxes import full_box
from tests.jobs.books import inbox
from tests.jobs.labels import bought, give_up_box, the_label, tried, void, want
from tests.jobs.working import now, run, work
from wms.carriers import base as carriers
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.database import reading, transaction
from wms.domain.errors import DomainError
from wms.domain.inbox import ExceptionItem
from wms.domain.outbox import Job
from wms.domain.packing import NotAllScannedError, PackageLine
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.shipping import Label, LabelStatus
from wms.jobs import purchases
from wms.jobs.outbox import Context
from wms.services.carriers import labelling, recognising_labels


def test_no_label_while_a_unit_is_missing(engine: Engine) -> None:
    with transaction(engine) as session:
        box = full_box(session, "file:///tmp/none", scanned=1)
        with pytest.raises(NotAllScannedError, match="1 unit is not scanned"):
            _ = labelling.want(session, now(), box.id)


def test_the_job_buys_nothing_for_a_box_from_which_a_unit_was_taken_meanwhile(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = want(engine, zebra.url, "shippo")
    with transaction(engine) as session:
        session.scalars(select(PackageLine)).one().quantity = 1
    run(shippo_context)
    label = the_label(engine)
    assert (label.status, label.reason) == (LabelStatus.REFUSED, "1 unit is not scanned. Scan it first")
    assert shippo.account.paid == []


def test_no_label_before_the_box_is_weighed(engine: Engine) -> None:
    with transaction(engine) as session:
        box = full_box(session, "file:///tmp/none")
        box.weight_g = 0
        session.flush()
        with pytest.raises(DomainError, match="weigh"):
            _ = labelling.want(session, now(), box.id)


def test_a_second_label_for_a_box_is_refused(engine: Engine) -> None:
    with transaction(engine) as session:
        box = full_box(session, "file:///tmp/none")
        _ = labelling.want(session, now(), box.id)
        with pytest.raises(DomainError, match="has a label already"):
            _ = labelling.want(session, now(), box.id)


def test_an_offline_label_is_printed_once_and_its_scan_names_the_box(
    engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    package_id = bought(context, zebra, "offline")
    label = the_label(engine)
    assert (label.status, label.charged, zebra.tray.numbers()) == (LabelStatus.BOUGHT, False, [1])
    with reading(engine) as session:
        assert session.scalars(select(PrintJob.status)).one() is PrintStatus.PRINTED
        assert recognising_labels.is_label_of(session, now(), package_id, label.tracking_number)
        assert not recognising_labels.is_label_of(session, now(), package_id, "9" * 20)


@pytest.mark.parametrize("fault", [Fault.BROKEN_AFTER, Fault.CUT_AFTER])
def test_a_lost_answer_buys_no_second_label(
    fault: Fault, engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = tried(shippo_context, zebra, shippo, fault)
    run(shippo_context, times=2)
    label = the_label(engine)
    assert (label.status, label.charged, len(shippo.account.paid)) == (LabelStatus.BOUGHT, True, 1)


@pytest.mark.parametrize("fault", [Fault.RATE_MISSING, Fault.RATE_AND_KEY_MISSING])
def test_a_list_that_does_not_say_whose_a_purchase_is_buys_no_second_label(
    fault: Fault, engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    shippo.fail(Fault.CUT_AFTER)
    shippo.fail(fault, on="GET /transactions")
    _ = want(engine, zebra.url, "shippo")
    run(shippo_context, times=3)
    label = the_label(engine)
    assert (label.status, label.external_id) == (LabelStatus.BOUGHT, shippo.account.paid[0]["object_id"])
    assert len(shippo.account.paid) == 1


def test_a_worker_lost_after_the_purchase_buys_no_second_label(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = bought(shippo_context, zebra)
    with transaction(engine) as session:
        # What a worker that died between the carrier's answer and its own record leaves behind.
        _ = session.execute(update(Label).values(status=LabelStatus.BUYING, tracking_number=""))
        _ = session.execute(update(Job).where(Job.key.startswith("buy-")).values(status="open", ended_at=None))
        _ = session.execute(delete(PrintJob))
        _ = session.execute(delete(Job).where(Job.key.startswith("print-")))
    run(shippo_context)
    assert (the_label(engine).status, len(shippo.account.paid)) == (LabelStatus.BOUGHT, 1)


def test_a_label_bought_twice_is_given_back_once(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = tried(shippo_context, zebra, shippo, Fault.CUT_AFTER)
    # The same purchase by a worker that was held up until everybody had given it up for lost.
    _ = shippo.account.create_transaction(shippo.account.paid[0], None, shippo.url)
    run(shippo_context, times=2)
    label = the_label(engine)
    assert (label.status, [one["object_id"] for one in shippo.account.paid]) == (
        LabelStatus.BOUGHT,
        [label.external_id],
    )
    (told,) = inbox(engine)
    assert "bought twice, one is given back" in told


def test_a_purchase_that_ends_after_anothers_is_given_back(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = bought(shippo_context, zebra)
    label = the_label(engine)
    again = shippo.account.create_transaction(shippo.account.paid[0], None, shippo.url)
    late = carriers.Label(
        carrier="USPS",
        service=label.service,
        tracking_number=again["tracking_number"],
        zpl=b"^XA^XZ",
        amount_cents=label.amount_cents,
        currency=label.currency,
        barcodes=(),
        charged=True,
        external_id=again["object_id"],
    )
    purchases._bought(shippo_context, label.id, late)
    work(shippo_context)
    assert [one["object_id"] for one in shippo.account.paid] == [label.external_id]
    assert the_label(engine).status is LabelStatus.BOUGHT


def test_a_settled_purchase_leaves_the_inbox_and_keeps_its_raw_answer(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = tried(shippo_context, zebra, shippo, Fault.LABEL_LATE)
    label = the_label(engine)
    assert label.status is LabelStatus.UNSETTLED
    assert shippo.account.paid[0]["object_id"] in label.answer
    run(shippo_context)
    with reading(engine) as session:
        assert [item.settled_at is not None for item in session.scalars(select(ExceptionItem))] == [True]


def test_nothing_is_bought_for_an_order_cancelled_while_the_carrier_was_busy(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = tried(shippo_context, zebra, shippo, Fault.THROTTLED)
    give_up_box(engine, package_id)
    run(shippo_context)
    assert (the_label(engine).status, shippo.account.paid) == (LabelStatus.REFUSED, [])


def test_a_refusal_is_told_in_the_carriers_words_and_can_be_tried_again(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = tried(shippo_context, zebra, shippo, Fault.REFUSED)
    with transaction(engine) as session:
        state = labelling.state(session, now(), package_id)
        assert state is not None
        assert state.status is LabelStatus.REFUSED
        assert state.reason
        assert session.scalars(select(ExceptionItem.text)).one() != ""
        _ = labelling.retry(session, now(), package_id)
    work(shippo_context)
    with reading(engine) as session:
        statuses = sorted(session.scalars(select(Label.status)))
        # The box has a label now, and nobody need look at why it had none.
        assert session.scalars(select(ExceptionItem.text).where(ExceptionItem.settled_at.is_(None))).all() == []
    assert statuses == [LabelStatus.BOUGHT, LabelStatus.REFUSED]


def test_a_carrier_that_is_busy_is_asked_again_later(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = tried(shippo_context, zebra, shippo, Fault.THROTTLED)
    assert the_label(engine).status is LabelStatus.WANTED
    run(shippo_context)
    assert (the_label(engine).status, len(shippo.account.paid)) == (LabelStatus.BOUGHT, 1)


def test_a_label_is_voided_at_the_carrier(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    void(shippo_context, bought(shippo_context, zebra))
    assert the_label(engine).status is LabelStatus.VOIDED
    assert shippo.account.paid == []


def test_the_label_of_a_box_cancelled_meanwhile_is_given_back(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = tried(shippo_context, zebra, shippo, Fault.CUT_AFTER)
    assert len(shippo.account.paid) == 1
    give_up_box(engine, package_id)
    run(shippo_context)
    assert (the_label(engine).status, shippo.account.paid, zebra.tray.numbers()) == (LabelStatus.VOIDED, [], [])
