"""The layout page: the floor as walks are planned on it, with every pick location where it stands."""

import flask
from flask.typing import ResponseReturnValue

from wms.database import db, reading, transaction
from wms.domain.actor import Role
from wms.services.planning import drawing, layouts
from wms.web import sessions

blueprint = flask.Blueprint("layout", __name__, url_prefix="/desk/admin/layout")
needs_admin = sessions.needs(Role.ADMIN)

_SEE_OTHER = 303


@blueprint.get("")
@needs_admin
def show() -> str:
    """Draw the layout in use."""
    with reading(db.engine) as session:
        drawn = drawing.drawing(session, flask.g.actor)
    return flask.render_template("layout/page.html", drawing=drawn)


@blueprint.post("/derive")
@needs_admin
def derive() -> ResponseReturnValue:
    """Forget the layout that was given."""
    with transaction(db.engine) as session:
        was_given = layouts.forget(session, flask.g.actor)
    flask.flash("The layout is derived from the locations again." if was_given else "No layout had been given.", "ok")
    return flask.redirect(flask.url_for("layout.show"), _SEE_OTHER)
