"""The wall board, shown to whoever has its token, and the figures behind it for supervisors."""

import hashlib
import hmac
import time

import flask

from wms.config import WAREHOUSE_ID, Settings
from wms.database import db, reading
from wms.domain.actor import Role
from wms.services import watching
from wms.services.watching import Board, delivering, hours
from wms.web import sessions
from wms.web.floor import htmx

blueprint = flask.Blueprint("watching", __name__)
EVERY_S = 5
_KEPT_S = 1.0
_KEPT = "wms_board"


@blueprint.get("/board")
def board() -> flask.Response:
    """Show the board; 204 to a screen that shows these figures already."""
    token = _token()
    figures = _figures()
    seen = hashlib.sha256(repr(figures).encode()).hexdigest()[:16]
    if htmx and flask.request.args.get("seen") == seen:
        return flask.Response(status=204, headers={"Cache-Control": "no-store"})
    body = flask.render_template(
        "watching/board.html",
        layout="layouts/board_swap.html" if htmx else "layouts/board.html",
        station_action=flask.url_for("watching.board", token=token or None),
        board_every_s=EVERY_S,
        board=figures,
        seen=seen,
    )
    response = flask.make_response(body)
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request")
    return response


@blueprint.get("/desk/board")
@sessions.needs(Role.SUPERVISOR)
def day() -> str:
    """Show today hour by hour, with each wrong unit, the near misses and what the figures mean."""
    with reading(db.engine) as session:
        figures = hours.day(session, WAREHOUSE_ID, sessions.now())
        came = delivering.deliveries(session, WAREHOUSE_ID, sessions.now())
    return flask.render_template("watching/day.html", day=figures, came=came, actor=flask.g.actor)


def _token() -> str:
    """Return the token the screen came with; 403 where it is not the one set for this site's boards."""
    settings: Settings = flask.current_app.config["WMS"]
    given = flask.request.args.get("token", "")
    if settings.board_token and not hmac.compare_digest(given.encode(), settings.board_token.encode()):
        flask.abort(403, "This board needs its token. Open the address that was set up for it.")
    return given if settings.board_token else ""


def _figures() -> Board:
    # However many screens hang on the walls, each process asks the database once a second.
    kept: tuple[float, Board] | None = flask.current_app.extensions.get(_KEPT)
    if kept is not None and time.monotonic() - kept[0] < _KEPT_S:
        return kept[1]
    with reading(db.engine) as session:
        fresh = watching.board(session, WAREHOUSE_ID, sessions.now())
    flask.current_app.extensions[_KEPT] = (time.monotonic(), fresh)
    return fresh
