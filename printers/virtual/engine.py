"""The inside of a virtual Zebra: buffer, print head, paper and the counter that never goes back."""

import re
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from printers import formats

DEFAULT_BUFFER_BYTES = 4 * 1024 * 1024
DEFAULT_LENGTH_DOTS = 1218
LENGTH = re.compile(rb"\^LL\s*(\d{1,5})")
REPRINT = re.compile(rb"\^JZ\s*([YNyn])")


class Switch(StrEnum):
    """What stops a printer; the last three only ~HQES tells."""

    PAPER_OUT = "paper_out"
    RIBBON_OUT = "ribbon_out"
    HEAD_OPEN = "head_open"
    PAUSED = "paused"
    OVER_TEMPERATURE = "over_temperature"
    CUTTER_FAULT = "cutter_fault"
    MOTOR_HOT = "motor_hot"
    BAD_HEAD = "bad_head"


class Quirk(StrEnum):
    """What a printer prints on with: a warning of ~HQES, or a firmware so old that it does not know the question."""

    PAPER_LOW = "paper_low"
    NEEDS_CALIBRATION = "needs_calibration"
    DIRTY_HEAD = "dirty_head"
    WORN_HEAD = "worn_head"
    NO_QUERY = "no_query"


class Position(StrEnum):
    """How a switch stands: a printer in trouble may say so, or say nothing at all, as Zebra's manual warns."""

    OFF = "off"
    ANSWERS = "flag"
    SILENT = "silent"


@dataclass(slots=True)
class Job:
    """A received format and the copies still to print."""

    zpl: bytes
    copies: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineState:
    """What the engine looks like at one moment."""

    switches: dict[Switch, Position]
    quirks: frozenset[Quirk]
    formats_waiting: int
    labels_remaining: int
    buffer_full: bool
    partial_format: bool
    length_dots: int
    odometer: int

    @property
    def is_silent(self) -> bool:
        """Whether questions stay unanswered."""
        return Position.SILENT in self.switches.values()

    def is_on(self, switch: Switch) -> bool:
        """Whether the switch is in trouble, said or unsaid."""
        return self.switches[switch] is not Position.OFF


class Engine:
    """Prints what it was given, one label after the other, in a thread of its own."""

    def __init__(
        self,
        *,
        on_label: Callable[[int, bytes], None],
        odometer: int = 0,
        label_s: float = 0.0,
        buffer_bytes: int = DEFAULT_BUFFER_BYTES,
    ) -> None:
        """Call `on_label(odometer, zpl)` for each physical label, which takes `label_s` to print."""
        self._on_label = on_label
        self._label_s = label_s
        self._buffer_bytes = buffer_bytes
        self._odometer = odometer
        self._jobs: deque[Job] = deque()
        self._switches = dict.fromkeys(Switch, Position.OFF)
        self._quirks: frozenset[Quirk] = frozenset()
        self._is_partial = False
        self._is_stopped = False
        self._reprints = True
        self._length_dots = DEFAULT_LENGTH_DOTS
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="print head", daemon=True)

    def set_pace(self, label_s: float) -> None:
        """Take so long for a label, the one under the head included."""
        with self._changed:
            self._label_s = label_s
            self._changed.notify_all()

    def start(self) -> None:
        """Let the print head run."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the print head after the label under it."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()
        self._thread.join()

    def state(self) -> EngineState:
        """Return how it stands now."""
        with self._changed:
            return EngineState(
                switches=dict(self._switches),
                quirks=self._quirks,
                formats_waiting=len(self._jobs),
                labels_remaining=sum(job.copies for job in self._jobs),
                buffer_full=self._is_full(),
                partial_format=self._is_partial,
                length_dots=self._length_dots,
                odometer=self._odometer,
            )

    def take(self, zpl: bytes, *, is_partial: bool = False) -> None:
        """Queue a whole format; `is_partial` when the next one has already begun."""
        copies = formats.copies(zpl)
        length = LENGTH.search(zpl)
        reprint = REPRINT.search(zpl)
        with self._changed:
            self._length_dots = int(length[1]) if length else self._length_dots
            self._reprints = reprint[1].upper() == b"Y" if reprint else self._reprints
            self._is_partial = is_partial
            if copies:
                self._jobs.append(Job(zpl=zpl, copies=copies))
            self._changed.notify_all()

    def wait_for_room(self, *, timeout_s: float) -> bool:
        """Wait until the receive buffer has room and say whether it has."""
        with self._changed:
            return self._changed.wait_for(lambda: self._is_stopped or not self._is_full(), timeout_s)

    def wait_until_idle(self, *, timeout_s: float) -> bool:
        """Wait until nothing waits to be printed and say whether it is so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._jobs, timeout_s)

    def wait_for_formats(self, count: int, *, timeout_s: float) -> bool:
        """Wait until at least `count` formats wait to be printed and say whether they do."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._jobs) >= count, timeout_s)

    def note_partial(self) -> None:
        """Remember that a format has begun; a broken line leaves it so until the next whole format."""
        with self._changed:
            self._is_partial = True

    def switch(self, switch: Switch, position: Position) -> None:
        """Set a switch; a label under the head when trouble starts is spoiled and printed again (^JZY)."""
        with self._changed:
            self._switches[switch] = position
            self._changed.notify_all()

    def set_quirk(self, quirk: Quirk, *, is_on: bool) -> None:
        """Let the printer warn of something, or forget a question, or not any more."""
        with self._changed:
            self._quirks = self._quirks | {quirk} if is_on else self._quirks - {quirk}

    def cancel(self) -> None:
        """Drop everything that waits (~JA)."""
        with self._changed:
            self._jobs.clear()
            self._is_partial = False
            self._changed.notify_all()

    def power_cycle(self) -> None:
        """Lose the queue and the pause; keep the odometer and what is wrong with the paper."""
        with self._changed:
            self._jobs.clear()
            self._is_partial = False
            self._reprints = True
            self._switches[Switch.PAUSED] = Position.OFF
            self._changed.notify_all()

    def _is_full(self) -> bool:
        return sum(len(job.zpl) for job in self._jobs) >= self._buffer_bytes

    def _is_blocked(self) -> bool:
        return any(position is not Position.OFF for position in self._switches.values())

    def _run(self) -> None:
        with self._changed:
            while True:
                _ = self._changed.wait_for(lambda: self._is_stopped or (self._jobs and not self._is_blocked()))
                if self._is_stopped:
                    return
                job = self._jobs[0]
                begun_s = time.monotonic()
                while not self._is_spoiled(job) and (left_s := begun_s + self._label_s - time.monotonic()) > 0:
                    _ = self._changed.wait(left_s)
                if not self._is_spoiled(job):
                    self._eject(job)
                elif self._jobs and self._jobs[0] is job and not self._reprints:
                    self._count_down(job)

    def _is_spoiled(self, job: Job) -> bool:
        """Whether the label under the head is no longer wanted or something has gone wrong with it."""
        is_gone = not self._jobs or self._jobs[0] is not job
        return is_gone or self._is_blocked() or self._is_stopped

    def _eject(self, job: Job) -> None:
        """Let one label fall into the tray."""
        self._odometer += 1
        self._on_label(self._odometer, job.zpl)
        self._count_down(job)

    def _count_down(self, job: Job) -> None:
        job.copies -= 1
        if job.copies <= 0:
            _ = self._jobs.popleft()
        self._changed.notify_all()
