"""Questions that a verdict asks: the very next scan of the same worker on the same device answers, or they lapse.

SAY AGAIN lets them stand.
"""

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, Command, parse
from wms.domain.journal import Scan
from wms.domain.saying import Said
from wms.services.scans.screens import Feedback

_PATIENCE = dt.timedelta(minutes=1)
_TONE = "info"
_AGAIN = (Command.SAY_AGAIN.value, "SAY AGAIN")


def ask(words: Said) -> Feedback:
    """Ask for a second word: blue bar."""
    return Feedback(tone=_TONE, cue="command", words=words)


def asked(session: Session, actor: Actor) -> Code | None:
    """Return the code scanned just before the actor's scan, if it was told and not refused a minute ago at most."""
    before = session.execute(
        select(Scan.code, Scan.tone)
        .where(
            Scan.warehouse_id == actor.warehouse_id,
            Scan.at > actor.at - _PATIENCE,
            Scan.worker_id == actor.worker_id,
            Scan.device == actor.device,
            Scan.scan != actor.scan,
            func.upper(Scan.code).not_in(_AGAIN),
        )
        .order_by(Scan.at.desc())
        .limit(1)
    ).one_or_none()
    return parse(before.code) if before is not None and before.tone == _TONE else None
