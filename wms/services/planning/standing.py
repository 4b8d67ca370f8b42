"""Plans that take walks as they are: orders that come late are put into walks that wait, and others leave a plan."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from wms import batching

_AS_THEY_ARE = batching.Iterations(0)
# More orders at once are better planned anew together with those that wait.
_FEW = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A plan for a wave at work.

    Where walks were not planned anew, `added_first_come_m` is what the orders put in would add to carts filled as
    orders came; None where all walks were.
    """

    plan: batching.Plan
    added_first_come_m: float | None = None

    @property
    def is_put_in(self) -> bool:
        """Whether orders were put in and all others stayed."""
        return self.added_first_come_m is not None


def put_in(problem: batching.Problem, joining: Collection[int]) -> Proposal | None:
    """Put a few orders one by one into the problem's earlier walks, or into new ones; the other orders stay.

    None where it is better to plan anew: no walk waits, too many orders came, or one more would be late.
    """
    if not problem.earlier or len(joining) > _FEW:
        return None
    stands = replace(problem, orders=tuple(order for order in problem.orders if order.id not in joining))
    plan = before = standing(stands, problem.earlier)
    for order in sorted(problem.orders, key=lambda order: -order.priority):
        if order.id in joining:
            plan = batching.insert(stands, plan, order)
            stands = replace(stands, orders=(*stands.orders, order))
    if plan.unplanned or len(plan.late) > len(before.late):
        return None
    added_m = plan.totals.metres_first_come - before.totals.metres_first_come
    return Proposal(plan=_saying_who_came(plan, joining), added_first_come_m=added_m)


def without(problem: batching.Problem, plan: batching.Plan, gone: Collection[batching.OrderId]) -> batching.Plan:
    """Return the plan without orders that cannot walk any more; the others keep their walks, sequence and reasons."""
    if not gone:
        return plan
    walks = [tuple(order_id for order_id in batch.order_ids if order_id not in gone) for batch in plan.batches]
    left = standing(problem, [walk for walk in walks if walk])
    reasons = {order.id: order.reason for batch in plan.batches for order in batch.orders}
    batches = tuple(
        replace(batch, orders=tuple(replace(order, reason=reasons[order.id]) for order in batch.orders))
        for batch in left.batches
    )
    totals = replace(left.totals, metres_first_come=0.0)  # of walks that stand it is not known
    return replace(left, batches=batches, totals=totals, lower_bound_m=None, gap=None)


def standing(problem: batching.Problem, walks: Sequence[tuple[batching.OrderId, ...]]) -> batching.Plan:
    """Return the plan of just these walks, which are open to change."""
    members = {order_id for walk in walks for order_id in walk}
    orders = tuple(order for order in problem.orders if order.id in members)
    plan = batching.plan(replace(problem, orders=orders, frozen=tuple(walks), earlier=()), _AS_THEY_ARE)
    return replace(plan, batches=tuple(replace(batch, is_frozen=False) for batch in plan.batches))


def _saying_who_came(plan: batching.Plan, joining: Collection[int]) -> batching.Plan:
    return replace(
        plan,
        batches=tuple(
            replace(
                batch,
                orders=tuple(
                    replace(order, reason=f"Came when the wave was at work. {order.reason}")
                    if order.id in joining
                    else order
                    for order in batch.orders
                ),
            )
            for batch in plan.batches
        ),
    )
