"""A bound that is called proven is none that a plan can beat: checked against every way to batch a few orders."""

from functools import cache
from itertools import combinations
from random import Random

import pytest

from tests.batching.instances import LOCATIONS, order, problem
from wms.batching import Iterations, Problem, plan, prove
from wms.batching.workload import Workload, workload_of

TOGETHER = 3


def day(number: int, orders: int = 8, most_places: int = 1) -> Problem:
    """Some orders of a few places each, three to a cart."""
    random = Random(number)  # noqa: S311 - the same days each time
    picked = [random.sample(LOCATIONS, random.randint(1, most_places)) for _ in range(orders)]
    return problem(*(order(at, *places) for at, places in enumerate(picked)), totes=TOGETHER)


def shortest_m(work: Workload) -> float:
    """The metres of the best plan, by trying every one."""

    @cache
    def rest_m(left: frozenset[int]) -> float:
        if not left:
            return 0.0
        first = min(left)
        return min(
            work.metres([first, *others]) + rest_m(left.difference([first, *others]))
            for size in range(TOGETHER)
            for others in combinations(left - {first}, size)
        )

    return rest_m(frozenset(work.free))


def test_a_choice_among_some_of_the_batches_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prove, "FEW", 4)
    for number in range(40):
        found = plan(day(number), Iterations(20_000))
        assert found.lower_bound_m is not None
        assert found.lower_bound_m <= shortest_m(workload_of(day(number))) + 1e-6


def test_plans_of_a_few_orders_are_the_shortest_when_they_are_proven() -> None:
    """On the eighth day an order lies on every way, so that its price is 0: it has to walk with somebody too."""
    for number in range(40):
        found = plan(day(number), Iterations(20_000))
        assert found.gap == 0
        assert found.totals.metres == pytest.approx(shortest_m(workload_of(day(number))))


def test_a_dive_that_asks_for_more_batches_than_are_needed_comes_to_an_end() -> None:
    for number in (16, 19, 24):
        found = plan(day(number, orders=7, most_places=3), Iterations(60_000))
        assert found.gap == 0
        assert found.iterations < 60_000


def test_without_effort_for_a_proof_no_bound_is_given() -> None:
    found = plan(day(0), Iterations(0))
    assert (found.lower_bound_m, found.gap) == (None, None)
