"""Which steps the shortest walk takes, read back from the table of states."""

import numpy as np

from wms.batching.kernel.compiled import compiled, compiled_with_arrays
from wms.batching.kernel.floors import Floats, Floor, Ints
from wms.batching.kernel.walks import NEVER, span_of, ways_of

NONE = -1
THROUGH, TWICE = 0, 1


@compiled_with_arrays
def trace(floor: Floor, reach: Floats) -> tuple[int, Ints]:
    """Return the first column of the shortest walk, and its steps column by column.

    A column's steps are the row of `cross` that led to it, then for an aisle the row of `serve` of each block; -1 for
    none. A depot's column has no aisle, and its steps there are -1. Without stops there are no steps.
    """
    first, last = span_of(floor, reach)
    states, per_column = len(floor.is_end), floor.blocks + 1
    steps = np.full((last - first + 1) * per_column, NONE)
    if last < 0:
        return 0, steps
    rows = np.full((len(steps), states), NONE)
    before = np.full((len(steps), states), NONE)
    now, then, ways = np.full(states, NEVER), np.empty(states), np.empty(8)
    now[0] = 0.0
    for column in range(first, last + 1):
        at = (column - first) * per_column
        if column > first:
            width = floor.column_x_m[column] - floor.column_x_m[column - 1]
            then[:] = NEVER
            for row in range(len(floor.cross)):
                _reach_state(
                    then, rows[at], before[at], floor.cross[row, 2], row, floor.cross[row, 1],
                    now[floor.cross[row, 1]] + floor.cross_m[row] * width,
                )  # fmt: skip
            now, then = then, now
        else:
            _stay(now, then, rows[at], before[at])
            now, then = then, now
        aisle = column - (1 if column > floor.depot else 0)
        for block in range(floor.blocks):
            at += 1
            if column == floor.depot:
                then[:] = NEVER
                for state in range(states):
                    after = floor.depot_state[state] if block == 0 else state
                    _reach_state(then, rows[at], before[at], after, NONE, state, now[state])
            else:
                sub = aisle * floor.blocks + block
                _serve(floor, reach, sub, ways, now, then, rows[at], before[at])
            now, then = then, now
    state = 0
    least = NEVER
    for end in range(states):
        if floor.is_end[end] and now[end] < least:
            least, state = now[end], end
    for at in range(len(steps) - 1, -1, -1):
        steps[at] = rows[at, state]
        state = before[at, state]
    return first, steps


@compiled
def _reach_state(then: Floats, rows: Ints, before: Ints, after: int, row: int, state: int, cost: float) -> None:
    """Note a way into a state if it is the cheapest so far."""
    if cost < then[after]:
        then[after], rows[after], before[after] = cost, row, state


@compiled
def _stay(now: Floats, then: Floats, rows: Ints, before: Ints) -> None:
    """Keep every state as it is."""
    for state in range(len(now)):
        then[state], rows[state], before[state] = now[state], NONE, state


@compiled
def _serve(
    floor: Floor, reach: Floats, sub: int, ways: Floats, now: Floats, then: Floats, rows: Ints, before: Ints
) -> None:
    """Serve one sub-aisle in the cheapest way into each state."""
    block = sub % floor.blocks
    is_empty = reach[sub, 0] < 0.0
    if is_empty:
        ways[THROUGH], ways[TWICE] = floor.length_m[block], 2.0 * floor.length_m[block]
        _stay(now, then, rows, before)
    else:
        ways_of(reach, sub, floor.length_m[block], ways)
        then[:] = NEVER
    for row in range(floor.serve_from[block], floor.serve_from[block + 1]):
        way, state, after = floor.serve[row, 1], floor.serve[row, 2], floor.serve[row, 3]
        if not is_empty or way <= TWICE:
            _reach_state(then, rows, before, after, row, state, now[state] + ways[way])
