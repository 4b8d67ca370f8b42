"""The packing station's page: one address, shown and scanned."""

import flask

from wms.database import db, transaction
from wms.domain.actor import Role
from wms.domain.saying import say
from wms.services import packing
from wms.web import floor, sessions

blueprint = flask.Blueprint("packing", __name__)
STATION = floor.Station(
    name="packing",
    layout="station",
    role=Role.PACKER,
    no_badge=say("No packer badge. See the lead"),
    current_screen=packing.current_screen,
    judge=packing.judge,
)


@blueprint.get("/pack/")
def show() -> flask.Response:
    """Show what lies on the bench; a screen that waits for the carrier asks for itself here."""
    return floor.show(STATION)


@blueprint.post("/pack/")
def scan() -> flask.Response:
    """Take a scan in."""
    return floor.scan(STATION)


@blueprint.post("/pack/weight")
def weigh() -> flask.Response:
    """Ask the station's scale for the box's weight, and show how it stands; the screen asks as long as it is shown."""
    with transaction(db.engine) as session:
        actor = sessions.actor(session)
        verdict = packing.ask_scale(session, actor) if actor.may(STATION.role) else None
    return floor.show(STATION, verdict, flask.url_for("packing.show"))
