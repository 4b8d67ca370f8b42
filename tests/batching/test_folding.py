"""Bulk picks, orders in several trips and zones, on days small enough to check by hand."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.batching.instances import FLOOR, order
from wms.batching import (
    Cart,
    InvalidProblemError,
    Iterations,
    Line,
    LocationId,
    Order,
    Picker,
    Plan,
    Problem,
    TakenLine,
    plan,
)
from wms.batching.folding import fold
from wms.batching.folding.effort import ShareOf, plan_each
from wms.batching.stop import Gap, Progress, Seconds, StopRule

ENOUGH = Iterations(1000)
CART = Cart(name="cart", totes=2)
ZONES: Mapping[LocationId, str] = {place: "cold" if str(place).startswith("C") else "shelf" for place in FLOOR.places}


def one_line(number: int, location: str = "A8", product: str | None = "P-17", **changed: Any) -> Order:
    """An order of one unit of a product."""
    return Order(id=number, lines=(Line(location=location, quantity=1, product=product),), **changed)


def lines(*quantities: int, **changed: Any) -> Order:
    """An order of so many units at each location, in the floor's sequence, called "big"."""
    wanted = zip(FLOOR.places, quantities, strict=False)
    taken = tuple(Line(location=place, quantity=quantity) for place, quantity in wanted)
    return Order(id="big", lines=taken, **changed)


def day(*orders: Order, **changed: Any) -> Problem:
    """A problem on the floor."""
    return Problem(**{"layout": FLOOR, "orders": orders, "carts": (CART,), **changed})


def bulks(found: Plan) -> list[set[object]]:
    """The orders that share totes."""
    totes: dict[tuple[int, int], set[object]] = {}
    for number, batch in enumerate(found.batches):
        for placed in batch.orders:
            if placed.bulk is not None:
                totes.setdefault((number, placed.bulk), set()).add(placed.id)
    return list(totes.values())


def taken(found: Plan, name: object = "big") -> list[list[tuple[int, int]]]:
    """What is taken of an order in each batch: line numbers and quantities."""
    return sorted(
        [(line.line, line.quantity) for line in placed.lines or ()]
        for batch in found.batches
        for placed in batch.orders
        if placed.id == name
    )


def test_orders_alike_share_a_tote_and_say_so() -> None:
    found = plan(day(*map(one_line, range(6)), order(9, "A8"), bulk_per_tote=6), ENOUGH)
    (batch,) = found.batches
    assert bulks(found) == [{0, 1, 2, 3, 4, 5}]
    assert (batch.units, batch.order_ids, batch.cart) == (7, (0, 1, 2, 3, 4, 5, 9), CART)
    reason = "Picked in bulk with 5 other orders of P-17. With 6 others: adds 0 m here, 16 m alone."
    assert [placed.reason for placed in batch.orders][:6] == [reason] * 6


def test_totals_compare_a_bulk_pick_with_carts_filled_without_one() -> None:
    totals = plan(day(*map(one_line, range(6)), bulk_per_tote=6), ENOUGH).totals
    assert (totals.metres, totals.metres_first_come, totals.metres_one_by_one) == (16, 3 * 16, 6 * 16)
    assert totals.work_s == pytest.approx(120 + 16 / 1.2 + 8 + 6 * 2)


def test_a_tote_takes_no_more_than_so_many_orders_and_two_are_left_as_they_are() -> None:
    found = plan(day(*map(one_line, range(8)), bulk_per_tote=3), ENOUGH)
    assert bulks(found) == [{0, 1, 2}, {3, 4, 5}]
    assert sorted(str(number) for batch in found.batches for number in batch.order_ids) == list("01234567")


@pytest.mark.parametrize(
    "other",
    [
        one_line(2, product="P-18"),
        one_line(2, product=None),
        one_line(2, "A11"),
        one_line(2, due_s=60.0),
        one_line(2, priority=1),
        one_line(2, totes=2),
        replace(one_line(2), lines=one_line(2).lines * 2),
    ],
    ids=["product", "no product", "location", "cutoff", "priority", "totes", "lines"],
)
def test_orders_that_are_not_alike_share_no_tote(other: Order) -> None:
    assert bulks(plan(day(one_line(0), one_line(1), other, bulk_per_tote=6), ENOUGH)) == []


def test_a_bulk_pick_holds_no_more_than_a_cart_can_carry() -> None:
    heavy = [one_line(number, weight_g=300) for number in range(6)]
    found = plan(day(*heavy, bulk_per_tote=6, carts=(Cart(name="weak", totes=9, weight_g=1000),)), ENOUGH)
    assert bulks(found) == [{0, 1, 2}, {3, 4, 5}]
    assert len(found.batches) == 2


def test_orders_of_an_earlier_batch_share_a_tote_among_themselves() -> None:
    earlier = ((0, 1, 2), (3, 4, 5))
    found = plan(day(*map(one_line, range(6)), bulk_per_tote=6, earlier=earlier, move_penalty_m=99.0), ENOUGH)
    assert bulks(found) == [{0, 1, 2}, {3, 4, 5}]


def test_frozen_orders_share_no_tote() -> None:
    found = plan(day(*map(one_line, range(5)), bulk_per_tote=6, frozen=((0, 1),)), ENOUGH)
    assert bulks(found) == [{2, 3, 4}]
    assert [batch.order_ids for batch in found.batches if batch.is_frozen] == [(0, 1)]


def test_an_order_too_large_for_a_cart_walks_in_as_few_trips_as_it_can() -> None:
    found = plan(day(lines(1, 1, 1, totes=3), may_divide_orders=True), ENOUGH)
    assert taken(found) == [[(0, 1), (1, 1)], [(2, 1)]]
    assert {placed.parts for batch in found.batches for placed in batch.orders} == {2}
    reasons = [placed.reason for batch in found.batches for placed in batch.orders]
    assert sorted(reason[:38] for reason in reasons) == [
        "Part 1 of 2: too much for one cart. By", "Part 2 of 2: too much for one cart. By",
    ]  # fmt: skip


def test_without_leave_to_divide_it_an_order_too_large_is_in_no_batch() -> None:
    found = plan(day(lines(1, 1, 1, totes=3)), ENOUGH)
    assert [left.reason for left in found.unplanned] == ["Needs 3 totes; the largest cart holds 2 totes."]


@pytest.mark.parametrize(
    ("cart", "parts"),
    [
        (Cart(name="cart", totes=9, volume_ml=400), [[(0, 2), (1, 1)], [(2, 4)]]),
        (Cart(name="cart", totes=9, weight_g=1300), [[(0, 2), (1, 1)], [(2, 4)]]),
        (Cart(name="cart", totes=9, lines=1), [[(0, 2)], [(1, 1)], [(2, 4)]]),
    ],
    ids=["volume", "weight", "lines"],
)
def test_any_limit_of_a_cart_divides_an_order(cart: Cart, parts: list[list[tuple[int, int]]]) -> None:
    whole = lines(2, 1, 4, volume_ml=700, weight_g=1400)
    assert taken(plan(day(whole, carts=(cart,), may_divide_orders=True), ENOUGH)) == parts


def test_a_line_too_large_for_a_cart_is_divided_by_units() -> None:
    whole = lines(7, volume_ml=1000)
    cart = Cart(name="cart", totes=9, volume_ml=430)
    found = plan(day(whole, carts=(cart,), may_divide_orders=True), ENOUGH)
    assert taken(found) == [[(0, 1)], [(0, 3)], [(0, 3)]]
    assert sum(batch.units for batch in found.batches) == 7


def test_a_single_unit_too_big_for_every_cart_keeps_an_order_out() -> None:
    found = plan(day(lines(1, 2, volume_ml=1000), carts=(Cart(name="c", totes=1, volume_ml=300),),
                     may_divide_orders=True), ENOUGH)  # fmt: skip
    assert [left.reason for left in found.unplanned] == ["Needs 1 litres; the largest cart holds 0.3 litres."]
    assert found.batches == ()


def test_an_order_of_a_million_trips_is_a_slip_and_stays_out() -> None:
    found = plan(day(lines(1_000_000, totes=1_000_000), may_divide_orders=True), ENOUGH)
    assert [left.id for left in found.unplanned] == ["big"]


def test_an_order_of_several_totes_that_fits_a_cart_stays_whole() -> None:
    assert fold(day(lines(1, 1, totes=2), may_divide_orders=True)).pieces == ()


def test_what_parts_take_adds_up_to_the_order() -> None:
    whole = lines(3, 5, 7, totes=4, volume_ml=1001, weight_g=777)
    parts = [piece.walked for piece in fold(day(whole, may_divide_orders=True)).pieces]
    sums = [sum(taken) for taken in zip(*((part.totes, part.volume_ml, part.weight_g) for part in parts), strict=True)]
    assert sums == [4, 1001, 777]
    assert max(part.totes for part in parts) == 2


def test_a_frozen_order_is_not_divided() -> None:
    found = plan(day(lines(1, 1, 1, totes=3), may_divide_orders=True, frozen=(("big",),)), ENOUGH)
    assert [(batch.order_ids, batch.orders[0].lines) for batch in found.batches] == [(("big",), None)]


def test_goods_of_two_zones_walk_apart_and_say_what_they_meet() -> None:
    found = plan(day(order(1, "A8", "C8", "C11"), zones=ZONES), ENOUGH)
    assert {batch.zone: batch.orders[0].lines for batch in found.batches} == {
        "shelf": (TakenLine(line=0, quantity=1),),
        "cold": (TakenLine(line=1, quantity=1), TakenLine(line=2, quantity=1)),
    }
    assert {batch.zone: batch.orders[0].reason for batch in found.batches} == {
        "shelf": "Its shelf goods; 2 lines more from zone cold meet it at packing. By itself: walks 16 m.",
        "cold": "Its cold goods; 1 line more from zone shelf meets it at packing. By itself: walks 42 m.",
    }
    assert found.totals.metres == found.totals.metres_one_by_one == found.totals.metres_first_come == 16 + 42


def test_an_order_is_late_when_its_last_part_is() -> None:
    pickers = (Picker(id="Ada", zone="shelf"), Picker(id="Bob", zone="cold"))
    found = plan(day(order(1, "A8", "C11", due_s=145), zones=ZONES, pickers=pickers), ENOUGH)
    assert {batch.picker_id: batch.orders[0].late_s for batch in found.batches} == {"Ada": None, "Bob": 20}
    assert [(late.id, late.finish_s, late.late_s) for late in found.late] == [(1, 165, 20)]


def test_a_zone_in_which_nobody_walks_makes_its_orders_late() -> None:
    found = plan(day(order(1, "A8", "C11", due_s=9000), zones=ZONES, pickers=(Picker(id=1, zone="cold"),)), ENOUGH)
    assert [(late.id, late.finish_s) for late in found.late] == [(1, None)]
    (left,) = (batch.orders[0] for batch in found.batches if batch.picker_id is None)
    assert left.reason.endswith("No picker is left for it.")


def test_pickers_without_a_zone_go_where_nobody_is_and_then_where_most_is_left() -> None:
    orders = [order(number, "A8", "B8", "C8" if number == 0 else "A4") for number in range(8)]
    pickers = (Picker(id=1), Picker(id=2, zone="shelf"), Picker(id=3), Picker(id=4))
    folded = fold(day(*orders, zones=ZONES, pickers=pickers))
    crews = {
        zone: [picker.id for picker in simple.pickers]
        for zone, simple in zip(folded.zones, folded.problems, strict=True)
    }
    assert crews == {"shelf": [2, 3, 4], "cold": [1]}


def test_pickers_walk_in_their_own_zone() -> None:
    pickers = (Picker(id="Ada", zone="shelf"), Picker(id="Bob", zone="cold"))
    orders = [order(number, "A8", "C8") for number in range(6)]
    found = plan(day(*orders, zones=ZONES, pickers=pickers), ENOUGH)
    assert {(batch.zone, batch.picker_id) for batch in found.batches} == {("shelf", "Ada"), ("cold", "Bob")}


def test_a_frozen_batch_that_crosses_zones_stays_whole_in_the_zone_of_most_of_its_lines() -> None:
    orders = (order(1, "A8", "C8"), order(2, "C11"), order(3, "A8", "C8"))
    found = plan(day(*orders, zones=ZONES, frozen=((1, 2),)), ENOUGH)
    assert [(batch.order_ids, batch.zone, batch.is_frozen) for batch in found.batches] == [
        ((1, 2), "cold", True), ((3,), "cold", False), ((3,), "shelf", False),
    ]  # fmt: skip
    assert [placed.lines for placed in found.batches[0].orders] == [None, None]


def test_parts_keep_to_the_earlier_batch_of_their_order_in_each_zone() -> None:
    orders = [order(number, place, "C8") for number, place in enumerate(("A11", "B11", "A8", "B8"))]
    earlier = ((0, 1), (2, 3))
    found = plan(day(*orders, zones=ZONES, earlier=earlier, move_penalty_m=1000.0), ENOUGH)
    shelf = {frozenset(batch.order_ids) for batch in found.batches if batch.zone == "shelf"}
    assert shelf == {frozenset({0, 1}), frozenset({2, 3})}


def test_zones_trips_and_bulk_picks_go_together() -> None:
    orders = (*map(one_line, range(4)), lines(1, 1, 1, 1, 1, 1, 1, 1, 1, totes=9))
    found = plan(day(*orders, zones=ZONES, may_divide_orders=True, bulk_per_tote=4), ENOUGH)
    assert bulks(found) == [{0, 1, 2, 3}]
    assert sorted(line for part in taken(found) for line, _ in part) == list(range(9))
    assert {placed.parts for batch in found.batches for placed in batch.orders if placed.id == "big"} == {5}
    assert any(
        "too much for one cart. Its shelf goods; 1 line more from zone cold meets it at packing." in placed.reason
        for batch in found.batches
        for placed in batch.orders
    )


def test_the_batches_of_all_zones_stand_in_the_sequence_in_which_they_start() -> None:
    orders = (order(1, "A1", due_s=900), order(2, "C1", due_s=300), order(3, "A8", due_s=60))
    found = plan(day(*orders, zones=ZONES, carts=(Cart(name="cart", totes=1),)), ENOUGH)
    assert [batch.order_ids for batch in found.batches] == [(3,), (2,), (1,)]


def test_the_bound_of_a_floor_is_the_sum_of_its_zones_frozen_ones_included() -> None:
    orders = (order(1, "A11"), order(2, "B11"), order(3, "A8"), order(4, "B8"), order(5, "C11"), order(6, "C8"))
    found = plan(day(*orders, zones=ZONES, frozen=((5, 6),)), Iterations(20_000))
    assert found.lower_bound_m == pytest.approx(22 + 32 + 42)
    assert found.gap == pytest.approx(0)


def test_zones_share_the_iterations_by_their_orders_and_what_one_leaves_goes_to_the_next() -> None:
    seen: list[tuple[int, float, float]] = []
    empty = plan(day(), ENOUGH)

    def search(problem: Problem, stop: StopRule) -> Plan:
        at_first, after_100 = (Progress(iterations=tried, elapsed_s=0.0) for tried in (0, 100))
        seen.append((len(problem.orders), round(stop.tries_left(at_first)), round(stop.spent(after_100), 6)))
        return replace(empty, iterations=100)

    problems = [day(*(order(number, "A1") for number in range(count))) for count in (1, 2, 1)]
    assert len(plan_each(problems, Iterations(1000), search)) == 3
    assert seen == [(1, 250, 0.4), (2, 600, 0.166667), (1, 800, 0.125)]


def test_a_share_ends_with_its_part_of_the_time_or_when_it_is_proven_best() -> None:
    share = ShareOf(Seconds(10), 0.5, Progress(iterations=0, elapsed_s=4.0))
    assert share.seconds_left(Progress(iterations=9, elapsed_s=1.0)) == pytest.approx(2.0)
    assert share.spent(Progress(iterations=9, elapsed_s=3.0)) == pytest.approx(1.0)
    proven = Progress(iterations=9, elapsed_s=1.0, metres=50.0, bound_m=50.0)
    assert ShareOf(Gap(0.0), 0.5, Progress(iterations=0, elapsed_s=4.0)).spent(proven) >= 1
    assert ShareOf(Iterations(5), 0.5, Progress(iterations=5, elapsed_s=4.0)).spent(proven) == 1


@pytest.mark.parametrize(
    ("field", "parts"),
    [
        ("bulk_per_tote", {"bulk_per_tote": 2}),
        ("zones", {"zones": {}}),
        ("zones", {"zones": {**ZONES, "A1": None}}),
        ("zones", {"zones": {place: "shelf" for place in FLOOR.places if place != "A1"}}),
        ("pickers[1].zone", {"zones": ZONES, "pickers": (Picker(id=1), Picker(id=2, zone="attic"))}),
        ("pickers[0].zone", {"pickers": (Picker(id=1, zone="shelf"),)}),
    ],
)
def test_what_cannot_be_folded_is_refused_with_the_fields_name(field: str, parts: dict[str, Any]) -> None:
    with pytest.raises(InvalidProblemError) as refused:
        _ = day(order(1, "A1"), **parts)
    assert refused.value.field == field


def test_an_order_that_wants_what_is_nowhere_stays_whole_and_out() -> None:
    found = plan(day(order(1, "A1", "Z9"), order(2, "A1", "C1"), zones=ZONES, may_divide_orders=True), ENOUGH)
    assert [(left.id, left.reason) for left in found.unplanned] == [(1, "Location Z9 is not on the floor plan.")]
    assert len(found.batches) == 2


def test_no_orders_in_zones_make_an_empty_plan() -> None:
    found = plan(day(zones=ZONES, bulk_per_tote=3, may_divide_orders=True, pickers=(Picker(id=1),)), ENOUGH)
    assert (found.batches, found.late, found.unplanned) == ((), (), ())
