"""The batches of a plan while it is being improved: who is in which, what each walks, carries and takes.

`Orders` never changes; `Baskets` does, one for each thread. What a change would walk is found by making it in the
batch's own rows, where only the sub-aisles it touches are worked out anew, and taking it back (`try_change`).
"""

from typing import NamedTuple

import numpy as np
from numba import uint64
from numpy.typing import NDArray

from wms.batching.kernel.bits import Words, lowest_bit
from wms.batching.kernel.compiled import compiled, compiled_with_arrays
from wms.batching.kernel.floors import MATRIX, Floats, Floor, Ints
from wms.batching.kernel.walks import reach_all, reach_into, scratch_for, walk_m

NOBODY = -1
Counts = NDArray[np.uint16]


class Orders(NamedTuple):
    """The orders of a problem, numbered from 0."""

    words: Words
    """Each order's walk: orders x words."""
    cell_from: Ints
    """Where each order's cells begin in `cells`, and the end."""
    cells: Ints
    """The words of each order that are not 0."""
    loads: Floats
    """What each order takes of a cart: orders x kinds of room."""
    rooms: Floats
    """What each shape of cart holds: carts x kinds of room."""
    handling_s: Floats
    """Time each order takes beside walking."""
    due: Ints
    """The number of each order's cutoff, the earliest 0; orders without one have the last number."""
    aim: Ints
    """By which cutoff each order starts: its own; where that is lost, the number of orders without one, which have one
    more (see `schedule`)."""
    priority: Ints
    home: Ints
    """The earlier batch of each order, or -1."""
    keys: Words
    """A random word an order: together they name a set of orders (Zobrist)."""
    metre_s: float
    setup_s: float


class Baskets(NamedTuple):
    """The batches: row b of each array belongs to batch b; empty ones have size 0."""

    members: Ints
    """Batches x most orders, padded with -1."""
    size: Ints
    batch_of: Ints
    """The batch of each order, or -1."""
    place_of: Ints
    """The place of each order in its batch's row of `members`."""
    words: Words
    visits: Counts
    """How many orders of a batch visit each bit: batches x (words * 64)."""
    reach: Floats
    """Batches x sub-aisles x 3, see `walks`."""
    load: Floats
    metres: Floats
    excess: Floats
    """How far each batch is over its cart, as a share of the cart."""
    work_s: Floats
    aim: Ints
    due: Ints
    priority: Ints
    key: Words
    saved_cell: Ints
    """What a change that is tried has touched, in its sequence: cells, and their words and ways before."""
    saved_words: Words
    saved_reach: Floats
    scratch: Floats


@compiled
def excess_of(load: Floats, rooms: Floats) -> float:
    """Return by how much a load is over the cart that suits it best, as a sum of shares of its room; 0 when it fits."""
    least = np.inf
    for cart in range(len(rooms)):
        over = 0.0
        for kind in range(len(load)):
            if load[kind] > rooms[cart, kind]:
                over += (load[kind] - rooms[cart, kind]) / rooms[cart, kind]
        least = min(least, over)
    return least


@compiled
def try_change(floor: Floor, orders: Orders, baskets: Baskets, batch: int, out: Ints, into: Ints) -> float:
    """Return the length of a batch's walk without the orders `out` and with the orders `into`; -1 stands for nobody."""
    touched = 0
    for at in range(len(out)):
        if out[at] != NOBODY:
            for row in range(orders.cell_from[out[at]], orders.cell_from[out[at] + 1]):
                cell = orders.cells[row]
                _save(floor, baskets, batch, cell, touched)
                touched += 1
                left = _without(orders, baskets, batch, cell, out, at)
                baskets.words[batch, cell] &= left
    for at in range(len(into)):
        if into[at] != NOBODY:
            for row in range(orders.cell_from[into[at]], orders.cell_from[into[at] + 1]):
                cell = orders.cells[row]
                _save(floor, baskets, batch, cell, touched)
                touched += 1
                baskets.words[batch, cell] |= orders.words[into[at], cell]
    if floor.kind != MATRIX:
        for at in range(touched):
            reach_into(floor, baskets.words[batch], baskets.saved_cell[at] // floor.width, baskets.reach[batch])
    metres = walk_m(floor, baskets.words[batch], baskets.reach[batch], baskets.scratch)
    for at in range(touched - 1, -1, -1):
        cell = baskets.saved_cell[at]
        baskets.words[batch, cell] = baskets.saved_words[at]
        for way in range(3):
            baskets.reach[batch, cell // floor.width, way] = baskets.saved_reach[at, way]
    return metres


@compiled
def _save(floor: Floor, baskets: Baskets, batch: int, cell: int, at: int) -> None:
    """Note what a cell is like before a change."""
    baskets.saved_cell[at] = cell
    baskets.saved_words[at] = baskets.words[batch, cell]
    for way in range(3):
        baskets.saved_reach[at, way] = baskets.reach[batch, cell // floor.width, way]


@compiled
def _without(orders: Orders, baskets: Baskets, batch: int, cell: int, out: Ints, at: int) -> np.uint64:
    """Return the bits of a cell that are still visited when the orders `out`, up to number `at`, are gone."""
    word, left = orders.words[out[at], cell], ~uint64(0)
    while word != uint64(0):
        bit = lowest_bit(word)
        gone = 1
        for other in range(at):
            if out[other] != NOBODY and (orders.words[out[other], cell] >> uint64(bit)) & uint64(1):
                gone += 1
        if baskets.visits[batch, cell * 64 + bit] <= gone:
            left &= ~(uint64(1) << uint64(bit))
        word &= word - uint64(1)
    return left


@compiled
def put_in(orders: Orders, baskets: Baskets, number: int, batch: int) -> None:
    """Put an order into a batch, without measuring the batch."""
    place = baskets.size[batch]
    baskets.members[batch, place] = number
    baskets.size[batch] = place + 1
    baskets.batch_of[number] = batch
    baskets.place_of[number] = place
    baskets.key[batch] ^= orders.keys[number]
    for kind in range(orders.loads.shape[1]):
        baskets.load[batch, kind] += orders.loads[number, kind]
    for row in range(orders.cell_from[number], orders.cell_from[number + 1]):
        cell = orders.cells[row]
        word = orders.words[number, cell]
        baskets.words[batch, cell] |= word
        while word != uint64(0):
            baskets.visits[batch, cell * 64 + lowest_bit(word)] += 1
            word &= word - uint64(1)


@compiled
def take_out(orders: Orders, baskets: Baskets, number: int) -> None:
    """Take an order out of its batch, without measuring the batch."""
    batch, place = baskets.batch_of[number], baskets.place_of[number]
    last = baskets.size[batch] - 1
    moved = baskets.members[batch, last]
    baskets.members[batch, place] = moved
    baskets.place_of[moved] = place
    baskets.members[batch, last] = NOBODY
    baskets.size[batch] = last
    baskets.batch_of[number] = NOBODY
    baskets.key[batch] ^= orders.keys[number]
    for kind in range(orders.loads.shape[1]):
        baskets.load[batch, kind] -= orders.loads[number, kind]
    for row in range(orders.cell_from[number], orders.cell_from[number + 1]):
        cell = orders.cells[row]
        word = orders.words[number, cell]
        while word != uint64(0):
            bit = lowest_bit(word)
            baskets.visits[batch, cell * 64 + bit] -= 1
            if baskets.visits[batch, cell * 64 + bit] == 0:
                baskets.words[batch, cell] &= ~(uint64(1) << uint64(bit))
            word &= word - uint64(1)


@compiled
def reach_order(floor: Floor, orders: Orders, baskets: Baskets, number: int, batch: int) -> None:
    """Work out anew the sub-aisles of a batch that an order visits."""
    if floor.kind != MATRIX:
        for row in range(orders.cell_from[number], orders.cell_from[number + 1]):
            reach_into(floor, baskets.words[batch], orders.cells[row] // floor.width, baskets.reach[batch])


@compiled
def measure(floor: Floor, orders: Orders, baskets: Baskets, batch: int) -> None:
    """Work out everything about a batch from its members and its words."""
    reach_all(floor, baskets.words[batch], baskets.reach[batch])
    baskets.metres[batch] = walk_m(floor, baskets.words[batch], baskets.reach[batch], baskets.scratch)
    weigh(orders, baskets, batch)


@compiled
def weigh(orders: Orders, baskets: Baskets, batch: int) -> None:
    """Work out a batch's excess, work, aim, cutoff and priority from its members and its metres."""
    baskets.excess[batch] = excess_of(baskets.load[batch], orders.rooms) if baskets.size[batch] else 0.0
    work, aim, due, priority = 0.0, len(orders.due) + 1, len(orders.due), 0
    for place in range(baskets.size[batch]):
        number = baskets.members[batch, place]
        work += orders.handling_s[number]
        aim = min(aim, orders.aim[number])
        due = min(due, orders.due[number])
        priority = max(priority, orders.priority[number])
    baskets.work_s[batch] = (
        work + orders.setup_s + baskets.metres[batch] * orders.metre_s if baskets.size[batch] else 0.0
    )
    baskets.aim[batch], baskets.due[batch], baskets.priority[batch] = aim, due, priority


@compiled_with_arrays
def fill(floor: Floor, orders: Orders, baskets: Baskets, batch_of: Ints) -> None:
    """Begin anew with each order in the batch given for it (-1: in none)."""
    baskets.members[:] = NOBODY
    baskets.size[:] = 0
    baskets.load[:] = 0.0
    baskets.key[:] = uint64(0)
    baskets.words[:] = uint64(0)
    baskets.visits[:] = 0
    baskets.batch_of[:] = NOBODY
    for number in range(len(batch_of)):
        if batch_of[number] != NOBODY:
            put_in(orders, baskets, number, batch_of[number])
    for batch in range(len(baskets.size)):
        measure(floor, orders, baskets, batch)


def empty_baskets(floor: Floor, orders: Orders, batches: int, most_orders: int) -> Baskets:
    """Return room for so many batches of at most so many orders."""
    count, words, subs = len(orders.words), orders.words.shape[1], len(floor.depth_m)
    shape = (batches, subs, 3)
    return Baskets(
        members=np.full((batches, most_orders), NOBODY, dtype=np.int64),
        size=np.zeros(batches, dtype=np.int64),
        batch_of=np.full(count, NOBODY, dtype=np.int64),
        place_of=np.zeros(count, dtype=np.int64),
        words=np.zeros((batches, words), dtype=np.uint64),
        visits=np.zeros((batches, words * 64), dtype=np.uint16),
        reach=np.zeros(shape),
        load=np.zeros((batches, orders.loads.shape[1])),
        metres=np.zeros(batches),
        excess=np.zeros(batches),
        work_s=np.zeros(batches),
        aim=np.zeros(batches, dtype=np.int64),
        due=np.zeros(batches, dtype=np.int64),
        priority=np.zeros(batches, dtype=np.int64),
        key=np.zeros(batches, dtype=np.uint64),
        saved_cell=np.zeros(4 * words, dtype=np.int64),
        saved_words=np.zeros(4 * words, dtype=np.uint64),
        saved_reach=np.zeros((4 * words, 3)),
        scratch=scratch_for(floor),
    )
