"""The shortest walk through one block of aisles, exactly: a dynamic program over columns from left to right.

Source: Ratliff and Rosenthal, "Order-picking in a rectangular warehouse" (Operations Research 31, 1983).
A column is an aisle, or the depot's place on the front cross aisle. After each column the walk so far is in one of few
states: which ends of the column have an odd or even number of paths, and in how many pieces the walk still is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TypeAlias

Node: TypeAlias = tuple[int, float]
"""A column and a depth in metres from the front cross aisle."""
Edge: TypeAlias = tuple[Node, Node]

NONE, THROUGH, TWICE, FROM_BACK, FROM_FRONT, BOTH_ENDS = range(6)
"""Ways to serve an aisle: not at all, walked through once or twice, out and back from an end, from both ends."""

START, ODD, BACK, FRONT, JOINED, APART = range(6)
"""States: nothing yet; one path at each end; even at the back only, at the front only, at both in one piece, in two."""

SERVE = (
    (START, THROUGH, ODD), (START, TWICE, JOINED), (START, FROM_BACK, BACK),
    (START, FROM_FRONT, FRONT), (START, BOTH_ENDS, APART),
    (ODD, NONE, ODD), (ODD, THROUGH, JOINED), (ODD, FROM_BACK, ODD), (ODD, FROM_FRONT, ODD), (ODD, BOTH_ENDS, ODD),
    (BACK, NONE, BACK), (BACK, THROUGH, ODD), (BACK, TWICE, JOINED), (BACK, FROM_BACK, BACK),
    (BACK, FROM_FRONT, APART), (BACK, BOTH_ENDS, APART),
    (FRONT, NONE, FRONT), (FRONT, THROUGH, ODD), (FRONT, TWICE, JOINED), (FRONT, FROM_FRONT, FRONT),
    (FRONT, FROM_BACK, APART), (FRONT, BOTH_ENDS, APART),
    (JOINED, NONE, JOINED), (JOINED, THROUGH, ODD), (JOINED, FROM_BACK, JOINED), (JOINED, FROM_FRONT, JOINED),
    (JOINED, BOTH_ENDS, JOINED),
    (APART, NONE, APART), (APART, THROUGH, ODD), (APART, TWICE, JOINED), (APART, FROM_BACK, APART),
    (APART, FROM_FRONT, APART), (APART, BOTH_ENDS, APART),
)  # fmt: skip
"""State, way to serve the column, state after it."""

CROSS = (
    (ODD, 1, 1, ODD), (BACK, 0, 2, BACK), (FRONT, 2, 0, FRONT), (JOINED, 0, 2, BACK), (JOINED, 2, 0, FRONT),
    (JOINED, 2, 2, JOINED), (APART, 2, 2, APART),
)  # fmt: skip
"""State, paths along the front and along the back cross aisle to the next column, state there."""

ENDS = (BACK, FRONT, JOINED)
"""States in which the walk is one closed piece."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a walk: its x, and the depths to visit; the depot's column visits depth 0 and has no aisle."""

    x_m: float
    depths: tuple[float, ...]
    is_depot: bool = False


Step: TypeAlias = tuple[int, int, int, int]
"""How a column's state came about: way to serve it, state after the column before, paths along front and back."""


def shortest_walk(columns: Sequence[Column], length_m: float) -> tuple[float, Iterator[Edge]]:
    """Return the length of the shortest closed walk that visits all depths, and its edges, worked out when asked for.

    Columns increase in x, the first and last have something to visit, and one is the depot's.
    """
    costs = {START: 0.0}
    steps: list[dict[int, Step]] = []
    for left, column in zip((None, *columns), columns, strict=False):
        crossed = _cross(costs, column.x_m - left.x_m) if left else {START: (0.0, START, 0, 0)}
        costs, step = _serve(crossed, _serving_costs(column, length_m))
        steps.append(step)
    state = min(ENDS, key=lambda end: costs.get(end, inf))
    return costs[state], _edges(columns, steps, state, length_m)


def _serving_costs(column: Column, length_m: float) -> dict[int, float]:
    """Return what each way to serve the column costs; ways that miss a visit are left out."""
    if column.is_depot:
        return {FROM_FRONT: 0.0}
    if not column.depths:
        return {NONE: 0.0, THROUGH: length_m, TWICE: 2 * length_m}
    costs = {
        THROUGH: length_m,
        TWICE: 2 * length_m,
        FROM_BACK: 2 * (length_m - column.depths[0]),
        FROM_FRONT: 2 * column.depths[-1],
    }
    if len(column.depths) > 1:
        costs[BOTH_ENDS] = 2 * (length_m - max(deep - near for near, deep in pairwise(column.depths)))
    return costs


def _cross(costs: Mapping[int, float], width_m: float) -> dict[int, tuple[float, int, int, int]]:
    """Return the cheapest way into each state at the next column: cost, state before, paths along front and back."""
    reached: dict[int, tuple[float, int, int, int]] = {}
    for before, front, back, after in CROSS:
        cost = costs.get(before, inf) + (front + back) * width_m
        if cost < reached.get(after, (inf,))[0]:
            reached[after] = (cost, before, front, back)
    return reached


def _serve(
    crossed: Mapping[int, tuple[float, int, int, int]], serving: Mapping[int, float]
) -> tuple[dict[int, float], dict[int, Step]]:
    """Return the cheapest way into each state after serving a column, and the step that led there."""
    costs: dict[int, float] = {}
    steps: dict[int, Step] = {}
    for before, way, after in SERVE:
        if way in serving and before in crossed:
            cost = crossed[before][0] + serving[way]
            if cost < costs.get(after, inf):
                costs[after] = cost
                steps[after] = (way, *crossed[before][1:])
    return costs, steps


def _edges(columns: Sequence[Column], steps: list[dict[int, Step]], state: int, length_m: float) -> Iterator[Edge]:
    """Return the edges of the walk that ends in the state, read back from the last column to the first."""
    for index in range(len(columns) - 1, -1, -1):
        way, state, front, back = steps[index][state]
        yield from _aisle_edges(index, columns[index], way, length_m)
        for depth, paths in ((0.0, front), (length_m, back)):
            yield from [((index - 1, depth), (index, depth))] * paths


def _aisle_edges(index: int, column: Column, way: int, length_m: float) -> Iterator[Edge]:
    """Return the edges inside a column when it is served in the given way."""
    points = [0.0, *column.depths, length_m]
    pieces = list(pairwise(points))
    if way == NONE or column.is_depot:
        kept: list[tuple[float, float]] = []
    elif way in (THROUGH, TWICE):
        kept = pieces
    elif way == FROM_BACK:
        kept = pieces[1:]
    elif way == FROM_FRONT:
        kept = pieces[:-1]
    else:
        middle = range(1, len(pieces) - 1)
        dropped = max(middle, key=lambda piece: pieces[piece][1] - pieces[piece][0])
        kept = [piece for number, piece in enumerate(pieces) if number != dropped]
    times = 1 if way == THROUGH else 2
    for near, deep in kept:
        yield from [((index, near), (index, deep))] * times


def walk_around(edges: Sequence[Edge], start: Node) -> list[Node]:
    """One closed walk over all edges from the start (Hierholzer), as the nodes in the sequence they are passed."""
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
