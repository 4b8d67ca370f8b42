"""Where one more stop is taken on a walk that has begun, so that the least is added to what is left of it."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from wms.batching.errors import InvalidProblemError
from wms.batching.layout import Blocks, Layout, LocationId, Metres, Point


def best_place(layout: Layout, ahead: Sequence[LocationId], fresh: LocationId) -> int:
    """Return the index in `ahead` before which the fresh stop adds the fewest metres; its length: after the last.

    `ahead` are the stops of the rest of a walk, the first of them where one stands: the stop never comes before it.
    The walk ends at the depot. InvalidProblemError for a location that is not on the floor.
    """
    unknown = [location for location in (*ahead, fresh) if location not in layout]
    if unknown:
        raise InvalidProblemError("ahead", f"{unknown[0]!r} is no location of the layout")
    used = list(dict.fromkeys((*ahead, fresh)))
    number = {location: index + 1 for index, location in enumerate(used)}
    metres = _metres(layout, used)
    rows = [*(number[location] for location in ahead), 0]
    new = number[fresh]
    added = [metres[here, new] + metres[new, there] - metres[here, there] for here, there in pairwise(rows)]
    return 1 + int(np.argmin(added)) if added else 0


def metres_between(layout: Layout, here: LocationId, there: LocationId) -> float:
    """Return how far it is from one location to another, in metres; InvalidProblemError for one not on the floor."""
    unknown = [location for location in (here, there) if location not in layout]
    if unknown:
        raise InvalidProblemError("locations", f"{unknown[0]!r} is no location of the layout")
    return float(_metres(layout, [here, there])[1, 2])


def _metres(layout: Layout, used: Sequence[LocationId]) -> Metres:
    """Return distances, (n + 1) x (n + 1), of the depot (first) and the given locations."""
    if not isinstance(layout, Blocks):
        return layout.metres_between(used)
    depot = (layout.depot_x_m, layout.cross_y_m[-1] if layout.depot_at_back else 0.0)
    points = [depot, *(_point(layout, location) for location in used)]
    # From or to the depot's cross aisle; the way on to the depot itself is the same whichever stop comes last.
    return np.array([[_between(layout, one, other) for other in points] for one in points])


def _point(layout: Blocks, location: LocationId) -> Point:
    aisle, depth_m = layout.places[location]
    return layout.aisle_x_m[aisle], depth_m


def _between(layout: Blocks, one: Point, other: Point) -> float:
    """Return the shortest way: along the aisle where both stand in one, else over the best cross aisle."""
    (here_x, here_y), (there_x, there_y) = one, other
    if here_x == there_x:
        return abs(here_y - there_y)
    over = min(abs(here_y - cross) + abs(there_y - cross) for cross in layout.cross_y_m)
    return abs(here_x - there_x) + over
