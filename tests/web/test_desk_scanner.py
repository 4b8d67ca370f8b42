"""The desk scanner is there in the demo and nowhere else, and offers codes that can really be scanned now."""

from collections.abc import Iterator

import flask
import pytest
from sqlalchemy import Engine, select

from tests import builders
from wms.app import create_app
from wms.config import Settings
from wms.database import db, transaction
from wms.domain.people import Warehouse
from wms.domain.totes import Tote


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Iterator[flask.Flask]:
    """The app on a demo warehouse with a picker, a packer, two totes and a virtual printer."""
    with transaction(engine) as session:
        session.get_one(Warehouse, 1).demo = True
        _ = builders.worker(session, "Tom", "picker")
        _ = builders.worker(session, "Ana", "packer")
        _, _ = builders.tote(session), builders.tote(session)
        _ = builders.station(session, "virtual://127.0.0.1:9102?http=9101")
        _ = builders.product(session, "MUG")
    app = create_app(settings)
    yield app
    with app.app_context():
        db.engine.dispose()


def offered(app: flask.Flask, ask: str, at: str = "pick") -> list[str]:
    answer = app.test_client().get(f"/desk-scanner/codes?at={at}&ask={ask}")
    return [each["name"] for each in answer.get_json()]


def test_the_page_frames_the_handheld_or_the_packing_station(app: flask.Flask) -> None:
    client = app.test_client()
    assert 'src="/pick/"' in client.get("/desk-scanner").text
    page = client.get("/desk-scanner?at=pack").text
    assert 'src="/pack/"' in page
    assert 'href="http://localhost:9101/"' in page  # where printed labels are shown


def test_only_the_demos_stations_may_be_framed_and_only_by_this_server(app: flask.Flask) -> None:
    client = app.test_client()
    framing = [
        client.get(page).headers["Content-Security-Policy"].rpartition("frame-ancestors ")[2]
        for page in ("/pick/", "/pack/", "/desk-scanner", "/sign-in")
    ]
    assert framing == ["'self'", "'self'", "'none'", "'none'"]


def test_outside_the_demo_there_is_no_desk_scanner_and_no_framing(settings: Settings, engine: Engine) -> None:
    app = create_app(settings)
    client = app.test_client()
    assert client.get("/desk-scanner").status_code == 404
    assert client.get("/desk-scanner/codes?ask=badge").status_code == 404
    assert client.get("/pick/").headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    with app.app_context():
        db.engine.dispose()


def test_badges_are_those_of_the_stations_own_people(app: flask.Flask) -> None:
    assert offered(app, "badge") == ["Tom, picker"]
    assert offered(app, "badge", at="pack") == ["Ana, packer"]


def test_a_tote_in_use_is_not_offered(app: flask.Flask, engine: Engine) -> None:
    with transaction(engine) as session:
        first, second = session.scalars(select(Tote).order_by(Tote.barcode))
        first.take(builders.order(session).id)
    assert offered(app, "tote") == [second.barcode]


def test_each_type_a_screen_asks_for_has_codes(app: flask.Flask) -> None:
    with app.app_context(), transaction(db.engine) as session:
        _ = builders.cart(session), builders.carton_type(session), builders.location(session, "A01-01-A1")
    assert offered(app, "item") == ["Thing MUG"]
    assert offered(app, "location") == ["A01-01-A1"]
    assert offered(app, "done") == ["DONE"]
    assert offered(app, "answer") == ["YES", "NO"]
    assert [len(offered(app, ask)) for ask in ("cart", "station", "carton", "lane", "dock")] == [1, 1, 1, 0, 0]
    assert offered(app, "weight") == []
