"""Compiles the engine ahead of the first plan: `python -m wms.batching.warm`, after set-up and in the image.

What is compiled is kept (see `kernel.keeping`), so a second run only looks. Every kind of floor and every stage of
planning has its turn, on problems of a few orders.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from wms.batching import (
    Blocks,
    Cart,
    DistanceMatrix,
    Iterations,
    Layout,
    Line,
    LocationId,
    Order,
    Params,
    Picker,
    Problem,
    plan,
)
from wms.batching.kernel.cutting import overdrawn

FEW, MANY = 12, 320
"""Orders of a small problem, and of one that is planned in parts."""
TRIES = 20_000


def problems() -> Iterator[Problem]:
    """Return a problem for each kind of floor, with and without cutoffs, and a large one."""
    for floor, places in _floors():
        day = problem(floor, places, FEW)
        yield day
        yield replace(day, pickers=(Picker(id=1),))
        yield replace(day, earlier=(tuple(order.id for order in day.orders[:2]),), move_penalty_m=5.0)
        yield replace(problem(floor, places, MANY), pickers=(Picker(id=1), Picker(id=2)))


def problem(floor: Layout, places: list[LocationId], orders: int) -> Problem:
    """Return so many orders of up to three places, some of them due."""
    return Problem(
        layout=floor,
        orders=tuple(
            Order(
                id=number,
                lines=tuple(
                    Line(location=places[(number * step + step) % len(places)], quantity=1)
                    for step in (1, 3, 7)[: 1 + number % 3]
                ),
                due_s=(None, 600.0, 1800.0)[number % 3],
            )
            for number in range(orders)
        ),
        carts=(Cart(name="cart", totes=3),),
    )


def _floors() -> Iterator[tuple[Layout, list[LocationId]]]:
    """Return each kind of floor with the names of its places."""
    places: dict[LocationId, tuple[int, float]] = {
        10 * aisle + depth: (aisle, float(depth)) for aisle, depth in product(range(4), range(1, 9))
    }
    aisle_x_m = (0.0, 4.0, 8.0, 12.0)
    for cross_y_m in ((0.0, 9.0), (0.0, 4.5, 9.0)):
        yield Blocks(aisle_x_m=aisle_x_m, cross_y_m=cross_y_m, depot_x_m=0.0, places=places), list(places)
    points = np.array([(0.0, 0.0), *((aisle_x_m[aisle], depth) for aisle, depth in places.values())])
    metres = np.abs(points[:, None] - points[None, :]).sum(axis=2)
    yield DistanceMatrix(locations=tuple(places), metres=metres), list(places)


def warm() -> None:
    """Plan each problem once, and cut, which plans of a few orders hardly need."""
    for day in problems():
        _ = plan(day, Iterations(TRIES), params=Params(chunk_orders=100))
    _ = overdrawn(np.array([[0, 1], [1, 2], [0, 2]]), np.full(3, 0.5), 3, 1)


if __name__ == "__main__":
    warm()
