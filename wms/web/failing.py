"""When our own program breaks: the answer says so in a header, and what a scan broke is kept for a supervisor."""

import flask

from wms.database import db, transaction
from wms.domain.errors import BadInputError
from wms.services.scans import failing
from wms.web import floor, sessions

# In the scan contract: a 500 with it is ours and will not pass by itself, one without it is a proxy's.
HEADER = {"X-Failed": "wms"}


def note(cause: BaseException) -> None:
    """Tell the log and the inbox which scan broke the program, if it was one; never fails itself."""
    if flask.request.method != "POST" or "scan" not in flask.request.form:
        return
    try:
        pulled, _ = floor.read_scan()
        with transaction(db.engine) as session:
            actor, station = sessions.actor(session, scan=pulled.scan), flask.request.blueprint or flask.request.path
            is_new = failing.note(session, actor, station, pulled, type(cause).__name__)
    except BadInputError:
        return
    except Exception:
        # What broke the scan may break this too. The handheld must have its answer all the same.
        flask.current_app.logger.exception("a broken scan could not be told to the inbox")
    else:
        if is_new:
            flask.current_app.logger.error("scan %s broke at %s: told in the inbox", pulled.scan, station)
