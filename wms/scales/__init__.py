"""Scales behind one door: `open_scale(url)` by what the address says, and the protocol that every driver keeps."""

from collections.abc import Callable
from urllib.parse import urlsplit

from wms.scales.base import BadAddressError, Scale
from wms.scales.network_scale import open_tcp, open_virtual
from wms.scales.serial_scale import open_serial

SCHEMES: dict[str, Callable[[str, float], Scale]] = {
    "serial": open_serial,
    "tcp": open_tcp,
    "virtual": open_virtual,
}
PATIENCE_S = 1.0


def open_scale(url: str, patience_s: float = PATIENCE_S) -> Scale:
    """Connect to the scale at `url`, which may take `patience_s` for each answer; BadAddressError, UnreachableError."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError as error:
        raise BadAddressError(url=url, reason="has brackets that do not pair") from error
    if scheme not in SCHEMES:
        raise BadAddressError(url=url, reason="has no scheme we know")
    return SCHEMES[scheme](url, patience_s)
