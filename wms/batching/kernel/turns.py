"""The sequence in which batches start, exactly as `schedule` has it, and what decides it."""

from typing import NamedTuple

import numpy as np

from wms.batching.kernel.baskets import NOBODY, Baskets, Orders
from wms.batching.kernel.compiled import compiled
from wms.batching.kernel.floors import Floats, Ints


class Turns(NamedTuple):
    """The batches in the sequence in which they start, and the day as it stands before each of them starts."""

    batches: Ints
    """One by place, padded with NOBODY; the last place is always empty."""
    place_of: Ints
    """The place of each batch, NOBODY for an empty one."""
    free_s: Floats
    """By place: when the pickers are free, earliest first."""
    whose: Ints
    """By place: the pickers' numbers in that sequence."""
    late: Floats
    """By place: how many orders before it are late, and their seconds by priority."""
    queue_s: Floats
    """Room to try: `free_s` from one place on, a window that moves one on with each batch."""
    queue: Ints


class Start(NamedTuple):
    """What decides when a batch starts: aim, highest priority, earliest cutoff, and the time it takes; 0 for none."""

    batch: int
    aim: int
    priority: int
    due: int
    work_s: float


def empty_turns(batches: int, pickers: int) -> Turns:
    """Return room for so many batches, in no sequence yet."""
    return Turns(
        batches=np.full(batches + 1, NOBODY),
        place_of=np.full(batches, NOBODY),
        free_s=np.zeros((batches + 1, pickers)),
        whose=np.zeros((batches + 1, pickers), dtype=np.int64),
        late=np.zeros((batches + 1, 2)),
        queue_s=np.zeros(batches + pickers),
        queue=np.zeros(batches + pickers, dtype=np.int64),
    )


@compiled
def start_of(baskets: Baskets, batch: int) -> Start:
    """Return what decides when a batch starts as it stands."""
    return Start(batch, baskets.aim[batch], baskets.priority[batch], baskets.due[batch], baskets.work_s[batch])


@compiled
def is_before(one: Start, other: Start) -> bool:
    """Whether a batch starts before another: earliest cutoff that can be made, highest priority, longest."""
    if one.aim != other.aim:
        return bool(one.aim < other.aim)
    if one.priority != other.priority:
        return bool(one.priority > other.priority)
    if one.due != other.due:
        return bool(one.due < other.due)
    if one.work_s != other.work_s:
        return bool(one.work_s > other.work_s)
    return bool(one.batch < other.batch)


@compiled
def start_after(orders: Orders, baskets: Baskets, batch: int, out: Ints, into: Ints, metres: float) -> Start:
    """Return what decides when a batch starts without the orders `out` and with `into`, for a walk of this length."""
    aim, due, priority, work, left = len(orders.due) + 1, len(orders.due), 0, 0.0, 0
    for place in range(baskets.size[batch]):
        number = baskets.members[batch, place]
        if number != out[0] and number != out[1]:
            aim = min(aim, orders.aim[number])
            due = min(due, orders.due[number])
            priority = max(priority, orders.priority[number])
            work += orders.handling_s[number]
            left += 1
    for at in range(len(into)):
        number = into[at]
        if number != NOBODY:
            aim = min(aim, orders.aim[number])
            due = min(due, orders.due[number])
            priority = max(priority, orders.priority[number])
            work += orders.handling_s[number]
            left += 1
    return Start(batch, aim, priority, due, work + orders.setup_s + metres * orders.metre_s if left else 0.0)


@compiled
def put_in_turn(baskets: Baskets, turns: Turns) -> None:
    """Put all batches in the sequence in which they start."""
    turns.batches[:] = NOBODY
    for batch in range(len(baskets.size)):
        if baskets.size[batch]:
            _insert(baskets, turns, batch)
    _note_places(turns)


@compiled
def change_turns(baskets: Baskets, turns: Turns, here: int, there: int) -> int:
    """Bring the sequence up to date when two batches have changed; return the first place that may be another's."""
    first = min(place_or_last(turns, here), place_or_last(turns, there))
    kept = first
    for at in range(first, len(turns.batches)):
        batch = turns.batches[at]
        if batch == NOBODY:
            break
        if batch not in (here, there):
            turns.batches[kept] = batch
            kept += 1
    for at in range(kept, min(kept + 2, len(turns.batches))):
        turns.batches[at] = NOBODY
    for batch in (here, there):
        if baskets.size[batch]:
            _insert(baskets, turns, batch)
    _note_places(turns)
    return min(first, place_or_last(turns, here), place_or_last(turns, there))


@compiled
def place_for(baskets: Baskets, turns: Turns, start: Start) -> int:
    """Return the place of the first batch that starts later."""
    first, past = 0, len(turns.batches) - 1
    while first < past:
        middle = (first + past) // 2
        batch = turns.batches[middle]
        if batch == NOBODY or is_before(start, start_of(baskets, batch)):
            past = middle
        else:
            first = middle + 1
    return first


@compiled
def place_or_last(turns: Turns, batch: int) -> int:
    """Return the place of a batch, or the last for an empty one."""
    place = turns.place_of[batch]
    return place if place != NOBODY else len(turns.batches) - 1


@compiled
def _insert(baskets: Baskets, turns: Turns, batch: int) -> None:
    """Give a batch its place in the sequence."""
    moved, start = batch, start_of(baskets, batch)
    for at in range(len(turns.batches)):
        other = turns.batches[at]
        if other == NOBODY:
            turns.batches[at] = moved
            return
        if moved != batch or is_before(start, start_of(baskets, other)):
            turns.batches[at], moved = moved, other


@compiled
def _note_places(turns: Turns) -> None:
    """Note for each batch the place it has."""
    turns.place_of[:] = NOBODY
    for at in range(len(turns.batches)):
        if turns.batches[at] == NOBODY:
            break
        turns.place_of[turns.batches[at]] = at
