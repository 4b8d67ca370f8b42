"""Which change is tried next: an order, and somewhere it may fit better; a look costs far less than a walk."""

from typing import NamedTuple

from numba import uint64

from wms.batching.kernel.baskets import NOBODY, Baskets, Orders
from wms.batching.kernel.bits import Words, random_below, random_share
from wms.batching.kernel.compiled import inlined
from wms.batching.kernel.floors import Floats, Floor, Ints
from wms.batching.kernel.lateness import Shifts
from wms.batching.kernel.memory import Lengths, Pool
from wms.batching.kernel.turns import Turns

RELOCATE, SWAP, PAIRS = 0.25, 0.65, 0.85
"""Shares of tries that move one order, and (from there on) that swap two, two for one, and two for two."""


class World(NamedTuple):
    """What the search cannot change."""

    floor: Floor
    orders: Orders
    free: Ints
    """The orders that may change places."""
    halves_from: Ints
    halves: Ints
    """The halves of sub-aisles that each order visits, and below the free orders that visit each half."""
    visitors_from: Ints
    visitors: Ints
    shifts: Shifts
    afar: float
    """Share of looks for company anywhere instead of in the order's own aisles."""
    fresh: float
    """Share of tries that give an order a batch of its own."""
    looks: int
    """So many orders are looked at before one is chosen: a look costs far less than a walk."""


class Search(NamedTuple):
    """Where one search stands; each thread has its own."""

    baskets: Baskets
    lengths: Lengths
    pool: Pool
    random: Words
    turns: Turns
    leaving: Ints
    """Two rows: the orders that leave here for there, and those that leave there for here; the third stays empty."""
    without_m: Floats
    """What each order's batch walks without it, known for the batch whose key stands in `without_key`."""
    without_key: Words
    best: Floats
    """Late orders, their seconds by priority, and price in metres of the best plan so far without excess."""
    best_batch_of: Ints


@inlined
def choose(world: World, search: Search, number: int, spare: int) -> tuple[int, int]:
    """Choose who changes places with an order; return their batches, the second NOBODY where there is no change."""
    baskets, leaving, random = search.baskets, search.leaving, search.random
    leaving[:] = NOBODY
    here = baskets.batch_of[number]
    leaving[0, 0] = number
    if spare != NOBODY and baskets.size[here] > 1 and random_share(random) < world.fresh:
        return here, spare
    most = baskets.members.shape[1]
    company = _company_of(world, search, number)
    there = baskets.batch_of[company]
    if there in (here, NOBODY):
        return here, NOBODY
    kind = random_share(random)
    if kind < RELOCATE:
        return here, there if baskets.size[there] < most else NOBODY
    # The company stays where it is, so somebody else makes room; alone, it comes over itself.
    other = _member_for(world, search, there, here)
    if other == company and baskets.size[there] > 1:
        other = baskets.members[there, (baskets.place_of[company] + 1) % baskets.size[there]]
    leaving[1, 0] = other
    if kind > SWAP and baskets.size[here] > 1 and baskets.size[there] < most:
        second = baskets.members[here, random_below(random, baskets.size[here])]
        leaving[0, 1] = second if second != number else NOBODY
        has_room = leaving[0, 1] != NOBODY or baskets.size[here] < most
        if kind > PAIRS and has_room and baskets.size[there] > 2:
            third = baskets.members[there, random_below(random, baskets.size[there])]
            leaving[1, 1] = third if third != other and third != company else NOBODY
    return here, there


@inlined
def _company_of(world: World, search: Search, number: int) -> int:
    """Return an order whose batch seems a good place for the order: of a few, the one least out of its way."""
    batch_of = search.baskets.batch_of
    found, least = number, len(world.orders.cells)
    for _ in range(world.looks):
        company = _neighbour_of(world, search.random, number)
        if batch_of[company] == batch_of[number]:
            continue
        new = _new_cells(world, search, number, batch_of[company])
        if new < least:
            found, least = company, new
        if new == 0:
            break
    return found


@inlined
def _member_for(world: World, search: Search, batch: int, other: int) -> int:
    """Return an order of a batch that seems to fit another: of a few, the one least out of the other's way."""
    baskets = search.baskets
    found, least = NOBODY, len(world.orders.cells)
    for _ in range(min(world.looks, baskets.size[batch])):
        number = baskets.members[batch, random_below(search.random, baskets.size[batch])]
        new = _new_cells(world, search, number, other)
        if new < least:
            found, least = number, new
        if new == 0:
            break
    return found


@inlined
def _new_cells(world: World, search: Search, number: int, batch: int) -> int:
    """Return how many of an order's cells a batch does not visit."""
    orders, new = world.orders, 0
    for row in range(orders.cell_from[number], orders.cell_from[number + 1]):
        if search.baskets.words[batch, orders.cells[row]] == uint64(0):
            new += 1
    return new


@inlined
def _neighbour_of(world: World, random: Words, number: int) -> int:
    """Return an order that visits one of the halves the order visits, or now and then any."""
    first, past = world.halves_from[number], world.halves_from[number + 1]
    if past > first and random_share(random) >= world.afar:
        half = world.halves[first + random_below(random, past - first)]
        first, past = world.visitors_from[half], world.visitors_from[half + 1]
        return world.visitors[first + random_below(random, past - first)]
    return world.free[random_below(random, len(world.free))]
