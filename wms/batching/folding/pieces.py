"""Pieces: what walks as one order, be it an order, a part of one, or several picked in bulk."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from wms.batching.folding.bulk import bulk_picks, merged
from wms.batching.folding.loads import Shares, Stretch, fits, taken_lines
from wms.batching.folding.trips import trips
from wms.batching.folding.zones import Zones
from wms.batching.plans import TakenLine
from wms.batching.problem import Order, OrderId, Problem
from wms.batching.workload import unknown_locations

Parts = Mapping[Hashable | None, Sequence[Sequence[Stretch]]]
"""The parts of an order by zone."""


@dataclass(frozen=True, slots=True)
class PieceName:
    """What a piece is called that is no order of its own: a number from 1 for an order's part, 0 for a bulk pick."""

    order: OrderId
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """The order that the search sees, where it walks, the orders it comes from, and what is to be said of it.

    `lines` are what it takes of its order, None for all; `parts` is in how many pieces that order walks.
    """

    walked: Order
    zone: Hashable | None
    orders: tuple[Order, ...]
    notes: tuple[str, ...] = ()
    lines: tuple[TakenLine, ...] | None = None
    parts: int = 1

    @property
    def is_bulk(self) -> bool:
        """Whether several orders share a tote."""
        return len(self.orders) > 1

    @property
    def is_whole(self) -> bool:
        """Whether it is just one order."""
        return not self.is_bulk and self.parts == 1


def pieces_of(problem: Problem, zones: Zones) -> Iterator[Piece]:
    """Yield the pieces of all orders; frozen ones and those that want what is nowhere stay whole."""
    unknown = unknown_locations(problem)
    stuck = {order for batch in problem.frozen for order in batch}
    stuck |= {order.id for order in problem.orders if any(line.location in unknown for line in order.lines)}
    picks = bulk_picks(problem, (order for order in problem.orders if order.id not in stuck))
    pick_of = {order.id: pick for pick in picks for order in pick}
    for order in problem.orders:
        pick = pick_of.get(order.id)
        if pick is None:
            parts = {} if order.id in stuck else _parts_of(problem, zones, order)
            yield from (
                _divided(order, parts) if parts else [Piece(walked=order, zone=zones.of_whole(order), orders=(order,))]
            )
        elif order is pick[0]:
            yield _bulk(pick, zones)


def _bulk(pick: tuple[Order, ...], zones: Zones) -> Piece:
    """Return a bulk pick."""
    first = pick[0]
    return Piece(
        walked=merged(pick, PieceName(first.id, 0)),
        zone=zones.of_whole(first),
        orders=pick,
        notes=(f"Picked in bulk with {len(pick) - 1} other orders of {first.lines[0].product}.",),
    )


def _parts_of(problem: Problem, zones: Zones, order: Order) -> Parts:
    """Return the parts in which an order walks; none where it walks whole, or cannot walk at all."""
    shares = Shares(order)
    parts: dict[Hashable | None, Sequence[Sequence[Stretch]]] = {}
    for zone, stretches in zones.of_lines(order, shares.stretches).items():
        if fits(shares.load_of(stretches), problem.carts):
            parts[zone] = [stretches]
        elif problem.may_divide_orders and (found := trips(shares, stretches, problem.carts)):
            parts[zone] = found
        else:
            return {}
    return parts if sum(map(len, parts.values())) > 1 else {}


def _divided(order: Order, parts: Parts) -> Iterator[Piece]:
    """Yield the parts of an order as pieces."""
    shares = Shares(order)
    count = sum(map(len, parts.values()))
    number = 0
    for zone, found in parts.items():
        meeting = _meeting(zone, parts)
        for part in found:
            number += 1
            trip = [f"Part {number} of {count}: too much for one cart."] if len(found) > 1 else []
            yield Piece(
                walked=shares.order_of(part, PieceName(order.id, number)),
                zone=zone,
                orders=(order,),
                notes=(*trip, *meeting),
                lines=taken_lines(part),
                parts=count,
            )


def _meeting(zone: Hashable | None, parts: Parts) -> list[str]:
    """Say what a zone's goods of an order meet at packing."""
    others = {
        other: len({stretch.line for part in found for stretch in part})
        for other, found in parts.items()
        if other != zone
    }
    if not others:
        return []
    first, *more = others
    words = [f"{others[first]} line{'s' if others[first] > 1 else ''} more from zone {first}"]
    words += [f"{others[other]} from zone {other}" for other in more]
    meet = "meets" if sum(others.values()) == 1 else "meet"
    return [f"Its {zone} goods; {' and '.join(words)} {meet} it at packing."]
