"""First plans: carts filled in sequence, and savings among orders that walk into the same far corner."""

from collections.abc import Iterator, Sequence

import numpy as np

from wms.batching.crew import Crew
from wms.batching.kernel.baskets import NOBODY, Orders
from wms.batching.kernel.floors import Ints
from wms.batching.kernel.joining import join_groups
from wms.batching.workload import Batching, Workload

WELL_FILLED = 0.7
"""Batches filled less than this are joined once more, all together."""


def first_come(work: Workload) -> Batching:
    """Fill carts with the orders as they came."""
    filled: Batching = []
    load = np.zeros(work.loads.shape[1])
    for number in work.free:
        load = load + work.loads[number]
        if filled and work.fits(load):
            filled[-1].append(number)
        else:
            filled.append([number])
            load = work.loads[number]
    return filled


def by_savings(work: Workload, crew: Crew, chunk_orders: int) -> Batching:
    """Batch by savings, in chunks of orders with one cutoff and neighbouring far corners, on all cores."""
    order = sorted(work.free, key=lambda number: (work.arrays.due[number], work.corners_of(number), number))
    chunks = list(_chunks(work, order, chunk_orders))
    joined = [
        batch
        for found in crew.each(lambda chunk: _joined(work, [[number] for number in chunk]), chunks)
        for batch in found
    ]
    if len(chunks) == 1:
        return joined
    # What found no company in its own chunk may find some among the others' rest.
    full = [batch for batch in joined if _fill(work, batch) >= WELL_FILLED]
    loose = [batch for batch in joined if _fill(work, batch) < WELL_FILLED]
    groups = [loose[at : at + chunk_orders] for at in range(0, len(loose), chunk_orders)]
    return [*full, *(batch for found in crew.each(lambda group: _joined(work, group), groups) for batch in found)]


def _chunks(work: Workload, order: Sequence[int], chunk_orders: int) -> Iterator[Sequence[int]]:
    """Cut a sequence of orders into chunks of one cutoff and of nearly one size."""
    for due in sorted({int(work.arrays.due[number]) for number in order}):
        same = [number for number in order if work.arrays.due[number] == due]
        count = -(-len(same) // chunk_orders)
        for at in range(count):
            yield same[at * len(same) // count : (at + 1) * len(same) // count]


def _joined(work: Workload, groups: Batching) -> Batching:
    """Join groups by savings."""
    numbers = np.array([number for group in groups for number in group], dtype=np.int64)
    group_of = np.array([at for at, group in enumerate(groups) for _ in group], dtype=np.int64)
    found = join_groups(work.router.encoded.floor, picked(work, numbers), group_of)
    batches: Batching = [[] for _ in range(int(found.max(initial=NOBODY)) + 1)]
    for number, batch in zip(numbers.tolist(), found.tolist(), strict=True):
        batches[batch].append(number)
    return batches


def picked(work: Workload, numbers: Ints) -> Orders:
    """Return the arrays of some orders, numbered from 0 in this sequence."""
    arrays = work.arrays
    return arrays._replace(words=arrays.words[numbers], loads=arrays.loads[numbers])


def _fill(work: Workload, batch: Sequence[int]) -> float:
    """Return how much of the cart that suits it best a batch fills."""
    return float((work.load_of(batch) / work.rooms).max(axis=1).min())
