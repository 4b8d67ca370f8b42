"""A scale on a serial port, or on USB where it calls itself one."""

import serial

from wms.scales.address import format_of, parts_of
from wms.scales.base import BadAddressError, UnreachableError
from wms.scales.line_scale import LineScale

_BITS_LENGTH = 3


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
    """Open `serial:///dev/ttyUSB0?format=sics&baud=9600&bits=8N1`; BadAddressError, UnreachableError.

    `serial:COM3?...` where ports have such names. The port is this process's alone while it is open.
    """
    parts, query = parts_of(url)
    if not parts.path or parts.netloc:
        raise BadAddressError(url=url, reason="names no port")
    bits = query.get("bits", "8N1").upper()
    baud = query.get("baud", "9600")
    if not baud.isdecimal() or len(bits) != _BITS_LENGTH or bits[0] not in "78" or bits[1] not in "NEO":
        raise BadAddressError(url=url, reason="needs baud such as 9600 and bits such as 8N1 or 7E1")
    form = format_of(url, query)
    try:
        port = serial.serial_for_url(
            parts.path,
            baudrate=int(baud),
            bytesize=int(bits[0]),
            parity=bits[1],
            stopbits=2 if bits[2] == "2" else 1,
            timeout=patience_s,
            write_timeout=patience_s,
            exclusive=True,
        )
    except (OSError, ValueError) as error:  # serial's own error is an OSError
        raise UnreachableError(url=url, reason=str(error)) from error
    return LineScale(url=url, wire=_Port(port), form=form, patience_s=patience_s)
