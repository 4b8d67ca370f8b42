"""Waiting for a carrier: within its limits, later and later, and never for ever in nobody's hands."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select, update

from printers.virtual.server import VirtualZebra
from tests.jobs.books import breaches, inbox
from tests.jobs.labels import bought, sealed, the_label, tried
from tests.jobs.working import LONG_AGO, now, run, work
from wms.carriers.fake_shippo import BUYING, FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.database import reading, transaction
from wms.domain.manifests import Manifest, ManifestStatus
from wms.domain.outbox import Job, JobKind, JobStatus
from wms.domain.shipping import Label, LabelStatus
from wms.jobs.outbox import Context
from wms.services.carriers import labelling, manifesting

LOOK_UP = "GET /transactions"
TOO_OFTEN = 9


def pause_s(context: Context, tried_for: dt.timedelta) -> int:
    """Look for a purchase as if it had been tried so long ago; return after how many seconds it is looked for again."""
    with transaction(context.engine) as session:
        _ = session.execute(update(Label).values(tried_at=now().at - tried_for))
        _ = session.execute(update(Job).where(Job.kind == JobKind.BUY_LABEL).values(due_at=LONG_AGO))
    work(context)
    with reading(context.engine) as session:
        job = session.scalars(select(Job).where(Job.kind == JobKind.BUY_LABEL)).one()
        return round((job.due_at - now().at).total_seconds())


def without_key(context: Context) -> Context:
    """The same warehouse, whose settings have lost the carrier's key."""
    return replace(context, settings=replace(context.settings, shippo_key=""))


def job_status(engine: Engine, kind: JobKind) -> JobStatus:
    """How the one job of a kind stands."""
    with reading(engine) as session:
        return session.scalars(select(Job.status).where(Job.kind == kind)).one()


def test_a_purchase_whose_label_never_comes_is_looked_for_later_and_later(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = tried(shippo_context, zebra, shippo, Fault.NO_LABEL_FILE)
    waits = (dt.timedelta(seconds=20), dt.timedelta(minutes=10), dt.timedelta(days=2))
    assert [pause_s(shippo_context, wait) for wait in waits] == pytest.approx([15, 60, 600], abs=2)


def test_a_carrier_that_takes_no_more_look_ups_is_let_be_for_as_long_as_it_says(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = tried(shippo_context, zebra, shippo, Fault.CUT_AFTER)
    shippo.fail(Fault.THROTTLED_FOR_EVER, on=LOOK_UP)
    assert pause_s(shippo_context, dt.timedelta(seconds=20)) == pytest.approx(60, abs=2)


def test_a_purchase_in_doubt_that_is_refused_at_last_is_in_doubt_no_more(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    _ = tried(shippo_context, zebra, shippo, Fault.CUT)
    (doubt,) = inbox(shippo_context.engine)
    assert labelling.IN_DOUBT in doubt
    shippo.fail(Fault.REFUSED)
    run(shippo_context)
    assert the_label(shippo_context.engine).status is LabelStatus.REFUSED
    (told,) = inbox(shippo_context.engine)
    assert "The carrier refused the label" in told


def test_a_worker_taken_for_lost_does_not_say_that_nothing_is_bought_while_another_buys(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, next_fault = shippo_context.engine, shippo.next_fault

    def held_up(call: str) -> Fault | None:
        if call != BUYING:
            return next_fault(call)
        with transaction(engine) as session:  # its lease has run out, and another worker is at it
            _ = session.execute(
                update(Job)
                .where(Job.kind == JobKind.BUY_LABEL)
                .values(owner="another", attempt=2, leased_until=now().at + dt.timedelta(minutes=1))
            )
        return Fault.THROTTLED

    monkeypatch.setattr(shippo, "next_fault", held_up)
    _ = bought(shippo_context, zebra)
    assert the_label(engine).status is LabelStatus.BUYING


def test_a_void_that_breaks_each_time_is_told_once_and_goes_on_when_what_was_wrong_is_mended(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = bought(shippo_context, zebra)
    engine = shippo_context.engine
    with transaction(engine) as session:
        labelling.void(session, now(), package_id, "wrong box")
    run(without_key(shippo_context), times=2 * TOO_OFTEN)
    assert (the_label(engine).status, job_status(engine, JobKind.VOID_LABEL)) == (LabelStatus.VOIDING, JobStatus.OPEN)
    (told,) = inbox(engine)
    assert "It is asked on by itself. Shippo needs a key" in told
    assert breaches(engine) == []
    run(shippo_context)
    assert (the_label(engine).status, shippo.account.paid, inbox(engine)) == (LabelStatus.VOIDED, [], [])


def test_a_manifest_that_breaks_each_time_is_told_once_and_goes_on_when_what_was_wrong_is_mended(
    shippo_context: Context, zebra: VirtualZebra
) -> None:
    _ = sealed(shippo_context, zebra)
    engine = shippo_context.engine
    with transaction(engine) as session:
        (row,) = manifesting.waiting(session, now())
        _ = manifesting.ask(session, now(), row.carrier, row.account)
    run(without_key(shippo_context), times=2 * TOO_OFTEN)
    (told,) = inbox(engine)
    assert "Manifest of 1 boxes, USPS, waits: Shippo needs a key" in told
    run(shippo_context, times=2)
    with reading(engine) as session:
        assert session.scalars(select(Manifest.status)).one() is ManifestStatus.MADE
    assert inbox(engine) == []


@pytest.mark.parametrize("kind", [JobKind.VOID_LABEL, JobKind.MAKE_MANIFEST])
def test_a_void_or_a_manifest_in_nobody_s_hands_is_a_breach(
    shippo_context: Context, zebra: VirtualZebra, kind: JobKind
) -> None:
    package_id = sealed(shippo_context, zebra)
    with transaction(shippo_context.engine) as session:
        if kind is JobKind.VOID_LABEL:
            labelling.void(session, now(), package_id, "wrong box")
        else:
            (row,) = manifesting.waiting(session, now())
            _ = manifesting.ask(session, now(), row.carrier, row.account)
    assert breaches(shippo_context.engine, "somebodys_work") == []
    with transaction(shippo_context.engine) as session:
        _ = session.execute(update(Job).where(Job.kind == kind).values(status=JobStatus.DEAD))
    (breach,) = breaches(shippo_context.engine, "somebodys_work")
    assert breach.endswith("and no job goes on with it")
