"""The door: a problem in, a plan out."""

from collections.abc import Callable
from functools import partial

import numpy as np

from wms.batching import cooling
from wms.batching.clock import Clock
from wms.batching.construct import by_savings, first_come
from wms.batching.cooling import Cooling
from wms.batching.crew import Crew
from wms.batching.folding import fold
from wms.batching.folding.effort import plan_each
from wms.batching.improve import Annealer
from wms.batching.judge import Judge, Score
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
EASY_TOGETHER = 4
"""Proofs about batches of more orders than this on average seldom end, however few orders there are."""
LEAST, ENOUGH = 200, 4_000
"""Tries for each two of the orders: with fewer, a proof begins with a bad plan and ends in the middle of its work;
after more, annealing finds nothing, and a proof that begins at once ends sooner. For up to four orders a batch."""
PARTED = 0.6
"""Share of the effort after which large plans with cutoffs are annealed whole: parts cannot see all pickers' time."""
IN_TIME = 0.85
"""Share of the effort after which the plan with the least lateness seen is made shorter, and no later again."""
PROVING = 0.97
"""Share of the effort after which nothing more is tried: the rest is for the report."""
KEPT = 60_000
"""Batches that each search remembers for a proof."""
TRIES_A_BATCH_KEPT = 20
"""Where there is time for few tries, room to remember more would take longer to make than to fill."""
MANY = 100
"""Of so many other orders at most each order has to be tried with each: those that share an aisle are tried first."""
ROUNDS, MOST_ROUNDS, TRIES_A_ROUND = 4, 40, 100
"""How often the annealing of a small plan is begun again for lateness: a round more for so many tries for each two of
the orders, for a longer one finds no way out of where it is that another beginning would not find sooner."""
ROUNDING = 1e-6
"""A plan longer than its bound by a smaller share is as short as can be."""


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
    score = judge.score(batches)
    clock.late_orders, clock.metres = score.late_orders, score.metres
    annealer = Annealer(work, judge, clock, crew, seed)
    slow = cooling.slow(len(batches) / len(work.free), _tries_each_two(clock, len(work.free)))
    if len(work.free) > SMALL:
        return _large(judge, annealer, batches, slow), None
    is_provable = work.router.is_exact and len(work.free) <= FEW_TOGETHER * len(batches)
    kept = int(min(KEPT, clock.tries_left / TRIES_A_BATCH_KEPT)) if is_provable else 0
    until = _annealed_until(clock, len(work.free), len(batches)) if is_provable else _unproven_until(judge)
    batches, pools = annealer.side_by_side(batches, slow, until, kept)
    batches = _again(judge, clock, annealer, batches, slow, lambda score: score.late_orders > 0)
    if not is_provable or judge.score(batches).late_orders:
        return _again(judge, clock, annealer, batches, slow, lambda _: judge.is_timed), None
    proof = Prover(work, judge, clock, crew, batches, pools, seed).run(PROVING)
    least_m = (proof.bound_m or 0.0) * (1.0 + ROUNDING)
    # The shortest plan may be late, or move too many orders: then the search goes on for what is left of the effort.
    return _again(judge, clock, annealer, proof.batches, slow, lambda score: score.metres > least_m), proof.bound_m


def _large(judge: Judge, annealer: Annealer, batches: Batching, slow: Cooling) -> Batching:
    """Return a better plan of many orders: annealed in parts, and with cutoffs whole after that."""
    best, coldest = annealer.in_parts(batches, slow, PARTED if judge.is_timed else PROVING)
    if judge.is_timed:
        together, _ = annealer.side_by_side(coldest, cooling.whole(slow), IN_TIME, 0)
        best = min(best, together, key=judge.score)
        best, _ = annealer.side_by_side(best, cooling.strict(slow), PROVING, 0)
    return best


def _again(
    judge: Judge,
    clock: Clock,
    annealer: Annealer,
    batches: Batching,
    slow: Cooling,
    is_wanting: Callable[[Score], bool],
) -> Batching:
    """Anneal a small plan again and again, from the best so far, while it is wanting and there is effort left."""
    tries = _tries_each_two(clock, sum(map(len, batches)))
    rounds = int(min(max(ROUNDS, tries / TRIES_A_ROUND), MOST_ROUNDS))
    ways = [*[cooling.in_time(slow)] * rounds, cooling.at_last(slow)]
    for left, way in zip(range(len(ways), 0, -1), ways, strict=True):
        if clock.spent >= PROVING or not is_wanting(judge.score(batches)):
            break
        batches, _ = annealer.side_by_side(batches, way, clock.spent + (PROVING - clock.spent) / left, 0)
    return batches


def _unproven_until(judge: Judge) -> float:
    """Return the share of the effort for the first annealing of a small plan about which nothing is proven."""
    return LONGER if judge.is_timed else PROVING


def _annealed_until(clock: Clock, orders: int, batches: int) -> float:
    """Return the share of the effort after which a plan of so many orders is proven."""
    if orders > EASY_TOGETHER * batches:
        return LONGER
    tries = _tries_each_two(clock, orders)
    share = float(np.interp(orders * orders / batches, (EASY, HARD), (ANNEALING, LONGER)))
    for_a_good_plan = min(LONGER, LEAST / tries)
    while_it_is_of_use = clock.spent + ENOUGH / tries
    return min(max(share, for_a_good_plan), while_it_is_of_use)


def _tries_each_two(clock: Clock, orders: int) -> float:
    """Return how many changes can be tried for each two of the orders, up to so many others."""
    return max(1.0, clock.tries_left) / orders / min(MANY, orders)
