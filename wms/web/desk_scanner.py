"""The desk scanner, in the demo only: a handheld or a packing station beside the barcodes one can scan by a click."""

import flask

from wms.config import WAREHOUSE_ID
from wms.database import db, reading
from wms.domain.actor import Role
from wms.services.scans import desk_scanner
from wms.web import security, trays

blueprint = flask.Blueprint("desk_scanner", __name__)
_DEMO = "wms_demo"
# The station shown, its address, its role.
_STATIONS = {"pick": ("Handheld", "/pick/", Role.PICKER), "pack": ("Packing station", "/pack/", Role.PACKER)}
_FRAMED = frozenset(address for _, address, _ in _STATIONS.values())


@blueprint.get("/desk-scanner")
def page() -> str:
    """Show a station in a frame, and beside it what can be scanned."""
    _need_demo()
    at = _at()
    with reading(db.engine) as session:
        printers = desk_scanner.printer_urls(session, WAREHOUSE_ID)
    return flask.render_template(
        "desk_scanner/page.html",
        at=at,
        stations=[(name, word) for name, (word, _, _) in _STATIONS.items()],
        framed=_STATIONS[at][1],
        commands=desk_scanner.COMMANDS,
        tray=next(filter(None, map(trays.address, printers)), ""),
    )


@blueprint.get("/desk-scanner/codes")
def codes() -> flask.Response:
    """Return codes of the type a screen asks for, as they stand now: a tote that is taken is not offered again."""
    _need_demo()
    with reading(db.engine) as session:
        found = desk_scanner.codes(session, WAREHOUSE_ID, flask.request.args.get("ask", ""), _STATIONS[_at()][2])
    response = flask.jsonify([{"code": one.code, "name": one.name} for one in found])
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.after_app_request
def let_frame(response: flask.Response) -> flask.Response:
    """Let our own page, and nobody else's, frame the stations; only in the demo."""
    if flask.request.path in _FRAMED and _is_demo():
        response.headers["Content-Security-Policy"] = security.policy(frame_ancestors="'self'")
    return response


def _at() -> str:
    at = flask.request.args.get("at", "pick")
    return at if at in _STATIONS else "pick"


def _need_demo() -> None:
    if not _is_demo():
        flask.abort(404, "The desk scanner is only in the demo.")


def _is_demo() -> bool:
    # Once a warehouse is made this never changes, and each scan's answer asks.
    known: bool | None = flask.current_app.extensions.get(_DEMO)
    if known is None:
        with reading(db.engine) as session:
            known = desk_scanner.is_demo(session, WAREHOUSE_ID)
        if known is not None:
            flask.current_app.extensions[_DEMO] = known
    return bool(known)
