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
    HELP = "help"
    SKIP = "skip"
    SCALE = "scale"
    CUSTOMS = "customs"
    ADDRESS = "address"
    FAULT = "program fault"


@dataclass(frozen=True, kw_only=True)
class ExceptionSettled(Event):
    """A person decided an exception."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class HelpCalled(Event):
    """A worker called the lead: from which station's screen, to which location, and about what."""

    station: str
    place: str
    about: str


@dataclass(frozen=True, kw_only=True)
class HelpAnswered(Event):
    """The lead answered a call; the words stand on the handheld that called."""

    call: str
    answer: str


class ExceptionItem(Row, Base, kw_only=True):
    """One row of the inbox; `subject_id` is the thing it is about (order, label, print job).

    `answer` is what was said to the worker who called, and `heard_at` when it stood on their handheld.
    """

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
    answer: Mapped[str] = mapped_column(String(120), default="")
    heard_at: Mapped[dt.datetime | None] = mapped_column(default=None)
