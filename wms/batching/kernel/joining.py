"""First batches by savings: of all pairs that fit a cart, again and again the one that saves most by walking together.

Source: Clarke and Wright, "Scheduling of vehicles from a central depot" (Operations Research 12, 1964), with each
joined batch priced anew.
"""

import numpy as np

from wms.batching.kernel.baskets import Orders, excess_of
from wms.batching.kernel.bits import Words
from wms.batching.kernel.compiled import compiled, compiled_with_arrays
from wms.batching.kernel.floors import MATRIX, Floats, Floor, Ints
from wms.batching.kernel.walks import EMPTY, reach_all, reach_into, scratch_for, walk_m

NO_SAVING = -1e18
ROUNDING_M = 1e-6
"""Sums of the same distances in another sequence differ by less than this."""


@compiled_with_arrays
def join(floor: Floor, orders: Orders, group_of: Ints, scratch: Floats) -> None:
    """Join groups of orders in place until no pair fits and saves.

    `group_of` holds each order's group, numbered from 0, or -1 for orders that stay out; a joined group keeps the
    lower number.
    """
    groups = group_of.max() + 1
    words = np.zeros((groups + 1, orders.words.shape[1]), dtype=np.uint64)
    reach = np.full((groups + 1, len(floor.depth_m), 3), EMPTY)
    load = np.zeros((groups + 1, orders.loads.shape[1]))
    for number in range(len(group_of)):
        if group_of[number] >= 0:
            words[group_of[number]] |= orders.words[number]
            load[group_of[number]] += orders.loads[number]
    metres, into = np.zeros(groups), np.arange(groups)
    for group in range(groups):
        reach_all(floor, words[group], reach[group])
        metres[group] = walk_m(floor, words[group], reach[group], scratch)
    saved = np.full((groups, groups), NO_SAVING, dtype=np.float32)
    for here in range(groups):
        for there in range(here):
            saved[here, there] = saved[there, here] = _saving(
                floor, orders, words, reach, load, metres, here, there, scratch
            )
    best = np.zeros(groups, dtype=np.int64)
    for group in range(groups):
        best[group] = saved[group].argmax()
    while groups > 1:
        here, there = _best_pair(saved, best)
        if saved[here, there] < -ROUNDING_M:
            break
        words[here] |= words[there]
        load[here] += load[there]
        into[there] = here
        reach_all(floor, words[here], reach[here])
        metres[here] = walk_m(floor, words[here], reach[here], scratch)
        saved[there, :] = NO_SAVING
        saved[:, there] = NO_SAVING
        for other in range(groups):
            if other != here and into[other] == other:
                saved[here, other] = saved[other, here] = _saving(
                    floor, orders, words, reach, load, metres, here, other, scratch
                )
        _follow(saved, best, here, there)
    for number in range(len(group_of)):
        group = group_of[number]
        while group >= 0 and into[group] != group:
            group = into[group]
        group_of[number] = group


@compiled
def _best_pair(saved: Floats, best: Ints) -> tuple[int, int]:
    """Return the two groups that save most together, the lower number first."""
    here = 0
    for group in range(1, len(best)):
        if saved[group, best[group]] > saved[here, best[here]]:
            here = group
    return min(here, best[here]), max(here, best[here])


@compiled_with_arrays
def _follow(saved: Floats, best: Ints, here: int, there: int) -> None:
    """Bring each group's best company up to date when one group has joined another."""
    for group in range(len(best)):
        if group == here or best[group] == here or best[group] == there:
            best[group] = saved[group].argmax()
        elif saved[group, here] > saved[group, best[group]]:
            best[group] = here


@compiled
def _saving(
    floor: Floor,
    orders: Orders,
    words: Words,
    reach: Floats,
    load: Floats,
    metres: Floats,
    here: int,
    there: int,
    scratch: Floats,
) -> float:
    """Return what two groups save by walking together, in metres; NO_SAVING where no cart holds both.

    The last rows are a bench.
    """
    bench_load = load[len(load) - 1]
    for kind in range(len(bench_load)):
        bench_load[kind] = load[here, kind] + load[there, kind]
    if excess_of(bench_load, orders.rooms) > 0.0:
        return NO_SAVING
    bench, together = reach[len(reach) - 1], words[len(words) - 1]
    for cell in range(len(together)):
        together[cell] = words[here, cell] | words[there, cell]
    if floor.kind != MATRIX:
        for sub in range(len(floor.depth_m)):
            if reach[here, sub, 0] >= 0.0 and reach[there, sub, 0] >= 0.0:
                reach_into(floor, together, sub, bench)
            else:
                only = there if reach[here, sub, 0] < 0.0 else here
                for way in range(3):
                    bench[sub, way] = reach[only, sub, way]
    return metres[here] + metres[there] - walk_m(floor, together, bench, scratch)


def join_groups(floor: Floor, orders: Orders, group_of: Ints) -> Ints:
    """Return each order's batch after joining, numbered from 0 without gaps; -1 for orders that stay out."""
    joined = group_of.copy()
    join(floor, orders, joined, scratch_for(floor))
    return renumbered(joined)


def renumbered(group_of: Ints) -> Ints:
    """Return the groups numbered from 0 without gaps, in the sequence of their old numbers; -1 stays."""
    numbers, inverse = np.unique(group_of, return_inverse=True)
    return np.asarray(inverse - (1 if len(numbers) and numbers[0] < 0 else 0), dtype=np.int64)
