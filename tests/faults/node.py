"""A worker process as shipped, which also notes when it is at a printer: `python -m tests.faults.node NOTES work`.

A visit is a line `begun ended process`, in seconds of the clock that all processes of this machine share.
"""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, update

from printers import drivers
from printers.drivers.virtual import VirtualPrinter
from printers.printer import Outcome
from printers.status import Status
from wms.cli import main
from wms.config import WAREHOUSE_ID, Settings
from wms.database import transaction
from wms.domain.outbox import Job


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """The time in which one process may have had a line to a printer."""

    printer: str
    begun: float
    ended: float
    process: int


def visits(notes: Path) -> list[Visit]:
    """Return what all nodes noted, in order of their beginnings; a killed one's last visit ended with it."""
    lines = [line.split() for line in notes.read_text("ascii").splitlines()] if notes.exists() else []
    made = [
        Visit(begun=float(begun), ended=float(ended), process=int(process), printer=printer)
        for begun, ended, process, printer in lines
    ]
    return sorted(made, key=lambda visit: visit.begun)


class Watched(VirtualPrinter):
    """The driver as shipped, with a note for each visit."""

    notes: Path

    def status(self) -> Status:
        """Ask, and note it."""
        with self._noted():
            return super().status()

    def send(self, zpl: bytes, *, labels: int, timeout_s: float) -> Outcome:
        """Print, and note it."""
        with self._noted():
            return super().send(zpl, labels=labels, timeout_s=timeout_s)

    @contextmanager
    def _noted(self) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            note = f"{begun:.6f} {time.monotonic():.6f} {os.getpid()} {self.port}\n"
            descriptor = os.open(self.notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            _ = os.write(descriptor, note.encode("ascii"))
            os.close(descriptor)


@contextmanager
def node(settings: Settings, notes: Path, *, threads: int, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker process on a database until the block ends."""
    env = {**os.environ, "WMS_DATABASE_URL": settings.database_url, "WMS_DATA_DIR": str(settings.data_dir), **environ}
    command = [sys.executable, "-m", "tests.faults.node", str(notes), "work", "--threads", str(threads)]
    process = subprocess.Popen(command, env=env)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        _ = process.wait(60)


def let_leases_end(engine: Engine, process: int) -> None:
    """Let the leases of a killed worker process run out now."""
    mine = Job.warehouse_id == WAREHOUSE_ID, Job.owner.like(f"%-{process}-%")
    with transaction(engine) as session:
        _ = session.execute(update(Job).where(*mine).values(leased_until=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)))


if __name__ == "__main__":
    Watched.notes = Path(sys.argv.pop(1))
    drivers.SCHEMES["virtual"] = Watched.from_url
    main()
