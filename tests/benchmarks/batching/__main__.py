"""Plan every instance of a folder and set the costs beside the best known ones.

DIR holds .txt files, or a folder `instances` of them; set.json and best_known.csv in it, or above it, say their format
and what is published. Costs are measured from the batches, not taken from the engine.
"""

import argparse
import json
import sys
from pathlib import Path

from tests.benchmarks.batching.figures import HEADING, Figures, means
from tests.benchmarks.batching.judging import judge
from tests.benchmarks.batching.sets import FORMATS, InstanceSet, instance_set
from tests.benchmarks.spent import peak_mb, spending
from wms.batching import Seconds, plan


def planned(found: InstanceSet, file: str, seconds: float, seed: int) -> tuple[Figures, list[str]]:
    """Plan one file; its figures, and what is wrong with the plan in sentences."""
    try:
        instance = found.read(found.folder / file)
    except (KeyError, ValueError) as error:
        raise SystemExit(f"Error: {file} cannot be read: {error}") from error
    with spending() as spent:
        made = plan(instance.problem, Seconds(seconds), seed=seed)
    judged = judge(instance.problem, made)
    figures = Figures(
        file=file,
        orders=len(instance.problem.orders),
        capacity=instance.capacity,
        cost=judged.metres,
        bound=made.lower_bound_m,
        known=found.known_of(file),
        wall_s=spent.wall_s,
        cpu_s=spent.cpu_s,
        batches=judged.batches,
    )
    return figures, [*judged.faults, *figures.faults]


def main() -> int:
    """Read the options, plan, print; 1 where a plan was not what it said."""
    given = _options().parse_args()
    try:
        found = instance_set(given.folder, file_format=given.format, end_distance=given.end_distance, limit=given.limit)
    except ValueError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    with spending() as loading:
        _ = planned(found, found.files[0], 0.01, given.seed)
    print(f"{len(found.files)} files, {given.seconds:g} s each; compiled code loaded before in {loading.wall_s:.1f} s")
    print(HEADING)
    results: list[Figures] = []
    wrong = 0
    for file in found.files:
        figures, faults = planned(found, file, given.seconds, given.seed)
        results.append(figures)
        print(figures, flush=True)
        for fault in faults:
            print(f"  WRONG: {fault}", flush=True)
        wrong += bool(faults)
    print(f"\n{means(results)}\npeak memory {peak_mb():.0f} MB; {wrong} files with something wrong")
    if given.json:
        _ = given.json.write_text(json.dumps([one.facts() for one in results], indent=1) + "\n")
    return 1 if wrong else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.batching",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _ = parser.add_argument("folder", type=Path, metavar="DIR", help="the instances")
    _ = parser.add_argument("--format", choices=FORMATS, help="else from set.json, else mainz")
    _ = parser.add_argument("--end-distance", type=float, metavar="X", help="from aisle ends to first cells, in metres")
    _ = parser.add_argument("--seconds", type=float, default=5.0, help="for each instance (5)")
    _ = parser.add_argument("--limit", type=int, metavar="N", help="so many files, spread evenly over the set")
    _ = parser.add_argument("--seed", type=int, default=0)
    _ = parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures and the batches to this file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
