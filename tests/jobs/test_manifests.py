"""Manifests: one for each label, whatever fails and however often the job is taken up."""

import base64
import datetime as dt

import pytest
from sqlalchemy import Engine, select, update

from printers.virtual.server import VirtualZebra
from tests import builders
from tests.jobs.boxes import full_box
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.database import reading, transaction
from wms.domain.actor import Actor
from wms.domain.errors import DomainError
from wms.domain.inbox import ExceptionItem
from wms.domain.manifests import Manifest, ManifestDocument, ManifestStatus
from wms.domain.outbox import Job
from wms.domain.packing import Package, PackageStatus
from wms.domain.shipping import Label, LabelStatus
from wms.jobs import outbox
from wms.jobs.handlers import HANDLERS
from wms.jobs.outbox import Context
from wms.services import labelling, manifesting
from wms.services.verifying import verify

LONG_AGO = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
MAKING = "POST /manifests"


def now() -> Actor:
    """The program, at this moment: jobs asked for later than now would wait."""
    return builders.actor(at=dt.datetime.now(dt.UTC))


def sealed(context: Context, zebra: VirtualZebra, carrier: str = "shippo") -> None:
    """A sealed box with a bought label."""
    with transaction(context.engine) as session:
        box_id = full_box(session, zebra.url, carrier=carrier).id
        _ = labelling.want(session, now(), box_id)
    _ = outbox.drain(context, HANDLERS)
    with transaction(context.engine) as session:
        _ = session.get_one(Package, (builders.WAREHOUSE, box_id)).move_to(PackageStatus.SEALED)


def ask(engine: Engine) -> None:
    """Ask for a manifest of whatever waits."""
    with transaction(engine) as session:
        (row,) = manifesting.waiting(session, now())
        _ = manifesting.ask(session, now(), row.carrier, row.account)


def run(context: Context, times: int = 1) -> None:
    """Run what is due, `times` over, as if each waiting time had passed."""
    for _ in range(times):
        with transaction(context.engine) as session:
            _ = session.execute(update(Job).values(due_at=LONG_AGO, leased_until=None, owner=""))
            _ = session.execute(update(Manifest).values(tried_at=LONG_AGO))
        _ = outbox.drain(context, HANDLERS)


def the_manifest(engine: Engine) -> Manifest:
    """The one manifest as it stands."""
    with reading(engine) as session:
        return session.scalars(select(Manifest)).one()


def breaches(engine: Engine) -> list[str]:
    """What is wrong with the manifests in the books."""
    with reading(engine) as session:
        return [one.text for one in verify(session, builders.WAREHOUSE) if "manifest" in one.check]


def test_a_manifest_is_made_and_its_paper_kept(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    engine = shippo_context.engine
    sealed(shippo_context, zebra)
    ask(engine)
    run(shippo_context, 2)
    manifest = the_manifest(engine)
    assert (manifest.status, manifest.provider, manifest.boxes) == (ManifestStatus.MADE, "USPS", 1)
    assert manifest.answer.startswith("201 {")
    assert [each["object_id"] for each in shippo.account.standing_manifests] == [manifest.external_id]
    with reading(engine) as session:
        paper = session.scalars(select(ManifestDocument)).one()
        assert manifesting.waiting(session, now()) == ()
        page = manifesting.page(session, now(), manifest.id)
        assert [box.tracking_number for box in page.boxes] == session.scalars(select(Label.tracking_number)).all()
    assert base64.b64decode(paper.content).startswith(b"%PDF")
    assert breaches(engine) == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault.CUT, Fault.BROKEN, Fault.THROTTLED, Fault.CUT_AFTER, Fault.BROKEN_AFTER, Fault.NO_JSON,
        Fault.HALF_AN_ANSWER, Fault.ID_MISSING,
    ],
)  # fmt: skip
def test_whatever_fails_there_is_one_manifest_in_the_end(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra, fault: Fault
) -> None:
    sealed(shippo_context, zebra)
    ask(shippo_context.engine)
    shippo.fail(fault, on=MAKING)
    shippo.fail(Fault.BROKEN, on="GET /manifests")
    run(shippo_context, 5)
    manifest = the_manifest(shippo_context.engine)
    assert manifest.status is ManifestStatus.MADE
    assert [each["object_id"] for each in shippo.account.standing_manifests] == [manifest.external_id]
    assert breaches(shippo_context.engine) == []
    with reading(shippo_context.engine) as session:
        assert session.scalars(select(ExceptionItem).where(ExceptionItem.settled_at.is_(None))).all() == []


def test_a_lost_worker_s_manifest_is_looked_for_before_it_is_asked_for_again(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    sealed(shippo_context, zebra)
    ask(shippo_context.engine)
    _ = outbox.drain(shippo_context, HANDLERS)
    with transaction(shippo_context.engine) as session:
        _ = session.execute(update(Manifest).values(status=ManifestStatus.SENDING, external_id=""))
    run(shippo_context, 3)
    assert the_manifest(shippo_context.engine).status is ManifestStatus.MADE
    assert shippo.seen.count(MAKING) == 1


def test_while_the_manifest_may_still_show_none_is_asked_for_again(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    sealed(shippo_context, zebra)
    ask(shippo_context.engine)
    shippo.fail(Fault.CUT, on=MAKING)
    _ = outbox.drain(shippo_context, HANDLERS)
    for _ in range(2):
        with transaction(shippo_context.engine) as session:
            _ = session.execute(update(Job).values(due_at=LONG_AGO))
        _ = outbox.drain(shippo_context, HANDLERS)
    assert shippo.seen.count(MAKING) == 1
    assert the_manifest(shippo_context.engine).status is ManifestStatus.UNSETTLED


def test_a_refused_manifest_is_told_and_its_labels_are_free_for_another(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    engine = shippo_context.engine
    sealed(shippo_context, zebra)
    ask(engine)
    shippo.fail(Fault.REFUSED, on=MAKING)
    run(shippo_context)
    assert the_manifest(engine).status is ManifestStatus.REFUSED
    with reading(engine) as session:
        assert "refused: A label is on a manifest already." in session.scalars(select(ExceptionItem.text)).one()
        assert [row.boxes for row in manifesting.waiting(session, now())] == [1]
    assert breaches(engine) == []


def test_a_label_is_not_asked_for_twice(shippo_context: Context, zebra: VirtualZebra) -> None:
    sealed(shippo_context, zebra)
    ask(shippo_context.engine)
    manifest = the_manifest(shippo_context.engine)
    with transaction(shippo_context.engine) as session, pytest.raises(DomainError, match="No box waits"):
        _ = manifesting.ask(session, now(), manifest.carrier, manifest.account)


def test_the_offline_carrier_s_manifest_is_a_list(context: Context, zebra: VirtualZebra) -> None:
    sealed(context, zebra, "offline")
    ask(context.engine)
    run(context)
    assert the_manifest(context.engine).status is ManifestStatus.MADE
    with reading(context.engine) as session:
        assert session.scalars(select(ManifestDocument)).all() == []


def test_a_box_whose_label_was_given_back_waits_for_no_manifest(context: Context, zebra: VirtualZebra) -> None:
    sealed(context, zebra, "offline")
    with transaction(context.engine) as session:
        _ = session.execute(update(Label).values(status=LabelStatus.VOIDED))
        assert manifesting.waiting(session, now()) == ()


def test_a_label_that_its_manifest_does_not_hold_is_a_breach(context: Context, zebra: VirtualZebra) -> None:
    sealed(context, zebra, "offline")
    ask(context.engine)
    assert breaches(context.engine) == []
    with transaction(context.engine) as session:
        _ = session.execute(update(Label).values(external_id="another"))
    assert "other labels name it" in breaches(context.engine)[0]
