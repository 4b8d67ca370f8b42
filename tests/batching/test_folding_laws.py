"""Laws that every plan keeps whose orders are picked in bulk, divided into trips, or walk in zones."""

from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.batching.instances import problems
from tests.batching.test_laws import A_FEW_DAYS, holds
from wms.batching import Batch, Blocks, Cart, Iterations, Line, LocationId, Order, OrderId, Problem, TakenLine, plan
from wms.batching.folding import fold
from wms.batching.folding.pieces import Piece

BUDGET = Iterations(500)
A_FEW_FOLDS = settings(A_FEW_DAYS, max_examples=50)
ZONES = ("shelf", "cold", "attic")


@st.composite
def folding_days(draw: st.DrawFn) -> Problem:
    """Days with orders alike, orders too large for every cart, zones, and pickers with and without one."""
    day = draw(problems(most_orders=6))
    places = places_of(day)
    product = st.sampled_from([None, "P-1", "P-2"])
    large = st.integers(1, 6)
    orders = [
        replace(
            order,
            totes=order.totes * draw(large),
            weight_g=order.weight_g * draw(large),
            lines=tuple(replace(line, product=draw(product), quantity=draw(large)) for line in order.lines),
        )
        for order in day.orders
    ]
    alike = Line(location=draw(st.sampled_from(places)), quantity=1, product="P-1")
    small = {"volume_ml": draw(st.integers(0, 600)), "weight_g": draw(st.integers(0, 600))}
    orders += [Order(id=number, lines=(alike,), **small) for number in range(draw(st.integers(0, 9)))]
    zones: dict[LocationId, str] = {place: draw(st.sampled_from(ZONES)) for place in places}
    has_zones = draw(st.booleans())
    zone = st.none() | st.sampled_from(sorted(set(zones.values())))
    return replace(
        day,
        orders=tuple(orders),
        pickers=tuple(replace(picker, zone=draw(zone) if has_zones else None) for picker in day.pickers),
        bulk_per_tote=draw(st.none() | st.integers(3, 5)),
        may_divide_orders=draw(st.booleans()),
        zones=zones if has_zones else None,
    )


@given(day=folding_days())
@A_FEW_FOLDS
def test_every_unit_of_every_order_is_in_one_batch_or_the_order_is_named_as_unplanned(day: Problem) -> None:
    found = plan(day, BUDGET)
    batches: dict[OrderId, list[Batch]] = defaultdict(list)
    units: Counter[tuple[OrderId, int]] = Counter()
    orders = {order.id: order for order in day.orders}
    for batch in found.batches:
        assert len(set(batch.order_ids)) == len(batch.orders)
        for placed in batch.orders:
            batches[placed.id].append(batch)
            for line, quantity in taken(placed.id, placed.lines, orders):
                units[placed.id, line] += quantity
    unplanned = [left.id for left in found.unplanned]
    assert len(unplanned) == len(set(unplanned))
    assert {*unplanned}.isdisjoint(batches)
    assert {*unplanned, *batches} == {*orders}
    assert units == {
        (order.id, number): line.quantity
        for order in day.orders
        if order.id in batches
        for number, line in enumerate(order.lines)
    }
    for batch in found.batches:
        assert batch.units == sum(
            quantity for placed in batch.orders for _, quantity in taken(placed.id, placed.lines, orders)
        )
        assert all(placed.parts == len(batches[placed.id]) for placed in batch.orders)


@given(day=folding_days())
@A_FEW_FOLDS
def test_no_cart_is_overfull_with_bulk_picks_and_parts(day: Problem) -> None:
    folded = fold(day)
    plans = [plan(simple, BUDGET) for simple in folded.problems]
    pieces = {piece.walked.id: piece for piece in folded.pieces or whole(day.orders)}
    walked: Counter[tuple[object, ...]] = Counter()
    for zone, found in zip(folded.zones, plans, strict=True):
        for batch in found.batches:
            inside = [pieces[name] for name in batch.order_ids]
            assert batch.is_frozen or holds(batch.cart, [piece.walked for piece in inside])
            orders = Counter(order.id for piece in inside for order in piece.orders)
            walked[zone, batch.cart.name, batch.route, frozenset(orders.items())] += 1
    assert walked == Counter(
        (batch.zone, batch.cart.name, batch.route, frozenset(Counter(batch.order_ids).items()))
        for batch in folded.unfold(plans).batches
    )


@given(day=folding_days())
@A_FEW_FOLDS
def test_pieces_take_together_what_their_orders_take(day: Problem) -> None:
    parts: dict[OrderId, list[Order]] = defaultdict(list)
    for piece in fold(day).pieces:
        if piece.is_bulk:
            assert 3 <= len(piece.orders) <= (day.bulk_per_tote or 0)
            assert sizes([piece.walked]) == sizes(piece.orders)
            assert (piece.walked.totes, len(piece.walked.lines)) == (1, 1)
        else:
            parts[piece.orders[0].id].append(piece.walked)
    for order in day.orders:
        if order.id in parts:
            assert sizes(parts[order.id]) == sizes([order])
            assert order.totes <= sum(part.totes for part in parts[order.id]) <= order.totes + len(parts[order.id]) - 1


@given(day=folding_days())
@A_FEW_FOLDS
def test_only_orders_that_cannot_be_divided_stay_out(day: Problem) -> None:
    frozen = {order for batch in day.frozen for order in batch}
    out = {left.id for left in plan(day, BUDGET).unplanned}
    for order in day.orders:
        is_nowhere = any(line.location not in day.layout for line in order.lines)
        is_too_large = order.id not in frozen and not any(holds(cart, [order]) for cart in day.carts)
        if order.id in out and not is_nowhere:
            assert is_too_large
            assert not day.may_divide_orders or is_a_unit_too_large(order, day.carts)
        elif order.id not in out:
            assert not is_nowhere
            assert not is_too_large or day.may_divide_orders or day.zones


@given(day=folding_days())
@A_FEW_FOLDS
def test_no_batch_mixes_zones_and_nobody_walks_in_another(day: Problem) -> None:
    zones = day.zones or {}
    are_many = len(set(zones.values())) > 1
    of_picker = {picker.id: picker.zone for picker in day.pickers}
    orders = {order.id: order for order in day.orders}
    walked: dict[object, set[object]] = defaultdict(set)
    for batch in plan(day, BUDGET).batches:
        assert (batch.zone is not None) == are_many
        walked[batch.picker_id].add(batch.zone)
        for placed in batch.orders:
            lines = taken(placed.id, placed.lines, orders)
            if are_many and not batch.is_frozen:
                assert {zones[orders[placed.id].lines[line].location] for line, _ in lines} == {batch.zone}
    for picker, visited in walked.items():
        if picker is not None and are_many:
            assert visited == {of_picker[picker]} if of_picker[picker] is not None else len(visited) == 1


@given(day=folding_days())
@A_FEW_FOLDS
def test_an_order_is_late_when_its_last_part_is(day: Problem) -> None:
    found = plan(day, BUDGET)
    ends: dict[OrderId, list[float | None]] = defaultdict(list)
    for batch in found.batches:
        for order in batch.order_ids:
            ends[order].append(batch.finish_s)
    expected: list[tuple[OrderId, float | None]] = []
    for order in day.orders:
        parts = ends.get(order.id)
        if not day.pickers or not parts:
            continue
        ended = [end for end in parts if end is not None]
        if len(ended) < len(parts):
            expected.append((order.id, None))  # nobody is left for a part of it, cutoff or not
        elif order.due_s is not None and max(ended) > order.due_s:
            expected.append((order.id, max(ended)))
    assert Counter((late.id, late.finish_s) for late in found.late) == Counter(expected)


@given(day=folding_days())
@A_FEW_FOLDS
def test_totals_of_folded_plans_add_up(day: Problem) -> None:
    found = plan(day, BUDGET)
    totals = found.totals
    assert totals.metres == pytest.approx(sum(batch.route.metres for batch in found.batches))
    assert totals.work_s == pytest.approx(sum(batch.work_s for batch in found.batches))
    assert totals.units == sum(batch.units for batch in found.batches)
    alone_m = sum(placed.alone_m for batch in found.batches for placed in batch.orders)
    assert totals.metres_one_by_one == pytest.approx(alone_m)
    assert totals.metres <= totals.metres_one_by_one + 1e-6
    assert found.lower_bound_m is None or found.lower_bound_m <= totals.metres + 1e-6


@given(day=folding_days())
@A_FEW_FOLDS
def test_carts_filled_as_orders_came_know_no_bulk_picks(day: Problem) -> None:
    without = plan(replace(day, bulk_per_tote=None), BUDGET).totals
    assert plan(day, BUDGET).totals.metres_first_come == pytest.approx(without.metres_first_come)


@given(day=folding_days(), seed=st.integers(0, 2))
@A_FEW_FOLDS
def test_the_same_seed_and_iterations_fold_the_same_plan(day: Problem, seed: int) -> None:
    first, second = (replace(plan(day, BUDGET, seed=seed), elapsed_s=0.0) for _ in range(2))
    assert first == second


@given(day=problems())
@A_FEW_FOLDS
def test_where_nothing_is_alike_too_large_or_apart_the_plan_is_the_same(day: Problem) -> None:
    fitting = [order for order in day.orders if any(holds(cart, [order]) for cart in day.carts)]
    kept = {order.id for order in fitting}
    same = replace(
        day,
        orders=tuple(fitting),
        frozen=tuple(batch for batch in day.frozen if kept.issuperset(batch)),
        earlier=tuple(batch for batch in day.earlier if kept.issuperset(batch)),
    )
    folding = replace(same, bulk_per_tote=5, may_divide_orders=True, zones=dict.fromkeys(places_of(day), "everywhere"))
    assert fold(folding).problems == (folding,)
    first, second = (replace(plan(given, BUDGET), elapsed_s=0.0) for given in (same, folding))
    assert first == second


def places_of(day: Problem) -> list[LocationId]:
    """The locations of the floor."""
    assert isinstance(day.layout, Blocks)
    return [*day.layout.places]


def whole(orders: tuple[Order, ...]) -> list[Piece]:
    """Orders as they are."""
    return [Piece(walked=order, zone=None, orders=(order,)) for order in orders]


def taken(name: OrderId, lines: tuple[TakenLine, ...] | None, orders: dict[OrderId, Order]) -> list[tuple[int, int]]:
    """Line numbers and quantities of a planned order."""
    if lines is None:
        return [(number, line.quantity) for number, line in enumerate(orders[name].lines)]
    return [(line.line, line.quantity) for line in lines]


def sizes(orders: list[Order] | tuple[Order, ...]) -> tuple[int, int, int]:
    """Volume, weight and units of orders together."""
    return (
        sum(order.volume_ml for order in orders),
        sum(order.weight_g for order in orders),
        sum(line.quantity for order in orders for line in order.lines),
    )


def is_a_unit_too_large(order: Order, carts: tuple[Cart, ...]) -> bool:
    """Whether a unit's share, rounded up, is too large for every cart."""
    units = sum(line.quantity for line in order.lines)
    unit = replace(
        order,
        lines=order.lines[:1],
        totes=-(-order.totes // units),
        volume_ml=-(-order.volume_ml // units),
        weight_g=-(-order.weight_g // units),
    )
    return not any(holds(cart, [unit]) for cart in carts)
