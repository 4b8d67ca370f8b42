"""Walks by S-shape and by largest gap, against the shortest and against walking them step by step."""

from collections.abc import Callable, Iterable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.batching.instances import FLOOR, floors, s_shape_m
from wms.batching import (
    Blocks,
    DistanceMatrix,
    InvalidProblemError,
    LocationId,
    Walk,
    compare,
    largest_gap,
    locations_of,
    s_shape,
    shortest,
)

MANY = settings(max_examples=150, deadline=None)
Policy = Callable[[Blocks, Iterable[LocationId]], Walk]
Visits = tuple[Blocks, tuple[LocationId, ...]]


@st.composite
def visits(draw: st.DrawFn, most_blocks: int = 4) -> Visits:
    """A floor, and some of its locations."""
    floor = draw(floors(most_blocks))
    return floor, tuple(draw(st.lists(st.sampled_from(locations_of(floor)), unique=True, max_size=15)))


@given(given_=visits())
@MANY
def test_neither_policy_is_ever_shorter_than_the_shortest_route(given_: Visits) -> None:
    floor, stops = given_
    by = compare(floor, stops)
    assert by.shortest_m == shortest(floor, stops).metres
    assert by.s_shape_m >= by.shortest_m - 1e-9
    assert by.largest_gap_m >= by.shortest_m - 1e-9


@pytest.mark.parametrize("policy", [s_shape, largest_gap])
@given(given_=visits())
@MANY
def test_a_walk_goes_along_aisles_and_cross_aisles_and_is_as_long_as_its_steps(policy: Policy, given_: Visits) -> None:
    floor, stops = given_
    walk = policy(floor, stops)
    depot = (floor.depot_x_m, floor.cross_y_m[-1] if floor.depot_at_back else 0.0)
    assert [walk.turns[at] for at in (0, -1)] == [depot, depot]
    walked_m = 2 * floor.depot_m if stops else 0.0
    for (x_m, y_m), (to_x_m, to_y_m) in pairwise(walk.turns):
        assert (x_m == to_x_m) != (y_m == to_y_m)
        assert x_m in floor.aisle_x_m if x_m == to_x_m else y_m in floor.cross_y_m
        walked_m += abs(to_x_m - x_m) + abs(to_y_m - y_m)
    assert walk.route.metres == pytest.approx(walked_m)


@pytest.mark.parametrize("policy", [s_shape, largest_gap])
@given(given_=visits())
@MANY
def test_a_walk_passes_each_stop_once_in_the_sequence_it_says(policy: Policy, given_: Visits) -> None:
    floor, stops = given_
    walk = policy(floor, stops)
    assert sorted(map(str, walk.route.stops)) == sorted(map(str, stops))
    legs = iter(pairwise(walk.turns))
    at, to = next(legs, (walk.turns[0], walk.turns[0]))
    for stop in walk.route.stops:
        aisle, y_m = floor.places[stop]
        while not is_between(at, (floor.aisle_x_m[aisle], y_m), to):
            at, to = next(legs)
        at = (floor.aisle_x_m[aisle], y_m)


@given(given_=visits(most_blocks=1))
@MANY
def test_on_one_block_s_shape_goes_through_all_aisles_but_perhaps_the_last(given_: Visits) -> None:
    floor, stops = given_
    if stops and not floor.depot_at_back:
        assert s_shape(floor, stops).route.metres == pytest.approx(s_shape_m(floor, stops))


@given(given_=visits(most_blocks=1))
@MANY
def test_on_one_block_largest_gap_leaves_out_the_widest_gap_of_each_aisle_between(given_: Visits) -> None:
    floor, stops = given_
    if len({floor.places[stop][0] for stop in stops}) > 1:
        assert largest_gap(floor, stops).route.metres == pytest.approx(gaps_left_out_m(floor, stops))


@given(given_=visits(most_blocks=1))
@MANY
def test_on_one_aisle_all_policies_are_equal(given_: Visits) -> None:
    floor, stops = given_
    same = tuple(stop for stop in stops if floor.places[stop][0] == floor.places[stops[0]][0])
    by = compare(floor, same)
    assert (by.s_shape_m, by.largest_gap_m) == pytest.approx((by.shortest_m, by.shortest_m))


def test_the_walks_by_hand() -> None:
    stops = ("A4", "B1", "B11", "C8")
    by_shape, by_gap = s_shape(FLOOR, stops).route, largest_gap(FLOOR, stops).route
    assert (by_shape.stops, by_shape.metres) == (("A4", "B11", "B1", "C8"), 12 + 12 + 16 + 20)
    assert (by_gap.stops, by_gap.metres) == (("A4", "B11", "C8", "B1"), 12 + 2 + 12 + 2 + 20)


def test_two_blocks_by_hand() -> None:
    floor = Blocks(
        aisle_x_m=(0.0, 5.0, 10.0),
        cross_y_m=(0.0, 10.0, 20.0),
        depot_x_m=0.0,
        places={"near A": (0, 4.0), "near C": (2, 4.0), "far B": (1, 13.0), "far C": (2, 18.0)},
    )
    walk = s_shape(floor, floor.places)
    assert walk.route.stops == ("near A", "far B", "far C", "near C")
    assert [*walk.turns] == [(0, 0), (0, 10), (5, 10), (5, 20), (10, 20), (10, 10), (10, 0), (0, 0)]
    assert largest_gap(floor, floor.places).turns == walk.turns


def test_no_stops_are_no_walk() -> None:
    assert compare(FLOOR, ()) == (0, 0, 0)


def test_a_floor_without_blocks_and_an_unknown_location_are_refused() -> None:
    floor = DistanceMatrix(locations=(), metres=np.zeros((1, 1)))
    for policy in (s_shape, largest_gap, compare):
        with pytest.raises(InvalidProblemError, match="layout: S-shape and largest gap are for floors of parallel"):
            _ = policy(floor, ())
        with pytest.raises(InvalidProblemError, match="stops: location Z9 is not on the floor plan"):
            _ = policy(FLOOR, ("Z9",))


def gaps_left_out_m(floor: Blocks, stops: tuple[LocationId, ...]) -> float:
    """The length of the walk by largest gap on one block, worked out aisle by aisle."""
    length_m = floor.cross_y_m[-1]
    depths: dict[int, list[float]] = {}
    for aisle, depth_m in sorted(floor.places[stop] for stop in stops):
        depths.setdefault(aisle, []).append(depth_m)
    left, *between, right = sorted(depths)
    gaps = [max(far - near for near, far in pairwise([0.0, *depths[aisle], length_m])) for aisle in between]
    left_m, right_m = floor.aisle_x_m[left], floor.aisle_x_m[right]
    across_m = abs(floor.depot_x_m - left_m) + (right_m - left_m) + abs(right_m - floor.depot_x_m)
    return across_m + 2 * length_m + sum(2 * (length_m - gap) for gap in gaps) + 2 * floor.depot_m


def is_between(at: tuple[float, float], point: tuple[float, float], to: tuple[float, float]) -> bool:
    """Whether a point lies on the straight way from one to another."""
    return all(min(a, b) - 1e-9 <= p <= max(a, b) + 1e-9 for a, p, b in zip(at, point, to, strict=True))
