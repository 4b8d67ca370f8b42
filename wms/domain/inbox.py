"""The one inbox of exceptions that wait for a person."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, Row, one_of
from wms.domain.journal import Event


class ExceptionKind(StrEnum):
    """What needs a decision."""

    SHORT = "short"
    MISMATCH = "mismatch"
    LABEL = "label"
    PRINT = "print"
    CHANNEL = "channel"
    UNKNOWN_BARCODE = "unknown barcode"
    WAVE = "wave"


@dataclass(frozen=True, kw_only=True)
class ExceptionSettled(Event):
    """A person decided an exception."""

    kind: str
    text: str


class ExceptionItem(Row, Base, kw_only=True):
    """One row of the inbox; `subject_id` is the thing it is about (order, label, print job)."""

    __tablename__ = "exceptions"
    __table_args__ = (
        Index(None, "warehouse_id", "settled_at", "at"),
        one_of("kind", ExceptionKind),
    )

    kind: Mapped[ExceptionKind] = mapped_column(EnumText(ExceptionKind))
    at: Mapped[dt.datetime]
    text: Mapped[str] = mapped_column(String(300))
    order_id: Mapped[int | None] = mapped_column(default=None)
    subject_id: Mapped[int | None] = mapped_column(default=None)
    settled_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    settled_by: Mapped[int | None] = mapped_column(default=None)
