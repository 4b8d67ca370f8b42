"""The plan does not depend on how many cores a machine has."""

import os
import subprocess
import sys

import pytest

from tests.house.source import ROOT
from wms.batching import Iterations, plan
from wms.batching.warm import problems

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def described() -> str:
    """Plan each kind of problem that is compiled for; every batch, what is late and the bound."""
    plans = [plan(day, Iterations(20_000), seed=7) for day in problems()]
    return "\n".join(repr((found.batches, found.late, found.lower_bound_m)) for found in plans)


def described_on(cores: set[int]) -> str:
    """The same in a new process that may use these cores only."""
    program = (
        f"import os; os.sched_setaffinity(0, {cores!r});"
        "from tests.batching.test_cores import described; print(described())"
    )
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return answer.stdout


@pytest.mark.skipif(CORES == 1, reason="this machine lends one core only, so there is nothing to compare")
def test_one_core_and_all_cores_give_the_same_plan() -> None:
    cores = os.sched_getaffinity(0)
    assert described_on({min(cores)}) == described_on(cores) != ""
