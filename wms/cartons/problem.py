"""Things, cartons, and a packing: who lies where in which box. Lengths in mm, weights in g; things may be turned."""

from dataclasses import dataclass

Sizes = tuple[int, int, int]


def volume_mm3(sizes_mm: Sizes) -> int:
    """Return the volume of a box of these sides."""
    return sizes_mm[0] * sizes_mm[1] * sizes_mm[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Thing:
    """So many equal units to pack; a side of 0 is not known, and such a thing only weighs."""

    key: int
    quantity: int
    sizes_mm: Sizes
    weight_g: int

    @property
    def is_measured(self) -> bool:
        """Whether all sides are known."""
        return all(self.sizes_mm)


@dataclass(frozen=True, kw_only=True, slots=True)
class CartonSize:
    """A box one can take any number of: inner sides, its own weight, and the most it weighs when full."""

    key: int
    sizes_mm: Sizes
    weight_g: int
    max_weight_g: int

    @property
    def payload_g(self) -> int:
        """The most that may be put in."""
        return max(0, self.max_weight_g - self.weight_g)


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A unit in a box: its corner next to the box's own, and its sides as it is turned."""

    key: int
    at_mm: Sizes
    sizes_mm: Sizes


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """One carton with the measured units in it; with none where too many were to be placed one by one."""

    carton: int
    placed: tuple[Placed, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Packing:
    """The boxes of an order; none where no carton takes one of its things, or there are no cartons."""

    boxes: tuple[Box, ...]
