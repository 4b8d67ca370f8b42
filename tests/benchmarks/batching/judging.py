"""What a plan is worth, from its batches alone: nothing the engine says of itself is believed."""

from collections import Counter
from dataclasses import dataclass

from tests.benchmarks.batching.shortest import shortest_m, walked_m
from wms.batching import Batch, Blocks, Order, OrderId, Plan, Problem

SAME_M = 1e-6
"""Lengths nearer than this are one length, added up in another order."""
_ONE_BLOCK = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """A plan's length, its batches as order ids, and each thing that is wrong with it in a sentence."""

    metres: float
    batches: list[list[OrderId]]
    faults: list[str]


def judge(problem: Problem, plan: Plan) -> Judged:
    """Measure a plan's walks; on one block each as the shortest walk over its orders' stops, else as its route goes."""
    orders = {order.id: order for order in problem.orders}
    lengths = [_batch_m(problem, orders, batch) for batch in plan.batches]
    faults = [*_miscounted(problem, plan), *(fault for _, found in lengths for fault in found)]
    metres = sum(length_m for length_m, _ in lengths)
    if abs(metres - plan.totals.metres) > SAME_M * max(1.0, metres):
        faults.append(f"The plan says {plan.totals.metres:.4f} m and is {metres:.4f} m.")
    if plan.lower_bound_m is not None and plan.lower_bound_m > metres * (1 + SAME_M):
        faults.append(f"The bound of {plan.lower_bound_m:.4f} m is above the cost of {metres:.4f} m.")
    return Judged(metres=metres, batches=[list(batch.order_ids) for batch in plan.batches], faults=faults)


def _miscounted(problem: Problem, plan: Plan) -> list[str]:
    """Tell of orders that are not in exactly one batch."""
    times = Counter(order for batch in plan.batches for order in batch.order_ids)
    return [
        f"Order {order.id} is in {times[order.id]} batches." for order in problem.orders if times[order.id] != 1
    ] + [f"Order {order} is not in the problem." for order in times.keys() - {order.id for order in problem.orders}]


def _batch_m(problem: Problem, orders: dict[OrderId, Order], batch: Batch) -> tuple[float, list[str]]:
    """Return a batch's length and what is wrong with it."""
    members = [orders[order] for order in batch.order_ids if order in orders]
    stops = {line.location for order in members for line in order.lines}
    faults = []
    totes = sum(order.totes for order in members)
    if totes > max(cart.totes for cart in problem.carts):
        faults.append(f"The batch of {batch.order_ids} takes {totes} totes: more than a cart holds.")
    if set(batch.route.stops) != stops or len(batch.route.stops) != len(stops):
        faults.append(f"The route of {batch.order_ids} does not go to each of its stops once.")
        return batch.route.metres, faults
    metres = walked_m(problem.layout, batch.route.stops)
    if isinstance(problem.layout, Blocks) and len(problem.layout.cross_y_m) == _ONE_BLOCK:
        least_m = shortest_m(problem.layout, stops)
        if abs(metres - least_m) > SAME_M * max(1.0, least_m):
            faults.append(f"The route of {batch.order_ids} is {metres:.4f} m long and {least_m:.4f} m would do.")
        metres = least_m
    return metres, faults
