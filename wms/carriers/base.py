"""What a carrier is: the protocol, the facts that cross it, and its three kinds of failure.

Money is spent once. So buying takes three steps, and the caller commits what it knows between them:
`prepare` (free) -> store the Prepared -> `buy`, which hands over the raw answer before it reads it -> store the Label.
After an UnsettledError or a crash in the middle, `find` asks whether the stored Prepared was bought; nothing may be
bought again before it has answered None.
"""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Protocol, Self

from wms.carriers.customs import Customs, CustomsItem

# Shippo keeps at most 100 characters beside a label, and the reference is what we know our label by.
REFERENCE_LENGTH = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """A postal address; `country` is an ISO 3166-1 alpha-2 code, blank means unknown everywhere else."""

    name: str
    company: str = ""
    street1: str
    street2: str = ""
    city: str
    state: str = ""
    zip: str
    country: str
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """A sealed box: gross weight in grams and outer sizes in millimetres, all above zero."""

    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int

    def __post_init__(self) -> None:
        """Refuse a parcel without weight or size: no carrier prices it."""
        if min(self.weight_g, self.length_mm, self.width_mm, self.height_mm) <= 0:
            raise ValueError(f"A parcel needs a weight and three sizes above zero: {self}.")


@dataclass(frozen=True, kw_only=True, slots=True)
class ShipmentRequest:
    """One label wanted for one box.

    `reference` is the caller's key of this label intent, unique for ever and 1 to 100 characters long; `service` is
    a carrier's service code such as "usps_priority"; the box is number `box_number` of `box_count` of its order (0: how
    many there will be is not known yet). A return goes from the customer to us, and the addresses say so. `customs` is
    there for a box that crosses a customs border.
    """

    reference: str
    from_address: Address
    to_address: Address
    parcel: Parcel
    service: str
    order_number: str
    box_number: int = 1
    box_count: int = 1
    is_return: bool = False
    customs: Customs | None = None
    is_hazardous: bool = False

    def __post_init__(self) -> None:
        """Refuse a reference that could not be found again, and a box outside its order."""
        if not 0 < len(self.reference) <= REFERENCE_LENGTH:
            raise ValueError(f"A label's reference needs 1 to {REFERENCE_LENGTH} characters: {self.reference!r}.")
        if self.box_number < 1 or 0 < self.box_count < self.box_number:
            raise ValueError(f"Box {self.box_number} of {self.box_count} does not exist.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """A price for one service: hundredths of `currency`, days in transit where known, and the seller's own id.

    `account` is the seller's id of the account at the company that carries; a manifest is made for one.
    """

    carrier: str
    service: str
    amount_cents: int
    currency: str
    days: int | None
    rate_id: str
    account: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """A label that could be bought now: store `to_json()` before `buy`, it is all that `buy` and `find` need."""

    request: ShipmentRequest
    rate: Rate

    def to_json(self) -> str:
        """Return everything as one line of JSON, to be stored beside the label intent."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, stored: str) -> Self:
        """Return the Prepared that `to_json` wrote."""
        fields = json.loads(stored)
        request = fields["request"]
        request["from_address"] = Address(**request["from_address"])
        request["to_address"] = Address(**request["to_address"])
        request["parcel"] = Parcel(**request["parcel"])
        if customs := request.get("customs"):
            items = tuple(CustomsItem(**item) for item in customs["items"])
            request["customs"] = Customs(**{**customs, "items": items})
        return cls(request=ShipmentRequest(**request), rate=Rate(**fields["rate"]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """A bought label: ZPL for a 203 dpi printer, what it cost in hundredths of `currency`, and how it is known.

    `barcodes` are the texts a scanner may read from it, empty where only the printed picture knows them; `charged`
    says whether it costs money; `external_id` is what `void` asks for. `surplus` are the external ids of other
    standing purchases of the same Prepared, which nobody needs: void them.
    """

    carrier: str
    service: str
    tracking_number: str
    zpl: bytes
    amount_cents: int
    currency: str
    barcodes: tuple[str, ...]
    charged: bool
    external_id: str
    surplus: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class AddressCheck:
    """Whether a box can go to an address, why not, and how the address is written right, where that is told."""

    valid: bool
    suggestion: Address | None = None
    messages: tuple[str, ...] = ()


Keep = Callable[[str], None]
"""Stores what a carrier answered, as it came, before anybody reads it."""


def keep_nothing(_answer: str) -> None:
    """Let an answer go: for a carrier that takes no money."""


class VoidStatus(StrEnum):
    """How far a void came."""

    VOIDED = "voided"
    PENDING = "pending"  # accepted: the label must not be used, the money comes later
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class VoidOutcome:
    """What the carrier said to a void, with its own words where it refused; `refund_id` is what it calls the void."""

    status: VoidStatus
    reason: str = ""
    refund_id: str = ""


class TrackStatus(StrEnum):
    """What a carrier says of a box on its way."""

    UNKNOWN = "unknown"
    ANNOUNCED = "announced"  # a label exists, the carrier has not got the box
    IN_TRANSIT = "in transit"
    DELIVERED = "delivered"
    RETURNED = "returned"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackEvent:
    """One scan of a box by its carrier: when the carrier says it happened, in its own words, and where."""

    at: dt.datetime
    status: TrackStatus
    details: str = ""
    place: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Track:
    """A box's way so far, in any order; `external_id` is its purchase ('' where not told).

    `simulated` says that nobody carried anything: the events are made up from the hand-over.
    """

    tracking_number: str
    external_id: str = ""
    events: tuple[TrackEvent, ...] = ()
    simulated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class InTransit:
    """A box to be asked about; `provider` is the company that carries it, as its rate named it.

    `handed_over_at` is None for one on its way back: its customer hands it over.
    """

    tracking_number: str
    provider: str
    external_id: str
    handed_over_at: dt.datetime | None
    asked_at: dt.datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestRequest:
    """A manifest (a SCAN form) wanted for labels by their external ids, all of one account; store it before asking."""

    account: str
    from_address: Address
    asked_at: dt.datetime
    labels: tuple[str, ...]

    def to_json(self) -> str:
        """Return everything as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, default=dt.datetime.isoformat)

    @classmethod
    def from_json(cls, stored: str) -> Self:
        """Return the ManifestRequest that `to_json` wrote."""
        fields = json.loads(stored)
        return cls(
            account=fields["account"],
            from_address=Address(**fields["from_address"]),
            asked_at=dt.datetime.fromisoformat(fields["asked_at"]),
            labels=tuple(fields["labels"]),
        )


class ManifestStatus(StrEnum):
    """How far a manifest came."""

    MADE = "made"
    PENDING = "pending"  # accepted: ask again by its id
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A file to be printed."""

    content_type: str
    content: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestOutcome:
    """What became of a manifest; a carrier without documents leaves the printing of a list to us."""

    status: ManifestStatus
    external_id: str
    documents: tuple[Document, ...] = ()
    reason: str = ""


class CarrierError(Exception):
    """A carrier did not do as asked; `permanent` says whether asking the same again is pointless."""

    def __init__(self, sentence: str, *, carrier: str, permanent: bool) -> None:
        """Keep the sentence, the carrier's name and whether it is permanent."""
        super().__init__(sentence)
        self.carrier = carrier
        self.permanent = permanent


class RefusedError(CarrierError):
    """The carrier said no and nothing was bought; `reasons` are its own words."""

    def __init__(self, sentence: str, *, carrier: str, reasons: tuple[str, ...] = ()) -> None:
        """Keep the carrier's reasons."""
        super().__init__(sentence, carrier=carrier, permanent=True)
        self.reasons = reasons


class UnavailableError(CarrierError):
    """The carrier cannot be asked now and provably nothing was bought; try again after `retry_after_s`, if given."""

    def __init__(self, sentence: str, *, carrier: str, retry_after_s: float | None = None) -> None:
        """Keep the pause the carrier asked for, in seconds."""
        super().__init__(sentence, carrier=carrier, permanent=False)
        self.retry_after_s = retry_after_s


class UnsettledError(CarrierError):
    """Perhaps bought, perhaps not, or without a label one could use: never buy again, `find` it.

    The ids are given where the carrier told them: by `external_id` it can be voided. `surplus` are other purchases of
    the same that stand, as in Label; `retry_after_s` is the pause that the carrier asked for.
    """

    def __init__(
        self,
        sentence: str,
        *,
        carrier: str,
        external_id: str = "",
        tracking_number: str = "",
        surplus: tuple[str, ...] = (),
        retry_after_s: float | None = None,
    ) -> None:
        """Keep what is known of the purchase."""
        super().__init__(sentence, carrier=carrier, permanent=False)
        self.external_id = external_id
        self.tracking_number = tracking_number
        self.surplus = surplus
        self.retry_after_s = retry_after_s


class Carrier(Protocol):
    """Sells labels. Every method may raise RefusedError or UnavailableError.

    UnsettledError comes only from `buy` and `manifest`, which change something, and from the `find` of each.
    """

    @property
    def name(self) -> str:
        """The name it goes by in settings and errors."""
        ...

    @property
    def charged(self) -> bool:
        """Whether its labels cost money."""
        ...

    @property
    def settle_s(self) -> float:
        """Seconds after an ambiguous end of `buy` before a None of `find` proves that nothing was bought."""
        ...

    def rates(self, request: ShipmentRequest) -> list[Rate]:
        """Return what each service would cost, cheapest first; the request's own service does not matter."""
        ...

    def check_address(self, address: Address) -> AddressCheck:
        """Return whether a box can go to an address, as far as it can be told from here."""
        ...

    def prepare(self, request: ShipmentRequest) -> Prepared:
        """Return the request with the price of its service, free of charge; RefusedError where it is not sold."""
        ...

    def buy(self, prepared: Prepared, keep: Keep = keep_nothing) -> Label:
        """Buy exactly one label, at most once for each time it is called; `keep` gets the raw answer first."""
        ...

    def find(self, prepared: Prepared) -> Label | None:
        """Return the label if it stands bought, None if none stands, else raise UnsettledError: still not known.

        Of several that stand it is the first, and the others are its `surplus`.
        After None (and `settle_s`) buy the same Prepared again, not a new one: that keeps both purchases findable.
        """
        ...

    def void(self, external_id: str) -> VoidOutcome:
        """Give a label back by its external id; asking twice is safe."""
        ...

    def find_refund(self, external_id: str, refund_id: str = "") -> VoidOutcome:
        """Return how far a void that was PENDING has come since; REFUSED where the money does not come. Only looks."""
        ...

    def track(self, box: InTransit, keep: Keep = keep_nothing) -> Track:
        """Return a box's way as the carrier knows it; `keep` gets the raw answer first."""
        ...

    def manifest(self, request: ManifestRequest, keep: Keep = keep_nothing) -> ManifestOutcome:
        """Have one manifest made, at most once for each time it is called; `keep` gets the raw answer first."""
        ...

    def find_manifest(self, request: ManifestRequest, external_id: str = "") -> ManifestOutcome | None:
        """Return the manifest of that id, or the one that holds the request's labels; None if none does.

        Else raises UnsettledError: still not known. After None (and `settle_s`) the same request may be made again.
        """
        ...
