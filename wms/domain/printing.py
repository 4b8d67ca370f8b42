"""Print jobs: each has a row and a hash before its first byte leaves, and its end is told truly or called unknown."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, Row, one_of, refers
from wms.domain.journal import Event
from wms.domain.lifecycle import Lifecycle


class PrintStatus(StrEnum):
    """Where a print job stands."""

    QUEUED = "queued"
    CHECKED = "checked"
    SENDING = "sending"
    PRINTED = "printed"
    NOT_PRINTED = "not printed"
    HANDED_TO_SPOOLER = "handed to spooler"
    UNKNOWN = "unknown"
    DROPPED = "dropped"


_S = PrintStatus
PRINT_LIFECYCLE = Lifecycle(
    "print job",
    {
        _S.QUEUED: {_S.CHECKED, _S.DROPPED, _S.NOT_PRINTED},
        _S.CHECKED: {_S.SENDING, _S.NOT_PRINTED, _S.DROPPED},
        # Back to checked where the printer was no longer ready and not one byte was sent.
        _S.SENDING: {_S.PRINTED, _S.NOT_PRINTED, _S.HANDED_TO_SPOOLER, _S.UNKNOWN, _S.CHECKED},
        _S.PRINTED: set(),
        # Printed again it is a job of its own, so that each print is counted.
        _S.NOT_PRINTED: {_S.DROPPED},
        _S.HANDED_TO_SPOOLER: set(),
        # A person settles it: the label's own scan proves it printed, a reprint or a void drops it.
        _S.UNKNOWN: {_S.PRINTED, _S.DROPPED},
        _S.DROPPED: set(),
    },
)


@dataclass(frozen=True, kw_only=True)
class PrintMoved(Event):
    """A print job went from one status to another."""

    printer: str
    what: str
    then: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class PrintAsked(Event):
    """A person asked for labels that no scan brings: a sheet, a test label, one more print of what did not come out."""

    printer: str
    what: str
    labels: int


class PrintJob(Row, Base, kw_only=True):
    """Bytes for a printer. `label_id` where it prints a shipping label, `slip_of_id` where a box's packing slip.

    `copy` counts a label's or a slip's prints from 1.
    """

    __tablename__ = "print_jobs"
    __table_args__ = (
        Index(None, "warehouse_id", "label_id"),
        Index(None, "warehouse_id", "slip_of_id"),
        Index(None, "warehouse_id", "status"),
        CheckConstraint("labels > 0 AND copy > 0", name="counts"),
        one_of("status", PrintStatus),
        refers("printer_id", "printers"),
        refers("label_id", "labels"),
        refers("slip_of_id", "packages"),
    )

    printer_id: Mapped[int]
    what: Mapped[str] = mapped_column(String(80))
    zpl: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    queued_at: Mapped[dt.datetime]
    worker_id: Mapped[int | None]
    label_id: Mapped[int | None] = mapped_column(default=None)
    order_id: Mapped[int | None] = mapped_column(default=None)
    slip_of_id: Mapped[int | None] = mapped_column(default=None)
    labels: Mapped[int] = mapped_column(default=1)
    copy: Mapped[int] = mapped_column(default=1)
    status: Mapped[PrintStatus] = mapped_column(EnumText(PrintStatus), default=PrintStatus.QUEUED)
    reason: Mapped[str] = mapped_column(String(300), default="")
    ended_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    def move_to(self, then: PrintStatus, *, printer: str, at: dt.datetime, reason: str = "") -> PrintMoved:
        """Change the status; IllegalMoveError where the lifecycle forbids it."""
        self.status = PRINT_LIFECYCLE.check(self.status, then)
        self.reason = reason[:300]
        if self.status not in {PrintStatus.QUEUED, PrintStatus.CHECKED, PrintStatus.SENDING}:
            self.ended_at = at
        return PrintMoved(order_id=self.order_id, printer=printer, what=self.what, then=then, reason=reason)
