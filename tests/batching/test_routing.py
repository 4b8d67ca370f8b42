"""Routes: exact on one to four blocks, and always a sequence somebody can walk."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.batching.instances import FLOOR, floors, s_shape_m, shortest_m, walked_m
from wms.batching import Blocks, LocationId
from wms.batching.crossings import crossings
from wms.batching.kernel.walks import EMPTY, blocks_m, one_block_m, reach_all, scratch_for
from wms.batching.routing import Router, router_for

PUBLISHED = Path(__file__).parents[3] / "shared/benchmarks/sprp"


def routed(floor: Blocks, stops: tuple[LocationId, ...]) -> tuple[tuple[LocationId, ...], float]:
    """The route over the stops, and the length the router gives for it."""
    router: Router = router_for(floor, stops)
    numbers = frozenset(range(len(stops)))
    return tuple(stops[number] for number in router.sequence(numbers)), router.metres(numbers)


@pytest.mark.parametrize(
    ("stops", "metres"),
    [
        (("A1",), 2),  # out and back in the depot's own aisle
        (("A11",), 22),  # as far as it goes: around the back would be longer
        (("B4",), 18),  # 5 across, 4 deep, and back
        (("A11", "B11"), 34),  # through A, along the back, through B, and home
        (("A1", "B1", "C1"), 26),  # a step into each aisle from the front
        (("A11", "B1", "C11"), 46),  # round the block, stepping into B
        (("A1", "A11", "C1", "C11"), 44),  # round the block
    ],
)
def test_a_route_on_a_small_floor_is_as_short_as_by_hand(stops: tuple[str, ...], metres: float) -> None:
    assert routed(FLOOR, stops)[1] == metres


def test_locations_at_one_spot_are_visited_together() -> None:
    floor = Blocks(
        aisle_x_m=(0.0,),
        cross_y_m=(0.0, 9.0),
        depot_x_m=0.0,
        places={"low": (0, 3.0), "deep": (0, 6.0), "high": (0, 3.0)},
    )
    sequence, metres = routed(floor, ("low", "deep", "high"))
    assert metres == 12
    assert abs(sequence.index("low") - sequence.index("high")) == 1


def test_the_way_from_the_depot_to_the_block_is_walked_twice() -> None:
    floor = Blocks(aisle_x_m=(0.0,), cross_y_m=(0.0, 9.0), depot_x_m=0.0, depot_m=5.0, places={"only": (0, 3.0)})
    assert routed(floor, ("only",))[1] == 16


@given(floor=floors(), data=st.data())
@settings(deadline=None)
def test_no_sequence_of_stops_is_shorter_than_the_route(floor: Blocks, data: st.DataObject) -> None:
    stops = tuple(data.draw(st.lists(st.sampled_from(list(floor.places)), min_size=1, max_size=6, unique=True)))
    assert routed(floor, stops)[1] == pytest.approx(shortest_m(floor, stops))


@given(floor=floors())
@settings(deadline=None)
def test_walking_the_stops_in_sequence_is_as_long_as_the_route_says(floor: Blocks) -> None:
    sequence, metres = routed(floor, tuple(floor.places))
    assert sorted(map(str, sequence)) == sorted(map(str, floor.places))
    assert walked_m(floor, sequence) == pytest.approx(metres)


@given(floor=floors(most_blocks=1, at_back=False))
@settings(deadline=None)
def test_an_s_shape_walk_is_never_shorter_than_the_route(floor: Blocks) -> None:
    stops = tuple(floor.places)
    assert s_shape_m(floor, stops) >= routed(floor, stops)[1] - 1e-9


@given(floor=floors(), data=st.data())
@settings(deadline=None)
def test_many_walks_at_once_are_as_long_as_each_by_itself(floor: Blocks, data: st.DataObject) -> None:
    router = router_for(floor, tuple(floor.places))
    walks = data.draw(
        st.lists(st.frozensets(st.integers(0, len(floor.places) - 1), min_size=1), min_size=1, max_size=8)
    )
    words = np.array([router.words(walk) for walk in walks])
    assert router.metres_of_all(words).tolist() == pytest.approx([router.metres(walk) for walk in walks])


@given(floor=floors(most_blocks=1))
@settings(deadline=None)
def test_the_program_written_out_for_one_block_agrees_with_the_table_of_states(floor: Blocks) -> None:
    router = router_for(floor, tuple(floor.places))
    encoded = router.encoded.floor
    reach = np.full((encoded.sub_aisles, 3), EMPTY)
    reach_all(encoded, router.words(range(len(floor.places))), reach)
    assert one_block_m(encoded, reach) == pytest.approx(blocks_m(encoded, reach, scratch_for(encoded)))


@given(floor=floors(), data=st.data())
@settings(deadline=None)
def test_a_floor_seen_from_behind_has_the_same_walks(floor: Blocks, data: st.DataObject) -> None:
    end_m = floor.cross_y_m[-1]
    behind = Blocks(
        aisle_x_m=floor.aisle_x_m,
        cross_y_m=tuple(end_m - depth for depth in reversed(floor.cross_y_m)),
        depot_x_m=floor.depot_x_m,
        depot_m=floor.depot_m,
        depot_at_back=not floor.depot_at_back,
        places={name: (aisle, end_m - depth) for name, (aisle, depth) in floor.places.items()},
    )
    stops = tuple(data.draw(st.lists(st.sampled_from(list(floor.places)), min_size=1, unique=True)))
    assert routed(behind, stops)[1] == pytest.approx(routed(floor, stops)[1])


@pytest.mark.parametrize(("blocks", "states"), [(1, 6), (2, 24), (3, 112), (4, 568)])
def test_the_states_of_a_walk_are_those_published(blocks: int, states: int) -> None:
    """Cambazard and Catusse count 7, 25 and 113 for one to three blocks: these, and the walk that is done."""
    assert len(crossings(blocks).is_end) == states


def test_more_locations_in_an_aisle_than_a_word_has_bits_are_walked_in_turn() -> None:
    depths = [0.1 * number for number in range(1, 150)]
    places: dict[LocationId, tuple[int, float]] = {"aside": (1, 2.0)}
    places |= {depth: (0, depth) for depth in depths}
    floor = Blocks(aisle_x_m=(0.0, 3.0), cross_y_m=(0.0, 20.0), depot_x_m=0.0, places=places)
    sequence, metres = routed(floor, (*depths, "aside"))
    assert metres == pytest.approx(2 * 14.9 + 2 * 3 + 2 * 2)
    assert walked_m(floor, sequence) == pytest.approx(metres)


def test_no_stops_are_no_walk() -> None:
    assert routed(FLOOR, ()) == ((), 0.0)


def test_every_published_one_block_optimum_is_met() -> None:
    """2,400 instances of Weidinger (2018) and Hessler and Irnich (2022); their cells count from the top."""
    if not PUBLISHED.is_dir():
        pytest.skip("the published instances are not beside this checkout")
    with (PUBLISHED / "results/results_SPRP.csv").open(encoding="latin-1") as file:
        optimum = {
            tuple(row[name] for name in ("num aisles", "num cells", "num articles", "random seed")): row["DP cost"]
            for row in csv.DictReader(file)
        }
    wrong = []
    paths = sorted((PUBLISHED / "instances").glob("unit_F1_*.txt"))
    assert len(paths) == len(optimum) == 2400
    for path in paths:
        key = tuple(part.lstrip("mCa") for part in path.stem.split("_")[2:])
        floor = published_floor(path)
        if routed(floor, tuple(floor.places))[1] != pytest.approx(float(optimum[key])):
            wrong.append(path.name)
    assert not wrong


def published_floor(path: Path) -> Blocks:
    """An instance as a floor that holds only the locations to visit."""
    lines = path.read_text(encoding="latin-1").splitlines()
    head = dict(line.split(" : ") for line in lines if " : " in line)
    cells, pitch = int(head["NUM_CELLS"]), float(head["DISTANCE_CELL_TO_CELL"])
    top, bottom = float(head["DISTANCE_TOP_TO_CELL"]), float(head["DISTANCE_BOTTOM_TO_CELL"])
    is_top = head["DEPOT_LOCATION"] == "top"
    places: dict[LocationId, tuple[int, float]] = {}
    for line in lines:
        words = line.split()
        if "AISLE" in words and "CELL" in words:
            aisle, cell = int(words[3]), int(words[5])
            places[words[1]] = (aisle, top + pitch * cell if is_top else bottom + pitch * (cells - 1 - cell))
    width = float(head["DISTANCE_AISLE_TO_AISLE"])
    return Blocks(
        aisle_x_m=tuple(width * aisle for aisle in range(int(head["NUM_AISLES"]))),
        cross_y_m=(0.0, top + bottom + pitch * (cells - 1)),
        depot_x_m=width * int(head["DEPOT_AISLE"]),
        places=places,
    )
