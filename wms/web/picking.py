"""The handheld's picking pages: one address, shown and scanned."""

import flask

from wms.domain.actor import Role
from wms.domain.saying import say
from wms.services import picking
from wms.web import floor

blueprint = flask.Blueprint("picking", __name__)
STATION = floor.Station(
    name="picking",
    layout="handheld",
    role=Role.PICKER,
    no_badge=say("No picker badge. See the lead"),
    current_screen=picking.current_screen,
    judge=picking.judge,
    why_left=picking.why_left,
    hand_over=picking.hand_over,
)


@blueprint.get("/pick/")
def show() -> flask.Response:
    """Show what the picker does now."""
    return floor.show(STATION)


@blueprint.post("/pick/")
def scan() -> flask.Response:
    """Take a scan in."""
    return floor.scan(STATION)
