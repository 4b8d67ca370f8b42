"""How late a plan is while it is being improved: who starts which batch when, exactly as `schedule` does it.

Only changes whose metres are welcome are scheduled, so an exact answer costs less than a guess made each time.
"""

from typing import NamedTuple

import numpy as np

from wms.batching.kernel.baskets import NOBODY, Baskets, Orders
from wms.batching.kernel.compiled import compiled, copy_into
from wms.batching.kernel.floors import Floats, Ints

MINUTE_S = 60.0
NEVER_S = 86_400.0
"""Lateness charged for an order that nobody is left to walk: a day."""


class Shifts(NamedTuple):
    """The pickers, from when (after all frozen batches) and until when each can walk; none where time is no matter."""

    from_s: Floats
    until_s: Floats
    due_s: Floats
    """The time of each cutoff; endless for the last, of orders without one."""


class Turns(NamedTuple):
    """The batches in the sequence in which they start, padded with -1, and room to note when each picker is free."""

    batches: Ints
    free_s: Floats


class Start(NamedTuple):
    """What decides when a batch starts: its earliest cutoff, its highest priority, the time it takes; 0 for none."""

    batch: int
    due: int
    priority: int
    work_s: float


@compiled
def start_of(baskets: Baskets, batch: int) -> Start:
    """Return what decides when a batch starts as it stands."""
    return Start(batch, baskets.due[batch], baskets.priority[batch], baskets.work_s[batch])


@compiled
def is_before(one: Start, other: Start) -> bool:
    """Whether a batch starts before another: earliest cutoff, highest priority, longest."""
    if one.due != other.due:
        return bool(one.due < other.due)
    if one.priority != other.priority:
        return bool(one.priority > other.priority)
    if one.work_s != other.work_s:
        return bool(one.work_s > other.work_s)
    return bool(one.batch < other.batch)


@compiled
def start_after(orders: Orders, baskets: Baskets, batch: int, out: Ints, into: Ints, metres: float) -> Start:
    """Return what decides when a batch starts without the orders `out` and with `into`, for a walk of this length."""
    due, priority, work, left = len(orders.due), 0, 0.0, 0
    for place in range(baskets.size[batch]):
        number = baskets.members[batch, place]
        if number != out[0] and number != out[1]:
            due = min(due, orders.due[number])
            priority = max(priority, orders.priority[number])
            work += orders.handling_s[number]
            left += 1
    for at in range(len(into)):
        number = into[at]
        if number != NOBODY:
            due = min(due, orders.due[number])
            priority = max(priority, orders.priority[number])
            work += orders.handling_s[number]
            left += 1
    return Start(batch, due, priority, work + orders.setup_s + metres * orders.metre_s if left else 0.0)


@compiled
def put_in_turn(baskets: Baskets, turns: Turns) -> None:
    """Put all batches in the sequence in which they start."""
    turns.batches[:] = NOBODY
    for batch in range(len(baskets.size)):
        if baskets.size[batch]:
            _insert(baskets, turns, batch)


@compiled
def change_turns(baskets: Baskets, turns: Turns, here: int, there: int) -> None:
    """Bring the sequence up to date when two batches have changed."""
    kept = 0
    for at in range(len(turns.batches)):
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
def late_now(orders: Orders, baskets: Baskets, shifts: Shifts, turns: Turns) -> float:
    """Return how late the plan is as it stands: late orders, and their minutes by priority."""
    copy_into(turns.free_s, shifts.from_s)
    late = 0.0
    for at in range(len(turns.batches)):
        batch = turns.batches[at]
        if batch == NOBODY:
            break
        late += _late_unchanged(orders, baskets, shifts, turns, batch)
    return late


@compiled
def late_after(
    orders: Orders,
    baskets: Baskets,
    shifts: Shifts,
    turns: Turns,
    leaving: Ints,
    starts: tuple[Start, Start],
    most: float,
) -> float:
    """Return how late the plan is after a change of two batches, or some number above `most` if it is later than that.

    The orders in row 0 of `leaving` go from the first of `starts` to the second, those in row 1 the other way.
    """
    copy_into(turns.free_s, shifts.from_s)
    here, there = starts[0].batch, starts[1].batch
    row = 0 if is_before(starts[0], starts[1]) else 1
    late, changed = 0.0, 0
    for at in range(len(turns.batches)):
        batch = turns.batches[at]
        if batch in (here, there) and batch != NOBODY:
            continue
        while changed < 2:
            start = starts[row]
            if batch != NOBODY and not is_before(start, start_of(baskets, batch)):
                break
            if start.work_s > 0.0:
                late += _late_changed(orders, baskets, shifts, turns, leaving, start, row)
            row, changed = 1 - row, changed + 1
        if batch == NOBODY or late > most:
            break
        late += _late_unchanged(orders, baskets, shifts, turns, batch)
    return late


@compiled
def _late_unchanged(orders: Orders, baskets: Baskets, shifts: Shifts, turns: Turns, batch: int) -> float:
    """Let somebody walk a batch as it stands; return how late its orders are."""
    late, end_s = 0.0, _walked(shifts, turns, baskets.work_s[batch])
    if end_s > shifts.due_s[baskets.due[batch]]:
        for place in range(baskets.size[batch]):
            late += _late(orders, shifts, baskets.members[batch, place], end_s)
    return late


@compiled
def _late_changed(
    orders: Orders, baskets: Baskets, shifts: Shifts, turns: Turns, leaving: Ints, start: Start, row: int
) -> float:
    """Let somebody walk a batch as it is after the change; return how late its orders are."""
    late, end_s = 0.0, _walked(shifts, turns, start.work_s)
    if end_s > shifts.due_s[start.due]:
        for place in range(baskets.size[start.batch]):
            number = baskets.members[start.batch, place]
            if number != leaving[row, 0] and number != leaving[row, 1]:
                late += _late(orders, shifts, number, end_s)
        for at in range(2):
            if leaving[1 - row, at] != NOBODY:
                late += _late(orders, shifts, leaving[1 - row, at], end_s)
    return late


@compiled
def _walked(shifts: Shifts, turns: Turns, work_s: float) -> float:
    """Give work to whoever is free first and can do it before going home; return when it is done, endless if never."""
    who = NOBODY
    for picker in range(len(turns.free_s)):
        if turns.free_s[picker] + work_s <= shifts.until_s[picker] and (
            who == NOBODY or turns.free_s[picker] < turns.free_s[who]
        ):
            who = picker
    if who == NOBODY:
        return np.inf
    turns.free_s[who] += work_s
    return turns.free_s[who]


@compiled
def _late(orders: Orders, shifts: Shifts, number: int, end_s: float) -> float:
    """Return 1 for an order that is done after its cutoff, and more by its minutes and its priority; else 0."""
    due_s = shifts.due_s[orders.due[number]]
    if not end_s > due_s:
        return 0.0
    return 1.0 + min(NEVER_S, end_s - due_s) / MINUTE_S * (1 + orders.priority[number])
