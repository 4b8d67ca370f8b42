"""The states of a walk on a floor with several cross aisles, and the steps between them, worked out once a floor.

Sources: Roodbergen and de Koster, "Routing methods for warehouses with multiple cross aisles" (2001); Cambazard and
Catusse, "Fixed-parameter algorithms for rectilinear Steiner tree and rectilinear traveling salesman problem" (2018).
After each column the walk so far is known by two things at each cross aisle: whether the paths that end there are
none, odd or even in number, and which of these ends hang together. There are 7, 25, 113 such states for 1, 2, 3 blocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

NONE, ODD, EVEN = range(3)

THROUGH, TWICE, FRONT, BACK, SPLIT, FRONT_OR_SPLIT, BACK_OR_SPLIT, ANY_END = range(8)
"""Ways to serve a sub-aisle with stops: through once or twice, out and back from an end or both, or the shorter."""

_SHORTER_OF = {
    frozenset({FRONT, SPLIT}): FRONT_OR_SPLIT,
    frozenset({BACK, SPLIT}): BACK_OR_SPLIT,
    frozenset({FRONT, BACK, SPLIT}): ANY_END,
}

State: TypeAlias = tuple[tuple[int, int], ...]
"""For each cross aisle: none, odd or even, and the number of the piece it belongs to (0 for none)."""


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """The table of a number of blocks; the columns of the arrays are told in `kernel.floors.Floor`."""

    serve: NDArray[np.int64]
    serve_from: NDArray[np.int64]
    cross: NDArray[np.int64]
    cross_m: NDArray[np.float64]
    depot_state: NDArray[np.int64]
    is_end: NDArray[np.bool_]


@cache
def crossings(blocks: int) -> Crossings:
    """Return the table for so many blocks."""
    number: dict[State, int] = {((NONE, 0),) * (blocks + 1): 0}
    pending = list(number)
    serve: set[tuple[int, int, int, int]] = set()
    cross: list[tuple[int, int, int]] = []
    depot: dict[int, int] = {}

    def numbered(state: State) -> int:
        if state not in number:
            number[state] = len(number)
            pending.append(state)
        return number[state]

    for state in pending:
        here = number[state]
        for block in range(blocks):
            serve |= {(block, way, here, numbered(after)) for way, after in _served(state, block)}
        cross += [(code, here, numbered(after)) for code, after in _crossed(state)]
        depot[here] = numbered(_touched(state, 0))
    rows = np.array(sorted(serve), dtype=np.int64)
    return Crossings(
        serve=rows,
        serve_from=np.searchsorted(rows[:, 0], np.arange(blocks + 1)),
        cross=np.array(cross, dtype=np.int64),
        cross_m=np.array([sum(paths_of(code, blocks)) for code, _, _ in cross], dtype=np.float64),
        depot_state=np.array([depot[state] for state in range(len(number))], dtype=np.int64),
        is_end=np.array([_is_end(state) for state in number]),
    )


def paths_of(code: int, blocks: int) -> tuple[int, ...]:
    """Return the paths along each cross aisle that a row of `cross` stands for."""
    return tuple(code // 3**level % 3 for level in range(blocks + 1))


def _served(state: State, block: int) -> Iterator[tuple[int, State]]:
    """Return the ways to serve a sub-aisle and the state after each; of those that lead to one state, the shorter."""
    yield THROUGH, _joined(state, block, paths=1)
    front, back = state[block], state[block + 1]
    if not (front[0] and front[1] == back[1]):
        yield TWICE, _joined(state, block, paths=2)
    after: dict[State, set[int]] = {}
    after.setdefault(_touched(state, block), set()).add(FRONT)
    after.setdefault(_touched(state, block + 1), set()).add(BACK)
    after.setdefault(_touched(_touched(state, block), block + 1), set()).add(SPLIT)
    for reached, ways in after.items():
        yield _SHORTER_OF.get(frozenset(ways), min(ways)), reached


def _touched(state: State, level: int) -> State:
    """Return the state after a walk out from a cross aisle and back again."""
    if state[level][0]:
        return state
    fresh = 1 + max(piece for _, piece in state)
    return _canonical((*state[:level], (EVEN, fresh), *state[level + 1 :]))


def _grown(degree: int, paths: int) -> int:
    """Return whether an end is odd or even with one or two more paths."""
    if paths == 1:
        return EVEN if degree == ODD else ODD
    return degree or EVEN


def _joined(state: State, block: int, *, paths: int) -> State:
    """Return the state after walking through a sub-aisle once or twice."""
    fresh = 1 + max(piece for _, piece in state)
    ends = []
    merged = {piece for _, piece in state[block : block + 2] if piece}
    for level, (degree, piece) in enumerate(state):
        if level in (block, block + 1):
            grown = degree if paths == 2 and degree else EVEN if paths == 2 or degree == ODD else ODD  # noqa: PLR2004 - there and back
            ends.append((grown, fresh))
        else:
            ends.append((degree, fresh if piece in merged else piece))
    return _canonical(tuple(ends))


def _crossed(state: State) -> Iterator[tuple[int, State]]:
    """Return the paths to the next column that leave every end even and no piece behind, and the state there."""
    pieces = {piece for _, piece in state if piece}
    choices = [(0,) if degree == NONE else (1,) if degree == ODD else (0, 2) for degree, _ in state]
    for paths in product(*choices):
        after = tuple(
            (paths_here, piece if paths_here else 0) for paths_here, (_, piece) in zip(paths, state, strict=True)
        )
        if pieces and {piece for _, piece in after if piece} == pieces:
            yield sum(count * 3**level for level, count in enumerate(paths)), _canonical(after)


def _is_end(state: State) -> bool:
    """Whether the walk is one closed piece."""
    return {piece for _, piece in state if piece} == {1} and all(degree != ODD for degree, _ in state)


def _canonical(state: State) -> State:
    """Number the pieces in the sequence in which they appear."""
    numbers = {0: 0}
    return tuple((degree, numbers.setdefault(piece, len(numbers))) for degree, piece in state)
