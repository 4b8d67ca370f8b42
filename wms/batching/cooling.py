"""How hot an annealing is and what a late order costs on its way, all as shares of the mean walk.

Heat is what a change may cost and be accepted now and then. Only the way depends on these prices: what is kept in the
end has fewest late orders, whatever they cost. Where the numbers come from stands in docs/batching.md.
"""

from dataclasses import dataclass
from math import inf, sqrt
from typing import NamedTuple

HOT, COLD = 0.2, 0.012
"""Heat at the beginning and at the end where there is time to cool slowly, for an order that is a whole walk."""
SLOWLY = 250
"""Tries for each two of the orders with which an annealing may begin as hot as that; with fewer the first plan must not
be lost."""
SLOWER_END = 3.0
"""With few tries the end gets colder only when the beginning is colder than a third: it is cold anyway."""
WARM = 5.0
"""How much hotter a large plan is annealed whole than its parts have ended."""

LATE, SOFT, STRICT, WHATEVER = 0.01, 0.2, 1.0, 100.0
"""Price of a late order, and of each of its minutes: while batches find their shape, for a high price would hold orders
of one cutoff together; when lateness is to go; when nothing may be late again; and when a second less is worth it
whatever it costs."""
DELAY = 0.15
"""What a change may cost at most for less lateness: on a large plan most changes would, and few of them are worth it.
In the end, and on a small plan that has late orders, there is no such limit."""


class Tries(NamedTuple):
    """What is tried: shares of looks for company anywhere, not in an order's own aisles, and of batches of its own."""

    afar: float
    fresh: float


NEAR = Tries(afar=0.05, fresh=0.01)
"""For metres: who walks into the same aisles is good company."""
ANYWHERE = Tries(afar=0.5, fresh=0.2)
"""For lateness: who is due together is good company wherever it is, and who walks alone is there sooner."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cooling:
    """Heat and the price of lateness, at the beginning and the end of an annealing, and its limit."""

    start: float
    end: float
    late: float = LATE
    late_end: float = LATE
    delay: float = DELAY
    tries: Tries = NEAR

    def heat(self, done: float) -> float:
        """Return the heat when so much is done."""
        return _between(self.start, self.end, done)

    def late_price(self, done: float) -> float:
        """Return the price of lateness when so much is done."""
        return _between(self.late, self.late_end, done)


def slow(share: float, tries: float) -> Cooling:
    """Return how to cool plans where an order has this share of a walk, with so many tries for each two orders."""
    heat = min(1.0, sqrt(tries / SLOWLY))
    return Cooling(start=HOT * heat * share, end=COLD * min(1.0, SLOWER_END * heat) * share)


def whole(parts: Cooling) -> Cooling:
    """Return how to cool a large plan whole when its parts have cooled like this: lateness goes step by step."""
    return Cooling(start=WARM * parts.end, end=parts.end, late=SOFT, late_end=STRICT)


def strict(before: Cooling) -> Cooling:
    """Return how to make a cold plan shorter, and no later again."""
    return Cooling(start=before.end, end=before.end, late=STRICT, late_end=STRICT)


def in_time(before: Cooling) -> Cooling:
    """Return how to warm a small plan up again so that it gets in time: the price rises as the heat falls."""
    return Cooling(start=before.start, end=before.end, late=LATE, late_end=STRICT, delay=inf, tries=ANYWHERE)


def at_last(before: Cooling) -> Cooling:
    """Return how to end a small plan's way: less lateness at any price, and fewer metres where it is no later."""
    return Cooling(start=before.end, end=before.end, late=WHATEVER, late_end=WHATEVER, delay=inf, tries=ANYWHERE)


def _between(start: float, end: float, done: float) -> float:
    """Return a value on the way from one to another, in equal shares."""
    return float(start * (end / start) ** min(1.0, done))
