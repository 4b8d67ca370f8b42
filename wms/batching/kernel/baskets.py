"""The batches of a plan while it is being improved: who is in which, what each walks, carries and takes.

`Orders` never changes; `Baskets` does, one for each thread. A change is first tried on a bench of two rows (`try_change`),
where only the sub-aisles it touches are worked out anew, and then either kept (`keep`) or forgotten.
"""

from typing import NamedTuple

import numpy as np
from numba import uint64
from numpy.typing import NDArray

from wms.batching.kernel.compiled import compiled, compiled_with_arrays, copy_into
from wms.batching.kernel.bits import Words
from wms.batching.kernel.floors import MATRIX, Floats, Floor, Ints
from wms.batching.kernel.walks import reach_all, reach_into, scratch_for, walk_m

NOBODY = -1


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
    reach: Floats
    """Batches x sub-aisles x 3, see `walks`."""
    load: Floats
    metres: Floats
    excess: Floats
    """How far each batch is over its cart, as a share of the cart."""
    work_s: Floats
    due: Ints
    key: Words
    bench_words: Words
    """Two rows on which changes are tried, and likewise below."""
    bench_reach: Floats
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
def try_change(
    floor: Floor, orders: Orders, baskets: Baskets, batch: int, out: Ints, into: Ints, row: int
) -> float:
    """Return the length of a batch's walk without the orders `out` and with the orders `into`; -1 stands for nobody."""
    words, reach = baskets.bench_words[row], baskets.bench_reach[row]
    copy_into(words, baskets.words[batch])
    copy_into(reach, baskets.reach[batch])
    for number in out:
        if number != NOBODY:
            for at in range(orders.cell_from[number], orders.cell_from[number + 1]):
                cell = orders.cells[at]
                word = uint64(0)
                for place in range(baskets.size[batch]):
                    member = baskets.members[batch, place]
                    if member != out[0] and member != out[1]:
                        word |= orders.words[member, cell]
                words[cell] = word
    for number in into:
        if number != NOBODY:
            for at in range(orders.cell_from[number], orders.cell_from[number + 1]):
                cell = orders.cells[at]
                words[cell] |= orders.words[number, cell]
    if floor.kind != MATRIX:
        for numbers in (out, into):
            for number in numbers:
                if number != NOBODY:
                    for at in range(orders.cell_from[number], orders.cell_from[number + 1]):
                        reach_into(floor, words, orders.cells[at] // floor.width, reach)
    return walk_m(floor, words, reach, baskets.scratch)


@compiled
def put_in(orders: Orders, baskets: Baskets, number: int, batch: int) -> None:
    """Write an order into a batch's row of members, without measuring the batch."""
    place = baskets.size[batch]
    baskets.members[batch, place] = number
    baskets.size[batch] = place + 1
    baskets.batch_of[number] = batch
    baskets.place_of[number] = place
    baskets.key[batch] ^= orders.keys[number]
    for kind in range(orders.loads.shape[1]):
        baskets.load[batch, kind] += orders.loads[number, kind]


@compiled
def take_out(orders: Orders, baskets: Baskets, number: int) -> None:
    """Take an order out of its batch's row of members, without measuring the batch."""
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


@compiled
def measure(floor: Floor, orders: Orders, baskets: Baskets, batch: int) -> None:
    """Work out everything about a batch from its members."""
    for cell in range(baskets.words.shape[1]):
        baskets.words[batch, cell] = uint64(0)
    for place in range(baskets.size[batch]):
        number = baskets.members[batch, place]
        for at in range(orders.cell_from[number], orders.cell_from[number + 1]):
            baskets.words[batch, orders.cells[at]] |= orders.words[number, orders.cells[at]]
    reach_all(floor, baskets.words[batch], baskets.reach[batch])
    baskets.metres[batch] = walk_m(floor, baskets.words[batch], baskets.reach[batch], baskets.scratch)
    weigh(orders, baskets, batch)


@compiled
def weigh(orders: Orders, baskets: Baskets, batch: int) -> None:
    """Work out a batch's excess, work and cutoff from its members and its metres."""
    baskets.excess[batch] = excess_of(baskets.load[batch], orders.rooms) if baskets.size[batch] else 0.0
    work, due = 0.0, len(orders.due)
    for place in range(baskets.size[batch]):
        number = baskets.members[batch, place]
        work += orders.handling_s[number]
        due = min(due, orders.due[number])
    baskets.work_s[batch] = work + orders.setup_s + baskets.metres[batch] * orders.metre_s if baskets.size[batch] else 0.0
    baskets.due[batch] = due


@compiled
def keep(floor: Floor, orders: Orders, baskets: Baskets, batch: int, row: int, metres: float) -> None:
    """Make the tried walk of a batch its own; its members have been changed already."""
    copy_into(baskets.words[batch], baskets.bench_words[row])
    copy_into(baskets.reach[batch], baskets.bench_reach[row])
    baskets.metres[batch] = metres
    weigh(orders, baskets, batch)


@compiled_with_arrays
def fill(floor: Floor, orders: Orders, baskets: Baskets, batch_of: Ints) -> None:
    """Begin anew with each order in the batch given for it (-1: in none)."""
    baskets.members[:] = NOBODY
    baskets.size[:] = 0
    baskets.load[:] = 0.0
    baskets.key[:] = uint64(0)
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
        reach=np.zeros(shape),
        load=np.zeros((batches, orders.loads.shape[1])),
        metres=np.zeros(batches),
        excess=np.zeros(batches),
        work_s=np.zeros(batches),
        due=np.zeros(batches, dtype=np.int64),
        key=np.zeros(batches, dtype=np.uint64),
        bench_words=np.zeros((2, words), dtype=np.uint64),
        bench_reach=np.zeros((2, subs, 3)),
        scratch=scratch_for(floor),
    )



