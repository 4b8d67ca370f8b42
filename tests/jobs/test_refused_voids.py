"""A void that is refused: a label that was there is bought again, a purchase without one is in doubt as before."""

from typing import Any

import pytest
from sqlalchemy import Engine, select

from printers.virtual.server import VirtualZebra
from tests.jobs.books import breaches, inbox
from tests.jobs.labels import buying, give_up_box, the_label, want
from tests.jobs.working import now, run
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.database import reading, transaction
from wms.domain.outbox import JobStatus
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.shipping import LabelStatus
from wms.jobs.outbox import Context
from wms.services.ordering import box

REFUND = "POST /refunds"


def void(engine: Engine, package_id: int) -> None:
    """The supervisor's button on the box's page."""
    with transaction(engine) as session:
        assert "void" in box.box_page(session, now(), package_id).can
        box.void(session, now(), package_id, "no label comes")


def refuse(shippo: FakeShippo) -> None:
    """Let the carrier refuse the next void."""
    shippo.fail(Fault.REFUSED, on=REFUND)


def mend(shippo: FakeShippo) -> dict[str, Any]:
    """Let the one purchase have its label after all."""
    (bought,) = shippo.account.paid
    bought["label_url"] = bought["label_url"].replace(".html", ".zpl")
    return bought


@pytest.fixture
def package_id(engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra) -> int:
    """An open box whose label is paid and cannot be printed."""
    shippo.fail(Fault.NO_LABEL_FILE)
    made = want(engine, zebra.url, "shippo")
    run(shippo_context)
    assert the_label(engine).status is LabelStatus.UNSETTLED
    return made


def test_a_purchase_without_a_label_whose_void_is_refused_is_in_doubt_as_before(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, package_id: int
) -> None:
    refuse(shippo)
    void(engine, package_id)
    run(shippo_context, times=3)
    label = the_label(engine)
    assert (label.status, label.zpl, label.bought_at) == (LabelStatus.UNSETTLED, "", None)
    assert (len(shippo.account.paid), shippo.seen.count(REFUND)) == (1, 1)
    (told,) = inbox(engine)
    assert "bought or not? void refused: " in told
    assert (buying(engine)[0], breaches(engine)) == (JobStatus.OPEN, [])
    void(engine, package_id)
    assert inbox(engine) == []
    run(shippo_context)
    assert (the_label(engine).status, shippo.account.paid, breaches(engine)) == (LabelStatus.VOIDED, [], [])


def test_a_label_that_comes_after_its_void_was_refused_is_printed_with_all_that_is_known_of_it(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra, package_id: int
) -> None:
    refuse(shippo)
    void(engine, package_id)
    run(shippo_context)
    bought = mend(shippo)
    run(shippo_context)
    label = the_label(engine)
    assert (label.status, label.tracking_number) == (LabelStatus.BOUGHT, bought["tracking_number"])
    assert (label.amount_cents, label.charged, label.zpl != "") == (819, True, True)
    assert (zebra.tray.numbers(), inbox(engine), breaches(engine)) == ([1], [], [])


def test_a_box_given_up_whose_void_was_refused_is_tried_again_only_once_there_is_a_label(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra, package_id: int
) -> None:
    give_up_box(engine, package_id)
    refuse(shippo)
    run(shippo_context, times=4)
    assert (the_label(engine).status, shippo.seen.count(REFUND)) == (LabelStatus.UNSETTLED, 1)
    (told,) = inbox(engine)
    assert "void refused: " in told
    _ = mend(shippo)
    run(shippo_context, times=2)
    assert (the_label(engine).status, shippo.account.paid, shippo.seen.count(REFUND)) == (LabelStatus.VOIDED, [], 2)
    assert (inbox(engine), zebra.tray.numbers(), breaches(engine)) == ([], [], [])


def test_a_label_whose_void_is_refused_is_bought_again_with_its_data(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = want(engine, zebra.url, "shippo")
    run(shippo_context)
    before = the_label(engine)
    refuse(shippo)
    void(engine, package_id)
    run(shippo_context, times=2)
    label = the_label(engine)
    assert (label.status, label.zpl, label.bought_at) == (LabelStatus.BOUGHT, before.zpl, before.bought_at)
    (told,) = inbox(engine)
    assert "void refused" in told
    assert "bought or not?" not in told
    with reading(engine) as session:
        assert session.scalars(select(PrintJob.status)).all() == [PrintStatus.PRINTED]
