"""A Zebra on TCP port 9100: the odometer before and after says what was printed, and nothing is ever sent twice."""

import time
from typing import Self
from urllib.parse import urlsplit

from printers.drivers.conversation import Conversation
from printers.errors import BadAddressError, PrinterError, SilentError, UnreachableError
from printers.printer import Outcome, OutcomeKind, Patience
from printers.status import GarbledError, HostStatus, Status, Trouble

# How often in a row, and for no less than an answer may take, the printer must be idle, ready and answering before a
# missing label counts as never printed: what a line that broke still carries is read or dropped by then.
QUIET_POLLS = 3


class NotFreeError(PrinterError):
    """The printer cannot take a job now; nothing was sent."""

    def __init__(self, *, url: str, reason: str) -> None:
        """Keep the reason."""
        super().__init__(f"Printer {url} cannot print now: {reason}.", url=url)
        self.reason = reason


def host_and_port(url: str) -> tuple[str, int]:
    """Return host and port of an address; raises BadAddressError."""
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise BadAddressError(url=url, reason="has a port that is no number up to 65535") from error
    if not host or not port:
        raise BadAddressError(url=url, reason="needs a host and a port")
    return host, port


class TcpPrinter:
    """Prints over one connection and asks on the same one, so that an answer comes after the label's last byte."""

    tray_url: str | None = None

    def __init__(self, *, url: str, host: str, port: int, reply_timeout_s: float = 2.0, poll_s: float = 0.2) -> None:
        """Use the printer at `host:port`, which must answer within `reply_timeout_s` and is asked every `poll_s`."""
        self.url = url
        self.host = host
        self.port = port
        self.reply_timeout_s = reply_timeout_s
        self.poll_s = poll_s

    @classmethod
    def from_url(cls, url: str, patience: Patience) -> Self:
        """Open `tcp://host:port`; raises BadAddressError."""
        host, port = host_and_port(url)
        return cls(url=url, host=host, port=port, reply_timeout_s=patience.reply_s, poll_s=patience.poll_s)

    def status(self) -> Status:
        """Ask ~HQES, ~HS and the odometer; silence is a trouble of its own. Raises UnreachableError."""
        try:
            with self._connect() as conversation:
                host = conversation.host_status()
                return Status(
                    troubles=host.troubles,
                    notices=host.notices,
                    labels_waiting=labels_waiting(host),
                    odometer=conversation.odometer(),
                )
        except SilentError:
            return Status(troubles=(Trouble.SILENT,))
        except (OSError, GarbledError) as error:
            raise UnreachableError(url=self.url, reason=str(error)) from error

    def send(self, zpl: bytes, *, labels: int, timeout_s: float) -> Outcome:
        """Print, and watch the odometer until it proves something or `timeout_s` is over."""
        ends_at = time.monotonic() + timeout_s
        before: int | None = None
        is_sent = False
        try:
            with self._connect() as conversation:
                before = self._wait_until_free(conversation, ends_at=ends_at)
                # Whoever was held up until now may have been taken for lost, and another may print already.
                if time.monotonic() >= ends_at:
                    raise NotFreeError(url=self.url, reason="its turn came too late")
                is_sent = True
                conversation.write(zpl, timeout_s=ends_at - time.monotonic())
                return self._watch(conversation, before=before, labels=labels, ends_at=ends_at, is_same_line=True)
        except (OSError, PrinterError, GarbledError) as error:
            if not is_sent:
                return Outcome(kind=OutcomeKind.NOT_PRINTED, reason=reason_of(error), is_sent=False)
            reason = reason_of(error)
        while time.monotonic() < ends_at:
            time.sleep(self.poll_s)
            try:
                with self._connect() as conversation:
                    return self._watch(conversation, before=before, labels=labels, ends_at=ends_at, is_same_line=False)
            except (OSError, PrinterError, GarbledError) as error:
                reason = reason_of(error)
        return Outcome(kind=OutcomeKind.UNKNOWN, reason=reason)

    def _connect(self) -> Conversation:
        return Conversation(url=self.url, host=self.host, port=self.port, reply_timeout_s=self.reply_timeout_s)

    def _wait_until_free(self, conversation: Conversation, *, ends_at: float) -> int | None:
        """Return the odometer of a ready, idle printer; raises NotFreeError."""
        while True:
            host = conversation.host_status()
            if host.troubles:
                raise NotFreeError(url=self.url, reason=", ".join(host.troubles))
            if host.is_idle:
                return conversation.odometer()
            if time.monotonic() >= ends_at:
                raise NotFreeError(url=self.url, reason="it is busy with other labels")
            time.sleep(self.poll_s)

    def _watch(
        self, conversation: Conversation, *, before: int | None, labels: int, ends_at: float, is_same_line: bool
    ) -> Outcome:
        """Poll until the printer has been idle long enough to tell; raises OSError when the line breaks."""
        quiet_polls, quiet_since = 0, 0.0
        reason = Trouble.SILENT.value
        while time.monotonic() < ends_at:
            try:
                host = conversation.host_status()
                now = conversation.odometer()
            except SilentError:
                if is_same_line and self._answers_on_a_new_line():
                    raise ConnectionResetError("the printer has forgotten the line") from None
                quiet_polls, reason = 0, Trouble.SILENT.value
                continue
            reason = ", ".join(host.troubles) or "the printer was still busy"
            # On another line the unfinished format is the one that broke off, and nobody will finish it.
            is_quiet = host.is_idle and not host.troubles and not (host.partial_format and is_same_line)
            quiet_since = quiet_since if quiet_polls else time.monotonic()
            quiet_polls = quiet_polls + 1 if is_quiet else 0
            printed = None if before is None or now is None else now - before
            if printed == labels and host.is_idle:
                return Outcome(kind=OutcomeKind.PRINTED, labels_printed=printed, notices=host.notices)
            if quiet_polls >= QUIET_POLLS and time.monotonic() - quiet_since >= self.reply_timeout_s:
                return judge(printed=printed, labels=labels)
            time.sleep(self.poll_s)
        return Outcome(kind=OutcomeKind.UNKNOWN, reason=reason)

    def _answers_on_a_new_line(self) -> bool:
        """Tell whether a printer silent on a line is well and idle on another: what went down the old one is lost."""
        try:
            with self._connect() as another:
                host = another.host_status()
        except (OSError, PrinterError, GarbledError):
            return False
        return host.is_idle and not host.troubles and not host.partial_format


def judge(*, printed: int | None, labels: int) -> Outcome:
    """Say what a printer that came to rest without the right count has done."""
    if printed is None:
        return Outcome(kind=OutcomeKind.UNKNOWN, reason="the printer keeps no count of its labels")
    if printed == 0:
        return Outcome(kind=OutcomeKind.NOT_PRINTED, reason="the printer took it and printed nothing", labels_printed=0)
    return Outcome(
        kind=OutcomeKind.UNKNOWN, reason=f"the printer counted {printed} labels, not {labels}", labels_printed=printed
    )


def labels_waiting(host: HostStatus) -> int:
    """Return how many labels wait at least: each waiting format has one, a running batch says its own count."""
    return max(host.formats_waiting, host.labels_remaining)


def reason_of(error: Exception) -> str:
    """Return the short reason an error carries, else its text."""
    if isinstance(error, (UnreachableError, NotFreeError)):
        return error.reason
    if isinstance(error, SilentError):
        return Trouble.SILENT.value
    return str(error)
