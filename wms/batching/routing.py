"""The router of a floor: how long a set of stops is to walk, and in which sequence.

Inside the engine a stop is a number: the index of its location among those the orders use.
"""

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from wms.batching.block_router import BlockRouter
from wms.batching.layout import Layout, LocationId, SingleBlock
from wms.batching.matrix_router import MatrixRouter

Stops: TypeAlias = frozenset[int]
Rows: TypeAlias = NDArray[np.intp]
Lengths: TypeAlias = NDArray[np.float64]


class WalkTable(Protocol):
    """Many walks side by side, so that joining one of them to each of many others is priced in one go."""

    def put(self, row: int, stops: Stops) -> None:
        """Let the row hold a walk over these stops."""
        ...

    def joined(self, row: int, others: Rows) -> Lengths:
        """Return the length of the row's walk joined with each of the other rows' walks, in metres."""
        ...


class Router(Protocol):
    """Walks on one floor."""

    is_exact: bool

    def metres(self, stops: Stops) -> float:
        """Return the length of the shortest walk known from the depot over the stops and back; 0 for no stops."""
        ...

    def metres_without(self, stops: Stops, gone: Stops) -> float:
        """Return what is left of the walk over the stops when some of them are gone, in metres."""
        ...

    def sequence(self, stops: Stops) -> list[int]:
        """Return the stops in the sequence of that walk."""
        ...

    def far_first(self, stops: Stops) -> tuple[float, ...]:
        """Return a sort key under which walks into the same far corner of the floor stand side by side."""
        ...

    def table(self, walks: Sequence[Stops]) -> WalkTable:
        """Return a table with one row for each walk."""
        ...


def router_for(layout: Layout, used: Sequence[LocationId]) -> Router:
    """Return the router that fits the floor, for the locations in use."""
    if isinstance(layout, SingleBlock):
        return BlockRouter(layout, [layout.places[location] for location in used])
    return MatrixRouter(layout.metres_between(used))
