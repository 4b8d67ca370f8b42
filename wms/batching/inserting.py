"""Puts one more order into a plan at work, without planning it anew."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf, isfinite
from typing import NamedTuple

import numpy as np

from wms.batching.errors import InvalidProblemError
from wms.batching.kernel.bits import Words
from wms.batching.kernel.floors import Ints
from wms.batching.layout import LocationId
from wms.batching.plans import Batch, Plan, PlannedOrder, Route
from wms.batching.problem import Order, OrderId, Problem, Speeds
from wms.batching.retiming import Timetable, at_slot, has_slot, late_orders
from wms.batching.routing import Router, router_for
from wms.batching.schedule import Cutoff, Job, Slot, cutoff_of, each_once, late_s
from wms.batching.workload import ROOMS, Loads, Workload, loads_of, rooms_of, without_each, workload_of

DECIMALS = 6
"""Walks that differ less than this, in decimals of a metre, are equally long."""


def insert(problem: Problem, plan: Plan, order: Order, *, now_s: float = 0.0) -> Plan:
    """Return the plan with one more order in it; `problem` is the plan's, without the order.

    Of the batches that have not begun at `now_s`, are not frozen and have room (on any shape of cart), and of a batch
    of its own, the order gets the one that makes fewest orders late, then least late, then adds fewest metres. No other
    order moves; all batches that have not begun get their times anew. The lower bound stays: whoever walks these orders
    and one more cannot walk less than these alone. `iterations` and `elapsed_s` are still those of the planning.

    Where routes are not exact, places are compared by walks worked out quickly, and the one chosen gets a better one.
    An order that fits no cart, or wants a location that is not on the floor, comes back in `unplanned`.
    InvalidProblemError for an order that is in the problem already or has no sense, for a plan of another problem, and
    for one with zones, divided orders or bulk picks.
    """
    return Running(problem, plan).insert(order, now_s=now_s)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """Where an order could go: a batch's number (their count for a batch of its own), and that batch with it."""

    at: int
    order_ids: tuple[OrderId, ...]
    load: Loads
    job: Job
    metres: float
    added_m: float


class _Timed(NamedTuple):
    """A place with what it makes of everybody's times."""

    place: _Place
    jobs: list[Job]
    slots: list[Slot | None]


class Running:
    """A plan at work, into which orders are put one by one; what is known of its batches is kept in between.

    `plan` is the plan as it is now.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        """Look through the problem's orders and the plan's batches."""
        planned = [order for batch in plan.batches for order in batch.orders]
        if problem.zones or any(order.lines or order.bulk is not None for order in planned):
            raise InvalidProblemError("plan", "has zones, divided orders or bulk picks: plan anew with the order")
        self.plan = plan
        self._problem = problem
        self._rooms = rooms_of(problem.carts)
        self._orders = {order.id: order for order in problem.orders}
        try:
            members = [self._orders[order.id] for order in planned]
        except KeyError as error:
            fault = f"order {error.args[0]!r} is not among the problem's orders"
            raise InvalidProblemError("plan", fault) from None
        starts = np.cumsum([0, *(len(batch.orders) for batch in plan.batches)])[:-1]
        self._loads = np.add.reduceat(loads_of(members, self._rooms), starts)
        self._jobs = _jobs(plan.batches, members, starts, problem.speeds)
        apart = {order.id for order in plan.unplanned} | {order for batch in problem.frozen for order in batch}
        free = [order for order in problem.orders if order.id not in apart]
        self._last_cart = free[_last_cart_from(loads_of(free, self._rooms), self._rooms) :]

    def insert(self, order: Order, *, now_s: float = 0.0) -> Plan:
        """Put an order in, and return the plan with it: see the function of this name."""
        if not isfinite(now_s):
            raise InvalidProblemError("now_s", "must be a number")
        if order.id in self._orders:
            raise InvalidProblemError("order.id", f"order {order.id!r} is in the problem already")
        alone = workload_of(replace(self._problem, orders=(order,), frozen=(), earlier=()))
        self._orders[order.id] = order
        if alone.unplanned:
            self.plan = replace(self.plan, unplanned=(*self.plan.unplanned, *alone.unplanned))
            return self.plan
        before, after = self._last_cart, [*self._last_cart, order]
        if not alone.fits(loads_of(after, self._rooms).sum(axis=0)):
            before, after = [], [order]
        takers = self._takers(alone, now_s)
        groups = [_stops(before), _stops(after), *(self.plan.batches[at].route.stops for at in takers)]
        router, walks = _walks(self._problem, groups, _stops([order]))
        before_m, after_m, *metres = router.rough_metres_of_all(walks).tolist()
        walk_at = dict(zip([*takers, len(self._jobs)], walks[2:], strict=True))
        times = Timetable(self._problem.pickers, self.plan.batches, now_s)
        alone_m = router.metres_of(walks[-1])
        place = partial(self._place, alone, cutoff_of(order, alone_m, self._problem.speeds))
        best = self._best([place(at, rough_m) for at, rough_m in zip(walk_at, metres, strict=True)], times)
        if not router.is_exact:
            best = self._best([place(best.place.at, router.metres_of(walk_at[best.place.at]))], times)
        self._last_cart = after
        self._settle(router, alone_m, after_m - before_m, best, times)
        return self.plan

    def _takers(self, alone: Workload, now_s: float) -> list[int]:
        """Return the numbers of the batches that may take the order."""
        batches = self.plan.batches
        have_room = np.flatnonzero(alone.fits(self._loads + alone.loads[0]))
        return [at for at in have_room.tolist() if not (batches[at].is_frozen or batches[at].has_begun(now_s))]

    def _place(self, alone: Workload, cutoff: Cutoff | None, at: int, metres: float) -> _Place:
        """Return a batch with the order, for a walk of this length."""
        order, arrays = alone.orders[0], alone.arrays
        before: tuple[OrderId, ...] = ()
        if at == len(self._jobs):
            load, walked_m = np.zeros(len(ROOMS)), 0.0
            job = Job(cutoffs=(), priority=0, work_s=arrays.setup_s, is_frozen=False)
        else:
            load, job = self._loads[at], self._jobs[at]
            walked_m, before = self.plan.batches[at].route.metres, self.plan.batches[at].order_ids
        added_m = metres - walked_m
        return _Place(
            at=at,
            order_ids=(*before, order.id),
            load=load + alone.loads[0],
            job=Job(
                cutoffs=each_once([*job.cutoffs, cutoff]),
                priority=max(job.priority, order.priority),
                work_s=job.work_s + float(arrays.handling_s[0]) + added_m * arrays.metre_s,
                is_frozen=False,
            ),
            metres=metres,
            added_m=added_m,
        )

    def _best(self, places: Sequence[_Place], times: Timetable) -> _Timed:
        """Return the place with fewest late, least late, fewest metres; of equals one with company."""
        found: tuple[tuple[int, float], _Timed] | None = None
        for place in sorted(places, key=lambda place: (round(place.added_m, DECIMALS), place.at)):
            jobs = [*self._jobs[: place.at], place.job, *self._jobs[place.at + 1 :]]
            slots = times.slots(jobs)
            lateness = self._lateness(place, jobs, slots) if self._problem.pickers else (0, 0.0)
            if found is None or lateness < found[0]:
                found = lateness, _Timed(place, jobs, slots)
            if lateness == (0, 0.0):
                break  # those that follow are longer
        if found is None:
            raise ValueError("A batch of its own is always among the places.")
        return found[1]

    def _lateness(self, place: _Place, jobs: Sequence[Job], slots: Sequence[Slot | None]) -> tuple[int, float]:
        """Return how many orders are late, and how late by priority, with the order in this place."""
        count, weighed_s = 0, 0.0
        for at, (job, slot) in enumerate(zip(jobs, slots, strict=True)):
            if slot and slot.finish_s <= job.due_s:
                continue
            for order_id in place.order_ids if at == place.at else self.plan.batches[at].order_ids:
                order = self._orders[order_id]
                seconds = late_s(order.due_s, slot)
                count += seconds > 0
                weighed_s += seconds * (1 + order.priority)
        # Rounded, so that sums of the same delays in another sequence stay equal.
        return count, round(weighed_s, 3)

    def _settle(
        self,
        router: Router,
        alone_m: float,
        first_come_m: float,
        chosen: _Timed,
        times: Timetable,
    ) -> None:
        """Make the plan what it is with the order in the place chosen."""
        plan, (place, jobs, slots) = self.plan, chosen
        is_timed = bool(self._problem.pickers)
        changed = self._changed(router, alone_m, place)
        batches = [*plan.batches[: place.at], changed, *plan.batches[place.at + 1 :]]
        sequence = times.sequence(jobs)
        self._jobs = [jobs[at] for at in sequence]
        self._loads = np.concatenate([self._loads[: place.at], [place.load], self._loads[place.at + 1 :]])[sequence]
        settled = tuple(
            batches[at]
            if at != place.at and has_slot(batches[at], slots[at])
            else at_slot(batches[at], self._orders, slots[at], is_timed=is_timed)
            for at in sequence
        )
        was = plan.batches[place.at] if place.at < len(plan.batches) else None
        metres = plan.totals.metres + place.added_m
        self.plan = replace(
            plan,
            batches=settled,
            late=tuple(late for batch in settled for late in late_orders(batch, self._orders)) if is_timed else (),
            totals=replace(
                plan.totals,
                metres=metres,
                work_s=plan.totals.work_s + changed.work_s - (was.work_s if was else 0.0),
                stops=plan.totals.stops + len(changed.route.stops) - (len(was.route.stops) if was else 0),
                units=plan.totals.units + changed.units - (was.units if was else 0),
                metres_one_by_one=plan.totals.metres_one_by_one + alone_m,
                metres_first_come=plan.totals.metres_first_come + first_come_m,
            ),
            gap=None if not plan.lower_bound_m else max(0.0, metres / plan.lower_bound_m - 1),
        )

    def _changed(self, router: Router, alone_m: float, place: _Place) -> Batch:
        """Return the batch that takes the order, with its new walk; its times and reasons are still to come."""
        batches = self.plan.batches
        before = batches[place.at].orders if place.at < len(batches) else ()
        orders = [self._orders[order] for order in place.order_ids]
        walks = np.array([router.encoded.words_of(_stops([one])) for one in orders])
        whole_m, *rests_m = router.rough_metres_of_all(
            np.concatenate([np.bitwise_or.reduce(walks, axis=0)[None], without_each(walks)])
        ).tolist()
        alone = [*(planned.alone_m for planned in before), alone_m]
        number = {location: at for at, location in enumerate(router.encoded.locations)}
        stops = router.sequence(number[location] for location in _stops(orders))
        return Batch(
            orders=tuple(
                # A walk that is not exact may be shorter with the order than without it.
                PlannedOrder(id=one.id, added_m=max(0.0, whole_m - rest_m), alone_m=own_m, late_s=None, reason="")
                for one, rest_m, own_m in zip(orders, rests_m, alone, strict=True)
            ),
            cart=next(
                cart for cart, room in zip(self._problem.carts, self._rooms, strict=True) if (place.load <= room).all()
            ),
            route=Route(stops=tuple(router.encoded.locations[stop] for stop in stops), metres=place.metres),
            units=sum(line.quantity for one in orders for line in one.lines),
            work_s=place.job.work_s,
            picker_id=None,
            start_s=None,
            finish_s=None,
            is_frozen=False,
        )


def _walks(problem: Problem, groups: Sequence[Sequence[LocationId]], own: Sequence[LocationId]) -> tuple[Router, Words]:
    """Return a router, and walks: the first two groups, each of the others with the order's own stops, and these."""
    router = router_for(problem.layout, tuple(dict.fromkeys([*own, *(stop for group in groups for stop in group)])))
    walks = np.array([router.encoded.words_of(stops) for stops in (*groups, own)])
    walks[2:] |= walks[-1]
    return router, walks


def _stops(orders: Sequence[Order]) -> list[LocationId]:
    """Return the locations that orders want, each once."""
    return list(dict.fromkeys(line.location for order in orders for line in order.lines))


def _jobs(batches: Sequence[Batch], members: Sequence[Order], starts: Ints, speeds: Speeds) -> list[Job]:
    """Return batches as work to schedule; the members of each begin at its start."""
    ends = [*starts.tolist(), len(members)][1:]
    priority = np.maximum.reduceat(np.array([order.priority for order in members], dtype=np.int64), starts)
    return [
        Job(
            cutoffs=each_once(
                cutoff_of(order, placed.alone_m, speeds)
                for order, placed in zip(members[start:end], batch.orders, strict=True)
            ),
            priority=highest,
            work_s=batch.work_s,
            is_frozen=batch.is_frozen,
        )
        for batch, start, end, highest in zip(batches, starts.tolist(), ends, priority.tolist(), strict=True)
    ]


def _last_cart_from(loads: Loads, rooms: Loads) -> int:
    """Return where the last of the carts begins that are filled with orders as they came; 0 without orders."""
    filled = np.cumsum(loads, axis=0).T
    limits = [[(kind, room) for kind, room in enumerate(cart) if room < inf] for cart in rooms.tolist()]
    taken = {kind: filled[kind].tolist() for limit in limits for kind, _ in limit}
    begin = end = 0
    while end < len(loads):
        begin = end
        before = {kind: so_far[begin - 1] if begin else 0.0 for kind, so_far in taken.items()}
        # A cart of any shape takes orders until one kind of room is full.
        end = max(
            min(bisect_right(taken[kind], before[kind] + room, begin) for kind, room in limit) for limit in limits
        )
    return begin
