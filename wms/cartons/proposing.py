"""The proposal: the smallest carton that takes everything, else as few boxes as the search finds.

Answers are kept, because a bench asks again with every scan of the same order.
"""

from functools import lru_cache

from wms.cartons import library
from wms.cartons.library import Effort
from wms.cartons.problem import Box, CartonSize, Packing, Thing, volume_mm3

KEPT = 512
# What a search may take is the time between two scans: of more units than these none ends by then, or none that is
# thorough. Of more than the first the volume decides, with some air.
MOST_UNITS = 300
MOST_SEARCHED_THOROUGHLY = 24
FILL = 0.9


@lru_cache(maxsize=KEPT)
def propose(things: tuple[Thing, ...], cartons: tuple[CartonSize, ...]) -> Packing:
    """Return boxes that take all of the things; none where there is no carton for one of them.

    Things of unknown size count by their weight only, and in a packing of several boxes not at all.
    """
    by_volume = sorted(cartons, key=lambda carton: (volume_mm3(carton.sizes_mm), carton.key))
    for carton in by_volume:
        box = _one_box(things, carton)
        if box is not None:
            return Packing(boxes=(box,))
    return Packing(boxes=_several(tuple(thing for thing in things if thing.is_measured), by_volume))


@lru_cache(maxsize=KEPT)
def holds(carton: CartonSize, things: tuple[Thing, ...]) -> bool:
    """Tell whether one carton takes all of the things, as far as the search finds a way."""
    return _one_box(things, carton) is not None


def _one_box(things: tuple[Thing, ...], carton: CartonSize) -> Box | None:
    weight_g = sum(thing.quantity * thing.weight_g for thing in things)
    measured = tuple(thing for thing in things if thing.is_measured)
    filled_mm3 = sum(thing.quantity * volume_mm3(thing.sizes_mm) for thing in measured)
    if weight_g > carton.payload_g or filled_mm3 > volume_mm3(carton.sizes_mm):
        return None
    if not all(_goes_in(thing, carton) for thing in measured):
        return None
    if not measured or _units(measured) > MOST_UNITS:
        is_roomy = filled_mm3 <= FILL * volume_mm3(carton.sizes_mm)
        return Box(carton=carton.key, placed=()) if is_roomy else None
    boxes = library.pack(measured, [carton], Effort.QUICK)
    return boxes[0] if boxes is not None and len(boxes) == 1 else None


def _goes_in(thing: Thing, carton: CartonSize) -> bool:
    inside = sorted(carton.sizes_mm)
    return all(side <= room for side, room in zip(sorted(thing.sizes_mm), inside, strict=True))


def _several(things: tuple[Thing, ...], cartons: list[CartonSize]) -> tuple[Box, ...]:
    if not things or not cartons or _units(things) > MOST_UNITS:
        return ()
    found = library.pack(things, cartons, Effort.QUICK)
    is_long = found is not None and _units(things) > MOST_SEARCHED_THOROUGHLY
    if found is not None and (is_long or len(found) <= _fewest(things, cartons)):
        return found
    other = library.pack(things, cartons, Effort.THOROUGH)
    return min((boxes for boxes in (found, other) if boxes is not None), key=len, default=())


def _fewest(things: tuple[Thing, ...], cartons: list[CartonSize]) -> int:
    """Return a number of boxes that no packing can be below, by volume and by weight."""
    room_mm3 = max(volume_mm3(carton.sizes_mm) for carton in cartons)
    filled_mm3 = sum(thing.quantity * volume_mm3(thing.sizes_mm) for thing in things)
    payload_g = max(carton.payload_g for carton in cartons)
    weight_g = sum(thing.quantity * thing.weight_g for thing in things)
    by_weight = -(-weight_g // payload_g) if payload_g else 1
    return max(-(-filled_mm3 // room_mm3), by_weight)


def _units(things: tuple[Thing, ...]) -> int:
    return sum(thing.quantity for thing in things)
