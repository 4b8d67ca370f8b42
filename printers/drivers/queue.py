"""A print queue of the operating system, through the package `zebra`; it can only say that it took the job."""

from typing import Protocol, Self
from urllib.parse import unquote, urlsplit

from zebra import Zebra

from printers.errors import BadAddressError, UnreachableError
from printers.printer import Outcome, OutcomeKind
from printers.status import Status


class Spooler(Protocol):
    """The part of `zebra.Zebra` that we use."""

    def getqueues(self) -> list[str]:
        """Return the names of all queues."""
        ...

    def output(self, commands: bytes) -> None:
        """Hand bytes to the queue."""
        ...


def spooler_of(queue: str) -> Spooler:
    """Return the spooler for one queue."""
    spooler: Spooler = Zebra(queue)  # type: ignore[no-untyped-call] # its types lie in a file mypy does not look for
    return spooler


class QueuePrinter:
    """Hands bytes to a raw queue (lpr, or the Windows spooler)."""

    tray_url: str | None = None

    def __init__(self, *, url: str, queue: str) -> None:
        """Use the queue of that name."""
        self.url = url
        self.queue = queue

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Open `queue://NAME`; raises BadAddressError where no name stands."""
        parts = urlsplit(url)
        # The host part of a URL would be lowered by .hostname; queue names keep their case.
        queue = unquote(parts.netloc + parts.path).strip("/")
        if not queue:
            raise BadAddressError(url=url, reason="names no queue")
        return cls(url=url, queue=queue)

    def status(self) -> Status:
        """Say that the queue exists, which is all a queue tells; raises UnreachableError."""
        # zebra's output() returns as if all were well when the queue does not exist: ask first.
        try:
            queues = spooler_of(self.queue).getqueues()
        except OSError as error:
            raise UnreachableError(url=self.url, reason="this machine has no print spooler") from error
        if self.queue not in queues:
            raise UnreachableError(url=self.url, reason=f"no queue named {self.queue!r}")
        return Status()

    def send(self, zpl: bytes, *, labels: int, timeout_s: float) -> Outcome:  # noqa: ARG002 - a queue tells nothing to wait for
        """Hand the job to the spooler, if the queue exists."""
        try:
            _ = self.status()
            # Bytes, always: zebra encodes text as cp437.
            spooler_of(self.queue).output(zpl)
        except UnreachableError as error:
            return Outcome(kind=OutcomeKind.NOT_PRINTED, reason=error.reason)
        except FileNotFoundError:
            return Outcome(kind=OutcomeKind.NOT_PRINTED, reason="this machine has no lpr")
        except OSError as error:
            return Outcome(kind=OutcomeKind.UNKNOWN, reason=f"the spooler stopped halfway ({error})")
        return Outcome(kind=OutcomeKind.HANDED_TO_SPOOLER, reason=f"queue {self.queue}")
