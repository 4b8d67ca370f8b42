"""A scale on the network: the same lines over TCP, by its own port or by a serial server it is plugged into."""

import select
import socket

from wms.scales.address import format_of, host_and_port, parts_of
from wms.scales.base import UnreachableError
from wms.scales.formats import FORMATS, LineFormat
from wms.scales.line_scale import LineScale

_CHUNK_BYTES = 1024


class _Socket:
    def __init__(self, line: socket.socket) -> None:
        self._line = line

    def write(self, data: bytes) -> None:
        self._line.sendall(data)

    def read(self, timeout_s: float) -> bytes:
        ready, _, _ = select.select([self._line], [], [], timeout_s)
        if not ready:
            return b""
        came = self._line.recv(_CHUNK_BYTES)
        if not came:
            raise ConnectionResetError("the scale hung up")
        return came

    def close(self) -> None:
        self._line.close()


def open_tcp(url: str, patience_s: float) -> LineScale:
    """Connect to `tcp://host:port?format=...`; BadAddressError, UnreachableError."""
    _, query = parts_of(url)
    return _connect(url, format_of(url, query), patience_s)


def open_virtual(url: str, patience_s: float) -> LineScale:
    """Connect to the simulated scale at `virtual://host:port`, which speaks SICS."""
    return _connect(url, FORMATS["sics"], patience_s)


def _connect(url: str, form: LineFormat, patience_s: float) -> LineScale:
    parts, _ = parts_of(url)
    try:
        line = socket.create_connection(host_and_port(url, parts), timeout=patience_s)
    except OSError as error:
        raise UnreachableError(url=url, reason=error.strerror or str(error)) from error
    return LineScale(url=url, wire=_Socket(line), form=form, patience_s=patience_s)
