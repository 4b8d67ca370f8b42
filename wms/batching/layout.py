"""Where locations are and how people walk between them.

Three kinds of floor: `Blocks` (parallel aisles between two to five cross aisles: routes are exact), `LooseAisles`
(aisles anywhere: distances go around aisle ends) and `DistanceMatrix` (distances given). Routes on the last two are
good, not proven.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from wms.batching.errors import InvalidProblemError

LocationId: TypeAlias = Hashable
Metres: TypeAlias = NDArray[np.float64]
Point: TypeAlias = tuple[float, float]

MOST_BLOCKS = 4
"""More blocks than this have too many states for the exact program."""
WIDEST_AISLE_M = 4.0
"""Locations of one aisle farther apart across it than this are no straight aisle."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """A place to pick from; `aisle` is unique on the whole floor (zone and aisle, where zones repeat aisle names)."""

    id: LocationId
    aisle: str
    x_m: float
    y_m: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocks:
    """Parallel aisles, cut into blocks by cross aisles, with the depot before the first of these or behind the last.

    `aisle_x_m` increases; so does `cross_y_m`, the depth of each cross aisle's centre, which begins at 0: two of them
    make one block. `places` gives each location's aisle (an index) and its depth in metres from the front.
    `depot_m` is the way between the depot and its cross aisle, walked twice a route.
    """

    aisle_x_m: tuple[float, ...]
    cross_y_m: tuple[float, ...]
    depot_x_m: float
    places: Mapping[LocationId, tuple[int, float]]
    depot_m: float = 0.0
    depot_at_back: bool = False

    def __post_init__(self) -> None:
        """Refuse aisles out of order and places outside the blocks, naming the field."""
        if not self.aisle_x_m or any(left >= right for left, right in pairwise(self.aisle_x_m)):
            raise InvalidProblemError("layout.aisle_x_m", "give each aisle's x once, in increasing order")
        if not 2 <= len(self.cross_y_m) <= MOST_BLOCKS + 1 or self.cross_y_m[0] != 0:  # noqa: PLR2004
            fault = f"give 2 to {MOST_BLOCKS + 1} depths, the first of them 0: the cross aisles of 1 to {MOST_BLOCKS} blocks"
            raise InvalidProblemError("layout.cross_y_m", fault)
        if any(near >= far for near, far in pairwise(self.cross_y_m)):
            raise InvalidProblemError("layout.cross_y_m", "give each cross aisle's depth once, in increasing order")
        if not (isfinite(self.depot_x_m) and isfinite(self.depot_m) and self.depot_m >= 0):
            raise InvalidProblemError("layout.depot_m", "a distance must be a number of 0 or more")
        for location, (aisle, depth_m) in self.places.items():
            if not (0 <= aisle < len(self.aisle_x_m) and 0 <= depth_m <= self.cross_y_m[-1]):
                raise InvalidProblemError(f"layout.places[{location!r}]", "the place lies outside the blocks")

    def __contains__(self, location: LocationId) -> bool:
        """Whether the location is on this floor."""
        return location in self.places


@dataclass(frozen=True, kw_only=True, slots=True)
class LooseAisles:
    """Straight aisles anywhere on the floor: between two of them people walk around an end of each."""

    locations: Mapping[LocationId, Location]
    ends: Mapping[str, tuple[Point, Point]]
    depot: Point

    def __contains__(self, location: LocationId) -> bool:
        """Whether the location is on this floor."""
        return location in self.locations

    def metres_between(self, used: Sequence[LocationId]) -> Metres:
        """Distances, (n + 1) x (n + 1), of the depot (first) and the given locations."""
        places = [self.locations[location] for location in used]
        points = np.array([self.depot, *((place.x_m, place.y_m) for place in places)])
        names = list(dict.fromkeys(place.aisle for place in places))
        # The depot is an aisle of its own, without length.
        ends = np.array([(self.depot, self.depot), *(self.ends[name] for name in names)])
        number = {name: index + 1 for index, name in enumerate(names)}
        aisles = np.array([0, *(number[place.aisle] for place in places)])
        metres = np.full((len(points), len(points)), np.inf)
        for mine in (0, 1):
            way_out = _rectangular(points, ends[aisles, mine])
            for other in (0, 1):
                way_in = _rectangular(points, ends[aisles, other])
                along = _rectangular(ends[:, None, mine], ends[None, :, other])[aisles][:, aisles]
                along += way_out[:, None]
                along += way_in[None, :]
                metres = np.minimum(metres, along, out=metres)
        for aisle in range(len(ends)):
            inside = np.flatnonzero(aisles == aisle)
            metres[np.ix_(inside, inside)] = _rectangular(points[inside, None], points[None, inside])
        return metres


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class DistanceMatrix:
    """Given distances: `metres` is (n + 1) x (n + 1), symmetric, the depot first and then the locations in order."""

    locations: tuple[LocationId, ...]
    metres: Metres

    def __post_init__(self) -> None:
        """Refuse a matrix of the wrong shape or with impossible distances."""
        size = len(self.locations) + 1
        if self.metres.shape != (size, size):
            raise InvalidProblemError("layout.metres", f"must be {size} x {size}: the depot and each location")
        if not np.isfinite(self.metres).all() or (self.metres < 0).any():
            raise InvalidProblemError("layout.metres", "distances must be numbers of 0 or more")
        if not np.allclose(self.metres, self.metres.T):
            raise InvalidProblemError("layout.metres", "the way there and back must be equally long")

    def __contains__(self, location: LocationId) -> bool:
        """Whether the location is on this floor."""
        return location in self.locations

    def metres_between(self, used: Sequence[LocationId]) -> Metres:
        """Distances of the depot (first) and the given locations."""
        row = {location: index + 1 for index, location in enumerate(self.locations)}
        rows = [0, *(row[location] for location in used)]
        return self.metres[np.ix_(rows, rows)]


Layout: TypeAlias = Blocks | LooseAisles | DistanceMatrix


def layout_from_locations(
    locations: Sequence[Location], *, depot_x_m: float, depot_y_m: float, aisle_end_m: float = 1.0
) -> Blocks | LooseAisles:
    """Read a floor from coordinates: one block where aisles are parallel with the depot at their ends, else loose.

    Pass every pick location of the floor, not only those of the day: the outermost ones mark the cross aisles,
    whose centres lie `aisle_end_m` beyond them.
    """
    if not locations:
        raise InvalidProblemError("layout.locations", "a floor needs at least one location")
    for place in locations:
        if not np.isfinite([place.x_m, place.y_m]).all():
            raise InvalidProblemError(f"layout.locations[{place.id!r}]", "give x_m and y_m as numbers")
    depot = (depot_x_m, depot_y_m)
    upright = {place.id: (place.aisle, (place.x_m, place.y_m)) for place in locations}
    lying = {place.id: (place.aisle, (place.y_m, place.x_m)) for place in locations}
    block = _single_block(upright, depot, aisle_end_m) or _single_block(lying, (depot[1], depot[0]), aisle_end_m)
    return block or _loose_aisles(locations, depot, aisle_end_m)


def _rectangular(here: NDArray[np.float64], there: NDArray[np.float64]) -> Metres:
    """Return walking distance at right angles between points in the last axis."""
    return np.asarray(np.abs(here - there).sum(axis=-1), dtype=np.float64)


def _aisle_points(places: Mapping[LocationId, tuple[str, Point]]) -> dict[str, list[Point]]:
    """Return the points of each aisle."""
    aisles: dict[str, list[Point]] = {}
    for aisle, point in places.values():
        aisles.setdefault(aisle, []).append(point)
    return aisles


def _single_block(
    places: Mapping[LocationId, tuple[str, Point]], depot: Point, aisle_end_m: float
) -> Blocks | None:
    """One block of aisles along y, or None where the floor has another shape."""
    spans = sorted(
        (
            min(x for x, _ in points),
            max(x for x, _ in points),
            max(y for _, y in points) - min(y for _, y in points),
            name,
        )
        for name, points in _aisle_points(places).items()
    )
    lowest = min(y for _, (_, y) in places.values())
    highest = max(y for _, (_, y) in places.values())
    apart = all(left[1] <= right[0] and left[0] + left[1] < right[0] + right[1] for left, right in pairwise(spans))
    straight = all(right - left <= WIDEST_AISLE_M for left, right, _, _ in spans)
    # Zones set diagonally or one behind the other would make a block far longer than any aisle in it.
    one_length = highest - lowest <= 2 * max(length for _, _, length, _ in spans)
    if not (apart and straight and one_length and not lowest < depot[1] < highest):
        return None
    index = {name: number for number, (_, _, _, name) in enumerate(spans)}
    at_back = depot[1] >= highest and depot[1] > lowest
    front = highest + aisle_end_m if at_back else lowest - aisle_end_m
    return Blocks(
        aisle_x_m=tuple((left + right) / 2 for left, right, _, _ in spans),
        cross_y_m=(0.0, highest - lowest + 2 * aisle_end_m),
        depot_x_m=depot[0],
        depot_m=max(0.0, depot[1] - front if at_back else front - depot[1]),
        places={location: (index[aisle], abs(y - front)) for location, (aisle, (_, y)) in places.items()},
    )


def _loose_aisles(locations: Sequence[Location], depot: Point, aisle_end_m: float) -> LooseAisles:
    """Aisles by themselves, each along the direction in which it is longer."""
    ends: dict[str, tuple[Point, Point]] = {}
    for aisle, points in _aisle_points(
        {place.id: (place.aisle, (place.x_m, place.y_m)) for place in locations}
    ).items():
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if max(ys) - min(ys) >= max(xs) - min(xs):
            middle = (min(xs) + max(xs)) / 2
            ends[aisle] = ((middle, min(ys) - aisle_end_m), (middle, max(ys) + aisle_end_m))
        else:
            middle = (min(ys) + max(ys)) / 2
            ends[aisle] = ((min(xs) - aisle_end_m, middle), (max(xs) + aisle_end_m, middle))
    return LooseAisles(locations={place.id: place for place in locations}, ends=ends, depot=depot)
