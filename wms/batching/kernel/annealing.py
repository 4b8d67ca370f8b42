"""Simulated annealing on batches: orders change places with their neighbours, worse now and then while it is hot."""

from math import exp, log
from typing import NamedTuple

from wms.batching.kernel.baskets import (
    NOBODY,
    Baskets,
    put_in,
    reach_order,
    take_out,
    try_change,
    weigh,
)
from wms.batching.kernel.bits import random_below, random_share
from wms.batching.kernel.choosing import Search, World, choose
from wms.batching.kernel.compiled import compiled, copy_into, inlined
from wms.batching.kernel.floors import MATRIX
from wms.batching.kernel.lateness import keep_change, late_after, late_now, price_of
from wms.batching.kernel.memory import NOTHING, add_batch, keep_length, length_of
from wms.batching.kernel.turns import start_after

ROUNDING = 1e-7
"""Sums of the same metres in another sequence differ by less than this."""
SAME_S = 1e-3
"""And sums of the same seconds, which are more and larger."""
STAY = 8
"""So many tries in a row begin in the same batch: its rows are at hand then."""
COPIED = 5000
"""Plans of up to so many orders are copied at each new best; larger ones when a leg ends."""


class Heat(NamedTuple):
    """How a leg of annealing goes: temperatures in metres, and prices in metres of what should not be."""

    tries: int
    start_m: float
    end_m: float
    excess_m: float
    """Price of a batch as much over its cart as the cart holds."""
    late_m: float
    """Price of an order that is late, and of each of its minutes."""
    delay_m: float
    """The most metres that a change may cost for less lateness."""
    move_m: float
    """Price of an order outside its earlier batch."""
    is_recording: bool
    """Whether batches that fit go to the pool."""


class Change(NamedTuple):
    """What a change would do: the two walks after it, and how much more it costs of each kind."""

    here_m: float
    there_m: float
    price_m: float
    excess: float
    late: float


TOO_MUCH = Change(0.0, 0.0, 1e18, 0.0, 0.0)


@compiled
def anneal(world: World, search: Search, heat: Heat) -> int:
    """Change the batches as often as the heat says and keep the best plan; return how many changes held."""
    baskets, leaving = search.baskets, search.leaving
    late_orders, late_s, price, excess = totals(world, search, heat)
    late = price_of(late_orders, late_s)
    spare, held, home = find_empty(baskets), 0, 0
    cooling = log(heat.end_m / heat.start_m) / max(1, heat.tries)
    for turn in range(heat.tries):
        if turn % STAY == 0:
            number = world.free[random_below(search.random, len(world.free))]
        else:
            number = baskets.members[home, random_below(search.random, baskets.size[home])]
        home = baskets.batch_of[number]
        here, there = choose(world, search, number, spare)
        if there == NOBODY:
            continue
        limit = -heat.start_m * exp(cooling * turn) * log(random_share(search.random) + 1e-300)
        change = _tried(world, search, heat, here, there, limit, late)
        if change.price_m + change.excess * heat.excess_m + change.late * heat.late_m > limit:
            continue
        late_orders, late_s = _carry_out(world, search, here, there, change.here_m, change.there_m)
        late = price_of(late_orders, late_s)
        held += 1
        home = here if baskets.size[here] else there
        price, excess = price + change.price_m, excess + change.excess
        if baskets.size[here] == 0:
            spare = here
        elif there == spare:
            spare = find_empty(baskets)
        if heat.is_recording:
            _record(search, here)
            _record(search, there)
        if excess < ROUNDING and len(baskets.batch_of) <= COPIED:
            _note_best(search, late_orders, late_s, price)
    late_orders, late_s, price, excess = totals(world, search, heat)
    if excess < ROUNDING:
        _note_best(search, late_orders, late_s, price)
    leaving[:] = NOBODY
    return held


@inlined
def _tried(world: World, search: Search, heat: Heat, here: int, there: int, limit: float, late: float) -> Change:
    """Return what the change chosen does; TOO_MUCH as soon as it is clear that it costs more than the limit.

    The limit is what all may cost. No change is tried that costs more metres than `heat.delay_m` for being in time.
    """
    baskets = search.baskets
    excess = _excess_after(world, search, here, 0) + _excess_after(world, search, there, 1)
    excess -= baskets.excess[here] + baskets.excess[there]
    before_m = baskets.metres[here] + baskets.metres[there]
    most_m = limit + min(late * heat.late_m, heat.delay_m) + before_m - excess * heat.excess_m
    if most_m < baskets.metres[there]:
        return TOO_MUCH
    moved_m = heat.move_m * _moved(world, search, here, there) if heat.move_m > 0.0 else 0.0
    least_m = _least_after(world, search, there) + moved_m
    if least_m > most_m:
        return TOO_MUCH
    here_m = _walk_after(world, search, here, 0)
    if here_m + least_m > most_m:
        return TOO_MUCH
    there_m = _walk_after(world, search, there, 1)
    together_m = here_m + there_m + moved_m
    if together_m > most_m:
        return TOO_MUCH
    late_change = 0.0
    if len(world.shifts.from_s):
        most = late + (limit - together_m + before_m - excess * heat.excess_m) / heat.late_m
        late_change = _late_after(world, search, here, there, here_m, there_m, most) - late
    return Change(here_m, there_m, together_m - before_m, excess, late_change)


@compiled
def totals(world: World, search: Search, heat: Heat) -> tuple[float, float, float, float]:
    """Return late orders, their seconds, price in metres and excess of the plan as it stands; times it anew."""
    baskets, price, excess, late_orders, late_s = search.baskets, 0.0, 0.0, 0.0, 0.0
    for batch in range(len(baskets.size)):
        if baskets.size[batch]:
            price += baskets.metres[batch]
            excess += baskets.excess[batch]
    if heat.move_m > 0.0:
        for number in world.free:
            home = world.orders.home[number]
            price += heat.move_m if home != NOBODY and baskets.batch_of[number] != home else 0.0
    if len(world.shifts.from_s):
        late_orders, late_s = late_now(world.orders, baskets, world.shifts, search.turns)
    return late_orders, late_s, price, excess


@compiled
def find_empty(baskets: Baskets) -> int:
    """Return an empty batch, or NOBODY."""
    for batch in range(len(baskets.size)):
        if baskets.size[batch] == 0:
            return batch
    return NOBODY


@inlined
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


@inlined
def _walk_after(world: World, search: Search, batch: int, row: int) -> float:
    """Return the length of a batch's walk after the change, from memory where it is known."""
    leaving = search.leaving
    if leaving[1 - row, 0] == NOBODY and leaving[row, 1] == NOBODY:
        return _walk_without(world, search, leaving[row, 0])
    key = _key_after(world, search, batch)
    metres = length_of(search.lengths, key)
    if metres == NOTHING:
        metres = try_change(world.floor, world.orders, search.baskets, batch, leaving[row], leaving[1 - row])
        keep_length(search.lengths, key, metres)
    return metres


@inlined
def _walk_without(world: World, search: Search, number: int) -> float:
    """Return the length of an order's batch's walk without it."""
    baskets, leaving = search.baskets, search.leaving
    batch = baskets.batch_of[number]
    if search.without_key[number] != baskets.key[batch]:
        leaving[2, 0] = number
        search.without_m[number] = try_change(world.floor, world.orders, baskets, batch, leaving[2, :1], leaving[2, 1:])
        search.without_key[number] = baskets.key[batch]
    return search.without_m[number]


@inlined
def _least_after(world: World, search: Search, there: int) -> float:
    """Return a length that the walk there cannot fall below by the change: a walk over more stops is never shorter."""
    leaving = search.leaving
    if leaving[1, 1] != NOBODY or world.floor.kind == MATRIX:
        return 0.0
    if leaving[1, 0] == NOBODY:
        return search.baskets.metres[there]
    return _walk_without(world, search, leaving[1, 0])


@inlined
def _key_after(world: World, search: Search, batch: int) -> int:
    """Return the key of a batch after the change."""
    key = search.baskets.key[batch]
    for side in range(2):
        for at in range(2):
            if search.leaving[side, at] != NOBODY:
                key ^= world.orders.keys[search.leaving[side, at]]
    return key


@inlined
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


@inlined
def _late_after(
    world: World, search: Search, here: int, there: int, here_m: float, there_m: float, most: float
) -> float:
    """Return how late the plan is after the change, or some number above `most`."""
    orders, baskets, leaving = world.orders, search.baskets, search.leaving
    starts = (
        start_after(orders, baskets, here, leaving[0], leaving[1], here_m),
        start_after(orders, baskets, there, leaving[1], leaving[0], there_m),
    )
    return late_after(orders, baskets, world.shifts, search.turns, leaving, starts, most)


@compiled
def _carry_out(
    world: World, search: Search, here: int, there: int, here_m: float, there_m: float
) -> tuple[float, float]:
    """Let the chosen orders change places; return how late the plan is then."""
    floor, orders, baskets, leaving = world.floor, world.orders, search.baskets, search.leaving
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
    if len(world.shifts.from_s) == 0:
        return 0.0, 0.0
    return keep_change(orders, baskets, world.shifts, search.turns, here, there)


@compiled
def _record(search: Search, batch: int) -> None:
    """Put a batch into the pool if it fits."""
    baskets = search.baskets
    if baskets.size[batch] and baskets.excess[batch] == 0.0:
        _ = add_batch(
            search.pool, baskets.members[batch], baskets.size[batch], baskets.metres[batch], baskets.key[batch]
        )


@compiled
def _note_best(search: Search, late_orders: float, late_s: float, price: float) -> None:
    """Keep the plan as it stands if it is the best so far: fewer orders late, then less late, then the lower price."""
    best = search.best
    is_as_late = late_orders == best[0] and abs(late_s - best[1]) <= SAME_S
    is_later = late_orders > best[0] or (late_orders == best[0] and late_s > best[1])
    if price >= best[2] - ROUNDING if is_as_late else is_later:
        return
    best[0], best[1], best[2] = late_orders, late_s, price
    copy_into(search.best_batch_of, search.baskets.batch_of)
