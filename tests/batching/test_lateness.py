"""The lateness that the search counts is that of the schedule which the plan gets in the end."""

from math import inf
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.batching.instances import problems
from wms.batching import Problem
from wms.batching.construct import first_come
from wms.batching.improve import batch_numbers, most_orders
from wms.batching.judge import Judge
from wms.batching.kernel.baskets import NOBODY, Baskets, empty_baskets, fill, put_in, take_out, weigh
from wms.batching.kernel.lateness import keep_change, late_after, late_now, price_of
from wms.batching.kernel.turns import Turns, empty_turns, start_after
from wms.batching.schedule import schedule
from wms.batching.workload import Batching, Workload, workload_of

A_FEW_DAYS = settings(max_examples=60, deadline=None)


def by_schedule(work: Workload, judge: Judge, batches: Batching) -> tuple[int, float]:
    """Late orders, and their seconds by priority, of the batches in the plan's own schedule."""
    every = [*map(list, work.frozen), *batches]
    slots = schedule(judge.jobs(every, work.metres_of_all(every)), work.problem.pickers)
    late = [
        late_s * (1 + work.orders[number].priority)
        for batch, slot in list(zip(every, slots, strict=True))[len(work.frozen) :]
        for number in batch
        if (late_s := judge.late_s(number, slot)) > 0
    ]
    return len(late), sum(late)


def filled(work: Workload, batches: Batching) -> tuple[Baskets, Turns]:
    """The batches as the search holds them, with one row to spare."""
    floor, shifts = work.router.encoded.floor, Judge(work).shifts()
    arrays = work.arrays._replace(aim=Judge(work).aims())
    baskets = empty_baskets(floor, arrays, len(batches) + 1, most_orders(work))
    fill(floor, arrays, baskets, batch_numbers(batches, len(work.orders)))
    turns = empty_turns(len(batches) + 1, len(shifts.from_s))
    return baskets, turns


@given(day=problems())
@A_FEW_DAYS
def test_the_search_counts_late_orders_as_the_schedule_has_them(day: Problem) -> None:
    work = workload_of(day)
    judge, batches = Judge(work), first_come(work)
    _ = assume(judge.is_timed and batches)
    baskets, turns = filled(work, batches)
    found = late_now(work.arrays, baskets, judge.shifts(), turns)
    assert found == pytest.approx(by_schedule(work, judge, batches))


@given(day=problems(), random=st.randoms(use_true_random=False))
@A_FEW_DAYS
def test_each_of_many_changes_is_as_late_as_the_plan_after_it(day: Problem, random: Random) -> None:
    work = workload_of(day)
    judge, batches = Judge(work), [[number] for number in work.free]
    arrays = work.arrays._replace(aim=judge.aims())
    _ = assume(judge.is_timed and len(batches) > 1)
    shifts, (baskets, turns) = judge.shifts(), filled(work, batches)
    _ = late_now(arrays, baskets, shifts, turns)
    for _change in range(8):
        here, there = random.sample(range(len(batches)), 2)
        if not batches[here] or len(batches[there]) == baskets.members.shape[1]:
            continue
        leaving = np.full((3, 2), NOBODY)
        leaving[0, 0] = number = random.choice(batches[here])
        batches[here].remove(number)
        batches[there].append(number)
        here_m, there_m = work.metres(batches[here]), work.metres(batches[there])
        starts = (
            start_after(arrays, baskets, here, leaving[0], leaving[1], here_m),
            start_after(arrays, baskets, there, leaving[1], leaving[0], there_m),
        )
        expected = by_schedule(work, judge, [batch for batch in batches if batch])
        found = late_after(arrays, baskets, shifts, turns, leaving, starts, inf)
        assert found == pytest.approx(price_of(*expected))
        take_out(arrays, baskets, number)
        put_in(arrays, baskets, number, there)
        baskets.metres[here], baskets.metres[there] = here_m, there_m
        weigh(arrays, baskets, here)
        weigh(arrays, baskets, there)
        assert keep_change(arrays, baskets, shifts, turns, here, there) == pytest.approx(expected)
