"""What a floor looks like from above: its aisles as lines, a point for each stop, and the way from one to another."""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Protocol, TypeAlias

import numpy as np

from wms.batching.layout import Blocks, DistanceMatrix, Layout, LocationId, LooseAisles, Point

Stop: TypeAlias = LocationId | None
"""A location, or None for the depot."""


class Sketch(Protocol):
    """A floor in metres, x to the right and y away from the front."""

    @property
    def lines(self) -> Sequence[tuple[Point, Point]]:
        """Return the aisles and cross aisles, from end to end."""
        ...

    def point(self, stop: Stop) -> Point:
        """Return where a stop is."""
        ...

    def way(self, here: Stop, there: Stop) -> list[Point]:
        """Return the corners of the way between two stops, both included."""
        ...


def sketch_of(layout: Layout, stops: Iterable[LocationId]) -> Sketch:
    """Return the sketch of a floor; where only distances are known, the stops are put where these fit best."""
    if isinstance(layout, Blocks):
        return _BlocksSketch(layout)
    if isinstance(layout, LooseAisles):
        return _AislesSketch(layout)
    return _MatrixSketch(layout, list(stops))


class _BlocksSketch:
    """Aisles upright, cross aisles lying."""

    def __init__(self, layout: Blocks) -> None:
        self._layout = layout
        length_m, (left, right) = layout.cross_y_m[-1], (layout.aisle_x_m[0], layout.aisle_x_m[-1])
        self._depot_y_m = length_m + layout.depot_m if layout.depot_at_back else -layout.depot_m
        upright = [((x_m, 0.0), (x_m, length_m)) for x_m in layout.aisle_x_m]
        ends = min(left, layout.depot_x_m), max(right, layout.depot_x_m)
        self.lines = upright + [((ends[0], y_m), (ends[1], y_m)) for y_m in layout.cross_y_m]

    def point(self, stop: Stop) -> Point:
        if stop is None:
            return self._layout.depot_x_m, self._depot_y_m
        aisle, depth_m = self._layout.places[stop]
        return self._layout.aisle_x_m[aisle], depth_m

    def way(self, here: Stop, there: Stop) -> list[Point]:
        start, end = self.point(here), self.point(there)
        if start[0] == end[0] and None not in (here, there):
            return [start, end]
        y_m = min(self._layout.cross_y_m, key=lambda y_m: abs(start[1] - y_m) + abs(y_m - end[1]))
        return [start, (start[0], y_m), (end[0], y_m), end]


class _AislesSketch:
    """Aisles wherever they are; between two of them the way goes around an end of each, at right angles."""

    def __init__(self, layout: LooseAisles) -> None:
        self._layout = layout
        self.lines = list(layout.ends.values())

    def point(self, stop: Stop) -> Point:
        if stop is None:
            return self._layout.depot
        place = self._layout.locations[stop]
        return place.x_m, place.y_m

    def way(self, here: Stop, there: Stop) -> list[Point]:
        start, end = self.point(here), self.point(there)
        if here is not None and there is not None and self._aisle(here) == self._aisle(there):
            return [start, end]
        ways = (
            [start, out, (back[0], out[1]), back, end] for out, back in product(self._ends(here), self._ends(there))
        )
        return min(ways, key=_length_m)

    def _aisle(self, location: LocationId) -> str:
        return self._layout.locations[location].aisle

    def _ends(self, stop: Stop) -> tuple[Point, Point]:
        return (self._layout.depot, self._layout.depot) if stop is None else self._layout.ends[self._aisle(stop)]


class _MatrixSketch:
    """Points whose straight distances come near the given ones (classical scaling, Torgerson 1952); ways straight."""

    def __init__(self, layout: DistanceMatrix, stops: list[LocationId]) -> None:
        self.lines: list[tuple[Point, Point]] = []
        squares = layout.metres_between(stops) ** 2
        centred = squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()
        values, vectors = np.linalg.eigh(-centred / 2)
        largest = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 0.0))
        across = largest[:, -1]
        up = largest[:, 0] if largest.shape[1] > 1 else np.zeros_like(across)
        up = -up if up[0] > 0 else up  # distances know no up: the depot goes below
        self._points = {stop: (float(x), float(y)) for stop, x, y in zip([None, *stops], across, up, strict=True)}

    def point(self, stop: Stop) -> Point:
        return self._points[stop]

    def way(self, here: Stop, there: Stop) -> list[Point]:
        return [self.point(here), self.point(there)]


def _length_m(points: Sequence[Point]) -> float:
    return sum(abs(x - a) + abs(y - b) for (x, y), (a, b) in zip(points[1:], points, strict=False))
