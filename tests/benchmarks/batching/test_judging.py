"""The benchmark's own measures: walks by trying every sequence, and plans that are not what they say."""

import dataclasses
import json
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.benchmarks.batching.figures import Figures, means
from tests.benchmarks.batching.instances import Instance, instance_of
from tests.benchmarks.batching.judging import judge
from tests.benchmarks.batching.sets import Known
from tests.benchmarks.batching.shortest import shortest_m, walked_m
from tests.benchmarks.batching.test_formats import PUBLIC
from tests.benchmarks.cutoffs import late_orders
from tests.benchmarks.scale import FIRST_COME_M, first_come_m
from wms.batching import Blocks, LocationId, Plan, Seconds, plan
from wms.batching.files import problem_from

PLACES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=5, unique=True)


def floor(
    places: list[tuple[int, int]], depot_x_m: float = 0.0, *, at_back: bool = False, away_m: float = 0.0
) -> Blocks:
    """Four aisles 3 m apart and 9 m long; a location is called by its number."""
    named: dict[LocationId, tuple[int, float]] = {number: (aisle, float(y)) for number, (aisle, y) in enumerate(places)}
    return Blocks(
        aisle_x_m=(0.0, 3.0, 6.0, 9.0),
        cross_y_m=(0.0, 9.0),
        depot_x_m=depot_x_m,
        depot_m=away_m,
        depot_at_back=at_back,
        places=named,
    )


@settings(max_examples=150, deadline=None)
@given(places=PLACES, depot_x_m=st.integers(-2, 12), at_back=st.booleans(), away_m=st.integers(0, 2))
def test_the_shortest_walk_is_the_shortest_of_all_sequences(
    *, places: list[tuple[int, int]], depot_x_m: int, at_back: bool, away_m: int
) -> None:
    layout = floor(places, float(depot_x_m), at_back=at_back, away_m=float(away_m))
    least_m = min(walked_m(layout, sequence) for sequence in permutations(range(len(places))))
    assert shortest_m(layout, range(len(places))) == pytest.approx(least_m)


def test_a_walk_is_measured_leg_by_leg() -> None:
    layout = floor([(0, 4), (1, 2), (1, 8)], away_m=1.0)
    assert walked_m(layout, [0, 1, 2]) == 2 + 4 + (3 + 6) + 6 + (3 + 8)
    assert walked_m(layout, []) == 0


def small() -> tuple[Instance, Plan]:
    """An instance of three orders on carts of two, and its plan."""
    instance = instance_of(floor([(0, 4), (1, 2), (3, 8)]), [(1, [0]), (1, [1, 0]), (1, [2])], 2)
    return instance, plan(instance.problem, Seconds(0.2))


def test_a_plan_that_is_what_it_says_has_no_faults() -> None:
    instance, made = small()
    judged = judge(instance.problem, made)
    assert judged.faults == []
    assert judged.metres == pytest.approx(made.totals.metres)
    assert sorted(order for batch in judged.batches for order in batch if isinstance(order, int)) == [0, 1, 2]


def test_false_lengths_orders_and_bounds_are_found() -> None:
    instance, made = small()
    shorter = dataclasses.replace(made, totals=dataclasses.replace(made.totals, metres=1.0))
    assert "The plan says 1.0000 m" in judge(instance.problem, shorter).faults[0]
    fewer = dataclasses.replace(made, batches=made.batches[:1])
    assert any("is in 0 batches" in fault for fault in judge(instance.problem, fewer).faults)
    bound = dataclasses.replace(made, lower_bound_m=1e6)
    assert any("above the cost" in fault for fault in judge(instance.problem, bound).faults)
    first = made.batches[0]
    lost = dataclasses.replace(first, route=dataclasses.replace(first.route, stops=first.route.stops[1:]))
    assert any(
        "does not go to" in fault
        for fault in judge(instance.problem, dataclasses.replace(made, batches=(lost, *made.batches[1:]))).faults
    )


def figures(capacity: int, cost: float, bound: float | None = None, *, known: bool = True) -> Figures:
    best = Known(cost=100.0, is_proven=True, bound=100.0, others={"x": (101.0, 2.0)})
    return Figures(
        file="a/b.txt", orders=3, capacity=capacity, cost=cost, bound=bound, known=best if known else None,
        wall_s=1.0, cpu_s=1.5, batches=[[0, 2], [1]],
    )  # fmt: skip


def test_means_are_given_by_capacity_and_over_all() -> None:
    lines = means([figures(30, 100.0, 100.0), figures(30, 102.0, 99.0), figures(45, 101.0)]).splitlines()
    by_name = {line.split()[0]: line.split() for line in lines[1:4]}
    assert by_name["30"][1:6] == ["2", "1.000", "2.000", "50.0", "50.0"]
    assert by_name["45"][1:4] == ["1", "1.000", "1.000"]
    assert by_name["all"][1:4] == ["3", "1.000", "2.000"]
    assert lines[4].startswith("published, x: mean gap 1.000 % in 2.0 s")


def test_without_known_values_costs_alone_are_given() -> None:
    assert means([figures(30, 100.0, known=False)]).splitlines()[1].split()[:3] == ["30", "1", "-"]
    assert figures(30, 100.0, known=False).facts()["gap_pct"] is None


def test_facts_are_the_fields_that_others_check_with() -> None:
    fields = "file orders capacity cost best_known gap_pct bound wall_s cpu_s batches"
    assert list(figures(30, 102.0).facts()) == fields.split()


def test_a_cost_below_a_proven_optimum_is_a_fault() -> None:
    assert figures(30, 100.0, 100.0).faults == []
    assert "below the proven optimum" in figures(30, 99.0).faults[0]
    assert "above the known cost" in figures(30, 101.0, 100.5).faults[0]


def test_late_orders_are_counted_by_earliest_cutoff_and_longest_first() -> None:
    timed = {"cutoffs_s": [20.0, 60.0], "cutoff_of_order": [0, 0, 1], "speed_m_s": 1.0, "line_s": 1.0, "setup_s": 1.0}
    problem = problem_from(
        {
            "format": "wms-frozen-1",
            "layout": {
                "blocks": 1, "aisles": 1, "cells": 9, "aisle_pitch": 4.0, "cell_pitch": 1.0, "end_distance": 1.0,
                "depot_aisle": 0, "depot_end": "front",
            },
            "cart": {"totes": 1},
            "orders": [{"stops": [[0, 0]]}, {"stops": [[0, 7]]}, {"stops": [[0, 8]]}],
            **timed,
            "pickers": [1],
        }
    )  # fmt: skip
    # Set-up, walk and line: 4, 18 and 20 s. One picker ends at 18, 22 and 42; two at 18, 4 and 24.
    assert late_orders(problem, [[0], [1], [2]], 1) == [0]
    assert late_orders(problem, [[0], [1], [2]], 2) == []
    assert late_orders(problem, [[0, 1], [2]], 1) == []


def test_first_come_metres_of_the_frozen_file_are_those_that_are_known() -> None:
    path = PUBLIC / "frozen" / "scale_10000.json"
    if not path.exists():
        pytest.skip("The frozen benchmarks are not beside this checkout.")
    assert round(first_come_m(problem_from(json.loads(path.read_text())))) == FIRST_COME_M[path.name]
