"""The one door to the carriers: a name or an address from the settings becomes a Carrier."""

import ipaddress
from urllib.parse import urlsplit

from wms.carriers.base import Carrier
from wms.carriers.offline import OfflineCarrier

SHIPPO_URL = "https://api.goshippo.com"
SHIPPO_AT = "shippo+"


class UnknownCarrierError(ValueError):
    """The settings name no carrier that exists or may be used; `name` is what they said."""

    def __init__(self, name: str, sentence: str) -> None:
        """Keep the name."""
        super().__init__(sentence)
        self.name = name


def open_carrier(
    name: str,
    *,
    shippo_key: str = "",
    connect_timeout_s: float = 5,
    read_timeout_s: float = 45,
    settle_s: float = 120,
    currency: str = "USD",
) -> Carrier:
    """Return the carrier called `offline`, `shippo`, or `shippo+https://HOST` for Shippo's API at another address.

    `settle_s`: Shippo has no idempotency keys, so a purchase whose answer was lost may be on its way for so long.
    `currency` is what the offline carrier's table counts in. Raises UnknownCarrierError for anything else, for
    Shippo without a key, and for a key that would travel unencrypted to another machine.
    """
    if name == "offline":
        return OfflineCarrier(currency=currency)
    url = SHIPPO_URL if name == "shippo" else name.removeprefix(SHIPPO_AT)
    if name != "shippo" and not name.startswith(SHIPPO_AT):
        raise UnknownCarrierError(
            name, f"There is no carrier {name!r}: use offline, shippo, or shippo+https://HOST for another address."
        )
    if not shippo_key.strip():
        raise UnknownCarrierError(name, "Shippo needs a key: make one at goshippo.com and put it into the settings.")
    if not _is_private(url):
        raise UnknownCarrierError(name, f"The Shippo key must not travel unencrypted to {url}: use https.")
    # 0.4 s and 39 MB that a warehouse without Shippo never needs.
    from wms.carriers.shippo import ShippoCarrier  # noqa: PLC0415

    return ShippoCarrier(
        key=shippo_key,
        server_url=url,
        connect_timeout_s=connect_timeout_s,
        read_timeout_s=read_timeout_s,
        settle_s=settle_s,
    )


def _is_private(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return True
    if parts.scheme != "http" or not parts.hostname:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False
