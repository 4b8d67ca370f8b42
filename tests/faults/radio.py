"""A bad radio line between a handheld and its server: answers lost, answers late, the line cut for seconds."""

import asyncio
import random
import re
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_NO_BODY = (b"204", b"304")
_HEAD = b"HEAD "
_POST = b"POST "


@dataclass(frozen=True, kw_only=True, slots=True)
class Weather:
    """How bad the line is once a storm has begun: shares of answers, seconds for the rest."""

    lost: float = 0.3
    late_s: float = 2.0
    cut_s: float = 5.0
    calm_s: tuple[float, float] = (6.0, 18.0)


@dataclass(kw_only=True, slots=True)
class Figures:
    """What the line did: requests and answers it carried, answers it lost, cuts it made."""

    posts: int = 0
    answers: int = 0
    lost: int = 0
    cuts: int = 0
    seconds_cut: float = 0.0


@dataclass(kw_only=True)
class BadRadio:
    """A line on a port of its own to the server on `to_port`; fair until `storm`, cut by hand with `cut` and `mend`."""

    to_port: int
    seed: int
    weather: Weather = field(default_factory=Weather)
    figures: Figures = field(default_factory=Figures)
    port: int = 0

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - dice, no secret
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._writers: set[asyncio.StreamWriter] = set()
        self._refuses = False
        self._storms = False

    def __enter__(self) -> Self:
        """Begin to carry."""
        self._thread.start()
        assert self._is_ready.wait(20)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Hang up."""
        self._on_the_line(self._ends.set)
        self._thread.join()

    def storm(self) -> None:
        """From now on lose, delay and cut by the weather."""
        self._storms = True
        self._on_the_line(self._began.set)

    def cut(self) -> None:
        """Carry nothing from now on, without a word to either side, as a shelf of steel does."""
        self._on_the_line(self._is_up.clear)

    def mend(self) -> None:
        """Carry again, first what was under way when the line was cut."""
        self._on_the_line(self._is_up.set)

    def _on_the_line(self, act: Callable[[], object]) -> None:
        _ = asyncio.run_coroutine_threadsafe(_now(act), self._loop).result(20)

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._is_up, self._began, self._ends = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._is_up.set()
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        cutting = asyncio.create_task(self._cut_now_and_then())
        self._is_ready.set()
        _ = await self._ends.wait()
        server.close()
        _ = cutting.cancel()
        self._refuses = True
        self._is_up.set()
        for writer in self._writers:
            writer.transport.abort()
        _ = await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)

    async def _cut_now_and_then(self) -> None:
        _ = await self._began.wait()
        while True:
            await asyncio.sleep(self._dice.uniform(*self.weather.calm_s))
            self.figures.cuts += 1
            self.figures.seconds_cut += self.weather.cut_s
            # Half of the cuts are silence; in the others the access point is gone and connections break.
            self._refuses = self._dice.random() < 0.5
            self._is_up.clear()
            for writer in self._writers if self._refuses else ():
                writer.transport.abort()
            await asyncio.sleep(self.weather.cut_s)
            self._refuses = False
            self._is_up.set()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        ends = [writer]
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                if not self._refuses:
                    _ = await self._is_up.wait()
                    up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.to_port)
                    ends.append(up_writer)
                    methods: deque[bytes] = deque()
                    ways = (self._requests(reader, up_writer, methods), self._answers(up_reader, writer, methods))
                    await _first_of(*ways)
        finally:
            self._writers.discard(writer)
            for end in ends:
                end.transport.abort()

    async def _requests(
        self, reader: asyncio.StreamReader, up_writer: asyncio.StreamWriter, methods: deque[bytes]
    ) -> None:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(_length(head))
            methods.append(head[:5])
            self.figures.posts += head.startswith(_POST)
            # Kept through a cut and sent afterwards, even where the handheld has given up: it may have sent it again.
            _ = await self._is_up.wait()
            up_writer.write(head + body)
            await up_writer.drain()

    async def _answers(
        self, up_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, methods: deque[bytes]
    ) -> None:
        while True:
            head = await up_reader.readuntil(b"\r\n\r\n")
            has_body = methods.popleft() != _HEAD and head.split(b" ", 2)[1] not in _NO_BODY
            body = await up_reader.readexactly(_length(head) if has_body else 0)
            self.figures.answers += 1
            if self._storms and self._dice.random() < self.weather.lost:
                self.figures.lost += 1
                if self._dice.random() < 0.5:  # in the middle, else before the first byte
                    writer.write(head + body[: len(body) // 2])
                    await writer.drain()
                return
            if self._storms:
                await asyncio.sleep(self.weather.late_s * self._dice.random() ** 3)
            _ = await self._is_up.wait()
            writer.write(head + body)
            await writer.drain()


async def _now(act: Callable[[], object]) -> None:
    _ = act()


def _length(head: bytes) -> int:
    found = _LENGTH.search(head)
    return int(found[1]) if found else 0


async def _first_of(*ways: Awaitable[None]) -> None:
    """Run both ways until one ends, and raise what it raised."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            _ = task.cancel()
        _ = await asyncio.gather(*tasks, return_exceptions=True)
