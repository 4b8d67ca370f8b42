"""Turns batches of order numbers into the plan that is given back."""

from collections.abc import Sequence

from wms.batching.clock import Clock
from wms.batching.explain import lateness_in_words, why_here
from wms.batching.judge import Judge
from wms.batching.plans import Batch, LateOrder, Plan, PlannedOrder, Route, Totals
from wms.batching.schedule import Slot, schedule, start_sequence
from wms.batching.workload import Batching, Workload


def report(
    work: Workload, judge: Judge, free: Batching, first_come: Batching, bound_m: float | None, clock: Clock
) -> Plan:
    """Return the plan: batches in starting sequence, with routes, times, lateness, reasons and figures."""
    members = [*(list(batch) for batch in work.frozen), *(sorted(batch) for batch in free)]
    jobs = [judge.job(batch, is_frozen=index < len(work.frozen)) for index, batch in enumerate(members)]
    slots = schedule(jobs, work.problem.pickers)
    sequence = start_sequence(jobs)
    batches = tuple(
        _batch(work, judge, members[index], slots[index], is_frozen=jobs[index].is_frozen) for index in sequence
    )
    late = [found for index in sequence for found in _late_orders(work, judge, members[index], slots[index])]
    totals = _totals(work, batches, first_come)
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


def _batch(work: Workload, judge: Judge, batch: list[int], slot: Slot | None, *, is_frozen: bool) -> Batch:
    """One batch as it is walked."""
    stops = work.stops_of(batch)
    route = tuple(work.locations[stop] for stop in work.router.sequence(stops))
    return Batch(
        orders=tuple(_planned_order(work, judge, number, batch, slot, is_frozen=is_frozen) for number in batch),
        cart=work.cart_for(batch),
        route=Route(stops=route, metres=work.router.metres(stops)),
        units=sum(line.quantity for number in batch for line in work.orders[number].lines),
        work_s=work.work_s(batch),
        picker_id=slot.picker_id if slot else None,
        start_s=slot.start_s if slot else None,
        finish_s=slot.finish_s if slot else None,
        is_frozen=is_frozen,
    )


def _planned_order(
    work: Workload, judge: Judge, number: int, batch: list[int], slot: Slot | None, *, is_frozen: bool
) -> PlannedOrder:
    """One order in its batch, with the reason why there."""
    added_m, alone_m, reason = why_here(work, number, batch, is_frozen=is_frozen)
    late_s = judge.late_s(number, slot) if judge.is_timed else 0.0
    return PlannedOrder(
        id=work.orders[number].id,
        added_m=added_m,
        alone_m=alone_m,
        late_s=late_s if late_s and slot else None,
        reason=f"{reason} {lateness_in_words(slot, late_s)}" if late_s else reason,
    )


def _late_orders(work: Workload, judge: Judge, batch: Sequence[int], slot: Slot | None) -> list[LateOrder]:
    """Return the orders of a batch that miss their cutoff."""
    if not judge.is_timed:
        return []
    return [
        LateOrder(
            id=work.orders[number].id,
            due_s=due_s,
            finish_s=slot.finish_s if slot else None,
            late_s=slot.finish_s - due_s if slot else None,
        )
        for number in batch
        if (due_s := work.orders[number].due_s) is not None and judge.late_s(number, slot) > 0
    ]


def _totals(work: Workload, batches: Sequence[Batch], first_come: Batching) -> Totals:
    """Return the plan in figures."""
    return Totals(
        metres=sum(batch.route.metres for batch in batches),
        work_s=sum(batch.work_s for batch in batches),
        stops=sum(len(batch.route.stops) for batch in batches),
        units=sum(batch.units for batch in batches),
        metres_one_by_one=sum(work.metres([number]) for number in range(len(work.orders))),
        metres_first_come=sum(work.metres(batch) for batch in [*work.frozen, *first_come]),
    )
