"""Stop rules look at progress and hold no state."""

from dataclasses import replace
from math import inf

import pytest

from tests.batching.instances import order, problem
from wms.batching import FirstOf, Gap, Iterations, Progress, Seconds, StopRule, plan


@pytest.mark.parametrize(
    ("rule", "progress", "spent"),
    [
        (Seconds(5), Progress(iterations=10**9, elapsed_s=4), 0.8),
        (Seconds(5), Progress(iterations=0, elapsed_s=5), 1.0),
        (Seconds(0), Progress(iterations=0, elapsed_s=0), 1.0),
        (Iterations(4), Progress(iterations=3, elapsed_s=10**9), 0.75),
        (Iterations(3), Progress(iterations=3, elapsed_s=0), 1.0),
        (Iterations(0), Progress(iterations=0, elapsed_s=0), 1.0),
        (Gap(0.01), Progress(iterations=3, elapsed_s=1), 0.0),
        (Gap(0.01), Progress(iterations=3, elapsed_s=1, metres=50.0), 0.0),
        (Gap(0.01), Progress(iterations=3, elapsed_s=1, metres=102.0, bound_m=100.0), 0.0),
        (Gap(0.25), Progress(iterations=3, elapsed_s=1, metres=125.0, bound_m=100.0), 1.0),
        (FirstOf(Seconds(5), Iterations(4)), Progress(iterations=2, elapsed_s=4), 0.8),
        (FirstOf(Seconds(5), Iterations(4)), Progress(iterations=2, elapsed_s=1), 0.5),
        (FirstOf(Seconds(5), Gap(0.0)), Progress(iterations=2, elapsed_s=1, metres=99.0, bound_m=99.0), 1.0),
        (FirstOf(), Progress(iterations=0, elapsed_s=0), 1.0),
    ],
)
def test_a_rule_says_how_much_of_the_effort_is_spent(rule: StopRule, progress: Progress, spent: float) -> None:
    assert rule.spent(progress) == pytest.approx(spent)


@pytest.mark.parametrize(
    ("rule", "left_s"),
    [
        (Seconds(5), 2.0),
        (Seconds(2), 0.0),
        (Iterations(3), inf),
        (Gap(0.1), inf),
        (FirstOf(Seconds(9), Seconds(5), Iterations(3)), 2.0),
        (FirstOf(), 0.0),
    ],
)
def test_a_rule_says_how_many_seconds_are_left(rule: StopRule, left_s: float) -> None:
    assert rule.seconds_left(Progress(iterations=1, elapsed_s=3)) == left_s


@pytest.mark.parametrize(
    ("rule", "most"),
    [(Iterations(7), 5), (FirstOf(Seconds(9), Iterations(7)), 5), (Gap(0.1), inf), (Iterations(1), 0)],
)
def test_a_rule_says_about_how_many_changes_can_still_be_tried(rule: StopRule, most: float) -> None:
    assert rule.tries_left(Progress(iterations=2, elapsed_s=0)) == most


class Watched:
    """A number of iterations that notes each progress it is asked about."""

    def __init__(self, limit: int) -> None:
        self._rule = Iterations(limit)
        self.seen: list[Progress] = []

    def spent(self, progress: Progress) -> float:
        self.seen.append(progress)
        return self._rule.spent(progress)

    def seconds_left(self, progress: Progress) -> float:
        return self._rule.seconds_left(progress)

    def tries_left(self, progress: Progress) -> float:
        return self._rule.tries_left(progress)


def test_a_rule_sees_metres_fall_and_the_bound_rise_until_they_are_those_of_the_plan() -> None:
    places = [f"{aisle}{cell}" for cell in (1, 4, 8) for aisle in "AB"]
    day = replace(problem(*(order(at, place) for at, place in enumerate(places))), frozen=((0, 5),))
    watched = Watched(50_000)
    made = plan(day, watched)
    metres, bounds = [one.metres for one in watched.seen], [one.bound_m for one in watched.seen]
    assert metres == sorted(metres, reverse=True)
    assert bounds == sorted(bounds)
    assert made.lower_bound_m is not None
    assert metres[-1] == pytest.approx(made.totals.metres)
    assert bounds[-1] == pytest.approx(made.lower_bound_m)
