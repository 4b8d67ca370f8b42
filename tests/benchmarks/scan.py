"""python -m tests.benchmarks.scan: what a picking scan costs, against the least that its work could cost.

`raw` does the same statements by the driver alone behind a bare Flask endpoint, `hello` is that Flask without any work.
All three run in turn under gunicorn, 2 processes of 8 threads; each connection is a handheld on a walk of its own.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.measuring import TARGETS, Engine, measure

_PAGE_BYTES, _ANSWER_BYTES = 60_000, 3_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Goal:
    """A figure with the bound it should keep."""

    words: str
    value: float
    bound: float
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Tell whether the figure keeps its bound."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        return f"  {self.words:<44}{self.value:>10,.2f}  {sign} {self.bound:<10,.2f}{'yes' if self.is_met else 'NO'}"


def goals(engine: Engine) -> list[Goal]:
    """Set an engine's figures beside the goals of the scan path."""
    hello, raw, scan = (engine.targets[name] for name in TARGETS)
    found = [
        Goal(words="throughput to raw", value=scan.requests_per_s / raw.requests_per_s, bound=0.60, at_least=True),
        Goal(words="CPU to raw", value=_cpu_us(engine, "scan") / _cpu_us(engine, "raw"), bound=1.6),
        Goal(words="throughput to hello", value=scan.requests_per_s / hello.requests_per_s, bound=0.15, at_least=True),
    ]
    if engine.name == "sqlite":
        found.append(Goal(words="p99 to p50", value=scan.percentile_ms(99) / scan.percentile_ms(50), bound=5))
    return [
        *found,
        Goal(words="first load of /pick/, bytes as served", value=sum(engine.page_bytes.values()), bound=_PAGE_BYTES),
        Goal(words="a scan's answer, bytes as served", value=engine.answer_bytes, bound=_ANSWER_BYTES),
    ]


def _cpu_us(engine: Engine, target: str) -> float:
    figures = engine.targets[target]
    return figures.app_cpu_us + figures.database_cpu_us


def facts(engine: Engine) -> dict[str, Any]:
    """Return all that is printed, for machines."""
    return {
        "engine": engine.name,
        "statements": engine.statements,
        "page_bytes": engine.page_bytes,
        "answer_bytes": engine.answer_bytes,
        "targets": {
            name: {
                "requests": len(figures.latencies_s),
                "requests_per_s": round(figures.requests_per_s, 1),
                **{f"p{percent}_ms": round(figures.percentile_ms(percent), 2) for percent in (50, 95, 99)},
                "app_cpu_us": round(figures.app_cpu_us),
                "database_cpu_us": round(figures.database_cpu_us),
            }
            for name, figures in engine.targets.items()
        },
        "goals": [
            {"goal": goal.words, "value": round(goal.value, 3), "bound": goal.bound, "met": goal.is_met}
            for goal in goals(engine)
        ],
    }


def words(engine: Engine) -> str:
    """Return the figures as a table, then the goals with yes or NO."""
    lines = [f"{engine.name}: {len(engine.statements)} statements a scan (BEGIN counted, COMMIT not)"]
    lines.append(f"  {'':<8}{'req/s':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}{'app CPU us':>12}{'db CPU us':>12}")
    for name, figures in engine.targets.items():
        latencies = "".join(f"{figures.percentile_ms(percent):>9.1f}" for percent in (50, 95, 99))
        cpu = f"{figures.app_cpu_us:>12,.0f}{figures.database_cpu_us:>12,.0f}"
        lines.append(f"  {name:<8}{figures.requests_per_s:>9,.0f}{latencies}{cpu}")
    return "\n".join([*lines, *(str(goal) for goal in goals(engine)), ""])


def main() -> None:
    """Read the options, measure each engine and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.scan", description=__doc__)
    _ = parser.add_argument("--seconds", type=float, default=5.0, help="length of one run")
    _ = parser.add_argument("--rounds", type=int, default=3, help="runs of each endpoint")
    _ = parser.add_argument("--connections", type=int, default=16, help="handhelds at once")
    _ = parser.add_argument("--engines", default="sqlite,postgresql", help="which, with a comma between")
    _ = parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures to this file too")
    given = parser.parse_args()
    measured = []
    for name in given.engines.split(","):
        measured.append(measure(name, seconds=given.seconds, rounds=given.rounds, connections=given.connections))
        print(words(measured[-1]), flush=True)
    if given.json:
        _ = given.json.write_text(json.dumps([facts(engine) for engine in measured], indent=2) + "\n")


if __name__ == "__main__":
    main()
