"""Stop rules look at progress and hold no state."""

import pytest

from wms.batching import FirstOf, Iterations, Progress, Seconds, StopRule


@pytest.mark.parametrize(
    ("rule", "iterations", "elapsed_s", "is_reached"),
    [
        (Seconds(5), 10**9, 4.9, False),
        (Seconds(5), 0, 5.0, True),
        (Iterations(3), 2, 10**9, False),
        (Iterations(3), 3, 0, True),
        (FirstOf(Seconds(5), Iterations(3)), 2, 4, False),
        (FirstOf(Seconds(5), Iterations(3)), 3, 4, True),
        (FirstOf(Seconds(5), Iterations(3)), 2, 6, True),
    ],
)
def test_a_rule_says_when_it_is_enough(rule: StopRule, iterations: int, elapsed_s: float, is_reached: bool) -> None:  # noqa: FBT001 - a column of the table
    assert rule.reached(Progress(iterations=iterations, elapsed_s=elapsed_s)) is is_reached
