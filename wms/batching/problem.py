"""What is to be planned: the floor, the orders, the carts and the people."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from wms.batching.errors import InvalidProblemError
from wms.batching.layout import Layout, LocationId

OrderId: TypeAlias = Hashable

LARGEST = 10**12
"""No number of a problem is larger: as seconds it is thirty thousand years, and the compiled part still holds sums."""
FEWEST_IN_BULK = 3
"""Two orders in one tote save one place on the cart, about what taking them apart at packing costs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """So many units to take from one location; of what product matters for bulk picks only."""

    location: LocationId
    quantity: int
    product: Hashable | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One order: its lines, the room it takes on a cart, and when it must be picked.

    `due_s` counts from the start of the plan (None: no cutoff; negative: already missed). Of orders that cannot all be
    on time as few are late as can be, whatever their `priority` (0 or more). It weighs their delays (a second of one
    with priority 2 counts for three), and of batches with the same cutoff the one of highest priority starts first. It
    never makes a batch start before one with an earlier cutoff that can still be made.
    """

    id: OrderId
    lines: tuple[Line, ...]
    totes: int = 1
    volume_ml: int = 0
    weight_g: int = 0
    due_s: float | None = None
    priority: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Cart:
    """A shape of cart and what it carries; None means without limit. There are always enough carts of a shape."""

    name: str
    totes: int
    volume_ml: int | None = None
    weight_g: int | None = None
    lines: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Picker:
    """Somebody who can walk, from and until so many seconds after the start of the plan, in one zone or in any."""

    id: Hashable
    available_from_s: float = 0.0
    available_until_s: float | None = None
    zone: Hashable | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Speeds:
    """How long work takes: walking, each stop of each order, each unit, and setting a cart up for a batch."""

    metres_per_s: float = 1.2
    stop_s: float = 8.0
    unit_s: float = 2.0
    setup_s: float = 120.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """Everything a plan depends on.

    The first cart that holds a batch is the one it gets. Without pickers nothing is scheduled: batches have no times
    and no order counts as late. `frozen` are batches that stay together whatever they cost (their room is not checked).
    `earlier` are batches of an earlier plan: an order that leaves its batch costs `move_penalty_m` more.

    The last three fields change what walks as one order. With `bulk_per_tote`, up to so many orders of one tote, with
    one line of the same product at the same location, share a tote. With `may_divide_orders`, one that no cart holds
    walks in several trips. With `zones`, each location's zone, the goods of an order walk apart in each and meet at
    packing. Frozen orders are left as they are: a frozen batch that crosses zones is walked in the one of most lines.
    """

    layout: Layout
    orders: tuple[Order, ...]
    carts: tuple[Cart, ...]
    pickers: tuple[Picker, ...] = ()
    speeds: Speeds = field(default_factory=Speeds)
    frozen: tuple[tuple[OrderId, ...], ...] = ()
    earlier: tuple[tuple[OrderId, ...], ...] = ()
    move_penalty_m: float = 0.0
    bulk_per_tote: int | None = None
    may_divide_orders: bool = False
    zones: Mapping[LocationId, Hashable] | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be planned, naming the field."""
        _check_orders(self.orders)
        _check_carts(self.carts)
        _check_people(self.pickers, self.speeds)
        known = {order.id for order in self.orders}
        _check_batches("frozen", self.frozen, known)
        _check_batches("earlier", self.earlier, known)
        _check_size("move_penalty_m", self.move_penalty_m)
        is_too_few = self.bulk_per_tote is not None and self.bulk_per_tote < FEWEST_IN_BULK
        _refuse(is_too_few, "bulk_per_tote", f"must be {FEWEST_IN_BULK} or more, or None for no bulk picks")
        _check_zones(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Params:
    """How hard to try. The defaults suit any problem: what depends on its size is worked out from it."""

    chunk_orders: int = 500
    """Orders compared with one another at a time: construction time grows with its square."""

    def __post_init__(self) -> None:
        """Refuse values without sense."""
        _refuse(self.chunk_orders <= 1, "params.chunk_orders", "must be 2 or more")


def _refuse(wrong: bool, where: str, fault: str) -> None:  # noqa: FBT001 - reads like a sentence
    """Raise for the field if it is wrong."""
    if wrong:
        raise InvalidProblemError(where, fault)


def _check_size(where: str, value: float, *, least: int = 0) -> None:
    """Refuse what is less, too large to reckon with, or no number."""
    _refuse(value > LARGEST, where, f"must be {LARGEST} at most")
    _refuse(not value >= least, where, f"must be {least} or more")


def _check_time(where: str, value: float) -> None:
    """Refuse a time that is none, or so far away that it must be a slip."""
    _refuse(not -LARGEST <= value <= LARGEST, where, f"must be a number of seconds, {LARGEST} at most")


def _check_orders(orders: tuple[Order, ...]) -> None:
    """Refuse unknown quantities, times and repeated orders."""
    seen: set[OrderId] = set()
    for number, order in enumerate(orders):
        where = f"orders[{number}]"
        _refuse(order.id in seen, f"{where}.id", f"order {order.id!r} is given twice")
        seen.add(order.id)
        _refuse(not order.lines, f"{where}.lines", "an order needs at least one line")
        for index, line in enumerate(order.lines):
            _check_size(f"{where}.lines[{index}].quantity", line.quantity, least=1)
        _check_size(f"{where}.totes", order.totes, least=1)
        _check_size(f"{where}.volume_ml", order.volume_ml)
        _check_size(f"{where}.weight_g", order.weight_g)
        _check_size(f"{where}.priority", order.priority)
        _check_time(f"{where}.due_s", 0.0 if order.due_s is None else order.due_s)


def _check_carts(carts: tuple[Cart, ...]) -> None:
    """Refuse a plan without carts and carts without room."""
    _refuse(not carts, "carts", "give at least one shape of cart")
    for number, cart in enumerate(carts):
        where = f"carts[{number}]"
        _check_size(f"{where}.totes", cart.totes, least=1)
        for name, room in (("volume_ml", cart.volume_ml), ("weight_g", cart.weight_g), ("lines", cart.lines)):
            _check_size(f"{where}.{name}", 1 if room is None else room, least=1)


def _check_people(pickers: tuple[Picker, ...], speeds: Speeds) -> None:
    """Refuse shifts that end before they start, and speeds without sense."""
    seen: set[Hashable] = set()
    for number, picker in enumerate(pickers):
        _refuse(picker.id in seen, f"pickers[{number}].id", f"picker {picker.id!r} is given twice")
        seen.add(picker.id)
        until = picker.available_until_s
        fault = "a shift must end after it starts"
        _check_time(f"pickers[{number}].available_from_s", picker.available_from_s)
        _check_time(f"pickers[{number}].available_until_s", 0.0 if until is None else until)
        _refuse(
            until is not None and not until > picker.available_from_s, f"pickers[{number}].available_until_s", fault
        )
    _refuse(not 1 / LARGEST <= speeds.metres_per_s <= LARGEST, "speeds.metres_per_s", "must be more than 0")
    for name, value in (("stop_s", speeds.stop_s), ("unit_s", speeds.unit_s), ("setup_s", speeds.setup_s)):
        _check_size(f"speeds.{name}", value)


def _check_zones(problem: Problem) -> None:
    """Refuse zones without a name, locations to be visited that have none, and pickers of a zone that is nowhere."""
    zones = problem.zones or {}
    names = set(zones.values())
    _refuse(None in names, "zones", "a zone needs a name")
    for number, picker in enumerate(problem.pickers):
        _refuse(picker.zone not in names | {None}, f"pickers[{number}].zone", f"{picker.zone!r} is not among the zones")
    if problem.zones is not None:
        visited = dict.fromkeys(line.location for order in problem.orders for line in order.lines)
        for location in visited:
            _refuse(location not in zones and location in problem.layout, "zones", f"location {location!r} has no zone")


def _check_batches(name: str, batches: tuple[tuple[OrderId, ...], ...], known: set[OrderId]) -> None:
    """Refuse batches that are empty, share an order or name an unknown one."""
    seen: set[OrderId] = set()
    for number, batch in enumerate(batches):
        _refuse(not batch, f"{name}[{number}]", "a batch needs at least one order")
        for order in batch:
            _refuse(order not in known, f"{name}[{number}]", f"order {order!r} is not among the orders")
            _refuse(order in seen, f"{name}[{number}]", f"order {order!r} is in two batches")
            seen.add(order)
