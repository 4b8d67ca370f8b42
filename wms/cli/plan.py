"""wms plan: the batching engine without a database."""

from pathlib import Path
from typing import Any

import click

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("problem", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="PROBLEM.json")
@click.option("--seconds", type=click.FloatRange(0), help="Stop after so long; 10 where no limit is given.")
@click.option("--iterations", type=click.IntRange(0), help="Stop after so many steps: the same plan on any machine.")
@click.option(
    "--seed", default=0, show_default=True, type=click.IntRange(0), help="Another seed, another plan as good."
)
@click.option("--out", type=_FILE, help="Write the plan to this file, as JSON.")
@click.option("--svg", type=_FILE, help="Draw the plan: aisles, stops and each batch's route.")
@click.option("--compare", "is_compared", is_flag=True, help="Tell how long S-shape and largest gap would be.")
@click.option("--release-at", "release_at_s", type=float, metavar="SECONDS", help="Tell which batches to start then.")
@click.option("--arrivals-per-hour", type=click.FloatRange(0), default=0.0, help="Orders expected, for --release-at.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object: the plan, or with --out its figures.")
def plan(problem: Path, **options: Any) -> int:
    r"""Decide which orders of a file walk together, on what route and when. No database is needed.

    Fewest late orders first, then fewest metres. The file's format is described in docs/plan-format.md. What the plan
    costs, and the length that no plan can beat where it is known, are told on standard error while it runs. Exits 1
    when orders are in no batch, each with its reason.

    \b
    Example: wms plan monday.json --seconds 5 --out plan.json --svg plan.svg
    """
    # wms --help loads every command, and the engine behind this one takes a second to load.
    from wms.cli import planning  # noqa: PLC0415

    return planning.run(problem, planning.Asked(**options))


commands = {"plan": plan}
