"""The desk's shipping page: one button a carrier hands over what the page showed."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update

from tests import builders, packers
from tests.packers import Floor
from tests.web.desk import press
from wms.app import create_app
from wms.config import Settings
from wms.database import db, reading, transaction
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package


@pytest.fixture
def floor(engine: Engine) -> Floor:
    """Two sealed boxes for usps."""
    with transaction(engine) as session:
        first = packers.sealed(session)
        _ = packers.sealed(session, first, "OFF0002")
        # The builders' day is not today; what was sealed must lie before the page's moment.
        _ = session.execute(update(Package).values(sealed_at=builders.NOW.replace(year=2020)))
        _ = session.execute(update(Order).values(received_at=builders.NOW.replace(year=2020)))
        return first


@pytest.fixture
def app(settings: Settings, floor: Floor) -> Iterator[Flask]:
    app = create_app(settings)
    app.config.update(TESTING=True)
    yield app
    with app.app_context():
        db.engine.dispose()


def _signed_in(app: Flask, engine: Engine, roles: str) -> FlaskClient:
    with transaction(engine) as session:
        badge = builders.worker(session, f"Lea {roles}", roles=roles).badge
    client = app.test_client()
    token = _field(client.get("/sign-in").text, "csrf_token")
    _ = client.post("/sign-in", data={"code": badge, "csrf_token": token})
    return client


def _field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"\s+value="([^"]*)"', page)
    assert found, name
    return found[1]


def _statuses(engine: Engine) -> set[OrderStatus]:
    with reading(engine) as session:
        return set(session.scalars(select(Order.status)))


def test_the_button_hands_over_all_boxes_of_a_carrier(app: Flask, engine: Engine) -> None:
    lead = _signed_in(app, engine, "supervisor")
    page = lead.get("/desk/shipping").text
    assert "Pickup done: hand over 2 boxes to USPS" in " ".join(page.split())
    form = {name: _field(page, name) for name in ("csrf_token", "carrier", "shown_at")}
    assert 'data-handover="usps"' in page
    done = lead.post("/desk/shipping", data=form)
    assert done.status_code == 303
    assert "2 boxes handed over to USPS." in lead.get("/desk/shipping").text
    assert _statuses(engine) == {OrderStatus.SHIPPED}
    _ = lead.post("/desk/shipping", data=form)
    assert "0 boxes handed over to USPS." in lead.get("/desk/shipping").text


def test_a_box_sealed_after_the_page_was_shown_stays(app: Flask, engine: Engine) -> None:
    lead = _signed_in(app, engine, "supervisor")
    page = lead.get("/desk/shipping").text
    form = {name: _field(page, name) for name in ("csrf_token", "carrier")}
    _ = lead.post("/desk/shipping", data={**form, "shown_at": "2019-01-01T00:00:00+00:00"})
    assert _statuses(engine) == {OrderStatus.PACKED}


@pytest.mark.parametrize("shown_at", ["", "yesterday", "2026-11-24T09:00:00"])
def test_a_post_without_the_pages_moment_hands_nothing_over(app: Flask, engine: Engine, shown_at: str) -> None:
    lead = _signed_in(app, engine, "supervisor")
    token = _field(lead.get("/desk/shipping").text, "csrf_token")
    done = lead.post("/desk/shipping", data={"csrf_token": token, "carrier": "usps", "shown_at": shown_at})
    assert done.status_code == 422
    assert _statuses(engine) == {OrderStatus.PACKED}


def test_a_packer_has_no_desk(app: Flask, engine: Engine) -> None:
    assert _signed_in(app, engine, "packer").get("/desk/shipping").status_code == 403


def test_a_box_is_opened_by_its_label_and_the_label_prints_again(app: Flask, engine: Engine) -> None:
    lead = _signed_in(app, engine, "supervisor")
    page = lead.get("/desk/orders/?q=off0001", follow_redirects=True).text
    assert 'data-status="sealed"' in page
    assert "Inside, and how it came there" in page
    assert "Say why." in press(lead, page, "data-reprint").text
    assert "Copy 2 of the label is printed." in press(lead, page, "data-reprint", why="it tore").text
