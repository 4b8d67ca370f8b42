"""Exact walks on a single block, with the sequence of their stops."""

from collections.abc import Sequence

from wms.batching.block_table import BlockTable, Columns
from wms.batching.layout import SingleBlock
from wms.batching.one_block import Column, shortest_walk, walk_around


class BlockRouter:
    """Walks on one block, for stops at the given places (aisle index, depth in metres)."""

    is_exact = True

    def __init__(self, block: SingleBlock, places: Sequence[tuple[int, float]]) -> None:
        """Lay out the block's columns: its aisles and, among them, the depot's place on the front cross aisle."""
        depot = sum(x < block.depot_x_m for x in block.aisle_x_m)
        self._block = Columns(
            x_m=(*block.aisle_x_m[:depot], block.depot_x_m, *block.aisle_x_m[depot:]),
            depot=depot,
            length_m=block.length_m,
            approach_m=2 * block.depot_m,
            places=[(aisle + (aisle >= depot), depth) for aisle, depth in places],
        )
        self._metres: dict[frozenset[int], float] = {frozenset(): 0.0}

    def metres(self, stops: frozenset[int]) -> float:
        """Return the length of the shortest walk over the stops."""
        if stops not in self._metres:
            metres, _ = shortest_walk(self._spanned(stops)[1], self._block.length_m)
            self._metres[stops] = metres + self._block.approach_m
        return self._metres[stops]

    def metres_without(self, stops: frozenset[int], gone: frozenset[int]) -> float:
        """Return the length of the shortest walk over the stops that are left."""
        return self.metres(stops - gone)

    def sequence(self, stops: frozenset[int]) -> list[int]:
        """Return the stops as the shortest walk passes them first."""
        if not stops:
            return []
        first, columns = self._spanned(stops)
        _, edges = shortest_walk(columns, self._block.length_m)
        here: dict[tuple[int, float], list[int]] = {}
        for stop in sorted(stops):
            column, depth = self._block.places[stop]
            here.setdefault((column - first, depth), []).append(stop)
        walk = walk_around(list(edges), (self._block.depot - first, 0.0))
        return [stop for node in walk for stop in here.pop(node, [])]

    def far_first(self, stops: frozenset[int]) -> tuple[float, ...]:
        """Return the columns visited, the one farthest from the depot first."""
        depot_x_m = self._block.x_m[self._block.depot]
        columns = sorted({self._block.places[stop][0] for stop in stops})
        columns.sort(key=lambda column: -abs(self._block.x_m[column] - depot_x_m))
        return tuple(float(column) for column in columns)

    def table(self, walks: Sequence[frozenset[int]]) -> BlockTable:
        """Return a table with one row for each walk."""
        table = BlockTable(self._block, len(walks))
        for row, stops in enumerate(walks):
            table.put(row, stops)
        return table

    def _spanned(self, stops: frozenset[int]) -> tuple[int, list[Column]]:
        """Return the columns a walk spans, and the number of the first."""
        depths: dict[int, set[float]] = {self._block.depot: {0.0}}
        for stop in stops:
            column, depth = self._block.places[stop]
            depths.setdefault(column, set()).add(depth)
        first, last = min(depths), max(depths)
        columns = [
            Column(self._block.x_m[number], tuple(sorted(depths.get(number, ()))), number == self._block.depot)
            for number in range(first, last + 1)
        ]
        return first, columns
