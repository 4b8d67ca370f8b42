"""Make a text as tall as its room allows, in letters that the printer has."""

import textwrap

from printers.lettering import printable

# Capitals of Zebra's scalable font 0 (a bold condensed face) are on average less wide than this for their height.
WIDTH_PER_HEIGHT = 0.62
SMALLEST_DOTS = 20
LINE_PER_HEIGHT = 1.1


def fitted(text: str, *, width_dots: int, tallest_dots: int) -> tuple[str, int]:
    """Return the text and its height in dots so that one line fits `width_dots`; only what is far too long is cut."""
    (line,), height = fitted_lines(text, width_dots=width_dots, tallest_dots=tallest_dots, lines=1)
    return line, height


def fitted_lines(text: str, *, width_dots: int, tallest_dots: int, lines: int) -> tuple[list[str], int]:
    """Return the text in at most `lines` lines and their height in dots: one of `tallest_dots`, or more in its room.

    A word is broken, and the end cut, only where the smallest letters do not fit.
    """
    words = printable(text)
    longest = max(map(len, words.split()), default=0)
    for height in range(tallest_dots, SMALLEST_DOTS - 1, -1):
        chars = _chars(width_dots, height)
        rows = textwrap.wrap(words, chars, break_on_hyphens=False) if longest <= chars else []
        if 0 < len(rows) <= _lines(tallest_dots, height, lines):
            return rows, height
    chars = _chars(width_dots, SMALLEST_DOTS)
    rows = textwrap.wrap(words, chars, break_on_hyphens=False) or [""]
    kept = rows[: _lines(tallest_dots, SMALLEST_DOTS, lines)]
    if len(kept) < len(rows):
        kept[-1] = kept[-1][: chars - 2] + ".."
    return kept, SMALLEST_DOTS


def _chars(width_dots: int, height_dots: int) -> int:
    return int(width_dots / (WIDTH_PER_HEIGHT * height_dots))


def _lines(room_dots: int, height_dots: int, most: int) -> int:
    return min(most, max(1, int(room_dots / (LINE_PER_HEIGHT * height_dots))))
