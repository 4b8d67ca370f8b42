"""Makes a plan better by annealing: a small plan in several searches side by side, a large one in parts.

A leg is a short stretch of annealing at falling heat. Small plans keep their searches through all legs; the best plan
of any is taken in the end, and what they see on the way goes into pools. Large plans are dealt anew into parts before
each leg, a part a thread, so that in time every order meets every other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from wms.batching.clock import Clock
from wms.batching.crew import Crew
from wms.batching.encode import ranges
from wms.batching.kernel.annealing import Heat, Search, World, anneal, totals
from wms.batching.kernel.baskets import NOBODY, empty_baskets, fill
from wms.batching.kernel.bits import random_state
from wms.batching.kernel.floors import Floats, Ints
from wms.batching.kernel.memory import Pool, add_baskets, empty_lengths, empty_pool
from wms.batching.workload import Batching, Workload

SMALL = 400
"""Plans of up to so many orders are improved whole."""
LEGS = 40
"""About how many legs an annealing has."""
FIRST_TRIES = 2_000
LENGTHS = 1 << 16
"""Walks remembered by each search."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cooling:
    """Heat at the beginning and the end of an annealing, as shares of the mean walk."""

    start: float
    end: float
    excess: float = 20.0
    """Price of a batch twice as heavy as its cart holds, in mean walks."""


class Annealer:
    """Anneals the batches of one workload."""

    def __init__(self, work: Workload, clock: Clock, crew: Crew, seed: int) -> None:
        """Take over the workload; `seed` decides every random choice."""
        self._work, self._clock, self._crew, self._seed = work, clock, crew, seed
        self._most = most_orders(work)
        self._halves = [work.halves_of(number) for number in range(len(work.orders))]
        self._room_s = np.zeros(0)
        self._leg = 0

    def side_by_side(self, batches: Batching, cooling: Cooling, until: float, pool_rows: int) -> tuple[Batching, list[Pool]]:
        """Anneal whole, in a search a thread, until so much of the effort is spent; return the best plan and the pools."""
        world = self._world(self._work.free)
        searches = [self._search(world, batches, stream, pool_rows) for stream in range(self._crew.hands)]
        mean_m = self._mean_m(batches)
        began = self._clock.spent
        tries = FIRST_TRIES
        while (spent := self._clock.spent) < until:
            done = (spent - began) / (until - began)
            heat = _heat(cooling, done, tries, mean_m, self._work.problem.move_penalty_m, is_recording=pool_rows > 0 and done > 0.3)
            _ = self._crew.each(lambda search: anneal(world, search, heat), searches)
            self._clock.count(tries * len(searches))
            tries = _next_tries(tries, self._clock.spent - spent, until - began)
        best = min(searches, key=lambda search: (round(float(search.best[0]), 3), float(search.best[1])))
        return batches_of(best.best_batch_of), [search.pool for search in searches]

    def _world(self, free: Sequence[int]) -> World:
        """Return what a search among these orders cannot change."""
        visitors: list[list[int]] = [[] for _ in range(1 + max((max(found) for found in self._halves), default=0))]
        for number in free:
            for half in self._halves[number]:
                visitors[half].append(number)
        halves_from, halves = ranges(self._halves)
        visitors_from, visiting = ranges(visitors)
        return World(
            floor=self._work.router.encoded.floor,
            orders=self._work.arrays,
            free=np.array(free, dtype=np.int64),
            halves_from=halves_from,
            halves=halves,
            visitors_from=visitors_from,
            visitors=visiting,
            room_s=self._room_s,
        )

    def _search(self, world: World, batches: Batching, stream: int, pool_rows: int) -> Search:
        """Return a search that begins with the batches, with a tenth more rows for new ones."""
        rows = len(batches) + max(2, len(batches) // 10)
        baskets = empty_baskets(world.floor, world.orders, rows, self._most)
        batch_of = batch_numbers(batches, len(self._work.orders))
        fill(world.floor, world.orders, baskets, batch_of)
        search = Search(
            baskets=baskets,
            lengths=empty_lengths(LENGTHS),
            pool=empty_pool(pool_rows, self._most),
            random=random_state(self._seed, stream),
            work_s=np.zeros(len(world.room_s) + 1),
            leaving=np.full((2, 2), NOBODY),
            best=np.array([inf, inf]),
            best_batch_of=batch_of,
        )
        if pool_rows:
            add_baskets(search.pool, baskets)
        return search

    def _mean_m(self, batches: Batching) -> float:
        """Return the mean walk of the batches."""
        return max(1e-3, sum(map(self._work.metres, batches)) / max(1, len(batches)))


def _heat(cooling: Cooling, done: float, tries: int, mean_m: float, move_m: float, *, is_recording: bool) -> Heat:
    """Return the heat of a leg that begins when so much of the annealing is done."""
    now_m = mean_m * cooling.start * (cooling.end / cooling.start) ** min(1.0, done)
    return Heat(
        tries=tries,
        start_m=now_m,
        end_m=now_m,
        excess_m=cooling.excess * mean_m,
        late_m=1.0,
        move_m=move_m,
        is_recording=is_recording,
    )


def _next_tries(tries: int, spent: float, whole: float) -> int:
    """Return how many tries the next leg has, when one of so many took this share of the effort."""
    wanted = tries * whole / LEGS / max(1e-9, spent)
    return int(min(4 * tries, max(FIRST_TRIES, tries // 4, wanted)))


def most_orders(work: Workload) -> int:
    """Return how many orders a batch can hold at most, and one more for a moment when it is too full."""
    most = 1
    for room in work.rooms:
        fitting = [int((np.cumsum(np.sort(load)) <= limit).sum()) for load, limit in zip(work.loads.T, room, strict=True)]
        most = max(most, min(fitting))
    return min(most, len(work.orders)) + 1


def batch_numbers(batches: Batching, orders: int) -> Ints:
    """Return the batch of each order, -1 for none."""
    numbers = np.full(orders, NOBODY, dtype=np.int64)
    for at, batch in enumerate(batches):
        numbers[batch] = at
    return numbers


def batches_of(batch_of: Ints) -> Batching:
    """Return the orders of each batch."""
    batches: dict[int, list[int]] = {}
    for number, batch in enumerate(batch_of.tolist()):
        if batch != NOBODY:
            batches.setdefault(batch, []).append(number)
    return [batches[batch] for batch in sorted(batches)]


__all__ = ["Annealer", "Cooling", "Floats", "batches_of", "most_orders", "totals"]
