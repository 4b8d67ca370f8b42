"""Which of two plans is better: fewer late orders, then less late, then fewer metres walked."""

from collections.abc import Sequence
from math import inf
from typing import NamedTuple

from wms.batching.schedule import Job, Slot, schedule
from wms.batching.workload import Batching, Workload

NEVER_S = 86_400.0
"""Lateness charged for an order that nobody is left to walk: a day."""


class Score(NamedTuple):
    """A plan's worth, the lower the better, compared from left to right."""

    late_orders: int
    late_s: float
    metres: float


class Judge:
    """Scores batchings of one workload; frozen batches count in each."""

    def __init__(self, work: Workload) -> None:
        """Note whether time matters at all: only with pickers, and orders that have a cutoff."""
        self._work = work
        self._frozen = [list(batch) for batch in work.frozen]
        self._frozen_jobs = [self.job(batch, is_frozen=True) for batch in self._frozen]
        self.is_timed = bool(work.problem.pickers) and any(order.due_s is not None for order in work.orders)

    def score(self, free: Batching) -> Score:
        """Return the score of the frozen batches and the given ones together."""
        metres = sum(self._work.metres(batch) for batch in [*self._frozen, *free])
        return self.score_jobs(free, [self.job(batch) for batch in free], metres)

    def score_jobs(self, free: Batching, jobs: Sequence[Job], metres: float) -> Score:
        """Return the score of batches whose jobs are known, for so many metres in all; empty batches cost nothing."""
        if not self.is_timed:
            return Score(0, 0.0, metres)
        batches = [*self._frozen, *(batch for batch in free if batch)]
        jobs = [*self._frozen_jobs, *(job for job, batch in zip(jobs, free, strict=True) if batch)]
        late = [
            (late_s, self._work.orders[number].priority)
            for batch, job, slot in zip(batches, jobs, schedule(jobs, self._work.problem.pickers), strict=True)
            if slot is None or slot.finish_s > job.due_s
            for number in batch
            if (late_s := self.late_s(number, slot)) > 0
        ]
        # Rounded, so that sums of the same delays in another sequence stay equal.
        return Score(len(late), round(sum(late_s * (1 + priority) for late_s, priority in late), 3), metres)

    def job(self, batch: Sequence[int], *, is_frozen: bool = False) -> Job:
        """Return a batch as work to schedule."""
        orders = [self._work.orders[number] for number in batch]
        return Job(
            due_s=min((order.due_s for order in orders if order.due_s is not None), default=inf),
            priority=max((order.priority for order in orders), default=0),
            work_s=self._work.work_s(batch),
            is_frozen=is_frozen,
        )

    def late_s(self, number: int, slot: Slot | None) -> float:
        """How late an order is in a slot, in seconds; 0 when it is not."""
        due_s = self._work.orders[number].due_s
        if due_s is None:
            return 0.0
        return NEVER_S if slot is None else max(0.0, slot.finish_s - due_s)
