"""Plan a frozen file of many orders: how far below carts filled as orders came, in what time and memory.

The walks of both are measured here, from the batches, each as the shortest over its stops. With --growth the file's
first 1,000, 2,000, 5,000 ... orders are planned with as many steps an order, so that the time shows how it grows.
"""

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.batching.judging import judge
from tests.benchmarks.batching.shortest import shortest_m
from tests.benchmarks.spent import peak_mb, spending
from wms import batching
from wms.batching import Blocks, Iterations, Order, Plan, Problem, Seconds, plan
from wms.batching.files import problem_from

FIRST_COME_M = {"scale_10000.json": 675_623, "scale_50000.json": 3_354_267}
"""What is known of the frozen files: carts of 20 orders as they came, each walked by the shortest route."""
GROWTH = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
_INSERTED = 20
"""Orders held back, and put in one by one."""


def first_come_m(problem: Problem) -> float:
    """Return the metres of carts filled in the sequence of the file, orders of one tote each."""
    totes = problem.carts[0].totes
    groups = [problem.orders[at : at + totes] for at in range(0, len(problem.orders), totes)]
    return sum(_walk_m(problem, group) for group in groups)


def measured(problem: Problem, stop: batching.StopRule, seed: int) -> tuple[dict[str, Any], list[str]]:
    """Plan, and return the figures and what is wrong with the plan."""
    with spending() as spent:
        made = plan(problem, stop, seed=seed)
    judged = judge(problem, made)
    first_m = first_come_m(problem)
    figures = {
        "orders": len(problem.orders),
        "batches": len(made.batches),
        "metres": round(judged.metres, 1),
        "first_come_m": round(first_m, 1),
        "below_first_come_pct": round((1 - judged.metres / first_m) * 100, 2),
        "own_bound_m": made.lower_bound_m,
        "wall_s": round(spent.wall_s, 3),
        "cpu_s": round(spent.cpu_s, 3),
        "iterations": made.iterations,
        "peak_mb": round(peak_mb()),
    }
    return figures, judged.faults


def inserted_ms(problem: Problem, seconds: float, seed: int) -> list[float] | None:
    """Return the milliseconds that each of the last orders takes to go into a plan; None without `insert`."""
    insert = getattr(batching, "insert", None)
    if insert is None:
        return None
    held = problem.orders[-_INSERTED:]
    problem = dataclasses.replace(problem, orders=problem.orders[: -len(held)])
    made: Plan = plan(problem, Seconds(seconds), seed=seed)
    times_ms = []
    for order in held:
        started_s = time.perf_counter()
        made = insert(problem, made, order)
        times_ms.append((time.perf_counter() - started_s) * 1000)
        problem = dataclasses.replace(problem, orders=(*problem.orders, order))
    faults = judge(problem, made).faults
    if faults:
        raise RuntimeError(f"The plan with the orders inserted is wrong: {faults[0]}")
    return times_ms


def _walk_m(problem: Problem, orders: Sequence[Order]) -> float:
    if not isinstance(problem.layout, Blocks):
        raise TypeError("The frozen files have one block.")
    return shortest_m(problem.layout, {line.location for order in orders for line in order.lines})


def main() -> int:
    """Read the options, plan, print; 1 where something is not what it said."""
    given = _options().parse_args()
    with spending() as reading:
        problem = problem_from(json.loads(given.file.read_text(encoding="utf-8")))
    print(f"{given.file.name}: {len(problem.orders):,} orders, read in {reading.wall_s:.2f} s, {peak_mb():.0f} MB")
    faults = _check_reference(given.file.name, problem)
    warm = dataclasses.replace(problem, orders=problem.orders[:100])
    with spending() as loading:
        _ = plan(warm, Seconds(0.01), seed=given.seed)
    print(f"compiled code loaded before in {loading.wall_s:.1f} s")
    sizes = [size for size in GROWTH if size < len(problem.orders)] + [len(problem.orders)] if given.growth else []
    results = []
    for size in sizes or [len(problem.orders)]:
        part = dataclasses.replace(problem, orders=problem.orders[:size])
        stop = Iterations(size * given.steps) if given.growth else Seconds(given.seconds)
        figures, wrong = measured(part, stop, given.seed)
        results.append(figures)
        faults += wrong
        _print(figures)
    if given.insert:
        times_ms = inserted_ms(problem, given.seconds, given.seed)
        if times_ms is None:
            print("inserting: the engine has no `insert`")
        else:
            print(f"inserting an order: median {median(times_ms):.1f} ms, slowest {max(times_ms):.1f} ms")
    for fault in faults:
        print(f"WRONG: {fault}")
    if given.json:
        _ = given.json.write_text(json.dumps(results, indent=1) + "\n")
    return 1 if faults else 0


def _print(figures: dict[str, Any]) -> None:
    per_thousand_s = figures["wall_s"] / figures["orders"] * 1000
    below = f"{figures['below_first_come_pct']:>6.2f} % below"
    print(
        f"{figures['orders']:>7,} orders: {figures['metres']:>12,.0f} m, {below} "
        f"first-come ({figures['first_come_m']:,.0f} m), {figures['wall_s']:>7.2f} s wall ({per_thousand_s:.3f} s a "
        f"thousand), {figures['cpu_s']:>7.2f} s CPU, peak {figures['peak_mb']} MB, {figures['iterations']:,} steps",
        flush=True,
    )


def _check_reference(name: str, problem: Problem) -> list[str]:
    """Work out the first-come metres and set them beside the figure that is known."""
    first_m = first_come_m(problem)
    known_m = FIRST_COME_M.get(name)
    print(f"carts filled as orders came: {first_m:,.1f} m" + (f" (known: {known_m:,} m)" if known_m else ""))
    if known_m and round(first_m) != known_m:
        return [f"First-come is {first_m:,.1f} m here and {known_m:,} m in the files' description."]
    return []


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.scale",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _ = parser.add_argument("file", type=Path, metavar="FILE", help="scale_10000.json or scale_50000.json")
    _ = parser.add_argument("--seconds", type=float, default=5.0)
    _ = parser.add_argument("--seed", type=int, default=0)
    _ = parser.add_argument("--growth", action="store_true", help="plan growing parts of the file, by steps")
    _ = parser.add_argument("--steps", type=int, default=1_000, help="steps an order with --growth (1000)")
    _ = parser.add_argument("--insert", action="store_true", help="time the inserting of single orders too")
    _ = parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures to this file too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
