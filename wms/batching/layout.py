"""Where locations are and how people walk between them.

Three kinds of floor: `Blocks` (parallel aisles between two to five cross aisles: routes are exact), `LooseAisles`
(aisles anywhere: distances go around aisle ends) and `DistanceMatrix` (distances given). Routes on the last two are
good, not proven.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """A place to pick from; `aisle` is unique on the whole floor (zone and aisle, where zones repeat aisle names).

    An `aisle` of "" is unknown: such locations are in one aisle where they stand in one line.
    """

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
        if not all(map(isfinite, self.aisle_x_m)):
            raise InvalidProblemError("layout.aisle_x_m", "each aisle's x must be a number")
        if not self.aisle_x_m or any(left >= right for left, right in pairwise(self.aisle_x_m)):
            raise InvalidProblemError("layout.aisle_x_m", "give each aisle's x once, in increasing order")
        if not 2 <= len(self.cross_y_m) <= MOST_BLOCKS + 1 or self.cross_y_m[0] != 0:  # noqa: PLR2004 - two make one block
            fault = f"give 2 to {MOST_BLOCKS + 1} depths, the first of them 0: 1 to {MOST_BLOCKS} blocks"
            raise InvalidProblemError("layout.cross_y_m", fault)
        if not all(map(isfinite, self.cross_y_m)):
            raise InvalidProblemError("layout.cross_y_m", "each cross aisle's depth must be a number")
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

    def __post_init__(self) -> None:
        """Refuse aisles without ends and places that are nowhere, naming the field."""
        if not all(map(isfinite, self.depot)):
            raise InvalidProblemError("layout.depot", "x and y must be numbers")
        for aisle, ends in self.ends.items():
            if not all(isfinite(at) for end in ends for at in end):
                raise InvalidProblemError(f"layout.ends[{aisle!r}]", "x and y must be numbers")
        for name, place in self.locations.items():
            if place.aisle not in self.ends:
                fault = f"aisle {place.aisle} is not in layout.ends"
                raise InvalidProblemError(f"layout.locations[{name!r}].aisle", fault)
            if not (isfinite(place.x_m) and isfinite(place.y_m)):
                raise InvalidProblemError(f"layout.locations[{name!r}]", "x and y must be numbers")

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
        cut_off = np.isposinf(self.metres).sum(axis=0)[1:]
        if cut_off.any():
            place = self.locations[cut_off.argmax()]
            fault = f"{place} cannot be reached from everywhere: give the way there, or leave the location out"
            raise InvalidProblemError("layout.metres", fault)
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


def locations_of(layout: Layout) -> tuple[LocationId, ...]:
    """Return the locations that are on a floor."""
    return tuple(layout.places if isinstance(layout, Blocks) else layout.locations)


def renamed(layout: Layout, names: Mapping[LocationId, LocationId]) -> Layout:
    """Return the floor with other names for its locations; those without one keep theirs."""
    if isinstance(layout, Blocks):
        return replace(layout, places={names.get(old, old): place for old, place in layout.places.items()})
    if isinstance(layout, LooseAisles):
        places = (replace(place, id=names.get(place.id, place.id)) for place in layout.locations.values())
        return replace(layout, locations={place.id: place for place in places})
    return replace(layout, locations=tuple(names.get(old, old) for old in layout.locations))


def _rectangular(here: NDArray[np.float64], there: NDArray[np.float64]) -> Metres:
    """Return walking distance at right angles between points in the last axis."""
    return np.asarray(np.abs(here - there).sum(axis=-1), dtype=np.float64)
