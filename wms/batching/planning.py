"""The door: a problem in, a plan out."""

from functools import partial
from math import sqrt

import numpy as np

from wms.batching.clock import Clock
from wms.batching.construct import by_savings, first_come
from wms.batching.crew import Crew
from wms.batching.folding import fold
from wms.batching.folding.effort import plan_each
from wms.batching.improve import Annealer, Cooling
from wms.batching.judge import Judge
from wms.batching.plans import Plan
from wms.batching.problem import Params, Problem
from wms.batching.prove import Prover
from wms.batching.report import report
from wms.batching.stop import StopRule
from wms.batching.workload import Batching, Workload, workload_of

SMALL = 300
"""Plans of up to so many orders are improved whole, and proven where a batch holds few of them."""
FEW_TOGETHER = 9
"""Batches of more orders than this on average are too many to prove anything about them in time."""
ANNEALING, LONGER = 0.35, 0.6
"""Share of the effort that goes into annealing before a proof: where that is likely to end, and where it is not."""
EASY, HARD = 150, 300
"""Orders times orders a batch, up to which a proof of some seconds mostly ends, and from which it seldom does."""
FOUR = 4
LEAST, ENOUGH = 200, 4_000
"""Tries for each two of the orders: with fewer, a proof begins with a bad plan and ends in the middle of its work;
after more, annealing finds nothing, and a proof that begins at once ends sooner. For up to four orders a batch."""
PARTED = 0.6
"""Share of the effort after which large plans with cutoffs are annealed whole: parts cannot see all pickers' time."""
WARM = 5.0
"""How much hotter that begins than the parts have ended."""
SOFT, STRICT = 0.2, 1.0
"""The price of a late order then, at the beginning and at the end."""
IN_TIME = 0.85
"""Share of the effort after which the plan with the least lateness seen is made shorter, and no later again."""
PROVING = 0.97
KEPT = 60_000
"""Batches that each search remembers for a proof."""
TRIES_A_BATCH_KEPT = 20
"""Where there is time for few tries, room to remember more would take longer to make than to fill."""
HOT, COLD = 0.2, 0.012
"""Heat at the beginning and at the end where there is time to cool slowly, as shares of an order's share of a walk."""
SLOWLY, MANY = 250, 100
"""Tries for each two of the orders, up to so many others, for which the annealing may begin as hot as that; with
fewer the first plan must not be lost."""


def plan(problem: Problem, stop: StopRule, *, seed: int = 0, params: Params = Params()) -> Plan:  # noqa: B008 - frozen
    """Decide which orders walk together, in which sequence, and who starts when.

    First as few late orders as possible, then least lateness, then fewest metres. Ends when the stop rule says so, or
    when the plan is proven best. The same problem, seed and iterations give the same plan. Orders that no cart holds
    are named in the plan; InvalidProblemError comes from making the problem, never from here.
    """
    folded = fold(problem)
    return folded.unfold(plan_each(folded.problems, stop, partial(_plan_whole, seed=seed, params=params)))


def _plan_whole(problem: Problem, stop: StopRule, *, seed: int, params: Params) -> Plan:
    """Plan orders that walk whole, on one floor."""
    clock = Clock(stop)
    work = workload_of(problem)
    judge = Judge(work)
    as_they_came = first_come(work)
    batches, bound_m = as_they_came, None
    if work.free:
        with Crew() as crew:
            batches, bound_m = _search(work, judge, clock, crew, seed, params)
    return report(work, judge, batches, as_they_came, bound_m, clock)


def _search(
    work: Workload, judge: Judge, clock: Clock, crew: Crew, seed: int, params: Params
) -> tuple[Batching, float | None]:
    """Return the best plan found, and a length no plan can beat where one is known."""
    batches = by_savings(work, crew, params.chunk_orders)
    clock.metres = judge.score(batches).metres
    annealer = Annealer(work, judge, clock, crew, seed)
    cooling = _cooling(len(batches) / len(work.free), _tries_each_two(clock, len(work.free)))
    if len(work.free) > SMALL:
        best, coldest = annealer.in_parts(batches, cooling, PARTED if judge.is_timed else PROVING)
        if judge.is_timed:
            cooling = Cooling(start=WARM * cooling.end, end=cooling.end, late=SOFT, late_end=STRICT)
            together, _ = annealer.side_by_side(coldest, cooling, IN_TIME, 0)
            cold = Cooling(start=cooling.end, end=cooling.end, late=STRICT, late_end=STRICT)
            best, _ = annealer.side_by_side(min(best, together, key=judge.score), cold, PROVING, 0)
        return best, None
    can_prove = work.router.is_exact and len(work.free) <= FEW_TOGETHER * len(batches)
    kept = int(min(KEPT, clock.tries_left / TRIES_A_BATCH_KEPT)) if can_prove else 0
    until = _annealed_until(clock, len(work.free), len(batches)) if can_prove else PROVING
    batches, pools = annealer.side_by_side(batches, cooling, until, kept)
    if not can_prove:
        return batches, None
    proof = Prover(work, clock, crew, batches, pools, seed).run(PROVING)
    return min(batches, proof.batches, key=judge.score), proof.bound_m + work.frozen_m


def _annealed_until(clock: Clock, orders: int, batches: int) -> float:
    """Return the share of the effort after which a plan of so many orders is proven."""
    if orders > FOUR * batches:
        return LONGER
    tries = _tries_each_two(clock, orders)
    share = float(np.interp(orders * orders / batches, (EASY, HARD), (ANNEALING, LONGER)))
    return min(max(share, min(LONGER, LEAST / tries)), clock.spent + ENOUGH / tries)


def _tries_each_two(clock: Clock, orders: int) -> float:
    """Return how many changes can be tried for each two of the orders, up to so many others."""
    return max(1.0, clock.tries_left) / orders / min(MANY, orders)


def _cooling(share: float, tries: float) -> Cooling:
    """Return how to cool plans where an order has this share of a walk, with so many tries for each two orders."""
    heat = min(1.0, sqrt(tries / SLOWLY))
    return Cooling(start=HOT * heat * share, end=COLD * min(1.0, 3 * heat) * share)
