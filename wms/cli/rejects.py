"""FILE.rejects.csv: the rows an import left out, with the reason, in the columns they came in."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from wms.channels.base import Record

REASON = "reason"


class Rejects:
    """The rejects of one import, written beside the file; it appears whole at the end, and goes where none are left."""

    def __init__(self, source: Path, header: Sequence[str]) -> None:
        stem = source.name[: -len(".csv")] if source.name.lower().endswith(".csv") else source.name
        self.path = source.with_name(f"{stem}.rejects.csv")
        self.rows = 0
        self._kept = [place for place, column in enumerate(header) if column.lower() != REASON]
        self._columns = len(header)
        self._header = [header[place] for place in self._kept]
        self._growing = self.path.with_name(self.path.name + ".part")
        self._file: IO[str] | None = None

    def add(self, records: Sequence[Record], reasons: Mapping[int, str], otherwise: str) -> None:
        """Write records with the reason of their line, or with `otherwise`."""
        if self._file is None:
            # What was no UTF-8 goes out as the bytes it came in as.
            self._file = self._growing.open("w", encoding="utf-8", errors="surrogateescape", newline="")
            _ = csv.writer(self._file).writerow([*self._header, REASON])
        writer = csv.writer(self._file)
        for record in records:
            cells = [record.cells[place] if place < len(record.cells) else "" for place in self._kept]
            reason = reasons.get(record.line, otherwise)
            _ = writer.writerow([*cells, reason, *record.cells[self._columns :]])
            self.rows += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            if kind is None:
                _ = self._growing.replace(self.path)
            else:
                self._growing.unlink()
        elif kind is None:
            self.path.unlink(missing_ok=True)
