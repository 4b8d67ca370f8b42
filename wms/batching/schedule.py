"""Who walks which batch when: frozen batches first, then by cutoff, each to the picker who is free first.

A cutoff that an order would miss even if it was walked at once and by itself is lost, and no reason to hurry: whoever
starts with it is late all the same, and may be late with what follows too. So a batch starts by the earliest cutoff
that is not lost; one whose cutoffs are all lost goes behind those, and before batches without a cutoff.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from wms.batching.kernel.lateness import NEVER_S
from wms.batching.problem import Order, Picker, Speeds

CAN_MAKE, LOST, HAS_NONE = range(3)
"""What is to be done about a batch's cutoffs."""


class Cutoff(NamedTuple):
    """When an order must be there, and the latest time to start with it by itself."""

    due_s: float
    latest_s: float


class Turn(NamedTuple):
    """What makes a batch start before another, the lower the earlier, compared from left to right."""

    kind: int
    """CAN_MAKE, LOST or HAS_NONE."""
    aim_s: float
    """The earliest cutoff that is not lost; inf where there is none."""
    minus_priority: int
    due_s: float
    minus_work_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A batch as work: its orders' cutoffs, each once and the earliest first, its highest priority, and its time."""

    cutoffs: tuple[Cutoff, ...]
    priority: int
    work_s: float
    is_frozen: bool

    @property
    def due_s(self) -> float:
        """The earliest cutoff, inf for none."""
        return self.cutoffs[0].due_s if self.cutoffs else inf

    def turn(self, soonest_s: float) -> Turn:
        """Return when it starts, among others, if nobody can start before this."""
        aim_s = next((cutoff.due_s for cutoff in self.cutoffs if soonest_s <= cutoff.latest_s), inf)
        kind = CAN_MAKE if aim_s < inf else LOST if self.cutoffs else HAS_NONE
        return Turn(kind, aim_s, -self.priority, self.due_s, -self.work_s)


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A batch's picker and time."""

    picker_id: Hashable
    start_s: float
    finish_s: float


def cutoff_of(order: Order, alone_m: float, speeds: Speeds) -> Cutoff | None:
    """Return an order's cutoff, for a walk of this length by itself; None where it has none."""
    if order.due_s is None:
        return None
    stops, units = len({line.location for line in order.lines}), sum(line.quantity for line in order.lines)
    alone_s = speeds.setup_s + speeds.stop_s * stops + speeds.unit_s * units + alone_m / speeds.metres_per_s
    return Cutoff(order.due_s, order.due_s - alone_s)


def each_once(cutoffs: Iterable[Cutoff | None]) -> tuple[Cutoff, ...]:
    """Return orders' cutoffs from the earliest, each once with the latest start of all that have it."""
    latest_s: dict[float, float] = {}
    for cutoff in cutoffs:
        if cutoff is not None:
            latest_s[cutoff.due_s] = max(cutoff.latest_s, latest_s.get(cutoff.due_s, -inf))
    return tuple(Cutoff(due_s, latest_s[due_s]) for due_s in sorted(latest_s))


def start_sequence(jobs: Sequence[Job], pickers: Sequence[Picker]) -> list[int]:
    """Return the jobs' numbers as they should start; without pickers nothing is too late for anybody."""
    return _day(jobs, pickers)[0]


def schedule(jobs: Sequence[Job], pickers: Sequence[Picker]) -> list[Slot | None]:
    """Return a slot for each job, or None where no picker's shift has room for it."""
    return _day(jobs, pickers)[1]


def _day(jobs: Sequence[Job], pickers: Sequence[Picker]) -> tuple[list[int], list[Slot | None]]:
    """Return the jobs' numbers as they start, and each job's slot."""
    crew = _Crew(pickers)
    slots: list[Slot | None] = [None] * len(jobs)
    sequence: list[int] = []
    for is_frozen in (True, False):
        soonest_s = crew.soonest_s
        mine = (number for number, job in enumerate(jobs) if job.is_frozen == is_frozen)
        for number in sorted(mine, key=lambda number: (jobs[number].turn(soonest_s), number)):
            sequence.append(number)
            slots[number] = crew.give(jobs[number].work_s)
    return sequence, slots


def late_s(due_s: float | None, slot: Slot | None) -> float:
    """How late an order is in a slot: 0 when it is not, a day when nobody is left to walk it, cutoff or not."""
    if slot is None:
        return NEVER_S
    return 0.0 if due_s is None else max(0.0, slot.finish_s - due_s)


class _Crew:
    """The pickers, and when each of them is free."""

    def __init__(self, pickers: Sequence[Picker]) -> None:
        self._pickers = pickers
        self._free_s = [max(0.0, picker.available_from_s) for picker in pickers]
        self._until_s = [inf if picker.available_until_s is None else picker.available_until_s for picker in pickers]

    @property
    def soonest_s(self) -> float:
        """When the first of them is free."""
        return min(self._free_s, default=-inf)

    def give(self, work_s: float) -> Slot | None:
        """Give work to the one who is free first and can do it before going home; None where nobody can."""
        able = [who for who, free_s in enumerate(self._free_s) if free_s + work_s <= self._until_s[who]]
        if not able:
            return None
        who = min(able, key=self._free_s.__getitem__)
        start_s = self._free_s[who]
        self._free_s[who] = start_s + work_s
        return Slot(picker_id=self._pickers[who].id, start_s=start_s, finish_s=self._free_s[who])
