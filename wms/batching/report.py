"""Turns batches of order numbers into the plan that is given back."""

from collections.abc import Sequence
from dataclasses import dataclass

from wms.batching.clock import Clock
from wms.batching.explain import lateness_in_words, why_here
from wms.batching.judge import Judge
from wms.batching.plans import Batch, LateOrder, Plan, PlannedOrder, Route, Totals
from wms.batching.schedule import Job, Slot, schedule, start_sequence
from wms.batching.workload import Batching, Workload


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """An order's part in its batch: what it adds to the walk, and what it would walk alone."""

    number: int
    added_m: float
    alone_m: float


def report(
    work: Workload, judge: Judge, free: Batching, first_come: Batching, bound_m: float | None, clock: Clock
) -> Plan:
    """Return the plan: batches in starting sequence, with routes, times, lateness, reasons and figures."""
    members = [*(list(batch) for batch in work.frozen), *(sorted(batch) for batch in free)]
    metres = work.metres_of_all(members)
    jobs = judge.jobs(members, metres)
    slots = schedule(jobs, work.problem.pickers)
    sequence = start_sequence(jobs, work.problem.pickers)
    alone_m = work.router.metres_of_all(work.arrays.words)
    added = iter(work.added_of_all(members).tolist())
    walks = [
        [Share(number=number, added_m=next(added), alone_m=float(alone_m[number])) for number in batch]
        for batch in members
    ]
    batches = tuple(
        _batch(work, judge, walks[index], float(metres[index]), jobs[index], slots[index]) for index in sequence
    )
    late = [found for index in sequence for found in _late_orders(work, judge, members[index], slots[index])]
    totals = _totals(
        batches, float(alone_m.sum()), float(work.metres_of_all([*map(list, work.frozen), *first_come]).sum())
    )
    return Plan(
        batches=batches,
        late=tuple(late),
        unplanned=work.unplanned,
        totals=totals,
        is_route_exact=work.router.is_exact,
        lower_bound_m=bound_m,
        gap=None if not bound_m else max(0.0, totals.metres / bound_m - 1),
        iterations=clock.iterations,
        elapsed_s=clock.elapsed_s,
    )


def _batch(work: Workload, judge: Judge, shares: Sequence[Share], metres: float, job: Job, slot: Slot | None) -> Batch:
    """One batch as it is walked."""
    members = [share.number for share in shares]
    route = tuple(work.locations[stop] for stop in work.router.sequence(work.stops_of(members)))
    return Batch(
        orders=tuple(_planned_order(work, judge, share, len(shares) - 1, job, slot) for share in shares),
        cart=work.cart_for(members),
        route=Route(stops=route, metres=metres),
        units=sum(line.quantity for number in members for line in work.orders[number].lines),
        work_s=job.work_s,
        picker_id=slot.picker_id if slot else None,
        start_s=slot.start_s if slot else None,
        finish_s=slot.finish_s if slot else None,
        is_frozen=job.is_frozen,
    )


def _planned_order(
    work: Workload, judge: Judge, share: Share, company: int, job: Job, slot: Slot | None
) -> PlannedOrder:
    """One order in its batch, with the reason why there."""
    order = work.orders[share.number]
    reason = why_here(order.due_s, company, share.added_m, share.alone_m, is_frozen=job.is_frozen)
    late_s = judge.late_s(share.number, slot) if judge.is_timed else 0.0
    return PlannedOrder(
        id=order.id,
        added_m=share.added_m,
        alone_m=share.alone_m,
        late_s=late_s if late_s and slot else None,
        reason=f"{reason} {lateness_in_words(late_s if slot else None)}" if late_s else reason,
    )


def _late_orders(work: Workload, judge: Judge, batch: Sequence[int], slot: Slot | None) -> list[LateOrder]:
    """Return the orders of a batch that miss their cutoff, or that nobody is left to walk."""
    if not judge.is_timed:
        return []
    return [
        LateOrder(
            id=work.orders[number].id,
            due_s=work.orders[number].due_s,
            finish_s=slot.finish_s if slot else None,
            late_s=late_s if slot else None,
        )
        for number in batch
        if (late_s := judge.late_s(number, slot)) > 0
    ]


def _totals(batches: Sequence[Batch], one_by_one_m: float, first_come_m: float) -> Totals:
    """Return the plan in figures."""
    return Totals(
        metres=sum(batch.route.metres for batch in batches),
        work_s=sum(batch.work_s for batch in batches),
        stops=sum(len(batch.route.stops) for batch in batches),
        units=sum(batch.units for batch in batches),
        metres_one_by_one=one_by_one_m,
        metres_first_come=first_come_m,
    )
