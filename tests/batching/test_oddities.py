"""Locations whose coordinates do not go with their aisle's."""

import pytest

from wms.batching import Location, odd_locations


def aisle(name: str, x_m: float, bays: int = 8) -> list[Location]:
    """Locations of an upright aisle, on both its sides."""
    return [Location(id=f"{name}{bay}", aisle=name, x_m=x_m + bay % 2, y_m=1.2 * bay) for bay in range(bays)]


def with_one(place: Location) -> list[Location]:
    """A floor of two aisles and this location."""
    return [*aisle("A", 0), *aisle("B", 4), place]


def test_a_tidy_floor_has_no_odd_location() -> None:
    assert odd_locations([*aisle("A", 0), *aisle("B", 4)]) == {}


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (Location(id="odd", aisle="A", x_m=7, y_m=2), "beside the middle of its aisle A"),
        (Location(id="odd", aisle="A", x_m=0, y_m=60), "51.6 m from the next location of its aisle A"),
        (Location(id="odd", aisle="A", x_m=0, y_m=-60), "60.0 m from the next location of its aisle A"),
    ],
)
def test_a_location_away_from_its_aisle_is_odd(place: Location, why: str) -> None:
    found = odd_locations(with_one(place))
    assert found.keys() == {"odd"}
    assert why in found["odd"]
    lying = [Location(id=one.id, aisle=one.aisle, x_m=one.y_m, y_m=one.x_m) for one in with_one(place)]
    assert odd_locations(lying) == found


def test_two_aisles_on_one_spot_are_both_odd() -> None:
    found = odd_locations([*aisle("A", 0), *aisle("B", 2), Location(id="odd", aisle="A", x_m=2, y_m=0)])
    assert found == {
        "B0": "Stands at 2, 0, where aisle A has a location too.",
        "odd": "Stands at 2, 0, where aisle B has a location too.",
    }


def test_a_location_on_which_another_strayed_is_not_odd() -> None:
    assert odd_locations(with_one(Location(id="odd", aisle="A", x_m=4, y_m=0))).keys() == {"odd"}


def test_levels_on_one_spot_and_locations_without_an_aisle_are_not_odd() -> None:
    high = Location(id="high", aisle="A", x_m=0, y_m=0)
    nameless = Location(id="nameless", aisle="", x_m=90, y_m=90)
    assert odd_locations([*with_one(high), nameless]) == {}


def test_of_two_locations_neither_is_odd() -> None:
    assert odd_locations([*aisle("A", 0, bays=2)[:1], Location(id="far", aisle="A", x_m=80, y_m=0)]) == {}
