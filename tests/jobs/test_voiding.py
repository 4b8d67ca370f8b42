"""Voids: a carrier that is down is asked on, later and later, and a person hears of it; nobody waits for it."""

import datetime as dt
from itertools import pairwise

import pytest
from sqlalchemy import Engine, select, update

from printers.virtual.server import VirtualZebra
from tests import builders
from tests.jobs.books import inbox
from tests.jobs.labels import bought, give_up_box, void
from tests.jobs.working import now, work
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.database import reading, transaction
from wms.domain.outbox import Job, JobKind, JobStatus
from wms.domain.refunds import Refund
from wms.domain.shipping import Label, LabelStatus
from wms.jobs import voiding
from wms.jobs.outbox import Context, RetryLaterError
from wms.services.carriers import labelling
from wms.services.verifying import verify


def after(context: Context, minutes: float) -> float:
    """Try a void as if it had been asked for so long ago; return after how many seconds it is tried again."""
    with transaction(context.engine) as session:
        asked_at = now().at - dt.timedelta(minutes=minutes)
        _ = session.execute(
            update(Job).where(Job.kind == JobKind.VOID_LABEL).values(due_at=asked_at, asked_at=asked_at)
        )
    work(context)
    with reading(context.engine) as session:
        job = session.scalars(select(Job).where(Job.kind == JobKind.VOID_LABEL)).one()
        return (job.due_at - now().at).total_seconds()


def status(engine: Engine) -> LabelStatus:
    """How the one label stands."""
    with reading(engine) as session:
        return session.scalars(select(Label.status)).one()


def down(shippo: FakeShippo, requests: int) -> None:
    """Let the carrier fail so many requests of a void."""
    for _ in range(requests):
        shippo.fail(Fault.BROKEN, on="GET /transactions")


def voided_while_down(context: Context, zebra: VirtualZebra, shippo: FakeShippo, *, requests: int) -> int:
    """A box whose label is given back to a carrier that fails so many requests; its package id."""
    box_id = bought(context, zebra)
    down(shippo, requests)
    void(context, box_id)
    return box_id


def test_a_carrier_that_is_down_is_asked_later_and_later_within_limits(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = voided_while_down(shippo_context, zebra, shippo, requests=5)
    pauses_s = [after(shippo_context, minutes) for minutes in (0, 2, 10, 600)]
    assert all(sooner < later for sooner, later in pairwise(pauses_s))
    assert pauses_s[0] == pytest.approx(3, abs=2)
    assert pauses_s[-1] == pytest.approx(300, abs=2)
    assert status(shippo_context.engine) is LabelStatus.VOIDING


def test_a_person_hears_once_of_a_void_that_is_not_answered_and_no_more_once_it_is(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = voided_while_down(shippo_context, zebra, shippo, requests=4)
    _ = after(shippo_context, 4)
    assert inbox(shippo_context.engine) == []
    _, _ = after(shippo_context, 6), after(shippo_context, 30)
    (told,) = inbox(shippo_context.engine)
    assert "shippo has not answered to the void of a label for 6 minutes. It is asked on by itself." in told
    _ = after(shippo_context, 31)
    assert (status(shippo_context.engine), inbox(shippo_context.engine)) == (LabelStatus.VOIDED, [])


def test_a_second_void_of_a_label_has_its_own_patience(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    box_id = bought(shippo_context, zebra)
    engine = shippo_context.engine
    (purchase,) = shippo.account.paid
    purchase["status"] = "REFUNDREJECTED"
    void(shippo_context, box_id)
    assert (status(engine), len(inbox(engine))) == (LabelStatus.BOUGHT, 1)
    _ = after(shippo_context, 300)
    purchase["status"] = "SUCCESS"
    down(shippo, 2)
    void(shippo_context, box_id)
    assert len(inbox(engine)) == 1
    _ = after(shippo_context, 6)
    assert len(inbox(engine)) == 2


def test_a_box_set_aside_while_its_label_is_voided_loses_no_money(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    box_id = voided_while_down(shippo_context, zebra, shippo, requests=1)
    engine = shippo_context.engine
    give_up_box(engine, box_id)
    _ = after(shippo_context, 1)
    assert (status(engine), shippo.account.paid, inbox(engine)) == (LabelStatus.VOIDED, [], [])


def test_a_void_ended_by_another_worker_meanwhile_is_followed_once(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra, monkeypatch: pytest.MonkeyPatch
) -> None:
    box_id = bought(shippo_context, zebra)
    engine = shippo_context.engine
    with reading(engine) as session:
        payload = {"label_id": session.scalars(select(Label.id)).one()}
    with transaction(engine) as session:
        labelling.void(session, now(), box_id, "void card")
    create_refund = shippo.account.create_refund

    def slow_refund(body: dict[str, object], fault: Fault | None = None) -> dict[str, object]:
        answer = create_refund(body, fault)
        voiding.void(shippo_context, payload)
        return answer

    monkeypatch.setattr(shippo.account, "create_refund", slow_refund)
    work(shippo_context)
    with reading(engine) as session:
        assert len(session.scalars(select(Refund)).all()) == 1
        jobs = session.scalars(select(Job.status).where(Job.kind == JobKind.VOID_LABEL)).all()
        assert (jobs, verify(session, builders.WAREHOUSE)) == ([JobStatus.DONE], [])


def test_a_void_run_by_hand_says_that_it_is_not_known_yet(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    box_id = bought(shippo_context, zebra)
    down(shippo, 1)
    with transaction(shippo_context.engine) as session:
        labelling.void(session, now(), box_id, "void card")
        payload = {"label_id": session.scalars(select(Label.id)).one()}
    with pytest.raises(RetryLaterError):
        voiding.void(shippo_context, payload)
    assert inbox(shippo_context.engine) == []
    voiding.void(shippo_context, payload)
    assert status(shippo_context.engine) is LabelStatus.VOIDED
