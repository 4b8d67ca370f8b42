"""What wms plan does: read the problem, plan it, write the plan and its picture, and say what came of it."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path

import click

from wms.batching import (
    Blocks,
    Decision,
    FirstOf,
    InvalidProblemError,
    Iterations,
    Plan,
    Problem,
    Progress,
    Seconds,
    StopRule,
    largest_gap,
    plan,
    release,
    s_shape,
)
from wms.batching.files import figures_of, picture, plan_document, problem_from
from wms.cli import documents
from wms.domain.errors import BadInputError

DEFAULT_S = 10.0
_NOT_ALL = 1
_EVERY_S = 0.2
_FEW = 10
"""Orders in no batch that are named; the plan's file names them all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """The command's options, by their names there."""

    seconds: float | None
    iterations: int | None
    seed: int
    out: Path | None
    svg: Path | None
    is_compared: bool
    release_at_s: float | None
    arrivals_per_hour: float
    as_json: bool


def run(path: Path, asked: Asked) -> int:
    """Plan a file; the exit status. BadInputError where it cannot be read, planned or written."""
    problem = _read(path)
    telling = Telling(_stop(asked))
    made = plan(problem, telling, seed=asked.seed)
    telling.end(made)
    by_policy = _by_policy(problem, made) if asked.is_compared else {}
    decisions = _decisions(problem, made, asked)
    told = {**by_policy, **({} if asked.release_at_s is None else {"release": [asdict(one) for one in decisions]})}
    document = {**plan_document(made), **told}
    if asked.out is not None:
        _write(asked.out, json.dumps(document, indent=1) + "\n")
    if asked.svg is not None:
        _write(asked.svg, picture(problem, made))
    if asked.as_json:
        figures = {"file": str(asked.out), **figures_of(made), **told}
        click.echo(json.dumps(document if asked.out is None else figures))
    else:
        click.echo(_words(problem, made))
        if asked.is_compared:
            click.echo(_compared_words(made, by_policy))
        for number, one in zip(_open_numbers(made, asked), decisions, strict=True):
            click.echo(f"Batch {number}, orders {', '.join(map(str, one.order_ids))}: {one.reason}")
    return _NOT_ALL if made.unplanned or _left_behind(made) else 0


class Telling:
    """A stop rule that tells on a terminal how the plan comes on, and leaves the stopping to another rule."""

    def __init__(self, rule: StopRule) -> None:
        self._rule = rule
        self._told_s = 0.0
        self._is_live = sys.stderr.isatty()

    def spent(self, progress: Progress) -> float:
        """Ask the other rule."""
        if self._is_live and progress.elapsed_s - self._told_s >= _EVERY_S:
            self._told_s = progress.elapsed_s
            click.echo(f"\r\x1b[K{_progress_words(progress)}", nl=False, err=True)
        return self._rule.spent(progress)

    def seconds_left(self, progress: Progress) -> float:
        """Ask the other rule."""
        return self._rule.seconds_left(progress)

    def tries_left(self, progress: Progress) -> float:
        """Ask the other rule."""
        return self._rule.tries_left(progress)

    def end(self, made: Plan) -> None:
        """Tell the end, on a terminal or not."""
        start = "\r\x1b[K" if self._is_live else ""
        reached = Progress(
            iterations=made.iterations,
            elapsed_s=made.elapsed_s,
            metres=made.totals.metres,
            bound_m=made.lower_bound_m or 0.0,
        )
        click.echo(f"{start}{_progress_words(reached)}", err=True)


def _progress_words(progress: Progress) -> str:
    """Return how far a plan has come: time, steps, metres and bound."""
    metres = f"{progress.metres:,.0f} m" if isfinite(progress.metres) else "no plan yet"
    bound = f"bound {progress.bound_m:,.0f} m, gap {progress.gap:.2%}" if progress.bound_m else "no bound"
    return f"{progress.elapsed_s:.1f} s, {progress.iterations:,} steps: {metres}, {bound}"


def _stop(asked: Asked) -> StopRule:
    rules: list[StopRule] = []
    if asked.iterations is not None:
        rules.append(Iterations(asked.iterations))
    if asked.seconds is not None or not rules:
        rules.append(Seconds(DEFAULT_S if asked.seconds is None else asked.seconds))
    return FirstOf(*rules)


def _read(path: Path) -> Problem:
    try:
        return problem_from(documents.read(path))
    except InvalidProblemError as error:
        raise BadInputError(f"{path}: {error}.") from error


def _write(path: Path, text: str) -> None:
    try:
        _ = path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInputError(f"{path} cannot be written: {error.strerror}. Name another file.") from error


def _decisions(problem: Problem, made: Plan, asked: Asked) -> Sequence[Decision]:
    """Return which batches start when asked; none where nothing was asked."""
    if asked.release_at_s is None:
        return ()
    try:
        return release(problem, made, now_s=asked.release_at_s, arrivals_per_s=asked.arrivals_per_hour / 3600)
    except InvalidProblemError as error:
        raise BadInputError(f"--release-at, --arrivals-per-hour: {error}.") from error


def _open_numbers(made: Plan, asked: Asked) -> list[int]:
    """Return the numbers of the batches that a decision is about: those that have not begun when asked."""
    if asked.release_at_s is None:
        return []
    return [number for number, batch in enumerate(made.batches, start=1) if not batch.has_begun(asked.release_at_s)]


def _left_behind(made: Plan) -> int:
    """Return how many orders are late because nobody is left to walk them."""
    return sum(late.finish_s is None for late in made.late)


def _by_policy(problem: Problem, made: Plan) -> dict[str, float | None]:
    """Return how long the batches' walks are by each policy; None on a floor that has no blocks."""
    walks = [batch.route.stops for batch in made.batches]
    policies = {"metres_s_shape": s_shape, "metres_largest_gap": largest_gap}
    if not isinstance(problem.layout, Blocks):
        return dict.fromkeys(policies)
    return {
        name: sum(policy(problem.layout, stops).route.metres for stops in walks) for name, policy in policies.items()
    }


def _compared_words(made: Plan, by_policy: dict[str, float | None]) -> str:
    by_shape, by_gap = by_policy["metres_s_shape"], by_policy["metres_largest_gap"]
    if by_shape is None or by_gap is None:
        return "S-shape and largest gap are for floors of parallel aisles (blocks)."
    longer = [metres / made.totals.metres - 1 if made.totals.metres else 0.0 for metres in (by_shape, by_gap)]
    return (
        f"These batches in S-shape: {by_shape:,.0f} m, {longer[0]:.1%} longer; "
        f"by largest gap: {by_gap:,.0f} m, {longer[1]:.1%} longer."
    )


def _words(problem: Problem, made: Plan) -> str:
    totals = made.totals
    batches = f"{len(made.batches)} batch{'' if len(made.batches) == 1 else 'es'}"
    lines = [f"{len(problem.orders)} orders in {batches}, {totals.metres:,.0f} m."]
    if totals.metres_first_come:
        saved = 1 - totals.metres / totals.metres_first_come
        lines.append(
            f"As they came: {totals.metres_first_come:,.0f} m, {saved:.1%} saved; "
            f"one by one: {totals.metres_one_by_one:,.0f} m."
        )
    if made.gap is None:
        lines.append("No bound is known.")
    else:
        lines.append(f"At most {made.gap:.2%} above the shortest possible, {made.lower_bound_m:,.0f} m.")
    if not made.is_route_exact:
        lines.append("Routes on this floor are good, not proven the shortest.")
    if made.late:
        lines.append("1 order is late." if len(made.late) == 1 else f"{len(made.late)} orders are late.")
    if left := _left_behind(made):
        lines.append(f"No picker is left for {left} of them.")
    lines += [f"Order {order.id} is in no batch: {order.reason}" for order in made.unplanned[:_FEW]]
    if len(made.unplanned) > _FEW:
        lines.append(f"And {len(made.unplanned) - _FEW} more.")
    return "\n".join(lines)
