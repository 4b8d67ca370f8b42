"""What a handheld needs besides its work: the page that sets it up and tests it, and what it shows without network."""

import flask

from wms.domain.codes import CodeKind, own_code
from wms.web.barcodes import picture

blueprint = flask.Blueprint("handhelds", __name__)
TEST_CODE = own_code(CodeKind.LOCATION, 0)
"""On the set-up sheet; like a shelf's, and no shelf has it."""


@blueprint.get("/setup")
def setup() -> str:
    """Show the settings sheet and test a scan: anybody may, and nothing is counted."""
    start = flask.url_for("picking.show", _external=True)
    return flask.render_template(
        "handhelds/setup.html",
        start=start,
        start_bars=picture(start).svg,
        test=TEST_CODE,
        test_bars=picture(TEST_CODE).svg,
    )


@blueprint.get("/no-network")
def no_network() -> str:
    """Return the page that the service worker keeps and shows instead of one that it cannot load."""
    return flask.render_template("handhelds/no_network.html")


@blueprint.after_app_request
def let_worker_serve(response: flask.Response) -> flask.Response:
    """Let the service worker stand before all addresses, though its script lies among the static files."""
    if flask.request.endpoint == "static" and flask.request.path.endswith("/service-worker.js"):
        response.headers["Service-Worker-Allowed"] = f"{flask.request.script_root}/"
    return response
