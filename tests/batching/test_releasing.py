"""Laws of starting a batch now or waiting for more orders."""

from dataclasses import replace
from math import inf

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.batching.instances import LOCATIONS, order, problem, problems
from tests.batching.test_laws import holds
from wms.batching import (
    Decision,
    InvalidProblemError,
    Iterations,
    Line,
    LocationId,
    Order,
    OrderId,
    Picker,
    Plan,
    Problem,
    plan,
    release,
)

A_FEW_DAYS = settings(max_examples=80, deadline=None)
NOW_S = st.integers(0, 1200).map(float)
A_SECOND = st.sampled_from([0.0, 1e-4, 1 / 600, 1 / 60, 1 / 5, 10.0])


def planned(day: Problem) -> Plan:
    """A plan of the day."""
    return plan(day, Iterations(100))


def orders_of(day: Problem, decision: Decision) -> list[Order]:
    """The orders of the batch that a decision is about."""
    orders: dict[OrderId, Order] = {order.id: order for order in day.orders}
    return [orders[order] for order in decision.order_ids]


@given(day=problems(), now_s=NOW_S, arrivals_per_s=A_SECOND)
@A_FEW_DAYS
def test_each_batch_that_has_not_begun_gets_one_decision_with_its_reason(
    day: Problem, now_s: float, arrivals_per_s: float
) -> None:
    made = planned(day)
    found = release(day, made, now_s=now_s, arrivals_per_s=arrivals_per_s)
    expected = [batch.order_ids for batch in made.batches if batch.start_s is None or batch.start_s >= now_s]
    assert [decision.order_ids for decision in found] == expected
    for decision in found:
        assert decision.starts_now == (decision.until_s is None)
        assert decision.reason.startswith("Starts now: " if decision.starts_now else "Waits ")
        assert decision.reason.endswith(".")


@given(day=problems(), now_s=NOW_S, arrivals_per_s=A_SECOND)
@A_FEW_DAYS
def test_no_batch_that_can_make_its_cutoff_waits_past_its_latest_start(
    day: Problem, now_s: float, arrivals_per_s: float
) -> None:
    made = planned(day)
    work_s = {batch.order_ids: batch.work_s for batch in made.batches}
    for decision in release(day, made, now_s=now_s, arrivals_per_s=arrivals_per_s):
        due_s = min((order.due_s for order in orders_of(day, decision) if order.due_s is not None), default=inf)
        assert decision.until_s is None or now_s < decision.until_s <= due_s - work_s[decision.order_ids]


@given(day=problems(), arrivals_per_s=A_SECOND, share=st.floats(0, 1))
@A_FEW_DAYS
def test_if_all_wait_as_long_as_they_may_whatever_was_on_time_still_is(
    day: Problem, arrivals_per_s: float, share: float
) -> None:
    made = planned(day)
    _ = assume(not made.late)
    until_s = {
        decision.order_ids: decision.until_s or 0.0
        for decision in release(day, made, now_s=0.0, arrivals_per_s=arrivals_per_s)
    }
    due_s = {order.id: order.due_s for order in day.orders}
    for picker in day.pickers:
        free_s = 0.0
        for batch in made.batches:
            if batch.picker_id == picker.id and batch.start_s is not None:
                free_s = max(free_s, batch.start_s, until_s[batch.order_ids] * share) + batch.work_s
                dues = [due for order in batch.order_ids if (due := due_s[order]) is not None]
                assert all(free_s <= due + 1e-6 for due in dues)


@given(day=problems(), now_s=NOW_S, arrivals_per_s=A_SECOND)
@A_FEW_DAYS
def test_a_full_batch_is_never_told_to_wait_nor_one_that_takes_nobody(
    day: Problem, now_s: float, arrivals_per_s: float
) -> None:
    made = planned(day)
    is_frozen = {batch.order_ids: batch.is_frozen for batch in made.batches}
    for decision in release(day, made, now_s=now_s, arrivals_per_s=arrivals_per_s):
        together = orders_of(day, decision)
        if is_frozen[decision.order_ids] or not any(
            holds(cart, [*together, more]) for cart in day.carts for more in day.orders
        ):
            assert decision.starts_now


@given(day=problems(), now_s=NOW_S, rates=st.lists(A_SECOND.filter(bool), min_size=2, max_size=2).map(sorted))
@A_FEW_DAYS
def test_more_orders_to_come_never_make_a_batch_start_sooner_but_be_full_sooner(
    day: Problem, now_s: float, rates: list[float]
) -> None:
    made = planned(day)
    few, many = (release(day, made, now_s=now_s, arrivals_per_s=rate) for rate in rates)
    for slow, fast in zip(few, many, strict=True):
        assert slow.starts_now or not fast.starts_now
        assert slow.until_s is None or fast.until_s is None or fast.until_s <= slow.until_s


@given(day=problems(), now_s=NOW_S, arrivals_per_s=A_SECOND.filter(bool))
@A_FEW_DAYS
def test_no_more_batches_start_for_idle_pickers_than_there_are(
    day: Problem, now_s: float, arrivals_per_s: float
) -> None:
    found = release(day, planned(day), now_s=now_s, arrivals_per_s=arrivals_per_s)
    at_once = sum(decision.starts_now and "a picker is free" not in decision.reason for decision in found)
    idle = sum("Starts now: a picker is free" in decision.reason for decision in found)
    assert idle <= max(0, len(day.pickers) - at_once)


def decided(day: Problem, an_hour: float, now_s: float = 0.0) -> Decision:
    """The decision of a day with one batch."""
    (decision,) = release(day, planned(day), now_s=now_s, arrivals_per_s=an_hour / 3600)
    return decision


def test_an_idle_picker_starts_where_few_orders_come_and_waits_where_many_do() -> None:
    day = problem(order(1, "C11"), order(2, "C8"), totes=4, pickers=1)
    # Alone an order walks 39 m on average and takes 120 s to set up: joining, it saves 137 s.
    assert decided(day, 10).reason == (
        "Starts now: a picker is free, and the next order, in about 6 min, would save 2 min."
    )
    many = decided(day, 60)
    assert (many.starts_now, many.until_s) == (False, 120.0)
    assert many.reason == (
        "Waits 2 min at most, until it should be full: the next order, in about 1 min, would save 2 min."
    )


def test_without_a_free_picker_a_batch_waits_until_its_latest_start_and_no_longer() -> None:
    day = replace(problem(order(1, "C11", due_s=1000.0), totes=2), pickers=(Picker(id="late", available_from_s=300.0),))
    work_s = planned(day).batches[0].work_s
    decision = decided(day, 1)
    assert decision.until_s == pytest.approx(1000 - 1.1 * work_s)
    assert decision.reason.endswith("at most, until its latest start: no picker is free for it.")
    late = decided(replace(day, orders=(order(1, "C11", due_s=450.0),)), 1, now_s=299.0)
    assert late.reason == "Starts now: due in 3 min, and it takes 3 min."


def test_a_batch_starts_for_the_sake_of_what_its_picker_walks_next() -> None:
    apart = problem(order(1, "A4", due_s=600.0), order(2, "C11", due_s=700.0), totes=1, pickers=1)
    day = replace(apart, carts=(replace(apart.carts[0], totes=2),))
    made = planned(apart)
    first, then = made.batches
    latest_s = 700 - 1.1 * then.work_s - 1.1 * first.work_s
    assert latest_s < 600 - 1.1 * first.work_s
    later = (replace(batch, start_s=900.0 + at, finish_s=None) for at, batch in enumerate(made.batches))
    made = replace(made, batches=tuple(later))
    early = release(day, made, now_s=latest_s - 1, arrivals_per_s=1.0)
    assert not early[0].starts_now
    soon = release(day, made, now_s=latest_s, arrivals_per_s=1.0)
    assert soon[0].reason == "Starts now: what its picker walks next cannot wait, and it takes 2 min."
    assert not soon[1].starts_now


def test_a_full_cart_and_a_frozen_batch_start() -> None:
    day = problem(order(1, "A4"), order(2, "C11"), totes=1)
    found = release(day, planned(day), now_s=0.0, arrivals_per_s=1.0)
    assert {decision.reason for decision in found} == {"Starts now: no order of a size seen so far fits."}
    frozen = replace(problem(order(1, "A4"), totes=2), frozen=((1,),))
    assert decided(frozen, 60).reason == "Starts now: it is frozen and takes no more orders."


def test_no_batches_need_no_decisions_and_none_expected_is_no_reason_to_wait() -> None:
    day = problem()
    assert release(day, planned(day), now_s=0.0, arrivals_per_s=1.0) == ()
    assert decided(problem(order(1, "A1")), 0).reason == "Starts now: no more orders are expected."
    assert not decided(problem(order(1, "A1")), 1).starts_now


def test_numbers_without_sense_and_plans_of_other_days_are_refused() -> None:
    day = problem(order(1, "A1"))
    made = planned(day)
    for field, now_s, arrivals_per_s, spare in (
        ("now_s", inf, 1.0, 0.1),
        ("arrivals_per_s", 0.0, -1.0, 0.1),
        ("arrivals_per_s", 0.0, float("nan"), 0.1),
        ("spare", 0.0, 1.0, -0.1),
    ):
        with pytest.raises(InvalidProblemError, match=f"^{field}: "):
            _ = release(day, made, now_s=now_s, arrivals_per_s=arrivals_per_s, spare=spare)
    with pytest.raises(InvalidProblemError, match="order 1 is not among the problem's orders"):
        _ = release(problem(), made, now_s=0.0, arrivals_per_s=1.0)


def test_room_is_what_bulk_picks_leave_and_not_what_their_orders_would_take() -> None:
    alike = tuple(
        Order(id=number, lines=(Line(location="A8", quantity=1, product="P-17"),), due_s=9000.0) for number in range(10)
    )
    day = replace(problem(*alike, totes=10, pickers=1), bulk_per_tote=10)
    decision = decided(day, 3600)
    assert not decision.starts_now


def test_a_part_of_an_order_takes_the_room_of_a_part() -> None:
    """Six totes walk as three and three on carts of five: beside either there is room for an order of one tote."""
    big = Order(id="big", lines=tuple(Line(location=place, quantity=2) for place in ("A1", "C11")), totes=6, due_s=9000)
    day = replace(problem(big, order(2, "A1"), totes=5, pickers=1), may_divide_orders=True)
    found = release(day, planned(day), now_s=0.0, arrivals_per_s=1.0)
    assert [decision.starts_now for decision in found] == [False, False]


def test_a_picker_who_is_idle_in_one_zone_starts_no_batch_of_another() -> None:
    zones: dict[LocationId, str] = {place: "cold" if place.startswith("C") else "shelf" for place in LOCATIONS}
    pickers = (Picker(id="Ada", zone="cold"), Picker(id="Bob", zone="cold"), Picker(id="Eve", zone="shelf"))
    apart = problem(order(1, "A1"), order(2, "A8"), order(3, "B11"), order(4, "C1"), totes=1)
    made = plan(replace(apart, zones=zones, pickers=pickers), Iterations(100))
    roomy = replace(apart, zones=zones, pickers=pickers, carts=(replace(apart.carts[0], totes=2),))
    not_begun = replace(made, batches=tuple(replace(batch, start_s=9e9, finish_s=None) for batch in made.batches))
    found = release(roomy, not_begun, now_s=0.0, arrivals_per_s=1 / 3600)
    at_once = [batch.zone for batch, one in zip(made.batches, found, strict=True) if one.starts_now]
    assert sorted(map(str, at_once)) == ["cold", "shelf"]
