"""The picking screens, one frozen dataclass each, and the stop of the walk that most of them show."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from wms.domain.codes import Code
from wms.domain.floor import Profile
from wms.domain.picking import Method, Proof, TaskStatus
from wms.services.screens import Screen


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
    that is taken at once. `at_shelf` says that the
    location was proved by a scan. `unbound` counts orders still without a tote. `asks_empty`: the zone asks about
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
    at_shelf: bool
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
        return self.counts_each or self.has_serials

    @property
    def has_serials(self) -> bool:
        """Each unit's serial number is scanned."""
        return self.unserialled >= 0

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


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """What waits to be picked: batches and orders, and the first cutoff as a local time ('' for none).

    `half_done` names the carts of walks that were given back: each goes on by its own cart's scan.
    """

    batches: int
    orders: int
    due: str
    half_done: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PickingScreen(Screen):
    """Base of the picking screens."""

    station: ClassVar[str] = "picking"


@dataclass(frozen=True, kw_only=True, slots=True)
class ToSort:
    """A shared tote that waits for the put wall, and the lane where it stands."""

    code: str
    lane: str


@dataclass(frozen=True, kw_only=True)
class Home(PickingScreen):
    """No walk on this device: what waits, what is to be sorted, and the worker's own units of today."""

    token: str = "home"  # noqa: S105 - a task's token, no secret
    wants: str = "cart"
    worker: str
    waiting: Waiting
    to_sort: tuple[ToSort, ...]
    units_today: int


@dataclass(frozen=True, kw_only=True)
class Moved(PickingScreen):
    """The walk of this device goes on elsewhere."""

    wants: str = "done"
    batch_id: int
    batch: str
    device: str


@dataclass(frozen=True, kw_only=True)
class TakeOver(PickingScreen):
    """The cart scanned is another's: the walk moves here by YES."""

    wants: str = "answer"
    batch_id: int
    batch: str
    worker: str
    device: str


@dataclass(frozen=True, kw_only=True)
class BuildCart(PickingScreen):
    """Bind a tote to each slot of the cart; `sharing` orders share the one asked for (0: it is one order's)."""

    wants: str = "tote"
    batch_id: int
    slot: int
    slots: tuple[Slot, ...]
    bound: int
    sharing: int = 0


@dataclass(frozen=True, kw_only=True)
class TaskScreen(PickingScreen):
    """Base of the screens of one line."""

    stop: Stop

    @property
    def place(self) -> str:
        """The line's location."""
        return self.stop.location

    @property
    def order_id(self) -> int:
        """The line's order."""
        return self.stop.order_id

    @property
    def about(self) -> str:
        """The line."""
        return self.stop.about

    def may_want(self, code: Code) -> bool:
        """Tell whether a text is the SKU: that may be any."""
        return self.stop.is_its_sku(code)


@dataclass(frozen=True, kw_only=True)
class GoTo(TaskScreen):
    """Walk to a location and scan it; `by_item`: its item may be scanned at once, which proves both."""

    wants: str = "location"
    by_item: bool = False


@dataclass(frozen=True, kw_only=True)
class ScanItem(TaskScreen):
    """Take units and scan each."""

    wants: str = "item"


@dataclass(frozen=True, kw_only=True)
class SkipWhy(TaskScreen):
    """The line was skipped before, and is to be skipped again: ask why."""

    wants: str = "reason"


@dataclass(frozen=True, kw_only=True)
class PutInTote(TaskScreen):
    """Put the units in hand into the order's tote and scan it."""

    wants: str = "tote"
    slots: tuple[Slot, ...]


@dataclass(frozen=True, kw_only=True)
class ScanLot(TaskScreen):
    """Prove that the units in hand are of the lot set aside, or choose another open one."""

    wants: str = "lot"

    def may_want(self, code: Code) -> bool:  # noqa: ARG002 - all are
        """Any text may be a lot's."""
        return True


@dataclass(frozen=True, kw_only=True)
class ScanSerial(TaskScreen):
    """Scan the serial number of the unit just taken."""

    wants: str = "serial"

    def may_want(self, code: Code) -> bool:  # noqa: ARG002 - all are
        """Any text may be a serial number."""
        return True


@dataclass(frozen=True, kw_only=True)
class Short(TaskScreen):
    """Less is there than asked: how many, why, and the shelf's scan to confirm."""

    wants: str = "location"


@dataclass(frozen=True, kw_only=True)
class PutBack(TaskScreen):
    """The order was cancelled with units in hand: put them back and scan the shelf."""

    wants: str = "location"


@dataclass(frozen=True, kw_only=True)
class ZeroCheck(PickingScreen):
    """By the books a location is empty now: ask whether it is."""

    wants: str = "answer"
    batch_id: int
    location_id: int
    location: str

    @property
    def place(self) -> str:
        """The location asked about."""
        return self.location


@dataclass(frozen=True, kw_only=True)
class BrokenTote(PickingScreen):
    """A tote is broken: scan it (`tote` '' until then), then a free one for what is in it.

    It is on the walk's cart or (`batch_id` None) sorted at the put wall.
    """

    wants: str = "tote"
    batch_id: int | None
    tote: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, kw_only=True)
class WrongItem(PickingScreen):
    """A wrong item lies in a tote: scan the tote (`tote` '' until then), then the item."""

    tote: str
    slots: tuple[Slot, ...]


@dataclass(frozen=True, kw_only=True)
class IsItThere(PickingScreen):
    """A wrong item came out of a tote: ask whether a pick's units are in it, since one may lie on its shelf still."""

    wants: str = "answer"
    tote: str
    units: int
    product: str
    sku: str


class Turn(StrEnum):
    """Which totes go down now: to wait for a person, to meet the other parts of their orders, or to be packed."""

    HOLD = "hold"
    MEET = "meet"
    PACK = "pack"


@dataclass(frozen=True, kw_only=True)
class DropCart(PickingScreen):
    """All picked: put totes down in a lane. Short and cancelled orders' totes have the first turn, parts the second.

    `alone` is the tote that goes down before the others, '' where all whose turn it is go together.
    """

    wants: str = "lane"
    batch_id: int
    cart_code: str
    turn: Turn
    alone: str
    totes: tuple[Slot, ...]
    lanes: tuple[str, ...]
    lines: int
    units: int
    shorts: int


@dataclass(frozen=True, kw_only=True)
class SortItem(PickingScreen):
    """Sort a tote at the put wall: scan one of its `left` units."""

    wants: str = "item"
    left: int


@dataclass(frozen=True, kw_only=True)
class IsToteEmpty(PickingScreen):
    """Nothing is left in a tote at the put wall, as its sorter says: the tote's own scan confirms it."""

    wants: str = "tote"
    left: int
    tote: str


@dataclass(frozen=True, kw_only=True)
class PutInSlot(PickingScreen):
    """Put the units in hand into their order's place at the wall (`wall_slot` '' while all are taken)."""

    wants: str = "tote"
    left: int
    wall_slot: str
    units: int
    product: str
    sku: str
