"""Laws that every plan keeps, on days nobody thought of."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.batching.instances import problems, walked_m
from wms.batching import Batch, Cart, Iterations, Order, Params, Plan, Problem, SingleBlock, plan
from wms.batching.construct import by_due, fill_in_sequence
from wms.batching.judge import Judge, Score
from wms.batching.workload import workload_of

A_FEW_DAYS = settings(max_examples=40, deadline=None)
BUDGETS = st.integers(0, 200)
SMALL_CHUNKS = Params(chunk_orders=4, due_window_s=300)


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
def test_only_orders_that_no_cart_holds_are_unplanned(day: Problem) -> None:
    frozen = {order for batch in day.frozen for order in batch}
    unplanned = {left.id for left in planned(day, 50).unplanned}
    for order in day.orders:
        assert (order.id in unplanned) == (
            order.id not in frozen and not any(holds(cart, [order]) for cart in day.carts)
        )


@given(day=problems(), budget=BUDGETS)
@A_FEW_DAYS
def test_a_route_passes_the_locations_of_its_orders_and_is_as_long_as_it_says(day: Problem, budget: int) -> None:
    assert isinstance(day.layout, SingleBlock)
    orders = {order.id: order for order in day.orders}
    for batch in planned(day, budget).batches:
        wanted = {line.location for order in batch.order_ids for line in orders[order].lines}
        assert len(batch.route.stops) == len(wanted)
        assert set(batch.route.stops) == wanted
        assert walked_m(day.layout, batch.route.stops) == pytest.approx(batch.route.metres)


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
def test_a_plan_is_never_worse_than_carts_filled_as_orders_came_or_are_due(day: Problem, budget: int) -> None:
    work = workload_of(day)
    judge, found = Judge(work), planned(day, budget)
    for sequence in (list(work.free), by_due(work, work.free)):
        filled = judge.score(fill_in_sequence(work, [[number] for number in sequence]))
        assert rounded(score_of(found, day)) <= rounded(filled)


@given(day=problems(), budget=st.integers(0, 40))
@A_FEW_DAYS
def test_more_iterations_never_make_a_finished_construction_worse(day: Problem, budget: int) -> None:
    construction = 3 * len(day.orders)
    less, more = planned(day, construction + budget), planned(day, construction + 2 * budget)
    assert rounded(score_of(more, day)) <= rounded(score_of(less, day))


@given(day=problems())
@A_FEW_DAYS
def test_no_plan_beats_the_lower_bound(day: Problem) -> None:
    found = planned(day, 300)
    assert found.lower_bound_m is not None
    assert found.lower_bound_m <= found.totals.metres + 1e-6


@given(day=problems(), seed=st.integers(0, 3))
@A_FEW_DAYS
def test_the_same_seed_and_iterations_give_the_same_plan(day: Problem, seed: int) -> None:
    first, second = (plan(day, Iterations(60), seed=seed, params=SMALL_CHUNKS) for _ in range(2))
    assert first.batches == second.batches
    assert first.late == second.late


@given(day=problems())
@A_FEW_DAYS
def test_late_orders_are_exactly_those_whose_batch_ends_after_their_cutoff(day: Problem) -> None:
    found = planned(day, 100)
    due_s = {order.id: order.due_s for order in day.orders}
    expected = {
        order
        for batch in found.batches
        for order in batch.order_ids
        if day.pickers and due_s[order] is not None and (batch.finish_s is None or batch.finish_s > (due_s[order] or 0))
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


def times_of(batch: Batch) -> tuple[float, float]:
    """A scheduled batch's start and finish."""
    assert batch.start_s is not None
    assert batch.finish_s is not None
    return batch.start_s, batch.finish_s


def score_of(found: Plan, day: Problem) -> Score:
    """A plan's score, from the plan alone."""
    priority = {order.id: order.priority for order in day.orders}
    late_s = sum((86_400 if late.late_s is None else late.late_s) * (1 + priority[late.id]) for late in found.late)
    return Score(len(found.late), late_s, found.totals.metres)


def rounded(score: Score) -> Score:
    """A score without rounding errors."""
    return Score(score.late_orders, round(score.late_s, 2), round(score.metres, 4))
