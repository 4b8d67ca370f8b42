"""What an order, or a part of one, takes on a cart."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from typing import NamedTuple

from wms.batching.plans import TakenLine
from wms.batching.problem import Cart, Order, OrderId


class Load(NamedTuple):
    """What is taken of each kind of room."""

    totes: int
    volume_ml: int
    weight_g: int
    lines: int


class Stretch(NamedTuple):
    """Some units of one line, from `first` to before `until`: an order's units are counted through all its lines."""

    line: int
    first: int
    until: int


class Shares:
    """An order's load shared among its units, in whole numbers that add up; a part takes at least one tote."""

    def __init__(self, order: Order) -> None:
        """Count the units."""
        self._order = order
        counted = accumulate((line.quantity for line in order.lines), initial=0)
        self.stretches = tuple(Stretch(line, *ends) for line, ends in enumerate(pairwise(counted)))
        self._units = self.stretches[-1].until

    def load_of(self, part: Sequence[Stretch]) -> Load:
        """Return what a part takes."""
        order = self._order
        totes, volume_ml, weight_g = (
            sum(whole * stretch.until // self._units - whole * stretch.first // self._units for stretch in part)
            for whole in (order.totes, order.volume_ml, order.weight_g)
        )
        return Load(max(1, totes), volume_ml, weight_g, len({stretch.line for stretch in part}))

    def order_of(self, part: Sequence[Stretch], name: OrderId) -> Order:
        """Return a part as an order of that name."""
        load = self.load_of(part)
        lines = tuple(replace(self._order.lines[taken.line], quantity=taken.quantity) for taken in taken_lines(part))
        return replace(
            self._order, id=name, lines=lines, totes=load.totes, volume_ml=load.volume_ml, weight_g=load.weight_g
        )


def taken_lines(part: Iterable[Stretch]) -> tuple[TakenLine, ...]:
    """Return what a part takes of which line."""
    quantities: dict[int, int] = {}
    for stretch in sorted(part):
        quantities[stretch.line] = quantities.get(stretch.line, 0) + stretch.until - stretch.first
    return tuple(TakenLine(line=line, quantity=quantity) for line, quantity in quantities.items())


def load_of(order: Order) -> Load:
    """Return what a whole order takes."""
    return Load(order.totes, order.volume_ml, order.weight_g, len(order.lines))


def fills(load: Load, carts: Iterable[Cart]) -> float:
    """Return how much of the cart that suits it best a load fills: more than 1 where none holds it."""
    return min(
        max(
            needed / room
            for needed, room in zip(load, (cart.totes, cart.volume_ml, cart.weight_g, cart.lines), strict=True)
            if room is not None
        )
        for cart in carts
    )


def fits(load: Load, carts: Iterable[Cart]) -> bool:
    """Whether some cart holds a load."""
    return fills(load, carts) <= 1
