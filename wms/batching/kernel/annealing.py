"""Simulated annealing on batches: orders change places with their neighbours, worse now and then while it is hot."""

from math import exp, log
from typing import NamedTuple

from wms.batching.kernel.baskets import (
    NOBODY,
    Baskets,
    Orders,
    put_in,
    reach_order,
    take_out,
    try_change,
    weigh,
)
from wms.batching.kernel.bits import Words, random_below, random_share
from wms.batching.kernel.compiled import compiled, copy_into
from wms.batching.kernel.floors import Floats, Floor, Ints
from wms.batching.kernel.memory import NOTHING, Lengths, Pool, add_batch, keep_length, length_of

ROUNDING = 1e-7
"""Sums of the same metres or seconds in another sequence differ by less than this."""
RELOCATE, SWAP, PAIRS = 0.25, 0.65, 0.85
"""Shares of tries that move one order, and (from there on) that swap two, two for one, and two for two."""
FAR_AFIELD = 0.05
"""Share of tries that look for company anywhere instead of in the order's own aisles."""
STAY = 8
"""So many tries in a row begin in the same batch: its rows are at hand then."""
FRESH = 0.01
"""Share of tries that give an order a batch of its own."""
COPIED = 2000
"""Plans of up to so many orders are copied at each new best; larger ones when a leg ends."""


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
    room_s: Floats
    """How much work all pickers together can do by each cutoff; empty where time does not matter."""


class Search(NamedTuple):
    """Where one search stands; each thread has its own."""

    baskets: Baskets
    lengths: Lengths
    pool: Pool
    random: Words
    work_s: Floats
    """Work in batches by cutoff, the last without."""
    leaving: Ints
    """Two rows: the orders that leave here for there, and those that leave there for here."""
    best: Floats
    """Seconds of work too late and price in metres of the best plan so far without excess."""
    best_batch_of: Ints


class Heat(NamedTuple):
    """How a leg of annealing goes: temperatures in metres, and prices in metres of what should not be."""

    tries: int
    start_m: float
    end_m: float
    excess_m: float
    """Price of a batch as much over its cart as the cart holds."""
    late_m: float
    """Price of a second of work for which there is no time before its cutoff."""
    move_m: float
    """Price of an order outside its earlier batch."""
    is_recording: bool
    """Whether batches that fit go to the pool."""


@compiled
def anneal(world: World, search: Search, heat: Heat) -> int:
    """Change the batches as often as the heat says and keep the best plan; return how many changes held."""
    baskets, leaving = search.baskets, search.leaving
    late, price, excess = totals(world, search, heat)
    spare, held, home = find_empty(baskets), 0, 0
    cooling = log(heat.end_m / heat.start_m) / max(1, heat.tries)
    for turn in range(heat.tries):
        if turn % STAY == 0:
            number = world.free[random_below(search.random, len(world.free))]
        else:
            number = baskets.members[home, random_below(search.random, baskets.size[home])]
        home = baskets.batch_of[number]
        here, there = _choose(world, search, number, spare)
        if there == NOBODY:
            continue
        limit = -heat.start_m * exp(cooling * turn) * log(random_share(search.random) + 1e-300)
        excess_change = _excess_after(world, search, here, 0) + _excess_after(world, search, there, 1)
        excess_change -= baskets.excess[here] + baskets.excess[there]
        # No change of two walks can save more than the walk that is left.
        if excess_change * heat.excess_m > limit + baskets.metres[here]:
            continue
        here_m, there_m = _walk_after(world, search, here, 0), _walk_after(world, search, there, 1)
        change = here_m + there_m - baskets.metres[here] - baskets.metres[there]
        if heat.move_m > 0.0:
            change += heat.move_m * _moved(world, search, here, there)
        late_change = 0.0
        if len(world.room_s):
            late_change = _late_change(world, search, here, there, here_m, there_m)
        if change + excess_change * heat.excess_m + late_change * heat.late_m > limit:
            continue
        _carry_out(world, search, here, there, here_m, there_m)
        held += 1
        home = here if baskets.size[here] else there
        price, excess, late = price + change, excess + excess_change, late + late_change
        if baskets.size[here] == 0:
            spare = here
        elif there == spare:
            spare = find_empty(baskets)
        if heat.is_recording:
            _record(search, here)
            _record(search, there)
        if excess < ROUNDING and len(baskets.batch_of) <= COPIED:
            _note_best(search, late, price)
    late, price, excess = totals(world, search, heat)
    if excess < ROUNDING:
        _note_best(search, late, price)
    leaving[:] = NOBODY
    return held


@compiled
def totals(world: World, search: Search, heat: Heat) -> tuple[float, float, float]:
    """Return seconds of work too late, price in metres and excess of the plan as it stands."""
    baskets, late, price, excess = search.baskets, 0.0, 0.0, 0.0
    search.work_s[:] = 0.0
    for batch in range(len(baskets.size)):
        if baskets.size[batch]:
            price += baskets.metres[batch]
            excess += baskets.excess[batch]
            search.work_s[min(baskets.due[batch], len(search.work_s) - 1)] += baskets.work_s[batch]
    if heat.move_m > 0.0:
        for number in world.free:
            home = world.orders.home[number]
            price += heat.move_m if home != NOBODY and baskets.batch_of[number] != home else 0.0
    if len(world.room_s):
        late = late_work_s(search.work_s, world.room_s)
    return late, price, excess


@compiled
def late_work_s(work_s: Floats, room_s: Floats) -> float:
    """Return the seconds of work for which there is no room, over all cutoffs."""
    late, done = 0.0, 0.0
    for due in range(len(room_s)):
        done += work_s[due]
        late += max(0.0, done - room_s[due])
    return late


@compiled
def find_empty(baskets: Baskets) -> int:
    """Return an empty batch, or NOBODY."""
    for batch in range(len(baskets.size)):
        if baskets.size[batch] == 0:
            return batch
    return NOBODY


@compiled
def _choose(world: World, search: Search, number: int, spare: int) -> tuple[int, int]:
    """Choose who changes places with an order; return their batches, the second NOBODY where there is no change."""
    baskets, leaving, random = search.baskets, search.leaving, search.random
    leaving[:] = NOBODY
    here = baskets.batch_of[number]
    leaving[0, 0] = number
    if spare != NOBODY and baskets.size[here] > 1 and random_share(random) < FRESH:
        return here, spare
    most = baskets.members.shape[1]
    company = _company_of(world, random, number)
    there = baskets.batch_of[company]
    if there in (here, NOBODY):
        return here, NOBODY
    kind = random_share(random)
    if kind < RELOCATE:
        return here, there if baskets.size[there] < most else NOBODY
    # The company stays where it is, so somebody else makes room; alone, it comes over itself.
    other = baskets.members[there, random_below(random, baskets.size[there])]
    if other == company and baskets.size[there] > 1:
        other = baskets.members[there, (baskets.place_of[company] + 1) % baskets.size[there]]
    leaving[1, 0] = other
    if kind > SWAP and baskets.size[here] > 1 and baskets.size[there] < most:
        second = baskets.members[here, random_below(random, baskets.size[here])]
        leaving[0, 1] = second if second != number else NOBODY
        if kind > PAIRS and baskets.size[there] > 2:
            third = baskets.members[there, random_below(random, baskets.size[there])]
            leaving[1, 1] = third if third != other and third != company else NOBODY
    return here, there


@compiled
def _company_of(world: World, random: Words, number: int) -> int:
    """Return an order that visits one of the halves the order visits, or now and then any."""
    first, past = world.halves_from[number], world.halves_from[number + 1]
    if past > first and random_share(random) >= FAR_AFIELD:
        half = world.halves[first + random_below(random, past - first)]
        first, past = world.visitors_from[half], world.visitors_from[half + 1]
        return world.visitors[first + random_below(random, past - first)]
    return world.free[random_below(random, len(world.free))]


@compiled
def _excess_after(world: World, search: Search, batch: int, row: int) -> float:
    """Return the excess of a batch after the change; row 0 is the batch here, 1 the one there."""
    orders, baskets, leaving = world.orders, search.baskets, search.leaving
    least = 1e18
    for cart in range(len(orders.rooms)):
        over = 0.0
        for kind in range(orders.loads.shape[1]):
            load, room = baskets.load[batch, kind], orders.rooms[cart, kind]
            for at in range(2):
                if leaving[row, at] != NOBODY:
                    load -= orders.loads[leaving[row, at], kind]
                if leaving[1 - row, at] != NOBODY:
                    load += orders.loads[leaving[1 - row, at], kind]
            if load > room:
                over += (load - room) / room
        least = min(least, over)
    return least


@compiled
def _walk_after(world: World, search: Search, batch: int, row: int) -> float:
    """Return the length of a batch's walk after the change, from memory where it is known."""
    key = _key_after(world, search, batch)
    metres = length_of(search.lengths, key)
    if metres == NOTHING:
        metres = _try(world, search, batch, row)
        keep_length(search.lengths, key, metres)
    return metres


@compiled
def _try(world: World, search: Search, batch: int, row: int) -> float:
    """Return the length of a batch's walk after the change."""
    leaving = search.leaving
    return try_change(world.floor, world.orders, search.baskets, batch, leaving[row], leaving[1 - row])


@compiled
def _key_after(world: World, search: Search, batch: int) -> int:
    """Return the key of a batch after the change."""
    key = search.baskets.key[batch]
    for side in range(2):
        for at in range(2):
            if search.leaving[side, at] != NOBODY:
                key ^= world.orders.keys[search.leaving[side, at]]
    return key


@compiled
def _moved(world: World, search: Search, here: int, there: int) -> int:
    """Return how many more orders would be outside their earlier batch."""
    more = 0
    for row in range(2):
        source, target = (here, there) if row == 0 else (there, here)
        for at in range(2):
            number = search.leaving[row, at]
            if number != NOBODY and world.orders.home[number] != NOBODY:
                home = world.orders.home[number]
                more += (1 if target != home else 0) - (1 if source != home else 0)
    return more


@compiled
def _late_change(world: World, search: Search, here: int, there: int, here_m: float, there_m: float) -> float:
    """Return how much more work would be too late, in seconds."""
    baskets, work_s = search.baskets, search.work_s
    last = len(work_s) - 1
    before = late_work_s(work_s, world.room_s)
    due_here, work_here = _work_after(world, search, here, 0, here_m)
    due_there, work_there = _work_after(world, search, there, 1, there_m)
    work_s[min(last, baskets.due[here])] -= baskets.work_s[here]
    work_s[min(last, baskets.due[there])] -= baskets.work_s[there]
    work_s[min(last, due_here)] += work_here
    work_s[min(last, due_there)] += work_there
    after = late_work_s(work_s, world.room_s)
    work_s[min(last, due_here)] -= work_here
    work_s[min(last, due_there)] -= work_there
    work_s[min(last, baskets.due[here])] += baskets.work_s[here]
    work_s[min(last, baskets.due[there])] += baskets.work_s[there]
    return after - before


@compiled
def _work_after(world: World, search: Search, batch: int, row: int, metres: float) -> tuple[int, float]:
    """Return the earliest cutoff and the work of a batch after the change, for a walk of so many metres."""
    orders, baskets, leaving = world.orders, search.baskets, search.leaving
    due, work, left = len(search.work_s), 0.0, 0
    for place in range(baskets.size[batch]):
        number = baskets.members[batch, place]
        if number != leaving[row, 0] and number != leaving[row, 1]:
            due = min(due, orders.due[number])
            work += orders.handling_s[number]
            left += 1
    for at in range(2):
        number = leaving[1 - row, at]
        if number != NOBODY:
            due = min(due, orders.due[number])
            work += orders.handling_s[number]
            left += 1
    return due, work + orders.setup_s + metres * orders.metre_s if left else 0.0


@compiled
def _carry_out(world: World, search: Search, here: int, there: int, here_m: float, there_m: float) -> None:
    """Let the chosen orders change places."""
    floor, orders, baskets, leaving = world.floor, world.orders, search.baskets, search.leaving
    last = len(search.work_s) - 1
    for batch in (here, there):
        search.work_s[min(last, baskets.due[batch])] -= baskets.work_s[batch]
    for row in range(2):
        for at in range(2):
            if leaving[row, at] != NOBODY:
                take_out(orders, baskets, leaving[row, at])
    for row in range(2):
        for at in range(2):
            if leaving[row, at] != NOBODY:
                put_in(orders, baskets, leaving[row, at], there if row == 0 else here)
    for row in range(2):
        for at in range(2):
            if leaving[row, at] != NOBODY:
                reach_order(floor, orders, baskets, leaving[row, at], here)
                reach_order(floor, orders, baskets, leaving[row, at], there)
    baskets.metres[here], baskets.metres[there] = here_m, there_m
    for batch in (here, there):
        weigh(orders, baskets, batch)
        search.work_s[min(last, baskets.due[batch])] += baskets.work_s[batch]


@compiled
def _record(search: Search, batch: int) -> None:
    """Put a batch into the pool if it fits."""
    baskets = search.baskets
    if baskets.size[batch] and baskets.excess[batch] == 0.0:
        _ = add_batch(
            search.pool, baskets.members[batch], baskets.size[batch], baskets.metres[batch], baskets.key[batch]
        )


@compiled
def _note_best(search: Search, late: float, price: float) -> None:
    """Keep the plan as it stands if it is the best so far: less work too late, then the lower price."""
    best = search.best
    if late < best[0] - ROUNDING or (late <= best[0] + ROUNDING and price < best[1] - ROUNDING):
        best[0], best[1] = late, price
        copy_into(search.best_batch_of, search.baskets.batch_of)
