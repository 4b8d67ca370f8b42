"""How late a plan is while it is being improved: who starts which batch when, exactly as `schedule` does it.

Only changes whose metres are welcome are scheduled, and only from the first batch on that starts at another time; so an
exact answer costs less than a guess made each time.
"""

from typing import NamedTuple

import numpy as np

from wms.batching.kernel.baskets import NOBODY, Baskets, Orders
from wms.batching.kernel.compiled import compiled
from wms.batching.kernel.floors import Floats, Ints
from wms.batching.kernel.turns import Start, Turns, change_turns, is_before, place_for, place_or_last, put_in_turn

MINUTE_S = 60.0
NEVER_S = 86_400.0
"""Lateness charged for an order that nobody is left to walk, with a cutoff or without: a day."""


class Shifts(NamedTuple):
    """The pickers, from when (after all frozen batches) and until when each can walk; none where time is no matter."""

    from_s: Floats
    until_s: Floats
    due_s: Floats
    """The time of each cutoff; endless for the last, of orders without one."""


@compiled
def late_now(orders: Orders, baskets: Baskets, shifts: Shifts, turns: Turns) -> tuple[float, float]:
    """Put all batches in turn; return how late the plan is: late orders, and their seconds by priority."""
    put_in_turn(baskets, turns)
    free_s, whose = turns.free_s[0], turns.whose[0]
    for who in range(len(free_s)):
        at = who
        while at > 0 and free_s[at - 1] > shifts.from_s[who]:
            free_s[at], whose[at] = free_s[at - 1], whose[at - 1]
            at -= 1
        free_s[at], whose[at] = shifts.from_s[who], who
    return _timed(orders, baskets, shifts, turns, 0)


@compiled
def keep_change(
    orders: Orders, baskets: Baskets, shifts: Shifts, turns: Turns, here: int, there: int
) -> tuple[float, float]:
    """Bring sequence and times up to date when two batches have changed; return how late the plan is now."""
    return _timed(orders, baskets, shifts, turns, change_turns(baskets, turns, here, there))


@compiled
def price_of(late_orders: float, late_s: float) -> float:
    """Return how late a plan is in one number, for the search on its way: late orders, and their minutes."""
    return late_orders + late_s / MINUTE_S


@compiled
def _timed(orders: Orders, baskets: Baskets, shifts: Shifts, turns: Turns, first: int) -> tuple[float, float]:
    """Note how the day stands before each batch from the first place on; return how late the plan is."""
    head = _begin(turns, first)
    at = first
    while turns.batches[at] != NOBODY:
        batch = turns.batches[at]
        end_s = _walked(shifts.until_s, turns.queue_s, turns.queue, head, baskets.work_s[batch])
        head += 1 if end_s < np.inf else 0
        at += 1
        late_orders, late_s = _late_unchanged(orders, baskets, shifts, batch, end_s)
        turns.late[at, 0], turns.late[at, 1] = turns.late[at - 1, 0] + late_orders, turns.late[at - 1, 1] + late_s
        for place in range(len(shifts.from_s)):
            turns.free_s[at, place], turns.whose[at, place] = turns.queue_s[head + place], turns.queue[head + place]
    return float(turns.late[at, 0]), float(turns.late[at, 1])


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
    """Return the `price_of` the plan after a change of two batches, or some number above `most` if that is higher.

    The orders in row 0 of `leaving` go from the first of `starts` to the second, those in row 1 the other way.
    """
    here, there = starts[0].batch, starts[1].batch
    places = place_for(baskets, turns, starts[0]), place_for(baskets, turns, starts[1])
    row = 0 if is_before(starts[0], starts[1]) else 1
    first = min(places[0], places[1], place_or_last(turns, here), place_or_last(turns, there))
    head, changed = _begin(turns, first), 0
    late = price_of(turns.late[first, 0], turns.late[first, 1])
    for at in range(first, len(turns.batches)):
        while changed < 2 and places[row] <= at:
            if starts[row].work_s > 0.0:
                end_s = _walked(shifts.until_s, turns.queue_s, turns.queue, head, starts[row].work_s)
                head += 1 if end_s < np.inf else 0
                late += price_of(*_late_changed(orders, baskets, shifts, leaving, starts[row], row, end_s))
            row, changed = 1 - row, changed + 1
        batch = turns.batches[at]
        if batch == NOBODY or late > most:
            break
        if batch in (here, there):
            continue
        end_s = _walked(shifts.until_s, turns.queue_s, turns.queue, head, baskets.work_s[batch])
        head += 1 if end_s < np.inf else 0
        late += price_of(*_late_unchanged(orders, baskets, shifts, batch, end_s))
    return late


@compiled
def _late_unchanged(orders: Orders, baskets: Baskets, shifts: Shifts, batch: int, end_s: float) -> tuple[float, float]:
    """Return how many orders of a batch as it stands are late when it ends then, and how late."""
    late_orders, late_s = 0.0, 0.0
    if end_s <= shifts.due_s[baskets.due[batch]] and end_s < np.inf:
        return late_orders, late_s
    for place in range(baskets.size[batch]):
        seconds = _late_s(orders, shifts, baskets.members[batch, place], end_s)
        late_orders += 1.0 if seconds > 0.0 else 0.0
        late_s += seconds
    return late_orders, late_s


@compiled
def _late_changed(
    orders: Orders, baskets: Baskets, shifts: Shifts, leaving: Ints, start: Start, row: int, end_s: float
) -> tuple[float, float]:
    """Return how many orders of a batch as it is after the change are late when it ends then, and how late."""
    late_orders, late_s = 0.0, 0.0
    if end_s <= shifts.due_s[start.due] and end_s < np.inf:
        return late_orders, late_s
    for place in range(baskets.size[start.batch]):
        number = baskets.members[start.batch, place]
        if number != leaving[row, 0] and number != leaving[row, 1]:
            seconds = _late_s(orders, shifts, number, end_s)
            late_orders += 1.0 if seconds > 0.0 else 0.0
            late_s += seconds
    for at in range(2):
        if leaving[1 - row, at] != NOBODY:
            seconds = _late_s(orders, shifts, leaving[1 - row, at], end_s)
            late_orders += 1.0 if seconds > 0.0 else 0.0
            late_s += seconds
    return late_orders, late_s


@compiled
def _begin(turns: Turns, place: int) -> int:
    """Line the pickers up as they are before the batch at a place starts; return where the line begins."""
    for at in range(turns.free_s.shape[1]):
        turns.queue_s[at], turns.queue[at] = turns.free_s[place, at], turns.whose[place, at]
    return 0


@compiled
def _walked(until_s: Floats, queue_s: Floats, queue: Ints, head: int, work_s: float) -> float:
    """Give work to whoever is free first and can do it before going home; return when it is done, endless if never.

    The pickers stand in line from `head` on, whoever is free first in front, then by number; when the work is given the
    line begins one further.
    """
    at, past = head, head + len(until_s)
    while at < past and queue_s[at] + work_s > until_s[queue[at]]:
        at += 1
    if at == past:
        return np.inf
    end_s, who = queue_s[at] + work_s, queue[at]
    while at > head:
        queue_s[at], queue[at] = queue_s[at - 1], queue[at - 1]
        at -= 1
    at = past
    while at > head + 1 and (queue_s[at - 1] > end_s or (queue_s[at - 1] == end_s and queue[at - 1] > who)):
        queue_s[at], queue[at] = queue_s[at - 1], queue[at - 1]
        at -= 1
    queue_s[at], queue[at] = end_s, who
    return float(end_s)


@compiled
def _late_s(orders: Orders, shifts: Shifts, number: int, end_s: float) -> float:
    """Return how late an order is that is done then, by its priority; a day where that is never."""
    if end_s == np.inf:
        return NEVER_S * (1 + orders.priority[number])
    return max(0.0, end_s - shifts.due_s[orders.due[number]]) * (1 + orders.priority[number])
