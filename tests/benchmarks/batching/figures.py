"""The figures of a run: a line an instance, then means by capacity and over all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean
from typing import Any

from tests.benchmarks.batching.sets import Known
from wms.batching import OrderId

SAME = 0.005
"""Published costs have up to two decimals."""

HEADING = (
    f"{'file':<34}{'orders':>7}{'cap':>5}{'cost':>11}{'best known':>11}{'gap %':>8}"
    f"{'own bound':>11}{'own gap %':>10}{'wall s':>8}{'CPU s':>8}"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """One instance planned: its cost as judged here, the engine's own bound, and what is published of it."""

    file: str
    orders: int
    capacity: int
    cost: float
    bound: float | None
    known: Known | None
    wall_s: float
    cpu_s: float
    batches: list[list[OrderId]]

    @property
    def gap_pct(self) -> float | None:
        """How far above the best known cost."""
        return None if self.known is None else (self.cost / self.known.cost - 1) * 100

    @property
    def is_best(self) -> bool:
        """Whether as good as the best known, or better."""
        return self.known is not None and self.cost <= self.known.cost + SAME

    @property
    def is_proven(self) -> bool:
        """Whether the engine itself proves that no plan is better."""
        return self.bound is not None and self.cost <= self.bound + SAME

    @property
    def own_gap_pct(self) -> float | None:
        """How far above the engine's own bound."""
        return (self.cost / self.bound - 1) * 100 if self.bound else None

    @property
    def bound_distance_pct(self) -> float | None:
        """How far the engine's own bound is below the published one."""
        if self.bound is None or self.known is None or not self.known.bound:
            return None
        return (1 - self.bound / self.known.bound) * 100

    @property
    def faults(self) -> list[str]:
        """What cannot be true beside what is published."""
        if self.known is None:
            return []
        found = []
        if self.known.is_proven and self.cost < self.known.cost - SAME:
            found.append(f"A cost of {self.cost:.2f} is below the proven optimum of {self.known.cost:.2f}.")
        if self.bound is not None and self.bound > self.known.cost + SAME:
            found.append(f"A bound of {self.bound:.2f} is above the known cost of {self.known.cost:.2f}.")
        return found

    def __str__(self) -> str:
        known = None if self.known is None else self.known.cost
        return (
            f"{self.file.rpartition('/')[2]:<34}{self.orders:>7}{self.capacity:>5}{self.cost:>11.2f}"
            f"{_number(known, 11, 2)}{_number(self.gap_pct, 8, 3)}{_number(self.bound, 11, 2)}"
            f"{_number(self.own_gap_pct, 10, 3)}{self.wall_s:>8.2f}{self.cpu_s:>8.2f}"
        )

    def facts(self) -> dict[str, Any]:
        """Return all of it for machines; batches as lists of the orders' numbers in file order."""
        return {
            "file": self.file,
            "orders": self.orders,
            "capacity": self.capacity,
            "cost": round(self.cost, 6),
            "best_known": None if self.known is None else self.known.cost,
            "gap_pct": None if self.gap_pct is None else round(self.gap_pct, 4),
            "bound": None if self.bound is None else round(self.bound, 6),
            "wall_s": round(self.wall_s, 3),
            "cpu_s": round(self.cpu_s, 3),
            "batches": self.batches,
        }


def means(figures: Sequence[Figures]) -> str:
    """Return means by capacity and over all, and beside them what others published for these files."""
    heading = (
        f"{'capacity':<9}{'files':>6}{'gap % mean':>11}{'largest':>9}{'best known %':>13}{'proven %':>9}"
        f"{'own bound below published %':>28}{'wall s':>8}{'CPU s':>8}"
    )
    lines = [heading]
    ordered = sorted(figures, key=lambda one: one.capacity)
    for capacity, group in groupby(ordered, key=lambda one: one.capacity):
        lines.append(_means(str(capacity), list(group)))
    lines.append(_means("all", figures))
    return "\n".join([*lines, *_published(figures)])


def _means(name: str, group: Sequence[Figures]) -> str:
    with_known = [one for one in group if one.known is not None]
    with_bound = [one for one in group if one.bound_distance_pct is not None]
    gaps = _values(group, lambda one: one.gap_pct)
    equal = fmean(one.is_best for one in with_known) * 100 if with_known else None
    distance = _mean(_values(group, lambda one: one.bound_distance_pct))
    words = "none" if distance is None else f"{distance:.3f} ({len(with_bound)} files)"
    return (
        f"{name:<9}{len(group):>6}{_number(_mean(gaps), 11, 3)}{_number(max(gaps, default=None), 9, 3)}"
        f"{_number(equal, 13, 1)}{fmean(one.is_proven for one in group) * 100:>9.1f}{words:>28}"
        f"{fmean(one.wall_s for one in group):>8.2f}{fmean(one.cpu_s for one in group):>8.2f}"
    )


def _published(figures: Sequence[Figures]) -> list[str]:
    """Return a line for each published heuristic: its mean gap and seconds on these files."""
    names = dict.fromkeys(name for one in figures if one.known for name in one.known.others)
    lines = []
    for name in names:
        found = [(one.known.cost, *one.known.others[name]) for one in figures if one.known and name in one.known.others]
        gap_pct = fmean((cost / best - 1) * 100 for best, cost, _ in found)
        seconds = fmean(seconds for _, _, seconds in found)
        lines.append(f"published, {name}: mean gap {gap_pct:.3f} % in {seconds:.1f} s ({len(found)} of these files)")
    return lines


def _values(group: Sequence[Figures], value: Callable[[Figures], float | None]) -> list[float]:
    return [found for one in group if (found := value(one)) is not None]


def _mean(values: Sequence[float]) -> float | None:
    return fmean(values) if values else None


def _number(value: float | None, width: int, decimals: int) -> str:
    # Adding 0 makes a rounded -0.0 a plain one.
    return f"{'-':>{width}}" if value is None else f"{round(value, decimals) + 0.0:>{width}.{decimals}f}"
