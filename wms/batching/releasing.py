"""Start a batch now, or keep it open for orders still to come: the decision of a floor without waves.

How long to wait is the time window of an online batching problem, and it matters whatever the batching and routing are
(Gil-Borras, Pardo, Jimenez and Sorensen, "The time-window strategy in the online order batching problem", 2023). Here
it follows from the plan. An order is here what walks as one: a bulk pick is one, a part in one zone or trip is one. For
each batch that has not begun, the first rule that holds decides:

1. Its latest start has come: its earliest cutoff less its work, with a share of that to spare, and so early that what
   the same picker walks after it is on time as well. Lateness comes before metres.
2. Nothing more can join it: it is frozen, or no order of a size seen so far fits. Waiting can gain nothing.
3. No orders are expected. As before.
4. A picker is idle, and waiting is not worth it: in each zone as many batches as there are idle pickers left, those
   with least to gain first. The next order would save a batch of its own, its set-up and its walk alone, at the price
   of what an order adds here. It comes after an open batch's share of the arrivals: with n open batches, after n times
   the mean time between two orders. Waiting for it is worth it if it saves more time than it takes to come. Where
   orders come at random this holds however near the latest start is, which makes both the saving and the waiting less.
5. Else it waits, to its latest start or until it should be full, whichever is earlier. Ask again when an order has
   come or a picker is free.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from math import inf, isfinite
from statistics import fmean

import numpy as np

from wms.batching.errors import InvalidProblemError
from wms.batching.explain import due_in_words, duration_in_words
from wms.batching.folding import Folded, fold
from wms.batching.plans import Batch, Decision, Plan, TakenLine
from wms.batching.problem import Order, OrderId, Problem
from wms.batching.workload import Loads, loads_of, rooms_of


def release(
    problem: Problem, plan: Plan, *, now_s: float, arrivals_per_s: float, spare: float = 0.1
) -> tuple[Decision, ...]:
    """Return a decision for each batch of a plan that has not begun, in their sequence.

    `arrivals_per_s` are the orders expected a second, `spare` the share of a batch's work kept in hand before its
    cutoff. InvalidProblemError for numbers without sense and for a plan of another problem.
    """
    _check(now_s=now_s, arrivals_per_s=arrivals_per_s, spare=spare)
    folded = fold(problem)
    batches = _open_batches(folded, plan, now_s, spare)
    reasons = {at: reason for at, batch in enumerate(batches) if (reason := _why_at_once(batch, now_s, arrivals_per_s))}
    waiting = sorted((at for at in range(len(batches)) if at not in reasons), key=lambda at: (batches[at].saved_s, at))
    next_s = len(waiting) / arrivals_per_s if waiting else inf
    idle = _idle_pickers(folded, plan, now_s)
    idle.subtract(batches[at].batch.zone for at in reasons)
    chosen: dict[int, str] = {}
    for at in waiting:
        zone = batches[at].batch.zone
        if idle[zone] > 0:
            idle[zone] -= 1
            chosen[at] = _gain_in_words(batches[at], next_s)
            if batches[at].saved_s <= next_s:
                reasons[at] = f"Starts now: a picker is free, and {chosen[at]}."
    return tuple(
        Decision(order_ids=batch.batch.order_ids, starts_now=True, until_s=None, reason=reasons[at])
        if at in reasons
        else _waiting(batch, now_s, next_s, chosen.get(at, "no picker is free for it"))
        for at, batch in enumerate(batches)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _OpenBatch:
    """A batch that has not begun, and what the rules ask of it.

    `due_s` is its earliest cutoff (inf for none), `latest_s` its latest start, `is_pressed` whether that is for what
    its picker walks next, `room` how many orders of the mean size still fit (0: none that was seen does), `saved_s`
    the time that the next order saves by walking with it.
    """

    batch: Batch
    due_s: float
    latest_s: float
    is_pressed: bool
    room: int
    saved_s: float


def _check(*, now_s: float, arrivals_per_s: float, spare: float) -> None:
    """Refuse numbers without sense."""
    if not isfinite(now_s):
        raise InvalidProblemError("now_s", "must be a number")
    for name, value in (("arrivals_per_s", arrivals_per_s), ("spare", spare)):
        if not 0 <= value < inf:
            raise InvalidProblemError(name, "must be 0 or more")


def _open_batches(folded: Folded, plan: Plan, now_s: float, spare: float) -> list[_OpenBatch]:
    """Return the batches that have not begun, with what the rules ask of them; the plan must be the problem's."""
    problem, walked = folded.problem, folded.walked()
    try:
        members = [_members(batch, walked) for batch in plan.batches]
    except KeyError as error:
        order, lines = error.args[0]
        fault = f"order {order!r} is not among the problem's orders" + (", or is divided otherwise" if lines else "")
        raise InvalidProblemError("plan", fault) from None
    is_open = [not batch.has_begun(now_s) for batch in plan.batches]
    batches, members = list(compress(plan.batches, is_open)), list(compress(members, is_open))
    due_s = [min((order.due_s for order in orders if order.due_s is not None), default=inf) for orders in members]
    rooms = _rooms_left(problem, list(dict.fromkeys(walked.values())), batches, members)
    return [
        _OpenBatch(batch=batch, due_s=due, latest_s=latest, is_pressed=pressed, room=room, saved_s=saved)
        for batch, due, (latest, pressed), room, saved in zip(
            batches, due_s, _latest_starts(batches, due_s, spare), rooms, _savings(problem, plan, batches), strict=True
        )
    ]


def _latest_starts(batches: Sequence[Batch], due_s: Sequence[float], spare: float) -> list[tuple[float, bool]]:
    """Return when each batch must start for all cutoffs, and whether for those of what its picker walks after it."""
    found = [(inf, False)] * len(batches)
    next_s: dict[object, float] = {}
    for at in sorted(range(len(batches)), key=lambda at: -(batches[at].start_s or 0.0)):
        batch = batches[at]
        then_s = inf if batch.start_s is None else next_s.get(batch.picker_id, inf)
        latest_s = min(due_s[at], then_s) - batch.work_s * (1 + spare)
        found[at] = latest_s, then_s < due_s[at]
        if batch.start_s is not None:
            next_s[batch.picker_id] = latest_s
    return found


def _members(batch: Batch, walked: Mapping[tuple[OrderId, tuple[TakenLine, ...] | None], Order]) -> list[Order]:
    """Return what walks as one order in a batch, each once: those that share a tote are one."""
    return list(
        {walked[placed.id, placed.lines].id: walked[placed.id, placed.lines] for placed in batch.orders}.values()
    )


def _rooms_left(
    problem: Problem, every: Sequence[Order], batches: Sequence[Batch], members: Sequence[Sequence[Order]]
) -> list[int]:
    """Return how many orders of the mean size still fit on each batch's cart: 1 if but one seen does, 0 if none."""
    rooms = rooms_of(problem.carts)
    seen = loads_of(every, rooms)
    sizes, mean = np.unique(seen, axis=0), seen.mean(axis=0) if len(seen) else seen
    left = []
    for batch, orders in zip(batches, members, strict=True):
        load = loads_of(orders, rooms).sum(axis=0)
        fits = bool((load + sizes <= rooms[:, None]).all(axis=2).any()) and not batch.is_frozen
        left.append(max(1, _times(mean, rooms - load)) if fits else 0)
    return left


def _times(size: Loads, rooms: Loads) -> int:
    """Return how often a size fits into the roomiest of some carts; every cart has a limit of totes."""
    takes = size > 0
    return int((rooms[:, takes] / size[takes]).min(axis=1).max())


def _savings(problem: Problem, plan: Plan, batches: Sequence[Batch]) -> list[float]:
    """Return the seconds that one more order saves by walking with each batch, instead of alone.

    Alone it costs a set-up and the mean walk of the plan's orders alone. With a batch it costs what the batch's orders
    add on average; one that walks by itself adds nothing to anybody, and all orders of the plan that have company
    stand in for it.
    """
    alone_m = fmean([order.alone_m for batch in plan.batches for order in batch.orders] or [0.0])
    anywhere_m = [order.added_m for batch in plan.batches if len(batch.orders) > 1 for order in batch.orders]
    in_company_m = fmean(anywhere_m or [alone_m])
    added_m = [
        fmean(order.added_m for order in batch.orders) if len(batch.orders) > 1 else in_company_m for batch in batches
    ]
    speeds = problem.speeds
    return [speeds.setup_s + max(0.0, alone_m - added) / speeds.metres_per_s for added in added_m]


def _idle_pickers(folded: Folded, plan: Plan, now_s: float) -> Counter[Hashable | None]:
    """Return how many pickers of each zone are at work and walk nothing."""
    walking = {
        batch.picker_id
        for batch in plan.batches
        if batch.has_begun(now_s) and batch.finish_s is not None and batch.finish_s > now_s
    }
    return Counter(
        zone
        for zone in folded.zones
        for picker in folded.crew_of(zone)
        if picker.id not in walking
        and picker.available_from_s <= now_s
        and (picker.available_until_s is None or now_s < picker.available_until_s)
    )


def _why_at_once(batch: _OpenBatch, now_s: float, arrivals_per_s: float) -> str:
    """Return why a batch starts whoever is free (rules 1 to 3); empty if it may wait."""
    if batch.latest_s <= now_s:
        work = duration_in_words(batch.batch.work_s)
        due = "what its picker walks next cannot wait" if batch.is_pressed else due_in_words(batch.due_s - now_s)
        return f"Starts now: {due}, and it takes {work}."
    if not batch.room:
        why = (
            "it is frozen and takes no more orders" if batch.batch.is_frozen else "no order of a size seen so far fits"
        )
        return f"Starts now: {why}."
    return "" if arrivals_per_s else "Starts now: no more orders are expected."


def _waiting(batch: _OpenBatch, now_s: float, next_s: float, why: str) -> Decision:
    """Return the decision to wait (rule 5)."""
    full_s = now_s + batch.room * next_s
    until_s = min(batch.latest_s, full_s)
    end = "it should be full" if full_s <= batch.latest_s else "its latest start"
    return Decision(
        order_ids=batch.batch.order_ids,
        starts_now=False,
        until_s=until_s,
        reason=f"Waits {duration_in_words(until_s - now_s)} at most, until {end}: {why}.",
    )


def _gain_in_words(batch: _OpenBatch, next_s: float) -> str:
    """Return what waiting for the next order would bring."""
    return f"the next order, in about {duration_in_words(next_s)}, would save {duration_in_words(batch.saved_s)}"
