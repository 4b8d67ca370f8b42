"""Set-up pages over HTTP: for admins only, by forms that work without scripts."""

import re
from collections.abc import Iterator

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from tests import builders
from wms.app import create_app
from wms.config import Settings
from wms.database import db, reading, transaction
from wms.domain.floor import Cart, Location
from wms.domain.people import Worker
from wms.services.administering.kinds import SETTINGS


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Iterator[flask.Flask]:
    with transaction(engine) as session:
        viktor = builders.worker(session, "Viktor", "admin")
        ines = builders.worker(session, "Ines", "supervisor")
        _ = builders.worker(session, "Tom", "picker")
        _ = builders.location(session, "A01-01-A1")
    app = create_app(settings)
    app.config.update(TESTING=True, VIKTOR=viktor.badge, INES=ines.badge)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def admin(app: flask.Flask) -> FlaskClient:
    return signed_in(app, app.config["VIKTOR"])


def signed_in(app: flask.Flask, badge: str) -> FlaskClient:
    client = app.test_client()
    _ = post(client, "/sign-in", "/sign-in", code=badge)
    return client


def post(client: FlaskClient, page: str, to: str, **cells: str | list[str]) -> TestResponse:
    token = re.search(r'name="csrf_token"\s+value="([^"]+)"', client.get(page).text)
    assert token
    return client.post(to, data={"csrf_token": token[1], **cells})


def key_of(client: FlaskClient, kind: str, name: str) -> str:
    found = re.search(rf'row\?key=(\w+)">{name}<', client.get(f"/desk/admin/{kind}").text)
    assert found
    return found[1]


def test_every_set_up_page_opens_for_an_admin_and_for_nobody_else(app: flask.Flask, admin: FlaskClient) -> None:
    supervisor = signed_in(app, app.config["INES"])
    for page in ("", "warehouse", *SETTINGS):
        assert admin.get(f"/desk/admin/{page}").status_code == 200, page
        assert supervisor.get(f"/desk/admin/{page}").status_code == 403, page
    assert admin.get("/desk/admin/secrets").status_code == 404


def test_a_cart_is_added_by_the_form_with_a_code_made(admin: FlaskClient, engine: Engine) -> None:
    answer = post(admin, "/desk/admin/carts", "/desk/admin/carts", name="Cart 1", slots="6")
    assert (answer.status_code, answer.location) == (303, "/desk/admin/carts")
    assert "The cart is added." in admin.get("/desk/admin/carts").text
    with reading(engine) as session:
        cart = session.scalars(select(Cart)).one()
    assert (cart.slots, cart.volume_ml, cart.barcode[0]) == (6, 180_000, "C")


def test_a_wrong_cell_comes_back_with_the_sentence_and_what_was_typed(admin: FlaskClient) -> None:
    answer = post(admin, "/desk/admin/carts", "/desk/admin/carts", name="Cart 1", slots="many")
    assert answer.status_code == 422
    assert "The slots &#39;many&#39; is not a positive whole number" in answer.text
    assert 'value="Cart 1"' in answer.text


def test_ticked_words_are_one_cell(admin: FlaskClient, engine: Engine) -> None:
    page = "/desk/admin/workers"
    assert post(admin, page, page, name="Sam", roles=["picker", "packer"]).status_code == 303
    with reading(engine) as session:
        assert session.scalars(select(Worker.roles_text).where(Worker.name == "Sam")).one() == "picker|packer"


def test_a_workers_language_is_chosen_from_those_the_floor_speaks(admin: FlaskClient, engine: Engine) -> None:
    page = "/desk/admin/workers"
    text = admin.get(page).text
    assert all(f'<option value="{language}"' in text for language in ("en", "es", "pl", "de", "ar"))
    assert post(admin, page, page, name="Sam", language="ar").status_code == 303
    with reading(engine) as session:
        assert session.scalars(select(Worker.language).where(Worker.name == "Sam")).one() == "ar"


def test_a_new_badge_leads_to_the_page_that_prints_it(admin: FlaskClient, engine: Engine) -> None:
    with reading(engine) as session:
        old = session.scalars(select(Worker.badge).where(Worker.name == "Tom")).one()
    key = key_of(admin, "workers", "Tom")
    answer = post(admin, f"/desk/admin/workers/row?key={key}", "/desk/admin/workers/badge", key=key)
    assert answer.location == "/desk/labels?kind=badges&name=Tom"
    with reading(engine) as session:
        assert session.scalars(select(Worker.badge).where(Worker.name == "Tom")).one() != old


def test_a_worker_switched_off_is_shown_so(admin: FlaskClient) -> None:
    key = key_of(admin, "workers", "Tom")
    page = f"/desk/admin/workers/row?key={key}"
    assert post(admin, page, "/desk/admin/workers/switch", key=key, active="0").status_code == 303
    text = admin.get("/desk/admin/workers").text
    assert "Tom may no longer sign in." in text
    assert "Switch on" in admin.get(page).text


def test_the_last_admin_is_told_why_not(admin: FlaskClient) -> None:
    key = key_of(admin, "workers", "Viktor")
    _ = post(admin, f"/desk/admin/workers/row?key={key}", "/desk/admin/workers/switch", key=key, active="0")
    assert "Nobody else is an admin." in admin.get("/desk/admin/workers").text


def test_an_unused_location_is_changed_then_removed(admin: FlaskClient, engine: Engine) -> None:
    key = key_of(admin, "locations", "A01-01-A1")
    page = f"/desk/admin/locations/row?key={key}"
    answer = post(admin, page, "/desk/admin/locations/row", key=key, code="A01-01-A1", zone="Z")
    assert answer.status_code == 303
    assert 'value="Z"' in admin.get(page).text
    _ = post(admin, page, "/desk/admin/locations/remove", key=key)
    assert "The location A01-01-A1 is removed." in admin.get("/desk/admin/locations").text
    with reading(engine) as session:
        assert session.scalars(select(Location)).all() == []


def test_the_warehouse_form_saves_or_says_what_is_wrong(admin: FlaskClient) -> None:
    page = "/desk/admin/warehouse"
    cells = {
        "name": "South DC",
        "time_zone": "Europe/Berlin",
        "carrier": "offline",
        "accuracy_target_pct": "99.5",
        "when_short": "split",
        "slips": "gifts",
        "addresses": "carrier",
        "units_per_hour_plan": "0",
        "scan_each_from_cents": "0",
    }
    assert post(admin, page, page, **cells).status_code == 303
    assert "South DC" in admin.get(page).text
    refused = post(admin, page, page, **{**cells, "carrier": "shippo"})
    assert refused.status_code == 422
    assert "WMS_SHIPPO_KEY" in refused.text
