"""The lengths of many shortest walks on one block at a time, with numpy.

The recurrence is that of `one_block.shortest_walk`; here each state is an array with one entry for each walk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Lengths: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Columns:
    """A block as columns from left to right: the aisles, and the depot's place on the front cross aisle.

    `places` gives each stop's column and depth; `approach_m` is the way from the depot to the front and back again.
    """

    x_m: tuple[float, ...]
    depot: int
    length_m: float
    approach_m: float
    places: Sequence[tuple[int, float]]


class BlockTable:
    """Walks by column and row: the nearest and deepest stop, the widest gap between stops, and the depths visited."""

    def __init__(self, columns: Columns, rows: int) -> None:
        """Make a table of so many empty walks."""
        self._columns = columns
        depths: list[list[float]] = [[] for _ in columns.x_m]
        for column, depth in sorted(set(columns.places)):
            depths[column].append(depth)
        self._rank = {(column, depth): rank for column, row in enumerate(depths) for rank, depth in enumerate(row)}
        self._depth = np.zeros((len(depths), max(1, *map(len, depths))))
        for column, row in enumerate(depths):
            self._depth[column, : len(row)] = row
        self._visits = np.zeros((len(depths), rows, self._depth.shape[1]), dtype=bool)
        self._near = np.full((len(depths), rows), np.inf)
        self._deep = np.full((len(depths), rows), -np.inf)
        self._gap = np.zeros((len(depths), rows))

    def put(self, row: int, stops: frozenset[int]) -> None:
        """Let the row hold a walk over these stops."""
        self._visits[:, row] = False
        for stop in stops:
            column, depth = self._columns.places[stop]
            self._visits[column, row, self._rank[column, depth]] = True
        visits = self._visits[:, row]
        self._near[:, row] = np.where(visits, self._depth, np.inf).min(axis=1)
        self._deep[:, row] = np.where(visits, self._depth, -np.inf).max(axis=1)
        self._gap[:, row] = _widest_gap(visits, self._depth)

    def joined(self, row: int, others: NDArray[np.intp]) -> Lengths:
        """Return the length of the row's walk joined with each of the other rows' walks, in metres."""
        near = np.minimum(self._near[:, others], self._near[:, row, None])
        deep = np.maximum(self._deep[:, others], self._deep[:, row, None])
        # Where only one of the two walks stops in a column, the other's gap is 0 and the larger is the right one.
        gap = np.maximum(self._gap[:, others], self._gap[:, row, None])
        own = np.flatnonzero(np.isfinite(self._near[:, row]))
        shared, walks = np.nonzero(np.isfinite(self._near[np.ix_(own, others)]))
        columns = own[shared]
        visits = self._visits[columns, others[walks]] | self._visits[columns, row]
        gap[columns, walks] = _widest_gap(visits, self._depth[columns])
        return _shortest_lengths(self._columns, near, deep, gap)


def _widest_gap(visits: NDArray[np.bool_], depth: Lengths) -> Lengths:
    """Return the widest gap between visited neighbours along the last axis; 0 where fewer than two are visited."""
    reached = np.maximum.accumulate(np.where(visits, depth, -np.inf), axis=-1)
    gaps = np.where(visits[..., 1:], depth[..., 1:] - reached[..., :-1], 0.0)
    return np.asarray(np.where(np.isfinite(gaps), gaps, 0.0).max(axis=-1, initial=0.0), dtype=np.float64)


@dataclass(slots=True)
class _States:
    """The cheapest length of each walk so far in each state of `one_block`."""

    start: Lengths
    odd: Lengths
    back: Lengths
    front: Lengths
    joined: Lengths
    apart: Lengths

    def cross(self, width_m: float) -> None:
        """Go on to the next column."""
        once = 2 * width_m
        self.back, self.front = np.minimum(self.back, self.joined) + once, np.minimum(self.front, self.joined) + once
        self.odd, self.joined, self.apart = self.odd + once, self.joined + 2 * once, self.apart + 2 * once

    def pass_depot(self) -> None:
        """Visit the depot's place on the front cross aisle."""
        self.apart = np.minimum(self.apart, self.back)
        self.front = np.minimum(self.front, self.start)
        self.back = self.start = np.full_like(self.start, np.inf)

    def serve(self, costs: "_Costs", column: int, length_m: float) -> None:
        """Visit an aisle's stops, where there are any."""
        least, both_ends = costs.least[column], costs.both_ends[column]
        opened = self.start + costs.open[column]
        even = np.minimum(np.minimum(self.back, self.front), np.minimum(self.apart, opened))
        apart = np.minimum(self.apart + least, opened + both_ends)
        apart = np.minimum(apart, self.back + costs.new_front[column])
        joined = np.minimum(np.minimum(self.odd, even + length_m) + length_m, self.joined + least)
        self.odd = np.minimum(self.odd + least, np.minimum(even, self.joined) + length_m)
        self.apart = np.minimum(apart, self.front + costs.new_back[column])
        self.joined = joined
        self.back = np.minimum(self.back, opened) + costs.from_back[column]
        self.front = np.minimum(self.front, opened) + costs.from_front[column]
        self.start = self.start + costs.skip[column]


class _Costs:
    """What it costs to serve each column (first axis) of each walk (second axis) in each way."""

    def __init__(self, near: Lengths, deep: Lengths, gap: Lengths, length_m: float) -> None:
        """Out and back from one end, or from both; `open` and `skip` forbid what stops or their absence rule out."""
        stops = np.isfinite(near)
        self.from_back = np.where(stops, 2 * (length_m - near), 0.0)
        self.from_front = np.where(stops, 2 * deep, 0.0)
        self.both_ends = np.where(stops, 2 * (length_m - gap), np.inf)
        self.new_front = np.where(stops, np.minimum(self.from_front, self.both_ends), np.inf)
        self.new_back = np.where(stops, np.minimum(self.from_back, self.both_ends), np.inf)
        self.least = np.where(stops, np.minimum(self.new_front, self.from_back), 0.0)
        self.open = np.where(stops, 0.0, np.inf)
        self.skip = np.where(stops, np.inf, 0.0)


def _shortest_lengths(columns: Columns, near: Lengths, deep: Lengths, gap: Lengths) -> Lengths:
    """Find the lengths of the shortest walks, for arrays of columns x walks."""
    stops = np.isfinite(near)
    used = np.flatnonzero(stops.any(axis=1))
    if not len(used):
        return np.zeros(near.shape[1])
    first, end = min(used[0], columns.depot), max(used[-1], columns.depot)
    last = np.maximum(len(columns.x_m) - 1 - stops[::-1].argmax(axis=0), columns.depot)
    last = np.where(stops.any(axis=0), last, columns.depot)
    costs = _Costs(near, deep, gap, columns.length_m)
    infinite = np.full(near.shape[1], np.inf)
    states = _States(np.zeros(near.shape[1]), infinite, infinite, infinite, infinite, infinite)
    lengths = infinite
    for column in range(first, end + 1):
        states.cross(columns.x_m[column] - columns.x_m[max(column - 1, first)])
        if column == columns.depot:
            states.pass_depot()
        else:
            states.serve(costs, column, columns.length_m)
        if column >= columns.depot:
            closed = np.minimum(np.minimum(states.back, states.front), states.joined)
            lengths = np.where(last == column, closed, lengths)
    return lengths + columns.approach_m
