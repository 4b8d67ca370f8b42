"""What guards every page: the content policy, the same-site rule, CSRF tokens, roles checked on the server."""

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

DESK_PAGES = (
    "/desk/",
    "/desk/waves/",
    "/desk/orders/",
    "/desk/inbox/",
    "/desk/stock/",
    "/desk/shipping",
    "/desk/printing",
    "/desk/board",
)


@pytest.fixture
def app(settings: Settings, engine: Engine) -> Iterator[Flask]:
    app = create_app(settings)
    yield app
    with app.app_context():
        db.engine.dispose()


def signed_in(app: Flask, engine: Engine, roles: str) -> FlaskClient:
    """A browser signed in at the desk by a badge with these roles."""
    with transaction(engine) as session:
        badge = builders.worker(session, "Somebody", roles).badge
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    assert token is not None
    answer = client.post("/sign-in", data={"code": badge, "csrf_token": token[1]})
    assert answer.status_code == 302
    return client


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("address", ["/", "/pick/", "/pack/", "/sign-in", "/board", "/no-such-page"])
def test_no_page_allows_scripts_or_styles_but_our_own(address: str, app: Flask) -> None:
    policy = app.test_client().get(address).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_form_sent_from_another_site_is_refused(app: Flask) -> None:
    answer = app.test_client().post("/pick/", headers={"Origin": "http://evil.example"}, data={"code": "B000000017"})
    assert answer.status_code in {403, 419}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_form_without_a_token_changes_nothing(app: Flask) -> None:
    answer = app.test_client().post("/pick/", data={"code": "B000000017", "scan": "a", "ask": "sign-in"})
    assert answer.status_code == 419


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(app: Flask) -> None:
    cookie = app.test_client().get("/pick/").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("address", DESK_PAGES)
def test_nobody_signed_in_is_sent_to_sign_in(address: str, app: Flask) -> None:
    answer = app.test_client().get(address)
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize("address", DESK_PAGES)
def test_a_picker_may_not_open_the_desk(address: str, app: Flask, engine: Engine) -> None:
    assert signed_in(app, engine, "picker").get(address).status_code == 403


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_supervisor_may_open_the_desk_but_not_the_set_up(app: Flask, engine: Engine) -> None:
    client = signed_in(app, engine, "supervisor")
    assert [client.get(address).status_code for address in DESK_PAGES] == [200] * len(DESK_PAGES)
    assert client.get("/desk/admin/").status_code == 403
