"""Turns a floor and orders into the arrays of the compiled part."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from wms.batching.crossings import crossings
from wms.batching.kernel.floors import BLOCKS, MATRIX, ONE_BLOCK, Floor
from wms.batching.layout import Blocks, Layout, LocationId

WORD = 64


class Encoded:
    """A floor as arrays, and the bit of each location in use.

    Locations at one depth of one sub-aisle share a bit: whoever stands there has reached them all. `corner_of` has the
    part of the floor in which each location lies, numbered from the one farthest from the depot, and `half_of` a
    smaller part: orders that share one are worth bringing together.
    """

    def __init__(self, layout: Layout, used: Sequence[LocationId]) -> None:
        """Lay the floor out for the locations in use."""
        self.locations = tuple(used)
        if isinstance(layout, Blocks):
            self.floor, self._bits = _blocks(layout, used)
            self.corner_of, self.half_of = _corners_of_blocks(self.floor, [self._bits[location] for location in used])
        else:
            self.floor, self._bits = _matrix(layout.metres_between(used), used)
            self.corner_of = self.half_of = _corners_of_matrix(self.floor.metres)
        self._at: dict[tuple[int, int], list[int]] = {}
        for number, location in enumerate(used):
            self._at.setdefault(self._bits[location], []).append(number)

    @property
    def is_exact(self) -> bool:
        """Whether walks on this floor are the shortest there are."""
        return self.floor.kind != MATRIX

    def words_of(self, locations: Iterable[LocationId]) -> NDArray[np.uint64]:
        """Return the walk over the locations as a row of words."""
        words = [0] * self.floor.words
        for location in locations:
            cell, bit = self._bits[location]
            words[cell] |= 1 << bit
        return np.array(words, dtype=np.uint64)

    def stops_at(self, cell: int, bit: int) -> Sequence[int]:
        """Return the numbers of the locations that have the bit."""
        return self._at.get((cell, bit), ())


def _blocks(layout: Blocks, used: Sequence[LocationId]) -> tuple[Floor, Mapping[LocationId, tuple[int, int]]]:
    """Return a floor of one to four blocks, seen from the depot's cross aisle, and each location's cell and bit."""
    end_m = layout.cross_y_m[-1]
    cross_m = tuple(end_m - depth for depth in reversed(layout.cross_y_m)) if layout.depot_at_back else layout.cross_y_m
    blocks = len(cross_m) - 1
    places: dict[LocationId, tuple[int, float]] = {}
    for location in used:
        aisle, depth = layout.places[location]
        from_front = end_m - depth if layout.depot_at_back else depth
        block = min(blocks - 1, int(np.searchsorted(cross_m, from_front, side="right")) - 1)
        places[location] = (aisle * blocks + block, from_front - cross_m[block])
    sub_aisles = len(layout.aisle_x_m) * blocks
    depths: list[set[float]] = [set() for _ in range(sub_aisles)]
    for sub, depth in places.values():
        depths[sub].add(depth)
    width = max(1, -(-max(map(len, depths), default=1) // WORD))
    depth_m = np.zeros((sub_aisles, width * WORD))
    bits: dict[tuple[int, float], tuple[int, int]] = {}
    for sub, found in enumerate(depths):
        for rank, depth in enumerate(sorted(found)):
            depth_m[sub, rank] = depth
            bits[sub, depth] = (sub * width + rank // WORD, rank % WORD)
    depot = sum(x < layout.depot_x_m for x in layout.aisle_x_m)
    table = crossings(blocks)
    floor = Floor(
        kind=ONE_BLOCK if blocks == 1 else BLOCKS,
        blocks=blocks,
        width=width,
        depot=depot,
        approach_m=2.0 * layout.depot_m,
        column_x_m=np.array([*layout.aisle_x_m[:depot], layout.depot_x_m, *layout.aisle_x_m[depot:]], dtype=np.float64),
        length_m=np.diff(np.array(cross_m, dtype=np.float64)),
        depth_m=depth_m,
        serve=table.serve,
        serve_from=table.serve_from,
        cross=table.cross,
        cross_m=table.cross_m,
        depot_state=table.depot_state,
        is_end=table.is_end,
        metres=np.zeros((1, 1)),
    )
    return floor, {location: bits[place] for location, place in places.items()}


def _matrix(
    metres: NDArray[np.float64], used: Sequence[LocationId]
) -> tuple[Floor, Mapping[LocationId, tuple[int, int]]]:
    """Return a floor of given distances, the depot's first, and each location's cell and bit."""
    width = max(1, -(-len(used) // WORD))
    table = crossings(1)
    floor = Floor(
        kind=MATRIX,
        blocks=1,
        width=width,
        depot=0,
        approach_m=0.0,
        column_x_m=np.zeros(2),
        length_m=np.zeros(1),
        depth_m=np.zeros((1, width * WORD)),
        serve=table.serve,
        serve_from=table.serve_from,
        cross=table.cross,
        cross_m=table.cross_m,
        depot_state=table.depot_state,
        is_end=table.is_end,
        metres=np.ascontiguousarray(metres, dtype=np.float64),
    )
    return floor, {location: (number // WORD, number % WORD) for number, location in enumerate(used)}


def _corners_of_blocks(floor: Floor, bits: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Return the aisle of each location, the farthest from the depot 0, and the half of its sub-aisle."""
    aisles = [column for column in range(len(floor.column_x_m)) if column != floor.depot]
    away_m = np.abs(floor.column_x_m[aisles] - floor.column_x_m[floor.depot])
    rank = np.empty(len(aisles), dtype=np.int64)
    rank[np.argsort(-away_m, kind="stable")] = np.arange(len(aisles))
    corners, halves = [], []
    for cell, bit in bits:
        sub = cell // floor.width
        depth_m = floor.depth_m[sub, cell % floor.width * WORD + bit]
        corners.append(int(rank[sub // floor.blocks]))
        halves.append(2 * sub + int(2 * depth_m > floor.length_m[sub % floor.blocks]))
    return corners, halves


def _corners_of_matrix(metres: NDArray[np.float64]) -> list[int]:
    """Return the corner of each location: those nearest to one of a few locations far from one another."""
    places = len(metres) - 1
    if not places:
        return []
    anchors = [int(metres[0, 1:].argmax()) + 1]
    while len(anchors) < max(1, int(places**0.5)):
        anchors.append(int(metres[anchors, 1:].min(axis=0).argmax()) + 1)
    anchors.sort(key=lambda anchor: -metres[0, anchor])
    return [int(at) for at in metres[anchors, 1:].argmin(axis=0)]


def ranges(groups: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return groups one behind the other: where each begins (and the end), and all their members."""
    starts = np.array([0, *accumulate(map(len, groups))], dtype=np.int64)
    return starts, np.array([member for group in groups for member in group], dtype=np.int64)
