"""The end of the day: what is not settled yet, each with the page on which it is."""

import flask

from wms.database import db, reading
from wms.domain.actor import Role
from wms.services import closing
from wms.web import sessions

blueprint = flask.Blueprint("closing", __name__)


@blueprint.get("/desk/unsettled")
@sessions.needs(Role.SUPERVISOR)
def home() -> str:
    """Show everything that is not settled."""
    with reading(db.engine) as session:
        ends = closing.loose_ends(session, flask.g.actor)
    return flask.render_template("closing/desk.html", ends=ends)
