"""Child processes of a serving command: started together, watched, started again when they die, stopped together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

import click

GRACE_S = 10.0
_WATCH_S = 0.3
_QUICK_DEATH_S = 2.0
_QUICK_DEATHS = 3


@dataclass(kw_only=True)
class _Child:
    name: str
    command: Sequence[str]
    process: "subprocess.Popen[bytes]"
    started_s: float
    quick_deaths: int = 0


@dataclass(kw_only=True)
class Processes:
    """The children by name, in the order they were started; `stdout` as subprocess takes it, None for our own."""

    environ: Mapping[str, str] = field(default_factory=dict)
    stdout: int | None = None
    _children: list[_Child] = field(default_factory=list)
    _stopping: bool = False

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a child; `command` begins with a module's arguments for this Python ('-m', ...)."""
        self._children.append(_Child(name=name, command=command, process=self._popen(command), started_s=time.time()))

    def _popen(self, command: Sequence[str]) -> "subprocess.Popen[bytes]":
        environ = {**os.environ, **self.environ}
        return subprocess.Popen([sys.executable, *command], env=environ, stdout=self.stdout)  # noqa: S603 - our own modules

    def watch(self) -> int:
        """Wait until a signal stops us; start children that die again. Returns the exit status."""

        def stop(_: int, __: FrameType | None) -> None:
            self._stopping = True

        for number in (signal.SIGTERM, signal.SIGINT):
            _ = signal.signal(number, stop)
        status = 0
        while not self._stopping and status == 0:
            time.sleep(_WATCH_S)
            status = self._revive()
        self.stop()
        return status

    def _revive(self) -> int:
        for child in self._children:
            if child.process.poll() is None or self._stopping:
                continue
            quick = time.time() - child.started_s < _QUICK_DEATH_S
            child.quick_deaths = child.quick_deaths + 1 if quick else 0
            if child.quick_deaths >= _QUICK_DEATHS:
                click.echo(f"The {child.name} does not stay up; see its last lines above.", err=True)
                return 1
            click.echo(f"The {child.name} ended (status {child.process.returncode}); starting it again.", err=True)
            child.process, child.started_s = self._popen(child.command), time.time()
        return 0

    def stop(self) -> None:
        """Ask all children to end, last started first, and end those that do not."""
        for child in reversed(self._children):
            child.process.terminate()
        deadline = time.time() + GRACE_S
        for child in self._children:
            try:
                _ = child.process.wait(timeout=max(0.1, deadline - time.time()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                _ = child.process.wait()
