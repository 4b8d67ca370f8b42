"""Plan a frozen file with cutoffs for several numbers of pickers: late orders and metres.

Both are worked out here from the batches alone, by the rules of the file: all pickers start at 0; a batch takes its
set-up, its walk and so long a line; batches start by earliest cutoff, longest first, on the first free picker; an order
is late when its batch ends after its cutoff.
"""

import argparse
import dataclasses
import heapq
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.batching.judging import judge
from tests.benchmarks.batching.shortest import shortest_m
from tests.benchmarks.spent import peak_mb, spending
from wms.batching import Blocks, OrderId, Picker, Problem, Seconds, plan
from wms.batching.files import problem_from

STRICT_WAVES = {16: 197, 18: 60, 20: 20}
STRICT_WAVES_M = 112_735
"""Late orders by pickers, and metres, of a strict wave for each cutoff with savings and exact routes."""


def late_orders(problem: Problem, batches: Sequence[Sequence[OrderId]], pickers: int) -> list[OrderId]:
    """Return the orders whose batch ends after their cutoff."""
    orders = {order.id: order for order in problem.orders}
    jobs = []
    for batch in batches:
        due_s = min(_due_s(orders[order].due_s) for order in batch)
        lines = [line for order in batch for line in orders[order].lines]
        jobs.append((due_s, -_work_s(problem, {line.location for line in lines}, len(lines)), batch))
    free_s = [0.0] * pickers
    late: list[OrderId] = []
    for _, minus_work_s, batch in sorted(jobs, key=lambda job: job[:2]):
        end_s = free_s[0] - minus_work_s
        _ = heapq.heapreplace(free_s, end_s)
        late += [order for order in batch if end_s > _due_s(orders[order].due_s)]
    return late


def _due_s(due_s: float | None) -> float:
    return float("inf") if due_s is None else due_s


def _work_s(problem: Problem, stops: set[object], lines: int) -> float:
    if not isinstance(problem.layout, Blocks):
        raise TypeError("The frozen files have one block.")
    speeds = problem.speeds
    return speeds.setup_s + shortest_m(problem.layout, stops) / speeds.metres_per_s + speeds.unit_s * lines


def main() -> int:
    """Read the options, plan for each number of pickers, print; 1 where a plan is not what it said."""
    given = _options().parse_args()
    problem = problem_from(json.loads(given.file.read_text(encoding="utf-8")))
    with spending() as loading:
        _ = plan(dataclasses.replace(problem, orders=problem.orders[:100]), Seconds(0.01))
    print(f"{given.file.name}: {len(problem.orders):,} orders; compiled code loaded before in {loading.wall_s:.1f} s")
    print(f"{'pickers':>7}{'late':>6}{'metres':>11}{'strict waves: late':>20}{'metres':>9}{'wall s':>9}{'CPU s':>9}")
    results, wrong = [], 0
    for pickers in given.pickers:
        part = dataclasses.replace(problem, pickers=tuple(Picker(id=number + 1) for number in range(pickers)))
        with spending() as spent:
            made = plan(part, Seconds(given.seconds), seed=given.seed)
        judged = judge(part, made)
        late = late_orders(part, judged.batches, pickers)
        faults = judged.faults
        if {order.id for order in made.late} != set(late):
            faults.append(f"The plan says {len(made.late)} orders are late; by the rules of the file {len(late)} are.")
        known = STRICT_WAVES.get(pickers, "-")
        print(
            f"{pickers:>7}{len(late):>6}{judged.metres:>11,.0f}{known:>20}{STRICT_WAVES_M:>9,}"
            f"{spent.wall_s:>9.2f}{spent.cpu_s:>9.2f}",
            flush=True,
        )
        for fault in faults:
            print(f"  WRONG: {fault}", flush=True)
        wrong += bool(faults)
        figures = {"pickers": pickers, "late": len(late), "metres": round(judged.metres, 1)}
        results.append({**figures, "wall_s": round(spent.wall_s, 3), "cpu_s": round(spent.cpu_s, 3)})
    print(f"peak memory {peak_mb():.0f} MB")
    if given.json:
        _ = given.json.write_text(json.dumps(results, indent=1) + "\n")
    return 1 if wrong else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.cutoffs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _ = parser.add_argument("file", type=Path, metavar="FILE", help="cutoffs_3000.json")
    _ = parser.add_argument("--seconds", type=float, default=20.0, help="for each number of pickers (20)")
    _ = parser.add_argument("--pickers", type=_counts, default=[16, 18, 20], help="with commas between (16,18,20)")
    _ = parser.add_argument("--seed", type=int, default=0)
    _ = parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures to this file too")
    return parser


def _counts(text: str) -> list[int]:
    return [int(count) for count in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
