"""A problem made ready for search: orders, stops and carts as numbers and arrays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from operator import attrgetter
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from wms.batching.encode import ranges
from wms.batching.kernel.baskets import NOBODY, Orders
from wms.batching.kernel.bits import Words
from wms.batching.layout import LocationId
from wms.batching.plans import Unplanned
from wms.batching.problem import Cart, Order, OrderId, Problem
from wms.batching.routing import Router, Stops, router_for

Batching: TypeAlias = list[list[int]]
"""Batches of order numbers: indices into `Workload.orders`."""
Loads: TypeAlias = NDArray[np.float64]

ROOMS = ("totes", "volume_ml", "weight_g", "lines")
"""What fills a cart, in the sequence of the columns of `loads` and `rooms`."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Workload:
    """The orders that can be planned, each with its stops and its load; `free` are those in no frozen batch."""

    problem: Problem
    router: Router
    locations: tuple[LocationId, ...]
    orders: tuple[Order, ...]
    stops: tuple[Stops, ...]
    loads: Loads
    rooms: Loads
    due_s: tuple[float, ...]
    """The cutoffs from the earliest; the number of an order's is `arrays.due`, or their count for none."""
    arrays: Orders
    frozen: tuple[tuple[int, ...], ...]
    free: tuple[int, ...]
    unplanned: tuple[Unplanned, ...]

    def halves_of(self, number: int) -> list[int]:
        """The halves of sub-aisles that an order visits."""
        return sorted({self.router.encoded.half_of[stop] for stop in self.stops[number]})

    def corners_of(self, number: int) -> list[int]:
        """The parts of the floor that an order visits, the farthest first."""
        return sorted({self.router.encoded.corner_of[stop] for stop in self.stops[number]})

    def fits(self, loads: Loads) -> NDArray[np.bool_]:
        """For each load, whether some cart holds it."""
        return np.asarray((loads[..., None, :] <= self.rooms).all(axis=-1).any(axis=-1))

    def load_of(self, batch: Sequence[int]) -> Loads:
        """Return the load of orders together."""
        return np.asarray(self.loads[list(batch)].sum(axis=0), dtype=np.float64)

    def cart_for(self, batch: Sequence[int]) -> Cart:
        """Return the first cart that holds the batch; a frozen batch that none holds goes on the one of most totes."""
        load = self.load_of(batch)
        fitting = (cart for cart, room in zip(self.problem.carts, self.rooms, strict=True) if (load <= room).all())
        return next(fitting, max(self.problem.carts, key=lambda cart: cart.totes))

    def stops_of(self, batch: Iterable[int]) -> Stops:
        """All stops of a batch."""
        return frozenset().union(*(self.stops[number] for number in batch))

    def metres(self, batch: Iterable[int]) -> float:
        """Return the length of a batch's walk."""
        return self.router.metres_of(np.bitwise_or.reduce(self.arrays.words[list(batch)], axis=0))

    @property
    def frozen_m(self) -> float:
        """The length of the walks that stay as they are."""
        return sum(map(self.metres, self.frozen))

    def metres_of_all(self, batches: Batching) -> Loads:
        """Return the lengths of many batches' walks; batches have orders."""
        if not batches:
            return np.zeros(0)
        starts = np.cumsum([0, *map(len, batches[:-1])])
        members = np.fromiter((number for batch in batches for number in batch), dtype=np.int64)
        return self.router.metres_of_all(np.bitwise_or.reduceat(self.arrays.words[members], starts, axis=0))

    def added_of_all(self, batches: Batching) -> Loads:
        """Return what each order adds to its batch's walk, in metres, in the sequence of the batches."""
        if not batches:
            return np.zeros(0)
        rests = np.concatenate([without_each(self.arrays.words[batch]) for batch in batches])
        whole = np.repeat(self.metres_of_all(batches), [len(batch) for batch in batches])
        return np.asarray(whole - self.router.metres_of_all(rests))

    def work_of_all(self, batches: Batching, metres: Loads) -> Loads:
        """Return how long each of many batches takes one picker, for walks of these lengths."""
        if not batches:
            return np.zeros(0)
        starts = np.cumsum([0, *map(len, batches[:-1])])
        members = np.fromiter((number for batch in batches for number in batch), dtype=np.int64)
        handling_s = np.add.reduceat(self.arrays.handling_s[members], starts)
        return np.asarray(self.arrays.setup_s + handling_s + metres * self.arrays.metre_s)

    def work_s(self, batch: Sequence[int]) -> float:
        """How long a batch takes one picker, set-up included."""
        walking_s = self.metres(batch) * self.arrays.metre_s
        return float(self.arrays.setup_s + walking_s + self.arrays.handling_s[list(batch)].sum())


def without_each(walks: Words) -> Words:
    """Return for each of some walks all the others together."""
    before, after = np.zeros_like(walks), np.zeros_like(walks)
    before[1:] = np.bitwise_or.accumulate(walks, axis=0)[:-1]
    after[:-1] = np.bitwise_or.accumulate(walks[::-1], axis=0)[::-1][1:]
    return np.asarray(before | after)


def workload_of(problem: Problem) -> Workload:
    """Turn orders and stops into numbers, and set aside the orders that no cart or no walk can serve."""
    rooms = rooms_of(problem.carts)
    unknown = unknown_locations(problem)
    is_frozen = {order for batch in problem.frozen for order in batch}
    orders: list[Order] = []
    unplanned: list[Unplanned] = []
    for order in problem.orders:
        reason = _unplannable(order, unknown, rooms, is_frozen=order.id in is_frozen)
        if reason:
            unplanned.append(Unplanned(id=order.id, reason=reason))
        else:
            orders.append(order)
    number = {order.id: index for index, order in enumerate(orders)}
    locations = dict.fromkeys(line.location for order in orders for line in order.lines)
    stop = {location: index for index, location in enumerate(locations)}
    stops = tuple(frozenset(stop[line.location] for line in order.lines) for order in orders)
    router = router_for(problem.layout, tuple(stop))
    loads = np.array([_load(order) for order in orders], dtype=np.float64).reshape(-1, len(ROOMS))
    due_s = tuple(sorted({order.due_s for order in orders if order.due_s is not None}))
    frozen = (tuple(number[order] for order in batch if order in number) for batch in problem.frozen)
    return Workload(
        problem=problem,
        router=router,
        locations=tuple(stop),
        orders=tuple(orders),
        stops=stops,
        loads=loads,
        rooms=rooms,
        due_s=due_s,
        arrays=_arrays(problem, orders, stops, router, loads, rooms, due_s, number),
        frozen=tuple(batch for batch in frozen if batch),
        free=tuple(index for index, order in enumerate(orders) if order.id not in is_frozen),
        unplanned=tuple(unplanned),
    )


def unknown_locations(problem: Problem) -> frozenset[LocationId]:
    """Return the locations that orders name and the floor does not have."""
    # Asked once a location: a distance matrix looks through all of its locations.
    named = dict.fromkeys(line.location for order in problem.orders for line in order.lines)
    return frozenset(location for location in named if location not in problem.layout)


def _arrays(
    problem: Problem,
    orders: Sequence[Order],
    stops: Sequence[Stops],
    router: Router,
    loads: Loads,
    rooms: Loads,
    due_s: Sequence[float],
    number: dict[OrderId, int],
) -> Orders:
    """Return the orders as the compiled part wants them."""
    words = np.zeros((len(orders), router.encoded.floor.words), dtype=np.uint64)
    for row, order_stops in enumerate(stops):
        words[row] = router.words(order_stops)
    cell_from, cells = ranges([np.flatnonzero(row).tolist() for row in words])
    class_of = {due: at for at, due in enumerate(due_s)}
    home = np.full(len(orders), NOBODY, dtype=np.int64)
    for batch, members in enumerate(problem.earlier):
        home[[number[order] for order in members if order in number]] = batch
    speeds = problem.speeds
    units = np.array([sum(line.quantity for line in order.lines) for order in orders], dtype=np.float64)
    return Orders(
        words=words,
        cell_from=cell_from,
        cells=cells,
        loads=loads,
        rooms=rooms,
        handling_s=speeds.stop_s * np.array([len(found) for found in stops], dtype=np.float64) + speeds.unit_s * units,
        due=np.array(
            [class_of.get(order.due_s, len(due_s)) if order.due_s is not None else len(due_s) for order in orders],
            dtype=np.int64,
        ),
        aim=np.zeros(len(orders), dtype=np.int64),  # depends on when pickers are free: see `Judge.aims`
        priority=np.array([order.priority for order in orders], dtype=np.int64),
        home=home,
        # Any words will do, if they are the same each time.
        keys=np.random.default_rng(len(orders)).integers(1, 2**63, len(orders), dtype=np.uint64),
        metre_s=1.0 / speeds.metres_per_s,
        setup_s=float(speeds.setup_s),  # for a whole number everything would be compiled anew
    )


def rooms_of(carts: Sequence[Cart]) -> Loads:
    """Return the room of each shape of cart, a row each."""
    return np.array([[_room(cart, name) for name in ROOMS] for cart in carts])


def loads_of(orders: Sequence[Order], rooms: Loads) -> Loads:
    """Return what each order takes of each kind of room that some cart has limited, and 0 of the others."""
    loads = np.zeros((len(orders), len(ROOMS)))
    for kind, (name, is_limited) in enumerate(zip(ROOMS, np.asarray((rooms < inf).any(axis=0)), strict=True)):
        if is_limited:
            amounts = map(attrgetter(name), orders)
            loads[:, kind] = np.fromiter(map(len, amounts) if name == "lines" else amounts, float, len(orders))
    return loads


def _room(cart: Cart, name: str) -> float:
    """Return a cart's room of one kind, endless where it has no limit."""
    room: int | None = getattr(cart, name)
    return float("inf") if room is None else float(room)


def _load(order: Order) -> tuple[int, int, int, int]:
    """Return what an order takes of each kind of room."""
    return order.totes, order.volume_ml, order.weight_g, len(order.lines)


def _unplannable(order: Order, unknown: frozenset[LocationId], rooms: Loads, *, is_frozen: bool) -> str:
    """Why an order can be in no batch; empty if it can."""
    for line in order.lines:
        if line.location in unknown:
            return f"Location {line.location} is not on the floor plan."
    load = np.array(_load(order))
    if is_frozen or (load <= rooms).all(axis=1).any():
        return ""
    for name, needed, room in zip(ROOMS, load, rooms.max(axis=0), strict=True):
        if needed > room:
            return f"Needs {_amount(name, needed)}; the largest cart holds {_amount(name, room)}."
    return "No single cart has enough totes, volume, weight and lines at once."


def _amount(name: str, value: float) -> str:
    """Return a quantity of one kind of room in words."""
    count = int(value)
    words = {"volume_ml": f"{count / 1000:g} litres", "weight_g": f"{count / 1000:g} kg"}
    return words.get(name, f"{count} {name if count > 1 else name[:-1]}")
