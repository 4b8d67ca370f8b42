"""Cut the bytes a printer receives into formats and commands, however the network has cut them.

A `~` command acts at once, also inside a format. Binary graphics (^GFB, ~DG) are not taken apart: send ASCII or Z64.
"""

import re
from dataclasses import dataclass

PIECE = re.compile(
    rb"""(?P<start>\^XA)
    | (?P<end>\^XZ)
    | (?P<command>~[Hh][Qq][A-Za-z]{2}|~(?![Hh][Qq])[A-Za-z]{2})
    | !\s?U1\s+getvar\s+"(?P<setting>[^"\r\n]*)"\s?""",
    re.VERBOSE,
)
# The longest beginning of a command that may still be waiting for its rest.
TAIL = re.compile(rb"""(?:\^X?|~(?:[Hh][Qq][A-Za-z]?|[A-Za-z])?|!\s?(?:U1?)?[^\r\n"]{0,12}(?:"[^"\r\n]{0,80})?)\Z""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """One whole label format, ^XA to ^XZ, as it was sent."""

    zpl: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """One immediate command, such as ~HS, or ~HQES: ~HQ has two letters more."""

    name: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One SGD getvar."""

    setting: bytes


CANCEL_ALL = Command(name=b"~JA")
Piece = Format | Command | Question


class StreamParser:
    """Holds what has arrived and is not whole yet."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._text = b""
        self._format: bytes | None = None

    @property
    def is_partial(self) -> bool:
        """Whether a format has begun and not ended."""
        return self._format is not None

    def feed(self, received: bytes) -> list[Piece]:
        """Take bytes in and return what has become whole, in order."""
        self._text += received
        pieces: list[Piece] = []
        done = 0
        for match in PIECE.finditer(self._text):
            self._keep(self._text[done : match.start()])
            done = match.end()
            if match["start"]:
                self._format = match["start"]
            elif match["end"]:
                if self._format is not None:
                    pieces.append(Format(zpl=self._format + match["end"]))
                self._format = None
            elif match["command"]:
                pieces.append(Command(name=match["command"].upper()))
                if pieces[-1] == CANCEL_ALL:
                    self._format = None
            else:
                pieces.append(Question(setting=match["setting"]))
        rest = self._text[done:]
        tail = TAIL.search(rest)
        keep_from = tail.start() if tail else len(rest)
        self._keep(rest[:keep_from])
        self._text = rest[keep_from:]
        return pieces

    def _keep(self, text: bytes) -> None:
        """Add to the unfinished format, if there is one."""
        if self._format is not None:
            self._format += text
