"""How a wave's orders are picked: each into a tote of its own, or those of one unit together into one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from wms.domain.picking import Method
from wms.domain.waves import Wave
from wms.services.allocating import Portion

IN_A_TOTE = 20
"""At most so many single-unit orders share a tote, so that a packer finds the unit scanned at a glance."""
FEWEST = 4
"""Fewer of them save no more than a slot or two of a cart, and cost the packer a look into another tote."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """Where an order travels on the cart."""

    slot: int
    method: Method


def singles_of(picks: Mapping[int, Sequence[Portion]]) -> frozenset[int]:
    """Return the orders of one unit."""
    return frozenset(
        order_id for order_id, portions in picks.items() if sum(portion.goods.quantity for portion in portions) == 1
    )


def sharing(singles: Collection[int], *, wanted: bool | None) -> bool:
    """Tell whether single-unit orders share totes: as the supervisor wants, else where there are a few of them."""
    return len(singles) >= FEWEST if wanted is None else wanted


def sharing_of(wave: Wave, picks: Mapping[int, Sequence[Portion]]) -> frozenset[int]:
    """Return the orders that share totes in a wave."""
    return singles_of(picks) if wave.shares_singles else frozenset()


def explain(singles: int, orders: int, *, shares: bool) -> str:
    """Say how the orders of a wave are picked, and why."""
    if not singles:
        return "Each order has a tote of its own: none is of one unit."
    some = f"{singles} of {orders} orders {'is' if singles == 1 else 'are'} of one unit"
    if shares:
        return f"{some}: they share totes, up to {IN_A_TOTE} in one, and are packed by scanning the item."
    return f"{some}; each has a tote of its own all the same."


def seats(wave: Wave, units: Mapping[int, int]) -> dict[int, Seat]:
    """Return each order's seat on a cart, given the units each has there: own totes first, then the shared one."""
    methods = {order_id: _method(wave, count) for order_id, count in units.items()}
    own = [order_id for order_id, method in methods.items() if not method.shares]
    slot_of = {order_id: slot for slot, order_id in enumerate(own, start=1)}
    return {
        order_id: Seat(slot=slot_of.get(order_id, len(own) + 1), method=method) for order_id, method in methods.items()
    }


def _method(wave: Wave, units: int) -> Method:
    return Method.SINGLE_UNIT if wave.shares_singles and units == 1 else Method.CLUSTER
