"""Which orders walk together: one door, `plan(problem, stop)`; nothing here knows the rest of the program.

Batches come from savings on walking distance and a bounded local search; routes on a single block are exact.
What the engine cannot do yet has no field that would pretend it: middle cross aisles, zones, bulk picks by product,
a price for moving an order out of an earlier plan, and a limited number of carts.
"""

from wms.batching.errors import InvalidProblemError
from wms.batching.layout import (
    DistanceMatrix,
    Layout,
    Location,
    LocationId,
    LooseAisles,
    Blocks,
    layout_from_locations,
)
from wms.batching.planning import plan
from wms.batching.plans import Batch, LateOrder, Plan, PlannedOrder, Route, Totals, Unplanned
from wms.batching.problem import Cart, Line, Order, OrderId, Params, Picker, Problem, Speeds
from wms.batching.stop import FirstOf, Gap, Iterations, Progress, Seconds, StopRule

__all__ = [
    "Batch",
    "Cart",
    "DistanceMatrix",
    "FirstOf",
    "Gap",
    "InvalidProblemError",
    "Iterations",
    "LateOrder",
    "Layout",
    "Line",
    "Location",
    "LocationId",
    "LooseAisles",
    "Order",
    "OrderId",
    "Params",
    "Picker",
    "Plan",
    "PlannedOrder",
    "Problem",
    "Progress",
    "Route",
    "Seconds",
    "Blocks",
    "Speeds",
    "StopRule",
    "Totals",
    "Unplanned",
    "layout_from_locations",
    "plan",
]
