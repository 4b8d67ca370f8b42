"""The journal: one append-only table of what happened, written in the transaction in which it happened."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Index, String, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from wms.domain.actor import Actor
from wms.domain.base import Base, Row
from wms.domain.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Event:
    """Base of all events; a subclass is named in the past tense and its fields become the entry's data."""

    order_id: int | None = None


class JournalEntry(Row, Base, kw_only=True):
    """One event with who, where, when and the scan that caused it."""

    __tablename__ = "journal"
    __table_args__ = (
        Index(None, "warehouse_id", "event", "at"),
        Index(None, "warehouse_id", "order_id", "at"),
        Index(None, "warehouse_id", "at"),
    )

    at: Mapped[dt.datetime]
    worker_id: Mapped[int | None]
    device: Mapped[str] = mapped_column(String(40))
    event: Mapped[str] = mapped_column(String(40))
    order_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    scan: Mapped[str | None] = mapped_column(String(64))


class Scan(Base, kw_only=True):
    """A scan that was taken in, with the verdict it got: the key (warehouse, scan) makes each count once."""

    __tablename__ = "scans"
    __table_args__ = (Index(None, "warehouse_id", "at"),)

    warehouse_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scan: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[dt.datetime]
    worker_id: Mapped[int | None]
    device: Mapped[str] = mapped_column(String(40))
    station: Mapped[str] = mapped_column(String(24))
    code: Mapped[str] = mapped_column(String(200))
    pulled_ms: Mapped[int | None]
    tone: Mapped[str] = mapped_column(String(8))
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)


@dataclass(frozen=True, kw_only=True)
class ScanRefused(Event):
    """A scan was wrong and counted for nothing: the near miss, with what was wanted, and where ('' for no location)."""

    station: str
    code: str
    kind: str
    wanted: str
    said: str
    place: str = ""


# On the table and by the connection: the ORM's way of inserting costs four times as much.
_INSERT = insert(JournalEntry.__table__)  # type: ignore[arg-type] # declared as FromClause, it is a Table


def record(session: Session, actor: Actor, *events: Event) -> None:
    """Write events as they happened, in the caller's transaction and one statement."""
    rows = [_row(actor, event) for event in events]
    if rows:
        # A list of one takes the slower way through the driver, and a scan mostly records one.
        _ = session.connection().execute(_INSERT, rows if len(rows) > 1 else rows[0])


def _row(actor: Actor, event: Event) -> dict[str, Any]:
    data = {field: getattr(event, field) for field in type(event).__dataclass_fields__}
    order_id = data.pop("order_id")
    return {
        "warehouse_id": actor.warehouse_id,
        "id": new_id(),
        "at": actor.at,
        "worker_id": actor.worker_id,
        "device": actor.device,
        "event": type(event).__name__,
        "order_id": order_id,
        "data": data,
        "scan": actor.scan,
    }
