"""What a scale's address says behind the question mark: the line format, and how a serial line is set."""

from urllib.parse import SplitResult, parse_qs, urlsplit

from wms.scales.base import BadAddressError
from wms.scales.formats import FORMATS, LineFormat


def parts_of(url: str) -> tuple[SplitResult, dict[str, str]]:
    """Return an address's parts and what stands behind the question mark; BadAddressError."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise BadAddressError(url=url, reason="has no port we can read") from error
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
