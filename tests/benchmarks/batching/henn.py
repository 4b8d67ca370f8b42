"""Reads the text format of Henn and Waescher: orders only, on a floor that is always the same.

A rack side A from 0 to 19 stands on aisle A // 2; locations 0 to 44 are counted from the depot's side. The capacity
stands in the file's name, NNx-ORDERS-CAPACITY-INDEX.txt, and every article takes one unit of it.
"""

import re

from tests.benchmarks.batching.instances import Instance, instance_of
from wms.batching import Blocks, LocationId

AISLES, AISLE_PITCH_M = 10, 5.0
CELLS, CELL_PITCH_M = 45, 1.0
END_M = 1.5

_NAME = re.compile(r"-(\d+)-(\d+)-[^-]+$")
_HEADING = re.compile(r"Order\D+(\d+)\D+(\d+)\s*$", re.IGNORECASE)
_LINE = re.compile(r"Aisle\D+(\d+)\D+(\d+)\s*$", re.IGNORECASE)


def read(text: str, *, name: str, end_distance: float | None = None) -> Instance:
    """Read an instance; ValueError where the orders are not as many or as long as the file says."""
    found = _NAME.search(name.removesuffix(".txt"))
    if found is None:
        raise ValueError("The file's name should be like 25s-30-45-0.txt, with orders and capacity in it.")
    told, capacity = int(found[1]), int(found[2])
    orders: list[list[LocationId]] = []
    articles: list[int] = []
    for line in filter(str.strip, text.splitlines()):
        if heading := _HEADING.search(line):
            orders.append([])
            articles.append(int(heading[2]))
        elif article := _LINE.search(line):
            orders[-1].append(_place(int(article[1]), int(article[2])))
        else:
            raise ValueError(f"This line is neither an order nor an article: {line.strip()}")
    if len(orders) != told or [len(order) for order in orders] != articles:
        raise ValueError(f"The file's name says {told} orders, and each order how many articles: they are not there.")
    return instance_of(floor(end_distance), [(len(order), order) for order in orders], capacity)


def floor(end_distance: float | None = None) -> Blocks:
    """Return the floor of all these instances; `end_distance` is the way from an aisle's end to its first location."""
    end_m = END_M if end_distance is None else end_distance
    places: dict[LocationId, tuple[int, float]] = {
        (aisle, cell): (aisle, end_m + cell * CELL_PITCH_M) for aisle in range(AISLES) for cell in range(CELLS)
    }
    return Blocks(
        aisle_x_m=tuple(aisle * AISLE_PITCH_M for aisle in range(AISLES)),
        cross_y_m=(0.0, 2 * end_m + (CELLS - 1) * CELL_PITCH_M),
        depot_x_m=0.0,
        places=places,
    )


def _place(rack_side: int, location: int) -> tuple[int, int]:
    if not (rack_side < 2 * AISLES and location < CELLS):
        raise ValueError(f"Rack side {rack_side}, location {location} is not on this floor.")
    return rack_side // 2, location
