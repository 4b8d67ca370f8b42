"""The one shape of a printer, and what it can truthfully say about a job."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from printers.status import Notice, Status


class OutcomeKind(StrEnum):
    """How a job ended, as far as it can be proven."""

    PRINTED = "printed"
    NOT_PRINTED = "not printed"
    UNKNOWN = "unknown"
    HANDED_TO_SPOOLER = "handed to spooler"


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """Seconds a printer may take for an answer, and seconds between two questions while it works."""

    reply_s: float = 2.0
    poll_s: float = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """How a job ended: `printed` and `not printed` are proven, `unknown` is for a person to settle.

    `reason` is empty for `printed`. `is_sent`: at least one byte of the job may have reached the printer.
    `labels_printed` is what the printer counted, None where nothing counts; `notices` is what it wants all the same.
    """

    kind: OutcomeKind
    reason: str = ""
    labels_printed: int | None = None
    is_sent: bool = True
    notices: tuple[Notice, ...] = ()


class Printer(Protocol):
    """Takes ZPL and tells the truth about it; one job at a time, so the caller holds the only lease."""

    @property
    def url(self) -> str:
        """The address this printer was opened by."""
        ...

    @property
    def tray_url(self) -> str | None:
        """Where a person can look at the labels in a browser; only virtual printers have it."""
        ...

    def status(self) -> Status:
        """Ask the printer how it is; raises UnreachableError."""
        ...

    def send(self, zpl: bytes, *, labels: int, timeout_s: float) -> Outcome:
        """Print `zpl`, which makes `labels` physical labels, and wait at most `timeout_s` for the proof.

        Never sends twice and never raises for a printer's sake: what went wrong stands in the outcome.
        """
        ...
