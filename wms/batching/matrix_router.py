"""Walks by a distance matrix: nearest neighbour, then 2-opt and moved stops until neither helps. Good, not proven."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MOST_ROUNDS = 50
"""Improving rounds over a walk; a few are the rule, and the limit keeps rounding errors from going on forever."""


class MatrixRouter:
    """Walks where distances are known: row and column 0 is the depot, stop n has row n + 1."""

    is_exact = False

    def __init__(self, metres: NDArray[np.float64]) -> None:
        """Keep the distances, and the walks made so far."""
        self._between = metres
        self._rows: list[list[float]] = metres.tolist()
        self._walks: dict[frozenset[int], tuple[float, list[int]]] = {frozenset(): (0.0, [])}

    def metres(self, stops: frozenset[int]) -> float:
        """Return the length of a short walk over the stops."""
        return self._walk(stops)[0]

    def metres_without(self, stops: frozenset[int], gone: frozenset[int]) -> float:
        """Return the length of the walk over the stops with those that are gone left out, in the same sequence."""
        left = [stop + 1 for stop in self.sequence(stops) if stop not in gone]
        return sum(self._rows[here][there] for here, there in pairwise([0, *left, 0]))

    def sequence(self, stops: frozenset[int]) -> list[int]:
        """Return the stops in the sequence of that walk."""
        return self._walk(stops)[1]

    def far_first(self, stops: frozenset[int]) -> tuple[float, ...]:
        """Return the stops farthest from the depot: neighbours by number are neighbours on most floors."""
        return tuple(sorted(stops, key=lambda stop: -self._rows[0][stop + 1])[:3])

    def table(self, walks: Sequence[frozenset[int]]) -> "MatrixTable":
        """Return a table with one row for each walk."""
        table = MatrixTable(self, self._between, len(walks))
        for row, stops in enumerate(walks):
            table.put(row, stops)
        return table

    def _walk(self, stops: frozenset[int]) -> tuple[float, list[int]]:
        """Return the length and sequence of a short walk, kept for the next time."""
        if stops not in self._walks:
            tour = _improved(_nearest_neighbours({stop + 1 for stop in stops}, self._rows), self._rows)
            length = sum(self._rows[here][there] for here, there in pairwise(tour))
            self._walks[stops] = (length, [point - 1 for point in tour[1:-1]])
        return self._walks[stops]


class MatrixTable:
    """Walks as tours; joining is priced by putting each foreign stop where it costs least: an estimate from above."""

    def __init__(self, router: MatrixRouter, between: NDArray[np.float64], rows: int) -> None:
        """Make a table of so many empty walks."""
        self._router = router
        self._between = between
        self._stops: list[frozenset[int]] = [frozenset()] * rows

    def put(self, row: int, stops: frozenset[int]) -> None:
        """Let the row hold a walk over these stops."""
        self._stops[row] = stops

    def joined(self, row: int, others: NDArray[np.intp]) -> NDArray[np.float64]:
        """About the length of the row's walk joined with each of the other rows' walks, in metres."""
        mine = self._stops[row]
        theirs = [self._stops[other] for other in others]
        inserting = self._inserting(mine)
        longer = [(self._router.metres(stops), inserting[[*stops]].sum() if stops else 0.0) for stops in theirs]
        base = self._router.metres(mine)
        return np.array([max(base + float(added), metres) for metres, added in longer])

    def _inserting(self, stops: frozenset[int]) -> NDArray[np.float64]:
        """Return what each stop of the floor would add to a walk over the stops, by itself."""
        tour = np.array([0, *(stop + 1 for stop in self._router.sequence(stops)), 0])
        here, there = self._between[tour[:-1]], self._between[tour[1:]]
        legs = self._between[tour[:-1], tour[1:]]
        added: NDArray[np.float64] = (here + there - legs[:, None]).min(axis=0)[1:]
        added[[*stops]] = 0.0
        return added


def _nearest_neighbours(points: set[int], metres: list[list[float]]) -> list[int]:
    """Return a tour from the depot (0) that always goes on to the nearest point left."""
    tour, left = [0], sorted(points)
    while left:
        row = metres[tour[-1]]
        nearest = min(left, key=lambda point: row[point])
        left.remove(nearest)
        tour.append(nearest)
    return [*tour, 0]


def _improved(tour: list[int], metres: list[list[float]]) -> list[int]:
    """Turn pieces round (2-opt) and move single points (Or-opt) while that makes the tour shorter."""
    for _ in range(MOST_ROUNDS):
        turned = _turn_pieces(tour, metres)
        moved = _move_points(tour, metres)
        if not turned and not moved:
            break
    return tour


def _turn_pieces(tour: list[int], metres: list[list[float]]) -> bool:
    """Turn round each piece whose turning shortens the tour, in place; whether one did."""
    changed = False
    for first in range(1, len(tour) - 2):
        for last in range(first + 1, len(tour) - 1):
            before, start, end, after = tour[first - 1], tour[first], tour[last], tour[last + 1]
            new = metres[before][end] + metres[start][after]
            if new < metres[before][start] + metres[end][after] - 1e-9:
                tour[first : last + 1] = tour[first : last + 1][::-1]
                changed = True
    return changed


def _move_points(tour: list[int], metres: list[list[float]]) -> bool:
    """Move each point to where it costs least, in place; whether one moved."""
    changed = False
    for point in tour[1:-1]:
        at = tour.index(point)
        saved = _detour(tour[at - 1], point, tour[at + 1], metres)
        rest = tour[:at] + tour[at + 1 :]
        costs = [_detour(here, point, there, metres) for here, there in pairwise(rest)]
        best = min(range(len(costs)), key=costs.__getitem__)
        if costs[best] < saved - 1e-9:
            tour[:] = [*rest[: best + 1], point, *rest[best + 1 :]]
            changed = True
    return changed


def _detour(before: int, point: int, after: int, metres: list[list[float]]) -> float:
    """Return what passing the point between the two others adds."""
    return metres[before][point] + metres[point][after] - metres[before][after]
