"""Who walks which batch when: frozen batches first, then by cutoff, each to the picker who is free first."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from math import inf

from wms.batching.problem import Picker


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A batch as work: its earliest cutoff (inf for none), its highest priority, and how long it takes."""

    due_s: float
    priority: int
    work_s: float
    is_frozen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A batch's picker and time."""

    picker_id: Hashable
    start_s: float
    finish_s: float


def start_sequence(jobs: Sequence[Job]) -> list[int]:
    """Return the jobs' numbers as they should start: frozen, earliest cutoff, highest priority, longest."""
    return sorted(
        range(len(jobs)),
        key=lambda number: (
            not jobs[number].is_frozen, jobs[number].due_s, -jobs[number].priority, -jobs[number].work_s, number,
        ),
    )  # fmt: skip


def schedule(jobs: Sequence[Job], pickers: Sequence[Picker]) -> list[Slot | None]:
    """Return a slot for each job, or None where no picker's shift has room for it."""
    free_s = [max(0.0, picker.available_from_s) for picker in pickers]
    until_s = [inf if picker.available_until_s is None else picker.available_until_s for picker in pickers]
    slots: list[Slot | None] = [None] * len(jobs)
    for number in start_sequence(jobs):
        work_s = jobs[number].work_s
        able = [who for who in range(len(pickers)) if free_s[who] + work_s <= until_s[who]]
        if able:
            who = min(able, key=free_s.__getitem__)
            slots[number] = Slot(picker_id=pickers[who].id, start_s=free_s[who], finish_s=free_s[who] + work_s)
            free_s[who] += work_s
    return slots
