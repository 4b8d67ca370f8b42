"""The picking screens, one frozen dataclass each; most show the stop of a walk."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from wms.domain.codes import Code
from wms.services.picking.walk.at_stop import Slot, Stop
from wms.services.scans.screens import Screen


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """What waits to be picked: batches and orders, and the first cutoff as a local time ('' for none).

    `half_done` names the carts of walks that were given back: each goes on by its own cart's scan. Where there is no
    walk, `next_orders` are those that the next wave may take, and `next_due` their first cutoff.
    """

    batches: int
    orders: int
    due: str
    half_done: tuple[str, ...] = ()
    next_orders: int = 0
    next_due: str = ""


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
    """No walk on this device: what waits, what is to be sorted, and the worker's own units of today.

    `right` is how many per cent of them were right ('' before the first).
    """

    token: str = "home"  # noqa: S105 - a task's token, no secret
    wants: str = "cart"
    worker: str
    waiting: Waiting
    to_sort: tuple[ToSort, ...]
    units_today: int
    right: str


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
    """Bind a tote to each slot of the cart; `sharing` orders share the one asked for (0: it is one order's).

    `missing_of`: the order whose missing units came to a walk under way, and are taken next ('' for none).
    """

    wants: str = "tote"
    batch_id: int
    slot: int
    slots: tuple[Slot, ...]
    bound: int
    sharing: int = 0
    missing_of: str = ""


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
    """Put the units in hand into the order's tote and scan it: `units`, of all orders in hand that share the tote."""

    wants: str = "tote"
    slots: tuple[Slot, ...]
    units: int


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


@dataclass(frozen=True, kw_only=True)
class WhichSerials(PickingScreen):
    """Not all units of a pick are in a tote: scan the serial numbers that are, for the other one is picked again."""

    wants: str = "serial"
    tote: str
    seen: int
    units: int
    product: str
    sku: str

    def may_want(self, code: Code) -> bool:  # noqa: ARG002 - all are
        """Any text may be a serial number."""
        return True


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
class ScanDamaged(PickingScreen):
    """A unit of a tote at the put wall is damaged, as its sorter says: scan which."""

    wants: str = "item"
    left: int


@dataclass(frozen=True, kw_only=True)
class PutInSlot(PickingScreen):
    """Put the units in hand into their order's place at the wall (`wall_slot` '' while all are taken).

    With them, `sorted_units` of the order's `order_units` that were brought here are in its place.
    """

    wants: str = "tote"
    left: int
    wall_slot: str
    units: int
    sorted_units: int
    order_units: int
    product: str
    sku: str
