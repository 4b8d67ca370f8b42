"""Who is at the browser: the signed cookie's device key and token, turned into an Actor; role checks for desk pages."""

import datetime as dt
import functools
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import ParamSpec

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from wms.config import WAREHOUSE_ID
from wms.database import db, reading
from wms.domain.actor import Actor, Role
from wms.services import signing_in
from wms.services.signing_in import Browser

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]
_MAX_PAGE = 32


def now() -> dt.datetime:
    """Return the server's moment."""
    return dt.datetime.now(dt.UTC)


def browser() -> Browser:
    """Read the cookie, giving a new browser its device key."""
    if "device" not in flask.session:
        flask.session.permanent = True
        flask.session["device"] = secrets.token_urlsafe(24)
    return Browser(device_key=flask.session["device"], token=flask.session.get("token", ""), page=_page())


def _page() -> str:
    """Return which page asks, by the header that scan.js sends; what no page of ours would say is not taken."""
    page = flask.request.headers.get("X-Page", "")
    return page if page.isascii() and page.isalnum() and len(page) <= _MAX_PAGE else ""


def actor(session: Session, scan: str | None = None, token: str | None = None) -> Actor:
    """Return who is at the browser, by its cookie or by `token`; `worker_id` is None when nobody is signed in."""
    found = browser() if token is None else replace(browser(), token=token)
    return signing_in.actor_of(session, WAREHOUSE_ID, found, now(), scan)


def needs(role: Role) -> Callable[[View[P]], View[P]]:
    """Guard a desk page: nobody goes to sign in, one without the role gets 403. The actor is in `flask.g.actor`."""

    def guard(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            with reading(db.engine) as session:
                found = actor(session)
            if found.worker_id is None:
                return _to_sign_in()
            if not found.may(role):
                flask.abort(403, f"{found.name} has no {role} badge. Ask a supervisor.")
            flask.g.actor = found
            return view(*args, **kwargs)

        return guarded

    return guard


def _to_sign_in() -> Response:
    after = flask.request.full_path.rstrip("?") if flask.request.method == "GET" else flask.url_for("desk.home")
    return flask.redirect(flask.url_for("signing_in.page", next=after))
