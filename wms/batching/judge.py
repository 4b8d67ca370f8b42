"""Which of two plans is better: fewer late orders, then less late, then fewer metres walked."""

from collections import Counter
from math import inf
from typing import NamedTuple

import numpy as np

from wms.batching.kernel.baskets import NOBODY
from wms.batching.kernel.floors import Floats, Ints
from wms.batching.kernel.lateness import Shifts
from wms.batching.problem import Picker
from wms.batching.schedule import Job, Slot, cutoff_of, each_once, late_s, schedule
from wms.batching.workload import Batching, Workload

NOWHERE = -2
"""Home of an order whose earlier batch has come apart: it has left it wherever it is."""


class Score(NamedTuple):
    """A plan's worth, the lower the better, compared from left to right."""

    late_orders: int
    late_s: float
    metres: float
    """Metres walked, and the price of orders moved."""


def _until(picker: Picker) -> float:
    """Return when a picker's shift ends."""
    return inf if picker.available_until_s is None else picker.available_until_s


def homes_of(work: Workload, batches: Batching) -> Ints:
    """Return for each order the batch that now holds most of its earlier one's orders; -1 for none."""
    home = work.arrays.home
    together = Counter(
        (int(home[number]), at) for at, batch in enumerate(batches) for number in batch if home[number] != NOBODY
    )
    now: dict[int, int] = {}
    taken: set[int] = set()
    for (earlier, at), _ in sorted(together.items(), key=lambda found: (-found[1], found[0])):
        if earlier not in now and at not in taken:
            now[earlier] = at
            taken.add(at)
    return np.array(
        [now.get(int(earlier), NOWHERE) if earlier != NOBODY else NOBODY for earlier in home], dtype=np.int64
    )


class Judge:
    """Scores batchings of one workload; frozen batches count in each."""

    def __init__(self, work: Workload) -> None:
        """Note whether time matters at all: with pickers, and where a cutoff or the end of a shift can be missed."""
        self._work = work
        alone_m = work.router.metres_of_all(work.arrays.words).tolist()
        self._cutoffs = [
            cutoff_of(order, metres, work.problem.speeds) for order, metres in zip(work.orders, alone_m, strict=True)
        ]
        self._frozen = [list(batch) for batch in work.frozen]
        metres = work.metres_of_all(self._frozen)
        self._frozen_s = float(work.work_of_all(self._frozen, metres).sum())
        pickers = work.problem.pickers
        can_be_missed = any(order.due_s is not None for order in work.orders) or any(
            picker.available_until_s is not None for picker in pickers
        )
        self.is_timed = bool(pickers) and can_be_missed

    def score(self, free: Batching) -> Score:
        """Return the score of the frozen batches and the given ones together."""
        batches = [*self._frozen, *free]
        metres = self._work.metres_of_all(batches)
        length_m = float(metres.sum()) + self.moved_m(free)
        if not self.is_timed:
            return Score(0, 0.0, length_m)
        jobs = self.jobs(batches, metres)
        late = [
            (seconds, self._work.orders[number].priority)
            for batch, job, slot in zip(batches, jobs, schedule(jobs, self._work.problem.pickers), strict=True)
            if slot is None or slot.finish_s > job.due_s
            for number in batch
            if (seconds := self.late_s(number, slot)) > 0
        ]
        # Rounded, so that sums of the same delays in another sequence stay equal.
        return Score(len(late), round(sum(seconds * (1 + priority) for seconds, priority in late), 3), length_m)

    def jobs(self, batches: Batching, metres: Floats) -> list[Job]:
        """Return batches as work to schedule, for walks of these lengths; the frozen ones come first."""
        orders, frozen = self._work.orders, len(self._frozen)
        return [
            Job(
                cutoffs=each_once(self._cutoffs[number] for number in batch),
                priority=max((orders[number].priority for number in batch), default=0),
                work_s=work_s,
                is_frozen=at < frozen,
            )
            for at, (batch, work_s) in enumerate(
                zip(batches, self._work.work_of_all(batches, metres).tolist(), strict=True)
            )
        ]

    def shifts(self) -> Shifts:
        """Return the pickers as the search wants them, free when all frozen batches are walked; none without time."""
        if not self.is_timed:
            return Shifts(from_s=np.zeros(0), until_s=np.zeros(0), due_s=np.zeros(0))
        pickers = self._work.problem.pickers
        free_s = {picker.id: max(0.0, picker.available_from_s) for picker in pickers}
        for slot in schedule(self.jobs(self._frozen, self._work.metres_of_all(self._frozen)), pickers):
            if slot:
                free_s[slot.picker_id] = max(free_s[slot.picker_id], slot.finish_s)
        return Shifts(
            from_s=np.array([free_s[picker.id] for picker in pickers]),
            until_s=np.array([_until(picker) for picker in pickers]),
            due_s=np.array([*self._work.due_s, inf]),
        )

    def aims(self) -> Ints:
        """Return by which cutoff each order starts: its number, that of orders without one if it is lost, one more."""
        soonest_s = min(self.shifts().from_s, default=-inf)
        lost, due = len(self._work.due_s), self._work.arrays.due
        latest_s = np.array([inf if cutoff is None else cutoff.latest_s for cutoff in self._cutoffs])
        return np.where(due == lost, lost + 1, np.where(soonest_s <= latest_s, due, lost))

    def moved_m(self, batches: Batching) -> float:
        """Return the price of orders that left their earlier batch, in metres."""
        problem = self._work.problem
        if not problem.move_penalty_m:
            return 0.0
        homes = homes_of(self._work, batches)
        moved = sum(
            self._work.arrays.home[number] != NOBODY and homes[number] != at
            for at, batch in enumerate(batches)
            for number in batch
        )
        return float(problem.move_penalty_m * moved)

    def late_s(self, number: int, slot: Slot | None) -> float:
        """How late an order is in a slot, in seconds; 0 when it is not, a day when nobody is left to walk it."""
        return late_s(self._work.orders[number].due_s, slot)
