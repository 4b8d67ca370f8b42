"""Reads the key-value format of the University of Mainz: one block, its articles and its orders.

Cells are counted from the top of an aisle. The front, where the depot stands, is the bottom unless the file says top.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.benchmarks.batching.instances import Instance, instance_of, whole
from wms.batching import Blocks

MIDDLE_M = 1.0
"""Width of the cross aisle that makes two blocks of one: so much farther apart are the cells on either side of it."""

Place = tuple[int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class MainzFile:
    """A file's header, each article's weight and place (aisle, cell from the front), each order's (article, units)."""

    header: dict[str, str]
    weights: dict[str, int]
    places: dict[str, Place]
    orders: list[list[tuple[str, int]]]

    def layout(self, *, end_distance: float | None = None, blocks: int = 1) -> Blocks:
        """Return the floor; `end_distance` replaces the way from an aisle's ends to its first cells, at both ends."""
        cells, pitch = int(self.header["NUM_CELLS"]), float(self.header["DISTANCE_CELL_TO_CELL"])
        ends = [float(self.header[f"DISTANCE_{end}_TO_CELL"]) for end in ("TOP", "BOTTOM")]
        back, front = (end_distance, end_distance) if end_distance is not None else ends
        if _depot_is_at_top(self.header):
            back, front = front, back
        depths = [front + pitch * cell for cell in range(cells)]
        cross_y_m = [0.0, depths[-1] + back]
        if blocks == 2:
            half = cells // 2
            depths[half:] = [depth + MIDDLE_M for depth in depths[half:]]
            cross_y_m = [0.0, (depths[half - 1] + depths[half]) / 2, depths[-1] + back]
        aisle_pitch = float(self.header["DISTANCE_AISLE_TO_AISLE"])
        aisle_x_m = tuple(aisle_pitch * aisle for aisle in range(int(self.header["NUM_AISLES"])))
        return Blocks(
            aisle_x_m=aisle_x_m,
            cross_y_m=tuple(cross_y_m),
            depot_x_m=aisle_x_m[int(self.header["DEPOT_AISLE"])],
            depot_m=float(self.header.get("DISTANCE_TOP_OR_BOTTOM_TO_DEPOT", "0")),
            places={place: (place[0], depths[place[1]]) for place in self.places.values()},
        )


def read(text: str, *, end_distance: float | None = None) -> Instance:
    """Read an instance; an order takes the sum of its articles' weights."""
    file = parse(text)
    orders = [
        (
            sum(file.weights[article] * units for article, units in order),
            [file.places[article] for article, _ in order],
        )
        for order in file.orders
    ]
    return instance_of(file.layout(end_distance=end_distance), orders, int(file.header["PICKER_CAPACITY"]))


def parse(text: str) -> MainzFile:
    """Split a file into its parts; ValueError where it is not of this format or stores an article in several cells."""
    header: dict[str, str] = {}
    weights: dict[str, int] = {}
    places: dict[str, Place] = {}
    orders: list[list[tuple[str, int]]] = []
    for section, row in _rows(text):
        if section == "":
            header |= row
        elif section == "ARTICLE_SECTION" and "ID" in row:
            weights[row["ID"]] = whole(row.get("WEIGHT", "1"), "An article's weight")
        elif section == "SKU_SECTION" and "ID" in row:
            if row["ID"] in places:
                raise ValueError(f"Article {row['ID']} lies in several cells: scattered storage is not planned here.")
            cell = int(row["CELL"])
            depth = cell if _depot_is_at_top(header) else int(header["NUM_CELLS"]) - 1 - cell
            places[row["ID"]] = (int(row["AISLE"]), depth)
        elif section == "ORDER_SECTION" and "ID" in row:
            orders[-1].append((row["ID"], int(row["QUANTITY"])))
        elif section == "ORDER_SECTION" and "NUM_ORDERS" not in row:
            orders.append([])
    if header.get("LAYOUT") != "single-block" or not orders:
        raise ValueError("This is no file of the Mainz format with one block and at least one order.")
    return MainzFile(header=header, weights=weights, places=places, orders=orders)


def _rows(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each line's section (empty for the header) and its keys with their values."""
    section = ""
    for line in text.splitlines():
        words = line.replace(":", " ", 1).split()
        if words == ["EOF"]:
            return
        if len(words) == 1 and words[0].endswith("_SECTION"):
            section = words[0]
        elif section:
            yield section, dict(zip(words[::2], words[1::2], strict=True))
        elif words:
            yield section, {words[0]: " ".join(words[1:])}


def _depot_is_at_top(header: dict[str, str]) -> bool:
    return header["DEPOT_LOCATION"] == "top"
