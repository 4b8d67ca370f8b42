"""wms export: facts for other programs, as CSV files; the layout as JSON."""

import contextlib
import csv
import datetime as dt
import json
import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

import click
from sqlalchemy.orm import Session

from wms import config
from wms.cli import style
from wms.config import WAREHOUSE_ID
from wms.database import reading
from wms.domain.errors import BadInputError
from wms.services import administering, exporting
from wms.services.exporting import Fulfillment
from wms.services.planning import layouts

_COLUMNS = ("order", "tracking_number", "carrier", "service", "shipped_at")
_LINE_COLUMNS = (*_COLUMNS, "sku", "quantity", "ordered_sku")
_AGO = re.compile(r"([0-9]{1,5})([mhd])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


@click.group()
def export() -> None:
    """Write facts as CSV, the layout as JSON. Example: wms export fulfillments --since 24h --out shipped.csv."""


@export.command()
@click.option(
    "--since", help="A moment (2026-11-22T10:00:00Z), a date in UTC (2026-11-22) or a time ago (24h, 30m, 7d)."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write; else standard output.")
@click.option("--lines", is_flag=True, help="One row for each product in a parcel, with what was ordered.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; with --out the rows go to the file.")
def fulfillments(since: str | None, out: Path | None, lines: bool, as_json: bool) -> None:
    r"""List the parcels that left: order, tracking number, carrier, service, shipped at (UTC).

    One row a parcel of a shipped order, oldest first, so that the shop can tell its customer. With --lines also what
    is in it: the SKU that was sent, how many, and the SKU that was ordered, another one where a substitute was sent.

    \b
    Example: wms export fulfillments --since 24h --lines
    """
    started_s = time.monotonic()
    moment = since_moment(since, dt.datetime.now(dt.UTC)) if since else None
    engine = style.engine_of(config.load())
    with reading(engine) as session:
        columns, rows = _line_table(session, moment) if lines else _parcel_table(session, moment)
    if out is not None or not as_json:
        with _output(out) as file:
            _write(file, [columns, *rows])
    # Two parcels may have one number only where two carriers gave it.
    parcels = len({row[: len(_COLUMNS)] for row in rows}) if lines else len(rows)
    facts: dict[str, object] = {
        "fulfillments": parcels,
        "since": moment.isoformat() if moment else None,
        "file": str(out) if out else None,
        "seconds": round(time.monotonic() - started_s, 3),
    }
    if as_json and out is None:
        facts["rows"] = [dict(zip(columns, row, strict=True)) for row in rows]
    if as_json or out is not None:
        style.say(as_json, facts, f"{parcels} parcels written to {out}.")


@export.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write; else standard output.")
def substitutes(out: Path | None) -> None:
    r"""List what may be sent instead of a missing product, as `wms import substitutes` reads it.

    \b
    Example: wms export substitutes --out substitutes.csv
    """
    engine = style.engine_of(config.load())
    with reading(engine) as session:
        rows = [*administering.everything(session, style.actor("export"), administering.setting_of("substitutes"))]
    with _output(out) as file:
        _write(file, rows)


@export.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The file to write; else standard output.")
def layout(out: Path | None) -> None:
    r"""Write the layout in use, given or derived, as `wms import layout` reads it.

    \b
    Example: wms export layout --out layout.json
    """
    engine = style.engine_of(config.load())
    with reading(engine) as session:
        document = layouts.document_in_use(session, style.actor("export"))
    with _output(out) as file:
        _ = file.write(json.dumps(document, indent=1) + "\n")


def since_moment(text: str, now: dt.datetime) -> dt.datetime:
    """Read a moment, a date or a time ago; BadInputError says what is right."""
    ago = _AGO.fullmatch(text.strip())
    if ago is not None:
        return now - dt.timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        moment = dt.datetime.fromisoformat(text.strip())
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise BadInputError(
            f"--since {text} is no moment. Write 2026-11-22T10:00:00Z, 2026-11-22 or a time ago such as 24h."
        ) from error


def _parcel_table(session: Session, since: dt.datetime | None) -> _Table:
    return _COLUMNS, [_row(parcel) for parcel in exporting.fulfillments(session, WAREHOUSE_ID, since)]


def _line_table(session: Session, since: dt.datetime | None) -> _Table:
    found = exporting.sent_lines(session, WAREHOUSE_ID, since)
    return _LINE_COLUMNS, [(*_row(line.parcel), line.sku, str(line.quantity), line.ordered_sku) for line in found]


def _row(parcel: Fulfillment) -> tuple[str, ...]:
    shipped_at = parcel.shipped_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return parcel.order, parcel.tracking_number, parcel.carrier, parcel.service, shipped_at


@contextlib.contextmanager
def _output(out: Path | None) -> Iterator[IO[str]]:
    if out is None:
        yield sys.stdout
        return
    try:
        with out.open("w", encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise BadInputError(f"{out} cannot be written: {error.strerror}. Name another file.") from error


def _write(file: IO[str], rows: Iterable[tuple[str, ...]]) -> None:
    csv.writer(file, lineterminator="\n").writerows(rows)


commands = {"export": export}
