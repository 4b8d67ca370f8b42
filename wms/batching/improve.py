"""Makes a plan better by annealing: a small plan in several searches side by side, a large one in parts.

A leg is a short stretch of annealing at falling heat. Small plans keep their searches through all legs; the best plan
of any is taken in the end, and what they see on the way goes into pools. Large plans are dealt anew into parts before
each leg, a part a thread, so that in time every order meets every other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import inf

import numpy as np

from wms.batching.clock import Clock
from wms.batching.cooling import NEAR, Cooling, Tries
from wms.batching.crew import Crew
from wms.batching.encode import ranges
from wms.batching.judge import Judge, homes_of
from wms.batching.kernel.annealing import Heat, anneal
from wms.batching.kernel.baskets import NOBODY, empty_baskets, fill
from wms.batching.kernel.bits import random_state
from wms.batching.kernel.choosing import Search, World
from wms.batching.kernel.floors import Ints
from wms.batching.kernel.lateness import Shifts
from wms.batching.kernel.memory import Pool, add_baskets, empty_lengths, empty_pool
from wms.batching.kernel.turns import empty_turns
from wms.batching.workload import Batching, Workload

LEGS = 40
"""About how many legs an annealing has."""
FIRST_TRIES, TIMED_TRIES = 2_000, 250
"""Tries of the first leg, and the fewest of any. Where lateness matters all heats have their turn even among few."""
TRIES_AN_ORDER = 10
"""A leg of a large plan has so many tries an order at least, or dealing anew would take longer than annealing."""
LOOKS, ORDERS_A_LOOK = 12, 50
"""The most looks for a better place before a change, and how many orders there must be for each: among a few, always
trying the best-looking place would leave the others untried."""
ALONE = 300
"""Plans of up to so many orders have room for a batch an order."""
LENGTHS = 1 << 16
"""Walks remembered by each search."""

RECORDED_FROM = 0.3
"""What is seen before so much of an annealing is done is too bad to keep."""
OVERFULL = 0.1
"""A batch over its cart by this share of a mean walk costs as much as the heat is worth: strict only in the end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """Some batches of a large plan, and the pickers who are to walk them."""

    stream: int
    batches: Batching
    shifts: Shifts


class Annealer:
    """Anneals the batches of one workload."""

    def __init__(self, work: Workload, judge: Judge, clock: Clock, crew: Crew, seed: int) -> None:
        """Take over the workload; `seed` decides every random choice."""
        self._work, self._clock, self._crew, self._seed = work, clock, crew, seed
        self._most = most_orders(work)
        self._judge, self._aims = judge, judge.aims()
        self._random = np.random.default_rng(seed)
        self._streams = 0
        halves = [work.halves_of(number) for number in range(len(work.orders))]
        self._halves_from, self._halves = ranges(halves)
        by_half = np.argsort(self._halves, kind="stable")
        self._visited = self._halves[by_half]
        self._visiting = np.repeat(np.arange(len(halves)), np.diff(self._halves_from))[by_half]

    def side_by_side(
        self, batches: Batching, cooling: Cooling, until: float, pool_rows: int
    ) -> tuple[Batching, list[Pool]]:
        """Anneal whole, in a search a thread, until so much effort is spent; return the best plan and the pools."""
        world = self._world(batches, self._judge.shifts(), cooling.tries)
        searches = [self._search(world, batches, self._new_stream(), pool_rows) for _ in range(self._crew.hands)]
        mean_m = self._mean_m(batches)
        frozen_m, began = self._work.frozen_m, self._clock.spent
        tries = least = TIMED_TRIES if self._judge.is_timed else FIRST_TRIES
        while (spent := self._clock.spent) < until:
            done = (spent - began) / (until - began)
            heat = self._heat(cooling, done, tries, mean_m, is_recording=pool_rows > 0 and done > RECORDED_FROM)
            _ = self._crew.each(partial(anneal, world, heat=heat), searches)
            self._clock.count(tries * len(searches))
            late_orders, _, price_m = _best_of(searches).best.tolist()
            if price_m < inf:  # else every plan seen so far has a cart that is too full
                self._clock.late_orders, self._clock.metres = int(late_orders), frozen_m + price_m
            tries = max(least, _next_tries(tries, self._clock.spent - spent, until - began))
        found = batches_of(_best_of(searches).best_batch_of)
        return self._better(batches, found), [search.pool for search in searches]

    def in_parts(self, batches: Batching, cooling: Cooling, until: float) -> tuple[Batching, Batching]:
        """Anneal in parts, dealt anew for each leg, until so much effort is spent; return the best and the last plan.

        The last is the coldest, but may have late orders: parts see only their own pickers.
        """
        mean_m = self._mean_m(batches)
        best, best_score = batches, self._judge.score(batches)
        began, least = self._clock.spent, TRIES_AN_ORDER * len(self._work.free) // self._crew.hands
        tries = least
        while (spent := self._clock.spent) < until:
            heat = self._heat(cooling, (spent - began) / (until - began), tries, mean_m)
            parts = self._dealt(batches)
            batches = [batch for part in self._crew.each(partial(self._annealed, heat=heat), parts) for batch in part]
            self._clock.count(tries * len(parts))
            score = self._judge.score(batches)
            if score < best_score:
                best, best_score = batches, score
            self._clock.late_orders, self._clock.metres = best_score.late_orders, best_score.metres
            tries = max(least, _next_tries(tries, self._clock.spent - spent, until - began))
        return best, batches

    def _new_stream(self) -> int:
        """Return the number of a stream of random choices that no search has had."""
        self._streams += 1
        return self._streams - 1

    def _better(self, one: Batching, other: Batching) -> Batching:
        """Return the better of two plans."""
        return min(one, other, key=self._judge.score)

    def _dealt(self, batches: Batching) -> list[Part]:
        """Deal the batches into as many parts as there are threads, each with its share of the pickers."""
        rows, teams = self._dealt_by_time(batches) if self._judge.is_timed else self._dealt_at_random(batches)
        return [
            Part(stream=self._new_stream(), batches=[batches[at] for at in sorted(row)], shifts=team)
            for row, team in zip(rows, teams, strict=True)
            if row
        ]

    def _dealt_at_random(self, batches: Batching) -> tuple[list[list[int]], list[Shifts]]:
        """Deal the batches evenly; nobody's time matters."""
        dealt = self._random.permutation(len(batches)).tolist()
        size = -(-len(batches) // self._crew.hands)
        rows = [dealt[at : at + size] for at in range(0, len(batches), size)]
        return rows, [self._judge.shifts()] * len(rows)

    def _dealt_by_time(self, batches: Batching) -> tuple[list[list[int]], list[Shifts]]:
        """Deal pickers evenly, and the batches of each cutoff by how much work each team has had so far."""
        shifts = self._judge.shifts()
        shuffled = self._random.permutation(len(shifts.from_s))
        seats = shuffled[np.argsort(shifts.from_s[shuffled], kind="stable")]
        hands = min(self._crew.hands, len(seats))
        teams = [
            shifts._replace(from_s=shifts.from_s[seats[hand::hands]], until_s=shifts.until_s[seats[hand::hands]])
            for hand in range(hands)
        ]
        rows: list[list[int]] = [[] for _ in teams]
        done_s = [0.0] * hands
        work_s = self._work.work_of_all(batches, self._work.metres_of_all(batches))
        due = np.array([self._work.arrays.due[batch].min() for batch in batches])
        dealt = self._random.permutation(len(batches))
        for at in dealt[np.argsort(due[dealt], kind="stable")].tolist():
            hand = min(range(hands), key=lambda hand: done_s[hand] / len(teams[hand].from_s))
            rows[hand].append(at)
            done_s[hand] += float(work_s[at])
        return rows, teams

    def _annealed(self, part: Part, heat: Heat) -> Batching:
        """Return a part after a leg: as it stands then, or the best on the way where a cart would be too full."""
        world = self._world(part.batches, part.shifts, NEAR)
        search = self._search(world, part.batches, part.stream, 0)
        _ = anneal(world, search, heat)
        fits = not search.baskets.excess.any()
        return batches_of(search.baskets.batch_of if fits else search.best_batch_of)

    def _world(self, batches: Batching, shifts: Shifts, tries: Tries) -> World:
        """Return what a search among the orders of these batches cannot change."""
        free = [number for batch in batches for number in batch]
        is_free = np.zeros(len(self._work.orders), dtype=np.bool_)
        is_free[free] = True
        mine = is_free[self._visiting]
        counts = np.bincount(self._visited[mine], minlength=self._visited.max(initial=0) + 1)
        return World(
            floor=self._work.router.encoded.floor,
            orders=self._work.arrays._replace(home=homes_of(self._work, batches), aim=self._aims),
            free=np.array(sorted(free), dtype=np.int64),
            halves_from=self._halves_from,
            halves=self._halves,
            visitors_from=np.array([0, *np.cumsum(counts)], dtype=np.int64),
            visitors=self._visiting[mine],
            shifts=shifts,
            afar=tries.afar,
            fresh=tries.fresh,
            looks=min(LOOKS, 1 + len(free) // ORDERS_A_LOOK),
        )

    def _search(self, world: World, batches: Batching, stream: int, pool_rows: int) -> Search:
        """Return a search that begins with the batches, with rows for new ones.

        A tenth more are enough, but where lateness matters each order of a small plan may want a batch of its own.
        """
        rows = len(batches) + max(2, len(batches) // 10)
        if self._judge.is_timed and len(world.free) <= ALONE:
            rows = max(rows, len(world.free))
        baskets = empty_baskets(world.floor, world.orders, rows, self._most)
        batch_of = batch_numbers(batches, len(self._work.orders))
        fill(world.floor, world.orders, baskets, batch_of)
        search = Search(
            baskets=baskets,
            lengths=empty_lengths(LENGTHS),
            pool=empty_pool(pool_rows, self._most),
            random=random_state(self._seed, stream),
            turns=empty_turns(rows, len(world.shifts.from_s)),
            leaving=np.full((3, 2), NOBODY),
            without_m=np.zeros(len(batch_of)),
            without_key=np.zeros(len(batch_of), dtype=np.uint64),
            best=np.array([inf, inf, inf]),
            best_batch_of=batch_of,
        )
        if pool_rows:
            add_baskets(search.pool, baskets)
        return search

    def _heat(self, cooling: Cooling, done: float, tries: int, mean_m: float, *, is_recording: bool = False) -> Heat:
        """Return the heat of a leg that begins when so much of the annealing is done."""
        now_m = mean_m * cooling.heat(done)
        return Heat(
            tries=tries,
            start_m=now_m,
            end_m=now_m,
            excess_m=OVERFULL * mean_m * mean_m / now_m,
            late_m=mean_m * cooling.late_price(done),
            delay_m=mean_m * cooling.delay,
            move_m=float(self._work.problem.move_penalty_m),
            is_recording=is_recording,
        )

    def _mean_m(self, batches: Batching) -> float:
        """Return the mean walk of the batches."""
        return max(1e-3, sum(map(self._work.metres, batches)) / max(1, len(batches)))


def _best_of(searches: Sequence[Search]) -> Search:
    """Return the search whose best plan has fewest orders late, then the least late, then the lowest price."""
    return min(searches, key=lambda search: (search.best[0], round(float(search.best[1]), 3), search.best[2]))


def _next_tries(tries: int, spent: float, whole: float) -> int:
    """Return how many tries the next leg has, when one of so many took this share of the effort."""
    wanted = tries * whole / LEGS / max(1e-9, spent)
    return int(min(4 * tries, max(tries // 4, wanted)))


def most_orders(work: Workload) -> int:
    """Return how many orders a batch can hold at most, and one more for a moment when it is too full."""
    most = 1
    for room in work.rooms:
        fitting = [
            int((np.cumsum(np.sort(load)) <= limit).sum()) for load, limit in zip(work.loads.T, room, strict=True)
        ]
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
