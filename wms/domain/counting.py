"""Counts: locations whose stock must be looked at before it is promised again."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, Row, one_of, refers
from wms.domain.journal import Event
from wms.domain.lifecycle import Lifecycle


class CountStatus(StrEnum):
    """Where a count stands."""

    OPEN = "open"
    COUNTED = "counted"
    CANCELLED = "cancelled"


_S = CountStatus
# CANCELLED is for a short that was taken back.
COUNT_LIFECYCLE = Lifecycle(
    "count",
    {_S.OPEN: {_S.COUNTED, _S.CANCELLED}, _S.COUNTED: set(), _S.CANCELLED: set()},
)


@dataclass(frozen=True, kw_only=True)
class CountOpened(Event):
    """A location is to be counted; nothing is set aside from it meanwhile."""

    location: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CountClosed(Event):
    """A location was counted (or needs no count any more): `changed` of its balances were wrong, by `units` in all."""

    location: str
    then: str
    changed: int = 0
    units: int = 0


class CountTask(Row, Base, kw_only=True):
    """Count all that a location holds, without being told what the books say. One open count a location."""

    __tablename__ = "count_tasks"
    __table_args__ = (
        Index(
            "uq_count_tasks_open",
            "warehouse_id",
            "location_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        one_of("status", CountStatus),
        refers("location_id", "locations"),
    )

    location_id: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[dt.datetime]
    opened_by: Mapped[int | None]
    status: Mapped[CountStatus] = mapped_column(EnumText(CountStatus), default=CountStatus.OPEN)
    closed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    closed_by: Mapped[int | None] = mapped_column(default=None)

    def close(self, then: CountStatus, at: dt.datetime, worker_id: int | None) -> None:
        """End the count; IllegalMoveError where it has ended before."""
        self.status = COUNT_LIFECYCLE.check(self.status, then)
        self.closed_at, self.closed_by = at, worker_id
