"""One stop rule for several plans: each gets its share of the effort, and what one leaves over goes to the next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf

from wms.batching.plans import Plan
from wms.batching.problem import Problem
from wms.batching.stop import Progress, StopRule


@dataclass(frozen=True, slots=True)
class ShareOf:
    """Stop when so much is used up of what another rule still had when we began."""

    rule: StopRule
    share: float
    began: Progress

    def spent(self, progress: Progress) -> float:
        """Return the share of our share."""
        before = self.rule.spent(self.began)
        ours = self.share * (1.0 - before)
        return (self.rule.spent(self._whole(progress)) - before) / ours if ours > 0 else 1.0

    def seconds_left(self, progress: Progress) -> float:
        """Return the seconds that are left but for those of the others."""
        return self._ours(self.rule.seconds_left(self.began), self.rule.seconds_left(self._whole(progress)))

    def tries_left(self, progress: Progress) -> float:
        """Return the changes that are left but for those of the others."""
        return self._ours(self.rule.tries_left(self.began), self.rule.tries_left(self._whole(progress)))

    def _whole(self, progress: Progress) -> Progress:
        """Return our progress on top of what was there when we began."""
        return replace(
            progress,
            iterations=self.began.iterations + progress.iterations,
            elapsed_s=self.began.elapsed_s + progress.elapsed_s,
        )

    def _ours(self, at_first: float, now: float) -> float:
        return inf if now == inf else max(0.0, now - at_first * (1.0 - self.share))


def plan_each(problems: Sequence[Problem], stop: StopRule, search: Callable[[Problem, StopRule], Plan]) -> list[Plan]:
    """Plan one problem after the other, each with as much of the effort as it has of the orders."""
    plans: list[Plan] = []
    began = Progress(iterations=0, elapsed_s=0.0)
    orders = sum(len(problem.orders) for problem in problems)
    for problem in problems:
        share = len(problem.orders) / orders if orders else 1.0
        plans.append(search(problem, ShareOf(stop, share, began) if len(problems) > 1 else stop))
        orders -= len(problem.orders)
        began = replace(
            began,
            iterations=began.iterations + plans[-1].iterations,
            elapsed_s=began.elapsed_s + plans[-1].elapsed_s,
        )
    return plans
