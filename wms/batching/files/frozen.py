"""Reads the benchmarks that were made once and frozen: one block, one-tote orders, stops as [aisle, cell].

Stops become locations called "aisle-cell", orders are called by their number from 0. With cutoffs, a line takes its
time whether or not another order of the batch stops there, and the first number of `pickers` is the one planned for.
"""

from wms.batching.files.values import Value
from wms.batching.layout import Blocks, LocationId
from wms.batching.problem import Cart, Line, Order, Picker, Problem, Speeds

FROZEN = "wms-frozen-1"

_CUTOFFS = ("cutoffs_s", "cutoff_of_order", "speed_m_s", "line_s", "setup_s", "pickers")
_LAYOUT = ("blocks", "aisles", "cells", "aisle_pitch", "cell_pitch", "end_distance", "depot_aisle", "depot_end")


def frozen_problem(file: Value) -> Problem:
    """Return the problem of such a file; InvalidProblemError names the field that is wrong."""
    fields = file.fields(("format", "layout", "cart", "orders"), ("note", *_CUTOFFS))
    orders = fields["orders"].each()
    due_s = _due_s(file, fields, len(orders))
    layout = _block(fields["layout"])
    cart = fields["cart"].fields(("totes",))
    return Problem(
        layout=layout,
        orders=tuple(
            Order(id=number, lines=_lines(order, layout), due_s=due)
            for number, (order, due) in enumerate(zip(orders, due_s, strict=True))
        ),
        carts=(Cart(name="cart", totes=cart["totes"].whole()),),
        pickers=_pickers(fields),
        speeds=_speeds(fields),
    )


def _block(value: Value) -> Blocks:
    fields = value.fields(_LAYOUT)
    if fields["blocks"].whole() != 1:
        fields["blocks"].refuse("must be 1: a frozen file has one block")
    aisles, cells = fields["aisles"].whole(), fields["cells"].whole()
    aisle_pitch, pitch, end_m = (fields[name].number() for name in ("aisle_pitch", "cell_pitch", "end_distance"))
    places: dict[LocationId, tuple[int, float]] = {
        f"{aisle}-{cell}": (aisle, end_m + pitch * cell) for aisle in range(aisles) for cell in range(cells)
    }
    return Blocks(
        aisle_x_m=tuple(aisle_pitch * aisle for aisle in range(aisles)),
        cross_y_m=(0.0, 2 * end_m + pitch * (cells - 1)),
        depot_x_m=aisle_pitch * fields["depot_aisle"].whole(),
        places=places,
        depot_at_back=_is_at_back(fields["depot_end"]),
    )


def _is_at_back(end: Value) -> bool:
    if end.text() not in ("front", "back"):
        end.refuse("must be front or back")
    return end.text() == "back"


def _lines(order: Value, layout: Blocks) -> tuple[Line, ...]:
    lines = []
    for stop in order.fields(("stops",))["stops"].each():
        aisle, cell = stop.pair()
        location = f"{aisle.held}-{cell.held}"
        if location not in layout.places:
            stop.refuse("is no [aisle, cell] of the layout")
        lines.append(Line(location=location, quantity=1))
    return tuple(lines)


def _due_s(file: Value, fields: dict[str, Value], orders: int) -> list[float | None]:
    """Return each order's cutoff, None for all where the file has none."""
    if "cutoffs_s" not in fields:
        return [None] * orders
    if "cutoff_of_order" not in fields:
        file.inside("cutoff_of_order").refuse("is missing")
    cutoffs = [cutoff.number() for cutoff in fields["cutoffs_s"].each()]
    numbers = fields["cutoff_of_order"].each()
    if len(numbers) != orders:
        fields["cutoff_of_order"].refuse(f"must have {orders} numbers, one for each order")
    for number in numbers:
        if not 0 <= number.whole() < len(cutoffs):
            number.refuse(f"must be 0 to {len(cutoffs) - 1}")
    return [cutoffs[number.whole()] for number in numbers]


def _pickers(fields: dict[str, Value]) -> tuple[Picker, ...]:
    counts = fields["pickers"].each() if "pickers" in fields else []
    return tuple(Picker(id=number + 1) for number in range(counts[0].whole())) if counts else ()


def _speeds(fields: dict[str, Value]) -> Speeds:
    if "line_s" not in fields:
        return Speeds()
    return Speeds(
        metres_per_s=fields["speed_m_s"].number() if "speed_m_s" in fields else Speeds().metres_per_s,
        stop_s=0.0,
        unit_s=fields["line_s"].number(),
        setup_s=fields["setup_s"].number() if "setup_s" in fields else Speeds().setup_s,
    )
