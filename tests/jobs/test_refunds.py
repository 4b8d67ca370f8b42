"""Refunds: a carrier that took a void is asked until the money has come, and a person hears where it does not."""

import datetime as dt
import json

import pytest
from sqlalchemy import Engine, select, update

from printers.virtual.server import VirtualZebra
from tests import builders
from tests.jobs.books import inbox
from tests.jobs.labels import bought, tried, void
from tests.jobs.working import LONG_AGO, now, work
from wms.carriers.base import VoidOutcome, VoidStatus
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.database import reading, transaction
from wms.domain.inbox import ExceptionItem
from wms.domain.outbox import Job
from wms.domain.refunds import Refund, RefundStatus
from wms.domain.shipping import Label, LabelStatus
from wms.domain.tracking import MessageSource, TrackingMessage
from wms.jobs import labels
from wms.jobs.outbox import Context
from wms.services import closing, settling
from wms.services.carriers import refunding, tracking
from wms.services.ordering.box import box_page
from wms.services.verifying import verify

LAW = "refunds_are_followed_to_their_end"


def voided(context: Context, zebra: VirtualZebra, carrier: str = "shippo") -> int:
    """A box whose label was bought and given back; its package id."""
    box_id = bought(context, zebra, carrier)
    void(context, box_id)
    return box_id


def after(context: Context, wait: dt.timedelta) -> None:
    """Run what is due as if so much more time had passed since the void."""
    with transaction(context.engine) as session:
        for refund in session.scalars(select(Refund)):
            refund.asked_at -= wait
            refund.due_at = None if refund.due_at is None else refund.due_at - wait
    for _ in range(2):  # one refund a run
        with transaction(context.engine) as session:
            _ = session.execute(update(Job).values(due_at=LONG_AGO))
        work(context)


def the_refund(engine: Engine) -> Refund:
    """The one refund as it stands."""
    with reading(engine) as session:
        return session.scalars(select(Refund)).one()


def loose(engine: Engine) -> list[tuple[str, str]]:
    """What is not settled about refunds."""
    with reading(engine) as session:
        ends = closing.loose_ends(session, now())
        return [(end.kind.value, end.text) for end in ends if end.kind is closing.LooseKind.REFUND]


def broken_laws(engine: Engine) -> list[str]:
    """The names of the laws that are broken."""
    with reading(engine) as session:
        return [breach.check for breach in verify(session, builders.WAREHOUSE)]


def test_a_refund_is_asked_about_until_the_money_has_come(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    box_id = voided(shippo_context, zebra)
    engine = shippo_context.engine
    after(shippo_context, dt.timedelta(hours=2))
    assert (the_refund(engine).status, inbox(engine), loose(engine)) == (RefundStatus.PENDING, [], [])
    shippo.account.decide_refunds()
    after(shippo_context, dt.timedelta(days=2))
    refund = the_refund(engine)
    assert (refund.status, refund.due_at) == (RefundStatus.REFUNDED, None)
    assert (inbox(engine), loose(engine), broken_laws(engine)) == ([], [], [])
    with reading(engine) as session:
        page = box_page(session, now(), box_id)
    assert [row.status for row in page.labels[0].refunds] == [RefundStatus.REFUNDED]
    assert any(moment.words.endswith("refunded") for moment in page.life)
    asked = len(shippo.seen)
    after(shippo_context, dt.timedelta(days=2))
    assert len(shippo.seen) == asked


def test_a_refund_rejected_later_is_told_with_what_to_do_and_stands_until_it_is_settled(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    shippo.fail(Fault.REJECTED_LATER, on="POST /refunds")
    box_id = voided(shippo_context, zebra)
    engine = shippo_context.engine
    assert inbox(engine) == []
    after(shippo_context, dt.timedelta(hours=2))
    with reading(engine) as session:
        label = session.scalars(select(Label)).one()
        (row,) = box_page(session, now(), box_id).labels[0].refunds
    assert (label.status, row.status, row.reason) == (
        LabelStatus.VOIDED,
        RefundStatus.REJECTED,
        "USPS: The label was used.",
    )
    (told,) = inbox(engine)
    assert f"shippo keeps the 8.19 USD of the void label {label.tracking_number}" in told
    assert "Claim it there by hand, then settle this. It says: USPS: The label was used." in told
    ((kind, text),) = loose(engine)
    assert (kind, "is rejected: USPS: The label was used." in text) == ("refund", True)
    assert broken_laws(engine) == []
    with transaction(engine) as session:
        _ = settling.settle(session, now(), session.scalars(select(ExceptionItem.id)).one())
    assert (loose(engine), broken_laws(engine)) == ([], [])


def test_a_refund_that_takes_weeks_is_told_once_and_asked_about_on(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = voided(shippo_context, zebra)
    engine = shippo_context.engine
    after(shippo_context, dt.timedelta(days=27))
    assert (inbox(engine), loose(engine)) == ([], [])
    for _ in range(2):
        after(shippo_context, dt.timedelta(days=2))
    (told,) = inbox(engine)
    assert "shippo has owed the 8.19 USD" in told
    assert "for 29 days. Ask there." in told
    assert len(loose(engine)) == 1
    shippo.account.decide_refunds()
    after(shippo_context, dt.timedelta(days=2))
    assert (the_refund(engine).status, inbox(engine), loose(engine)) == (RefundStatus.REFUNDED, [], [])


def test_a_late_refund_that_was_settled_and_is_then_rejected_is_told_again(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = voided(shippo_context, zebra)
    engine = shippo_context.engine
    after(shippo_context, dt.timedelta(days=30))
    with transaction(engine) as session:
        _ = settling.settle(session, now(), session.scalars(select(ExceptionItem.id)).one())
    after(shippo_context, dt.timedelta(days=2))
    assert (inbox(engine), loose(engine)) == ([], [])
    shippo.account.decide_refunds(rejected=True)
    after(shippo_context, dt.timedelta(days=2))
    assert (len(inbox(engine)), len(loose(engine))) == (1, 1)


@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.THROTTLED, Fault.CUT, Fault.NO_JSON])
def test_a_carrier_that_cannot_answer_about_a_refund_is_asked_again(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra, fault: Fault
) -> None:
    _ = voided(shippo_context, zebra)
    shippo.account.decide_refunds()
    shippo.fail(fault, on="GET /transactions")
    after(shippo_context, dt.timedelta(hours=2))
    refund = the_refund(shippo_context.engine)
    assert refund.status is RefundStatus.PENDING
    assert refund.due_at is not None
    assert refund.due_at > now().at
    after(shippo_context, dt.timedelta(days=2))
    assert the_refund(shippo_context.engine).status is RefundStatus.REFUNDED


def test_a_purchase_that_the_carrier_does_not_know_stops_no_other_refund(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = voided(shippo_context, zebra)
    engine = shippo_context.engine
    with transaction(engine) as session:
        refund = session.scalars(select(Refund)).one()
        session.add(
            Refund(
                warehouse_id=builders.WAREHOUSE,
                label_id=refund.label_id,
                external_id="f" * 32,
                refund_id="",
                asked_at=refund.asked_at,
                due_at=LONG_AGO,
            )
        )
    shippo.account.decide_refunds()
    after(shippo_context, dt.timedelta(days=1))
    with reading(engine) as session:
        statuses = session.scalars(select(Refund.status)).all()
    assert sorted(statuses) == [RefundStatus.PENDING, RefundStatus.REFUNDED]


def test_the_longer_a_refund_takes_the_later_it_is_asked_about_again(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = voided(shippo_context, zebra)
    pauses = []
    for wait in (dt.timedelta(hours=1), dt.timedelta(hours=4), dt.timedelta(days=9)):
        after(shippo_context, wait)
        due_at = the_refund(shippo_context.engine).due_at
        assert due_at is not None
        pauses.append(round((due_at - now().at).total_seconds() / 3600))
    assert pauses == [1, 5, 24]


def test_news_of_a_purchase_has_its_refund_asked_about_at_once(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = voided(shippo_context, zebra)
    engine = shippo_context.engine
    shippo.account.decide_refunds(rejected=True)
    (purchase,) = shippo.account.objects["transactions"].values()
    for data in (purchase, {**purchase, "object_id": "e" * 32}, {"status": "REFUNDED"}):
        body = json.dumps({"event": "transaction_updated", "data": data}).encode()
        with transaction(engine) as session:
            _ = tracking.keep(session, now(), "shippo", MessageSource.HOOK, body)
    work(shippo_context)
    assert (the_refund(engine).status, len(inbox(engine))) == (RefundStatus.REJECTED, 1)
    with reading(engine) as session:
        errors = session.scalars(select(TrackingMessage.error).order_by(TrackingMessage.id)).all()
    assert errors == ["", "about no refund of ours", "The transaction has no id."]


def test_a_purchase_that_was_one_too_many_is_followed_too(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    box_id = tried(shippo_context, zebra, shippo, Fault.CUT_AFTER)
    # The same purchase by a worker that was held up until everybody had given it up for lost.
    _ = shippo.account.create_transaction(shippo.account.paid[0], None, shippo.url)
    engine = shippo_context.engine
    for _ in range(2):
        after(shippo_context, dt.timedelta(0))
    shippo.account.decide_refunds(rejected=True)
    after(shippo_context, dt.timedelta(hours=2))
    with reading(engine) as session:
        (label,) = box_page(session, now(), box_id).labels
    assert (label.status, [row.is_surplus for row in label.refunds]) == (LabelStatus.BOUGHT, [True])
    assert any(f"the void label {label.refunds[0].purchase}" in told for told in inbox(engine))
    assert broken_laws(engine) == []


def test_a_label_that_cost_nothing_has_no_refund(context: Context, zebra: VirtualZebra) -> None:
    _ = voided(context, zebra, "offline")
    with reading(context.engine) as session:
        assert session.scalars(select(Label.status)).one() is LabelStatus.VOIDED
        assert session.scalars(select(Refund)).all() == []
    assert broken_laws(context.engine) == []


def test_a_void_that_gave_the_money_back_at_once_is_not_asked_about(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    box_id = bought(shippo_context, zebra)
    shippo.account.paid[0]["status"] = "REFUNDED"
    void(shippo_context, box_id)
    refund = the_refund(shippo_context.engine)
    assert (refund.status, refund.due_at, broken_laws(shippo_context.engine)) == (RefundStatus.REFUNDED, None, [])


def test_money_that_nobody_asks_for_and_a_rejection_that_nobody_heard_of_are_breaches(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = voided(shippo_context, zebra)
    engine = shippo_context.engine
    assert broken_laws(engine) == []
    with transaction(engine) as session:
        _ = session.execute(update(Refund).values(due_at=None))
    assert broken_laws(engine) == [LAW]
    with transaction(engine) as session:
        _ = session.execute(update(Refund).values(status=RefundStatus.REJECTED, ended_at=now().at))
    assert broken_laws(engine) == [LAW]
    with transaction(engine) as session:
        _ = session.execute(update(Refund).values(status=RefundStatus.REFUNDED, external_id="another"))
    assert broken_laws(engine) == [LAW]


def test_a_decision_heard_twice_is_the_first_one(shippo_context: Context, zebra: VirtualZebra) -> None:
    _ = voided(shippo_context, zebra)
    with transaction(shippo_context.engine) as session:
        label, package, order = labels.locked(session, session.scalars(select(Label.id)).one())
        refund = session.scalars(select(Refund)).one()
        for status in (VoidStatus.VOIDED, VoidStatus.REFUSED):
            refunding.take(session, now(), refund, label, package, order, VoidOutcome(status=status))
    assert (the_refund(shippo_context.engine).status, inbox(shippo_context.engine)) == (RefundStatus.REFUNDED, [])
