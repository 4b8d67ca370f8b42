"""Boxes against BoxPacker's published counts: `python -m tests.benchmarks.cartons FOLDER [--orders 400]`.

FOLDER holds items.csv, boxes.csv and expected.csv of dvdoug/BoxPacker's tests. Each packing is checked here anew, by
nothing that made it; the run fails where one is not valid or where more boxes are used than were published.
"""

import argparse
import csv
import itertools
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from wms.cartons import Box, CartonSize, Packing, Placed, Thing, propose

_EXPECTED_FREE = 4  # the published count for things turned freely


@dataclass(frozen=True, kw_only=True, slots=True)
class Orders:
    """The benchmark's orders in file order, its cartons, and the published number of boxes of each order."""

    orders: dict[str, tuple[Thing, ...]]
    cartons: tuple[CartonSize, ...]
    published: dict[str, int]


def read(folder: Path) -> Orders:
    """Read the three files; raises OSError, ValueError."""
    orders: dict[str, list[Thing]] = {}
    for order, quantity, _item, width, length, depth, weight in _rows(folder / "items.csv"):
        things = orders.setdefault(order, [])
        sizes = (int(width), int(length), int(depth))
        things.append(Thing(key=len(things), quantity=int(quantity), sizes_mm=sizes, weight_g=int(weight)))
    cartons = [
        CartonSize(
            key=key, sizes_mm=(int(row[5]), int(row[6]), int(row[7])), weight_g=int(row[4]), max_weight_g=int(row[8])
        )
        for key, row in enumerate(_rows(folder / "boxes.csv"))
    ]
    published = {row[0]: int(row[_EXPECTED_FREE]) for row in _rows(folder / "expected.csv")}
    return Orders(
        orders={order: tuple(things) for order, things in orders.items()}, cartons=tuple(cartons), published=published
    )


def _rows(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))


def faults(things: Sequence[Thing], cartons: Sequence[CartonSize], packing: Packing) -> list[str]:
    """Return all that is wrong with a packing: units missing or doubled, cut, outside, overlapping, too heavy."""
    known = {thing.key: thing for thing in things}
    packed = Counter(placed.key for box in packing.boxes for placed in box.placed)
    wanted = Counter({thing.key: thing.quantity for thing in things})
    found = [] if packed == wanted else [f"units {dict(packed)} instead of {dict(wanted)}"]
    for number, box in enumerate(packing.boxes, start=1):
        carton = next(carton for carton in cartons if carton.key == box.carton)
        found += [f"box {number}: {fault}" for fault in _box_faults(known, carton, box)]
    return found


def _box_faults(known: dict[int, Thing], carton: CartonSize, box: Box) -> list[str]:
    found = [f"thing {placed.key} is cut" for placed in box.placed if _is_cut(known[placed.key], placed)]
    found += [f"thing {placed.key} sticks out" for placed in box.placed if _sticks_out(carton, placed)]
    found += [f"things {a.key} and {b.key} overlap" for a, b in itertools.combinations(box.placed, 2) if _overlap(a, b)]
    weight_g = carton.weight_g + sum(known[placed.key].weight_g for placed in box.placed)
    if weight_g > carton.max_weight_g:
        found.append(f"{weight_g} g are more than {carton.max_weight_g} g")
    return found if box.placed else [*found, "it is empty"]


def _is_cut(thing: Thing, placed: Placed) -> bool:
    return sorted(placed.sizes_mm) != sorted(thing.sizes_mm)


def _sticks_out(carton: CartonSize, placed: Placed) -> bool:
    ends = [at + size for at, size in zip(placed.at_mm, placed.sizes_mm, strict=True)]
    return min(placed.at_mm) < 0 or any(end > room for end, room in zip(ends, carton.sizes_mm, strict=True))


def _overlap(one: Placed, two: Placed) -> bool:
    return all(
        one.at_mm[axis] < two.at_mm[axis] + two.sizes_mm[axis]
        and two.at_mm[axis] < one.at_mm[axis] + one.sizes_mm[axis]
        for axis in range(3)
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Pack, judge, print, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.cartons", description=__doc__)
    _ = parser.add_argument("folder", type=Path)
    _ = parser.add_argument("--orders", type=int, default=400, help="the first so many in file order (400)")
    options = parser.parse_args(argv)
    data = read(options.folder)
    boxes, invalid, took_ms = 0, 0, []
    better, worse = 0, 0
    chosen = dict(itertools.islice(data.orders.items(), options.orders))
    for order, things in chosen.items():
        began = time.perf_counter()
        packing = propose(things, data.cartons)
        took_ms.append((time.perf_counter() - began) * 1000)
        wrong = faults(things, data.cartons, packing)
        for fault in wrong:
            print(f"{order}: {fault}")
        invalid += bool(wrong)
        boxes += len(packing.boxes)
        better += len(packing.boxes) < data.published[order]
        worse += len(packing.boxes) > data.published[order]
    published = sum(data.published[order] for order in chosen)
    units = sum(thing.quantity for things in chosen.values() for thing in things)
    print(f"{len(chosen)} orders, {units} units: {boxes} boxes, {published} published ({better} fewer, {worse} more)")
    print(f"packings not valid: {invalid}")
    p95_ms = quantiles(took_ms, n=100)[94]
    print(f"ms an order: median {median(took_ms):.1f}, p95 {p95_ms:.1f}, most {max(took_ms):.1f}")
    return int(invalid > 0 or boxes > published)


if __name__ == "__main__":
    sys.exit(main())
