"""Where carriers post by themselves: proved, stored as it came, answered at once; a job reads it."""

import datetime as dt

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from wms.carriers import shippo_hook
from wms.config import WAREHOUSE_ID, Settings
from wms.database import db, transaction
from wms.domain.actor import Actor
from wms.domain.tracking import MessageSource
from wms.services.carriers import tracking

blueprint = flask.Blueprint("hooks", __name__, url_prefix="/hooks")

# A box's whole way comes in each post: a few kilobytes in all that were recorded.
_BYTES_AT_MOST = 256 * 1024


@blueprint.post("/shippo")
def shippo() -> ResponseReturnValue:
    """Take in what Shippo posts; 401 without its proof, and then nothing is stored."""
    settings: Settings = flask.current_app.config["WMS"]
    flask.request.max_content_length = _BYTES_AT_MOST
    try:
        body = flask.request.get_data(cache=False)
    except RequestEntityTooLarge:
        return {"error": f"More than {_BYTES_AT_MOST} bytes."}, 413
    is_proved = shippo_hook.is_from_shippo(
        body,
        token=flask.request.args.get("token", ""),
        signature=flask.request.headers.get(settings.hook_header, ""),
        wanted_token=settings.hook_token,
        secret=settings.hook_secret,
    )
    if not is_proved:
        return {"error": "The token or the signature is missing or wrong."}, 401
    actor = Actor(warehouse_id=WAREHOUSE_ID, at=dt.datetime.now(dt.UTC), name="shippo", device="hook")
    with transaction(db.engine) as session:
        fresh = tracking.keep(session, actor, "shippo", MessageSource.HOOK, body)
    return {"stored": fresh is not None}, 200
