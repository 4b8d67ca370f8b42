"""Problem files small enough to check by hand."""

from typing import Any

BLOCKS: dict[str, Any] = {
    "kind": "blocks",
    "aisle_x_m": [0, 5, 10],
    "cross_y_m": [0, 12],
    "depot_x_m": 0,
    "places": {"A4": [0, 4], "A8": [0, 8], "B1": [1, 1], "C11": [2, 11]},
}
MATRIX: dict[str, Any] = {"kind": "matrix", "locations": ["A4", "B1"], "metres": [[0, 3, 4], [3, 0, 5], [4, 5, 0]]}
AISLES: dict[str, Any] = {
    "kind": "aisles",
    "locations": {"A4": {"aisle": "A", "x_m": 0, "y_m": 4}, "B1": {"aisle": "B", "x_m": 6, "y_m": 9}},
    "ends": {"A": [[0, 0], [0, 8]], "B": [[3, 9], [12, 9]]},
    "depot": [0, -2],
}


def document(**changed: Any) -> dict[str, Any]:
    """Two orders of one and two lines on three aisles, a cart of two totes; `changed` fields replace these."""
    return {
        "format": "wms-plan-problem-1",
        "layout": BLOCKS,
        "orders": [
            {"id": "one", "lines": [{"location": "A4", "quantity": 2}, {"location": "B1"}]},
            {"id": 2, "lines": [{"location": "B1"}], "due_s": 600, "priority": 1},
        ],
        "carts": [{"name": "cart", "totes": 2}],
        **changed,
    }


def frozen(**changed: Any) -> dict[str, Any]:
    """A frozen benchmark of three orders on two aisles of five cells; `changed` fields replace these."""
    return {
        "format": "wms-frozen-1",
        "layout": {
            "blocks": 1, "aisles": 2, "cells": 5, "aisle_pitch": 4.0, "cell_pitch": 1.0, "end_distance": 1.5,
            "depot_aisle": 0, "depot_end": "front",
        },
        "cart": {"totes": 2},
        "orders": [{"stops": [[0, 0]]}, {"stops": [[0, 4], [1, 2]]}, {"stops": [[1, 2]]}],
        **changed,
    }  # fmt: skip
