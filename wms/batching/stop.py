"""When to stop planning: rules that look at the progress so far and say how much of the effort is spent.

Rules hold no state, so one rule can serve many plans, and a plan by iterations repeats itself exactly.
"""

from dataclasses import dataclass
from math import inf
from typing import Protocol

TRIES_A_SECOND = 3e6
"""How many changes two threads of an ordinary machine try; only how hot an annealing begins depends on it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a plan has come: changes tried, seconds since the start, its metres (inf: no plan yet) and their bound.

    Metres hold the price of moved orders too. The bound is 0 where none is known. A problem of
    several zones is planned zone by zone: the figures are then those of the zone at work.
    """

    iterations: int
    elapsed_s: float
    metres: float = inf
    bound_m: float = 0.0
    late_orders: int = 0

    @property
    def gap(self) -> float:
        """The share by which the plan is longer than its bound; inf where that is not known."""
        return self.metres / self.bound_m - 1.0 if self.bound_m > 0.0 else inf


class StopRule(Protocol):
    """Says when a plan is good enough; the best plan so far is then returned."""

    def spent(self, progress: Progress) -> float:
        """Return the share of the effort that is used up: 1 or more means stop."""
        ...

    def seconds_left(self, progress: Progress) -> float:
        """Return the seconds after which planning must stop, inf where time is no matter."""
        ...

    def tries_left(self, progress: Progress) -> float:
        """Return about how many changes can still be tried, inf where that is not known."""
        ...


@dataclass(frozen=True, slots=True)
class Seconds:
    """Stop after so many seconds of wall time."""

    limit_s: float

    def spent(self, progress: Progress) -> float:
        """Return the share of the time that is gone."""
        return progress.elapsed_s / self.limit_s if self.limit_s > 0 else 1.0

    def seconds_left(self, progress: Progress) -> float:
        """Return the rest of the time."""
        return max(0.0, self.limit_s - progress.elapsed_s)

    def tries_left(self, progress: Progress) -> float:
        """Return how many changes usually fit into the rest of the time."""
        return TRIES_A_SECOND * self.seconds_left(progress)


@dataclass(frozen=True, slots=True)
class Iterations:
    """Stop after so many iterations: the same problem and seed then give the same plan on any machine."""

    limit: int

    def spent(self, progress: Progress) -> float:
        """Return the share of the iterations that have been tried."""
        return progress.iterations / self.limit if self.limit > 0 else 1.0

    def seconds_left(self, progress: Progress) -> float:  # noqa: ARG002 - part of the protocol
        """Return that time is no matter."""
        return inf

    def tries_left(self, progress: Progress) -> float:
        """Return the rest of the iterations."""
        return float(max(0, self.limit - progress.iterations))


@dataclass(frozen=True, slots=True)
class Gap:
    """Stop as soon as nothing is late and the plan is proven to be within this share of the shortest (0: proven best).

    It never ends a plan in which orders are late, for lateness comes before metres and nobody proves that there must be
    some; nor one for which no bound is worked out: of more than 300 orders, of more than nine orders a batch, or where
    routes are not exact. So give it together with a rule that ends by itself, as in
    `FirstOf(Seconds(10), Gap(0.01))`.
    """

    share: float

    def spent(self, progress: Progress) -> float:
        """Return 1 when the plan is that good, else 0."""
        return 1.0 if progress.late_orders == 0 and progress.gap <= self.share else 0.0

    def seconds_left(self, progress: Progress) -> float:  # noqa: ARG002 - part of the protocol
        """Return that time is no matter."""
        return inf

    def tries_left(self, progress: Progress) -> float:  # noqa: ARG002 - part of the protocol
        """Return that nobody knows."""
        return inf


class FirstOf:
    """Stop as soon as any of the given rules says so."""

    def __init__(self, *rules: StopRule) -> None:
        """Take the rules; give at least one that ends by itself, by seconds or iterations."""
        self._rules = rules

    def spent(self, progress: Progress) -> float:
        """Return the share of the rule that is farthest."""
        return max((rule.spent(progress) for rule in self._rules), default=1.0)

    def seconds_left(self, progress: Progress) -> float:
        """Return the seconds of the rule that ends first."""
        return min((rule.seconds_left(progress) for rule in self._rules), default=0.0)

    def tries_left(self, progress: Progress) -> float:
        """Return the changes of the rule that ends first."""
        return min((rule.tries_left(progress) for rule in self._rules), default=0.0)
