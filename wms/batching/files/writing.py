"""Writes a plan as a JSON document, `wms-plan-1`, and a layout as problems have it."""

from dataclasses import asdict
from typing import Any

from wms.batching.layout import Blocks, Layout, LooseAisles
from wms.batching.plans import Batch, Plan

PLAN = "wms-plan-1"


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return the plan as `json.dumps` takes it: its figures, then batches in the sequence in which they start."""
    return {
        "format": PLAN,
        **figures_of(plan),
        "batches": [_batch(batch) for batch in plan.batches],
        "late": [asdict(late) for late in plan.late],
        "unplanned": [asdict(order) for order in plan.unplanned],
    }


def figures_of(plan: Plan) -> dict[str, Any]:
    """Return what a plan comes to."""
    return {
        **asdict(plan.totals),
        "batch_count": len(plan.batches),
        "late_count": len(plan.late),
        "unplanned_count": len(plan.unplanned),
        "is_route_exact": plan.is_route_exact,
        "lower_bound_m": plan.lower_bound_m,
        "gap": plan.gap,
        "iterations": plan.iterations,
        "elapsed_s": plan.elapsed_s,
    }


def _batch(batch: Batch) -> dict[str, Any]:
    return {
        "cart": batch.cart.name,
        "picker": batch.picker_id,
        "start_s": batch.start_s,
        "finish_s": batch.finish_s,
        "metres": batch.route.metres,
        "stops": list(batch.route.stops),
        "units": batch.units,
        "work_s": batch.work_s,
        "is_frozen": batch.is_frozen,
        "zone": batch.zone,
        "orders": [asdict(order) for order in batch.orders],
    }


def layout_document(layout: Layout) -> dict[str, Any]:
    """Return a layout as `layout_from` reads it."""
    if isinstance(layout, Blocks):
        return {
            "kind": "blocks",
            "aisle_x_m": list(layout.aisle_x_m),
            "cross_y_m": list(layout.cross_y_m),
            "depot_x_m": layout.depot_x_m,
            "depot_m": layout.depot_m,
            "depot_at_back": layout.depot_at_back,
            "places": {str(location): list(place) for location, place in layout.places.items()},
        }
    if isinstance(layout, LooseAisles):
        return {
            "kind": "aisles",
            "ends": {aisle: [list(end) for end in ends] for aisle, ends in layout.ends.items()},
            "depot": list(layout.depot),
            "locations": {
                str(place.id): {"aisle": place.aisle, "x_m": place.x_m, "y_m": place.y_m}
                for place in layout.locations.values()
            },
        }
    locations = [str(location) for location in layout.locations]
    return {"kind": "matrix", "locations": locations, "metres": layout.metres.tolist()}
