"""The network side of a virtual Zebra: a TCP listener, a thread a connection, and the faults a line can have."""

import contextlib
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from printers.virtual import replies
from printers.virtual.engine import DEFAULT_BUFFER_BYTES, Engine, EngineState, Position, Quirk, Switch
from printers.virtual.stream import Command, Format, Piece, Question, StreamParser
from printers.virtual.tray import Tray

CHUNK_BYTES = 4096
TICK_S = 0.05
# Between the pieces of an answer, so that the host's system does not join them again.
PIECE_GAP_S = 0.005
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
# How far into a format the line breaks, for LineFault.RESET_DURING.
MIDDLE_BYTES = 12


class LineFault(StrEnum):
    """What is wrong between the printer and the world.

    HALF_OPEN: a line whose printer has forgotten it takes all bytes, loses them and never answers nor ends;
    HALF_OPEN_DURING: the printer forgets it when a label comes.
    """

    NONE = "none"
    REFUSED = "refuse"
    NEVER_READ = "never_read"
    RESET_BEFORE = "reset_before"
    RESET_DURING = "reset_during"
    RESET_AFTER = "reset_after"
    HALF_OPEN = "half_open"
    HALF_OPEN_DURING = "half_open_during"
    ONE_CLIENT = "one_client"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How fast a printer prints and answers: seconds a label, seconds before an answer, pieces of an answer."""

    label_s: float = 0.0
    status_delay_s: float = 0.0
    status_pieces: int = 1


class LineResetError(Exception):
    """The line is to break now."""


class VirtualZebra:
    """One printer on one port, with its own engine and tray."""

    def __init__(
        self,
        *,
        name: str,
        tray: Path,
        host: str = "127.0.0.1",
        port: int = 0,
        label_s: float = 0.0,
        buffer_bytes: int = DEFAULT_BUFFER_BYTES,
    ) -> None:
        """Listen at once on `port` (0 takes a free one); print into `tray / name`. Raises OSError, ValueError."""
        if not NAME.fullmatch(name):
            raise ValueError(f"Printer name {name!r} must be letters, digits, - and _, at most 40.")
        self.name = name
        self.tray = Tray(tray / name)
        self.host = host
        self._engine = Engine(
            on_label=self.tray.add, odometer=self.tray.last_number, label_s=label_s, buffer_bytes=buffer_bytes
        )
        self._fault = LineFault.NONE
        self.usual_pace = Pace(label_s=label_s)
        self._pace = self.usual_pace
        self._lines: dict[socket.socket, threading.Thread] = {}
        self._lock = threading.Lock()
        self._is_stopped = threading.Event()
        self._is_settled = threading.Event()
        self._listener: socket.socket | None = listen(host, port)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept_all, name=f"{name} listener", daemon=True)

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()

    @property
    def url(self) -> str:
        """The address to print to, without the tray's port."""
        return f"virtual://{self.host}:{self.port}"

    @property
    def fault(self) -> LineFault:
        """What is wrong with the line."""
        return self._fault

    @property
    def pace(self) -> Pace:
        """How fast it prints and answers."""
        return self._pace

    def start(self) -> None:
        """Accept connections and print."""
        self._engine.start()
        self._thread.start()

    def stop(self) -> None:
        """Close everything; the tray stays."""
        self._is_stopped.set()
        self._thread.join()
        self._drop_lines()
        self._engine.stop()

    def state(self) -> EngineState:
        """Return how the printer stands."""
        return self._engine.state()

    def wait_until_idle(self, *, timeout_s: float = 10.0) -> bool:
        """Wait until everything received is printed or dropped, and say whether it is."""
        return self._engine.wait_until_idle(timeout_s=timeout_s)

    def wait_for_formats(self, count: int, *, timeout_s: float = 10.0) -> bool:
        """Wait until `count` formats wait to be printed, as in a printer without paper, and say whether they do."""
        return self._engine.wait_for_formats(count, timeout_s=timeout_s)

    def switch(self, switch: Switch, position: Position) -> None:
        """Take the paper out, open the head, and so on, or put it right."""
        self._engine.switch(switch, position)

    def set_quirk(self, quirk: Quirk, *, is_on: bool) -> None:
        """Let the printer warn of something, or not know ~HQES, or not any more."""
        self._engine.set_quirk(quirk, is_on=is_on)

    def break_line(self, fault: LineFault) -> None:
        """Break the line in one way, or mend it with NONE; a running printer has done so when this returns."""
        self._fault = fault
        self._is_settled.clear()
        while self._thread.is_alive() and not self._is_settled.wait(TICK_S):
            continue

    def set_pace(self, pace: Pace) -> None:
        """Print and answer as fast as `pace` says, from the label under the head and the next question on."""
        self._pace = pace
        self._engine.set_pace(pace.label_s)

    def power_cycle(self) -> None:
        """Switch it off and on: connections and queue are lost."""
        self._drop_lines()
        self._engine.power_cycle()

    def _drop_lines(self) -> None:
        """Reset all connections and wait until nobody reads from them any more."""
        with self._lock:
            lines, self._lines = self._lines, {}
        for thread in lines.values():
            thread.join()

    def _is_live(self, line: socket.socket) -> bool:
        with self._lock:
            return line in self._lines

    def _accept_all(self) -> None:
        """Take callers until stopped; the only thread that opens and closes the listener."""
        while not self._is_stopped.is_set():
            self._listener = self._settle(self._listener)
            if self._listener is None:
                _ = self._is_stopped.wait(TICK_S)
                continue
            try:
                line, _peer = self._listener.accept()
            except TimeoutError:
                continue
            self._welcome(line)
        if self._listener is not None:
            self._listener.close()

    def _settle(self, listener: socket.socket | None) -> socket.socket | None:
        """Close or open the listener as the fault asks, and say that it is done."""
        is_refusing = self._fault is LineFault.REFUSED
        if is_refusing and listener is not None:
            listener.close()
            listener = None
        elif not is_refusing and listener is None:
            listener = listen(self.host, self.port)
        if is_refusing is (self._fault is LineFault.REFUSED):
            self._is_settled.set()
        return listener

    def _welcome(self, line: socket.socket) -> None:
        thread = threading.Thread(target=self._serve, args=(line,), name=f"{self.name} line", daemon=True)
        with self._lock:
            is_taken = self._fault is LineFault.ONE_CLIENT and bool(self._lines)
            if not (is_taken or self._fault is LineFault.RESET_BEFORE):
                self._lines[line] = thread
                thread.start()
                return
        reset(line)

    def _serve(self, line: socket.socket) -> None:
        """Read one connection until it ends, breaks or is dropped."""
        parser = StreamParser()
        is_forgotten = False
        line.settimeout(TICK_S)
        # The other side has gone, or the line is to break: what it began stays unfinished.
        with contextlib.suppress(OSError, LineResetError):
            while self._is_live(line):
                # A printer that never reads, or has no room, lets the sender's window fill up.
                if self._fault is LineFault.NEVER_READ:
                    _ = self._is_stopped.wait(TICK_S)
                    continue
                if not self._engine.wait_for_room(timeout_s=TICK_S):
                    continue
                try:
                    received = line.recv(CHUNK_BYTES)
                except TimeoutError:
                    continue
                if not received:
                    line.close()
                    break
                # A line once forgotten stays so: its end comes from the other side.
                is_forgotten = is_forgotten or self._forgets(received)
                if self._is_live(line) and not is_forgotten:
                    self._handle(line, parser, received)
        with self._lock:
            _ = self._lines.pop(line, None)
        reset(line)

    def _forgets(self, received: bytes) -> bool:
        is_label = self._fault is LineFault.HALF_OPEN_DURING and b"^XA" in received
        return is_label or self._fault is LineFault.HALF_OPEN

    def _handle(self, line: socket.socket, parser: StreamParser, received: bytes) -> None:
        """Act on what has arrived; raises LineResetError, OSError."""
        begin = received.find(b"^XA")
        breaks = self._fault is LineFault.RESET_DURING and begin >= 0
        pieces = parser.feed(received[: begin + MIDDLE_BYTES] if breaks else received)
        if parser.is_partial:
            self._engine.note_partial()
        for piece in pieces:
            self._obey(line, parser, piece)
        if breaks or (self._fault is LineFault.RESET_AFTER and any(isinstance(piece, Format) for piece in pieces)):
            raise LineResetError

    def _obey(self, line: socket.socket, parser: StreamParser, piece: Piece) -> None:
        state = self._engine.state()
        match piece:
            case Format(zpl=zpl):
                self._engine.take(zpl, is_partial=parser.is_partial)
            case Question(setting=setting):
                self._answer(line, state, [replies.setting(setting, state)])
            case Command(name=b"~HS"):
                self._answer(line, state, replies.host_status(state))
            case Command(name=b"~HQES") if Quirk.NO_QUERY not in state.quirks:
                self._answer(line, state, [replies.host_query(state)])
            case Command(name=b"~JA"):
                self._engine.cancel()
            case Command(name=b"~PS"):
                self._engine.switch(Switch.PAUSED, Position.OFF)
            case Command(name=b"~PP"):
                self._engine.switch(Switch.PAUSED, Position.ANSWERS)
            case Command():
                return

    def _answer(self, line: socket.socket, state: EngineState, frames: list[bytes]) -> None:
        if state.is_silent:
            return
        pace = self._pace
        self._linger(line, pace.status_delay_s)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        first, *rest = cut(b"".join(frames), pace.status_pieces)
        line.sendall(first)
        for piece in rest:
            self._linger(line, PIECE_GAP_S)
            line.sendall(piece)

    def _linger(self, line: socket.socket, wait_s: float) -> None:
        """Let time pass on a line, unless it is dropped."""
        ends_at = time.monotonic() + wait_s
        while self._is_live(line) and (left_s := ends_at - time.monotonic()) > 0:
            _ = self._is_stopped.wait(min(left_s, TICK_S))


def cut(whole: bytes, pieces: int) -> list[bytes]:
    """Return an answer in so many pieces, cut inside its frames, where a careless reader would stop."""
    size = max(1, -(-len(whole) // pieces))
    return [whole[at : at + size] for at in range(0, len(whole), size)]


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket whose accept gives up after a tick; raises OSError."""
    listener = socket.create_server((host, port))
    listener.settimeout(TICK_S)
    return listener


def reset(line: socket.socket) -> None:
    """Close with a reset (RST), which throws away what is under way; a line closed already stays as it is."""
    with contextlib.suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.close()
