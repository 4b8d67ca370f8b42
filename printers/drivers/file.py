"""A folder as a printer: each job becomes a file, for another program to print."""

import os
import tempfile
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from printers.errors import BadAddressError, UnreachableError
from printers.printer import Outcome, OutcomeKind
from printers.status import Status


class FilePrinter:
    """Writes each job into a folder as one file that appears whole or not at all."""

    tray_url: str | None = None

    def __init__(self, *, url: str, folder: Path) -> None:
        """Use `folder`, which must exist when a job comes."""
        self.url = url
        self.folder = folder

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Open `file:///folder`; raises BadAddressError where a host or no folder is named."""
        parts = urlsplit(url)
        if parts.netloc or parts.path == "/" or not parts.path.startswith("/"):
            raise BadAddressError(url=url, reason="must name a folder of this machine, with three slashes")
        return cls(url=url, folder=Path(unquote(parts.path)))

    def status(self) -> Status:
        """Say that the folder can be written; raises UnreachableError."""
        if not (self.folder.is_dir() and os.access(self.folder, os.W_OK)):
            raise UnreachableError(url=self.url, reason="no folder we may write to")
        return Status()

    def send(self, zpl: bytes, *, labels: int, timeout_s: float) -> Outcome:  # noqa: ARG002 - a file takes any job at once
        """Write the job as `NANOSECONDS-RANDOM.zpl`, so that names sort by time."""
        try:
            handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=self.folder)
            draft = Path(name)
            try:
                with os.fdopen(handle, "wb") as file:
                    _ = file.write(zpl)
                    file.flush()
                    os.fsync(file.fileno())
                whole = self.folder / f"{draft.stat().st_mtime_ns}-{draft.stem.removeprefix('.')}.zpl"
                _ = draft.rename(whole)
            finally:
                draft.unlink(missing_ok=True)
        except OSError as error:
            return Outcome(kind=OutcomeKind.NOT_PRINTED, reason=f"the file could not be written ({error.strerror})")
        return Outcome(kind=OutcomeKind.HANDED_TO_SPOOLER, reason=f"written to {whole.name}")
