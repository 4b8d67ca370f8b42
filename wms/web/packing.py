"""The packing station's page: one address, shown and scanned."""

import flask

from wms.domain.actor import Role
from wms.domain.saying import say
from wms.services import packing
from wms.web import floor

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
