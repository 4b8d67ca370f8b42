"""Proposals: the smallest carton that takes all, else few boxes, and no packing that could not be packed."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks import cartons as benchmark
from tests.benchmarks.cartons import faults
from tests.house.source import ROOT
from wms.cartons import Box, CartonSize, Packing, Placed, Thing, holds, propose

DATA = ROOT.parent / "shared" / "data" / "cartons"
SMALL = CartonSize(key=1, sizes_mm=(200, 150, 100), weight_g=100, max_weight_g=5_000)
LARGE = CartonSize(key=2, sizes_mm=(400, 300, 200), weight_g=300, max_weight_g=20_000)
FLAT = CartonSize(key=3, sizes_mm=(600, 500, 20), weight_g=200, max_weight_g=2_000)


def thing(*sizes_mm: int, key: int = 1, quantity: int = 1, weight_g: int = 100) -> Thing:
    length, width, height = sizes_mm
    return Thing(key=key, quantity=quantity, sizes_mm=(length, width, height), weight_g=weight_g)


def taken(*things: Thing, cartons: tuple[CartonSize, ...] = (LARGE, FLAT, SMALL)) -> list[int]:
    """The cartons proposed, each packing judged."""
    packing = propose(things, cartons)
    if packing.boxes:
        assert faults(things, cartons, packing) == []
    return [box.carton for box in packing.boxes]


def test_the_smallest_carton_that_takes_all_is_proposed() -> None:
    assert taken(thing(100, 150, 100, quantity=2)) == [SMALL.key]
    assert taken(thing(100, 150, 100, quantity=3)) == [LARGE.key]


def test_a_thing_is_turned_to_go_in() -> None:
    assert taken(thing(100, 200, 150)) == [SMALL.key]
    assert taken(thing(15, 480, 590)) == [FLAT.key]


def test_room_enough_by_volume_is_not_enough() -> None:
    assert taken(thing(120, 120, 90, quantity=2), cartons=(SMALL, LARGE)) == [LARGE.key]
    assert not holds(SMALL, (thing(120, 120, 90, quantity=2),))


def test_what_is_too_heavy_for_one_carton_is_spread() -> None:
    assert taken(thing(100, 50, 50, quantity=4, weight_g=4_500), cartons=(SMALL,)) == [SMALL.key] * 4


def test_what_is_too_much_for_one_carton_goes_into_few() -> None:
    assert taken(thing(400, 300, 100, quantity=3)) == [LARGE.key, LARGE.key]


def test_a_thing_that_no_carton_takes_has_no_proposal() -> None:
    assert taken(thing(700, 20, 20), thing(10, 10, 10, key=2)) == []
    assert taken(thing(10, 10, 10), cartons=()) == []


def test_a_thing_of_unknown_size_counts_by_its_weight() -> None:
    unknown = thing(0, 0, 0, key=2, weight_g=4_850)
    assert propose((unknown,), (SMALL, LARGE)).boxes[0].carton == SMALL.key
    assert propose((thing(100, 100, 100), unknown), (SMALL, LARGE)).boxes[0].carton == LARGE.key


def test_of_very_many_units_the_volume_decides_with_some_air() -> None:
    pins = thing(10, 10, 10, quantity=2_600, weight_g=1)
    assert [box.carton for box in propose((pins,), (SMALL, LARGE)).boxes] == [SMALL.key]
    pins = thing(10, 10, 10, quantity=2_800, weight_g=1)
    assert [box.carton for box in propose((pins,), (SMALL, LARGE)).boxes] == [LARGE.key]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 420), st.integers(1, 320), st.integers(1, 220), st.integers(1, 4), st.integers(0, 3000)
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_packing_could_be_packed(rows: list[tuple[int, int, int, int, int]]) -> None:
    things = tuple(
        thing(*sizes, key=key, quantity=quantity, weight_g=weight_g)
        for key, (*sizes, quantity, weight_g) in enumerate(rows)
    )
    _ = taken(*things)


def placed(at: int, *, key: int = 1, sizes_mm: tuple[int, int, int] = (100, 100, 100)) -> Placed:
    return Placed(key=key, at_mm=(at, 0, 0), sizes_mm=sizes_mm)


@pytest.mark.parametrize(
    ("boxes", "fault"),
    [
        ([[placed(0), placed(100)]], ""),
        ([[placed(0)]], "units {1: 1} instead of {1: 2}"),
        ([[placed(0), placed(99)]], "box 1: things 1 and 1 overlap"),
        ([[placed(0), placed(101)]], "box 1: thing 1 sticks out"),
        ([[placed(0), placed(100, sizes_mm=(90, 100, 100))]], "box 1: thing 1 is cut"),
        ([[placed(0)], [placed(0)], []], "box 3: it is empty"),
    ],
)
def test_the_judge_finds_what_is_wrong(boxes: list[list[Placed]], fault: str) -> None:
    packing = Packing(boxes=tuple(Box(carton=SMALL.key, placed=tuple(box)) for box in boxes))
    assert faults([thing(100, 100, 100, quantity=2)], [SMALL], packing) == ([fault] if fault else [])


def test_the_judge_weighs_the_box_too() -> None:
    packing = Packing(boxes=(Box(carton=SMALL.key, placed=(placed(0),)),))
    assert faults([thing(100, 100, 100, weight_g=4_901)], [SMALL], packing) == ["box 1: 5001 g are more than 5000 g"]


def test_the_published_orders_need_no_more_boxes_than_published(capsys: pytest.CaptureFixture[str]) -> None:
    if not DATA.exists():
        pytest.skip("the published orders are not beside this checkout")
    assert benchmark.main([str(DATA), "--orders", "60"]) == 0
    assert "packings not valid: 0" in capsys.readouterr().out


def test_the_published_count_is_the_one_of_things_turned_freely() -> None:
    if not DATA.exists():
        pytest.skip("the published orders are not beside this checkout")
    data = benchmark.read(DATA)
    first = list(itertools.islice(data.orders, 400))
    assert sum(data.published[order] for order in first) == 431
