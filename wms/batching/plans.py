"""What planning gives back."""

from collections.abc import Hashable
from dataclasses import dataclass

from wms.batching.layout import LocationId
from wms.batching.problem import Cart, OrderId


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """The sequence in which locations are visited, depot to depot, and its length."""

    stops: tuple[LocationId, ...]
    metres: float


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenLine:
    """So many units of one of an order's lines, numbered from 0."""

    line: int
    quantity: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedOrder:
    """An order's place in the plan: what it adds to its batch, what it would walk alone, and a sentence why here.

    `late_s` is None when it is on time, has no cutoff, or nobody is there to walk it: then its batch has no picker, and
    the plan names it among the late. An order that walks in several
    `parts` is in as many batches: in each stand the `lines` of it that are taken there (None: all), and metres and
    lateness are those of that part. Orders with the same number in `bulk` share one tote of their batch.
    """

    id: OrderId
    added_m: float
    alone_m: float
    late_s: float | None
    reason: str
    lines: tuple[TakenLine, ...] | None = None
    parts: int = 1
    bulk: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Orders that walk together with one cart; `picker_id`, `start_s` and `finish_s` are None when not scheduled.

    `zone` is where it walks, None where the floor has no zones.
    """

    orders: tuple[PlannedOrder, ...]
    cart: Cart
    route: Route
    units: int
    work_s: float
    picker_id: Hashable | None
    start_s: float | None
    finish_s: float | None
    is_frozen: bool
    zone: Hashable | None = None

    @property
    def order_ids(self) -> tuple[OrderId, ...]:
        """The orders' ids, in the order given."""
        return tuple(order.id for order in self.orders)

    def has_begun(self, now_s: float) -> bool:
        """Whether somebody walks it, or has walked it, at this time of the plan."""
        return self.start_s is not None and self.start_s < now_s


@dataclass(frozen=True, kw_only=True, slots=True)
class LateOrder:
    """An order that will miss its cutoff, by its last part, or that nobody is left to walk.

    Where no picker is left for a batch of it, it has no times, and is here even if it has no cutoff.
    """

    id: OrderId
    due_s: float | None
    finish_s: float | None
    late_s: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """Whether a batch starts now; if not, the latest time to which it waits for more orders, and a sentence why."""

    order_ids: tuple[OrderId, ...]
    starts_now: bool
    until_s: float | None
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Unplanned:
    """An order in no batch, and a sentence why."""

    id: OrderId
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """The plan in figures, beside two ways of walking without it: order by order, and carts filled as orders came.

    Both walk zone by zone and in several trips where the plan must, and neither picks in bulk.
    """

    metres: float
    work_s: float
    stops: int
    units: int
    metres_one_by_one: float
    metres_first_come: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Batches in the sequence in which they should start.

    `lower_bound_m` is a length no plan can beat, be it late or not, and `gap` how far above it this plan may be (0.25
    is 25 %). Both are None where none was found: routes are not exact (`is_route_exact` says so), there are too many
    orders or too many a batch, there was no time, or it went into being on time. Where orders are picked in bulk or
    walk in several trips, it holds for plans with the same bulk picks and the same trips.
    """

    batches: tuple[Batch, ...]
    late: tuple[LateOrder, ...]
    unplanned: tuple[Unplanned, ...]
    totals: Totals
    is_route_exact: bool
    lower_bound_m: float | None
    gap: float | None
    iterations: int
    elapsed_s: float
