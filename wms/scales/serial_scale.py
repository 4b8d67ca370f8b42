"""A scale on a serial port, or on USB where it calls itself one."""

import serial

from wms.scales.address import format_of, parts_of, serial_line
from wms.scales.base import UnreachableError
from wms.scales.line_scale import LineScale


class _Port:
    def __init__(self, port: serial.Serial) -> None:
        self._port = port

    def write(self, data: bytes) -> None:
        _ = self._port.write(data)

    def read(self, timeout_s: float) -> bytes:
        self._port.timeout = timeout_s
        came = self._port.read(1)
        return came + self._port.read(self._port.in_waiting) if came else b""

    def close(self) -> None:
        self._port.close()


def open_serial(url: str, patience_s: float) -> LineScale:
    """Open a serial port, which is this process's alone meanwhile; BadAddressError, UnreachableError."""
    line = serial_line(url)
    form = format_of(url, parts_of(url)[1])
    try:
        port = serial.serial_for_url(
            line.port,
            baudrate=line.baud,
            bytesize=line.byte_bits,
            parity=line.parity,
            stopbits=line.stop_bits,
            timeout=patience_s,
            write_timeout=patience_s,
            exclusive=True,
        )
    except (OSError, ValueError) as error:  # serial's own error is an OSError
        raise UnreachableError(url=url, reason=str(error)) from error
    return LineScale(url=url, wire=_Port(port), form=form, patience_s=patience_s)
