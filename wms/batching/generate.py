"""Column generation: asks for the batches that the covering program's prices make worth more than they cost."""

from collections.abc import Iterable
from math import inf
from time import monotonic
from typing import TypeAlias

import numpy as np

from wms.batching.clock import Clock
from wms.batching.crew import Crew
from wms.batching.encode import ranges
from wms.batching.improve import most_orders
from wms.batching.kernel.floors import Ints
from wms.batching.kernel.memory import Pool, empty_pool
from wms.batching.kernel.pricing import Prices, branches_for, price_batches, worths
from wms.batching.master import Master, Members, Shares
from wms.batching.workload import Batching, Workload

WORTH_IT = 1e-9
"""Share of the shortest walk below which a batch's worth is rounding."""
AT_ONCE = 300
"""Batches added to the program between two solutions."""
FIRST_NODES = 2_000
NODES_WITHOUT_CLOCK = 200_000
"""Nodes of one search where time is no matter."""
LEFT_OUT = 0.25
"""Price of leaving an order out, as a share of a whole plan."""
COARSE, FINE = 1e-3, 3e-2
"""Worth of a batch seen before for which it is taken, and of a new one while diving, as shares of the shortest walk."""

Worth: TypeAlias = float


class Generator:
    """The covering program of one workload whose routes are exact, and where its batches come from."""

    def __init__(self, work: Workload, clock: Clock, crew: Crew, batches: Batching, pools: list[Pool]) -> None:
        """Begin with a plan and with the batches that were seen on the way to it."""
        self.work, self.clock = work, clock
        self.master = Master(len(work.orders), LEFT_OUT * sum(map(work.metres, batches)))
        self.shortest_m = max(1e-6, min(work.metres([number]) for number in work.free))
        self._crew, self._pools, self._most = crew, pools, most_orders(work)
        self._is_free = np.isin(np.arange(len(work.orders)), work.free)
        self._nodes_a_second = 0.0
        self.was_searched_out = False
        outside = set(range(len(work.orders))).difference(work.free)
        self.master.require(outside, covered=False)
        self.add([number] for number in work.free)
        self.add(batches)

    @property
    def worth_it_m(self) -> float:
        """Worth below which a batch changes nothing."""
        return WORTH_IT * self.shortest_m

    def add(self, batches: Iterable[list[int]]) -> None:
        """Add batches to the program."""
        _ = self.master.add([(tuple(sorted(batch)), self.work.metres(batch)) for batch in batches])

    def prices(self, shares: Shares) -> Prices:
        """Return the prices of a solution as the search wants them."""
        triples: list[list[int]] = [[] for _ in self.work.orders]
        for at, triple in enumerate(self.master.triples):
            if shares.fine_m[at] > 0.0:
                for number in triple:
                    triples[number].append(at)
        triples_from, numbers = ranges(triples)
        return Prices(order_m=shares.order_m, fine_m=shares.fine_m, triples_from=triples_from, triples=numbers)

    def solve(self) -> Shares:
        """Return the best solution in shares; its steps, and one for the asking, count as iterations."""
        shares = self.master.solve()
        self.clock.count(1 + shares.steps)
        return shares

    def add_seen(self, shares: Shares) -> bool:
        """Add the batches seen before that are worth most; whether there were any."""
        added, prices = 0, self.prices(shares)
        for pool in self._pools:
            worth = self.worths(pool, prices, shares)
            rows = np.argsort(-worth)[:AT_ONCE]
            added += self.master.add(batches_in(pool, rows[worth[rows] > COARSE * self.shortest_m]))
        return added > 0

    def add_new(
        self, shares: Shares, least_m: float, *, most: int = AT_ONCE, most_nodes: int = 0, is_complete: bool = False
    ) -> tuple[int, float]:
        """Add batches worth more than so much; return how many, and a bound on the worth of any.

        The search is complete where every such batch is wanted: see `price_batches`.
        """
        prices = self.prices(shares)
        seconds, began_s = self.clock.seconds_left, monotonic()
        nodes = NODES_WITHOUT_CLOCK if seconds == inf else max(FIRST_NODES, int(0.5 * seconds * self._nodes_a_second))
        nodes = min(nodes, most_nodes or nodes)
        floor, arrays, hands = self.work.router.encoded.floor, self.work.arrays, self._crew.hands
        joining = self._is_free if is_complete else prices.order_m > 0.0
        pools = [empty_pool(most, self._most) for _ in range(hands)]

        def search(part: int) -> tuple[float, int]:
            branches = branches_for(floor, arrays, self._most, len(prices.fine_m))
            asked_m = least_m - shares.batch_m
            return price_batches(floor, arrays, prices, branches, pools[part], part, hands, asked_m, nodes, joining)

        bounds_m, used = zip(*self._crew.each(search, range(hands)), strict=True)
        self.clock.count(sum(used))
        self._nodes_a_second = max(used) / max(1e-6, monotonic() - began_s)
        left_m = max(bounds_m) + shares.batch_m
        self.was_searched_out = left_m <= least_m + self.worth_it_m
        added, worth_m = 0, left_m
        for pool in pools:
            worth = self.worths(pool, prices, shares)
            worth_m = max(worth_m, float(worth.max(initial=-inf)))
            rows = np.argsort(-worth)
            added += self.master.add(batches_in(pool, rows if self.was_searched_out else rows[:AT_ONCE]))
        return added, worth_m

    def worths(self, pool: Pool, prices: Prices, shares: Shares) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        """Return what the batches of a pool are worth."""
        worth = np.empty(int(pool.held[0]))
        worths(pool, prices, worth)
        return worth + shares.batch_m

    def known_worths(self, shares: Shares) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
        """Return what the batches of the program are worth."""
        held: dict[int, int]
        worth = np.empty(len(self.master.columns))
        triples_of: list[list[int]] = [[] for _ in self.work.orders]
        for at, triple in enumerate(self.master.triples):
            if shares.fine_m[at] > 0.0:
                for number in triple:
                    triples_of[number].append(at)
        for row, members in enumerate(self.master.columns):
            held = {}
            for number in members:
                for at in triples_of[number]:
                    held[at] = held.get(at, 0) + 1
            fines = sum(float(shares.fine_m[at]) for at, count in held.items() if count > 1)
            worth[row] = float(shares.order_m[list(members)].sum()) - self.master.metres[row] - fines
        return worth + shares.batch_m


def batches_in(pool: Pool, rows: Ints) -> list[tuple[Members, float]]:
    """Return rows of a pool as orders and metres."""
    return [(tuple(sorted(pool.members[row, : pool.size[row]].tolist())), float(pool.metres[row])) for row in rows]
