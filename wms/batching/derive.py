"""Reads a floor from its locations: aisles by their names, cross aisles by the gaps that all of them share.

Where that gives no parallel aisles with the depot before or behind them, each aisle stands by itself.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from statistics import median
from typing import NamedTuple, TypeAlias

from wms.batching.errors import InvalidProblemError
from wms.batching.layout import MOST_BLOCKS, Blocks, Location, LocationId, LooseAisles, Point

WIDEST_AISLE_M = 4.0
"""Locations of one aisle farther apart across it than this are no straight aisle."""
CLEAR_WAY_M = 1.5
"""A cross aisle is at least so wide: bays end where it begins, so that their centres are a bay's step farther apart."""
_CLEARLY = 1.9
"""A cross aisle is at least so many steps from bay to bay: one bay left out in every aisle makes two at most."""
_SAME_BAY_M = 0.2


class _Spot(NamedTuple):
    """A location as its aisle runs: how far across the aisles it stands, and how far along them."""

    id: LocationId
    aisle: str
    across_m: float
    along_m: float


_Column: TypeAlias = list[_Spot]


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """A layout and where it lies: `Blocks` begin `front_m` along their aisles, which run along x when `is_turned`."""

    layout: Blocks | LooseAisles
    is_turned: bool = False
    front_m: float = 0.0

    def on_floor(self, point: Point) -> Point:
        """Return where a point of the layout lies in the locations' coordinates."""
        across_m, along_m = point[0], point[1] + self.front_m
        return (along_m, across_m) if self.is_turned else (across_m, along_m)


def layout_from_locations(
    locations: Sequence[Location], *, depot_x_m: float, depot_y_m: float, aisle_end_m: float = 1.0
) -> Blocks | LooseAisles:
    """Read a floor from coordinates: blocks of parallel aisles with the depot at an end, else loose aisles.

    Pass every pick location of the floor, not only those of the day: the outermost ones mark the first and the last
    cross aisle, whose centres lie `aisle_end_m` beyond them.
    """
    return survey(locations, depot_x_m=depot_x_m, depot_y_m=depot_y_m, aisle_end_m=aisle_end_m).layout


def survey(locations: Sequence[Location], *, depot_x_m: float, depot_y_m: float, aisle_end_m: float = 1.0) -> Survey:
    """Read a floor as `layout_from_locations` does, and say where it lies; InvalidProblemError names the location."""
    if not locations:
        raise InvalidProblemError("layout.locations", "a floor needs at least one location")
    for place in locations:
        if not (isfinite(place.x_m) and isfinite(place.y_m)):
            raise InvalidProblemError(f"layout.locations[{place.id!r}]", "give x_m and y_m as numbers")
    named = _named(locations)
    upright = [_Spot(place.id, place.aisle, place.x_m, place.y_m) for place in named]
    lying = [_Spot(place.id, place.aisle, place.y_m, place.x_m) for place in named]
    return (
        _blocks(upright, (depot_x_m, depot_y_m), aisle_end_m, is_turned=False)
        or _blocks(lying, (depot_y_m, depot_x_m), aisle_end_m, is_turned=True)
        or Survey(layout=_loose_aisles(named, (depot_x_m, depot_y_m), aisle_end_m))
    )


def _named(locations: Sequence[Location]) -> list[Location]:
    """Name unknown aisles by the line in which their locations stand: that of equal x, or y where these are fewer."""
    unknown = [place for place in locations if not place.aisle]
    is_turned = len({place.y_m for place in unknown}) < len({place.x_m for place in unknown})
    return [
        place
        if place.aisle
        else Location(
            id=place.id,
            aisle=f"y = {place.y_m:g} m" if is_turned else f"x = {place.x_m:g} m",
            x_m=place.x_m,
            y_m=place.y_m,
        )
        for place in locations
    ]


def _blocks(spots: Sequence[_Spot], depot: Point, aisle_end_m: float, *, is_turned: bool) -> Survey | None:
    """Return blocks of aisles along the spots' length, or None where the floor has another shape."""
    columns = _columns(spots)
    near_m, far_m = _ends(spots)
    if columns is None or near_m < depot[1] < far_m:
        return None
    gaps_m = _common_gaps(columns)
    if not _is_full(spots, gaps_m):
        return None
    front_m, back_m = near_m - aisle_end_m, far_m + aisle_end_m
    is_at_back = depot[1] >= far_m > near_m
    layout = Blocks(
        aisle_x_m=tuple(sum(_sides(column)) / 2 for column in columns),
        cross_y_m=(0.0, *(gap_m - front_m for gap_m in gaps_m), back_m - front_m),
        depot_x_m=depot[0],
        depot_m=max(0.0, depot[1] - back_m if is_at_back else front_m - depot[1]),
        depot_at_back=is_at_back,
        places={spot.id: (at, spot.along_m - front_m) for at, column in enumerate(columns) for spot in column},
    )
    return Survey(layout=layout, is_turned=is_turned, front_m=front_m)


def _columns(spots: Sequence[_Spot]) -> list[_Column] | None:
    """Return the aisles from left to right, those behind one another as one; None where one is not straight.

    None too where aisles are wider than long, or stand in one another's way.
    """
    aisles = sorted(_by_aisle(spots).values(), key=_sides)
    if sum(_width_m(aisle) for aisle in aisles) > sum(_length_m(aisle) for aisle in aisles):
        return None
    columns: list[_Column] = []
    for aisle in aisles:
        left_m, right_m = _sides(aisle)
        edge_m = _sides(columns[-1])[1] if columns else left_m - 1
        if left_m >= edge_m and right_m > edge_m:
            columns.append(list(aisle))
        elif _is_behind(aisle, columns[-1]):
            columns[-1].extend(aisle)
        else:
            return None
    return columns if all(_width_m(column) <= WIDEST_AISLE_M for column in columns) else None


def _is_behind(aisle: _Column, column: _Column) -> bool:
    """Say whether an aisle has its locations before, between or behind those of each other aisle of a column."""
    ranges = [_ends(other) for other in _by_aisle(column).values()]
    near_m, far_m = _ends(aisle)
    return all(far_m < front_m or back_m < near_m for front_m, back_m in ranges)


def _common_gaps(columns: Sequence[_Column]) -> list[float]:
    """Return the middles of the widest gaps that every aisle has, with locations before and behind them."""
    marks = [sorted({spot.along_m for spot in column}) for column in columns]
    steps_m = [far - near for column in marks for near, far in pairwise(column) if far - near > _SAME_BAY_M]
    if not steps_m:
        return []
    usual_m = median(steps_m)
    least_m = max(_CLEARLY * usual_m, usual_m + CLEAR_WAY_M)
    gaps = [
        (far - near, (near + far) / 2)
        for near, far in pairwise(sorted({mark for column in marks for mark in column}))
        if far - near >= least_m and all(column[0] <= near and far <= column[-1] for column in marks)
    ]
    return sorted(middle for _, middle in sorted(gaps, reverse=True)[: MOST_BLOCKS - 1])


def _is_full(spots: Sequence[_Spot], gaps_m: Sequence[float]) -> bool:
    """Say whether some aisle is at least half as long as each block: zones set diagonally make no block."""
    for front_m, back_m in pairwise((float("-inf"), *gaps_m, float("inf"))):
        block = [spot for spot in spots if front_m < spot.along_m < back_m]
        lengths_m = [_length_m(aisle) for aisle in _by_aisle(block).values()]
        if _length_m(block) > 2 * max(lengths_m):
            return False
    return True


def _loose_aisles(locations: Sequence[Location], depot: Point, aisle_end_m: float) -> LooseAisles:
    """Aisles by themselves, each along the direction in which it is longer."""
    ends: dict[str, tuple[Point, Point]] = {}
    for aisle, spots in _by_aisle([_Spot(place.id, place.aisle, place.x_m, place.y_m) for place in locations]).items():
        (left_m, right_m), (near_m, far_m) = _sides(spots), _ends(spots)
        if far_m - near_m >= right_m - left_m:
            middle_m = (left_m + right_m) / 2
            ends[aisle] = ((middle_m, near_m - aisle_end_m), (middle_m, far_m + aisle_end_m))
        else:
            middle_m = (near_m + far_m) / 2
            ends[aisle] = ((left_m - aisle_end_m, middle_m), (right_m + aisle_end_m, middle_m))
    return LooseAisles(locations={place.id: place for place in locations}, ends=ends, depot=depot)


def _by_aisle(spots: Sequence[_Spot]) -> dict[str, list[_Spot]]:
    aisles: dict[str, list[_Spot]] = defaultdict(list)
    for spot in spots:
        aisles[spot.aisle].append(spot)
    return aisles


def _sides(spots: Sequence[_Spot]) -> tuple[float, float]:
    return min(spot.across_m for spot in spots), max(spot.across_m for spot in spots)


def _ends(spots: Sequence[_Spot]) -> tuple[float, float]:
    return min(spot.along_m for spot in spots), max(spot.along_m for spot in spots)


def _width_m(spots: Sequence[_Spot]) -> float:
    left_m, right_m = _sides(spots)
    return right_m - left_m


def _length_m(spots: Sequence[_Spot]) -> float:
    near_m, far_m = _ends(spots)
    return far_m - near_m
