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
            shares = generator.solve()
            for _ in range(ROUNDS):
                if generator.clock.is_over:
                    return None
                least_m = FINE * generator.shortest_m
                if not generator.add_seen(shares) and not generator.add_new(shares, least_m, most_nodes=NODES)[0]:
                    break
                shares = generator.solve()
            if length_m + shares.metres >= limit_m - generator.worth_it_m:
                return None
            chosen = _chosen(_open_shares(generator, shares.shares, open_orders), random)
            if any(not master.columns[at] for at in chosen):
                return None
            for at in chosen:
                batch = [number for number in master.columns[at] if number in open_orders]
                if batch:
                    taken.append(batch)
                    length_m += work.metres(batch)
                    open_orders.difference_update(batch)
                    master.require(batch, covered=False)
    finally:
        master.require(work.free, covered=True)
        master.count_batches(*counts)
    return taken


def _open_shares(
    generator: Generator, shares: "np.ndarray[tuple[int], np.dtype[np.float64]]", open_orders: set[int]
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return the shares of the batches with orders that are still open, and of those that leave one out; 0 for others.

    Others have a share where more batches are asked for than the open orders need: taking one leads nowhere.
    """
    columns, open_shares = generator.master.columns, shares.copy()
    for at in np.flatnonzero(shares).tolist():
        if columns[at] and open_orders.isdisjoint(columns[at]):
            open_shares[at] = 0.0
    return open_shares


def _chosen(shares: "np.ndarray[tuple[int], np.dtype[np.float64]]", random: np.random.Generator) -> list[int]:
    """Return the columns to take: all that are certain, and one of those with the largest shares."""
    certain = np.flatnonzero(shares > CERTAIN)
    if len(certain):
        return [int(at) for at in certain]
    likely = np.flatnonzero(shares >= NEARLY * shares.max())
    return [int(random.choice(likely))]
