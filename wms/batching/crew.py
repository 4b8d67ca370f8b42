"""Threads that share the work of one plan; the compiled part runs on all of them at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

Given = TypeVar("Given")
Found = TypeVar("Found")

HANDS = 2
"""How many threads share the work. A plan depends on it, so it is not read from the machine."""


class Crew:
    """A few threads, for as long as a plan takes."""

    def __init__(self, hands: int = HANDS) -> None:
        """Hire so many."""
        self.hands = hands
        self._threads = ThreadPoolExecutor(hands)

    def __enter__(self) -> Self:
        """Begin to work."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for everybody and let them go."""
        self._threads.shutdown()

    def each(self, do: Callable[[Given], Found], things: Sequence[Given]) -> list[Found]:
        """Return what comes of each thing, in their sequence."""
        return list(self._threads.map(do, things))
