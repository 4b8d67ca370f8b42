"""Floors read from coordinates, and distances on floors that are no blocks."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.batching.instances import FLOOR
from wms.batching import (
    Blocks,
    Cart,
    DistanceMatrix,
    InvalidProblemError,
    Iterations,
    Line,
    Location,
    LooseAisles,
    Order,
    Problem,
    layout_from_locations,
    plan,
    survey,
)
from wms.batching.layout import Metres
from wms.batching.routing import router_for


def aisle(name: str, x_m: float, *y_m: float) -> list[Location]:
    """Locations of one upright aisle, alternately on its left and right side."""
    sides = (-0.9, 0.9)
    return [Location(id=f"{name}{y}", aisle=name, x_m=x_m + sides[at % 2], y_m=y) for at, y in enumerate(y_m)]


TWO_AISLES = [*aisle("A", 2, 1, 5, 9), *aisle("B", 6, 1, 5, 9)]


def bays(first_m: float, count: int = 10, step_m: float = 1.2) -> list[float]:
    """Depths of bays one step apart."""
    return [first_m + step_m * bay for bay in range(count)]


def block_of(*aisles: str, first_m: float, step_m: float = 1.2) -> list[Location]:
    """Aisles four metres apart, each with ten bays."""
    return [place for at, name in enumerate(aisles) for place in aisle(name, 4.0 * at, *bays(first_m, step_m=step_m))]


def turned(locations: list[Location]) -> list[Location]:
    """The same floor with x and y exchanged."""
    return [Location(id=place.id, aisle=place.aisle, x_m=place.y_m, y_m=place.x_m) for place in locations]


def blocks_from(locations: list[Location], depot_y_m: float = 0) -> Blocks:
    """Read a floor whose depot is in front unless told, and which must be blocks."""
    floor = layout_from_locations(locations, depot_x_m=0, depot_y_m=depot_y_m)
    assert isinstance(floor, Blocks)
    return floor


def test_parallel_aisles_with_the_depot_in_front_are_one_block() -> None:
    floor = layout_from_locations(TWO_AISLES, depot_x_m=2, depot_y_m=-3)
    assert floor == Blocks(
        aisle_x_m=(2.0, 6.0),
        cross_y_m=(0.0, 10.0),
        depot_x_m=2,
        depot_m=3.0,
        places={"A1": (0, 1), "A5": (0, 5), "A9": (0, 9), "B1": (1, 1), "B5": (1, 5), "B9": (1, 9)},
    )


def test_a_depot_behind_the_last_cross_aisle_starts_the_walks_there() -> None:
    floor = blocks_from(TWO_AISLES, depot_y_m=12)
    assert (floor.depot_at_back, floor.depot_m) == (True, 2)
    assert floor.places["B9"] == (1, 9)


def test_aisles_that_lie_along_x_are_one_block_too() -> None:
    lying = layout_from_locations(turned(TWO_AISLES), depot_x_m=-3, depot_y_m=2)
    assert lying == layout_from_locations(TWO_AISLES, depot_x_m=2, depot_y_m=-3)


def test_a_gap_that_all_aisles_share_is_a_cross_aisle() -> None:
    """Ten bays to 12.8 m and ten from 15.8 m on: three metres from bay to bay where 1.2 are usual."""
    floor = blocks_from([*block_of("A", "B", "C", first_m=2), *block_of("A", "B", "C", first_m=15.8)])
    assert list(floor.cross_y_m) == pytest.approx([0, 13.3, 26.6])
    assert floor.aisle_x_m == (0.0, 4.0, 8.0)
    assert len(floor.places) == 60


def test_zones_behind_one_another_are_blocks_with_a_cross_aisle_between() -> None:
    floor = blocks_from([*block_of("front/1", "front/2", first_m=2), *block_of("back/1", "back/2", first_m=17)])
    assert len(floor.aisle_x_m) == 2
    assert len(floor.cross_y_m) == 3
    assert floor.places["back/117.0"][0] == floor.places["front/12.0"][0] == 0


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_one_to_four_blocks_are_read(count: int) -> None:
    locations = [place for block in range(count) for place in block_of("A", "B", first_m=2 + 15.0 * block)]
    assert len(blocks_from(locations).cross_y_m) == count + 1
    lying = layout_from_locations(turned(locations), depot_x_m=0, depot_y_m=0)
    assert lying == blocks_from(locations)


def test_of_more_gaps_than_can_be_walked_exactly_the_widest_are_taken() -> None:
    starts = (2, 17, 32, 47, 70)
    floor = blocks_from([place for start in starts for place in block_of("A", "B", first_m=start)])
    assert len(floor.cross_y_m) == 5
    assert floor.cross_y_m[-2] == pytest.approx((47 + 10.8 + 70) / 2 - 1)


@pytest.mark.parametrize(
    "behind",
    [
        bays(2 + 12 + 1.2),  # a single bay left out in every aisle
        bays(2 + 12),  # no gap at all
    ],
)
def test_a_pillar_is_no_cross_aisle(behind: list[float]) -> None:
    locations = [place for at, name in enumerate("AB") for place in aisle(name, 4.0 * at, *bays(2), *behind)]
    assert len(blocks_from(locations).cross_y_m) == 2


def test_a_gap_that_one_aisle_does_not_have_is_no_cross_aisle() -> None:
    through = aisle("C", 8, *bays(2, count=22))
    floor = blocks_from([*block_of("A", "B", first_m=2), *block_of("A", "B", first_m=17), *through])
    assert len(floor.cross_y_m) == 2


def test_locations_without_an_aisle_are_told_apart_by_their_line() -> None:
    nameless = [Location(id=(x, y), aisle="", x_m=x, y_m=y) for x in (0.0, 4.0) for y in bays(2)]
    assert blocks_from(nameless).aisle_x_m == (0, 4)
    lying = layout_from_locations(turned(nameless), depot_x_m=0, depot_y_m=0)
    assert lying == blocks_from(nameless)


@pytest.mark.parametrize("locations", [TWO_AISLES, turned(TWO_AISLES)])
def test_a_survey_says_where_its_blocks_lie(locations: list[Location]) -> None:
    found = survey(locations, depot_x_m=-3, depot_y_m=-3)
    assert isinstance(found.layout, Blocks)
    for place in locations:
        aisle_at, depth_m = found.layout.places[place.id]
        x_m, y_m = found.on_floor((found.layout.aisle_x_m[aisle_at], depth_m))
        assert (x_m, y_m) == pytest.approx((place.x_m, place.y_m), abs=1)


@pytest.mark.parametrize(
    ("locations", "depot"),
    [
        (TWO_AISLES, (4, 5)),  # the depot in the middle
        ([*TWO_AISLES, *aisle("C", 2, 20, 25, 29)], (2, 0)),  # an aisle behind only one of two
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
        (np.array([[np.inf, 1], [1, 0]]), "0 or more"),
        (np.array([[0.0, 1], [2, 0]]), "equally long"),
    ],
)
def test_impossible_distances_are_refused_by_name(metres: Metres, fault: str) -> None:
    with pytest.raises(InvalidProblemError, match=fault) as refused:
        _ = DistanceMatrix(locations=("only",), metres=metres)
    assert refused.value.field == "layout.metres"


def test_of_given_distances_the_location_that_cannot_be_reached_is_named() -> None:
    metres = np.array([[0.0, np.inf, 5], [np.inf, 0, np.inf], [5, np.inf, 0]])
    with pytest.raises(InvalidProblemError, match="island cannot be reached") as refused:
        _ = DistanceMatrix(locations=("island", "ashore"), metres=metres)
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
    with pytest.raises(InvalidProblemError, match="outside the blocks") as refused:
        _ = Blocks(aisle_x_m=(0.0,), cross_y_m=(0.0, 5.0), depot_x_m=0.0, places={"L1": (0, 6.0)})
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


NAN, INF = float("nan"), float("inf")
AT_A = Location(id="A1", aisle="A", x_m=0.0, y_m=1.0)
ALONG_A = ((0.0, 0.0), (0.0, 9.0))


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("layout.aisle_x_m", lambda: replace(FLOOR, aisle_x_m=(0.0, NAN, 10.0))),
        ("layout.cross_y_m", lambda: replace(FLOOR, cross_y_m=(0.0, INF))),
        ("layout.locations['A1'].aisle", lambda: LooseAisles(locations={"A1": AT_A}, ends={}, depot=(0.0, 0.0))),
        (
            "layout.locations['A1']",
            lambda: LooseAisles(locations={"A1": replace(AT_A, y_m=NAN)}, ends={"A": ALONG_A}, depot=(0.0, 0.0)),
        ),
        ("layout.ends['A']", lambda: LooseAisles(locations={}, ends={"A": ((0.0, 0.0), (0.0, INF))}, depot=(0.0, 0.0))),
        ("layout.depot", lambda: LooseAisles(locations={}, ends={}, depot=(NAN, 0.0))),
    ],
)
def test_a_floor_that_cannot_be_walked_is_refused_with_the_fields_name(field: str, make: Callable[[], object]) -> None:
    with pytest.raises(InvalidProblemError) as refused:
        _ = make()
    assert refused.value.field == field


def test_aisles_out_of_order_are_refused_by_name() -> None:
    with pytest.raises(InvalidProblemError, match="increasing order") as refused:
        _ = Blocks(aisle_x_m=(5.0, 0.0), cross_y_m=(0.0, 5.0), depot_x_m=0.0, places={})
    assert refused.value.field == "layout.aisle_x_m"


@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_walk_on_any_floor_passes_every_stop_once_and_never_beats_the_shortest(data: st.DataObject) -> None:
    spots = data.draw(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=5))
    points = np.array([(0, 0), *spots], dtype=np.float64)
    between = np.abs(points[:, None] - points[None, :]).sum(axis=2)
    names = tuple(range(len(spots)))
    router = router_for(DistanceMatrix(locations=names, metres=between), names)
    stops = frozenset(names)
    sequence = router.sequence(stops)
    assert sorted(sequence) == sorted(stops)
    assert router.metres(stops) == pytest.approx(tour_m(between, sequence))
    assert router.metres(stops) >= min(tour_m(between, list(other)) for other in permutations(stops)) - 1e-9


def tour_m(between: Metres, sequence: list[int]) -> float:
    """The length of a walk from the depot over the stops and back."""
    points = [0, *(stop + 1 for stop in sequence), 0]
    return float(sum(between[here, there] for here, there in pairwise(points)))
