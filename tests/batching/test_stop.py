"""Stop rules look at progress and hold no state."""

from math import inf

import pytest

from wms.batching import FirstOf, Gap, Iterations, Progress, Seconds, StopRule


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
        (Gap(0.01), Progress(iterations=3, elapsed_s=1, gap=0.02), 0.0),
        (Gap(0.01), Progress(iterations=3, elapsed_s=1, gap=0.01), 1.0),
        (FirstOf(Seconds(5), Iterations(4)), Progress(iterations=2, elapsed_s=4), 0.8),
        (FirstOf(Seconds(5), Iterations(4)), Progress(iterations=2, elapsed_s=1), 0.5),
        (FirstOf(Seconds(5), Gap(0.0)), Progress(iterations=2, elapsed_s=1, gap=0.0), 1.0),
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
