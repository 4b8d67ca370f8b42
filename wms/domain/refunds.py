"""Refunds: a paid label given back to its carrier, followed until its money has come back or never will."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, Row, one_of, refers
from wms.domain.journal import Event
from wms.domain.lifecycle import Lifecycle


class RefundStatus(StrEnum):
    """Where a refund stands. PENDING: the carrier took the void, and decides on the money days or weeks later."""

    PENDING = "pending"
    REFUNDED = "refunded"
    REJECTED = "rejected"


REFUND_LIFECYCLE = Lifecycle(
    "refund",
    {
        RefundStatus.PENDING: {RefundStatus.REFUNDED, RefundStatus.REJECTED},
        RefundStatus.REFUNDED: set(),
        RefundStatus.REJECTED: set(),
    },
)


@dataclass(frozen=True, kw_only=True)
class RefundMoved(Event):
    """The money of a purchase was asked for, came back, or will not come."""

    package: str
    then: str
    purchase: str
    reason: str = ""


class Refund(Row, Base, kw_only=True):
    """One purchase given back: the label's own, or a further one that nobody needed, by its `external_id`.

    `refund_id` is what the carrier calls the void, '' where it did not say; the carrier is asked again at `due_at`,
    no more once it has decided.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "external_id"),
        Index(None, "warehouse_id", "due_at"),
        Index(None, "warehouse_id", "label_id"),
        one_of("status", RefundStatus),
        refers("label_id", "labels"),
    )

    label_id: Mapped[int]
    external_id: Mapped[str] = mapped_column(String(80))
    refund_id: Mapped[str] = mapped_column(String(80))
    asked_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime | None]
    status: Mapped[RefundStatus] = mapped_column(EnumText(RefundStatus), default=RefundStatus.PENDING)
    reason: Mapped[str] = mapped_column(String(500), default="")
    ended_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    def end(self, then: RefundStatus, at: dt.datetime, reason: str = "") -> None:
        """Note how the carrier decided; IllegalMoveError where it had before."""
        self.status = REFUND_LIFECYCLE.check(self.status, then)
        self.reason, self.due_at, self.ended_at = reason[:500], None, at

    def moved(self, *, package: str, order_id: int) -> RefundMoved:
        """Return how it stands, to be recorded."""
        return RefundMoved(
            order_id=order_id, package=package, then=self.status, purchase=self.external_id, reason=self.reason
        )
