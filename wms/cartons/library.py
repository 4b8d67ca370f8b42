"""The cartonization library, seen by nobody else: packvium (MIT, pure Python, whole numbers).

packvium.com/docs; a counted budget makes its answers the same on every machine.
"""

from collections.abc import Iterator, Sequence
from enum import Enum

from packvium import Container, Dimensions, EffortBudget, Item, Length, Packer, PackingConfig, PackingResult

from wms.cartons.problem import Box, CartonSize, Placed, Sizes, Thing

# Counted work ends the search, and the clock only one that ran away.
FUSE_MS = 60_000


def _budget(candidates: int) -> EffortBudget:
    # packvium's own dataclass decorator hides its fields from type checkers
    return EffortBudget(max_candidates_evaluated=candidates)  # type: ignore[call-arg]


class Effort(Enum):
    """How long to look: one order of the things, or several ways over several orders."""

    QUICK = PackingConfig.fast(time_limit_ms=FUSE_MS, effort_budget=_budget(2_000))
    THOROUGH = PackingConfig.balanced(time_limit_ms=FUSE_MS, effort_budget=_budget(5_000))


def pack(things: Sequence[Thing], cartons: Sequence[CartonSize], effort: Effort) -> tuple[Box, ...] | None:
    """Return boxes for all of the things, all of them measured; None where the search found no place for one."""
    result = Packer(effort.value).pack(items=list(map(_item, things)), containers=list(map(_container, cartons)))
    return None if result.unpacked else tuple(_boxes(result))


def _boxes(result: PackingResult) -> Iterator[Box]:
    for filled in result.containers:
        placed = (
            Placed(
                key=int(found.instance.item.id),
                at_mm=_mm(found.position.x, found.position.y, found.position.z),
                sizes_mm=_mm(
                    found.dimensions.length.ticks, found.dimensions.width.ticks, found.dimensions.height.ticks
                ),
            )
            for found in filled.placements
        )
        yield Box(carton=int(filled.container.id), placed=tuple(placed))


def _mm(*ticks: int) -> Sizes:
    """Return whole millimetres, which is all that came in: sides are never cut, and corners lie on them."""
    x, y, z = (one // Length.TICKS_PER_MM for one in ticks)
    return x, y, z


def _item(thing: Thing) -> Item:
    return Item.create(f"{thing.key}", _dimensions(thing.sizes_mm), thing.weight_g, quantity=thing.quantity)


def _container(carton: CartonSize) -> Container:
    return Container.create(f"{carton.key}", _dimensions(carton.sizes_mm), max_payload=f"{carton.payload_g} g")


def _dimensions(sizes_mm: Sizes) -> Dimensions:
    return Dimensions.mm(*sizes_mm)
