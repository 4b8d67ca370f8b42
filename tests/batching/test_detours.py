"""One stop more on a walk that has begun: taken where it adds the least."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.batching.instances import FLOOR, floors, walked_m
from wms.batching import Blocks, DistanceMatrix, InvalidProblemError, best_place, metres_between


@pytest.mark.parametrize(
    ("ahead", "fresh", "place"),
    [
        (("A1", "A8", "C1"), "A4", 1),  # on the way up the aisle
        (("A1", "A8", "C8"), "A11", 2),  # the end of the aisle one is in, before leaving it by the back
        (("A1", "C1"), "B1", 1),  # on the way there is as good as on the way home: the first is taken
        (("C1", "B1"), "A1", 2),  # on the way home
        (("C11",), "B11", 1),
        ((), "B1", 0),
    ],
)
def test_a_stop_is_taken_where_one_passes(ahead: tuple[str, ...], fresh: str, place: int) -> None:
    assert best_place(FLOOR, ahead, fresh) == place


@given(floor=floors(), data=st.data())
def test_no_other_place_adds_less(floor: Blocks, data: st.DataObject) -> None:
    names = list(floor.places)
    ahead = tuple(data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=5)))
    fresh = data.draw(st.sampled_from(names))
    lengths = [walked_m(floor, (*ahead[:at], fresh, *ahead[at:])) for at in range(1, len(ahead) + 1)]
    assert lengths[best_place(floor, ahead, fresh) - 1] == pytest.approx(min(lengths))


def test_given_distances_are_used_as_they_are() -> None:
    metres = np.array([[0, 1, 9, 5], [1, 0, 9, 5], [9, 9, 0, 1], [5, 5, 1, 0]], dtype=float)
    floor = DistanceMatrix(locations=("a", "b", "c"), metres=metres)
    assert best_place(floor, ("a", "b"), "c") == 1  # a detour that is shorter than the given way
    assert best_place(floor, ("c", "b"), "a") == 2


def test_a_stop_that_is_not_on_the_floor_is_named() -> None:
    with pytest.raises(InvalidProblemError, match="'X9' is no location"):
        _ = best_place(FLOOR, ("A1",), "X9")


@given(floor=floors(), data=st.data())
def test_the_way_between_two_locations_is_as_long_back(floor: Blocks, data: st.DataObject) -> None:
    here, there = (data.draw(st.sampled_from(list(floor.places))) for _ in range(2))
    out_m, back_m = metres_between(floor, here, there), metres_between(floor, there, here)
    assert out_m == pytest.approx(back_m)
    assert metres_between(floor, here, here) == 0.0


def test_a_location_that_is_not_on_the_floor_is_named() -> None:
    with pytest.raises(InvalidProblemError, match="'X9' is no location"):
        _ = metres_between(FLOOR, "A1", "X9")
