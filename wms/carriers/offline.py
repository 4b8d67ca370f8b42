"""The embedded default carrier: prices from a table, a real 4x6 label, and no postage; needs no network and no disk."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from wms.carriers.address_forms import check_form
from wms.carriers.base import (
    Address,
    AddressCheck,
    InTransit,
    Keep,
    Label,
    ManifestOutcome,
    ManifestRequest,
    ManifestStatus,
    Parcel,
    Prepared,
    Rate,
    RefusedError,
    ShipmentRequest,
    Track,
    TrackEvent,
    TrackStatus,
    VoidOutcome,
    VoidStatus,
    keep_nothing,
)
from wms.carriers.dimensional import billed_weight_g
from wms.carriers.offline_label import draw

NAME = "offline"
# Digits only, in an even number: Code 128 then holds two in a symbol and the bars can be wide. GS1 gives 05 no meaning,
# carriers known to us begin otherwise, and 24 digits are no product's code.
TRACKING_PREFIX = "05"
# 21 digits of a hash: two of a hundred million references share a number with a chance below one in 100,000.
TRACKING_DIGITS = 21
SIMULATED_WAY = dt.timedelta(days=1)
_SIMULATED = (
    (TrackStatus.IN_TRANSIT, "on its way", dt.timedelta(0)),
    (TrackStatus.DELIVERED, "delivered", SIMULATED_WAY),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tariff:
    """What a service would cost: a base price and one for each kilogram begun, in hundredths of the currency.

    `divisor` and `above_in3` say when a large light box counts as heavier (wms/carriers/dimensional.py).
    """

    service: str
    title: str
    days: int
    base_cents: int
    kg_cents: int
    divisor: int = 0
    above_in3: int = 0

    def price_cents(self, parcel: Parcel) -> int:
        """Return the price of a parcel."""
        weight_g = billed_weight_g(parcel, divisor=self.divisor, above_in3=self.above_in3)
        return self.base_cents + -(-weight_g // 1000) * self.kg_cents


def _usps(service: str, title: str, days: int, base_cents: int, kg_cents: int) -> Tariff:
    return Tariff(
        service=service, title=title, days=days, base_cents=base_cents, kg_cents=kg_cents, divisor=166, above_in3=1728
    )


def _by_size(service: str, title: str, days: int, base_cents: int, kg_cents: int) -> Tariff:
    return Tariff(service=service, title=title, days=days, base_cents=base_cents, kg_cents=kg_cents, divisor=139)


# Three services of our own, and the codes Shippo sells under, so that a warehouse's table of services can be tried
# before a key is there. Prices are made up: the right order of size, good for choosing between services, not for bills.
TARIFFS = (
    Tariff(service="economy", title="Economy", days=6, base_cents=390, kg_cents=90),
    Tariff(service="standard", title="Standard", days=4, base_cents=550, kg_cents=110),
    Tariff(service="express", title="Express", days=1, base_cents=1690, kg_cents=350),
    _usps("usps_ground_advantage", "Ground Advantage", 5, 490, 150),
    _usps("usps_priority", "Priority", 3, 790, 210),
    _usps("usps_priority_express", "Priority Express", 1, 2690, 480),
    _by_size("ups_ground", "Ground", 4, 890, 120),
    _by_size("ups_3_day_select", "3 Day Select", 3, 1390, 260),
    _by_size("ups_second_day_air", "2nd Day Air", 2, 1890, 340),
    _by_size("ups_next_day_air_saver", "Next Day Saver", 1, 2890, 520),
    _by_size("ups_next_day_air", "Next Day Air", 1, 3190, 560),
    _by_size("fedex_ground", "Ground", 4, 910, 120),
    _by_size("fedex_home_delivery", "Home Delivery", 4, 930, 130),
    _by_size("fedex_2_day", "2 Day", 2, 1850, 350),
    _by_size("fedex_standard_overnight", "Overnight", 1, 2990, 540),
    _by_size("dhl_express_worldwide", "Express Worldwide", 3, 3490, 900),
)


def gs1_check_digit(digits: str) -> str:
    """Return the GS1 mod 10 check digit of a run of digits (GS1 General Specifications, section 7.9)."""
    weighted = sum(int(digit) * (3, 1)[at % 2] for at, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


def tracking_number(reference: str) -> str:
    """Return the one tracking number of a reference: `05`, 21 digits out of its SHA-256, a GS1 check digit."""
    number = int.from_bytes(hashlib.sha256(reference.encode("utf-8", "surrogatepass")).digest())
    digits = f"{TRACKING_PREFIX}{number % 10**TRACKING_DIGITS:0{TRACKING_DIGITS}d}"
    return digits + gs1_check_digit(digits)


def is_tracking_number(text: str) -> bool:
    """Tell whether a text has the form and the check digit of our tracking numbers."""
    is_long_enough = len(text) == len(TRACKING_PREFIX) + TRACKING_DIGITS + 1
    is_ours = is_long_enough and text.startswith(TRACKING_PREFIX) and text.isascii() and text.isdigit()
    return is_ours and text[-1] == gs1_check_digit(text[:-1])


class OfflineCarrier:
    """Sells nothing and labels everything: the same reference always gives the same label, whoever asks."""

    name = NAME
    charged = False
    settle_s = 0.0

    def __init__(self, *, tariffs: Sequence[Tariff] = TARIFFS, currency: str = "USD") -> None:
        """Take a table of tariffs, one a service, and the currency they count in."""
        self._tariffs = {tariff.service: tariff for tariff in tariffs}
        self._currency = currency

    def rates(self, request: ShipmentRequest) -> list[Rate]:
        """Return the whole table for the parcel's weight, cheapest first."""
        rates = [self._rate(tariff, request) for tariff in self._tariffs.values()]
        return sorted(rates, key=lambda rate: (rate.amount_cents, rate.service))

    def check_address(self, address: Address) -> AddressCheck:
        """Return whether the address has the form of its country: nobody here knows whether the place exists."""
        return check_form(address)

    def prepare(self, request: ShipmentRequest) -> Prepared:
        """Return the request with the table's price; RefusedError names the services there are."""
        return Prepared(request=request, rate=self._rate(self._tariff(request.service), request))

    def buy(self, prepared: Prepared, keep: Keep = keep_nothing) -> Label:  # noqa: ARG002 - nothing is asked
        """Return the label; it costs nothing, whatever the table's price."""
        request = prepared.request
        number = tracking_number(request.reference)
        tariff = self._tariff(request.service)
        return Label(
            carrier=self.name,
            service=request.service,
            tracking_number=number,
            zpl=draw(request, title=tariff.title, tracking_number=number),
            amount_cents=0,
            currency=prepared.rate.currency,
            barcodes=(number,),
            charged=False,
            external_id=number,
        )

    def find(self, prepared: Prepared) -> Label | None:
        """Return the label: it follows from the reference, so none can be lost."""
        return self.buy(prepared)

    def void(self, external_id: str) -> VoidOutcome:
        """Void at once, since nothing was paid; RefusedError for a number that is not ours."""
        if not is_tracking_number(external_id):
            raise RefusedError(f"{external_id} is no label of the offline carrier.", carrier=self.name)
        return VoidOutcome(status=VoidStatus.VOIDED)

    def find_refund(self, external_id: str, refund_id: str = "") -> VoidOutcome:  # noqa: ARG002 - nothing is asked
        """Return that it is void: a void is done at once."""
        return self.void(external_id)

    def track(self, box: InTransit, keep: Keep = keep_nothing) -> Track:  # noqa: ARG002 - nothing is asked
        """Return a way that nobody travelled, marked as simulated: on the road at hand-over, delivered a day later."""
        way = [
            TrackEvent(at=box.handed_over_at + after, status=status, details=f"Simulated: {words}")
            for status, words, after in _SIMULATED
            if box.handed_over_at is not None and box.handed_over_at + after <= box.asked_at
        ]
        return Track(
            tracking_number=box.tracking_number, external_id=box.external_id, events=tuple(way), simulated=True
        )

    def manifest(self, request: ManifestRequest, keep: Keep = keep_nothing) -> ManifestOutcome:  # noqa: ARG002 - nothing is asked
        """Return that it is made, at once: whoever prints it prints a plain list."""
        digest = hashlib.sha256(" ".join(sorted(request.labels)).encode()).hexdigest()
        return ManifestOutcome(status=ManifestStatus.MADE, external_id=f"{self.name}-{digest[:16]}")

    def find_manifest(self, request: ManifestRequest, external_id: str = "") -> ManifestOutcome | None:  # noqa: ARG002 - it follows from the labels
        """Return the manifest: it follows from its labels, so none can be lost."""
        return self.manifest(request)

    def _tariff(self, service: str) -> Tariff:
        try:
            return self._tariffs[service]
        except KeyError:
            raise RefusedError(
                f"The offline carrier has no service {service!r}: use one of {', '.join(self._tariffs)}.",
                carrier=self.name,
            ) from None

    def _rate(self, tariff: Tariff, request: ShipmentRequest) -> Rate:
        return Rate(
            carrier=self.name,
            service=tariff.service,
            amount_cents=tariff.price_cents(request.parcel),
            currency=self._currency,
            days=tariff.days,
            rate_id=f"{self.name}-{tariff.service}",
        )
