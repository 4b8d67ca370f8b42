"""What the search has seen: lengths of walks by set of orders, and the batches worth combining anew."""

from typing import NamedTuple

import numpy as np
from numba import uint64

from wms.batching.kernel.baskets import Baskets
from wms.batching.kernel.bits import Words
from wms.batching.kernel.compiled import compiled
from wms.batching.kernel.floors import Floats, Ints

NOTHING = -1.0


class Lengths(NamedTuple):
    """Lengths of walks by key; a newer one replaces an older one in the same place."""

    keys: Words
    metres: Floats


class Pool(NamedTuple):
    """Batches that fit a cart, each kept once; entry 0 of `held` says how many there are."""

    members: Ints
    size: Ints
    metres: Floats
    keys: Words
    slots: Ints
    """An open table of row numbers by key; -1 is free."""
    held: Ints


def empty_lengths(places: int) -> Lengths:
    """Return room for so many lengths, a power of two."""
    return Lengths(keys=np.zeros(places, dtype=np.uint64), metres=np.zeros(places))


def empty_pool(rows: int, most_orders: int) -> Pool:
    """Return room for so many batches; 0 rows keep none."""
    places = 1 << max(1, (2 * rows).bit_length())
    return Pool(
        members=np.full((rows, most_orders), -1, dtype=np.int64),
        size=np.zeros(rows, dtype=np.int64),
        metres=np.zeros(rows),
        keys=np.zeros(rows, dtype=np.uint64),
        slots=np.full(places, -1, dtype=np.int64),
        held=np.zeros(1, dtype=np.int64),
    )


@compiled
def length_of(lengths: Lengths, key: int) -> float:
    """Return a walk's length, or NOTHING where it is not known."""
    place = key & uint64(len(lengths.keys) - 1)
    if lengths.keys[place] == key:
        return lengths.metres[place]
    return NOTHING


@compiled
def keep_length(lengths: Lengths, key: int, metres: float) -> None:
    """Remember a walk's length."""
    place = key & uint64(len(lengths.keys) - 1)
    lengths.keys[place] = key
    lengths.metres[place] = metres


@compiled
def add_batch(pool: Pool, members: Ints, size: int, metres: float, key: int) -> bool:
    """Keep a batch unless it is known or the pool is full; whether it was kept."""
    mask = uint64(len(pool.slots) - 1)
    place = key & mask
    while pool.slots[place] >= 0:
        if pool.keys[pool.slots[place]] == key:
            return False
        place = (place + uint64(1)) & mask
    row = pool.held[0]
    if row >= len(pool.size):
        return False
    pool.slots[place] = row
    pool.keys[row] = key
    pool.size[row] = size
    pool.metres[row] = metres
    for at in range(size):
        pool.members[row, at] = members[at]
    pool.held[0] = row + 1
    return True


@compiled
def add_baskets(pool: Pool, baskets: Baskets) -> None:
    """Keep all batches of a plan that fit."""
    for batch in range(len(baskets.size)):
        if baskets.size[batch] and baskets.excess[batch] == 0.0:
            _ = add_batch(pool, baskets.members[batch], baskets.size[batch], baskets.metres[batch], baskets.key[batch])
