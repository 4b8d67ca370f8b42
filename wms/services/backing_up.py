"""A backup: every row of one consistent moment in one file, the same from both engines and for both.

The file is a ZIP of `tables/NAME.jsonl` (a row a line, columns by name, times as ISO 8601 UTC, ordered by key) and
`manifest.json` (format, revision of the tables, rows and SHA-256 of each table). So a warehouse can also move from one
engine to the other.
"""

import datetime as dt
import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Date, Table, func, insert, select, text
from sqlalchemy.orm import Session

from wms.domain import Base
from wms.domain.base import UtcDateTime
from wms.domain.errors import BadInputError, DomainError

FORMAT = 1
_MANIFEST = "manifest.json"
_CHUNK = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What a backup holds: the revision of its tables, and rows by table."""

    revision: str
    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        """Rows in all tables."""
        return sum(self.rows.values())


def back_up(session: Session, path: Path, revision: str) -> Summary:
    """Write all tables of a snapshot session; the file appears under its name only when it is whole."""
    partial = path.with_name(path.name + ".part")
    tables: dict[str, dict[str, Any]] = {}
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in Base.metadata.sorted_tables:
            tables[table.name] = _write(session, archive, table)
        manifest = {"format": FORMAT, "revision": revision, "tables": tables}
        archive.writestr(_MANIFEST, json.dumps(manifest, indent=1, sort_keys=True))
    _ = partial.replace(path)
    return Summary(revision=revision, rows={name: told["rows"] for name, told in tables.items()})


def _write(session: Session, archive: zipfile.ZipFile, table: Table) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    rows = session.execute(
        select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_CHUNK)
    ).mappings()
    with archive.open(f"tables/{table.name}.jsonl", "w") as file:
        for row in rows:
            line = (json.dumps(dict(row), default=_plain, sort_keys=True, ensure_ascii=False) + "\n").encode()
            _ = file.write(line)
            digest.update(line)
            count += 1
    return {"rows": count, "sha256": digest.hexdigest()}


def _plain(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot stand in a backup")


def restore(session: Session, path: Path, revision: str, *, replace: bool = False) -> Summary:
    """Fill the tables from a backup, whole or not at all; refuses a database in use unless `replace`."""
    tables = Base.metadata.sorted_tables
    with _opened(path) as archive:
        manifest = _manifest(archive, path)
        if manifest["revision"] != revision:
            raise BadInputError(
                f"{path} is of revision {manifest['revision']}, this database of {revision}. "
                "Restore it with the release that wrote it, then upgrade."
            )
        if not replace and session.scalar(select(func.count()).select_from(Base.metadata.tables["warehouses"])):
            raise DomainError("This database holds a warehouse. Restore into an empty one, or say --replace.")
        _empty(session, tables)
        for table in tables:
            _read(session, archive, table, manifest["tables"][table.name])
    session.flush()
    return Summary(revision=revision, rows={name: told["rows"] for name, told in manifest["tables"].items()})


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise BadInputError(
            f"{path} cannot be read as a backup ({error}). Name a file that wms backup wrote."
        ) from error


def _manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(_MANIFEST))
    except (KeyError, ValueError) as error:
        raise BadInputError(f"{path} has no manifest. Name a file that wms backup wrote.") from error
    unknown = set(Base.metadata.tables) ^ set(manifest.get("tables", {}))
    if manifest.get("format") != FORMAT or unknown:
        raise BadInputError(f"{path} is a backup of another form (tables: {', '.join(sorted(unknown)) or 'the same'}).")
    return manifest


def _empty(session: Session, tables: list[Table]) -> None:
    if session.get_bind().dialect.name == "postgresql":
        # Locks every table at once, so that a scan arriving now waits and then meets the restored rows.
        _ = session.execute(text("TRUNCATE " + ", ".join(f'"{table.name}"' for table in tables)))
        return
    for table in reversed(tables):
        _ = session.execute(table.delete())


def _read(session: Session, archive: zipfile.ZipFile, table: Table, told: Mapping[str, Any]) -> None:
    digest, count = hashlib.sha256(), 0
    with archive.open(f"tables/{table.name}.jsonl") as file:
        lines = iter(file)
        while chunk := list(islice(lines, _CHUNK)):
            for line in chunk:
                digest.update(line)
            count += len(chunk)
            _ = session.execute(insert(table), list(_rows(table, chunk)))
    if digest.hexdigest() != told["sha256"] or count != told["rows"]:
        raise BadInputError(f"Table {table.name} of the backup is damaged. Nothing was restored; take another backup.")


def _rows(table: Table, lines: list[bytes]) -> Iterator[dict[str, Any]]:
    moments = [column.name for column in table.columns if isinstance(column.type, UtcDateTime)]
    days = [column.name for column in table.columns if isinstance(column.type, Date)]
    for line in lines:
        row: dict[str, Any] = json.loads(line)
        for name in moments:
            row[name] = row[name] and dt.datetime.fromisoformat(row[name])
        for name in days:
            row[name] = row[name] and dt.date.fromisoformat(row[name])
        yield row
