"""Trips: an order that no cart holds is divided into parts that each fit one."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from wms.batching.folding.loads import Shares, Stretch, fills, fits
from wms.batching.problem import Cart

MOST_CUTS = 1000
"""An order in need of more is a slip of somebody's finger, and would keep everybody waiting."""


def trips(shares: Shares, stretches: Sequence[Stretch], carts: Sequence[Cart]) -> list[list[Stretch]] | None:
    """Return the parts, no two of which fit a cart together; None where one unit alone is too much for any.

    Lines stay whole unless one alone is too much. First fit finds few parts, seldom one more than the fewest.
    """
    cuts = chain.from_iterable(_cut(shares, stretch, carts) for stretch in stretches)
    pieces = list(islice(cuts, len(stretches) + MOST_CUTS))
    if _units(pieces) < _units(stretches):
        return None
    largest_first = sorted(pieces, key=lambda piece: -fills(shares.load_of([piece]), carts))
    return min((_first_fit(shares, sequence, carts) for sequence in (pieces, largest_first)), key=len)


def _cut(shares: Shares, stretch: Stretch, carts: Sequence[Cart]) -> Iterator[Stretch]:
    """Cut a line into the longest stretches that fit a cart, up to a unit that fits none."""
    while units := _fitting(shares, stretch, carts):
        middle = stretch.first + units
        yield stretch._replace(until=middle)
        stretch = stretch._replace(first=middle)


def _fitting(shares: Shares, stretch: Stretch, carts: Sequence[Cart]) -> int:
    """Return how many units of a stretch fit a cart, from its first on."""
    ends = range(stretch.first + 1, stretch.until + 1)
    return bisect_left(ends, True, key=lambda end: not fits(shares.load_of([stretch._replace(until=end)]), carts))


def _first_fit(shares: Shares, pieces: Sequence[Stretch], carts: Sequence[Cart]) -> list[list[Stretch]]:
    """Put each piece into the first part with room for it."""
    parts: list[list[Stretch]] = []
    for piece in pieces:
        part = next((part for part in parts if fits(shares.load_of([*part, piece]), carts)), None)
        if part is None:
            parts.append([piece])
        else:
            part.append(piece)
    return parts


def _units(stretches: Sequence[Stretch]) -> int:
    return sum(stretch.until - stretch.first for stretch in stretches)
