"""Reads a problem from a JSON document: `wms-plan-problem-1`, or a frozen benchmark, `wms-frozen-1`."""

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np

from wms.batching.files.frozen import FROZEN, frozen_problem
from wms.batching.files.values import Value
from wms.batching.layout import Blocks, DistanceMatrix, Layout, Location, LocationId, LooseAisles, Point
from wms.batching.problem import Cart, Line, Order, OrderId, Picker, Problem, Speeds

PROBLEM = "wms-plan-problem-1"

Readers = Mapping[str, Callable[[Value], Any]]
"""The fields that may be left out, and how each is read; what is left out keeps the default of its class."""

_LINE: Readers = {"quantity": Value.whole, "product": Value.name_or_none}
_ORDER: Readers = {
    "totes": Value.whole,
    "volume_ml": Value.whole,
    "weight_g": Value.whole,
    "due_s": Value.number_or_none,
    "priority": Value.whole,
}
_CART: Readers = {"volume_ml": Value.whole_or_none, "weight_g": Value.whole_or_none, "lines": Value.whole_or_none}
_PICKER: Readers = {
    "available_from_s": Value.number,
    "available_until_s": Value.number_or_none,
    "zone": Value.name_or_none,
}
_SPEEDS: Readers = dict.fromkeys(("metres_per_s", "stop_s", "unit_s", "setup_s"), Value.number)
_BLOCKS: Readers = {"depot_m": Value.number, "depot_at_back": Value.flag}


def problem_from(document: object) -> Problem:
    """Return the problem of a document as `json.loads` gives it; InvalidProblemError names the field that is wrong."""
    file = Value(document, "")
    if not isinstance(document, dict):
        file.refuse("must be one JSON object")
    if document.get("format") == FROZEN:
        return frozen_problem(file)
    if document.get("format") != PROBLEM:
        file.inside("format").refuse(f'must be "{PROBLEM}" (or "{FROZEN}", a benchmark)')
    return _problem(file)


def layout_from(document: object) -> Layout:
    """Return the layout of a document that is the `layout` of a problem alone; InvalidProblemError names the field."""
    return _layout(Value(document, "layout"))


def _problem(file: Value) -> Problem:
    fields = file.fields(("format", "layout", "orders", "carts"), ("note", *_OPTIONS))
    return Problem(
        layout=_layout(fields["layout"]),
        orders=tuple(map(_order, fields["orders"].each())),
        carts=tuple(map(_cart, fields["carts"].each())),
        **_given(fields, _OPTIONS),
    )


def _given(fields: Mapping[str, Value], readers: Readers) -> dict[str, Any]:
    """Read the fields that may be left out and are not."""
    return {name: read(fields[name]) for name, read in readers.items() if name in fields}


def _order(value: Value) -> Order:
    fields = value.fields(("id", "lines"), tuple(_ORDER))
    return Order(id=fields["id"].name(), lines=tuple(map(_line, fields["lines"].each())), **_given(fields, _ORDER))


def _line(value: Value) -> Line:
    fields = value.fields(("location",), tuple(_LINE))
    return Line(**{"location": fields["location"].text(), "quantity": 1, **_given(fields, _LINE)})


def _cart(value: Value) -> Cart:
    fields = value.fields(("name", "totes"), tuple(_CART))
    return Cart(name=fields["name"].text(), totes=fields["totes"].whole(), **_given(fields, _CART))


def _pickers(value: Value) -> tuple[Picker, ...]:
    return tuple(map(_picker, value.each()))


def _picker(value: Value) -> Picker:
    fields = value.fields(("id",), tuple(_PICKER))
    return Picker(id=fields["id"].name(), **_given(fields, _PICKER))


def _speeds(value: Value) -> Speeds:
    return Speeds(**_given(value.fields((), tuple(_SPEEDS)), _SPEEDS))


def _batches(value: Value) -> tuple[tuple[OrderId, ...], ...]:
    return tuple(tuple(order.name() for order in batch.each()) for batch in value.each())


def _zones(value: Value) -> dict[LocationId, Hashable] | None:
    return None if value.held is None else {location: zone.name() for location, zone in value.entries().items()}


_OPTIONS: Readers = {
    "pickers": _pickers,
    "speeds": _speeds,
    "frozen": _batches,
    "earlier": _batches,
    "move_penalty_m": Value.number,
    "bulk_per_tote": Value.whole_or_none,
    "may_divide_orders": Value.flag,
    "zones": _zones,
}


def _layout(value: Value) -> Layout:
    if not isinstance(value.held, dict):
        value.refuse("must be an object with named fields")
    read = _LAYOUTS.get(str(value.held.get("kind")))
    if read is None:
        value.inside("kind").refuse(f"must be one of {', '.join(_LAYOUTS)}")
    return read(value)


def _blocks(value: Value) -> Blocks:
    fields = value.fields(("kind", "aisle_x_m", "cross_y_m", "depot_x_m", "places"), tuple(_BLOCKS))
    places: dict[LocationId, tuple[int, float]] = {}
    for location, place in fields["places"].entries().items():
        aisle, depth_m = place.pair()
        places[location] = (aisle.whole(), depth_m.number())
    return Blocks(
        aisle_x_m=_numbers(fields["aisle_x_m"]),
        cross_y_m=_numbers(fields["cross_y_m"]),
        depot_x_m=fields["depot_x_m"].number(),
        places=places,
        **_given(fields, _BLOCKS),
    )


def _matrix(value: Value) -> DistanceMatrix:
    fields = value.fields(("kind", "locations", "metres"))
    locations = tuple(location.text() for location in fields["locations"].each())
    if len(set(locations)) != len(locations):
        fields["locations"].refuse("name each location once")
    rows = [_numbers(row) for row in fields["metres"].each()]
    for number, row in enumerate(rows):
        if len(row) != len(rows):
            fields["metres"].each()[number].refuse(f"must be {len(rows)} numbers, as many as there are rows")
    return DistanceMatrix(locations=locations, metres=np.array(rows).reshape(len(rows), len(rows)))


def _aisles(value: Value) -> LooseAisles:
    fields = value.fields(("kind", "locations", "ends", "depot"))
    ends: dict[str, tuple[Point, Point]] = {}
    for aisle, pair in fields["ends"].entries().items():
        one, other = pair.pair()
        ends[aisle] = (_point(one), _point(other))
    locations: dict[LocationId, Location] = {}
    for name, place in fields["locations"].entries().items():
        at = place.fields(("aisle", "x_m", "y_m"))
        x_m, y_m = at["x_m"].number(), at["y_m"].number()
        locations[name] = Location(id=name, aisle=at["aisle"].text(), x_m=x_m, y_m=y_m)
    return LooseAisles(locations=locations, ends=ends, depot=_point(fields["depot"]))


_LAYOUTS: Mapping[str, Callable[[Value], Layout]] = {"blocks": _blocks, "matrix": _matrix, "aisles": _aisles}


def _numbers(value: Value) -> tuple[float, ...]:
    return tuple(number.number() for number in value.each())


def _point(value: Value) -> Point:
    x_m, y_m = value.pair()
    return x_m.number(), y_m.number()
