"""Finds the batches that a set of prices makes worth more than they cost to walk, by branch and bound, exactly.

Each order has a price (a dual value of the covering program), and a batch is worth its orders' prices less its cost:
its walk, and a fine for each triple of which it holds two or more orders (a subset-row cut: Jepsen et al. 2008).
A cost never falls when an order is added. So a batch that grows from S by orders of which j makes S costliest costs at
least as much as S with j: together with the prices that still fit the cart, that bounds what a branch can hold.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wms.batching.kernel.baskets import NOBODY, Orders, excess_of
from wms.batching.kernel.bits import Words
from wms.batching.kernel.compiled import compiled, compiled_with_arrays, copy_into, copy_rows
from wms.batching.kernel.floors import MATRIX, Floats, Floor, Ints
from wms.batching.kernel.memory import Pool, add_batch
from wms.batching.kernel.walks import EMPTY, reach_into, scratch_for, walk_m

Flags = NDArray[np.bool_]


class Prices(NamedTuple):
    """What orders are worth, and the fines of triples (0 or more), with each order's triples one behind the other."""

    order_m: Floats
    fine_m: Floats
    triples_from: Ints
    triples: Ints


class Branches(NamedTuple):
    """Room for a depth-first search: row d belongs to the batch of d orders that is being grown."""

    words: Words
    reach: Floats
    load: Floats
    held: Ints
    """How many orders of each triple the batch holds."""
    fined: Floats
    priced: Floats
    key: Words
    chosen: Ints
    """The orders of the batch, by depth."""
    candidates: Ints
    left: Ints
    """How many orders may still join, best price for their load first."""
    cost: Floats
    bound: Floats
    """What the batch with each candidate costs, and what can grow from it at most."""
    turn: Ints
    """Candidates in the sequence in which they are tried: the best bound first."""
    next: Ints
    scratch: Floats


@compiled_with_arrays
def price_batches(
    floor: Floor,
    orders: Orders,
    prices: Prices,
    branches: Branches,
    found: Pool,
    part: int,
    parts: int,
    least_m: float,
    most_nodes: int,
    joining: Flags,
) -> tuple[float, int]:
    """Put batches worth more than `least_m` into `found`; return a bound on the worth of the others, and nodes used.

    Only orders marked in `joining` join a batch. To bound the worth of all batches those with a price are enough, for
    no walk gets shorter by a stop. Where every batch worth so much is wanted all must join: an order without a price
    has to walk somewhere too, and a batch with it may be the one that a shorter plan needs.

    The bound is `least_m` when everything has been searched, and higher when `found` is full or the nodes ran out.
    Several searches can share the work: each takes every `parts`-th branch of the first fork, from number `part` on.
    """
    _plant(orders, prices, branches, joining)
    depth, nodes = 0, 1
    _open(floor, orders, prices, branches, found, 0, least_m)
    while depth >= 0:
        at = branches.next[depth]
        if at == branches.left[depth] or branches.bound[depth, branches.turn[depth, at]] <= least_m:
            depth -= 1
            continue
        if depth == 0 and at % parts != part:
            branches.next[0] = at + 1
            continue
        if nodes >= most_nodes or found.held[0] >= len(found.size):
            bound = least_m
            for row in range(depth + 1):
                if branches.next[row] < branches.left[row]:
                    bound = max(bound, branches.bound[row, branches.turn[row, branches.next[row]]])
            return bound, nodes
        branches.next[depth] = at + 1
        _grow(floor, orders, prices, branches, depth, branches.turn[depth, at])
        depth += 1
        nodes += 1
        _open(floor, orders, prices, branches, found, depth, least_m)
    return least_m, nodes


@compiled_with_arrays
def _plant(orders: Orders, prices: Prices, branches: Branches, joining: Flags) -> None:
    """Begin with the empty batch."""
    branches.words[0] = 0
    branches.reach[0] = EMPTY
    branches.load[0] = 0.0
    branches.held[0] = 0
    branches.fined[0] = branches.priced[0] = 0.0
    branches.key[0] = 0
    count = 0
    for number in np.argsort(-prices.order_m / np.maximum(1e-9, orders.loads[:, 0])):
        if joining[number]:
            branches.candidates[0, count] = number
            count += 1
    branches.left[0] = count


@compiled
def _grow(floor: Floor, orders: Orders, prices: Prices, branches: Branches, depth: int, at: int) -> None:
    """Let a candidate join; those may follow that would have cost less in its place."""
    number, cost = branches.candidates[depth, at], branches.cost[depth, at]
    _join(floor, orders, branches, depth, number)
    branches.chosen[depth] = number
    for kind in range(orders.loads.shape[1]):
        branches.load[depth + 1, kind] = branches.load[depth, kind] + orders.loads[number, kind]
    branches.priced[depth + 1] = branches.priced[depth] + prices.order_m[number]
    branches.key[depth + 1] = branches.key[depth] ^ orders.keys[number]
    copy_into(branches.held[depth + 1], branches.held[depth])
    branches.fined[depth + 1] = branches.fined[depth] + _fine(prices, branches, depth, number)
    for row in range(prices.triples_from[number], prices.triples_from[number + 1]):
        branches.held[depth + 1, prices.triples[row]] += 1
    count = 0
    for other in range(branches.left[depth]):
        comes_before = branches.cost[depth, other] < cost or (branches.cost[depth, other] == cost and other < at)
        if comes_before:
            branches.candidates[depth + 1, count] = branches.candidates[depth, other]
            count += 1
    branches.left[depth + 1] = count


@compiled
def _join(floor: Floor, orders: Orders, branches: Branches, depth: int, number: int) -> None:
    """Write the walk of the batch with an order into the row below."""
    words, reach = branches.words[depth + 1], branches.reach[depth + 1]
    copy_into(words, branches.words[depth])
    copy_rows(reach, branches.reach[depth])
    for row in range(orders.cell_from[number], orders.cell_from[number + 1]):
        words[orders.cells[row]] |= orders.words[number, orders.cells[row]]
    if floor.kind != MATRIX:
        for row in range(orders.cell_from[number], orders.cell_from[number + 1]):
            reach_into(floor, words, orders.cells[row] // floor.width, reach)


@compiled
def _fine(prices: Prices, branches: Branches, depth: int, number: int) -> float:
    """Return the fines that an order adds to the batch."""
    fine = 0.0
    for row in range(prices.triples_from[number], prices.triples_from[number + 1]):
        if branches.held[depth, prices.triples[row]] == 1:
            fine += prices.fine_m[prices.triples[row]]
    return fine


@compiled_with_arrays
def _open(
    floor: Floor, orders: Orders, prices: Prices, branches: Branches, found: Pool, depth: int, least_m: float
) -> None:
    """Measure the batch with each candidate that fits, keep what is worth it, and bound what can grow from each."""
    count, load = 0, np.empty(orders.loads.shape[1])
    for at in range(branches.left[depth]):
        number = branches.candidates[depth, at]
        for kind in range(len(load)):
            load[kind] = branches.load[depth, kind] + orders.loads[number, kind]
        if excess_of(load, orders.rooms) > 0.0:
            continue
        _join(floor, orders, branches, depth, number)
        metres = walk_m(floor, branches.words[depth + 1], branches.reach[depth + 1], branches.scratch)
        cost = metres + branches.fined[depth] + _fine(prices, branches, depth, number)
        if branches.priced[depth] + prices.order_m[number] - cost > least_m:
            branches.chosen[depth] = number
            key = branches.key[depth] ^ orders.keys[number]
            _ = add_batch(found, branches.chosen, depth + 1, metres, key)
        branches.candidates[depth, count] = number
        branches.cost[depth, count] = cost
        count += 1
    branches.left[depth] = count
    branches.next[depth] = 0
    room = _most_room(orders)
    for at in range(count):
        branches.bound[depth, at] = _bound(orders, prices, branches, depth, at, room)
    branches.turn[depth, :count] = np.argsort(-branches.bound[depth, :count])


@compiled
def _bound(orders: Orders, prices: Prices, branches: Branches, depth: int, at: int, room: float) -> float:
    """Return what can grow at most from the batch with a candidate: prices that fit, the last of them in part."""
    number, cost = branches.candidates[depth, at], branches.cost[depth, at]
    left = room - branches.load[depth, 0] - orders.loads[number, 0]
    bound = branches.priced[depth] + prices.order_m[number] - cost
    for other in range(branches.left[depth]):
        if branches.cost[depth, other] < cost or (branches.cost[depth, other] == cost and other < at):
            joining = branches.candidates[depth, other]
            load = orders.loads[joining, 0]
            if load >= left:
                return bound + (prices.order_m[joining] * left / load if load > 0.0 else prices.order_m[joining])
            left -= load
            bound += prices.order_m[joining]
    return bound


@compiled
def _most_room(orders: Orders) -> float:
    """Return the most that any cart holds of the first kind of room."""
    most = 0.0
    for cart in range(len(orders.rooms)):
        most = max(most, orders.rooms[cart, 0])
    return most


def branches_for(floor: Floor, orders: Orders, most_orders: int, triples: int) -> Branches:
    """Return room to search batches of at most so many orders."""
    count, rows = len(orders.words), most_orders + 2
    subs = len(floor.depth_m)
    return Branches(
        words=np.zeros((rows, orders.words.shape[1]), dtype=np.uint64),
        reach=np.full((rows, subs, 3), EMPTY),
        load=np.zeros((rows, orders.loads.shape[1])),
        held=np.zeros((rows, triples), dtype=np.int64),
        fined=np.zeros(rows),
        priced=np.zeros(rows),
        key=np.zeros(rows, dtype=np.uint64),
        chosen=np.full(rows, NOBODY, dtype=np.int64),
        candidates=np.zeros((rows, count), dtype=np.int64),
        left=np.zeros(rows, dtype=np.int64),
        cost=np.zeros((rows, count)),
        bound=np.zeros((rows, count)),
        turn=np.zeros((rows, count), dtype=np.int64),
        next=np.zeros(rows, dtype=np.int64),
        scratch=scratch_for(floor),
    )


@compiled_with_arrays
def worths(pool: Pool, prices: Prices, worth: Floats) -> None:
    """Work out what each batch of a pool is worth at these prices."""
    held = np.zeros(len(prices.fine_m), dtype=np.int64)
    for row in range(pool.held[0]):
        total = -pool.metres[row]
        for at in range(pool.size[row]):
            number = pool.members[row, at]
            total += prices.order_m[number]
            for triple in range(prices.triples_from[number], prices.triples_from[number + 1]):
                held[prices.triples[triple]] += 1
                if held[prices.triples[triple]] == 2:
                    total -= prices.fine_m[prices.triples[triple]]
        for at in range(pool.size[row]):
            number = pool.members[row, at]
            for triple in range(prices.triples_from[number], prices.triples_from[number + 1]):
                held[prices.triples[triple]] = 0
        worth[row] = total
