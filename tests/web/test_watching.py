"""The board over HTTP: open without a login, guarded by its token, silent when nothing has changed."""

import dataclasses
import re
from collections.abc import Iterator

import flask
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests import builders
from wms.app import create_app
from wms.config import Settings
from wms.database import db, transaction
from wms.domain.inbox import ExceptionItem, ExceptionKind

HTMX = {"HX-Request": "true"}


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Iterator[flask.Flask]:
    app = create_app(settings)
    yield app
    _dispose(app)


def _dispose(app: flask.Flask) -> None:
    with app.app_context():
        db.engine.dispose()


def _seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\w+)"', page)
    assert found
    return found[1]


def test_the_board_needs_no_login_and_works_before_the_first_wave(app: flask.Flask) -> None:
    answer = app.test_client().get("/board")
    assert answer.status_code == 200
    assert "North DC" in answer.text
    assert "no waves yet" in answer.text


def test_a_board_that_shows_the_figures_already_gets_204(app: flask.Flask) -> None:
    client = app.test_client()
    seen = _seen(client.get("/board").text)
    assert client.get(f"/board?seen={seen}", headers=HTMX).status_code == 204
    assert client.get(f"/board?seen={seen}").status_code == 200  # a reload wants its page


def test_changed_figures_come_as_the_screen_alone(app: flask.Flask, engine: Engine) -> None:
    client = app.test_client()
    seen = _seen(client.get("/board").text)
    with transaction(engine) as session:
        session.add(ExceptionItem(warehouse_id=1, kind=ExceptionKind.SHORT, at=builders.NOW, text="x"))
    app.extensions.pop("wms_board")
    answer = client.get(f"/board?seen={seen}", headers=HTMX)
    assert answer.text.startswith('<main id="screen">')
    assert "SHORT" in answer.text


def test_a_board_with_a_token_set_answers_only_to_it(settings: Settings, engine: Engine) -> None:
    app = create_app(dataclasses.replace(settings, board_token="wall-7"))  # noqa: S106 - a test's token
    client = app.test_client()
    assert [client.get(at).status_code for at in ("/board", "/board?token=wall-8", "/board?token=wall-7")] == [
        403,
        403,
        200,
    ]
    assert 'hx-get="/board?token=wall-7"' in client.get("/board?token=wall-7").text
    _dispose(app)


def sign_in(client: FlaskClient, badge: str) -> None:
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    assert client.post("/sign-in", data={"code": badge, "csrf_token": token[1]}).status_code == 302


def test_the_drill_down_is_for_supervisors_and_prints_the_definitions(app: flask.Flask, engine: Engine) -> None:
    with transaction(engine) as session:
        boss, picker = builders.worker(session, "Ines", "supervisor"), builders.worker(session, "Tom", "picker")
    client, other = app.test_client(), app.test_client()
    sign_in(client, boss.badge)
    sign_in(other, picker.badge)
    assert "wrong units / picked units" in client.get("/desk/board").text
    assert other.get("/desk/board").status_code == 403
