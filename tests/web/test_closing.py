"""The desk's end of the day: what is not settled, each with a link to where it is."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine

from tests import builders, packers
from tests.web.desk import signed_in
from wms.app import create_app
from wms.config import Settings
from wms.database import db, transaction


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Iterator[Flask]:
    """A sealed box of an order that is late, a tote in a lane, and a supervisor."""
    with transaction(engine) as session:
        floor = packers.sealed(session)
        floor.order.ship_by_at = builders.NOW.replace(year=2020)
        _ = packers.another(session, floor)
        lead = builders.worker(session, "Lea", roles="supervisor")
    app = create_app(settings)
    app.config.update(TESTING=True, LEAD=lead.badge)
    yield app
    with app.app_context():
        db.engine.dispose()


def test_each_thing_leads_to_its_page(app: Flask) -> None:
    lead = signed_in(app, app.config["LEAD"])
    page = lead.get("/desk/unsettled").text
    assert re.findall(r'data-loose="(\w+)"', page) == ["box", "order", "tote"]
    links = re.findall(r'<td data-label="Where it stands">\s*<a href="([^"]+)"', page)
    assert len(links) == 3
    assert [lead.get(link).status_code for link in links] == [200, 200, 200]
    assert "/desk/unsettled" in lead.get("/desk/").text
