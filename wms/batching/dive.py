"""Finds short plans by diving: takes the batch with the largest share, and asks the covering program for the rest."""

import numpy as np

from wms.batching.generate import FINE, Generator
from wms.batching.workload import Batching

CERTAIN = 0.999
NEARLY = 0.7
"""Batches with at least this part of the largest share may be taken in its place."""
ROUNDS = 3
"""Rounds of new batches after each step."""
NODES = 1_000
"""Nodes of the search for new batches in a round."""


def dive(
    generator: Generator, random: np.random.Generator, counts: tuple[float, float], limit_m: float
) -> Batching | None:
    """Return a plan shorter than the limit, or None where the dive gets longer or time is up."""
    master, work = generator.master, generator.work
    taken: Batching = []
    open_orders = set(work.free)
    length_m = 0.0
    try:
        while open_orders:
            master.count_batches(max(0.0, counts[0] - len(taken)), max(0.0, counts[1] - len(taken)))
            shares = master.solve()
            for _ in range(ROUNDS):
                if generator.clock.is_over:
                    return None
                least_m = FINE * generator.shortest_m
                if not generator.add_seen(shares) and not generator.add_new(shares, least_m, most_nodes=NODES)[0]:
                    break
                shares = master.solve()
            if length_m + shares.metres >= limit_m - generator.worth_it_m:
                return None
            for at in _chosen(shares.shares, random):
                batch = [number for number in master.columns[at] if number in open_orders]
                if not master.columns[at]:
                    return None
                if batch:
                    taken.append(batch)
                    length_m += work.metres(batch)
                    open_orders.difference_update(batch)
                    master.require(batch, covered=False)
    finally:
        master.require(work.free, covered=True)
        master.count_batches(*counts)
    return taken


def _chosen(shares: "np.ndarray[tuple[int], np.dtype[np.float64]]", random: np.random.Generator) -> list[int]:
    """Return the columns to take: all that are certain, and one of those with the largest shares."""
    certain = np.flatnonzero(shares > CERTAIN)
    if len(certain):
        return [int(at) for at in certain]
    likely = np.flatnonzero(shares >= NEARLY * shares.max())
    return [int(random.choice(likely))]
