"""Compiled ahead of the first plan, and loaded only by those who plan."""

import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from numba.core.dispatcher import Dispatcher

from tests.house.source import ROOT
from wms.batching import Iterations, Speeds, kernel, plan
from wms.batching.warm import problems, warm

A_FEW = 100


def compiled_functions() -> dict[str, Dispatcher]:
    """All functions of the kernel that get compiled by themselves, not into others."""
    modules = [import_module(f"{kernel.__name__}.{found.name}") for found in iter_modules(kernel.__path__)]
    return {
        f"{module.__name__}.{name}": function
        for module in modules
        for name, function in vars(module).items()
        if isinstance(function, Dispatcher)
        and function.__module__ == module.__name__
        and function.targetoptions.get("inline") != "always"
    }


def plan_whole_numbers() -> None:
    """Plan what gives whole numbers where floats are meant, as a file may."""
    speeds = Speeds(metres_per_s=1, stop_s=0, unit_s=0, setup_s=0)
    for day in problems():
        if len(day.orders) < A_FEW:
            _ = plan(replace(day, speeds=speeds), Iterations(100))


def test_warming_up_leaves_every_function_compiled() -> None:
    warm()
    functions = compiled_functions()
    assert len(functions) > 20
    kept = {name: function.__dict__["_cache"]._cache_file._load_index() for name, function in functions.items()}
    assert [name for name, overloads in kept.items() if not overloads] == []


def test_after_warming_up_a_new_process_compiles_nothing() -> None:
    warm()
    program = (
        "from tests.batching.test_warm import compiled_functions, plan_whole_numbers;"
        "from wms.batching.warm import warm; warm(); plan_whole_numbers();"
        "print([name for name, function in compiled_functions().items() if function.stats.cache_misses])"
    )
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_the_first_plan_of_a_new_process_begins_at_once() -> None:
    """Compiling takes ten seconds and more of the processor's time, and loading what was compiled a second."""
    warm()
    program = (
        "from time import process_time; from wms.batching import Iterations, plan;"
        "from wms.batching.warm import problems; day = next(problems()); began_s = process_time();"
        "plan(day, Iterations(100)); print(process_time() - began_s)"
    )
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(answer.stdout) < 5.0


def test_who_does_not_plan_does_not_wait_for_the_compiler() -> None:
    program = "import sys, wms.app, wms.cli, wms.cli.planning; print({'numba', 'highspy'} & {*sys.modules})"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"


def test_planning_prints_nothing() -> None:
    program = (
        "from wms.batching import Iterations, plan; from wms.batching.warm import problems;"
        "plan(next(problems()), Iterations(100))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert (answer.stdout, answer.stderr) == ("", "")
