"""wms import products, locations, stock ...: one command a kind of row, all made from the kinds' descriptions."""

import itertools
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from wms import config
from wms.channels.base import Record
from wms.channels.records import BrokenRecord, table, unstorable
from wms.cli import style
from wms.cli.rejects import REASON, Rejects
from wms.database import transaction
from wms.domain.actor import Actor
from wms.domain.errors import BadInputError, DomainError
from wms.services.importing.cells import BadRowError
from wms.services.importing.kinds import Kind, Outcome

_ROWS_A_TRANSACTION = 200


@dataclass(kw_only=True)
class Run:
    """One import of a file: the kind, its columns' places, and what was done so far."""

    kind: Kind
    header: tuple[str, ...]
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    reasons: list[dict[str, object]] = field(default_factory=list)
    seen: dict[tuple[str, ...], int] = field(default_factory=dict)

    @property
    def unknown_columns(self) -> list[str]:
        """The file's columns that the kind does not have."""
        known = {column.name for column in self.kind.columns} | {REASON}
        return [column for column in self.header if column.lower() not in known]

    def check_header(self, file: Path) -> None:
        """Refuse a file that lacks a column the kind cannot do without, naming all that lack."""
        has = {column.lower() for column in self.header}
        missing = [column.name for column in self.kind.columns if column.required and column.name not in has]
        if missing:
            columns = ",".join(column.name for column in self.kind.columns)
            raise BadInputError(
                f"{file.name} has no column {', '.join(missing)}. Its first line must name the columns: {columns}."
            )

    def take(self, session: Session, actor: Actor, item: Record | BrokenRecord, rejects: Rejects) -> None:
        """Keep one record, or note why not."""
        record = item.record if isinstance(item, BrokenRecord) else item
        try:
            if isinstance(item, BrokenRecord):
                raise BadRowError(item.reason)  # noqa: TRY301 - told like any other bad row
            outcome = self.kind.write(session, actor, self._row(record))
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        except (BadRowError, DomainError) as error:
            self.reasons.append({"line": record.line, "reason": str(error)})
            rejects.add([record], {record.line: str(error)}, "")

    def _row(self, record: Record) -> Mapping[str, str]:
        if any(cell.strip() for cell in record.cells[len(self.header) :]):
            raise BadRowError(f"it has {len(record.cells)} cells where the header has {len(self.header)}")
        named = list(zip(self.header, record.cells, strict=False))
        for column, cell in named:
            if (why := unstorable(cell)) is not None:
                raise BadRowError(f"the {column} {why}")
        row = {column.lower(): cell for column, cell in named}
        key = self.kind.key_of(row)
        first = self.seen.setdefault(key, record.line)
        if self.kind.once and first != record.line:
            raise BadRowError(f"{' / '.join(filter(None, key))} stands in line {first} already")
        return row

    def facts(self, seconds: float, rejects: Rejects) -> dict[str, object]:
        """Return what machines are told."""
        return {
            "kind": self.kind.name,
            **{outcome.value: self.outcomes.get(outcome, 0) for outcome in Outcome},
            "rejected": len(self.reasons),
            "unknown_columns": self.unknown_columns,
            "rejects_file": str(rejects.path) if self.reasons else None,
            "reasons": self.reasons,
            "seconds": round(seconds, 3),
        }

    def text(self, seconds: float, rejects: Rejects) -> str:
        """Return what people are told."""
        counts = ", ".join(f"{self.outcomes.get(outcome, 0)} {outcome}" for outcome in Outcome)
        told = [f"{self.kind.name}: {counts}, in {seconds:.1f} s."]
        if self.reasons:
            told.append(f"{len(self.reasons)} bad rows left out. Mend and import {rejects.path}:")
            told += [f"  line {reason['line']}: {reason['reason']}" for reason in self.reasons]
        return "\n".join(told)


def command(kind: Kind) -> click.Command:
    """Make the command that imports a kind."""
    columns = "\n".join(
        f"  {column.name:<14}{column.hint}{' (needed)' if column.required else ''}" for column in kind.columns
    )
    text = (
        f"Take in {kind.about}.\n\nThe same file twice adds nothing; a blank cell leaves what stands. Bad rows go to "
        f"FILE.rejects.csv with the reason, and the exit status is 1.\n\n\b\nColumns:\n{columns}\n\n\b\n"
        f"Example: wms import {kind.name} {kind.name}.csv"
    )

    @click.command(kind.name, help=text, short_help=kind.about)
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object and no progress bar.")
    @click.pass_context
    def import_kind(context: click.Context, file: Path, as_json: bool) -> None:
        started_s = time.monotonic()
        with table(file) as (_, items):
            total = sum(1 for _ in items)
        with table(file) as (header, items):
            run = Run(kind=kind, header=header)
            run.check_header(file)
            if run.unknown_columns:
                click.echo(f"Columns not known and not read: {', '.join(run.unknown_columns)}.", err=True)
            engine = style.engine_of(config.load())
            hidden = as_json or not sys.stderr.isatty()
            with (
                Rejects(file, header) as rejects,
                click.progressbar(length=total, label=kind.name, file=sys.stderr, hidden=hidden) as bar,
            ):
                for some in _chunks(items):
                    _take(engine, run, some, rejects)
                    bar.update(len(some))
        seconds = time.monotonic() - started_s
        style.say(as_json, run.facts(seconds, rejects), run.text(seconds, rejects))
        if run.reasons:
            context.exit(style.NOT_ALL)

    return import_kind


def _chunks(items: Iterator[Record | BrokenRecord]) -> Iterator[list[Record | BrokenRecord]]:
    while some := list(itertools.islice(items, _ROWS_A_TRANSACTION)):
        yield some


def _take(engine: Engine, run: Run, items: Sequence[Record | BrokenRecord], rejects: Rejects) -> None:
    with transaction(engine) as session:
        actor = style.actor("import")
        for item in items:
            run.take(session, actor, item, rejects)
