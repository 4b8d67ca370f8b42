"""One instance as it is planned, whatever format it came in."""

from collections.abc import Sequence
from dataclasses import dataclass

from wms.batching import Cart, Layout, Line, LocationId, Order, Problem


@dataclass(frozen=True, kw_only=True, slots=True)
class Instance:
    """A problem whose order ids are the orders' numbers in file order from 0, and the cart's capacity."""

    problem: Problem
    capacity: int


def instance_of(layout: Layout, orders: Sequence[tuple[int, Sequence[LocationId]]], capacity: int) -> Instance:
    """Make an instance from orders of (room taken on the cart, a location a line); room is counted in totes."""
    return Instance(
        problem=Problem(
            layout=layout,
            orders=tuple(
                Order(id=number, lines=tuple(Line(location=place, quantity=1) for place in places), totes=room)
                for number, (room, places) in enumerate(orders)
            ),
            carts=(Cart(name="cart", totes=capacity),),
        ),
        capacity=capacity,
    )


def whole(text: str, what: str) -> int:
    """Read a whole number; ValueError names what was expected."""
    number = float(text)
    if number != int(number):
        raise ValueError(f"{what} should be a whole number, not {text}.")
    return int(number)
