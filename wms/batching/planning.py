"""The door: a problem in, a plan out."""

from wms.batching.clock import Clock
from wms.batching.construct import by_savings, first_come
from wms.batching.crew import Crew
from wms.batching.improve import SMALL, Annealer, Cooling
from wms.batching.judge import Judge
from wms.batching.plans import Plan
from wms.batching.problem import Params, Problem
from wms.batching.prove import Prover
from wms.batching.report import report
from wms.batching.stop import StopRule
from wms.batching.workload import Batching, Workload, workload_of


def plan(problem: Problem, stop: StopRule, *, seed: int = 0, params: Params = Params()) -> Plan:  # noqa: B008 - frozen
    clock = Clock(stop)
    work = workload_of(problem)
    judge = Judge(work)
    as_they_came = first_come(work)
    with Crew() as crew:
        batches, bound_m = _search(work, judge, clock, crew, seed, params)
    return report(work, judge, batches, as_they_came, bound_m, clock)


def _search(work, judge, clock, crew, seed, params):
    if not work.free:
        return [], 0.0
    batches = by_savings(work, crew, params.chunk_orders)
    annealer = Annealer(work, clock, crew, seed)
    batches, pools = annealer.side_by_side(batches, Cooling(start=0.1, end=0.002), 0.4, 50_000)
    proof = Prover(work, clock, crew, batches, pools, seed).run(0.97)
    return proof.batches, proof.bound_m
