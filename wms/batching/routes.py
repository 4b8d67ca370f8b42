"""The sequence in which a walk passes its stops, from the steps that make it the shortest."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from wms.batching.crossings import (
    ANY_END,
    BACK,
    BACK_OR_SPLIT,
    FRONT,
    FRONT_OR_SPLIT,
    SPLIT,
    THROUGH,
    TWICE,
    paths_of,
)
from wms.batching.kernel.bits import Words, random_state
from wms.batching.kernel.floors import MATRIX, Floor
from wms.batching.kernel.tours import better_tour
from wms.batching.kernel.traces import NONE, trace
from wms.batching.kernel.walks import EMPTY, reach_all

WORD = 64
KICKS = 800
"""How often the tour of a batch by a matrix is thrown about; while searching it is not."""
Node: TypeAlias = tuple[int, int, int]
"""A column; a cross aisle, or the block behind it; -1 for the crossing itself, or the rank of a depth in the block."""
Edge: TypeAlias = tuple[Node, Node]
Place: TypeAlias = tuple[int, int]
"""A cell and a bit of it."""


def passed(floor: Floor, words: Words) -> list[Place]:
    """Return the places of a walk in the sequence in which a shortest walk (a short one by a matrix) passes them."""
    if floor.kind == MATRIX:
        return [divmod(point - 1, WORD) for point in tour_of(floor, words)[1:-1]]
    reach = np.full((len(floor.depth_m), 3), EMPTY)
    reach_all(floor, words, reach)
    first, steps = trace(floor, reach)
    edges = list(_edges(floor, words, int(first), steps.reshape(-1, floor.blocks + 1).tolist()))
    places: list[Place] = []
    for column, block, rank in dict.fromkeys(walk_around(edges, (floor.depot, 0, NONE))):
        if rank != NONE:
            sub = (column - (column > floor.depot)) * floor.blocks + block
            places.append((sub * floor.width + rank // WORD, rank % WORD))
    return places


def tour_of(floor: Floor, words: Words) -> list[int]:
    """Return the points of a short tour by a matrix, the depot first and last; [0] without stops."""
    tour, scratch = np.zeros((2, len(floor.metres) + 2))
    legs = better_tour(floor.metres, words, tour, scratch, random_state(0, 0), KICKS)
    return [int(point) for point in tour[: int(legs) + 1]]


def _edges(floor: Floor, words: Words, first: int, steps: Sequence[Sequence[int]]) -> Iterator[Edge]:
    """Return every piece of way of the walk, as often as it is walked."""
    for column, (crossing, *serving) in enumerate(steps, start=first):
        if crossing != NONE:
            for level, paths in enumerate(paths_of(int(floor.cross[crossing, 0]), floor.blocks)):
                yield from [((column - 1, level, NONE), (column, level, NONE))] * paths
        for block, row in enumerate(serving):
            if row != NONE:
                way = int(floor.serve[row, 1])
                yield from _aisle_edges(floor, words, column, block, way)


def _aisle_edges(floor: Floor, words: Words, column: int, block: int, way: int) -> Iterator[Edge]:
    """Return the pieces of way inside a sub-aisle that is served in a certain way."""
    sub = (column - (column > floor.depot)) * floor.blocks + block
    ranks = ranks_in(words[sub * floor.width : (sub + 1) * floor.width])
    depths = [0.0, *(float(floor.depth_m[sub, rank]) for rank in ranks), float(floor.length_m[block])]
    nodes: list[Node] = [(column, block, NONE), *((column, block, rank) for rank in ranks), (column, block + 1, NONE)]
    pieces = list(pairwise(nodes))
    widths = [far - near for near, far in pairwise(depths)]
    dropped = _dropped(way, widths)
    for number, piece in enumerate(pieces):
        if number != dropped:
            yield from [piece] * (1 if way == THROUGH else 2)


def _dropped(way: int, widths: Sequence[float]) -> int:
    """Return the piece of a sub-aisle that is not walked, the widest that the way leaves open; -1 for none."""
    last = len(widths) - 1
    choices = {
        FRONT: [last],
        BACK: [0],
        SPLIT: range(1, last),
        FRONT_OR_SPLIT: range(1, last + 1),
        BACK_OR_SPLIT: range(last),
        ANY_END: range(last + 1),
    }
    if way in (THROUGH, TWICE):
        return NONE
    return max(choices[way], key=widths.__getitem__)


def ranks_in(words: Words) -> list[int]:
    """Return the numbers of the bits set, the lowest first."""
    return [part * WORD + bit for part, word in enumerate(words.tolist()) for bit in range(WORD) if word >> bit & 1]


def walk_around(edges: Sequence[Edge], start: Node) -> list[Node]:
    """Return one closed walk over all edges from the start (Hierholzer), as nodes in the sequence they are passed."""
    ways: dict[Node, list[int]] = {}
    for number, (here, there) in enumerate(edges):
        ways.setdefault(here, []).append(number)
        ways.setdefault(there, []).append(number)
    used = [False] * len(edges)
    path, walk = [start], []
    while path:
        node = path[-1]
        left = ways.get(node, [])
        while left and used[left[-1]]:
            _ = left.pop()
        if left:
            number = left.pop()
            used[number] = True
            here, there = edges[number]
            path.append(there if node == here else here)
        else:
            walk.append(path.pop())
    return walk
