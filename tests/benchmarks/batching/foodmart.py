"""Reads the Foodmart format: a table of shortest paths between locations, and orders that take whole boxes."""

from collections.abc import Iterable

import numpy as np

from tests.benchmarks.batching.instances import Instance, instance_of
from wms.batching import DistanceMatrix, LocationId


def read(text: str) -> Instance:
    """Read an instance; capacity is counted in boxes, of which no two orders share one."""
    sections = _sections(text)
    location_of = {product: int(location) for product, location, *_ in sections["Idx Location Volume"]}
    orders: list[tuple[int, list[LocationId]]] = []
    for row in sections["Idx M NbProdInOrder ProdIdx1 Qty1 ProdIdx2 Qty2 ..."]:
        products = row[3::2]
        if len(products) != int(row[2]):
            raise ValueError(f"Order {row[0]} should have {row[2]} products and has {len(products)}.")
        orders.append((int(row[1]), [location_of[product] for product in products]))
    depot = int(sections["DepartingDepot"][0][0])
    layout = _table(depot, sorted(set(location_of.values())), sections["LocStart LocEnd ShortestPath"])
    return instance_of(layout, orders, int(sections["K: NbBoxesTrolley"][0][0]))


def _sections(text: str) -> dict[str, list[list[str]]]:
    """Return the rows under each of the lines that begin with two slashes."""
    sections: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("//"):
            rows = sections.setdefault(line[2:].strip(), [])
        elif line.strip():
            rows.append(line.split())
    return sections


def _table(depot: int, locations: list[int], paths: Iterable[list[str]]) -> DistanceMatrix:
    """Return the distances of the depot and the locations that hold a product."""
    row = {point: index for index, point in enumerate([depot, *locations])}
    metres = np.full((len(row), len(row)), np.inf)
    np.fill_diagonal(metres, 0.0)
    for start, end, length in paths:
        if int(start) in row and int(end) in row:
            metres[row[int(start)], row[int(end)]] = float(length)
    return DistanceMatrix(locations=tuple(locations), metres=metres)
