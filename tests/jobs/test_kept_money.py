"""Money that a carrier keeps: it is told with what may be done, shown, and listed until a person has settled it."""

import pytest
from sqlalchemy import Engine, select

from printers.virtual.server import VirtualZebra
from tests.jobs.books import breaches, inbox
from tests.jobs.labels import bought, give_up_box, gone, the_label, tried, want
from tests.jobs.working import now, run, work
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.database import reading, transaction
from wms.domain.inbox import ExceptionItem
from wms.domain.refunds import Refund, RefundStatus
from wms.domain.shipping import LabelStatus
from wms.jobs.outbox import Context
from wms.services import closing, settling
from wms.services.carriers import labelling
from wms.services.closing import LooseKind
from wms.services.ordering import box

REFUND = "POST /refunds"


def loose(engine: Engine) -> list[str]:
    """What is not settled about labels and their money."""
    with reading(engine) as session:
        ends = closing.loose_ends(session, now())
        return [end.text for end in ends if end.kind in {LooseKind.LABEL, LooseKind.REFUND}]


def settle(engine: Engine) -> None:
    """Let a person settle the one exception that waits."""
    with transaction(engine) as session:
        waits = select(ExceptionItem.id).where(ExceptionItem.settled_at.is_(None))
        _ = settling.settle(session, now(), session.scalars(waits).one())


def refused(context: Context, zebra: VirtualZebra, shippo: FakeShippo, *, given_up: bool = False) -> int:
    """A box whose label the carrier would not take back; its package id."""
    package_id = bought(context, zebra)
    shippo.fail(Fault.REFUSED, on=REFUND)
    with transaction(context.engine) as session:
        labelling.void(session, now(), package_id, "wrong box")
    if given_up:
        give_up_box(context.engine, package_id)
    run(context)
    return package_id


def with_a_second_purchase(context: Context, zebra: VirtualZebra, shippo: FakeShippo, fault: Fault) -> int:
    """A box whose purchase failed in that way, and that a worker held up for long has bought once more."""
    package_id = tried(context, zebra, shippo, fault)
    _ = shippo.account.create_transaction(shippo.account.paid[0], None, shippo.url)
    return package_id


def test_a_refused_void_says_what_may_be_done_and_shows_on_its_box_s_page(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = refused(shippo_context, zebra, shippo)
    label = the_label(shippo_context.engine)
    (told,) = inbox(shippo_context.engine)
    assert f"void refused. shippo still holds {label.tracking_number} as valid, 8.19 USD." in told
    assert told.endswith("Use it, void it again, or claim it there and settle this. It says: no reason given")
    with reading(shippo_context.engine) as session:
        page = box.box_page(session, now(), package_id)
    (row,) = page.labels
    assert (row.status, row.is_void_refused, row.money, "void" in page.can) == ("bought", True, "8.19 USD", True)
    (moment,) = [moment for moment in page.life if moment.words.startswith("Void of the label")]
    assert (moment.words, moment.tone) == (
        f"Void of the label {label.tracking_number} refused, it is bought again",
        "wrong",
    )


def test_a_void_that_is_taken_at_last_leaves_nothing_of_its_refusal_in_the_inbox(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = refused(shippo_context, zebra, shippo)
    with transaction(shippo_context.engine) as session:
        box.void(session, now(), package_id, "once more")
    run(shippo_context)
    assert the_label(shippo_context.engine).status is LabelStatus.VOIDED
    assert (inbox(shippo_context.engine), loose(shippo_context.engine)) == ([], [])


def test_a_void_refused_twice_is_told_once(shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra) -> None:
    package_id = refused(shippo_context, zebra, shippo)
    shippo.fail(Fault.REFUSED, on=REFUND)
    with transaction(shippo_context.engine) as session:
        box.void(session, now(), package_id, "once more")
    run(shippo_context)
    assert len(inbox(shippo_context.engine)) == 1


def test_a_label_kept_by_its_carrier_for_a_box_given_up_is_listed_until_a_person_has_settled_it(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = refused(shippo_context, zebra, shippo, given_up=True)
    engine = shippo_context.engine
    assert [text.endswith("for a box that is given up") for text in loose(engine)] == [True]
    assert len(breaches(engine)) == 1
    settle(engine)
    assert (loose(engine), breaches(engine)) == ([], [])


def test_a_return_label_whose_void_is_refused_is_listed_until_a_person_has_settled_it(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = gone(shippo_context, zebra)
    engine = shippo_context.engine
    with transaction(engine) as session:
        _ = labelling.want_return(session, now(), package_id)
    work(shippo_context)
    shippo.fail(Fault.REFUSED, on=REFUND)
    with transaction(engine) as session:
        labelling.void_return(session, now(), package_id, "the customer keeps it")
    work(shippo_context)
    (text,) = loose(engine)
    assert text.endswith(", its void was refused")
    settle(engine)
    assert loose(engine) == []


def test_a_second_purchase_that_the_carrier_keeps_is_a_rejected_refund_until_a_person_has_settled_it(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = with_a_second_purchase(shippo_context, zebra, shippo, Fault.CUT_AFTER)
    shippo.fail(Fault.REFUSED, on=REFUND)
    run(shippo_context, times=2)
    engine = shippo_context.engine
    with reading(engine) as session:
        refund = session.scalars(select(Refund)).one()
        (label,) = box.box_page(session, now(), package_id).labels
    assert (label.status, label.money) == (LabelStatus.BOUGHT, "8.19 USD"), "its own purchase stands"
    assert (refund.status, refund.due_at, len(label.refunds)) == (RefundStatus.REJECTED, None, 1)
    kept = f"bought twice, and shippo refuses to void {refund.external_id} (8.19 USD). Void it there by hand"
    assert sum(kept in told for told in inbox(engine)) == 1
    assert loose(engine)[-1].startswith(f"refund of 8.19 USD for the void label {refund.external_id}")


def test_a_second_purchase_that_the_carrier_keeps_is_asked_back_once_while_the_first_has_no_label(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = with_a_second_purchase(shippo_context, zebra, shippo, Fault.NO_LABEL_FILE)
    for _ in range(4):
        shippo.fail(Fault.REFUSED, on=REFUND)
    run(shippo_context, times=4)
    assert shippo.seen.count(REFUND) == 1
    assert sum("refuses to void" in told for told in inbox(shippo_context.engine)) == 1
    assert any("(8.19 USD)" in told for told in inbox(shippo_context.engine))


@pytest.mark.parametrize(
    ("then", "money"),
    [(RefundStatus.REFUNDED, "8.19 USD, came back"), (RefundStatus.REJECTED, "8.19 USD, kept by the carrier")],
)
def test_a_void_label_s_money_is_said_as_it_stands(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra, then: RefundStatus, money: str
) -> None:
    package_id = bought(shippo_context, zebra)
    with transaction(shippo_context.engine) as session:
        labelling.void(session, now(), package_id, "wrong box")
    work(shippo_context)

    def said() -> str:
        with reading(shippo_context.engine) as session:
            return box.box_page(session, now(), package_id).labels[0].money

    assert said() == "8.19 USD, to come back"
    shippo.account.decide_refunds(rejected=then is RefundStatus.REJECTED)
    with transaction(shippo_context.engine) as session:
        session.scalars(select(Refund)).one().due_at = now().at
    run(shippo_context)
    assert said() == money


def test_the_money_of_a_purchase_that_never_had_a_label_is_that_of_its_rate(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = tried(shippo_context, zebra, shippo, Fault.NO_LABEL_FILE)
    with transaction(shippo_context.engine) as session:
        box.void(session, now(), package_id, "no label comes")
    run(shippo_context)
    with reading(shippo_context.engine) as session:
        (label,) = box.box_page(session, now(), package_id).labels
    assert (label.status, label.money) == (LabelStatus.VOIDED, "8.19 USD, to come back")


def test_what_is_being_bought_again_cannot_be_given_back_by_the_purchase_before_it(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = want(engine, zebra.url, "shippo")
    shippo.fail(Fault.STAYS_QUEUED)
    run(shippo_context)
    assert the_label(engine).is_known_by_id
    (first,) = shippo.account.objects["transactions"].values()
    first["status"] = "ERROR"
    shippo.fail(Fault.CUT_AFTER)
    run(shippo_context)
    assert (the_label(engine).status, the_label(engine).external_id) == (LabelStatus.UNSETTLED, "")
    with reading(engine) as session:
        assert "void" not in box.box_page(session, now(), package_id).can
    run(shippo_context)
    label = the_label(engine)
    assert (label.status, [one["object_id"] for one in shippo.account.paid]) == (
        LabelStatus.BOUGHT,
        [label.external_id],
    )
