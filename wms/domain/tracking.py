"""Tracking: what carriers post or answer, kept as it came, and the events read from it; a box's status follows."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, Row, one_of, refers
from wms.domain.journal import Event


class TrackStatus(StrEnum):
    """What a carrier says of a box on its way; of two said for the same moment the later in this list is true."""

    UNKNOWN = "unknown"
    ANNOUNCED = "announced"
    IN_TRANSIT = "in transit"
    FAILED = "failed"
    RETURNED = "returned"
    DELIVERED = "delivered"


_RANK = {status: rank for rank, status in enumerate(TrackStatus)}
ARRIVED = frozenset({TrackStatus.DELIVERED, TrackStatus.RETURNED})


@dataclass(frozen=True, kw_only=True)
class TrackingMoved(Event):
    """The carrier says something new of a box, or of one on its way back; `at` is its own moment, in ISO 8601."""

    package: str
    then: str
    at: str
    details: str = ""
    place: str = ""


class MessageSource(StrEnum):
    """How a message came: posted by the carrier itself, or as the answer to our question."""

    HOOK = "hook"
    POLL = "poll"


class TrackingMessage(Row, Base, kw_only=True):
    """What a carrier said of a box, as it came and before anybody read it; the same bytes twice are one row.

    `read_at` is when its events were taken, `error` why they could not be.
    """

    __tablename__ = "tracking_messages"
    __table_args__ = (UniqueConstraint("warehouse_id", "digest"), one_of("source", MessageSource))

    carrier: Mapped[str] = mapped_column(String(24))
    source: Mapped[MessageSource] = mapped_column(EnumText(MessageSource))
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    error: Mapped[str] = mapped_column(String(300), default="")


# Shippo gives an event another id in each answer, so an event is what it says.
_SAID = ("warehouse_id", "label_id", "at", "status", "details", "place")


class TrackingEvent(Row, Base, kw_only=True):
    """One thing that a carrier said of a label's box: `at` is the carrier's moment, `heard_at` ours."""

    __tablename__ = "tracking_events"
    __table_args__ = (
        UniqueConstraint(*_SAID, name="uq_tracking_events_said"),
        Index(None, "warehouse_id", "label_id", "at"),
        one_of("status", TrackStatus),
        refers("label_id", "labels"),
        refers("message_id", "tracking_messages"),
    )

    label_id: Mapped[int]
    at: Mapped[dt.datetime]
    status: Mapped[TrackStatus] = mapped_column(EnumText(TrackStatus))
    details: Mapped[str] = mapped_column(String(300))
    place: Mapped[str] = mapped_column(String(120))
    heard_at: Mapped[dt.datetime]
    message_id: Mapped[int | None] = mapped_column(default=None)
    simulated: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Whereabouts:
    """What a label's events come to; None where there is no event."""

    status: TrackStatus | None = None
    at: dt.datetime | None = None
    delivered_at: dt.datetime | None = None


def whereabouts(events: Iterable[TrackingEvent]) -> Whereabouts:
    """Return what events say by their own moments, in whatever order they were heard.

    A box is delivered since the first event that says so, unless a later one takes it back. A state that we do not
    know says that its carrier is not silent, and nothing of where the box is.
    """
    in_order = sorted(events, key=lambda event: (event.at, _RANK[event.status]))
    if not in_order:
        return Whereabouts()
    known = [event for event in in_order if event.status is not TrackStatus.UNKNOWN]
    status = known[-1].status if known else TrackStatus.UNKNOWN
    delivered = [event.at for event in known if event.status is TrackStatus.DELIVERED]
    is_delivered = status is TrackStatus.DELIVERED
    return Whereabouts(status=status, at=in_order[-1].at, delivered_at=delivered[0] if is_delivered else None)
