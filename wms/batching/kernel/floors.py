"""A floor as arrays: what every measure of a walk needs to know."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

ONE_BLOCK, BLOCKS, MATRIX = 0, 1, 2
"""Kinds of floor: an exact program written out for one block, a table of states for several, a tour by distances."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Floor(NamedTuple):
    """A floor. Sub-aisle `s` is piece `s % blocks` of aisle `s // blocks`; its `width` words begin at `s * width`.

    Columns are the aisles from left to right with the depot's place among them, before aisle `depot`.
    A matrix floor is one sub-aisle without columns, and its `metres` has the depot at 0 and bit n at n + 1.
    """

    kind: int
    blocks: int
    width: int
    depot: int
    approach_m: float
    """The way from the depot to the front cross aisle and back."""
    column_x_m: Floats
    length_m: Floats
    """Length of each block."""
    depth_m: Floats
    """Depth of each bit of each sub-aisle, from its front end: sub-aisles x (width * 64)."""
    serve: Ints
    """Table for several blocks: rows of block, ways (see `crossings`), state before, state after."""
    serve_from: Ints
    """Where each block's rows begin in `serve`, and the end."""
    cross: Ints
    """Rows of paths along each cross aisle as a number in base 3, state before, state after."""
    cross_m: Floats
    """Paths along all cross aisles together, for each row of `cross`."""
    depot_state: Ints
    """The state after a depot's column, for each state before it."""
    is_end: NDArray[np.bool_]
    """Whether the walk is one closed piece in each state."""
    metres: Floats

    @property
    def sub_aisles(self) -> int:
        """How many sub-aisles there are."""
        return len(self.depth_m)

    @property
    def words(self) -> int:
        """How many words a walk takes."""
        return len(self.depth_m) * self.width
