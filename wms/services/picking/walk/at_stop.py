"""What a picker has before them at a stop of a walk: the line, what it is dealt out to, and the cart's slots."""

import datetime as dt
from dataclasses import dataclass

from wms.domain.codes import Code
from wms.domain.floor import Profile
from wms.domain.picking import Method, Proof, TaskStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class Dealt:
    """A further line of a walk whose units are taken together with the first line's, and dealt out after it."""

    task_id: int
    order_id: int
    units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """Where a walk stands: its first line still open, with all that a screen or a verdict needs of it.

    `dealt` are the further lines that the same units are taken for at once, in the sequence of their totes.
    `codes` are the product's barcodes with the units each counts. `wanted` are the units set aside: what was asked, or
    what the shelf really had. `found` is set while or after less was found than asked: while it is being said, of all
    that is taken at once. `at_location` says that the
    location was proved by a scan. `unbound` counts orders still without a tote. `is_dear`: by its price each
    unit is scanned. `asks_empty`: the zone asks about
    shelves that should be empty; `asked_empty_id` is the one asked about now. `replaces` is the SKU that the line's
    product stands in for, '' for none. `today` is the warehouse's date, which use-by dates are held against.
    """

    batch_id: int
    batch: str
    cart: str
    cart_code: str
    device: str
    task_id: int
    order_id: int
    status: TaskStatus
    quantity: int
    wanted: int
    found: int | None
    short_reason: str
    short_confirmed: bool
    in_hand: int
    location_id: int
    location: str
    location_code: str
    check: str
    at_location: bool
    standing_id: int | None
    standing_proof: Proof
    put_tote_id: int | None
    profile: Profile
    counts_each: bool
    totes: int
    lot: str
    lot_proved: bool
    expiry: dt.date | None
    serial: str
    unserialled: int
    skip_asked: bool
    product_id: int
    sku: str
    product: str
    codes: tuple[tuple[str, int], ...]
    tote_id: int | None
    tote: str
    slot: int
    method: Method
    done: int
    total: int
    unbound: int
    previous: str
    next: str
    due: str
    today: dt.date
    asks_empty: bool = False
    is_dear: bool = False
    asked_empty_id: int | None = None
    replaces: str = ""
    dealt: tuple[Dealt, ...] = ()

    @property
    def left(self) -> int:
        """Units still to scan for this line."""
        return self.wanted - self.in_hand

    @property
    def to_take(self) -> int:
        """Units still to take from the shelf: this line's and those that are dealt out after it."""
        return self.left + sum(line.units for line in self.dealt)

    @property
    def asked(self) -> int:
        """Units wanted here in all, in hand or still to take."""
        return self.in_hand + self.to_take

    @property
    def about(self) -> str:
        """The line as the inbox says it."""
        return f"{self.quantity} x {self.sku} {self.product}"

    @property
    def counts_units(self) -> bool:
        """Each unit is scanned; else one scan takes all that are left."""
        return self.counts_each or self.is_dear or self.has_serials

    @property
    def has_serials(self) -> bool:
        """Each unit's serial number is scanned."""
        return self.unserialled >= 0

    @property
    def is_begun(self) -> bool:
        """Units of the line are in hand, or something is being said of it."""
        return self.in_hand > 0 or self.is_shorting or self.skip_asked

    @property
    def is_shorting(self) -> bool:
        """The picker said that units are missing and has not confirmed it at the shelf."""
        return self.found is not None and not self.short_confirmed

    def is_its_sku(self, code: Code) -> bool:
        """Tell whether a text is the SKU of the product, whatever else it reads like."""
        return code.raw == self.sku.upper()

    @property
    def tail(self) -> str:
        """The last digits of the barcode, as printed under it; '' without one."""
        each = [code for code, units in self.codes if units == 1 and code != self.sku.upper()]
        return each[0][-4:] if each else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A place on the cart with its tote's code ('' while none is bound); `here` is the one meant now."""

    number: int
    code: str
    here: bool = False
