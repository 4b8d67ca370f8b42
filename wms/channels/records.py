"""Records of a CSV file with the physical line each begins on, whatever people's programs did to the file.

RFC 4180 quoting, UTF-8 with or without a byte order mark. A record whose quotation marks do not pair is given alone,
as a broken one, and reading goes on at the next physical line, so that one slip does not swallow the file.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from wms.channels.base import Record

# A cell may be as long as a shop's note field lets it; the csv module's own limit would stop the whole file.
_MAX_CELL = 131_072
# Nobody's record is longer; a quotation mark left open must not be looked for to the file's end each time.
_MAX_RECORD_LINES = 2_000
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokenRecord:
    """A record whose quotation marks do not pair: the cells that could be read of its first physical line."""

    record: Record
    reason: str


@contextmanager
def table(path: Path) -> Iterator[tuple[tuple[str, ...], Iterator[Record | BrokenRecord]]]:
    """Open a CSV file as (header, records after it); a file without a readable header has ().

    Bytes that are no UTF-8 become lone surrogates, which `unstorable` finds later.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        items = records(file)
        first = next(items, None)
        header = first.cells if isinstance(first, Record) else ()
        yield tuple(cell.strip() for cell in header), items


class _Lines:
    """Physical lines that can be handed out again: the reader takes them, a broken record gives all but one back."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._again: list[str] = []
        self.taken: list[str] = []
        self.line = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= _MAX_RECORD_LINES:
            raise csv.Error("record too long")
        text = self._again.pop() if self._again else next(self._file)
        self.taken.append(text)
        self.line += 1
        return text

    def give_back(self) -> str:
        """Return the first line taken, and let the others be read again."""
        self._again += reversed(self.taken[1:])
        self.line -= len(self.taken) - 1
        return self.taken[0]


def records(file: IO[str]) -> Iterator[Record | BrokenRecord]:
    """Yield the file's records in order, without blank ones."""
    lines = _Lines(file)
    begins = 1
    while True:
        reader = csv.reader(lines, strict=True)
        try:
            while True:
                lines.taken.clear()
                begins = lines.line + 1
                cells = next(reader)
                if any(cells):
                    yield Record(line=begins, cells=tuple(cells))
        except StopIteration:
            return
        except csv.Error:
            first = lines.give_back()
            yield BrokenRecord(
                record=Record(line=begins, cells=_readable(first)), reason="the quotation marks do not pair"
            )


def _readable(line: str) -> tuple[str, ...]:
    if len(line) > _MAX_CELL:
        return (line[:_MAX_CELL],)
    return tuple(next(csv.reader([line.rstrip("\r\n")]), []))


def unstorable(text: str) -> str | None:
    """Say why a database cannot keep a text: NUL characters, or bytes that were no UTF-8; None where it can."""
    if "\0" in text:
        return "holds a NUL character"
    if not text.isascii() and _SURROGATE.search(text):
        return "is not UTF-8 text"
    return None


def shown(text: str, most: int = 40) -> str:
    """Return a cell's text in quotation marks, short and printable everywhere, for a reason that names it."""
    text = text.encode("utf-8", "replace").decode()
    printable = "".join(char if char.isprintable() else " " for char in text)
    return f"'{printable[: most - 1]}…'" if len(printable) > most else f"'{printable}'"
