"""The hand-over's screens: a box, then the dock that the carrier takes it from."""

from dataclasses import dataclass
from typing import ClassVar

from wms.services.scans.screens import Screen


@dataclass(frozen=True, kw_only=True)
class ShippingScreen(Screen):
    """Base of the hand-over screens."""

    station: ClassVar[str] = "shipping"


@dataclass(frozen=True, kw_only=True)
class ScanBox(ShippingScreen):
    """Nothing in hand: how many sealed boxes wait, and for whom."""

    token: str = "box"  # noqa: S105 - a task's token, no secret
    wants: str = "package"
    waiting: int
    carriers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True)
class ScanDock(ShippingScreen):
    """A box is in hand: put it into the dock and scan that."""

    wants: str = "lane"
    package_id: int
    package: str
    number: str
    carrier: str
    docks: tuple[str, ...]

    @property
    def about(self) -> str:
        """The box."""
        return f"box {self.package} of {self.number}, {self.carrier.upper()}"
