"""What a scale is: the protocol, what it says at one moment, and what can go wrong on the way to it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """The weight on the scale at one moment, in whole grams, and whether the scale itself calls it stable.

    It is below zero where something was on the scale when it was zeroed.
    """

    weight_g: int
    is_stable: bool


class Scale(Protocol):
    """An open scale, asked by one node at a time."""

    @property
    def url(self) -> str:
        """The address this scale was opened by."""
        ...

    def read(self) -> Reading:
        """Ask for the weight as it is now, stable or not; SilentError, UnreadableError, OutOfRangeError, LostError."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class ScaleError(Exception):
    """Something between us and a scale went wrong; `todo` is what a person does about it."""

    todo = "check its power, cable and address"

    def __init__(self, what: str, *, url: str) -> None:
        """Keep the scale's address beside the sentence."""
        super().__init__(f"Scale {url} {what}: {self.todo}.")
        self.url = url


class BadAddressError(ScaleError):
    """The address names no scale we can open."""

    todo = "use serial:///dev/ttyUSB0?format=sics, tcp://host:4001?format=and or virtual://host:port"

    def __init__(self, *, url: str, reason: str) -> None:
        """Keep what is wrong with it."""
        super().__init__(reason, url=url)
        self.reason = reason


class UnreachableError(ScaleError):
    """Nothing answers where the scale should be."""

    def __init__(self, *, url: str, reason: str) -> None:
        """Keep what the system said."""
        super().__init__(f"cannot be reached ({reason})", url=url)
        self.reason = reason


class LostError(ScaleError):
    """The line broke while we were asking, as when the plug is pulled."""

    def __init__(self, *, url: str, reason: str) -> None:
        """Keep what the system said."""
        super().__init__(f"hung up ({reason})", url=url)
        self.reason = reason


class SilentError(ScaleError):
    """The line is open and nothing comes."""

    todo = "switch it on, and check its cable and its line format"

    def __init__(self, *, url: str) -> None:
        """Say so."""
        super().__init__("does not answer", url=url)


class UnreadableError(ScaleError):
    """What comes is no weight in the format that the address names."""

    todo = "set the scale and the address to the same format, speed and unit"

    def __init__(self, *, url: str, line: str) -> None:
        """Keep what came last."""
        super().__init__(f"sends what we cannot read ({line[:40]!r})", url=url)
        self.line = line


class OutOfRangeError(ScaleError):
    """The scale shows no number: too much lies on it, or it was lifted."""

    todo = "take everything off it and zero it"

    def __init__(self, *, url: str) -> None:
        """Say so."""
        super().__init__("is over or under its range", url=url)
