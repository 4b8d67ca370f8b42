"""One driver a URL scheme, behind one door."""

from collections.abc import Callable
from urllib.parse import urlsplit

from wms.scales.address import check
from wms.scales.base import Scale
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
    check(url)
    return SCHEMES[urlsplit(url).scheme](url, patience_s)
