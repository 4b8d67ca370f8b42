"""The door: what a plan holds, on days small enough to check by hand."""

from dataclasses import replace

import pytest

from tests.batching.instances import FLOOR, order, problem
from wms.batching import (
    Cart,
    InvalidProblemError,
    Iterations,
    Line,
    Order,
    Params,
    Picker,
    Plan,
    Problem,
    Seconds,
    Speeds,
    plan,
)

ENOUGH = Iterations(1000)


def walking_together(found: Plan) -> set[frozenset[object]]:
    """The orders of each batch."""
    return {frozenset(batch.order_ids) for batch in found.batches}


def test_orders_in_one_aisle_walk_together() -> None:
    found = plan(problem(order(1, "A11"), order(2, "C11"), order(3, "A8"), order(4, "C8")), ENOUGH)
    assert walking_together(found) == {frozenset({1, 3}), frozenset({2, 4})}
    assert found.totals.metres == 22 + 42
    assert found.totals.metres_one_by_one == 22 + 42 + 16 + 36
    assert found.totals.metres_first_come == 44 + 44
    assert found.is_route_exact


def test_the_route_leads_past_every_stop_once() -> None:
    found = plan(problem(order(1, "A11", "A4"), order(2, "B11", "A4")), ENOUGH)
    [batch] = found.batches
    assert batch.route.stops in (("A4", "A11", "B11"), ("B11", "A11", "A4"))
    assert batch.route.metres == 34
    assert batch.units == 4


def test_each_order_says_why_it_walks_there() -> None:
    found = plan(problem(order(1, "A11"), order(2, "A8", due_s=5400), order(3, "C1", due_s=-600)), ENOUGH)
    reasons = {placed.id: placed.reason for batch in found.batches for placed in batch.orders}
    assert reasons == {
        1: "With 1 other: adds 6 m here, 22 m alone.",
        2: "With 1 other, due in 1 h 30 min: adds 0 m here, 16 m alone.",
        3: "By itself, due 10 min ago: walks 22 m.",
    }


def test_an_order_too_large_for_any_cart_stays_out_with_a_reason() -> None:
    found = plan(problem(order(1, "A1", totes=9), order(2, "A1")), ENOUGH)
    assert walking_together(found) == {frozenset({2})}
    assert [(left.id, left.reason) for left in found.unplanned] == [
        (1, "Needs 9 totes; the largest cart holds 2 totes.")
    ]


@pytest.mark.parametrize(
    ("cart", "reason"),
    [
        (Cart(name="cart", totes=1, volume_ml=400), "Needs 0.5 litres; the largest cart holds 0.4 litres."),
        (Cart(name="cart", totes=1, weight_g=100), "Needs 0.2 kg; the largest cart holds 0.1 kg."),
        (Cart(name="cart", totes=1, lines=1), "Needs 2 lines; the largest cart holds 1 line."),
    ],
)
def test_too_much_volume_weight_or_lines_keeps_an_order_out(cart: Cart, reason: str) -> None:
    found = plan(Problem(layout=FLOOR, orders=(order(1, "A1", "A4"),), carts=(cart,)), ENOUGH)
    assert [left.reason for left in found.unplanned] == [reason]


def test_an_order_that_no_single_cart_holds_stays_out() -> None:
    carts = (Cart(name="many totes", totes=9, weight_g=1), Cart(name="strong", totes=1, weight_g=9000))
    found = plan(Problem(layout=FLOOR, orders=(order(1, "A1", totes=3),), carts=carts), ENOUGH)
    assert [left.reason for left in found.unplanned] == [
        "No single cart has enough totes, volume, weight and lines at once."
    ]


def test_an_order_at_an_unknown_location_stays_out_and_the_others_are_planned() -> None:
    found = plan(problem(order(1, "A1", "Z9"), order(2, "A1")), ENOUGH)
    assert walking_together(found) == {frozenset({2})}
    assert [left.reason for left in found.unplanned] == ["Location Z9 is not on the floor plan."]


def test_a_batch_gets_the_first_cart_that_holds_it() -> None:
    carts = (Cart(name="small", totes=1), Cart(name="large", totes=3))
    orders = (order(1, "A11"), order(2, "A8"), order(3, "A4"), order(4, "C11"))
    found = plan(Problem(layout=FLOOR, orders=orders, carts=carts), ENOUGH)
    assert {len(batch.orders): batch.cart.name for batch in found.batches} == {3: "large", 1: "small"}


def test_being_on_time_comes_before_metres() -> None:
    """1 and 3 share aisle C, but walking 3 first with 2 is the only way to be in time for both cutoffs."""
    speeds = Speeds(metres_per_s=1, stop_s=0, unit_s=0, setup_s=0)
    orders = (order(1, "C11"), order(2, "A1", due_s=40), order(3, "C8", due_s=40), order(4, "A4"))
    day = Problem(
        layout=FLOOR, orders=orders, carts=(Cart(name="cart", totes=2),), pickers=(Picker(id="Ada"),), speeds=speeds
    )
    found = plan(day, ENOUGH)
    assert walking_together(found) == {frozenset({2, 3}), frozenset({1, 4})}
    assert [batch.finish_s for batch in found.batches] == [38, 82]
    assert not found.late


def test_a_late_order_is_named_with_how_late_it_is() -> None:
    found = plan(problem(order(1, "A1", due_s=60), pickers=1), ENOUGH)
    # 120 s to set up, 2 m at 1.2 m/s, 8 s for the stop and 2 s for the unit
    [late] = found.late
    assert (late.id, late.due_s) == (1, 60)
    assert late.late_s == pytest.approx(120 + 2 / 1.2 + 8 + 2 - 60)
    [placed] = found.batches[0].orders
    assert placed.late_s == late.late_s
    assert placed.reason == "By itself, due in 1 min: walks 2 m. Late by 1 min."


def test_a_batch_nobody_can_finish_in_their_shift_has_no_picker() -> None:
    shift = Picker(id="Ada", available_from_s=100, available_until_s=150)
    day = problem(order(1, "A1", due_s=500))
    found = plan(Problem(layout=FLOOR, orders=day.orders, carts=day.carts, pickers=(shift,)), ENOUGH)
    [batch] = found.batches
    assert (batch.picker_id, batch.start_s, batch.finish_s) == (None, None, None)
    assert [(late.id, late.finish_s, late.late_s) for late in found.late] == [(1, None, None)]
    assert batch.orders[0].reason.endswith("No picker is left for it.")


def test_without_pickers_batches_have_no_times_and_nothing_is_late() -> None:
    found = plan(problem(order(1, "A1", due_s=-5), order(2, "C1", due_s=-9), totes=1), ENOUGH)
    assert [batch.order_ids for batch in found.batches] == [(2,), (1,)]
    assert {batch.start_s for batch in found.batches} == {None}
    assert not found.late


def test_the_more_urgent_of_two_equally_due_orders_starts_first() -> None:
    orders = (order(1, "A1", due_s=900), order(2, "C1", due_s=900, priority=3))
    assert [batch.order_ids for batch in plan(problem(*orders, totes=1, pickers=1), ENOUGH).batches] == [(2,), (1,)]


def test_a_frozen_batch_stays_together_and_starts_first() -> None:
    orders = (order(1, "A1", due_s=900), order(2, "A11"), order(3, "C11"))
    day = Problem(layout=FLOOR, orders=orders, carts=(Cart(name="cart", totes=2),), frozen=((2, 3),))
    found = plan(day, ENOUGH)
    assert [(batch.order_ids, batch.is_frozen) for batch in found.batches] == [((2, 3), True), ((1,), False)]
    assert found.batches[0].orders[0].reason == "With 1 other, in a frozen batch: adds 2 m here, 22 m alone."


def test_no_orders_make_an_empty_plan() -> None:
    found = plan(problem(pickers=1), ENOUGH)
    assert (found.batches, found.late, found.unplanned) == ((), (), ())
    assert (found.totals.metres, found.gap) == (0, None)


def test_a_plan_stopped_at_once_still_holds_every_order() -> None:
    day = problem(*(order(number, "A1", "C11") for number in range(7)))
    for stop in (Iterations(0), Seconds(0)):
        found = plan(day, stop)
        assert sorted(str(number) for batch in found.batches for number in batch.order_ids) == list("0123456")
        assert found.iterations == 0


def test_chunks_smaller_than_the_day_still_use_every_cart_well() -> None:
    day = problem(*(order(number, f"{'ABC'[number % 3]}11") for number in range(24)), totes=4)
    assert plan(day, ENOUGH, params=Params(chunk_orders=5)).totals.metres == 2 * (22 + 32 + 42)


GOOD = order(1, "A1")


@pytest.mark.parametrize(
    ("field", "parts"),
    [
        ("orders[1].id", {"orders": (GOOD, GOOD)}),
        ("orders[0].lines", {"orders": (Order(id=1, lines=()),)}),
        ("orders[0].lines[0].quantity", {"orders": (Order(id=1, lines=(Line(location="A1", quantity=0),)),)}),
        ("orders[0].totes", {"orders": (order(1, "A1", totes=0),)}),
        ("orders[0].volume_ml", {"orders": (Order(id=1, lines=GOOD.lines, volume_ml=-1),)}),
        ("orders[0].weight_g", {"orders": (Order(id=1, lines=GOOD.lines, weight_g=-1),)}),
        ("orders[0].priority", {"orders": (order(1, "A1", priority=-1),)}),
        ("orders[0].priority", {"orders": (order(1, "A1", priority=10**20),)}),
        ("orders[0].lines[0].quantity", {"orders": (Order(id=1, lines=(Line(location="A1", quantity=10**400),)),)}),
        ("orders[0].due_s", {"orders": (order(1, "A1", due_s=float("nan")),)}),
        ("orders[0].due_s", {"orders": (order(1, "A1", due_s=-(10**400)),)}),
        ("carts[0].lines", {"carts": (Cart(name="cart", totes=1, lines=10**13),)}),
        ("pickers[0].available_until_s", {"pickers": (Picker(id=1, available_until_s=float("nan")),)}),
        ("carts", {"carts": ()}),
        ("carts[0].totes", {"carts": (Cart(name="cart", totes=0),)}),
        ("carts[0].weight_g", {"carts": (Cart(name="cart", totes=1, weight_g=0),)}),
        ("pickers[0].available_from_s", {"pickers": (Picker(id=1, available_from_s=float("inf")),)}),
        ("pickers[0].available_until_s", {"pickers": (Picker(id=1, available_from_s=9, available_until_s=9),)}),
        ("speeds.metres_per_s", {"speeds": Speeds(metres_per_s=0)}),
        ("speeds.setup_s", {"speeds": Speeds(setup_s=-1)}),
        ("frozen[0]", {"frozen": ((),)}),
        ("frozen[0]", {"frozen": ((7,),)}),
        ("frozen[1]", {"frozen": ((1,), (1,))}),
        ("earlier[0]", {"earlier": ((),)}),
        ("earlier[0]", {"earlier": ((7,),)}),
        ("earlier[1]", {"earlier": ((1,), (1,))}),
        ("move_penalty_m", {"move_penalty_m": -1.0}),
    ],
)
def test_a_problem_with_a_fault_is_refused_with_the_fields_name(field: str, parts: dict[str, object]) -> None:
    whole: dict[str, object] = {"layout": FLOOR, "orders": (GOOD,), "carts": (Cart(name="cart", totes=2),), **parts}
    with pytest.raises(InvalidProblemError) as refused:
        _ = Problem(**whole)  # type: ignore[arg-type]  # one wrong part at a time
    assert refused.value.field == field


def test_parameters_without_sense_are_refused() -> None:
    with pytest.raises(InvalidProblemError) as refused:
        _ = Params(chunk_orders=1)
    assert refused.value.field == "params.chunk_orders"


@pytest.mark.parametrize(
    ("price_m", "together"),
    [(0.0, {frozenset({1, 3}), frozenset({2, 4})}), (1000.0, {frozenset({1, 2}), frozenset({3, 4})})],
)
def test_orders_stay_in_their_earlier_batches_unless_moving_them_saves_more_than_its_price(
    price_m: float, together: set[frozenset[object]]
) -> None:
    orders = (order(1, "A11"), order(2, "C11"), order(3, "A8"), order(4, "C8"))
    cart = Cart(name="cart", totes=2)
    day = Problem(layout=FLOOR, orders=orders, carts=(cart,), earlier=((1, 2), (3, 4)), move_penalty_m=price_m)
    assert walking_together(plan(day, Iterations(20_000))) == together


def test_a_plan_proven_best_says_so() -> None:
    found = plan(problem(order(1, "A11"), order(2, "C11"), order(3, "A8"), order(4, "C8")), Iterations(20_000))
    assert (found.lower_bound_m, found.gap) == (64, 0)


def test_what_is_late_all_the_same_makes_nothing_else_late() -> None:
    """Each takes about two minutes: after the lost one the other would be late too."""
    orders = (order(1, "A1", due_s=-600), order(2, "C1", due_s=200), order(3, "B1"))
    found = plan(problem(*orders, totes=1, pickers=1), ENOUGH)
    assert [batch.order_ids for batch in found.batches] == [(2,), (1,), (3,)]
    assert [late.id for late in found.late] == [1]


def test_of_orders_that_are_late_all_the_same_the_more_urgent_starts_first() -> None:
    orders = (order(1, "A1", due_s=-600), order(2, "C1", due_s=-60, priority=3), order(3, "B1", due_s=-900))
    found = plan(problem(*orders, totes=1, pickers=1), ENOUGH)
    assert [batch.order_ids for batch in found.batches] == [(2,), (3,), (1,)]


def test_a_batch_starts_by_the_earliest_cutoff_that_it_can_still_make() -> None:
    orders = (order(1, "A1", due_s=-600), order(2, "A1", due_s=400), order(3, "C1", due_s=300))
    found = plan(replace(problem(*orders, pickers=1), frozen=((1, 2), (3,))), Iterations(0))
    assert [batch.order_ids for batch in found.batches] == [(3,), (1, 2)]
    assert [late.id for late in found.late] == [1]


def test_an_order_that_nobody_is_left_to_walk_is_named_though_it_has_no_cutoff() -> None:
    shift = Picker(id="Ada", available_until_s=200)
    day = problem(order(1, "A1"), order(2, "C1"), totes=1)
    found = plan(Problem(layout=FLOOR, orders=day.orders, carts=day.carts, pickers=(shift,)), ENOUGH)
    assert [batch.picker_id for batch in found.batches] == ["Ada", None]
    (left,) = found.batches[1].orders
    assert [(late.id, late.due_s, late.finish_s, late.late_s) for late in found.late] == [(left.id, None, None, None)]
    assert left.reason.endswith("No picker is left for it.")


def test_a_walk_that_a_shift_has_room_for_is_better_than_a_shorter_one_that_nobody_can_walk() -> None:
    """1 and 2 together are 300 s of work and the shortest; apart, one of them can be walked."""
    speeds = Speeds(metres_per_s=1, stop_s=100, unit_s=0, setup_s=0)
    shift = Picker(id="Ada", available_until_s=150)
    day = problem(order(1, "A1"), order(2, "A1"))
    found = plan(
        Problem(layout=FLOOR, orders=day.orders, carts=day.carts, pickers=(shift,), speeds=speeds), Iterations(20_000)
    )
    assert [late.due_s for late in found.late] == [None]
    assert [batch.picker_id for batch in found.batches] == ["Ada", None]
