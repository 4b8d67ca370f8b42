"""What ZPL bytes will do to paper: their formats, and how many physical labels each of them makes.

After Zebra's ZPL II Programming Guide: a format is ^XA to ^XZ; without a field it prints nothing (carriers send their
printer settings so), with ^DF it is stored and printed by a later ^XF, and ^PQ prints it several times.
"""

import re

_FORMAT = re.compile(rb"\^XA.*?\^XZ", re.DOTALL | re.IGNORECASE)
_MARK = re.compile(rb"\^X[AZ]", re.IGNORECASE)
_COMMENT = re.compile(rb"\^FX[^^~]*", re.IGNORECASE)
_FIELD = re.compile(rb"\^(?:F[DV]|G[BCDEFS]|XG|IM|XF|SN)", re.IGNORECASE)
_STORED = re.compile(rb"\^DF", re.IGNORECASE)
_COPIES = re.compile(rb"\^PQ\s*(\d{1,8})", re.IGNORECASE)


def formats(zpl: bytes) -> list[bytes]:
    """Return the whole formats in order; bytes around them belong to none."""
    return _FORMAT.findall(zpl)


def pages(zpl: bytes) -> list[bytes]:
    """Return each format that prints, behind those before it that only set or store something."""
    found: list[bytes] = []
    set_up = b""
    for one in formats(zpl):
        if copies(one):
            found.append(set_up + one)
        else:
            set_up += one
    return found


def is_whole(zpl: bytes) -> bool:
    """Tell whether every format that ends has begun, and none is left open.

    Carriers send ^XA twice before one ^XZ: the first is then the beginning of the same label.
    """
    is_open, has_ended = False, False
    for mark in _MARK.findall(zpl):
        begins = mark.upper() == b"^XA"
        if not begins and not is_open:
            return False
        is_open, has_ended = begins, has_ended or not begins
    return has_ended and not is_open


def copies(format_: bytes) -> int:
    """Return how many labels one whole format makes; 0 where it only sets or stores something."""
    plain = _COMMENT.sub(b"", _with_carets(format_))
    if _STORED.search(plain) or not _FIELD.search(plain):
        return 0
    asked = _COPIES.search(plain)
    # ^PQ0 is below the command's smallest value, so the printer keeps its default.
    return max(1, int(asked[1])) if asked else 1


def _with_carets(format_: bytes) -> bytes:
    """Return a format with ^ before its commands, also where it made another character start them (^CC)."""
    done, mark, rest = b"", b"^", format_
    while change := re.search(b"(?:" + re.escape(mark) + rb"|~)CC(.)", rest, re.DOTALL | re.IGNORECASE):
        done += _swapped(rest[: change.start()], mark)
        mark, rest = change[1], rest[change.end() :]
    return done + _swapped(rest, mark)


def _swapped(part: bytes, mark: bytes) -> bytes:
    return part if mark == b"^" else part.replace(b"^", b" ").replace(mark, b"^")


def physical_labels(zpl: bytes) -> int:
    """Return how many labels come out of a printer that is sent these bytes."""
    return sum(map(copies, formats(zpl)))
