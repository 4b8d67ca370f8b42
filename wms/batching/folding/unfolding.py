"""Plans of pieces merged into a plan of the orders they come from."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf

from wms.batching.construct import first_come
from wms.batching.explain import lateness_in_words, why_here
from wms.batching.folding.pieces import Piece
from wms.batching.plans import Batch, LateOrder, Plan, PlannedOrder, Totals
from wms.batching.problem import Order, OrderId, Problem, Speeds
from wms.batching.schedule import Job, cutoff_of, each_once, start_sequence
from wms.batching.workload import workload_of


def unfolded(problem: Problem, pieces: Iterable[Piece], plans: Mapping[Hashable | None, Plan]) -> Plan:
    """Return the plan of all orders, from a plan of pieces for each zone."""
    piece_of = {piece.walked.id: piece for piece in pieces}
    orders = {order.id: order for order in problem.orders}
    is_timed = bool(problem.pickers)
    batches = [
        replace(batch, zone=zone, orders=tuple(_planned_orders(batch, piece_of, is_timed=is_timed)))
        for zone, plan in plans.items()
        for batch in plan.batches
    ]
    jobs = [_job(batch, orders, problem.speeds) for batch in batches]
    batches = [batches[number] for number in start_sequence(jobs, problem.pickers)]
    totals = _totals(batches, plans.values())
    bounds_m = [_bound_m(plan) for plan in plans.values()]
    bound_m = sum(bound for bound in bounds_m if bound is not None) if None not in bounds_m else None
    return Plan(
        batches=tuple(batches),
        late=tuple(_late_orders(batches, orders)) if is_timed else (),
        # A piece always fits a cart and lies on the floor: what is left is as it was given.
        unplanned=tuple(left for plan in plans.values() for left in plan.unplanned),
        totals=totals,
        is_route_exact=all(plan.is_route_exact for plan in plans.values()),
        lower_bound_m=bound_m,
        gap=None if not bound_m else max(0.0, totals.metres / bound_m - 1),
        iterations=sum(plan.iterations for plan in plans.values()),
        elapsed_s=sum(plan.elapsed_s for plan in plans.values()),
    )


def first_come_m(problem: Problem) -> float:
    """Return the metres of a problem whose carts are filled as its orders came."""
    work = workload_of(problem)
    return float(work.metres_of_all([*map(list, work.frozen), *first_come(work)]).sum())


def _planned_orders(batch: Batch, piece_of: Mapping[OrderId, Piece], *, is_timed: bool) -> Iterator[PlannedOrder]:
    """Yield the orders of a batch of pieces, each with its own reason."""
    company = sum(len(piece_of[placed.id].orders) for placed in batch.orders) - 1
    bulk = 0
    for placed in batch.orders:
        piece = piece_of[placed.id]
        bulk += piece.is_bulk
        # Without one of a bulk pick the others still walk there.
        added_m = 0.0 if piece.is_bulk else placed.added_m
        for order in piece.orders:
            why = why_here(order.due_s, company, added_m, placed.alone_m, is_frozen=batch.is_frozen)
            late_s = _late_s(order.due_s, batch.finish_s) if is_timed else 0.0
            yield PlannedOrder(
                id=order.id,
                added_m=added_m,
                alone_m=placed.alone_m,
                late_s=late_s or None,
                reason=" ".join([*piece.notes, why, *([] if late_s == 0 else [lateness_in_words(late_s)])]),
                lines=piece.lines,
                parts=piece.parts,
                bulk=bulk if piece.is_bulk else None,
            )


def _late_s(due_s: float | None, finish_s: float | None) -> float | None:
    """Return how late an order is in a batch that ends then; None where nobody walks it, cutoff or not."""
    if finish_s is None:
        return None
    return 0.0 if due_s is None else max(0.0, finish_s - due_s)


def _late_orders(batches: Sequence[Batch], orders: Mapping[OrderId, Order]) -> Sequence[LateOrder]:
    """Return each late order once, with the time at which its last part is there."""
    late: dict[OrderId, LateOrder] = {}
    for batch in batches:
        for placed in batch.orders:
            due_s = orders[placed.id].due_s
            late_s = _late_s(due_s, batch.finish_s)
            if late_s != 0:
                part = LateOrder(id=placed.id, due_s=due_s, finish_s=batch.finish_s, late_s=late_s)
                late[placed.id] = max(late.get(placed.id, part), part, key=_delay_s)
    return tuple(late.values())


def _delay_s(late: LateOrder) -> float:
    return inf if late.late_s is None else late.late_s


def _job(batch: Batch, orders: Mapping[OrderId, Order], speeds: Speeds) -> Job:
    """Return a batch as work to be put into the sequence in which all start."""
    members = [orders[order] for order in batch.order_ids]
    return Job(
        cutoffs=each_once(cutoff_of(orders[placed.id], placed.alone_m, speeds) for placed in batch.orders),
        priority=max(order.priority for order in members),
        work_s=batch.work_s,
        is_frozen=batch.is_frozen,
    )


def _bound_m(plan: Plan) -> float | None:
    """Return a length that no plan of a zone can beat; where all is frozen, nothing can be otherwise."""
    is_settled = plan.is_route_exact and all(batch.is_frozen for batch in plan.batches)
    return plan.totals.metres if is_settled else plan.lower_bound_m


def _totals(batches: Sequence[Batch], plans: Iterable[Plan]) -> Totals:
    """Return all zones together in figures."""
    return Totals(
        metres=sum(batch.route.metres for batch in batches),
        work_s=sum(batch.work_s for batch in batches),
        stops=sum(len(batch.route.stops) for batch in batches),
        units=sum(batch.units for batch in batches),
        metres_one_by_one=sum(placed.alone_m for batch in batches for placed in batch.orders),
        metres_first_come=sum(plan.totals.metres_first_come for plan in plans),
    )
