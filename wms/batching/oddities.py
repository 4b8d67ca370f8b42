"""Locations whose coordinates do not go with those of their aisle: most often a slip when they were typed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import inf
from statistics import median

from wms.batching.derive import WIDEST_AISLE_M
from wms.batching.layout import Location, LocationId, Point

ALONE_M = 10.0
"""A location farther than this from every other one of its aisle stands alone, where bays are near one another."""
_STEPS = 5.0
_FEW = 3
"""Of fewer locations nobody can say which is the odd one."""


def odd_locations(locations: Sequence[Location]) -> dict[LocationId, str]:
    """Return the locations that stand oddly, each with a sentence why."""
    aisles: dict[str, list[Location]] = defaultdict(list)
    for place in locations:
        if place.aisle:
            aisles[place.aisle].append(place)
    found: dict[LocationId, str] = {}
    for aisle in aisles.values():
        if len(aisle) >= _FEW:
            found |= dict(_astray(aisle))
    # One that is astray makes the others of the spot where it ended no less right.
    return found | dict(_shared([place for place in locations if place.id not in found]))


def _astray(aisle: Sequence[Location]) -> Iterator[tuple[LocationId, str]]:
    """Find locations beside their aisle, and those far along it from all the others."""
    middle_x_m, middle_y_m = median(place.x_m for place in aisle), median(place.y_m for place in aisle)
    spread_x_m = median(abs(place.x_m - middle_x_m) for place in aisle)
    spread_y_m = median(abs(place.y_m - middle_y_m) for place in aisle)
    is_upright = spread_y_m >= spread_x_m
    alone_m = _alone_m(aisle, is_upright=is_upright)
    for place in aisle:
        aside_m = abs(place.x_m - middle_x_m if is_upright else place.y_m - middle_y_m)
        name = place.aisle.strip("/")
        if aside_m > WIDEST_AISLE_M / 2:
            yield place.id, f"Stands {aside_m:.1f} m beside the middle of its aisle {name}."
        elif place.id in alone_m:
            yield place.id, f"Stands {alone_m[place.id]:.1f} m from the next location of its aisle {name}."


def _alone_m(aisle: Sequence[Location], *, is_upright: bool) -> Mapping[LocationId, float]:
    """Return the locations that stand alone in their aisle, with the distance to the next."""
    along = sorted({place.y_m if is_upright else place.x_m for place in aisle})
    steps = [far - near for near, far in pairwise(along)]
    least_m = max(ALONE_M, _STEPS * median(steps)) if steps else inf
    nearest = dict(zip(along, map(min, zip([inf, *steps], [*steps, inf], strict=True)), strict=True))
    distances = {place.id: nearest[place.y_m if is_upright else place.x_m] for place in aisle}
    return {location: distance_m for location, distance_m in distances.items() if distance_m > least_m}


def _shared(locations: Sequence[Location]) -> Iterator[tuple[LocationId, str]]:
    """Find locations on a spot that another aisle holds too; levels and sides of one bay share theirs rightly."""
    spots: dict[Point, set[str]] = defaultdict(set)
    for place in locations:
        spots[place.x_m, place.y_m].add(place.aisle)
    for place in locations:
        others = sorted(name.strip("/") for name in spots[place.x_m, place.y_m] - {place.aisle} if name)
        if others and place.aisle:
            yield place.id, f"Stands at {place.x_m:g}, {place.y_m:g}, where aisle {others[0]} has a location too."
