"""A scan that broke our own program: the inbox says so to a supervisor, once however often the scan comes again."""

import hashlib

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import CodeKind, parse, readable
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.services.scans import scanning
from wms.services.scans.scanning import Pulled
from wms.services.upserting import insert_new

_MAX_TEXT = 300
_MAX_SHOWN = 60
_ID_BITS = 63


def note(session: Session, actor: Actor, station: str, pulled: Pulled, cause: str) -> bool:
    """Tell the inbox that a scan broke the program; False where it was told of this scan before.

    The row's id is made of the scan's, so that retries which overlap leave one row too.
    """
    return insert_new(
        session,
        ExceptionItem,
        warehouse_id=actor.warehouse_id,
        id=_id_of(pulled.scan),
        kind=ExceptionKind.FAULT,
        at=actor.at,
        text=_text(session, actor, station, pulled, cause),
        answer="",
    )


def _id_of(scan: str) -> int:
    return int.from_bytes(hashlib.sha256(scan.encode()).digest()[:8]) >> (64 - _ID_BITS)


def _text(session: Session, actor: Actor, station: str, pulled: Pulled, cause: str) -> str:
    """Say who scanned what and where, whether it counted, and what the log calls it. A badge is a key: never shown."""
    is_badge = parse(pulled.code).kind is CodeKind.BADGE
    code = "a badge" if is_badge else readable(pulled.code)[:_MAX_SHOWN] or "nothing"
    device = f", device {actor.device}" if actor.device else ""
    counted = "Nothing was counted" if scanning.is_new(session, actor, pulled) else "It was taken in, unanswered"
    who, log = actor.name or "Nobody signed in", f"In the log: scan {pulled.scan}."
    return f"{who} scanned {code} at {station}{device}: {cause} in the program. {counted}. {log}"[:_MAX_TEXT]
