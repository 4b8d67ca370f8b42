"""Hand-over pages: by scanning on the floor, and the desk's button for all boxes that a van has taken."""

import datetime as dt

import flask
from flask.typing import ResponseReturnValue

from wms.database import db, reading, transaction
from wms.domain.actor import Role
from wms.domain.errors import BadInputError
from wms.domain.saying import say
from wms.services import shipping
from wms.services.shipping import departures
from wms.web import floor, sessions

blueprint = flask.Blueprint("shipping", __name__)
STATION = floor.Station(
    name="shipping",
    layout="handheld",
    role=Role.PACKER,
    no_badge=say("No packer badge. See the lead"),
    current_screen=shipping.current_screen,
    judge=shipping.judge,
)


@blueprint.get("/ship/")
def show() -> flask.Response:
    """Show the box in hand, or what waits."""
    return floor.show(STATION)


@blueprint.post("/ship/")
def scan() -> flask.Response:
    """Take a scan in."""
    return floor.scan(STATION)


@blueprint.get("/desk/shipping")
@sessions.needs(Role.SUPERVISOR)
def desk() -> str:
    """Show what waits for each carrier."""
    with reading(db.engine) as session:
        rows = departures.departures(session, flask.g.actor)
    return flask.render_template("shipping/desk.html", departures=rows, shown_at=flask.g.actor.at.isoformat())


@blueprint.post("/desk/shipping")
@sessions.needs(Role.SUPERVISOR)
def pickup_done() -> ResponseReturnValue:
    """Hand over what the page showed for a carrier: a box sealed since then is not in the van."""
    carrier = flask.request.form.get("carrier", "")
    try:
        shown_at = dt.datetime.fromisoformat(flask.request.form.get("shown_at", ""))
    except ValueError as error:
        raise BadInputError("The page's moment is missing. Load the page again.") from error
    if shown_at.tzinfo is None:
        raise BadInputError("The page's moment has no time zone. Load the page again.")
    with transaction(db.engine) as session:
        boxes = departures.hand_over_all(session, flask.g.actor, carrier, shown_at)
    flask.flash(f"{boxes} box{'' if boxes == 1 else 'es'} handed over to {carrier.upper()}.", "ok" if boxes else "warn")
    return flask.redirect(flask.url_for("shipping.desk"), 303)
