"""A row's cells, read as what they should be; what cannot be read is told in words, with the column's name."""

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from wms.domain.errors import BadInputError

W = TypeVar("W", bound=StrEnum)
_WHOLE = re.compile(r"[0-9]{1,12}", re.ASCII)
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::00)?", re.ASCII)

_YES_OR_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class BadRowError(BadInputError):
    """A row cannot be taken; the text says why as a phrase."""


def quoted(text: str) -> str:
    """Return a cell's text for a reason: in quotation marks, on one line and not too long."""
    line = " ".join(text.encode("utf-8", "replace").decode().split())
    return f"'{line[:39]}…'" if len(line) > 40 else f"'{line}'"  # noqa: PLR2004 - what fits on a line of a report


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells by column. A blank cell and an absent column are the same: not given, None, and leave what stands."""

    by_column: Mapping[str, str]

    def text(self, column: str, most: int) -> str | None:
        """Return a cell as one line of at most `most` characters."""
        line = " ".join(self.by_column.get(column, "").split())
        if len(line) > most:
            raise BadRowError(f"the {column} has more than {most} characters")
        return line or None

    def needed(self, column: str, most: int) -> str:
        """Return a cell that must be given."""
        line = self.text(column, most)
        if line is None:
            raise BadRowError(f"the {column} is missing")
        return line

    def whole(self, column: str, *, least: int = 0, most: int = 100_000_000) -> int | None:
        """Return a whole number within bounds."""
        text = self.text(column, 40)
        if text is None:
            return None
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            kind = "positive whole number" if least else "whole number"
            raise BadRowError(f"the {column} {quoted(text)} is not a {kind} of at most {most}")
        return int(text)

    def needed_whole(self, column: str, *, least: int = 0, most: int = 100_000_000) -> int:
        """Return a whole number that must be given."""
        _ = self.needed(column, 40)
        return self.whole(column, least=least, most=most) or 0

    def metres(self, column: str) -> float | None:
        """Return a number of metres with a decimal point."""
        text = self.text(column, 40)
        if text is None:
            return None
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or abs(number) > 100_000:  # noqa: PLR2004 - no building is 100 km long
            raise BadRowError(f"the {column} {quoted(text)} is not a number of metres such as 12.5")
        return number

    def word(self, column: str, words: type[W]) -> W | None:
        """Return one of an enum's words, in any case."""
        text = self.text(column, 40)
        if text is None:
            return None
        try:
            return words(text.lower())
        except ValueError as error:
            raise BadRowError(f"the {column} {quoted(text)} is not one of {', '.join(words)}") from error

    def yes(self, column: str) -> bool | None:
        """Return whether a cell says yes (or no)."""
        text = self.text(column, 40)
        if text is None:
            return None
        if text.lower() not in _YES_OR_NO:
            raise BadRowError(f"the {column} {quoted(text)} is not yes or no")
        return _YES_OR_NO[text.lower()]

    def several(self, column: str) -> list[str]:
        """Return the parts of a cell that holds several, separated by |."""
        return [part.strip() for part in self.by_column.get(column, "").split("|") if part.strip()]

    def day(self, column: str) -> dt.date | None:
        """Return a date written 2026-11-22."""
        text = self.text(column, 40)
        if text is None:
            return None
        try:
            return dt.datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
        except ValueError as error:
            raise BadRowError(f"the {column} {quoted(text)} is no date such as 2026-11-22") from error

    def clock(self, column: str) -> str:
        """Return a time of day as 'HH:MM'; it must be given."""
        text = self.needed(column, 40)
        found = _CLOCK.fullmatch(text)
        if found is None:
            raise BadRowError(f"the {column} {quoted(text)} is no time of day such as 16:30")
        return f"{int(found[1]):02d}:{found[2]}"
