"""The open call of the worker at a handheld, asked for by itself every few seconds until it is answered."""

import flask

from wms.database import db, reading, transaction
from wms.services import calling
from wms.web import languages, sessions

blueprint = flask.Blueprint("calling", __name__)


@blueprint.get("/call")
def poll() -> flask.Response:
    """Show how the call stands; an answer that is new here sounds."""
    with reading(db.engine) as session:
        actor = sessions.actor(session)
        call = calling.shown(session, actor)
    is_new = call is not None and call.is_new
    if is_new:
        with transaction(db.engine) as session:
            calling.hear(session, actor)
    with languages.speaking_to(actor):
        response = flask.make_response(flask.render_template("partials/call.html", call=call))
    response.headers["X-Cue"] = "command" if is_new else ""
    response.headers["Cache-Control"] = "no-store"
    return response
