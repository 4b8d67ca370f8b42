"""The desk's manifests: one button a carrier, a list to print, and the carrier's own paper."""

import base64
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update

from tests import builders, packers
from tests.web.desk import press, signed_in
from wms.app import create_app
from wms.config import Settings
from wms.database import db, transaction
from wms.domain.base import text_id
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.manifests import Manifest, ManifestDocument, ManifestStatus
from wms.domain.shipping import Label
from wms.services.carriers import manifesting


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Iterator[Flask]:
    """A sealed box, and a supervisor."""
    with transaction(engine) as session:
        floor = packers.sealed(session)
        _ = session.execute(update(Label).values(external_id="OFF0001"))
        lead = builders.worker(session, "Lea", roles="supervisor")
    app = create_app(settings)
    app.config.update(TESTING=True, LEAD=lead.badge, ORDER=floor.order.number)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_one_button_asks_for_the_manifest_and_shows_its_list(app: Flask) -> None:
    lead = signed_in(app, app.config["LEAD"])
    page = lead.get("/desk/shipping/manifests/").text
    done = press(lead, page, "data-manifest").text
    assert "A manifest of 1 box is asked for." in done
    assert "OFF0001" in done
    assert app.config["ORDER"] in done
    assert "Every box is on a manifest." in lead.get("/desk/shipping/manifests/").text
    assert "No box waits for a manifest" in press(lead, page, "data-manifest").text


def test_the_carrier_s_paper_is_shown_as_what_it_is(app: Flask, engine: Engine) -> None:
    lead = signed_in(app, app.config["LEAD"])
    _ = press(lead, lead.get("/desk/shipping/manifests/").text, "data-manifest")
    with transaction(engine) as session:
        manifest = session.scalars(select(Manifest)).one()
        manifest.status = ManifestStatus.MADE
        session.add_all(
            ManifestDocument(
                warehouse_id=1,
                manifest_id=manifest.id,
                number=number,
                content_type=kind,
                content=base64.b64encode(b"%PDF-1.7").decode(),
            )
            for number, kind in enumerate(("application/pdf", "text/html"), 1)
        )
    address = f"/desk/shipping/manifests/{text_id(manifest.id)}"
    assert f"{address}/papers/1" in lead.get(address).text
    pdf, other = lead.get(f"{address}/papers/1"), lead.get(f"{address}/papers/2")
    assert (pdf.data, pdf.mimetype, pdf.headers.get("Content-Disposition")) == (b"%PDF-1.7", "application/pdf", None)
    assert other.headers["Content-Disposition"] == "attachment"
    assert lead.get(f"{address}/papers/3").status_code == 404


def test_a_refused_manifest_is_asked_for_again_from_its_page_and_waits_in_the_inbox_no_more(
    app: Flask, engine: Engine
) -> None:
    lead = signed_in(app, app.config["LEAD"])
    _ = press(lead, lead.get("/desk/shipping/manifests/").text, "data-manifest")
    with transaction(engine) as session:
        manifest = session.scalars(select(Manifest)).one()
        for then in (ManifestStatus.SENDING, ManifestStatus.REFUSED):
            manifesting.move(session, builders.actor(), manifest, then, "one a day")
        refused = "Manifest of 1 boxes, offline, refused: one a day"
        session.add(
            ExceptionItem(
                warehouse_id=1, kind=ExceptionKind.LABEL, at=builders.NOW, text=refused, subject_id=manifest.id
            )
        )
    address = f"/desk/shipping/manifests/{text_id(manifest.id)}"
    inbox = lead.get("/desk/inbox/").text
    assert re.search(rf'href="{address}">\s*See the manifest', inbox)
    page = lead.get(address).text
    assert "name, time, signature" not in page, "nobody takes over what was refused"
    assert "Ask again for 1 box<" in page
    assert "A manifest of 1 box is asked for." in press(lead, page, "data-again").text
    assert refused not in lead.get("/desk/inbox/").text
    assert "data-again" not in lead.get(address).text


def test_a_packer_has_no_manifests(app: Flask, engine: Engine) -> None:
    with transaction(engine) as session:
        badge = builders.worker(session, "Pia", roles="packer").badge
    assert signed_in(app, badge).get("/desk/shipping/manifests/").status_code == 403
