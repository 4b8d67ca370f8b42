"""Money once spent: whatever a carrier sends with a label, its purchase is recorded, printed, or given back."""

import pytest
from sqlalchemy import Engine, select

from printers.virtual.server import VirtualZebra
from tests.jobs.books import breaches, inbox
from tests.jobs.labels import buying, give_up_box, the_label, tried, want
from tests.jobs.working import now, run
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.database import transaction
from wms.domain.errors import DomainError
from wms.domain.orders import Order
from wms.domain.outbox import JobStatus
from wms.domain.packing import PackageStatus
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.shipping import LabelStatus
from wms.jobs import purchases
from wms.jobs.outbox import Context
from wms.services import closing, printing
from wms.services.carriers import labelling
from wms.services.ordering import box

# What a job that fails each time is worth: its attempts, and one more that must not come.
TOO_OFTEN = 9
UNPRINTABLE = [Fault.NO_LABEL_FILE, Fault.LONG_NUMBER]


def break_what_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whatever comes after a purchase is recorded fail, each time."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("nobody had thought of that")

    monkeypatch.setattr(purchases, "_take", fail)


def test_a_label_file_in_latin_1_is_printed_and_its_purchase_recorded(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = tried(shippo_context, zebra, shippo, Fault.LATIN_1)
    label = the_label(engine)
    assert (label.status, label.external_id) == (LabelStatus.BOUGHT, shippo.account.paid[0]["object_id"])
    assert "^FH_^FDTEST LABEL, NOT POSTAGE, M_FCnchen_00^FS" in label.zpl
    assert zebra.tray.numbers() == [1]


@pytest.mark.parametrize("fault", [None, Fault.ODD_RATES])
def test_days_that_cannot_be_meant_promise_nothing_and_lose_no_label(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra, fault: Fault | None
) -> None:
    if fault is not None:
        shippo.fail(fault, on="POST /shipments")
    _ = want(engine, zebra.url, "shippo")
    with transaction(engine) as session:
        session.scalars(select(Order)).one().ship_by_at = now().at
    run(shippo_context)
    label = the_label(engine)
    assert (label.status, label.promised_at is not None) == (LabelStatus.BOUGHT, fault is None)


def test_what_breaks_after_a_purchase_leaves_it_recorded_and_asked_about_for_ever(
    engine: Engine,
    shippo_context: Context,
    shippo: FakeShippo,
    zebra: VirtualZebra,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _ = want(engine, zebra.url, "shippo")
    with monkeypatch.context() as broken:
        break_what_follows(broken)
        run(shippo_context, times=TOO_OFTEN)
    label, bought = the_label(engine), shippo.account.paid[0]
    assert (label.status, label.external_id) == (LabelStatus.UNSETTLED, bought["object_id"])
    assert (label.tracking_number, label.amount_cents, label.charged) == (bought["tracking_number"], 819, True)
    assert buying(engine)[0] is JobStatus.OPEN
    (told,) = inbox(engine)
    assert told.endswith("bought or not? nobody had thought of that")
    run(shippo_context)  # what was wrong is mended
    assert (the_label(engine).status, len(shippo.account.paid), inbox(engine)) == (LabelStatus.BOUGHT, 1, [])


def test_a_box_packed_again_after_its_label_broke_the_program_has_one_paid_label(
    engine: Engine,
    shippo_context: Context,
    shippo: FakeShippo,
    zebra: VirtualZebra,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package_id = want(engine, zebra.url, "shippo")
    break_what_follows(monkeypatch)
    run(shippo_context, times=TOO_OFTEN)
    give_up_box(engine, package_id)
    run(shippo_context, times=2)
    assert (the_label(engine).status, shippo.account.paid, breaches(engine)) == (LabelStatus.VOIDED, [], [])


@pytest.mark.parametrize("fault", UNPRINTABLE)
def test_a_paid_label_that_cannot_be_printed_is_given_back_with_its_box(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra, fault: Fault
) -> None:
    package_id = tried(shippo_context, zebra, shippo, fault)
    run(shippo_context, times=2)
    label = the_label(engine)
    assert (label.status, label.external_id) == (LabelStatus.UNSETTLED, shippo.account.paid[0]["object_id"])
    assert len(inbox(engine)) == 1
    give_up_box(engine, package_id)
    run(shippo_context, times=2)
    assert (the_label(engine).status, shippo.account.paid) == (LabelStatus.VOIDED, [])
    assert (inbox(engine), zebra.tray.numbers()) == ([], [])


def test_a_supervisor_voids_a_paid_label_that_cannot_be_printed_and_the_box_gets_another(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = tried(shippo_context, zebra, shippo, Fault.NO_LABEL_FILE)
    with transaction(engine) as session:
        assert "void" in box.box_page(session, now(), package_id).can
        box.void(session, now(), package_id, "no label comes")
    run(shippo_context)
    assert (the_label(engine).status, shippo.account.paid) == (LabelStatus.VOIDED, [])
    with transaction(engine) as session:
        second_id = labelling.want(session, now(), package_id).id
    run(shippo_context)
    assert [int(one["metadata"].removeprefix("wms-")) for one in shippo.account.paid] == [second_id]
    assert zebra.tray.numbers() == [1]


def test_a_purchase_nobody_knows_by_its_id_cannot_be_voided_yet(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    shippo.fail(Fault.CUT_AFTER)
    package_id = want(engine, zebra.url, "shippo")
    shippo.fail(Fault.BROKEN, on="GET /transactions")
    run(shippo_context)
    assert the_label(engine).status is LabelStatus.UNSETTLED
    with transaction(engine) as session, pytest.raises(DomainError, match="no bought label"):
        box.void(session, now(), package_id, "no label comes")


def test_an_undecided_purchase_of_a_box_given_up_is_given_back_once_it_is_decided(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = tried(shippo_context, zebra, shippo, Fault.NEW_STATUS)
    give_up_box(engine, package_id)
    run(shippo_context, times=2)
    assert the_label(engine).status is LabelStatus.VOIDING  # what it is, a status nobody knows, cannot be refunded
    (bought,) = shippo.account.objects["transactions"].values()
    bought["status"] = "SUCCESS"
    run(shippo_context)
    assert (the_label(engine).status, shippo.account.paid) == (LabelStatus.VOIDED, [])


def test_the_surplus_of_a_purchase_without_a_label_is_given_back_and_told_once(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = tried(shippo_context, zebra, shippo, Fault.NO_LABEL_FILE)
    _ = shippo.account.create_transaction(shippo.account.paid[0], None, shippo.url)
    run(shippo_context, times=3)
    assert [one["object_id"] for one in shippo.account.paid] == [the_label(engine).external_id]
    assert sum("bought twice" in told for told in inbox(engine)) == 1


def test_a_refusal_in_words_no_database_takes_is_a_refusal(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = tried(shippo_context, zebra, shippo, Fault.REFUSED_ODDLY)
    label = the_label(engine)
    assert (label.status, label.reason) == (
        LabelStatus.REFUSED,
        "The carrier refused the label: USPS: No such street in Zürich ?",
    )


def test_a_carrier_that_is_not_set_up_refuses_at_last_and_says_why(
    engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    _ = want(engine, zebra.url, "shippo")
    run(context, times=TOO_OFTEN)
    label = the_label(engine)
    assert (label.status, "key" in label.reason) == (LabelStatus.REFUSED, True)
    assert buying(engine) == (JobStatus.DEAD, label.reason)
    (told,) = inbox(engine)
    assert told.endswith(label.reason)


def test_a_label_whose_carrier_refuses_to_take_it_back_is_named_until_it_is_voided(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = want(engine, zebra.url, "shippo")
    run(shippo_context)
    shippo.fail(Fault.REFUSED, on="POST /refunds")
    with transaction(engine) as session:
        labelling.void(session, now(), package_id, "wrong box")
        package, _ = labelling.package_of(session, now(), package_id)
        _ = package.move_to(PackageStatus.CANCELLED)
    run(shippo_context)
    label = the_label(engine)
    said = f"package P000000017 is given up, and its label {label.tracking_number} stands bought"
    assert (label.status, breaches(engine)) == (LabelStatus.BOUGHT, [said])
    with transaction(engine) as session:
        (end,) = [end for end in closing.loose_ends(session, now()) if end.kind is closing.LooseKind.LABEL]
        assert end.text.endswith(f"is bought {label.tracking_number} for a box that is given up")
        box.void(session, now(), package_id, "once more")
    run(shippo_context)
    assert (the_label(engine).status, shippo.account.paid, breaches(engine)) == (LabelStatus.VOIDED, [], [])


def test_a_print_whose_job_is_dead_is_not_printed_and_can_be_asked_for_again(
    engine: Engine, context: Context, zebra: VirtualZebra, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the picture broke the reader")

    _ = want(engine, zebra.url)
    with monkeypatch.context() as broken:
        broken.setattr("wms.jobs.printing.judge_picture", fail)
        run(context, times=TOO_OFTEN)
    with transaction(engine) as session:
        job = session.scalars(select(PrintJob)).one()
        assert (job.status, job.reason) == (PrintStatus.NOT_PRINTED, "the picture broke the reader")
        (end,) = [end for end in closing.loose_ends(session, now()) if end.kind is closing.LooseKind.PRINT]
        assert end.text.endswith("not printed: the picture broke the reader")
        label_id = job.label_id
        assert label_id is not None
        _ = printing.reprint(session, now(), label_id, "asked for at the station")
    assert [told.endswith("not printed: the picture broke the reader") for told in inbox(engine)] == [True]
    run(context)
    assert zebra.tray.numbers() == [1]
