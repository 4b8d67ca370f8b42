"""Makes a plan better step by step: one order moves to another batch, or two orders change places."""

import random

import numpy as np
from numpy.typing import NDArray

from wms.batching.clock import Clock
from wms.batching.judge import Judge
from wms.batching.workload import Batching, Workload

TARGETS = 2
"""Batches tried for a move, the most promising first."""
ROUNDING_M = 1e-6
"""Gains smaller than this are rounding."""


def improve(work: Workload, judge: Judge, batches: Batching, clock: Clock, seed: int) -> Batching:
    """Take every step that makes the plan's score better, and return the batches where none does, or time is up."""
    if clock.is_over() or len(batches) == 1 or not batches:
        return batches
    search = _Search(work, judge, batches)
    rng = random.Random(seed)  # noqa: S311 - chooses a sequence, keeps no secret
    numbers = [number for batch in batches for number in batch]
    is_better = True
    while is_better:
        rng.shuffle(numbers)
        is_better = False
        for number in numbers:
            if not clock.tick():
                return search.result()
            if search.move(number) or search.swap(number):
                is_better = True
    return search.result()


class _Search:
    """The batches as they stand, with loads, lengths and jobs kept beside them.

    The table holds a row for each batch, then one for each order, then scratch rows for batches that lack an order.
    """

    def __init__(self, work: Workload, judge: Judge, batches: Batching) -> None:
        """Begin at the given batches."""
        self._work, self._judge = work, judge
        self._batches = [list(batch) for batch in batches]
        self._batch_of = {number: index for index, batch in enumerate(batches) for number in batch}
        self._loads = np.array([work.load_of(batch) for batch in batches]).reshape(len(batches), -1)
        self._metres = np.array([work.metres(batch) for batch in batches])
        self._jobs = [judge.job(batch) for batch in batches]
        self._score = judge.score(batches)
        self._order_row = len(batches)
        self._scratch_row = self._order_row + len(work.orders)
        scratch = [frozenset[int]()] * (1 + len(work.orders))
        self._table = work.router.table([*map(work.stops_of, batches), *work.stops, *scratch])

    def result(self) -> Batching:
        """Return the batches, without emptied ones."""
        return [batch for batch in self._batches if batch]

    def move(self, number: int) -> bool:
        """Move the order to a batch with room if that is better; whether it was."""
        source = self._batch_of[number]
        rest = [other for other in self._batches[source] if other != number]
        has_room = self._work.fits(self._loads + self._work.loads[number])
        has_room[[index for index, batch in enumerate(self._batches) if not batch or index == source]] = False
        saved_m = float(self._metres[source] - self._work.metres(rest))
        return any(
            self._change({source: rest, target: [*self._batches[target], number]})
            for target, added_m in self._nearest(number, np.flatnonzero(has_room))
            if self._score.late_orders or added_m < saved_m
        )

    def swap(self, number: int) -> bool:
        """Exchange the order with one of a batch on its way if that is better; whether it was."""
        source = self._batch_of[number]
        rest = [other for other in self._batches[source] if other != number]
        self._table.put(self._scratch_row, self._work.stops_of(rest))
        others = np.flatnonzero([bool(batch) and index != source for index, batch in enumerate(self._batches)])
        return any(self._swap_with(number, source, rest, target) for target, _ in self._nearest(number, others))

    def _swap_with(self, number: int, source: int, rest: list[int], target: int) -> bool:
        """Exchange the order with the best one of the target batch if that is better; whether it was."""
        loads, others = self._work.loads, np.array(self._batches[target])
        fits = self._work.fits(self._loads[source] - loads[number] + loads[others])
        others = others[fits & self._work.fits(self._loads[target] + loads[number] - loads[others])]
        if not len(others):
            return False
        lacking = [[member for member in self._batches[target] if member != other] for other in others]
        rows = np.arange(len(others)) + self._scratch_row + 1
        for row, batch in zip(rows, lacking, strict=True):
            self._table.put(int(row), self._work.stops_of(batch))
        metres = self._table.joined(self._scratch_row, self._order_row + others)
        metres += self._table.joined(self._order_row + number, rows)
        best = int(metres.argmin())
        if not self._score.late_orders and metres[best] > self._metres[source] + self._metres[target] - ROUNDING_M:
            return False
        return self._change({source: [*rest, int(others[best])], target: [*lacking[best], number]})

    def _nearest(self, number: int, targets: NDArray[np.intp]) -> list[tuple[int, float]]:
        """Return the targets to which the order would add least, and how many metres."""
        added_m = self._table.joined(self._order_row + number, targets) - self._metres[targets]
        nearest = np.argsort(added_m, kind="stable")[:TARGETS]
        return [(int(targets[at]), float(added_m[at])) for at in nearest]

    def _change(self, changed: dict[int, list[int]]) -> bool:
        """Replace whole batches if the plan's score is better then; whether it was."""
        metres = {index: self._work.metres(batch) for index, batch in changed.items()}
        total_m = self._score.metres + sum(length - float(self._metres[index]) for index, length in metres.items())
        is_shorter = total_m < self._score.metres - ROUNDING_M
        if not is_shorter and not self._score.late_orders:
            return False
        before = {index: (self._batches[index], self._jobs[index]) for index in changed}
        for index, batch in changed.items():
            self._batches[index] = batch
            self._jobs[index] = self._judge.job(batch)
        score = self._judge.score_jobs(self._batches, self._jobs, total_m)
        if not (score[:2] < self._score[:2] or (score[:2] == self._score[:2] and is_shorter)):
            for index, (batch, job) in before.items():
                self._batches[index], self._jobs[index] = batch, job
            return False
        self._score = score
        for index, batch in changed.items():
            self._metres[index] = metres[index]
            self._loads[index] = self._work.load_of(batch)
            self._table.put(index, self._work.stops_of(batch))
            self._batch_of.update(dict.fromkeys(batch, index))
        return True
