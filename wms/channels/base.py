"""What a channel gives: neutral orders with the rows they were read from, and what is wrong with those rows."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class ChannelError(Exception):
    """A channel cannot be read at all; the sentence says what to do. `permanent`: trying again will not help."""

    def __init__(self, sentence: str, *, permanent: bool = True) -> None:
        super().__init__(sentence)
        self.permanent = permanent


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    """One record of a file: its cells as they stand there and the physical line where it begins (the first is 1)."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with the record that begins on a line, as a phrase for a person."""

    line: int
    reason: str


class Payment(StrEnum):
    """Whether the shop has its money. UNSETTLED puts an order on hold, RETURNED cancels it."""

    SETTLED = "settled"
    UNSETTLED = "unsettled"
    RETURNED = "returned"


@dataclass(frozen=True, kw_only=True, slots=True)
class ShipTo:
    """Where an order goes; each field is one line of text, `country` ISO 3166-1 alpha-2 or ''."""

    name: str = ""
    company: str = ""
    street1: str = ""
    street2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    phone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingLine:
    """One line: `quantity` was bought, `to_pick` of it is owed by the warehouse. `line` is where its record begins."""

    line: int
    sku: str
    name: str
    quantity: int
    to_pick: int
    price_cents: int
    ships: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingOrder:
    """An order as its channel tells it now. Money is in minor units of `currency`; the moment is aware.

    `external_id` never changes in its channel; `financial` is the channel's own word, for people; `risky` says
    that the channel fears fraud; `accepts_substitutes` that the customer takes another product than a missing one.
    """

    external_id: str
    number: str
    placed_at: dt.datetime
    payment: Payment
    financial: str = ""
    cancelled: bool = False
    risky: bool = False
    accepts_substitutes: bool = False
    currency: str = ""
    total_cents: int = 0
    shipping_method: str = ""
    email: str = ""
    note: str = ""
    gift_note: str = ""
    ship_to: ShipTo = field(default_factory=ShipTo)
    lines: tuple[IncomingLine, ...]

    @property
    def nothing_to_pick(self) -> bool:
        """Tell whether no line of it is owed by the warehouse: all shipped by others, or nothing that ships."""
        return not any(line.to_pick for line in self.lines)

    @property
    def ends(self) -> bool:
        """Tell whether the warehouse has nothing (more) to do for it."""
        return self.cancelled or self.nothing_to_pick

    @property
    def digest(self) -> str:
        """SHA-256 of what is shipped and where to: it changes when, and only when, the floor's work would."""
        wanted = [(line.sku, line.quantity, line.to_pick) for line in self.lines]
        to = self.ship_to
        address = (to.name, to.company, to.street1, to.street2, to.city, to.state, to.zip, to.country, to.phone)
        # An order that says neither keeps the digest it always had.
        said = [*(["substitutes"] * self.accepts_substitutes), *([self.gift_note] if self.gift_note else [])]
        told = json.dumps([wanted, address, self.shipping_method, *said])
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One order's records, and either the order they make or the faults that leave it out whole."""

    name: str
    records: tuple[Record, ...]
    order: IncomingOrder | None
    faults: tuple[Fault, ...] = ()


class Channel(Protocol):
    """A source of orders that can be read from its beginning as often as one likes."""

    @property
    def name(self) -> str:
        """What orders of this channel carry as their `channel`."""
        ...

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the records' cells."""
        ...

    def count(self) -> int:
        """Return how many readings there will be; ChannelError where the source is none of this channel's."""
        ...

    def readings(self) -> Iterator[Reading]:
        """Yield the orders one by one, holding no more of the source in memory than it must."""
        ...
