"""Floors read from coordinates, and distances on floors that are no single block."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.batching import (
    Cart,
    DistanceMatrix,
    InvalidProblemError,
    Iterations,
    Line,
    Location,
    LooseAisles,
    Order,
    Problem,
    SingleBlock,
    layout_from_locations,
    plan,
)
from wms.batching.layout import Metres
from wms.batching.matrix_router import MatrixRouter


def aisle(name: str, x_m: float, *y_m: float) -> list[Location]:
    """Locations of one upright aisle, alternately on its left and right side."""
    sides = (-0.9, 0.9)
    return [Location(id=f"{name}{y}", aisle=name, x_m=x_m + sides[at % 2], y_m=y) for at, y in enumerate(y_m)]


TWO_AISLES = [*aisle("A", 2, 1, 5, 9), *aisle("B", 6, 1, 5, 9)]


def test_parallel_aisles_with_the_depot_in_front_are_one_block() -> None:
    floor = layout_from_locations(TWO_AISLES, depot_x_m=2, depot_y_m=-3)
    assert floor == SingleBlock(
        aisle_x_m=(2.0, 6.0),
        length_m=10.0,
        depot_x_m=2,
        depot_m=3.0,
        places={"A1": (0, 1), "A5": (0, 5), "A9": (0, 9), "B1": (1, 1), "B5": (1, 5), "B9": (1, 9)},
    )


def test_a_depot_at_the_back_turns_the_block_round() -> None:
    floor = layout_from_locations(TWO_AISLES, depot_x_m=6, depot_y_m=10)
    assert isinstance(floor, SingleBlock)
    assert floor.depot_m == 0
    assert floor.places["B9"] == (1, 1)


def test_aisles_that_lie_along_x_are_one_block_too() -> None:
    lying = [Location(id=place.id, aisle=place.aisle, x_m=place.y_m, y_m=place.x_m) for place in TWO_AISLES]
    assert layout_from_locations(lying, depot_x_m=-3, depot_y_m=2) == layout_from_locations(
        TWO_AISLES, depot_x_m=2, depot_y_m=-3
    )


@pytest.mark.parametrize(
    ("locations", "depot"),
    [
        (TWO_AISLES, (4, 5)),  # the depot in the middle
        ([*TWO_AISLES, *aisle("C", 2, 20, 25, 29)], (2, 0)),  # one aisle behind the other
        ([*TWO_AISLES, *aisle("C", 20, 40, 45, 49)], (2, 0)),  # zones set diagonally
        ([*TWO_AISLES, Location(id="D", aisle="A", x_m=30, y_m=5)], (2, 0)),  # an aisle that bends
    ],
)
def test_other_floors_are_loose_aisles(locations: list[Location], depot: tuple[float, float]) -> None:
    assert isinstance(layout_from_locations(locations, depot_x_m=depot[0], depot_y_m=depot[1]), LooseAisles)


def test_between_loose_aisles_people_walk_around_the_nearer_ends() -> None:
    floor = layout_from_locations([*aisle("A", 0, 2, 8), *aisle("B", 5, 2, 8)], depot_x_m=0, depot_y_m=5, aisle_end_m=2)
    assert isinstance(floor, LooseAisles)
    metres = floor.metres_between(["A2", "A8", "B2", "B8"])
    # A and B end at 0 and 10; A2 stands 0.9 to the left of its aisle and B2 of its own.
    assert metres[1, 3] == pytest.approx(2 + 0.9 + 5 + 0.9 + 2)
    assert metres[2, 4] == pytest.approx(2 + 0.9 + 5 + 0.9 + 2)
    assert metres[1, 2] == pytest.approx(1.8 + 6)
    assert np.array_equal(metres, metres.T)


def test_given_distances_are_planned_too() -> None:
    floor = DistanceMatrix(
        locations=("near", "far", "aside"),
        metres=np.array([[0.0, 1, 5, 9], [1, 0, 4, 10], [5, 4, 0, 14], [9, 10, 14, 0]]),
    )
    orders = tuple(Order(id=name, lines=(Line(location=name, quantity=1),)) for name in floor.locations)
    found = plan(Problem(layout=floor, orders=orders, carts=(Cart(name="cart", totes=2),)), Iterations(100))
    assert {frozenset(batch.order_ids) for batch in found.batches} == {frozenset({"near", "far"}), frozenset({"aside"})}
    assert found.totals.metres == 10 + 18
    assert not found.is_route_exact
    assert found.lower_bound_m is None
    assert found.gap is None


@pytest.mark.parametrize(
    ("metres", "fault"),
    [
        (np.zeros((1, 1)), "must be 2 x 2"),
        (np.array([[0.0, -1], [-1, 0]]), "0 or more"),
        (np.array([[0.0, np.nan], [1, 0]]), "0 or more"),
        (np.array([[0.0, 1], [2, 0]]), "equally long"),
    ],
)
def test_impossible_distances_are_refused_by_name(metres: Metres, fault: str) -> None:
    with pytest.raises(InvalidProblemError, match=fault) as refused:
        _ = DistanceMatrix(locations=("only",), metres=metres)
    assert refused.value.field == "layout.metres"


def test_a_floor_without_locations_is_refused() -> None:
    with pytest.raises(InvalidProblemError, match="at least one location"):
        _ = layout_from_locations([], depot_x_m=0, depot_y_m=0)


def test_a_location_without_coordinates_is_named() -> None:
    lost = Location(id="L7", aisle="A", x_m=float("nan"), y_m=0)
    with pytest.raises(InvalidProblemError, match="x_m and y_m") as refused:
        _ = layout_from_locations([lost], depot_x_m=0, depot_y_m=0)
    assert refused.value.field == "layout.locations['L7']"


def test_a_place_outside_its_block_is_named() -> None:
    with pytest.raises(InvalidProblemError, match="outside the block") as refused:
        _ = SingleBlock(aisle_x_m=(0.0,), length_m=5.0, depot_x_m=0.0, places={"L1": (0, 6.0)})
    assert refused.value.field == "layout.places['L1']"


def test_a_crossed_walk_on_a_loose_floor_is_untangled() -> None:
    """From the depot the nearest neighbour leads zigzag along a road; the shortest walk is there and back once."""
    road_m = [0.0, 2, -3, 6, -8]
    between = np.abs(np.subtract.outer(road_m, road_m))
    places = tuple(f"at {metres:g} m" for metres in road_m[1:])
    everything = Order(id=1, lines=tuple(Line(location=place, quantity=1) for place in places))
    floor = DistanceMatrix(locations=places, metres=between)
    found = plan(Problem(layout=floor, orders=(everything,), carts=(Cart(name="cart", totes=1),)), Iterations(0))
    assert found.totals.metres == 2 * (6 + 8)


def test_aisles_out_of_order_are_refused_by_name() -> None:
    with pytest.raises(InvalidProblemError, match="increasing order") as refused:
        _ = SingleBlock(aisle_x_m=(5.0, 0.0), length_m=5.0, depot_x_m=0.0, places={})
    assert refused.value.field == "layout.aisle_x_m"


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_walk_on_any_floor_passes_every_stop_once_and_never_beats_the_shortest(data: st.DataObject) -> None:
    spots = data.draw(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=5))
    points = np.array([(0, 0), *spots], dtype=np.float64)
    between = np.abs(points[:, None] - points[None, :]).sum(axis=2)
    router = MatrixRouter(between)
    stops = frozenset(range(len(spots)))
    sequence = router.sequence(stops)
    assert sorted(sequence) == sorted(stops)
    assert router.metres(stops) == pytest.approx(tour_m(between, sequence))
    assert router.metres(stops) >= min(tour_m(between, list(other)) for other in permutations(stops)) - 1e-9


def tour_m(between: Metres, sequence: list[int]) -> float:
    """The length of a walk from the depot over the stops and back."""
    points = [0, *(stop + 1 for stop in sequence), 0]
    return float(sum(between[here, there] for here, there in pairwise(points)))
