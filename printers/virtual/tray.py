"""The labels a virtual printer has printed: files in a folder, which outlive the program and are its odometer."""

import hashlib
import json
import os
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from printers.decode import decode
from printers.preview import Preview


@dataclass(frozen=True, kw_only=True, slots=True)
class Printed:
    """One physical label: its number in the printer's life, when it came out, and its bytes' SHA-256."""

    number: int
    at: datetime
    sha256: str


class Tray:
    """A folder of `000001.zpl` and, once somebody has looked, `000001.png` and `000001.json` with the decoded codes."""

    def __init__(self, folder: Path) -> None:
        """Use the folder, which the first label makes where it is missing."""
        self.folder = folder

    @property
    def last_number(self) -> int:
        """The number of the newest label, 0 in an empty tray."""
        return max(self.numbers(), default=0)

    def numbers(self) -> list[int]:
        """Return the numbers of all labels, oldest first."""
        return sorted(int(path.stem) for path in self.folder.glob("*.zpl") if path.stem.isdigit())

    def add(self, number: int, zpl: bytes) -> None:
        """Keep a label that has just come out; the file appears whole."""
        write_whole(self._path(number, "zpl"), zpl)

    def zpl(self, number: int) -> bytes:
        """Return the format that made the label; raises FileNotFoundError."""
        return self._path(number, "zpl").read_bytes()

    def printed(self, number: int) -> Printed:
        """Return what is known of a label without drawing it; raises FileNotFoundError."""
        zpl = self.zpl(number)
        at = datetime.fromtimestamp(self._path(number, "zpl").stat().st_mtime, tz=UTC)
        return Printed(number=number, at=at, sha256=hashlib.sha256(zpl).hexdigest())

    def png(self, number: int, preview: Preview) -> bytes:
        """Return the label's picture, drawn the first time; raises PreviewError, FileNotFoundError."""
        path = self._path(number, "png")
        if not path.exists():
            write_whole(path, preview.draw(self.zpl(number)))
        return path.read_bytes()

    def codes(self, number: int, preview: Preview) -> list[str]:
        """Return the codes read from the label's pixels, read the first time; raises as `png`."""
        path = self._path(number, "json")
        if not path.exists():
            write_whole(path, json.dumps(decode(self.png(number, preview))).encode("ascii"))
        codes: list[str] = json.loads(path.read_bytes())
        return codes

    def _path(self, number: int, suffix: str) -> Path:
        return self.folder / f"{number:06d}.{suffix}"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it appears whole or not at all."""
    # Somebody may have emptied the tray by removing its folder.
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    _ = draft.write_bytes(content)
    _ = draft.replace(path)
