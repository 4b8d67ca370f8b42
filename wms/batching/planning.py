"""The door: a problem in, a plan out."""

from wms.batching.bound import lower_bound_m
from wms.batching.clock import Clock
from wms.batching.construct import by_due, due_windows, fill_in_sequence, savings
from wms.batching.improve import improve
from wms.batching.judge import Judge
from wms.batching.plans import Plan
from wms.batching.problem import Params, Problem
from wms.batching.report import report
from wms.batching.stop import StopRule
from wms.batching.workload import Batching, Workload, workload_of


def plan(problem: Problem, stop: StopRule, *, seed: int = 0, params: Params = Params()) -> Plan:  # noqa: B008 - frozen
    """Decide which orders walk together, in which sequence, and who starts when.

    First as few late orders as possible, then least lateness, then fewest metres. Ends when the stop rule says so, or
    when no step makes the plan better. The same problem, seed and iterations give the same plan. Orders that no cart
    holds are named in the plan; InvalidProblemError comes from making the problem, never from here.
    """
    clock = Clock(stop)
    work = workload_of(problem)
    judge = Judge(work)
    first_come = fill_in_sequence(work, [[number] for number in work.free])
    batches = improve(work, judge, _construct(work, judge, first_come, clock, params), clock, seed)
    return report(work, judge, batches, first_come, lower_bound_m(work), clock)


def _construct(work: Workload, judge: Judge, first_come: Batching, clock: Clock, params: Params) -> Batching:
    """Return the best of a few first plans: as orders came, by cutoff, by savings within cutoffs and across them."""
    tried = [first_come, fill_in_sequence(work, [[number] for number in by_due(work, work.free)])]
    windows = due_windows(work, work.free, params.due_window_s)
    within = [windows] if judge.is_timed and len(windows) > 1 else []
    # Within cutoffs first: should time run out after it, lateness has been cared for before metres.
    for groups in (*within, [list(work.free)]):
        if not clock.is_over():
            tried += [[batch for group in groups for batch in savings(work, group, clock, params.chunk_orders)]]
    return min(tried, key=judge.score)
