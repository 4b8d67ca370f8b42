"""Finds triples of orders that a solution in shares covers by more than one batch with two or more of them."""

import numpy as np

from wms.batching.kernel.compiled import compiled_with_arrays
from wms.batching.kernel.floors import Floats, Ints

LEAST = 0.02
"""Triples overdrawn by less than this are left alone."""


@compiled_with_arrays
def overdrawn(members: Ints, shares: Floats, orders: int, most: int) -> tuple[Ints, Floats]:
    """Return up to `most` triples that are overdrawn most, and by how much.

    `members` is a row a batch, padded with -1, and `shares` how much of each is chosen.
    """
    pair = np.zeros((orders, orders))
    for row in range(len(members)):
        for first in range(members.shape[1]):
            if members[row, first] < 0:
                break
            for second in range(members.shape[1]):
                if members[row, second] < 0:
                    break
                pair[members[row, first], members[row, second]] += shares[row]
    found, over = np.zeros((most, 3), dtype=np.int64), np.zeros(most)
    for one in range(orders):
        for two in range(one + 1, orders):
            if pair[one, two] <= 0.0:
                continue
            for three in range(orders):
                if three in (one, two) or (three < two and pair[two, three] > 0.0 and pair[one, three] > 0.0):
                    continue
                total = pair[one, two] + pair[one, three] + pair[two, three]
                least = over.argmin()
                if total <= 1.0 + max(LEAST, over[least]):
                    continue
                # A batch with all three was counted for each of its pairs.
                total -= 2.0 * _share_of_all(members, shares, one, two, three)
                if total > 1.0 + max(LEAST, over[least]) and not _is_known(found, over, one, two, three):
                    found[least, 0], found[least, 1], found[least, 2] = one, two, three
                    over[least] = total - 1.0
    return found, over


@compiled_with_arrays
def _share_of_all(members: Ints, shares: Floats, one: int, two: int, three: int) -> float:
    """Return the shares of batches that hold all three orders."""
    total = 0.0
    for row in range(len(members)):
        held = 0
        for at in range(members.shape[1]):
            number = members[row, at]
            if number < 0:
                break
            if number in (one, two, three):
                held += 1
        if held == 3:
            total += shares[row]
    return total


@compiled_with_arrays
def _is_known(found: Ints, over: Floats, one: int, two: int, three: int) -> bool:
    """Return whether the triple has been found already."""
    for row in range(len(found)):
        if over[row] > 0.0:
            held = 0
            for at in range(3):
                if found[row, at] == one or found[row, at] == two or found[row, at] == three:
                    held += 1
            if held == 3:
                return True
    return False
