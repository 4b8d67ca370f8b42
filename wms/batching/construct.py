"""First plans: carts filled in sequence, and savings.

Source of the savings: Clarke and Wright, "Scheduling of vehicles from a central depot" (Operations Research 12, 1964),
with each joined batch priced anew.
"""

from collections.abc import Sequence
from math import inf

import numpy as np
from numpy.typing import NDArray

from wms.batching.clock import Clock
from wms.batching.workload import Batching, Workload

WELL_FILLED = 0.7
"""Batches filled less than this are tried again with the next chunk."""
ROUNDING_M = 1e-6
"""Sums of the same distances in another sequence differ by less than this."""


def by_due(work: Workload, numbers: Sequence[int]) -> list[int]:
    """Sort orders by cutoff, those without one last, otherwise as they came."""
    return sorted(numbers, key=lambda number: _due_s(work, number))


def fill_in_sequence(work: Workload, batches: Batching) -> Batching:
    """Join neighbours in the list as long as a cart holds them."""
    filled: Batching = []
    for batch in batches:
        if filled and work.fits(work.load_of([*filled[-1], *batch])):
            filled[-1] = [*filled[-1], *batch]
        else:
            filled.append(batch)
    return filled


def due_windows(work: Workload, numbers: Sequence[int], window_s: float) -> Batching:
    """Group orders due within so many seconds of one another, the earliest first; those without cutoff come last."""
    windows: Batching = []
    opened_s = -inf
    for number in by_due(work, numbers):
        due_s = _due_s(work, number)
        if windows and (due_s == opened_s or due_s - opened_s <= window_s):
            windows[-1].append(number)
        else:
            windows.append([number])
            opened_s = due_s
    return windows


def savings(work: Workload, numbers: Sequence[int], clock: Clock, chunk_orders: int) -> Batching:
    """Batch by savings, among orders that walk into the same far corner; when time is up the rest fills up."""
    ordered = sorted(numbers, key=lambda number: (work.router.far_first(work.stops[number]), number))
    left: Batching = [[number] for number in ordered]
    done: Batching = []
    while left and not clock.is_over():
        joined = _joined_by_savings(work, left[:chunk_orders], clock)
        left = left[chunk_orders:]
        if not left or clock.is_over():
            return [*done, *joined, *fill_in_sequence(work, left)]
        shares = [float((work.load_of(batch) / work.rooms).max(axis=1).min()) for batch in joined]
        full = [batch for batch, share in zip(joined, shares, strict=True) if share >= WELL_FILLED]
        loose = [batch for batch, share in zip(joined, shares, strict=True) if share < WELL_FILLED]
        # Half of the next chunk stays for new orders: loose batches among themselves have no pairs left.
        done += full + loose[chunk_orders // 2 :]
        left = loose[: chunk_orders // 2] + left
    return [*done, *fill_in_sequence(work, left)]


def _joined_by_savings(work: Workload, batches: Batching, clock: Clock) -> Batching:
    """Join the two batches that save most until nothing fits, or time is up and the rest fills up in sequence."""
    size = len(batches)
    batches = list(batches)
    stops = [work.stops_of(batch) for batch in batches]
    loads = np.array([work.load_of(batch) for batch in batches])
    lengths = np.array([work.router.metres(walk) for walk in stops])
    table = work.router.table(stops)
    alive = np.ones(size, dtype=bool)
    saved = np.full((size, size), -inf)

    def price(row: int, others: NDArray[np.intp]) -> None:
        fitting = others[work.fits(loads[others] + loads[row])]
        saved[row, fitting] = saved[fitting, row] = lengths[row] + lengths[fitting] - table.joined(row, fitting)

    for row in range(size - 1):
        if clock.is_over():
            return fill_in_sequence(work, batches)
        price(row, np.arange(row + 1, size))
    while size and clock.tick():
        kept, gone = map(int, np.unravel_index(saved.argmax(), saved.shape))
        if saved[kept, gone] < -ROUNDING_M:
            return [batch for batch, is_alive in zip(batches, alive, strict=True) if is_alive]
        batches[kept] = [*batches[kept], *batches[gone]]
        stops[kept] = stops[kept] | stops[gone]
        loads[kept] += loads[gone]
        lengths[kept] = work.router.metres(stops[kept])
        table.put(kept, stops[kept])
        alive[gone] = False
        saved[[kept, gone], :] = saved[:, [kept, gone]] = -inf
        price(kept, np.flatnonzero(alive & (np.arange(size) != kept)))
    return fill_in_sequence(work, [batch for batch, is_alive in zip(batches, alive, strict=True) if is_alive])


def _due_s(work: Workload, number: int) -> float:
    """Return an order's cutoff, inf for none."""
    due_s = work.orders[number].due_s
    return inf if due_s is None else due_s
