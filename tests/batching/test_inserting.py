"""Laws of putting one more order into a plan at work."""

from collections.abc import Hashable, Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.batching.instances import FLOOR, LOCATIONS, metres_between, order, orders_on, problem, problems, walked_m
from tests.batching.test_laws import holds, rounded, times_of
from wms.batching import (
    Blocks,
    DistanceMatrix,
    InvalidProblemError,
    Iterations,
    Location,
    LocationId,
    LooseAisles,
    Order,
    Plan,
    Problem,
    insert,
    plan,
)
from wms.batching.inserting import Running
from wms.batching.judge import Judge, Score
from wms.batching.kernel.lateness import NEVER_S
from wms.batching.workload import workload_of

A_FEW_DAYS = settings(max_examples=60, deadline=None)
BUDGET = 300
NOW_S = st.integers(0, 900).map(float)


@st.composite
def hot_days(draw: st.DrawFn, most_orders: int = 8) -> tuple[Problem, Order]:
    """A day, and an order that comes while it runs."""
    day = draw(problems(most_orders))
    assert isinstance(day.layout, Blocks)
    hot = draw(orders_on(day.layout))
    return day, replace(hot, id="hot")


def with_order(day: Problem, hot: Order) -> Problem:
    """The day with one more order."""
    return replace(day, orders=(*day.orders, hot))


def planned(day: Problem) -> Plan:
    """A plan of the day."""
    return plan(day, Iterations(BUDGET))


@given(given_=hot_days(), now_s=NOW_S)
@A_FEW_DAYS
def test_every_order_is_in_one_batch_or_named_as_unplanned(given_: tuple[Problem, Order], now_s: float) -> None:
    day, hot = given_
    found = insert(day, planned(day), hot, now_s=now_s)
    placed = [order for batch in found.batches for order in batch.order_ids] + [left.id for left in found.unplanned]
    assert len(placed) == len(set(placed))
    assert set(placed) == {order.id for order in with_order(day, hot).orders}
    assert found.unplanned == planned(with_order(day, hot)).unplanned


@given(given_=hot_days(), now_s=NOW_S)
@A_FEW_DAYS
def test_no_cart_is_ever_overfull(given_: tuple[Problem, Order], now_s: float) -> None:
    day, hot = given_
    orders = {order.id: order for order in with_order(day, hot).orders}
    for batch in insert(day, planned(day), hot, now_s=now_s).batches:
        assert batch.is_frozen or holds(batch.cart, [orders[order] for order in batch.order_ids])


@given(given_=hot_days(), now_s=NOW_S)
@A_FEW_DAYS
def test_what_has_begun_stays_as_it_is_and_what_is_frozen_takes_nobody(
    given_: tuple[Problem, Order], now_s: float
) -> None:
    day, hot = given_
    before = planned(day)
    found = insert(day, before, hot, now_s=now_s)
    assert [batch for batch in before.batches if batch.has_begun(now_s)] == [
        batch for batch in found.batches if batch.has_begun(now_s)
    ]
    assert {(batch.order_ids, batch.route) for batch in before.batches if batch.is_frozen} == {
        (batch.order_ids, batch.route) for batch in found.batches if batch.is_frozen
    }
    changed = {batch.order_ids for batch in found.batches} - {batch.order_ids for batch in before.batches}
    assert len(changed) == (not found.unplanned or found.unplanned[-1].id != hot.id)


@given(given_=hot_days(), now_s=NOW_S)
@A_FEW_DAYS
def test_nobody_walks_two_batches_at_once_nor_begins_one_in_the_past(
    given_: tuple[Problem, Order], now_s: float
) -> None:
    day, hot = given_
    before = planned(day)
    begun = {batch.order_ids for batch in before.batches if batch.has_begun(now_s)}
    found = insert(day, before, hot, now_s=now_s)
    if found.batches == before.batches:
        return  # the order is in no batch
    for batch in found.batches:
        assert batch.start_s is None or batch.start_s >= now_s or batch.order_ids in begun
    for picker in day.pickers:
        times = sorted(times_of(batch) for batch in found.batches if batch.picker_id == picker.id)
        assert all(finish_s <= (picker.available_until_s or finish_s) for _, finish_s in times)
        assert all(first[1] <= second[0] for first, second in pairwise(times))


@given(given_=hot_days())
@A_FEW_DAYS
def test_walks_figures_and_sentences_are_those_of_a_plan_made_anew_with_these_batches(
    given_: tuple[Problem, Order],
) -> None:
    day, hot = given_
    found = insert(day, planned(day), hot)
    assert isinstance(day.layout, Blocks)
    kept = replace(
        with_order(day, hot), pickers=(), frozen=tuple(batch.order_ids for batch in found.batches), earlier=()
    )
    anew = {batch.order_ids: batch for batch in planned(kept).batches}
    for batch in found.batches:
        fresh = anew[batch.order_ids]
        assert walked_m(day.layout, batch.route.stops) == pytest.approx(batch.route.metres)
        assert batch.route.metres == pytest.approx(fresh.route.metres)
        assert batch.work_s == pytest.approx(fresh.work_s)
        assert batch.units == fresh.units
        for told, other in zip(batch.orders, fresh.orders, strict=True):
            assert (told.added_m, told.alone_m) == pytest.approx((other.added_m, other.alone_m), abs=1e-6)
            assert told.reason.startswith(other.reason.replace(", in a frozen batch", "", not batch.is_frozen))
    totals, expected = found.totals, planned(with_order(day, hot)).totals
    assert totals.metres == pytest.approx(sum(batch.route.metres for batch in found.batches))
    assert totals.work_s == pytest.approx(sum(batch.work_s for batch in found.batches))
    assert totals.stops == sum(len(batch.route.stops) for batch in found.batches)
    assert (totals.units, totals.metres_one_by_one) == pytest.approx((expected.units, expected.metres_one_by_one))
    assert totals.metres_first_come == pytest.approx(expected.metres_first_come)


@given(given_=hot_days())
@A_FEW_DAYS
def test_no_other_place_is_better_and_lateness_is_never_traded_for_metres(given_: tuple[Problem, Order]) -> None:
    day, hot = given_
    before = planned(day)
    found = insert(day, before, hot)
    if found.batches == before.batches:
        return
    assert rounded(score_of(found, with_order(day, hot))) == min(map(rounded, scores_of_places(day, before, hot)))


@given(given_=hot_days())
@A_FEW_DAYS
def test_late_orders_are_exactly_those_whose_batch_ends_after_their_cutoff(given_: tuple[Problem, Order]) -> None:
    day, hot = given_
    found = insert(day, planned(day), hot)
    due_s = {order.id: order.due_s for order in with_order(day, hot).orders}
    for batch in found.batches:
        for told in batch.orders:
            due, late = due_s[told.id], [late for late in found.late if late.id == told.id]
            is_left, is_over = batch.finish_s is None, due is not None and (batch.finish_s or 0.0) > due
            is_late = bool(day.pickers) and (is_left or is_over)
            assert bool(late) == is_late
            assert all((one.due_s, one.finish_s, one.late_s) == (due, batch.finish_s, told.late_s) for one in late)
            assert is_late == ("Late by" in told.reason or "No picker is left" in told.reason)


@given(given_=hot_days())
@A_FEW_DAYS
def test_the_bound_still_holds(given_: tuple[Problem, Order]) -> None:
    day, hot = given_
    before = planned(day)
    found = insert(day, before, hot)
    assert found.lower_bound_m == before.lower_bound_m
    anew = plan(with_order(day, hot), Iterations(5000))
    assert before.lower_bound_m is None or before.lower_bound_m <= anew.totals.metres + 1e-6
    if found.gap is not None and found.lower_bound_m:
        assert found.gap == pytest.approx(max(0.0, found.totals.metres / found.lower_bound_m - 1))


@given(day=problems(6), more=st.data())
@A_FEW_DAYS
def test_orders_put_in_one_after_another_come_to_the_same_whether_the_plan_is_kept_in_mind_or_not(
    day: Problem, more: st.DataObject
) -> None:
    assert isinstance(day.layout, Blocks)
    found = planned(day)
    running, floor = Running(day, found), day.layout
    for number in range(3):
        hot = replace(more.draw(orders_on(floor)), id=number)
        found = insert(day, found, hot)
        kept = running.insert(hot)
        day = with_order(day, hot)
        assert [batch.order_ids for batch in kept.batches] == [batch.order_ids for batch in found.batches]
        assert kept.totals.metres == pytest.approx(found.totals.metres)
        assert kept.totals.metres_first_come == pytest.approx(found.totals.metres_first_come)


@given(given_=hot_days(6), is_loose=st.booleans())
@settings(max_examples=25, deadline=None)
def test_on_a_floor_of_distances_walks_are_as_long_as_they_say(
    given_: tuple[Problem, Order], *, is_loose: bool
) -> None:
    day, hot = given_
    assert isinstance(day.layout, Blocks)
    floor: LooseAisles | DistanceMatrix = loose(day.layout) if is_loose else distances(day.layout)
    day = replace(day, layout=floor)
    found = insert(day, planned(day), hot)
    for batch in found.batches:
        legs = floor.metres_between(batch.route.stops)
        around = [*range(len(legs)), 0]
        walked = sum(float(legs[here, there]) for here, there in pairwise(around))
        assert walked == pytest.approx(batch.route.metres)
    assert found.lower_bound_m is None
    assert set(found.unplanned) == set(planned(with_order(day, hot)).unplanned)


def test_of_many_batches_on_a_floor_of_distances_an_order_joins_one_that_it_is_near() -> None:
    orders = [order(number, name) for number, name in enumerate(LOCATIONS)]
    day = replace(problem(*orders, totes=1), layout=distances(FLOOR))
    made = planned(day)
    roomy = replace(day, carts=(replace(day.carts[0], totes=2),))
    found = insert(roomy, made, order(99, "B8"))
    assert found.totals.metres == made.totals.metres
    assert len(found.batches) == len(made.batches)


def test_an_order_joins_the_batch_it_is_on_the_way_of() -> None:
    day = problem(order(1, "A8"), order(2, "C8"), totes=2)
    apart = replace(day, carts=(replace(day.carts[0], totes=1),))
    found = insert(day, planned(apart), order(3, "C4"))
    assert {batch.order_ids for batch in found.batches} == {(1,), (2, 3)}
    batch = next(batch for batch in found.batches if len(batch.orders) > 1)
    assert batch.orders[1].reason == "With 1 other: adds 0 m here, 28 m alone."


def test_an_order_gets_a_larger_cart_where_the_one_in_use_is_full() -> None:
    small, large = (replace(problem().carts[0], name=name, totes=totes) for name, totes in (("small", 1), ("large", 2)))
    day = replace(problem(order(1, "C8")), carts=(small, large))
    found = insert(day, planned(day), order(2, "C4"))
    assert [(batch.order_ids, batch.cart.name) for batch in found.batches] == [((1, 2), "large")]


def test_an_urgent_order_walks_more_rather_than_late() -> None:
    day = problem(order(1, "C1", "C4", "C8", "B1", "B4", "B8"), pickers=1)
    hot = order(2, "C11", due_s=200.0)
    assert len(insert(day, planned(day), replace(hot, due_s=None)).batches) == 1
    found = insert(day, planned(day), hot)
    assert [batch.order_ids for batch in found.batches] == [(2,), (1,)]
    assert not found.late


@pytest.mark.parametrize("pickers", [0, 2])
def test_an_order_into_an_empty_plan_walks_by_itself(pickers: int) -> None:
    day = problem(pickers=pickers)
    found = insert(day, planned(day), order(1, "B4"))
    assert [batch.order_ids for batch in found.batches] == [(1,)]
    assert found.totals.metres == found.totals.metres_first_come == found.totals.metres_one_by_one == 18


def test_what_cannot_be_put_in_is_named() -> None:
    day = problem(order(1, "A1"))
    made = planned(day)
    for hot, now_s, field in (
        (order(1, "A4"), 0.0, "order.id"),
        (order(2), 0.0, "orders[0].lines"),
        (order(2, "A4"), float("nan"), "now_s"),
    ):
        with pytest.raises(InvalidProblemError) as refused:
            _ = insert(day, made, hot, now_s=now_s)
        assert refused.value.field == field
    with pytest.raises(InvalidProblemError, match="order 1 is not among the problem's orders"):
        _ = insert(problem(order(7, "A1")), made, order(2, "A4"))


def scores_of_places(day: Problem, before: Plan, hot: Order) -> Iterator[Score]:
    """The score of each plan with the order in a batch of the plan, or in one of its own."""
    work = workload_of(with_order(day, hot))
    number = {order.id: at for at, order in enumerate(work.orders)}
    free = [[number[order] for order in batch.order_ids] for batch in before.batches if not batch.is_frozen]
    _ = assume(hot.id in number)
    judge = Judge(work)
    yield judge.score([*free, [number[hot.id]]])
    for at, batch in enumerate(free):
        together = [*batch, number[hot.id]]
        if work.fits(work.load_of(together)):
            yield judge.score([*free[:at], together, *free[at + 1 :]])


def score_of(found: Plan, day: Problem) -> Score:
    """A plan's score by its own times and lengths, with the price of orders that moved."""
    work = workload_of(day)
    number = {order.id: at for at, order in enumerate(work.orders)}
    free = [[number[order] for order in batch.order_ids] for batch in found.batches if not batch.is_frozen]
    priority = {order.id: order.priority for order in day.orders}
    late_s = sum((NEVER_S if late.late_s is None else late.late_s) * (1 + priority[late.id]) for late in found.late)
    return Score(len(found.late), late_s, found.totals.metres + Judge(work).moved_m(free))


def distances(floor: Blocks) -> DistanceMatrix:
    """The same floor as distances."""
    points = [_depot(floor), *((floor.aisle_x_m[aisle], depth) for aisle, depth in floor.places.values())]
    metres = np.array([[metres_between(floor, here, there) for there in points] for here in points])
    return DistanceMatrix(locations=tuple(floor.places), metres=metres)


def loose(floor: Blocks) -> LooseAisles:
    """The same floor with no cross aisles but the outer two."""
    places: dict[LocationId, Location] = {
        name: Location(id=name, aisle=str(aisle), x_m=floor.aisle_x_m[aisle], y_m=depth)
        for name, (aisle, depth) in floor.places.items()
    }
    ends = {str(aisle): ((x_m, 0.0), (x_m, floor.cross_y_m[-1])) for aisle, x_m in enumerate(floor.aisle_x_m)}
    return LooseAisles(locations=places, ends=ends, depot=_depot(floor))


def _depot(floor: Blocks) -> tuple[float, float]:
    return floor.depot_x_m, floor.cross_y_m[-1] if floor.depot_at_back else 0.0


def test_a_plan_by_zones_wants_to_be_made_anew() -> None:
    zones: dict[LocationId, Hashable] = {"A1": "shelf", "C11": "cold"}
    day = replace(problem(order(1, "A1")), zones=zones)
    with pytest.raises(InvalidProblemError, match="plan anew"):
        _ = insert(day, planned(day), order(2, "C11"))
