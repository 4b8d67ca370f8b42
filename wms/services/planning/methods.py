"""How a wave's orders are picked: each into a tote of its own, or several into one that is sorted afterwards."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.picking import Method, PickTask
from wms.domain.totes import Tote, ToteStatus
from wms.domain.waves import Allocation, Wave
from wms.services.stock.allocating import Portion
from wms.services.stock.stocking import Goods

IN_A_TOTE = 20
"""At most so many orders share a tote, so that a packer finds the unit scanned at a glance."""
FEWEST = 4
"""Fewer single-unit orders save no more than a slot or two of a cart, and cost the packer a look into another tote."""
CARTS_FULL = 2
"""Orders of several units go to a put wall where they would fill so many carts: sorting takes time as well."""
SMALL = 4.0
"""They do so while they have so many units on average: larger orders are sorted as fast on the cart."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Methods:
    """A wave's choice: whether orders of one unit share totes, and whether the others do, to be sorted at a wall."""

    shares_singles: bool = False
    sorts_at_wall: bool = False

    @property
    def parts(self) -> int:
        """In how many parts a tote is counted."""
        return IN_A_TOTE if self.shares_singles or self.sorts_at_wall else 1

    def of(self, units: int, *, is_plain: bool) -> Method:
        """Return how an order of so many units is picked; one that is not plain has a tote of its own."""
        if not is_plain:
            return Method.CLUSTER
        if self.shares_singles and units == 1:
            return Method.SINGLE_UNIT
        return Method.PUT_WALL if self.sorts_at_wall else Method.CLUSTER

    def parts_of(self, units: int, volume_ml: int, tote_ml: int, *, is_plain: bool) -> int:
        """Return how many parts of a tote an order takes."""
        shares = self.of(units, is_plain=is_plain).shares
        return max(1, -(-self.parts * volume_ml // tote_ml)) if shares else self.parts


def plain_orders(
    session: Session, actor: Actor, kept: Mapping[int, Iterable[Goods | Allocation | PickTask]]
) -> frozenset[int]:
    """Return the orders without lots and serial numbers: a scan of another's unit could be taken for theirs."""
    rows = {order_id: tuple(goods) for order_id, goods in kept.items()}
    serialled = set(
        session.scalars(
            select(Product.id).where(
                Product.warehouse_id == actor.warehouse_id,
                Product.has_serials.is_(True),
                Product.id.in_({goods.product_id for found in rows.values() for goods in found}),
            )
        )
    )
    return frozenset(
        order_id
        for order_id, found in rows.items()
        if not any(goods.lot or goods.serial or goods.product_id in serialled for goods in found)
    )


def of_wave(wave: Wave) -> Methods:
    """Return what was chosen for a wave."""
    return Methods(shares_singles=wave.shares_singles, sorts_at_wall=wave.sorts_at_wall)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What is chosen for a wave, and the sentences why."""

    methods: Methods
    singles: str
    others: str


def choose(
    session: Session,
    actor: Actor,
    picks: Mapping[int, Sequence[Portion]],
    *,
    slots: int,
    shares_singles: bool | None,
    sorts_at_wall: bool | None,
) -> Choice:
    """Choose for the orders of a wave, on carts of so many slots; None leaves a choice to the wave."""
    plain = plain_orders(session, actor, {order: [row.goods for row in rows] for order, rows in picks.items()})
    units = Counter({order: sum(row.goods.quantity for row in rows) for order, rows in picks.items() if order in plain})
    singles = sum(count == 1 for count in units.values())
    shares = bool(singles) and (singles >= FEWEST if shares_singles is None else shares_singles)
    several = [count for count in units.values() if not (shares and count == 1)]
    free = free_places(session, actor)
    sorts = _sorts(several, free, slots, wanted=sorts_at_wall)
    return Choice(
        methods=Methods(shares_singles=shares, sorts_at_wall=sorts),
        singles=_on_singles(singles, len(picks), shares=shares),
        others=_on_others(len(several), free, sorts=sorts),
    )


def _sorts(several: Sequence[int], free: int, slots: int, *, wanted: bool | None) -> bool:
    if not several or len(several) > free or wanted is False:
        return False
    are_many = len(several) >= CARTS_FULL * slots
    return wanted is True or (are_many and sum(several) / len(several) <= SMALL)


def free_places(session: Session, actor: Actor) -> int:
    """Return how many places are free at the put wall that has most of them."""
    places = session.execute(
        select(func.count())
        .where(Tote.warehouse_id == actor.warehouse_id, Tote.wall != "", Tote.status == ToteStatus.FREE)
        .group_by(Tote.wall)
    )
    return max((count for (count,) in places), default=0)


def _on_singles(singles: int, orders: int, *, shares: bool) -> str:
    if not singles:
        return "None of the orders is of one unit."
    some = f"{singles} of {orders} orders {'is' if singles == 1 else 'are'} of one unit"
    if shares:
        return f"{some}: they share totes, up to {IN_A_TOTE} in one, and are packed by scanning the item."
    return f"{some}, and none of them shares a tote."


def _on_others(orders: int, free: int, *, sorts: bool) -> str:
    if sorts:
        return f"{orders} orders share totes, and are sorted at the put wall, which has {free} places free."
    if not free:
        return "Each has a tote of its own: no put wall has a place free."
    if orders > free:
        return f"Each has a tote of its own: the put wall has {free} places free, for {orders} orders."
    return "Each has a tote of its own."


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """Where an order travels on the cart."""

    slot: int
    method: Method


def seats(methods: Methods, units: Mapping[int, int], plain: Collection[int]) -> dict[int, Seat]:
    """Return each order's seat on a cart, given the units each has there: own totes first, then the shared ones."""
    method_of = {order_id: methods.of(count, is_plain=order_id in plain) for order_id, count in units.items()}
    own = [order_id for order_id, method in method_of.items() if not method.shares]
    slot_of = {order_id: slot for slot, order_id in enumerate(own, start=1)}
    shared = [method for method in Method if method.shares and method in method_of.values()]
    slot_for = {method: slot for slot, method in enumerate(shared, start=len(own) + 1)}
    return {
        order_id: Seat(slot=slot_for[method] if method.shares else slot_of[order_id], method=method)
        for order_id, method in method_of.items()
    }
