"""The desk's manifests: what is on none yet, one button for each carrier, and the paper that goes with the van."""

import base64

import flask
from flask.typing import ResponseReturnValue

from wms.database import db, reading, transaction
from wms.domain.actor import Role
from wms.domain.base import id_of, text_id
from wms.domain.errors import DomainError
from wms.services.carriers import manifesting
from wms.web import sessions

blueprint = flask.Blueprint("manifesting", __name__, url_prefix="/desk/shipping/manifests")
needs_supervisor = sessions.needs(Role.SUPERVISOR)
_SEE_OTHER = 303
# What a browser may show by itself; anything else is saved as a file.
_SHOWN = frozenset({"application/pdf", "image/png"})


@blueprint.get("/")
@needs_supervisor
def home() -> str:
    """Show the boxes on no manifest yet, and the newest manifests."""
    with reading(db.engine) as session:
        waiting = manifesting.waiting(session, flask.g.actor)
        recent = manifesting.recent(session, flask.g.actor)
    return flask.render_template("manifesting/desk.html", waiting=waiting, recent=recent)


@blueprint.post("/")
@needs_supervisor
def ask() -> ResponseReturnValue:
    """Ask for the manifest of one account."""
    form = flask.request.form
    try:
        with transaction(db.engine) as session:
            manifest = manifesting.ask(session, flask.g.actor, form.get("carrier", ""), form.get("account", ""))
    except DomainError as error:
        flask.flash(str(error), "wrong")
        return flask.redirect(flask.url_for("manifesting.home"), _SEE_OTHER)
    flask.flash(f"A manifest of {manifest.boxes} box{'' if manifest.boxes == 1 else 'es'} is asked for.", "ok")
    return flask.redirect(flask.url_for("manifesting.show", manifest=text_id(manifest.id)), _SEE_OTHER)


@blueprint.get("/<manifest>")
@needs_supervisor
def show(manifest: str) -> str:
    """Show a manifest as a list to be printed."""
    with reading(db.engine) as session:
        page = manifesting.page(session, flask.g.actor, id_of(manifest))
    return flask.render_template("manifesting/manifest.html", page=page, row=page.row)


@blueprint.get("/<manifest>/papers/<int:number>")
@needs_supervisor
def paper(manifest: str, number: int) -> flask.Response:
    """Serve a paper that the carrier made."""
    with reading(db.engine) as session:
        found = manifesting.document(session, flask.g.actor, id_of(manifest), number)
    response = flask.Response(base64.b64decode(found.content), mimetype=found.content_type)
    if found.content_type not in _SHOWN:
        response.headers["Content-Disposition"] = "attachment"
    return response
