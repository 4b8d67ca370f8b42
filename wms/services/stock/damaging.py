"""Where damaged units go: to the hospital, until somebody has looked at them, or to scrap where there is none."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.floor import SCRAP_ID, Location, LocationKind
from wms.domain.saying import say
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback


def place(session: Session, actor: Actor) -> tuple[int, str]:
    """Return the place that damaged units are booked to, and its code ('' where they are thrown away)."""
    hospital = session.scalars(
        select(Location)
        .where(Location.warehouse_id == actor.warehouse_id, Location.kind == LocationKind.HOSPITAL)
        .order_by(Location.code)
        .limit(1)
    ).one_or_none()
    return (SCRAP_ID, "") if hospital is None else (hospital.id, hospital.code)


def told(code: str) -> Feedback:
    """Say where a damaged unit is to be brought ('' for none: it is thrown away)."""
    return feedback.told(say("DAMAGED. Put it in {place}", place=code) if code else say("DAMAGED. Throw it away"))
