"""When to stop planning: rules that look at the progress so far and say "enough".

Rules hold no state, so one rule can serve many plans and a plan by iterations repeats itself exactly.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a plan has come: merges and improvement steps tried, and seconds since the start."""

    iterations: int
    elapsed_s: float


class StopRule(Protocol):
    """Says when a plan is good enough; the best plan so far is then returned."""

    def reached(self, progress: Progress) -> bool:
        """Whether planning should end now."""
        ...


@dataclass(frozen=True, slots=True)
class Seconds:
    """Stop after so many seconds of wall time."""

    limit_s: float

    def reached(self, progress: Progress) -> bool:
        """Whether the time is used up."""
        return progress.elapsed_s >= self.limit_s


@dataclass(frozen=True, slots=True)
class Iterations:
    """Stop after so many iterations: the same problem and seed then give the same plan on any machine."""

    limit: int

    def reached(self, progress: Progress) -> bool:
        """Whether all iterations have been tried."""
        return progress.iterations >= self.limit


class FirstOf:
    """Stop as soon as any of the given rules says so."""

    def __init__(self, *rules: StopRule) -> None:
        self._rules = rules

    def reached(self, progress: Progress) -> bool:
        """Whether one of the rules has been reached."""
        return any(rule.reached(progress) for rule in self._rules)
