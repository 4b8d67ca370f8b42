"""Route the published single-picker instances on one block and on two, and count how many are as short as the optimum.

DIR holds `instances` and `results`. Two blocks are the same files with a cross aisle in the middle. Each route's
sequence of stops is walked here too, leg by leg, and must be as long as the engine says. How much longer the walks by
S-shape and by largest gap are is told as the mean over all files.
"""

# mypy: disable-error-code="misc,no-untyped-call"
import argparse
import csv
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np
from numba import njit

from tests.benchmarks.batching.judging import SAME_M
from tests.benchmarks.batching.mainz import MainzFile, parse
from tests.benchmarks.batching.shortest import shortest_m, walked_m
from wms.batching import Blocks, LocationId, largest_gap, s_shape
from wms.batching.encode import Encoded
from wms.batching.kernel.bits import Words
from wms.batching.kernel.floors import Floats, Floor
from wms.batching.kernel.walks import reach_all, scratch_for, walk_m
from wms.batching.routing import router_for

_NAME = re.compile(r"_m(\d+)_C(\d+)_a(\d+)_(\d+)\.txt$")
Key = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Routed:
    """One file on one floor: whether its length is the published one, what is wrong, and CPU microseconds a route.

    `s_shape` and `largest_gap` are how much longer these walks are: 0.1 is 10 %.
    """

    aisles: int
    is_exact: bool
    fault: str
    whole_us: float
    known_us: float
    s_shape: float
    largest_gap: float


def routed(file: MainzFile, blocks: int, optimum_m: float, times: int) -> Routed:
    """Route the file's one order, and measure how long a route's length takes to work out."""
    layout = file.layout(blocks=blocks)
    stops: list[LocationId] = list(dict.fromkeys(file.places[article] for order in file.orders for article, _ in order))
    router = router_for(layout, stops)
    everything = frozenset(range(len(stops)))
    metres = router.metres(everything)
    walked = walked_m(layout, [stops[number] for number in router.sequence(everything)])
    fault = ""
    if abs(walked - metres) > SAME_M * max(1.0, metres):
        fault = f"The route is {walked:.3f} m long and the engine says {metres:.3f} m."
    elif blocks == 1 and abs(shortest_m(layout, stops) - metres) > SAME_M * max(1.0, metres):
        fault = f"The shortest route is {shortest_m(layout, stops):.3f} m and the engine says {metres:.3f} m."
    whole_us, known_us = _timed_us(layout, stops, times)
    return Routed(
        aisles=len(layout.aisle_x_m),
        is_exact=abs(metres - optimum_m) <= SAME_M * max(1.0, metres),
        fault=fault,
        whole_us=whole_us,
        known_us=known_us,
        s_shape=s_shape(layout, stops).route.metres / metres - 1,
        largest_gap=largest_gap(layout, stops).route.metres / metres - 1,
    )


def _timed_us(layout: Blocks, stops: list[LocationId], times: int) -> tuple[float, float]:
    """Return CPU microseconds a route: all aisles read anew, and with each aisle's ways known as in the search."""
    encoded = Encoded(layout, stops)
    words, scratch = encoded.words_of(stops), scratch_for(encoded.floor)
    reach = np.zeros((encoded.floor.sub_aisles, 3))
    loops: list[Callable[..., float]] = [_read_and_walk, _walk]
    found = []
    for loop in loops:
        _ = loop(encoded.floor, words, reach, scratch, 1)  # compiled by now, whatever the floor
        started_s = time.thread_time()
        _ = loop(encoded.floor, words, reach, scratch, times)
        found.append((time.thread_time() - started_s) / max(1, times) * 1e6)
    return found[0], found[1]


@njit(cache=True, nogil=True)
def _read_and_walk(floor: Floor, words: Words, reach: Floats, scratch: Floats, times: int) -> float:
    total = 0.0
    for _ in range(times):
        reach_all(floor, words, reach)
        total += walk_m(floor, words, reach, scratch)
    return total


@njit(cache=True, nogil=True)
def _walk(floor: Floor, words: Words, reach: Floats, scratch: Floats, times: int) -> float:
    total = 0.0
    for _ in range(times):
        total += walk_m(floor, words, reach, scratch)
    return total


def optima(results: Path, blocks: int) -> dict[Key, float]:
    """Return the published lengths by (aisles, cells, articles, seed), as they stand in a file's name."""
    if blocks == 1:
        path, names, value = (
            results / "results_SPRP.csv",
            ("num aisles", "num cells", "num articles", "random seed"),
            "DP cost",
        )
    else:
        path, names, value = (
            results / "results_SPRP_two_block.csv",
            ("num_aisles", "num_cells", "articles", "seed"),
            "objective",
        )
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {tuple(row[name] for name in names): float(row[value]) for row in csv.DictReader(file)}


def main() -> int:
    """Read the options, route, print; 1 where a route is not what it should be."""
    given = _options().parse_args()
    paths = sorted((given.folder / "instances").glob("*.txt"))
    paths = paths if given.limit is None else [paths[at * len(paths) // given.limit] for at in range(given.limit)]
    wrong = 0
    for blocks in (1, 2):
        known = optima(given.folder / "results", blocks)
        results: list[Routed] = []
        for path in paths:
            name = _NAME.search(path.name)
            if name is None or name.groups() not in known:
                raise SystemExit(f"Error: nothing is published of {path.name}.")
            one = routed(parse(path.read_text(encoding="latin-1")), blocks, known[name.groups()], given.times)
            results.append(one)
            if one.fault or not one.is_exact:
                wrong += 1
                print(f"WRONG: {path.name}, {blocks} blocks: {one.fault or 'not the published length.'}", flush=True)
        _print(blocks, results)
    return 1 if wrong else 0


def _print(blocks: int, results: list[Routed]) -> None:
    exact, whole = sum(one.is_exact for one in results), sum(not one.fault for one in results)
    name = "one block" if blocks == 1 else "two blocks"
    print(f"{name}: {exact:,} of {len(results):,} exact; {whole:,} routes as long as they say")
    by_shape, by_gap = fmean(one.s_shape for one in results), fmean(one.largest_gap for one in results)
    print(f"  longer than the shortest: S-shape {by_shape:.1%}, largest gap {by_gap:.1%}")
    by_aisles: dict[int, list[Routed]] = defaultdict(list)
    for one in results:
        by_aisles[one.aisles].append(one)
    for aisles, group in [*sorted(by_aisles.items()), (0, results)]:
        name = f"{aisles} aisles" if aisles else "all"
        print(
            f"  {name:<10} CPU us a route: {fmean(one.known_us for one in group):7.3f} "
            f"as in the search, {fmean(one.whole_us for one in group):7.3f} with all aisles read anew",
            flush=True,
        )


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.routing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _ = parser.add_argument("folder", type=Path, metavar="DIR", help="the folder with instances and results")
    _ = parser.add_argument("--limit", type=int, metavar="N", help="so many files, spread evenly over the set")
    _ = parser.add_argument("--times", type=int, default=200, help="repetitions of each route for its time (200)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
