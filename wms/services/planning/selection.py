"""Which orders of a collection can walk now, and for each other one the sentence why it stays out."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.calendar import CarrierService
from wms.domain.errors import BadInputError
from wms.domain.orders import Hold, Order, OrderStatus
from wms.domain.waves import Wave, WaveOrder
from wms.services.orders.promising import NOT_WAVED
from wms.services.planning.problem import Fleet, Size, size_of, sizes_of, too_big
from wms.services.stock import allocating
from wms.services.stock.allocating import Choice, Need, Portion

MAX_ORDERS = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class CollectionKey:
    """A carrier's collection, by its cutoff."""

    carrier: str
    cutoff_at: dt.datetime

    def __str__(self) -> str:
        """The key as pages and forms carry it: carrier, dot, seconds since 1970."""
        return f"{self.carrier}.{int(self.cutoff_at.timestamp())}"


def collection_key(text: str) -> CollectionKey:
    """Read a key; BadInputError where it is none."""
    carrier, _, seconds = text.rpartition(".")
    if not carrier or not (seconds.isascii() and seconds.isdigit()) or len(seconds) > len("9999999999"):
        raise BadInputError(f"'{text}' names no collection. Choose one from the list.")
    return CollectionKey(carrier=carrier, cutoff_at=dt.datetime.fromtimestamp(int(seconds), dt.UTC))


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What a supervisor sets: at most so many orders, totes a cart and pickers (0: as the carts and badges are).

    `only` keeps to the orders once shown, so that what is released is what was seen. `shares_singles`: whether orders
    of one unit share totes, `sorts_at_wall`: whether the others do, for a put wall (None: the wave decides).
    """

    max_orders: int = 100
    totes_a_cart: int = 0
    pickers: int = 0
    shares_singles: bool | None = None
    sorts_at_wall: bool | None = None
    only: frozenset[int] | None = None


class Why(StrEnum):
    """What kind of reason keeps an order out of a wave."""

    HELD = "held"
    STOCK = "no stock"
    ADDRESS = "no address"
    SIZE = "too big"
    NOTHING = "nothing to pick"
    ELSEWHERE = "elsewhere"
    LIMIT = "over the limit"
    CHANGED = "changed meanwhile"


# These are said on the order itself too; the others speak of a hold that says so itself, or of this wave alone.
_ON_THE_ORDER = frozenset({Why.ADDRESS, Why.SIZE, Why.NOTHING, Why.ELSEWHERE})


@dataclass(frozen=True, kw_only=True, slots=True)
class StaysOut:
    """An order that is not in the wave, and the sentence why."""

    order_id: int
    number: str
    why: Why
    reason: str


@dataclass(kw_only=True, slots=True)
class Selection:
    """A look at a collection's orders: those that can walk with where their units lie, and those that stay out."""

    orders: dict[int, Order]
    choices: dict[int, Choice]
    set_aside: Mapping[int, Sequence[Portion]]
    out: list[StaysOut]

    def picks(self) -> dict[int, tuple[Portion, ...]]:
        """Where each order's units lie: those set aside before, and those chosen now."""
        return {
            order_id: (*self.set_aside.get(order_id, ()), *choice.portions)
            for order_id, choice in self.choices.items()
            if not choice.reason
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class _Facts:
    """What decides about the orders, loaded for all of them at once."""

    room: Fleet
    holds: Mapping[int, Hold]
    planned: Mapping[int, int]
    needs: Mapping[int, Sequence[Need]]
    set_aside: Mapping[int, Sequence[Portion]]
    sizes: Mapping[int, Size]

    def obstacle(self, order: Order) -> tuple[Why, str] | None:
        """What keeps the order out whatever the shelves hold, or None."""
        if order.id in self.planned:
            return Why.ELSEWHERE, f"Wave {self.planned[order.id]} is being planned with it."
        if order.status is OrderStatus.HELD or order.id in self.holds:
            hold = self.holds.get(order.id)
            return Why.HELD, allocating.hold_sentence(hold) if hold else "On hold."
        if order.shipped_elsewhere:
            return Why.ELSEWHERE, "The shop says that it has shipped already."
        if order.address_missing:
            return Why.ADDRESS, f"The address lacks {', '.join(order.address_missing)}."
        units = self._units(order)
        if not units and order.id not in self.needs:
            return Why.NOTHING, "Nothing of it is to be picked here."
        sentence = too_big(size_of(units, self.sizes), self.room)
        return (Why.SIZE, sentence) if sentence else None

    def _units(self, order: Order) -> dict[int, int]:
        units: dict[int, int] = {}
        lacking = ((need.product_id or 0, need.quantity) for need in self.needs.get(order.id, ()))
        aside = ((portion.goods.product_id, portion.goods.quantity) for portion in self.set_aside.get(order.id, ()))
        for product_id, quantity in (*lacking, *aside):
            units[product_id] = units.get(product_id, 0) + quantity
        return units


def select_orders(
    session: Session, actor: Actor, key: CollectionKey, rules: Rules, room: Fleet, *, lock: bool
) -> Selection:
    """Look at a collection's orders by priority and age; `lock` keeps orders and shelves as they are until commit."""
    orders = _orders(session, actor, key, rules.only, lock=lock)
    ids = [order.id for order in orders]
    aside = allocating.set_aside_for(session, actor, ids)
    needs = allocating.needs_of(session, actor, ids, aside)
    products = allocating.products_of(needs)
    held_products = {portion.goods.product_id for portions in aside.values() for portion in portions}
    facts = _Facts(
        room=room,
        holds=allocating.active_holds(session, actor, ids),
        planned=_planned(session, actor, ids),
        needs=needs,
        set_aside=aside,
        sizes=sizes_of(session, actor, products | held_products),
    )
    free_stock = allocating.free_stock(session, actor, products, lock=lock)
    found = Selection(orders={}, choices={}, set_aside=aside, out=[])
    room_left = max(1, min(rules.max_orders, MAX_ORDERS))
    for order in sorted(orders, key=lambda order: (-order.priority, order.placed_at, order.id)):
        obstacle = facts.obstacle(order)
        if obstacle is None and room_left == 0:
            obstacle = Why.LIMIT, f"Over the limit of {rules.max_orders} orders a wave."
        if obstacle is None:
            choice = free_stock.take(needs.get(order.id, ()))
            found.orders[order.id] = order
            found.choices[order.id] = choice
            obstacle = (Why.STOCK, choice.reason) if choice.reason else None
            room_left -= not choice.reason
        if obstacle is not None:
            found.out.append(_out(order, *obstacle, write=lock))
    return found


def _out(order: Order, why: Why, reason: str, *, write: bool) -> StaysOut:
    if write and why in _ON_THE_ORDER:
        order.reason = reason[:200]
    return StaysOut(order_id=order.id, number=order.number, why=why, reason=reason)


def _orders(
    session: Session, actor: Actor, key: CollectionKey, only: Collection[int] | None, *, lock: bool
) -> Sequence[Order]:
    statement = (
        select(Order)
        .join(
            CarrierService,
            and_(CarrierService.warehouse_id == Order.warehouse_id, CarrierService.id == Order.carrier_service_id),
        )
        .where(
            Order.warehouse_id == actor.warehouse_id,
            Order.status.in_(NOT_WAVED),
            Order.cutoff_at == key.cutoff_at,
            CarrierService.carrier == key.carrier,
        )
        .order_by(Order.id)
    )
    if only is not None:
        statement = statement.where(Order.id.in_(only))
    if lock:
        statement = statement.with_for_update(of=Order, key_share=True).execution_options(populate_existing=True)
    return session.scalars(statement).all()


def _planned(session: Session, actor: Actor, order_ids: Collection[int]) -> dict[int, int]:
    """The orders that another planner has claimed, with the number of their wave."""
    rows = session.execute(
        select(WaveOrder.order_id, Wave.number)
        .join(Wave, and_(Wave.warehouse_id == WaveOrder.warehouse_id, Wave.id == WaveOrder.wave_id))
        .where(WaveOrder.warehouse_id == actor.warehouse_id, WaveOrder.order_id.in_(order_ids))
    )
    return {row.order_id: row.number for row in rows}
