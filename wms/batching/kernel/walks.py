"""The length of the shortest walk over a set of stops.

One block: the dynamic program of Ratliff and Rosenthal, "Order-picking in a rectangular warehouse" (Operations Research
31, 1983), written out. Several blocks: the same idea with a table of states (Roodbergen and de Koster 2001; Cambazard
and Catusse 2018). Else: a tour by a distance matrix, which is good and not proven.
"""

import numpy as np
from numba import uint64

from wms.batching.kernel.bits import Words, lowest_bit
from wms.batching.kernel.compiled import compiled
from wms.batching.kernel.floors import MATRIX, ONE_BLOCK, Floats, Floor
from wms.batching.kernel.tours import tour_m

NEVER = 1e18
FRONT, BACK, SPLIT = 0, 1, 2
"""Columns of `reach`: out and back from the front, from the back, and from both ends around the widest gap."""
EMPTY = -1.0
"""What `reach` holds for a sub-aisle without stops."""


@compiled
def reach_into(floor: Floor, words: Words, sub: int, reach: Floats) -> None:
    """Work out what the ways to serve one sub-aisle cost, in metres, for a walk of these words."""
    length = floor.length_m[sub % floor.blocks]
    nearest, before, gap = EMPTY, EMPTY, 0.0
    for part in range(floor.width):
        word = words[sub * floor.width + part]
        while word:
            depth = floor.depth_m[sub, part * 64 + lowest_bit(word)]
            word &= word - uint64(1)
            if nearest < 0.0:
                nearest = depth
            elif depth - before > gap:
                gap = depth - before
            before = depth
    if nearest < 0.0:
        reach[sub, FRONT] = reach[sub, BACK] = reach[sub, SPLIT] = EMPTY
    else:
        reach[sub, FRONT] = 2.0 * before
        reach[sub, BACK] = 2.0 * (length - nearest)
        reach[sub, SPLIT] = 2.0 * (length - gap)


@compiled
def reach_all(floor: Floor, words: Words, reach: Floats) -> None:
    """Work out all of a walk's sub-aisles."""
    if floor.kind != MATRIX:
        for sub in range(len(floor.depth_m)):
            reach_into(floor, words, sub, reach)


@compiled
def walk_m(floor: Floor, words: Words, reach: Floats, scratch: Floats) -> float:
    """Return the length of the shortest walk known, in metres; 0 without stops.

    `reach` (sub-aisles x 3) must belong to the words; `scratch` (4 x as many as `scratch_size`) is overwritten.
    """
    if floor.kind == ONE_BLOCK:
        return one_block_m(floor, reach)
    if floor.kind == MATRIX:
        return tour_m(floor.metres, words, scratch)
    return blocks_m(floor, reach, scratch)


@compiled
def span_of(floor: Floor, reach: Floats) -> tuple[int, int]:
    """Return the first and last column a walk spans, the depot's included; (0, -1) without stops."""
    aisles = len(floor.depth_m) // floor.blocks
    first, last = aisles, -1
    for sub in range(len(floor.depth_m)):
        if reach[sub, FRONT] >= 0.0:
            aisle = sub // floor.blocks
            if first == aisles:
                first = aisle
            last = aisle
    if last < 0:
        return 0, -1
    # The depot's column stands before aisle `depot`, so aisles from there on move by one.
    first += 1 if first >= floor.depot else 0
    last += 1 if last >= floor.depot else 0
    return min(first, floor.depot), max(last, floor.depot)


@compiled
def one_block_m(floor: Floor, reach: Floats) -> float:
    """Return the length of the shortest walk on one block.

    After each column: `odd` has one path at each end; `back` and `front` are even there only, `joined` at both in one
    piece, `apart` at both in two.
    """
    first, last = span_of(floor, reach)
    if last < 0:
        return 0.0
    length = floor.length_m[0]
    odd = back = front = joined = apart = NEVER
    is_first = True
    x_before = floor.column_x_m[first]
    for column in range(first, last + 1):
        x = floor.column_x_m[column]
        if not is_first:
            width = 2.0 * (x - x_before)
            odd += width
            back = min(back, joined) + width
            front = min(front, joined) + width
            joined += 2.0 * width
            apart += 2.0 * width
        x_before = x
        if column == floor.depot:
            if is_first:
                front = 0.0
            else:
                apart = min(apart, back)
                back = NEVER
        else:
            aisle = column - (1 if column > floor.depot else 0)
            from_front, from_back, split = reach[aisle, 0], reach[aisle, 1], reach[aisle, 2]
            if is_first:
                odd, back, front = length, from_back, from_front
                joined, apart = 2.0 * length, split
            elif from_front < 0.0:
                new_odd = min(odd, min(min(back, front), min(joined, apart)) + length)
                joined = min(joined, min(odd + length, min(apart, min(back, front)) + 2.0 * length))
                odd = new_odd
            else:
                least = min(split, min(from_front, from_back))
                new_odd = min(odd + least, min(min(back, front), min(joined, apart)) + length)
                new_joined = min(joined + least, min(odd + length, min(apart, min(back, front)) + 2.0 * length))
                apart = min(apart + least, min(back + min(from_front, split), front + min(from_back, split)))
                back += from_back
                front += from_front
                odd, joined = new_odd, new_joined
        is_first = False
    return min(joined, min(back, front)) + floor.approach_m


@compiled
def ways_of(reach: Floats, sub: int, length: float, ways: Floats) -> None:
    """Work out what each of the eight ways of `crossings.WAYS` costs in a sub-aisle that has stops."""
    front, back, split = reach[sub, 0], reach[sub, 1], reach[sub, 2]
    ways[0] = length
    ways[1] = 2.0 * length
    ways[2] = front
    ways[3] = back
    ways[4] = split
    ways[5] = min(front, split)
    ways[6] = min(back, split)
    ways[7] = min(ways[5], back)


@compiled
def _cross(floor: Floor, now: Floats, then: Floats, width_m: float) -> None:
    """Work out the states at the next column, so many metres farther on."""
    then[: len(floor.is_end)] = NEVER
    for row in range(len(floor.cross)):
        cost = now[floor.cross[row, 1]] + floor.cross_m[row] * width_m
        after = floor.cross[row, 2]
        if cost < then[after]:
            then[after] = cost


@compiled
def _serve(floor: Floor, reach: Floats, sub: int, ways: Floats, now: Floats, then: Floats) -> None:
    """Work out the states after a sub-aisle."""
    block, states = sub % floor.blocks, len(floor.is_end)
    is_empty = reach[sub, 0] < 0.0
    if is_empty:
        ways[0] = floor.length_m[block]
        ways[1] = 2.0 * ways[0]
        for state in range(states):
            then[state] = now[state]
    else:
        ways_of(reach, sub, floor.length_m[block], ways)
        then[:states] = NEVER
    for row in range(floor.serve_from[block], floor.serve_from[block + 1]):
        way = floor.serve[row, 1]
        if is_empty and way > 1:
            break
        cost = now[floor.serve[row, 2]] + ways[way]
        after = floor.serve[row, 3]
        if cost < then[after]:
            then[after] = cost


@compiled
def blocks_m(floor: Floor, reach: Floats, scratch: Floats) -> float:
    """Return the length of the shortest walk on several blocks, by the floor's table of states."""
    first, last = span_of(floor, reach)
    if last < 0:
        return 0.0
    states = len(floor.is_end)
    now, then, ways = scratch[0], scratch[1], scratch[2]
    now[:states] = NEVER
    now[0] = 0.0
    for column in range(first, last + 1):
        if column > first:
            _cross(floor, now, then, floor.column_x_m[column] - floor.column_x_m[column - 1])
            now, then = then, now
        if column == floor.depot:
            then[:states] = NEVER
            for state in range(states):
                after = floor.depot_state[state]
                if now[state] < then[after]:
                    then[after] = now[state]
            now, then = then, now
            continue
        aisle = column - (1 if column > floor.depot else 0)
        for block in range(floor.blocks):
            sub = aisle * floor.blocks + block
            _serve(floor, reach, sub, ways, now, then)
            now, then = then, now
    best = NEVER
    for state in range(states):
        if floor.is_end[state] and now[state] < best:
            best = now[state]
    return best + floor.approach_m


@compiled
def walks_m(floor: Floor, walks: Words, reach: Floats, scratch: Floats, metres: Floats) -> None:
    """Work out the lengths of many walks, a row each."""
    for row in range(len(walks)):
        reach_all(floor, walks[row], reach)
        metres[row] = walk_m(floor, walks[row], reach, scratch)


def scratch_for(floor: Floor) -> Floats:
    """Return room for `walk_m` to work in; each thread needs its own."""
    points = len(floor.metres)
    return np.empty((4, max(16, len(floor.is_end), 2 * points + 2)))
