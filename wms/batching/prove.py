"""Proves how short a plan can be, and finds shorter ones on the way: column generation, cuts, dives, whole choices.

The covering program chooses among all batches that fit a cart; only those that are worth it are ever written down.
When its prices make no batch worth more than it costs, its shares are a bound that no plan can beat. The bound is
raised by cases for the number of batches and by cuts of triples; when few batches are left that could make a plan
shorter, all of them are written down and the best choice is proven.
"""

from dataclasses import dataclass
from math import ceil, floor, gcd, inf

import numpy as np

from wms.batching.clock import Clock
from wms.batching.crew import Crew
from wms.batching.dive import dive
from wms.batching.generate import Generator
from wms.batching.judge import Judge
from wms.batching.kernel.cutting import overdrawn
from wms.batching.kernel.floors import MATRIX, Floor
from wms.batching.kernel.memory import Pool
from wms.batching.master import Members, Shares, Triple, choose_batches
from wms.batching.workload import Batching, Workload

ROUNDING = 1e-6
"""Shares and relative lengths closer than this are the same."""
CUTS_AT_ONCE = 40
MOST_LISTED = 3_000
"""More batches than this are not written down as a whole."""
FEW = 600
"""So few batches are chosen from at once; of more, so many while there are cuts to try."""
LESS = 0.7
"""Writing down all batches is tried again when the gap is smaller by so much."""
STALLED = 2e-4
"""Cuts that raise the bound by less than this share of the plan are not worth more of them."""
CHOOSING, DIVING = 0.2, 0.3
"""Shares of the remaining effort that a choice among some of the batches, and a series of dives, may take."""
CHOICE_NODES = 2_000
"""Nodes of the search for the best choice, after which it is not proven."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proof:
    """The best plan known, late orders before metres, and a length that no plan can beat (None: none was found)."""

    batches: Batching
    bound_m: float | None


@dataclass(kw_only=True, slots=True)
class Case:
    """Plans of so many batches, and what is known of them."""

    least: float
    most: float
    bound_m: float = 0.0
    is_listed: bool = False
    too_many_m: float = inf
    """Between bound and plan, a gap for which there were too many batches to write down."""


class Prover:
    """The proof for one workload whose routes are exact.

    It knows metres only: the shortest plan it finds closes cases, and may be late. The one it gives back is the best of
    all it has found by the judge.
    """

    def __init__(
        self, work: Workload, judge: Judge, clock: Clock, crew: Crew, batches: Batching, pools: list[Pool], seed: int
    ) -> None:
        """Begin with a plan and with the batches that were seen on the way to it."""
        self._work, self._judge, self._clock = work, judge, clock
        self._kept, self._kept_score = batches, judge.score(batches)
        self._generator = Generator(work, clock, crew, batches, pools)
        self._best, self._best_m = batches, sum(map(work.metres, batches))
        self._frozen_m = work.frozen_m
        self._step_m = granule_m(work.router.encoded.floor)
        self._random = np.random.default_rng(seed)
        loads = work.loads[list(work.free)].sum(axis=0)
        self._cases = [Case(least=float(np.ceil((loads / work.rooms.max(axis=0)).max() - ROUNDING)), most=inf)]

    @property
    def bound_m(self) -> float:
        """The length that no plan can beat."""
        return min(self._best_m, *(case.bound_m for case in self._cases))

    def run(self, until: float) -> Proof:
        """Raise the bound and look for shorter plans until so much of the effort is spent."""
        rounds = 0
        while self._clock.spent < until and not self._is_closed(case := self._weakest()):
            before_m = case.bound_m
            self._generator.master.count_batches(case.least, case.most)
            shares = self._converge(case, until)
            if shares is None or self._is_closed(case):
                continue
            if self._split(case, shares):
                continue
            if rounds == 0:
                self._dive(case, until)
            rounds += 1
            case.is_listed = case.is_listed or self._list_all(case, shares)
            worthy = self._worthy(shares)
            is_stuck = case.bound_m - before_m < STALLED * self._best_m and rounds > 1
            if case.is_listed and (len(worthy) <= FEW or is_stuck):
                self._choose(case, worthy, until, is_all=True)
                if self._is_closed(case):
                    continue
            if not self._cut(shares) or is_stuck:
                few = worthy[:FEW]
                self._choose(case, few, self._part(until, CHOOSING), is_all=len(few) == len(worthy))
                self._dive(case, until)
        return Proof(batches=self._kept, bound_m=self._frozen_m + self.bound_m if self.bound_m > 0.0 else None)

    def _weakest(self) -> Case:
        """Return the case whose bound is lowest."""
        return min(self._cases, key=lambda case: case.bound_m)

    def _is_closed(self, case: Case) -> bool:
        """Whether no plan of this case can be shorter than the best."""
        return case.bound_m >= self._best_m - ROUNDING * self._best_m

    def _converge(self, case: Case, until: float) -> Shares | None:
        """Add batches that are worth it until there are none; None when the effort was spent before."""
        generator = self._generator
        least_m = self._best_m / max(1, len(self._best))
        shares = generator.solve()
        while True:
            if generator.add_seen(shares):
                shares = generator.solve()
                continue
            if case.is_listed:
                self._raise(case, shares.metres, 0.0)
                return shares
            if self._clock.spent >= until:
                return None
            added, worth_m = generator.add_new(shares, least_m)
            self._raise(case, shares.metres, worth_m)
            if added:
                shares = generator.solve()
            elif least_m <= generator.worth_it_m:
                return shares
            else:
                least_m = 0.2 * least_m if least_m > 1e-3 * generator.shortest_m else generator.worth_it_m

    def _raise(self, case: Case, shares_m: float, worth_m: float) -> None:
        """Note the bound of a solution in shares when no batch is worth more than this.

        With its prices lowered a little no batch is worth anything, for every walk is as long as the shortest at least.
        """
        bound_m = shares_m / (1.0 + max(0.0, worth_m) / self._generator.shortest_m)
        if self._step_m:
            bound_m = self._step_m * ceil(bound_m * (1.0 - ROUNDING) / self._step_m)
        case.bound_m = max(case.bound_m, bound_m)
        self._tell()

    def _split(self, case: Case, shares: Shares) -> bool:
        """Look at fewer and at more batches apart where the shares count a part of a batch; whether that was so."""
        count = self._count(shares)
        if abs(count - round(count)) < 100 * ROUNDING:
            return False
        self._cases.append(Case(least=floor(count) + 1.0, most=case.most, bound_m=case.bound_m))
        case.most = float(floor(count))
        return True

    def _count(self, shares: Shares) -> float:
        """Return how many batches the shares make together."""
        return float(shares.shares[len(self._work.orders) :].sum())

    def _worthy(self, shares: Shares) -> list[Members]:
        """Return the batches that could be in a shorter plan, the most worthy first."""
        worth = self._generator.known_worths(shares)
        rows = np.argsort(-worth)
        rows = rows[worth[rows] > shares.metres - self._best_m - self._generator.worth_it_m]
        return [self._generator.master.columns[row] for row in rows]

    def _list_all(self, case: Case, shares: Shares) -> bool:
        """Write down every batch that could be in a shorter plan of the case; whether there were few enough."""
        least_m = shares.metres - self._best_m - self._generator.worth_it_m
        if -least_m > case.too_many_m:
            return False
        _ = self._generator.add_new(shares, least_m, most=MOST_LISTED, is_complete=True)
        if not self._generator.was_searched_out:
            case.too_many_m = LESS * -least_m
        return self._generator.was_searched_out

    def _part(self, until: float, share: float) -> float:
        """Return how much of the effort is spent after such a share of what is left."""
        return self._clock.spent + share * max(0.0, until - self._clock.spent)

    def _choose(self, case: Case, columns: list[Members], until: float, *, is_all: bool) -> None:
        """Look for the shortest choice of whole batches among these.

        The case is closed when they are all that could be in a shorter plan of a case that is listed.
        """
        spent = self._clock.spent
        if spent >= until:
            return
        mine = [tuple(sorted(batch)) for batch in self._best]
        columns = list(dict.fromkeys([*mine, *columns]))
        metres = [self._work.metres(members) for members in columns]
        choice = choose_batches(
            columns,
            metres,
            self._generator.master.triples,
            range(len(mine)),
            self._work.free,
            seconds=self._clock.seconds_left * (until - spent) / (1.0 - spent),
            nodes=CHOICE_NODES,
        )
        self._clock.count(1 + choice.steps)
        self._take([list(columns[at]) for at in choice.chosen])
        if choice.is_proven and case.is_listed and is_all:
            case.bound_m = max(case.bound_m, self._best_m)

    def _dive(self, case: Case, until: float) -> None:
        """Dive for shorter plans for a while."""
        stop = self._part(until, DIVING)
        while self._clock.spent < stop and not self._is_closed(case):
            found = dive(self._generator, self._random, (case.least, case.most), self._best_m)
            if found:
                self._take(found)

    def _take(self, batches: Batching) -> None:
        """Make a plan the shortest one if it is shorter, with each order in one batch only; keep it if it is better."""
        for number in self._work.free:
            holding = sorted(
                (batch for batch in batches if number in batch), key=lambda batch: self._gain(batch, number)
            )
            for batch in holding[1:]:
                batch.remove(number)
        batches = [batch for batch in batches if batch]
        length_m = sum(map(self._work.metres, batches))
        if length_m < self._best_m - ROUNDING:
            self._best, self._best_m = batches, length_m
            self._generator.add(batches)
            self._keep(batches)
            self._tell()

    def _keep(self, batches: Batching) -> None:
        """Keep a plan if the judge finds it better than the one that is kept."""
        score = self._judge.score(batches)
        if score < self._kept_score:
            self._kept, self._kept_score = batches, score

    def _tell(self) -> None:
        """Note how long the plan is that is kept, and how short it could be, with the walks that stay as they are."""
        bound_m = self.bound_m
        self._clock.late_orders, self._clock.metres = self._kept_score.late_orders, self._kept_score.metres
        self._clock.bound_m = self._frozen_m + bound_m if bound_m > 0.0 else 0.0

    def _gain(self, batch: list[int], number: int) -> float:
        """Return what a batch saves without an order, in metres."""
        rest = [other for other in batch if other != number]
        return self._work.metres(batch) - (self._work.metres(rest) if rest else 0.0)

    def _cut(self, shares: Shares) -> bool:
        """Add cuts that the solution breaks; whether there were any."""
        columns = self._generator.master.columns
        used = np.flatnonzero(shares.shares > ROUNDING)
        members = np.full((len(used), max(len(columns[at]) for at in used)), -1, dtype=np.int64)
        for row, at in enumerate(used):
            members[row, : len(columns[at])] = columns[at]
        found, over = overdrawn(members, shares.shares[used], len(self._work.orders), CUTS_AT_ONCE)
        known = set(self._generator.master.triples)
        triples: list[Triple] = []
        for triple, excess in zip(found.tolist(), over.tolist(), strict=True):
            one, two, three = sorted(triple)
            if excess > 0.0 and (one, two, three) not in known:
                triples.append((one, two, three))
        self._generator.master.cut(triples)
        return bool(triples)


def granule_m(floor_: Floor) -> float:
    """Return a length of which every walk is a whole multiple, or 0 where there is none worth naming."""
    if floor_.kind == MATRIX:
        return 0.0
    used = floor_.depth_m[floor_.depth_m > 0.0]
    lengths = [*np.diff(floor_.column_x_m), *floor_.length_m, *(2.0 * used), floor_.approach_m]
    step = gcd(*(round(1e6 * float(length)) for length in lengths))
    return step / 1e6 if step >= 1000 else 0.0  # noqa: PLR2004 - a millimetre
