"""Signing in and out at the desk, as a supervisor's browser sees it."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests import builders
from wms.app import create_app
from wms.config import Settings
from wms.database import db, transaction
from wms.domain.people import Worker


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Iterator[Flask]:
    """The app with a supervisor and a picker."""
    with transaction(engine) as session:
        lead = builders.worker(session, "Lea", roles="supervisor")
        picker = builders.worker(session, "Pia", roles="picker")
    app = create_app(settings)
    app.config.update(TESTING=True, LEA=lead.badge, PIA=picker.badge)
    yield app
    with app.app_context():
        db.engine.dispose()


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf_token"\s+value="([^"]*)"', page)
    assert found
    return found[1]


def _sign_in(client: FlaskClient, badge: str) -> None:
    _ = client.post("/sign-in", data={"code": badge, "csrf_token": _csrf(client.get("/sign-in").text)})


def test_a_supervisor_signs_out_from_any_desk_page(app: Flask) -> None:
    client = app.test_client()
    _sign_in(client, app.config["LEA"])
    page = client.get("/desk/").text
    assert 'action="/sign-out"' in page
    assert client.post("/sign-out", data={"csrf_token": _csrf(page)}).location == "/sign-in"
    assert client.get("/desk/").status_code == 302


def test_a_page_refused_to_a_picker_offers_another_badge_and_comes_back(app: Flask) -> None:
    client = app.test_client()
    _sign_in(client, app.config["PIA"])
    refused = client.get("/desk/waves/")
    assert refused.status_code == 403
    assert 'href="/sign-in?next=/desk/waves/"' in refused.text
    _sign_in(client, app.config["LEA"])
    assert client.get("/desk/waves/").status_code == 200


def test_the_bar_of_a_left_handed_worker_swaps_sides(app: Flask, engine: Engine) -> None:
    client = app.test_client()
    _sign_in(client, app.config["PIA"])
    assert 'data-hand="left"' not in client.get("/pick/").text
    with transaction(engine) as session:
        session.query(Worker).filter_by(name="Pia").one().left_handed = True
    assert 'data-hand="left"' in client.get("/pick/").text
