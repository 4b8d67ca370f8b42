"""The front page with its doors, the supervisor's home, and the message that desk pages show after a form."""

import flask

from wms.database import db, reading
from wms.domain.actor import Role
from wms.services.planning import coming
from wms.services.planning.numbers import desk_numbers
from wms.services.scans.screens import Feedback
from wms.web import sessions

blueprint = flask.Blueprint("desk", __name__)


@blueprint.get("/")
def doors() -> str:
    """Show where to go: handheld, packing station, desk, board."""
    return flask.render_template("desk/doors.html")


@blueprint.get("/desk/")
@sessions.needs(Role.SUPERVISOR)
def home() -> str:
    """Show what stands open now."""
    with reading(db.engine) as session:
        numbers = desk_numbers(session, flask.g.actor)
        collections = coming.collection_rows(session, flask.g.actor)
    return flask.render_template("desk/home.html", numbers=numbers, collections=collections)


@blueprint.app_context_processor
def shared() -> dict[str, object]:
    """Give desk pages who is signed in and the message flashed by the last form."""
    if not flask.request.path.startswith("/desk/") or "actor" not in flask.g:
        return {}
    said = [Feedback(tone=tone, words=words) for tone, words in _messages()]
    return {"actor": flask.g.actor, "feedback": said[-1] if said else None}


def _messages() -> list[tuple[str, str]]:
    # Flask's annotation cannot tell that with_categories makes pairs of the messages.
    found: list[tuple[str, str]] = flask.get_flashed_messages(with_categories=True)  # type: ignore[assignment] # pairs
    return found
