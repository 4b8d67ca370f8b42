"""Walks by a distance matrix: nearest neighbour, then 2-opt and moved points until neither helps. Good, not proven."""

from numba import uint64

from wms.batching.kernel.bits import Words, lowest_bit, random_below
from wms.batching.kernel.compiled import compiled
from wms.batching.kernel.floors import Floats

SHORT = 10
"""Every other time the pieces exchanged have at most so many points: what is far away stays in order."""
LEAST_GAIN_M = 1e-9
"""Gains below this are rounding, and would go on forever."""


@compiled
def tour_m(metres: Floats, words: Words, scratch: Floats) -> float:
    """Return the length of a short tour from point 0 over the points of the words' bits (bit n is point n + 1)."""
    legs = make_tour(metres, words, scratch[0])
    return length_of(metres, scratch[0], legs)


@compiled
def make_tour(metres: Floats, words: Words, tour: Floats) -> int:
    """Write a short tour into the row, point 0 first and last, and return how many legs it has; 0 without points."""
    count = 0
    tour[0] = 0.0
    for part in range(len(words)):
        word = words[part]
        while word:
            count += 1
            tour[count] = part * 64 + lowest_bit(word) + 1
            word &= word - uint64(1)
    if count == 0:
        return 0
    for at in range(count - 1):
        here, nearest = int(tour[at]), at + 1
        for other in range(at + 2, count + 1):
            if metres[here, int(tour[other])] < metres[here, int(tour[nearest])]:
                nearest = other
        tour[at + 1], tour[nearest] = tour[nearest], tour[at + 1]
    tour[count + 1] = 0.0
    _settle(metres, tour, count)
    return count + 1


@compiled
def better_tour(metres: Floats, words: Words, tour: Floats, scratch: Floats, random: Words, kicks: int) -> int:
    """Write a shorter tour: thrown about and settled again so many times, from the best so far; return its legs."""
    legs = make_tour(metres, words, tour)
    count = legs - 1
    if count < 4:
        return legs
    best = length_of(metres, tour, legs)
    for _ in range(kicks):
        _throw(tour, scratch, count, random)
        _settle(metres, scratch, count)
        length = length_of(metres, scratch, legs)
        if length < best - LEAST_GAIN_M:
            best = length
            for at in range(count + 2):
                tour[at] = scratch[at]
    return legs


@compiled
def length_of(metres: Floats, tour: Floats, legs: int) -> float:
    """Return the length of a tour."""
    total = 0.0
    for at in range(legs):
        total += metres[int(tour[at]), int(tour[at + 1])]
    return total


@compiled
def _settle(metres: Floats, tour: Floats, count: int) -> None:
    """Turn and move pieces until neither helps."""
    while _turn_pieces(metres, tour, count) or _move_pieces(metres, tour, count):
        pass


@compiled
def _throw(tour: Floats, thrown: Floats, count: int, random: Words) -> None:
    """Write the tour with two neighbouring pieces exchanged (a double bridge, Martin, Otto and Felten 1991)."""
    most = SHORT if random_below(random, 2) == 0 else count
    first = 1 + random_below(random, count - 1)
    second = first + 1 + random_below(random, min(most, count - first))
    third = second + random_below(random, min(most, count - second + 1))
    for at in range(count + 2):
        thrown[at] = tour[at]
    at = first
    for source in range(second, third + 1):
        thrown[at] = tour[source]
        at += 1
    for source in range(first, second):
        thrown[at] = tour[source]
        at += 1


@compiled
def _turn_pieces(metres: Floats, tour: Floats, count: int) -> bool:
    """Turn round each piece whose turning shortens the tour (2-opt); whether one did."""
    changed = False
    for first in range(1, count):
        for last in range(first + 1, count + 1):
            before, start = int(tour[first - 1]), int(tour[first])
            end, after = int(tour[last]), int(tour[last + 1])
            new = metres[before, end] + metres[start, after]
            if new < metres[before, start] + metres[end, after] - LEAST_GAIN_M:
                low, high = first, last
                while low < high:
                    tour[low], tour[high] = tour[high], tour[low]
                    low += 1
                    high -= 1
                changed = True
    return changed


@compiled
def _move_pieces(metres: Floats, tour: Floats, count: int) -> bool:
    """Move pieces of up to three points to where they cost least, either way round (Or-opt); whether one moved."""
    changed = False
    for size in range(1, min(3, count - 1) + 1):
        for first in range(1, count - size + 2):
            last = first + size - 1
            before, start = int(tour[first - 1]), int(tour[first])
            end, after = int(tour[last]), int(tour[last + 1])
            saved = metres[before, start] + metres[end, after] - metres[before, after]
            best, target, turned = saved - LEAST_GAIN_M, -1, False
            for at in range(count + 1):
                if first - 1 <= at <= last:
                    continue
                here, there = int(tour[at]), int(tour[at + 1])
                straight = metres[here, start] + metres[end, there] - metres[here, there]
                around = metres[here, end] + metres[start, there] - metres[here, there]
                if straight < best:
                    best, target, turned = straight, at, False
                if around < best:
                    best, target, turned = around, at, True
            if target >= 0:
                _move(tour, first, size, target, turned)
                changed = True
    return changed


@compiled
def _move(tour: Floats, first: int, size: int, target: int, turned: bool) -> None:
    """Move `size` points from `first` to between `target` and the point after it."""
    if target > first:
        for _ in range(size):
            point = tour[first]
            for at in range(first, target):
                tour[at] = tour[at + 1]
            tour[target] = point
        low, high = target - size + 1, target
    else:
        for _ in range(size):
            point = tour[first + size - 1]
            for at in range(first + size - 1, target + 1, -1):
                tour[at] = tour[at - 1]
            tour[target + 1] = point
        low, high = target + 1, target + size
    while turned and low < high:
        tour[low], tour[high] = tour[high], tour[low]
        low += 1
        high -= 1
