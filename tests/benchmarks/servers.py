"""Servers to measure: gunicorn as `wms serve` starts it, and the CPU time of a process with all its children."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_START_S = 30.0
# In /proc/PID/stat after the command's closing bracket: parent, then user, system and the ended children's ticks.
_PARENT, _TIMES = 1, slice(11, 15)


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """A server that answers on a port of this machine; `pid` is its first process."""

    port: int
    pid: int


@contextmanager
def gunicorn(application: str, environment: Mapping[str, str], workers: int, log: Path) -> Iterator[Server]:
    """Serve an application by so many processes of 8 threads, and stop them at the end."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        port: int = listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}", "--workers", str(workers)]
        command += ["--worker-class", "gthread", "--threads", "8", "--keep-alive", "75", "--log-level", "warning"]
        with log.open("wb") as output:
            server = subprocess.Popen(
                [*command, application],
                env={**os.environ, **environment},
                pass_fds=[listener.fileno()],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
    try:
        _await_workers(server, workers, log)
        yield Server(port=port, pid=server.pid)
    finally:
        server.terminate()
        _ = server.wait()


def _await_workers(server: subprocess.Popen[bytes], workers: int, log: Path) -> None:
    deadline_s = time.monotonic() + _START_S
    while len(_family(server.pid)) <= workers:
        if server.poll() is not None or time.monotonic() > deadline_s:
            raise RuntimeError(f"The server did not start: {log.read_text()}")
        time.sleep(0.05)


def cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process and its children have used, those that have ended included."""
    return sum(sum(int(ticks) for ticks in stat[_TIMES]) for stat in _family(pid)) / _TICKS_A_SECOND


def _family(pid: int) -> list[list[str]]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            stat = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        if path.parent.name == str(pid) or stat[_PARENT] == str(pid):
            found.append(stat)
    return found


def postgres_pid(url: str) -> int:
    """Return the first process of the PostgreSQL server, which must run on this machine in a folder we may read."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            folder: str = connection.exec_driver_sql("SHOW data_directory").scalar_one()
        return int(Path(folder, "postmaster.pid").read_text().split()[0])
    finally:
        engine.dispose()
