"""A scale that speaks lines, over whatever wire: asked, or heard while it sends without being asked."""

import time
from dataclasses import dataclass
from typing import Protocol

from wms.scales.base import LostError, OutOfRangeError, Reading, SilentError, UnreadableError
from wms.scales.formats import LineFormat, OutOfRange

_LONGEST_LINE = 200


class Wire(Protocol):
    """An open line; its methods raise OSError when it breaks."""

    def write(self, data: bytes) -> None:
        """Send bytes."""
        ...

    def read(self, timeout_s: float) -> bytes:
        """Return what has come, waiting at most so long for its first byte; b"" where nothing came."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class LineScale:
    """A scale on an open wire; it may take `patience_s` for an answer."""

    url: str
    wire: Wire
    form: LineFormat
    patience_s: float

    def read(self) -> Reading:
        """Ask for the weight as it is now: what came before the question is thrown away, for it is of the past."""
        try:
            while self.wire.read(0):
                continue
            return self._ask()
        except OSError as error:
            raise LostError(url=self.url, reason=error.strerror or str(error)) from error
        except OutOfRange as error:
            raise OutOfRangeError(url=self.url) from error

    def close(self) -> None:
        """Hang up."""
        self.wire.close()

    def _ask(self) -> Reading:
        ends_s = time.monotonic() + self.patience_s
        came, last = b"", ""
        self.wire.write(self.form.ask)
        while (left_s := ends_s - time.monotonic()) > 0:
            came += self.wire.read(left_s)
            *lines, came = came.split(self.form.end)
            for line in lines:
                last = line.decode("ascii", "replace")
                reading = self.form.read(last)
                if reading is not None:
                    return reading
            if lines:  # it was busy, or we came into the middle of a line
                self.wire.write(self.form.ask)
            came = came[-_LONGEST_LINE:]
        last = last or came.decode("ascii", "replace")
        raise UnreadableError(url=self.url, line=last) if last else SilentError(url=self.url)
