"""What a scale's address says: where it is, its line format, and how a serial line is set; nothing is opened here."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from wms.scales.base import BadAddressError
from wms.scales.formats import FORMATS, LineFormat


def parts_of(url: str) -> tuple[SplitResult, dict[str, str]]:
    """Return an address's parts and what stands behind the question mark; BadAddressError."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise BadAddressError(url=url, reason="cannot be read") from error
    return parts, {name: values[-1] for name, values in parse_qs(parts.query).items()}


def format_of(url: str, query: dict[str, str]) -> LineFormat:
    """Return the line format that an address names, SICS where it names none; BadAddressError."""
    name = query.get("format", "sics")
    if name not in FORMATS:
        raise BadAddressError(url=url, reason=f"names the format {name!r}, not {', '.join(FORMATS)}")
    return FORMATS[name]


def host_and_port(url: str, parts: SplitResult) -> tuple[str, int]:
    """Return where a network scale listens; BadAddressError."""
    if not parts.hostname or not parts.port:
        raise BadAddressError(url=url, reason="lacks a host and a port")
    return parts.hostname, parts.port


@dataclass(frozen=True, kw_only=True, slots=True)
class SerialLine:
    """A serial port by name, and how it is set: bits a byte, parity (N, E, O) and stop bits."""

    port: str
    baud: int
    byte_bits: int
    parity: str
    stop_bits: int


def serial_line(url: str) -> SerialLine:
    """Read `serial:///dev/ttyUSB0?baud=9600&bits=8N1`, or `serial:COM3` where ports are so called; BadAddressError."""
    parts, query = parts_of(url)
    if not parts.path or parts.netloc:
        raise BadAddressError(url=url, reason="names no port")
    baud, bits = query.get("baud", "9600"), query.get("bits", "8N1").upper()
    if not baud.isdecimal() or not re.fullmatch("[78][NEO][12]", bits):
        raise BadAddressError(url=url, reason="needs baud such as 9600 and bits such as 8N1 or 7E1")
    return SerialLine(port=parts.path, baud=int(baud), byte_bits=int(bits[0]), parity=bits[1], stop_bits=int(bits[2]))


def check(url: str) -> None:
    """Raise BadAddressError unless a driver can open the address, should something answer there."""
    parts, query = parts_of(url)
    if parts.scheme == "serial":
        _ = serial_line(url)
    elif parts.scheme in {"tcp", "virtual"}:
        _ = host_and_port(url, parts)
    else:
        raise BadAddressError(url=url, reason="has no scheme we know")
    _ = format_of(url, query)
