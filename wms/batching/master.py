"""The covering program: which of the known batches, in which shares, cover every order for the fewest metres.

Solved by HiGHS. Batches are columns, orders are rows; a cut is a row for a triple of orders: of batches that hold two
or more of them at most one can be chosen (Jepsen, Petersen, Spoorendonk and Pisinger 2008).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

import highspy
import numpy as np

from wms.batching.kernel.floors import Floats

Members: TypeAlias = tuple[int, ...]
Triple: TypeAlias = tuple[int, int, int]

TWO_OF_THREE = 2


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Shares:
    """A solution in shares: metres, what orders, one batch more and cuts are worth, each column's share, its steps."""

    metres: float
    order_m: Floats
    batch_m: float
    fine_m: Floats
    shares: Floats
    steps: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The numbers of whole batches that cover every order, whether no others are shorter, and the steps it took."""

    chosen: list[int]
    is_proven: bool
    steps: int


class Master:
    """The program with the columns and cuts known so far; each solution starts from the one before."""

    def __init__(self, orders: int, left_out_m: float) -> None:
        """Begin with a row an order, a row that counts batches, and a column for leaving each order out, dearly.

        Those columns come first and have no members; only where too few batches are asked for do they have a share.
        """
        self.columns: list[Members] = []
        self.metres: list[float] = []
        self.triples: list[Triple] = []
        self._known: set[Members] = set()
        self._orders = orders
        self._solver = _quiet_solver()
        _add_orders(self._solver, orders)
        _ = self._solver.addRow(0.0, highspy.kHighsInf, 0, np.zeros(0, dtype=np.int32), np.zeros(0))
        self.columns.extend(() for _ in range(orders))
        self.metres.extend(left_out_m for _ in range(orders))
        _add_batches(self._solver, [[number] for number in range(orders)], self.metres, highspy.kHighsInf)

    def add(self, batches: Iterable[tuple[Members, float]]) -> int:
        """Add the batches that are not known yet, with their metres; return how many were added."""
        fresh = [(members, metres) for members, metres in batches if members not in self._known]
        fresh = list(dict(fresh).items())
        if not fresh:
            return 0
        rows = [self._rows_of(members) for members, _ in fresh]
        _add_batches(self._solver, rows, [metres for _, metres in fresh], highspy.kHighsInf)
        for members, metres in fresh:
            self._known.add(members)
            self.columns.append(members)
            self.metres.append(metres)
        return len(fresh)

    def cut(self, triples: Sequence[Triple]) -> None:
        """Add a row for each triple."""
        _add_cuts(self._solver, self.columns, triples)
        self.triples.extend(triples)

    def count_batches(self, least: float, most: float) -> None:
        """Ask for so many batches."""
        _ = self._solver.changeRowBounds(self._orders, least, most)

    def require(self, numbers: Iterable[int], *, covered: bool) -> None:
        """Ask that orders are covered, or leave it open."""
        for number in numbers:
            _ = self._solver.changeRowBounds(number, 1.0 if covered else 0.0, highspy.kHighsInf)

    def solve(self) -> Shares:
        """Return the best solution in shares."""
        _ = self._solver.run()
        solution = self._solver.getSolution()
        duals = np.array(solution.row_dual)
        return Shares(
            metres=float(self._solver.getInfo().objective_function_value),
            order_m=np.maximum(duals[: self._orders], 0.0),
            batch_m=float(duals[self._orders]),
            fine_m=np.maximum(-duals[self._orders + 1 :], 0.0),
            shares=np.array(solution.col_value),
            steps=int(self._solver.getInfo().simplex_iteration_count),
        )

    def _rows_of(self, members: Members) -> list[int]:
        """Return the rows in which a batch stands."""
        held = set(members)
        cuts = (at for at, triple in enumerate(self.triples) if len(held.intersection(triple)) >= TWO_OF_THREE)
        return [*members, self._orders, *(self._orders + 1 + at for at in cuts)]


def choose_batches(
    columns: Sequence[Members],
    metres: Sequence[float],
    triples: Sequence[Triple],
    start: Sequence[int],
    required: Sequence[int],
    *,
    seconds: float,
    nodes: int,
) -> Choice:
    """Return the batches that cover every order for the fewest metres found.

    `start` are the numbers of a choice known before, which is returned where nothing better turns up. HiGHS does not
    simplify the program beforehand: with its presolve it called choices best that were not.
    """
    solver = _quiet_solver()
    for option, value in (
        ("time_limit", seconds), ("mip_max_nodes", nodes), ("mip_rel_gap", 0.0), ("presolve", "off"),
    ):  # fmt: skip
        _ = solver.setOptionValue(option, value)
    row_of = {number: row for row, number in enumerate(required)}
    _add_orders(solver, len(required))
    _add_batches(solver, [[row_of[number] for number in members] for members in columns], metres, 1.0)
    count = len(columns)
    whole = np.full(count, highspy.HighsVarType.kInteger)
    _ = solver.changeColsIntegrality(count, np.arange(count, dtype=np.int32), whole)
    _add_cuts(solver, columns, triples)
    known = highspy.HighsSolution()
    taken = np.zeros(count)
    taken[list(start)] = 1.0
    known.col_value = taken.tolist()
    _ = solver.setSolution(known)
    _ = solver.run()
    is_proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    values, info = np.array(solver.getSolution().col_value), solver.getInfo()
    chosen = list(start)
    if len(values) == count and info.objective_function_value <= sum(metres[at] for at in start):
        chosen = [int(at) for at in np.flatnonzero(values > 0.5)]  # noqa: PLR2004 - whole numbers, rounded
    return Choice(chosen=chosen, is_proven=is_proven, steps=int(info.simplex_iteration_count))


def _add_orders(solver: highspy.Highs, orders: int) -> None:
    """Add a row an order: it is covered once or more."""
    none = np.zeros(orders, dtype=np.int32)
    nothing = np.zeros(0, dtype=np.int32)
    most = np.full(orders, highspy.kHighsInf)
    _ = solver.addRows(orders, np.ones(orders), most, 0, none, nothing, np.zeros(0))


def _add_batches(
    solver: highspy.Highs, rows: Sequence[Sequence[int]], metres: Sequence[float], most_share: float
) -> None:
    """Add a column a batch, by the rows in which it stands and its metres."""
    count = len(rows)
    starts = np.array([0, *accumulate(map(len, rows))][:-1], dtype=np.int32)
    indices = np.array([row for standing in rows for row in standing], dtype=np.int32)
    most = np.full(count, most_share)
    ones = np.ones(len(indices))
    _ = solver.addCols(count, np.array(metres), np.zeros(count), most, len(indices), starts, indices, ones)


def _add_cuts(solver: highspy.Highs, columns: Sequence[Members], triples: Iterable[Triple]) -> None:
    """Add a row a triple: of the batches that hold two or more of it at most one is chosen."""
    for triple in triples:
        held = _holding(columns, triple)
        _ = solver.addRow(-highspy.kHighsInf, 1.0, len(held), np.array(held, dtype=np.int32), np.ones(len(held)))


def _holding(columns: Sequence[Members], triple: Triple) -> list[int]:
    """Return the numbers of the batches that hold two or more of a triple."""
    wanted = set(triple)
    return [at for at, members in enumerate(columns) if len(wanted.intersection(members)) >= TWO_OF_THREE]


class _Quiet(highspy.Highs):
    """A solver that says nothing: HiGHS prints its name on the standard output when callbacks are set up."""

    def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS's own name for it
        """Set callbacks up after silence has been asked for."""
        _ = self.setOptionValue("output_flag", False)
        super().enableCallbacks()


def _quiet_solver() -> highspy.Highs:
    """Return a solver that says nothing and uses one thread, so that it repeats itself."""
    solver = _Quiet()
    for option, value in (("threads", 1), ("solver", "simplex")):
        _ = solver.setOptionValue(option, value)
    return solver
