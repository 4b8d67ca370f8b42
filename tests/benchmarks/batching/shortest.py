"""How long walks are, worked out apart from the engine: by leg for a given sequence, or the shortest on one block.

The shortest walk is built aisle by aisle (Ratliff and Rosenthal 1983). What is known of a walk so far is how often it
reaches the aisle's front and back ends (0: not, 1: an odd number of times, 2: an even one) and whether the two hang
together.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from wms.batching import Blocks, DistanceMatrix, Layout, LocationId

State = tuple[int, int, bool]


def walked_m(layout: Layout, stops: Sequence[LocationId]) -> float:
    """Return how long it is from the depot over the stops in this sequence and back."""
    if not stops:
        return 0.0
    if isinstance(layout, Blocks):
        depot = (layout.depot_x_m, _depot_depth_m(layout))
        points = [depot, *(_point(layout, stop) for stop in stops), depot]
        return 2 * layout.depot_m + sum(_leg_m(layout, here, there) for here, there in pairwise(points))
    if isinstance(layout, DistanceMatrix):
        row = {location: index + 1 for index, location in enumerate(layout.locations)}
        rows = [0, *(row[stop] for stop in stops), 0]
        return float(sum(layout.metres[here, there] for here, there in pairwise(rows)))
    raise TypeError(f"No benchmark walks on {type(layout).__name__}.")


def shortest_m(layout: Blocks, stops: Iterable[LocationId]) -> float:
    """Return the length of the shortest walk over the stops on one block."""
    (_, length_m), depot = layout.cross_y_m, (layout.depot_x_m, _depot_depth_m(layout))
    points = {_point(layout, stop) for stop in stops}
    if not points:
        return 0.0
    depths: dict[float, list[float]] = {}
    for x_m, depth_m in sorted(points | {depot}):
        depths.setdefault(x_m, []).append(depth_m)
    aisles = set(layout.aisle_x_m)
    between = {x_m for x_m in aisles if min(depths) < x_m < max(depths)}
    columns = sorted(depths.keys() | between)
    costs: dict[State, float] = {(0, 0, False): 0.0}
    for before, x_m in zip([None, *columns], columns, strict=False):
        if before is not None:
            costs = _least(_crossed(costs, x_m - before))
        ways = list(_ways(depths.get(x_m, []), length_m)) if x_m in aisles else [_visit(depot[1])]
        costs = _least(_served(costs, ways))
    ends = (
        cost for (front, back, linked), cost in costs.items() if 1 not in (front, back) and (linked or not front * back)
    )
    return min(ends) + 2 * layout.depot_m


def _depot_depth_m(layout: Blocks) -> float:
    return layout.cross_y_m[-1] if layout.depot_at_back else 0.0


def _point(layout: Blocks, stop: LocationId) -> tuple[float, float]:
    aisle, depth_m = layout.places[stop]
    return layout.aisle_x_m[aisle], depth_m


def _leg_m(layout: Blocks, here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return the way between two points (x, depth): along an aisle, or over the cross aisle that makes it shortest."""
    across = abs(here[0] - there[0])
    if not across:
        return abs(here[1] - there[1])
    return across + min(abs(here[1] - y_m) + abs(y_m - there[1]) for y_m in layout.cross_y_m)


def _visit(depth_m: float) -> tuple[State, float]:
    """Touch one end of a column that is no aisle."""
    return ((0, 2, False) if depth_m else (2, 0, False)), 0.0


def _ways(depths: Sequence[float], length_m: float) -> Iterator[tuple[State, float]]:
    """Yield the ways to visit all of an aisle's stops, with what each adds to its ends and its length."""
    yield (1, 1, True), length_m
    yield (2, 2, True), 2 * length_m
    if not depths:
        yield (0, 0, False), 0.0
        return
    yield (2, 0, False), 2 * depths[-1]
    yield (0, 2, False), 2 * (length_m - depths[0])
    gaps = [far - near for near, far in pairwise(depths)]
    yield (2, 2, False), 2 * (length_m - max(gaps, default=0.0))


def _served(costs: dict[State, float], ways: Sequence[tuple[State, float]]) -> Iterator[tuple[State, float]]:
    """Yield what each state becomes by each way."""
    for (front, back, linked), cost in costs.items():
        for (more_front, more_back, links), length_m in ways:
            state = (_joined(front, more_front), _joined(back, more_back), linked or links)
            yield state, cost + length_m


def _joined(times: int, more: int) -> int:
    if not times or not more:
        return times + more
    return 2 - (times + more) % 2


def _crossed(costs: dict[State, float], width_m: float) -> Iterator[tuple[State, float]]:
    """Yield what each state becomes on the way to the next column, no piece left behind."""
    for (front, back, linked), cost in costs.items():
        for along_front in (1,) if front == 1 else (0, 2)[: 1 + front // 2]:
            for along_back in (1,) if back == 1 else (0, 2)[: 1 + back // 2]:
                dropped = (front and not along_front) or (back and not along_back)
                if (along_front or along_back or not (front or back)) and (linked or not dropped):
                    yield (
                        (along_front, along_back, linked and bool(along_front and along_back)),
                        cost + width_m * (along_front + along_back),
                    )


def _least(found: Iterable[tuple[State, float]]) -> dict[State, float]:
    costs: dict[State, float] = {}
    for state, cost in found:
        if cost < costs.get(state, float("inf")):
            costs[state] = cost
    return costs
