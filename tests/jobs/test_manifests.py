"""Manifests: one for each label, whatever fails and however often the job is taken up."""

import base64

import pytest
from sqlalchemy import Engine, select, update

from printers.virtual.server import VirtualZebra
from tests.jobs.books import breaches, inbox
from tests.jobs.labels import sealed
from tests.jobs.working import LONG_AGO, now, run, work
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.database import reading, transaction
from wms.domain.errors import DomainError
from wms.domain.inbox import ExceptionItem
from wms.domain.manifests import Manifest, ManifestDocument, ManifestStatus
from wms.domain.outbox import Job
from wms.domain.shipping import Label, LabelStatus
from wms.jobs.outbox import Context
from wms.services.carriers import manifesting

MAKING = "POST /manifests"


def asked(context: Context, zebra: VirtualZebra, carrier: str = "shippo") -> None:
    """A sealed box, and a manifest of whatever waits asked for."""
    _ = sealed(context, zebra, carrier)
    with transaction(context.engine) as session:
        (row,) = manifesting.waiting(session, now())
        _ = manifesting.ask(session, now(), row.carrier, row.account)


def the_manifest(engine: Engine) -> Manifest:
    """The one manifest as it stands."""
    with reading(engine) as session:
        return session.scalars(select(Manifest)).one()


def test_a_manifest_is_made_and_its_paper_kept(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    engine = shippo_context.engine
    asked(shippo_context, zebra)
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
    assert breaches(engine, "manifest") == []


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
    asked(shippo_context, zebra)
    shippo.fail(fault, on=MAKING)
    shippo.fail(Fault.BROKEN, on="GET /manifests")
    run(shippo_context, 5)
    manifest = the_manifest(shippo_context.engine)
    assert manifest.status is ManifestStatus.MADE
    assert [each["object_id"] for each in shippo.account.standing_manifests] == [manifest.external_id]
    assert breaches(shippo_context.engine, "manifest") == []
    assert inbox(shippo_context.engine) == []


def test_a_lost_worker_s_manifest_is_looked_for_before_it_is_asked_for_again(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    asked(shippo_context, zebra)
    work(shippo_context)
    with transaction(shippo_context.engine) as session:
        _ = session.execute(update(Manifest).values(status=ManifestStatus.SENDING, external_id=""))
    run(shippo_context, 3)
    assert the_manifest(shippo_context.engine).status is ManifestStatus.MADE
    assert shippo.seen.count(MAKING) == 1


def test_while_the_manifest_may_still_show_none_is_asked_for_again(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    asked(shippo_context, zebra)
    shippo.fail(Fault.CUT, on=MAKING)
    work(shippo_context)
    for _ in range(2):
        with transaction(shippo_context.engine) as session:
            _ = session.execute(update(Job).values(due_at=LONG_AGO))
        work(shippo_context)
    assert shippo.seen.count(MAKING) == 1
    assert the_manifest(shippo_context.engine).status is ManifestStatus.UNSETTLED


def test_a_refused_manifest_is_told_and_its_labels_are_free_for_another(
    shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    engine = shippo_context.engine
    asked(shippo_context, zebra)
    shippo.fail(Fault.REFUSED, on=MAKING)
    run(shippo_context)
    assert the_manifest(engine).status is ManifestStatus.REFUSED
    with reading(engine) as session:
        assert "refused: A label is on a manifest already." in session.scalars(select(ExceptionItem.text)).one()
        assert [row.boxes for row in manifesting.waiting(session, now())] == [1]
    assert breaches(engine, "manifest") == []


def test_a_label_is_not_asked_for_twice(shippo_context: Context, zebra: VirtualZebra) -> None:
    asked(shippo_context, zebra)
    manifest = the_manifest(shippo_context.engine)
    with transaction(shippo_context.engine) as session, pytest.raises(DomainError, match="No box waits"):
        _ = manifesting.ask(session, now(), manifest.carrier, manifest.account)


def test_the_offline_carrier_s_manifest_is_a_list(context: Context, zebra: VirtualZebra) -> None:
    asked(context, zebra, "offline")
    run(context)
    assert the_manifest(context.engine).status is ManifestStatus.MADE
    with reading(context.engine) as session:
        assert session.scalars(select(ManifestDocument)).all() == []


def test_a_box_whose_label_was_given_back_waits_for_no_manifest(context: Context, zebra: VirtualZebra) -> None:
    _ = sealed(context, zebra, "offline")
    with transaction(context.engine) as session:
        _ = session.execute(update(Label).values(status=LabelStatus.VOIDED))
        assert manifesting.waiting(session, now()) == ()


def test_a_label_that_its_manifest_does_not_hold_is_a_breach(context: Context, zebra: VirtualZebra) -> None:
    asked(context, zebra, "offline")
    assert breaches(context.engine, "manifest") == []
    with transaction(context.engine) as session:
        _ = session.execute(update(Label).values(external_id="another"))
    assert "other labels name it" in breaches(context.engine, "manifest")[0]
