"""Counting over HTTP: the list, the blind sheet, and what was counted."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests import builders
from tests.web.desk import press, signed_in
from wms.app import create_app
from wms.config import Settings
from wms.database import db, transaction
from wms.domain.counting import CountStatus, CountTask
from wms.domain.stock import Stock
from wms.services.stock import counting


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Iterator[Flask]:
    """The app with a shelf of 4711 mugs that is to be counted."""
    with transaction(engine) as session:
        place, mug = builders.location(session, "A01-01-A1"), builders.product(session, "MUG")
        builders.stock(session, place, mug, 4711)
        picker = builders.worker(session, "Pia", "picker")
        _ = counting.open_count(session, builders.actor(picker), place.id, place.code, "MUG missing")
        lead = builders.worker(session, "Lea", roles="supervisor")
        badge = lead.badge
    app = create_app(settings)
    app.config.update(TESTING=True, ENGINE=engine, BADGE=badge)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_supervisor_counts_a_location_blind(app: Flask) -> None:
    client = signed_in(app, app.config["BADGE"])
    assert "Counts 1" in client.get("/desk/stock/").text
    page = client.get("/desk/counts/").text
    assert "A01-01-A1" in page
    sheet = client.get(_address(page)).text
    assert "MUG" in sheet
    assert "4711" not in sheet
    answer = press(client, sheet, "data-count-sheet", counted="4700", found="").text
    assert "A01-01-A1 counted: 1 wrong, -11 units." in answer
    with transaction(app.config["ENGINE"]) as session:
        assert session.query(Stock).one().on_hand == 4700
        assert session.query(CountTask).one().status is CountStatus.COUNTED


def test_a_sheet_that_cannot_be_read_comes_back_filled_in(app: Flask) -> None:
    client = signed_in(app, app.config["BADGE"])
    sheet = client.get(_address(client.get("/desk/counts/").text)).text
    answer = press(client, sheet, "data-count-sheet", counted="4700", found_sku="NO-SUCH", found="1")
    assert answer.status_code == 422
    assert "There is no product NO-SUCH." in answer.text
    assert 'value="4700"' in answer.text
    assert 'value="NO-SUCH"' in answer.text


def _address(page: str) -> str:
    found = re.search(r'href="(/desk/counts/[0-9a-f]+)"', page)
    assert found
    return found[1]
