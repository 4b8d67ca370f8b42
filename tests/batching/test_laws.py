"""Laws that every plan keeps, on days nobody thought of."""

from collections.abc import Iterator
from itertools import pairwise
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.batching.instances import problems, shortest_m, walked_m
from wms.batching import Batch, Blocks, Cart, Iterations, Order, Params, Plan, Problem, plan
from wms.batching.clock import Clock
from wms.batching.construct import by_savings, first_come
from wms.batching.cooling import Cooling
from wms.batching.crew import Crew
from wms.batching.improve import Annealer
from wms.batching.judge import Judge, Score
from wms.batching.workload import workload_of

A_FEW_DAYS = settings(max_examples=40, deadline=None)
BUDGETS = st.integers(0, 6000)
SMALL_CHUNKS = Params(chunk_orders=4)
A_FEW_STOPS = 5
COOLING = Cooling(start=0.1, end=0.002)


def planned(day: Problem, budget: int) -> Plan:
    """The plan after so many iterations, in chunks small enough that a test's day needs several."""
    return plan(day, Iterations(budget), params=SMALL_CHUNKS)


def holds(cart: Cart, orders: list[Order]) -> bool:
    """Whether a cart holds the orders."""
    rooms = (cart.totes, cart.volume_ml, cart.weight_g, cart.lines)
    loads = zip(*((order.totes, order.volume_ml, order.weight_g, len(order.lines)) for order in orders), strict=True)
    return all(room is None or sum(load) <= room for room, load in zip(rooms, loads, strict=True))


@given(day=problems(), budget=BUDGETS)
@A_FEW_DAYS
def test_every_order_is_in_one_batch_or_named_as_unplanned(day: Problem, budget: int) -> None:
    found = planned(day, budget)
    placed = [order for batch in found.batches for order in batch.order_ids] + [left.id for left in found.unplanned]
    assert len(placed) == len(set(placed))
    assert set(placed) == {order.id for order in day.orders}


@given(day=problems(), budget=BUDGETS)
@A_FEW_DAYS
def test_no_cart_is_ever_overfull(day: Problem, budget: int) -> None:
    orders = {order.id: order for order in day.orders}
    for batch in planned(day, budget).batches:
        assert batch.is_frozen or holds(batch.cart, [orders[order] for order in batch.order_ids])


@given(day=problems())
@A_FEW_DAYS
def test_only_orders_that_no_cart_holds_or_that_want_what_is_nowhere_are_unplanned(day: Problem) -> None:
    frozen = {order for batch in day.frozen for order in batch}
    reasons = {left.id: left.reason for left in planned(day, 50).unplanned}
    for order in day.orders:
        is_nowhere = any(line.location not in day.layout for line in order.lines)
        is_too_large = order.id not in frozen and not any(holds(cart, [order]) for cart in day.carts)
        assert (order.id in reasons) == (is_nowhere or is_too_large)
        assert not is_nowhere or reasons[order.id] == "Location nowhere is not on the floor plan."
    assert all(reason.endswith(".") for reason in reasons.values())


@given(day=problems(), budget=BUDGETS)
@A_FEW_DAYS
def test_a_route_passes_the_locations_of_its_orders_and_is_as_long_as_it_says(day: Problem, budget: int) -> None:
    assert isinstance(day.layout, Blocks)
    orders = {order.id: order for order in day.orders}
    for batch in planned(day, budget).batches:
        wanted = {line.location for order in batch.order_ids for line in orders[order].lines}
        assert len(batch.route.stops) == len(wanted)
        assert set(batch.route.stops) == wanted
        assert walked_m(day.layout, batch.route.stops) == pytest.approx(batch.route.metres)
        if len(wanted) <= A_FEW_STOPS:
            assert shortest_m(day.layout, batch.route.stops) == pytest.approx(batch.route.metres)


@given(day=problems(), budget=BUDGETS)
@A_FEW_DAYS
def test_nobody_walks_two_batches_at_once_or_outside_their_shift(day: Problem, budget: int) -> None:
    found = planned(day, budget)
    for picker in day.pickers:
        times = sorted(times_of(batch) for batch in found.batches if batch.picker_id == picker.id)
        assert all(start_s >= picker.available_from_s for start_s, _ in times)
        assert all(finish_s <= (picker.available_until_s or finish_s) for _, finish_s in times)
        assert all(first[1] <= second[0] for first, second in pairwise(times))


@given(day=problems(), budget=BUDGETS)
@A_FEW_DAYS
def test_a_plan_is_never_worse_than_the_savings_it_began_with(day: Problem, budget: int) -> None:
    work = workload_of(day)
    with Crew() as crew:
        began = Judge(work).score(by_savings(work, crew, SMALL_CHUNKS.chunk_orders) if work.free else [])
    assert rounded(score_of(planned(day, budget), day)) <= rounded(began)


@given(day=problems(), budget=BUDGETS, seed=st.integers(0, 3))
@A_FEW_DAYS
def test_annealing_whole_or_in_parts_never_ends_worse_than_it_began(day: Problem, budget: int, seed: int) -> None:
    work = workload_of(day)
    judge, batches = Judge(work), first_come(work)
    if not batches:
        return
    began = judge.score(batches)
    with Crew() as crew:
        for whole in (True, False):
            annealer = Annealer(work, judge, Clock(Iterations(budget)), crew, seed)
            if whole:
                found, _ = annealer.side_by_side(batches, COOLING, 1.0, 100)
            else:
                found, _ = annealer.in_parts(batches, COOLING, 1.0)
            assert sorted(number for batch in found for number in batch) == sorted(work.free)
            assert rounded(judge.score(found)) <= rounded(began)


@given(day=problems())
@A_FEW_DAYS
def test_no_plan_beats_the_lower_bound(day: Problem) -> None:
    found = planned(day, 300)
    assert found.lower_bound_m is None or found.lower_bound_m <= found.totals.metres + 1e-6


@given(day=problems(most_orders=6))
@A_FEW_DAYS
def test_of_all_ways_to_batch_a_few_orders_none_is_shorter_than_the_bound(day: Problem) -> None:
    work = workload_of(day)
    found = planned(day, 20_000)
    frozen_m = sum(work.metres(batch) for batch in work.frozen)
    shortest = frozen_m + min(
        sum(work.metres(batch) for batch in batching)
        for batching in partitions(list(work.free))
        if all(work.fits(work.load_of(batch)) for batch in batching)
    )
    assert found.totals.metres >= shortest - 1e-6
    assert found.lower_bound_m is None or found.lower_bound_m <= shortest + 1e-6


@given(day=problems(most_orders=6))
@A_FEW_DAYS
def test_lateness_is_never_traded_for_metres(day: Problem) -> None:
    """Of all ways to batch a few orders none has fewer late orders, and of those with as few none is less late."""
    work = workload_of(day)
    judge = Judge(work)
    best = min(
        judge.score(batching)
        for batching in partitions(list(work.free))
        if all(work.fits(work.load_of(batch)) for batch in batching)
    )
    found = score_of(plan(day, Iterations(60_000)), day)
    assert rounded(found)[:2] == rounded(best)[:2]


@given(day=problems(), seed=st.integers(0, 3))
@A_FEW_DAYS
def test_the_same_seed_and_iterations_give_the_same_plan(day: Problem, seed: int) -> None:
    first, second = (plan(day, Iterations(6000), seed=seed, params=SMALL_CHUNKS) for _ in range(2))
    assert first.batches == second.batches
    assert first.late == second.late
    assert (first.lower_bound_m, first.iterations) == (second.lower_bound_m, second.iterations)


@given(day=problems())
@A_FEW_DAYS
def test_late_orders_are_exactly_those_whose_batch_ends_after_their_cutoff_or_never(day: Problem) -> None:
    found = planned(day, 100)
    due_s = {order.id: inf if order.due_s is None else order.due_s for order in day.orders}
    expected = {
        order
        for batch in found.batches
        for order in batch.order_ids
        if day.pickers and (batch.finish_s is None or batch.finish_s > due_s[order])
    }
    assert {late.id for late in found.late} == expected


@given(day=problems())
@A_FEW_DAYS
def test_totals_add_up(day: Problem) -> None:
    found = planned(day, 100)
    assert found.totals.metres == pytest.approx(sum(batch.route.metres for batch in found.batches))
    alone_m = sum(order.alone_m for batch in found.batches for order in batch.orders)
    assert found.totals.metres_one_by_one == pytest.approx(alone_m)
    assert found.totals.metres <= found.totals.metres_one_by_one + 1e-6


def partitions(numbers: list[int]) -> Iterator[list[list[int]]]:
    """Every way to put the numbers into groups."""
    if not numbers:
        yield []
        return
    first, *rest = numbers
    for groups in partitions(rest):
        yield [[first], *groups]
        for at, group in enumerate(groups):
            yield [*groups[:at], [first, *group], *groups[at + 1 :]]


def times_of(batch: Batch) -> tuple[float, float]:
    """A scheduled batch's start and finish."""
    assert batch.start_s is not None
    assert batch.finish_s is not None
    return batch.start_s, batch.finish_s


def score_of(found: Plan, day: Problem) -> Score:
    """A plan's score, worked out anew from its batches."""
    work = workload_of(day)
    number = {order.id: at for at, order in enumerate(work.orders)}
    return Judge(work).score(
        [[number[order] for order in batch.order_ids] for batch in found.batches if not batch.is_frozen]
    )


def rounded(score: Score) -> Score:
    """A score without rounding errors."""
    return Score(score.late_orders, round(score.late_s, 2), round(score.metres, 4))
