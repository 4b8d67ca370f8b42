"""Bulk picks: orders of one line alike share a tote, and are taken apart at packing."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace

from wms.batching.folding.loads import Load, fits, load_of
from wms.batching.problem import FEWEST_IN_BULK, Order, OrderId, Problem

NOTHING = Load(totes=1, volume_ml=0, weight_g=0, lines=1)
"""What a bulk pick takes before there is anything in its tote."""


def bulk_picks(problem: Problem, orders: Iterable[Order]) -> Iterator[tuple[Order, ...]]:
    """Yield those of the orders that share a tote, tote by tote."""
    if problem.bulk_per_tote is None:
        return
    earlier = {order: number for number, batch in enumerate(problem.earlier) for order in batch}
    alike: dict[Hashable, list[Order]] = defaultdict(list)
    for order in orders:
        line = order.lines[0]
        if len(order.lines) == 1 and line.product is not None and order.totes == 1:
            alike[line.product, line.location, order.due_s, order.priority, earlier.get(order.id)].append(order)
    for same in alike.values():
        if len(same) >= FEWEST_IN_BULK:
            yield from (tote for tote in _totes(problem, problem.bulk_per_tote, same) if len(tote) >= FEWEST_IN_BULK)


def merged(orders: Sequence[Order], name: OrderId) -> Order:
    """Return orders alike as one."""
    first = orders[0]
    line = replace(first.lines[0], quantity=sum(order.lines[0].quantity for order in orders))
    return replace(
        first,
        id=name,
        lines=(line,),
        volume_ml=sum(order.volume_ml for order in orders),
        weight_g=sum(order.weight_g for order in orders),
    )


def _totes(problem: Problem, most: int, orders: Sequence[Order]) -> Iterator[tuple[Order, ...]]:
    """Fill totes with orders alike as they came, each with so many at most and with what some cart can carry."""
    tote: tuple[Order, ...] = ()
    load = NOTHING
    for order in orders:
        load = load._replace(volume_ml=load.volume_ml + order.volume_ml, weight_g=load.weight_g + order.weight_g)
        if tote and (len(tote) == most or not fits(load, problem.carts)):
            yield tote
            tote, load = (), load_of(order)
        tote = (*tote, order)
    yield tote
