"""One TCP connection to a Zebra: write ZPL, ask questions, read answers that come in any number of pieces."""

import socket
import struct
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from printers.errors import SilentError, UnreachableError
from printers.status import HostStatus, is_whole_host_status, is_whole_setting, parse_both, parse_setting

# In this order: once ~HS is answered, a printer that has not answered ~HQES does not know it, and nobody waits for it.
HOST_QUERY_AND_STATUS = b"~HQES~HS"
# The SGD commands of Zebra's Link-OS guide end with a line end.
ODOMETER = b'! U1 getvar "odometer.total_label_count"\r\n'
CHUNK_BYTES = 4096


class Conversation:
    """A connection that knows how to ask; every method raises OSError when the line breaks."""

    def __init__(self, *, url: str, host: str, port: int, reply_timeout_s: float) -> None:
        """Connect; raises UnreachableError."""
        self.url = url
        self.reply_timeout_s = reply_timeout_s
        try:
            self._socket = socket.create_connection((host, port), timeout=reply_timeout_s)
        except OSError as error:
            raise UnreachableError(url=url, reason=error.strerror or str(error)) from error

    def __enter__(self) -> Self:
        """Return the conversation itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hang up; after an error what is still under way is thrown away, so that it cannot come out later."""
        if error is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def write(self, zpl: bytes, *, timeout_s: float) -> None:
        """Write all bytes; that they left says nothing about paper."""
        self._socket.settimeout(max(timeout_s, 0.001))
        self._socket.sendall(zpl)

    def host_status(self) -> HostStatus:
        """Ask ~HQES and ~HS; raises SilentError, GarbledError."""
        return parse_both(self._ask(HOST_QUERY_AND_STATUS, is_whole=is_whole_host_status, answers=2))

    def odometer(self) -> int | None:
        """Ask how many labels the printer has printed in its life, None where it does not know; raises SilentError."""
        return parse_setting(self._ask(ODOMETER, is_whole=is_whole_setting))

    def _ask(self, question: bytes, *, is_whole: Callable[[bytes], bool], answers: int = 1) -> bytes:
        """Return the answer to `question`, dropping whatever came late from an earlier one.

        Of several `answers` each may take its time, but a printer that says nothing at all is silent after one.
        """
        self._drop_late_answers()
        ends_at = time.monotonic() + answers * self.reply_timeout_s
        self.write(question, timeout_s=self.reply_timeout_s)
        reply = b""
        while not is_whole(reply):
            self._socket.settimeout(max(min(ends_at - time.monotonic(), self.reply_timeout_s), 0.001))
            try:
                piece = self._socket.recv(CHUNK_BYTES)
            except TimeoutError as error:
                raise SilentError(url=self.url, question=question.decode("ascii").strip()) from error
            if not piece:
                raise ConnectionResetError("the printer hung up")
            reply += piece
        return reply

    def _drop_late_answers(self) -> None:
        """Empty what has already arrived."""
        self._socket.setblocking(False)
        try:
            while self._socket.recv(CHUNK_BYTES):
                continue
        except BlockingIOError:
            return
        raise ConnectionResetError("the printer hung up")
