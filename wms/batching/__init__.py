"""Which orders walk together: one door, `plan(problem, stop)`; nothing here knows the rest of the program.

Batches come from savings, annealing and a proof by column generation; routes on one to four blocks are exact. The
search is compiled: names are light to import, and the engine itself is loaded by the first plan.
Bulk picks, orders in several trips and zones that meet at packing are folded into plain orders before the search (see
`folding`). What the engine cannot do yet has no field that would pretend it: a limited number of carts.
"""

from wms.batching.derive import Survey, layout_from_locations, survey
from wms.batching.detours import best_place, metres_between
from wms.batching.errors import InvalidProblemError
from wms.batching.layout import (
    Blocks,
    DistanceMatrix,
    Layout,
    Location,
    LocationId,
    LooseAisles,
    locations_of,
    renamed,
)
from wms.batching.oddities import odd_locations
from wms.batching.plans import (
    Batch,
    Decision,
    LateOrder,
    Plan,
    PlannedOrder,
    Route,
    TakenLine,
    Totals,
    Unplanned,
)
from wms.batching.policies import Compared, Walk, compare, largest_gap, s_shape, shortest
from wms.batching.problem import Cart, Line, Order, OrderId, Params, Picker, Problem, Speeds
from wms.batching.stop import FirstOf, Gap, Iterations, Progress, Seconds, StopRule

__all__ = [
    "Batch",
    "Blocks",
    "Cart",
    "Compared",
    "Decision",
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
    "Speeds",
    "StopRule",
    "Survey",
    "TakenLine",
    "Totals",
    "Unplanned",
    "Walk",
    "best_place",
    "compare",
    "insert",
    "largest_gap",
    "layout_from_locations",
    "locations_of",
    "metres_between",
    "odd_locations",
    "plan",
    "release",
    "renamed",
    "s_shape",
    "shortest",
    "survey",
]


def plan(problem: Problem, stop: StopRule, *, seed: int = 0, params: Params = Params()) -> Plan:  # noqa: B008 - frozen
    """Decide which orders walk together, in which sequence, and who starts when.

    First as few late orders as possible, then least lateness, then fewest metres. Ends when the stop rule says so, or
    when the plan is proven best. The same problem, seed and iterations give the same plan. Orders that no cart holds
    are named in the plan; InvalidProblemError comes from making the problem, never from here.
    """
    # numba and HiGHS take a second to load: who does not plan does not wait for them
    from wms.batching.planning import plan as planned  # noqa: PLC0415

    return planned(problem, stop, seed=seed, params=params)


def insert(problem: Problem, plan: Plan, order: Order, *, now_s: float = 0.0) -> Plan:
    """Return the plan with one more order in it; `problem` is the plan's, without the order.

    The order joins a batch that is not frozen and has not begun at `now_s`, or gets one of its own: wherever fewest
    orders are late, then least late, then fewest metres are added. No other order moves; what has not begun gets its
    times anew. An order that no cart or no walk can serve comes back in `unplanned`. InvalidProblemError for an order
    that is in the problem already or has no sense, and for a plan of another problem.
    """
    # as for `plan`
    from wms.batching.inserting import insert as inserted  # noqa: PLC0415

    return inserted(problem, plan, order, now_s=now_s)


def release(
    problem: Problem, plan: Plan, *, now_s: float, arrivals_per_s: float, spare: float = 0.1
) -> tuple[Decision, ...]:
    """Decide for each batch that has not begun whether it starts now or waits for more orders, and until when.

    It starts when its cutoff, or what its picker walks next, can wait no longer but for the share `spare` of its work;
    when nothing fits on its cart, or nothing is expected to come (`arrivals_per_s`, orders a second); or when a picker
    is idle and waiting would not save as much time as it takes. InvalidProblemError for numbers without sense and for
    a plan of another problem.
    """
    # as for `plan`
    from wms.batching.releasing import release as released  # noqa: PLC0415

    return released(problem, plan, now_s=now_s, arrivals_per_s=arrivals_per_s, spare=spare)
