"""What a handheld needs besides its work: what it shows without network."""

import flask

blueprint = flask.Blueprint("handhelds", __name__)


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
