"""Allocation: real stock set aside for whole orders, earliest use-by date first, and given back."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import and_, or_, select, true
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.calendar import day_of
from wms.domain.floor import Location, LocationKind
from wms.domain.journal import record
from wms.domain.orders import OPEN, Hold, HoldReleased, Order, OrderLine, OrderStatus
from wms.domain.people import Warehouse
from wms.domain.stock import Lot, Stock
from wms.domain.waves import Allocation
from wms.services.stock import counting, stocking
from wms.services.stock.stocking import Goods


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What an order line still lacks: `quantity` units of a product (None: this warehouse does not know the SKU)."""

    line_id: int
    product_id: int | None
    sku: str
    quantity: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Portion:
    """Units for an order line from one place."""

    line_id: int
    place_id: int
    goods: Goods


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Where an order's units come from; none and a `reason` when not all of them are there."""

    portions: tuple[Portion, ...] = ()
    reason: str = ""


@dataclass(kw_only=True, slots=True)
class Balance:
    """The free units of a product in a place, of one lot and serial; counts down as orders choose."""

    place_id: int
    product_id: int
    lot: str
    serial: str
    free: int
    expiry: dt.date | None
    pick_sequence: int


class FreeStock:
    """The free stock of the pick faces, from which orders choose one after another."""

    def __init__(self, balances: Iterable[Balance]) -> None:
        self._of: dict[int, list[Balance]] = defaultdict(list)
        for balance in sorted(balances, key=_expiry):
            self._of[balance.product_id].append(balance)

    def take(self, needs: Sequence[Need]) -> Choice:
        """Take all that the order needs off the shelves, or nothing."""
        taken: list[tuple[Balance, Portion]] = []
        missing: list[str] = []
        for need in needs:
            found = self._portions(need)
            taken += found
            free = sum(portion.goods.quantity for _, portion in found)
            if need.product_id is None:
                missing.append(f"{need.sku} is no product of this warehouse")
            elif free < need.quantity:
                missing.append(f"{need.quantity - free} of {need.sku} missing: {free} free, {need.quantity} asked")
        if not missing:
            return Choice(portions=tuple(portion for _, portion in taken))
        for balance, portion in taken:
            balance.free += portion.goods.quantity
        more = f", and {len(missing) - 1} more lines" if len(missing) > 1 else ""
        return Choice(reason=f"{missing[0]}{more}.")

    def _portions(self, need: Need) -> list[tuple[Balance, Portion]]:
        found: list[tuple[Balance, Portion]] = []
        rest = need.quantity
        for _, same_date in groupby(self._of.get(need.product_id or 0, ()), key=_expiry):
            places: dict[int, list[Balance]] = defaultdict(list)
            for balance in same_date:
                if balance.free:
                    places[balance.place_id].append(balance)
            while rest and places:
                for balance in places.pop(_best_place(places, rest)):
                    quantity = min(balance.free, rest)
                    if quantity:
                        found.append((balance, _take(balance, need, quantity)))
                        rest -= quantity
        return found


def _expiry(balance: Balance) -> dt.date:
    return balance.expiry or dt.date.max


def _best_place(places: Mapping[int, list[Balance]], rest: int) -> int:
    """The place that holds the whole rest (the emptiest such), else the fullest, so that few places are visited."""

    def rank(place_id: int) -> tuple[bool, int, int]:
        free = sum(balance.free for balance in places[place_id])
        return free < rest, free if free >= rest else -free, places[place_id][0].pick_sequence

    return min(places, key=rank)


def _take(balance: Balance, need: Need, quantity: int) -> Portion:
    balance.free -= quantity
    goods = Goods(product_id=balance.product_id, quantity=quantity, lot=balance.lot, serial=balance.serial)
    return Portion(line_id=need.line_id, place_id=balance.place_id, goods=goods)


def free_stock(session: Session, actor: Actor, product_ids: Collection[int], *, lock: bool) -> FreeStock:
    """Load the free stock of pick faces; `lock` keeps other planners off until commit.

    Lots past their date and locations under count are left out.
    """
    zone = session.get_one(Warehouse, actor.warehouse_id).time_zone
    statement = (
        select(
            Stock.place_id,
            Stock.product_id,
            Stock.lot,
            Stock.serial,
            (Stock.on_hand - Stock.reserved).label("free"),
            Lot.expiry,
            Location.pick_sequence,
        )
        .join(Location, and_(Location.warehouse_id == Stock.warehouse_id, Location.id == Stock.place_id))
        .outerjoin(
            Lot,
            and_(Lot.warehouse_id == Stock.warehouse_id, Lot.product_id == Stock.product_id, Lot.lot == Stock.lot),
        )
        .where(
            Stock.warehouse_id == actor.warehouse_id,
            Stock.product_id.in_(product_ids),
            Stock.on_hand > Stock.reserved,
            Location.kind == LocationKind.PICK,
            Location.id.not_in(counting.under_count(actor)),
            or_(Lot.expiry.is_(None), Lot.expiry >= day_of(actor.at, zone)),
        )
        # One order of locking for all planners, so that two of them wait and never lock each other out.
        .order_by(Stock.place_id, Stock.product_id, Stock.lot, Stock.serial)
    )
    rows = session.execute(statement.with_for_update(of=Stock, key_share=True) if lock else statement)
    return FreeStock(Balance(**row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's public name for a row's dict


def set_aside_for(
    session: Session, actor: Actor, order_ids: Collection[int], *, only: Collection[int] | None = None
) -> dict[int, tuple[Portion, ...]]:
    """What is set aside and not yet picked, by order; of the allocations `only` these."""
    found: dict[int, list[Portion]] = defaultdict(list)
    for row in session.scalars(
        select(Allocation)
        .where(
            Allocation.warehouse_id == actor.warehouse_id,
            Allocation.order_id.in_(order_ids),
            Allocation.quantity > 0,
            true() if only is None else Allocation.id.in_(only),
        )
        .order_by(Allocation.id)
    ):
        goods = Goods(product_id=row.product_id, quantity=row.quantity, lot=row.lot, serial=row.serial)
        found[row.order_id].append(Portion(line_id=row.line_id, place_id=row.place_id, goods=goods))
    return {order_id: tuple(portions) for order_id, portions in found.items()}


def needs_of(
    session: Session, actor: Actor, order_ids: Collection[int], set_aside: Mapping[int, Sequence[Portion]]
) -> dict[int, tuple[Need, ...]]:
    """What each order's lines lack beyond what is set aside for them; an order that lacks nothing is absent."""
    have: dict[int, int] = defaultdict(int)
    for portions in set_aside.values():
        for portion in portions:
            have[portion.line_id] += portion.goods.quantity
    needs: dict[int, list[Need]] = defaultdict(list)
    for line in session.scalars(
        select(OrderLine)
        .where(OrderLine.warehouse_id == actor.warehouse_id, OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.order_id, OrderLine.position)
    ):
        quantity = line.to_pick - have[line.id]
        if quantity > 0:
            needs[line.order_id].append(
                Need(line_id=line.id, product_id=line.product_id, sku=line.sku, quantity=quantity)
            )
    return {order_id: tuple(lines) for order_id, lines in needs.items()}


def products_of(needs: Mapping[int, Sequence[Need]]) -> set[int]:
    """The products that orders need."""
    return {need.product_id for lines in needs.values() for need in lines if need.product_id is not None}


def set_aside(session: Session, actor: Actor, order_id: int, portions: Sequence[Portion]) -> list[Allocation]:
    """Reserve portions that were chosen from locked shelves, and return their rows."""
    made = []
    for portion in portions:
        goods = portion.goods
        stocking.reserve(session, actor, portion.place_id, goods)
        made.append(
            Allocation(
                warehouse_id=actor.warehouse_id,
                order_id=order_id,
                line_id=portion.line_id,
                place_id=portion.place_id,
                product_id=goods.product_id,
                lot=goods.lot,
                serial=goods.serial,
                quantity=goods.quantity,
            )
        )
    session.add_all(made)
    return made


def settle(session: Session, actor: Actor, order: Order, choice: Choice) -> None:
    """Write what was chosen for an order: allocated, or backordered with the reason."""
    order.reason = choice.reason[:200]
    if choice.reason:
        if order.status is OrderStatus.RECEIVED:
            record(session, actor, order.move_to(OrderStatus.BACKORDERED, choice.reason))
        return
    _ = set_aside(session, actor, order.id, choice.portions)
    if order.status is not OrderStatus.ALLOCATED:
        record(session, actor, order.move_to(OrderStatus.ALLOCATED))


def allocate(session: Session, actor: Actor, orders: Sequence[Order]) -> dict[int, str]:
    """Set stock aside for whole orders, in the sequence given; the reason why not by order id, '' where it was done.

    The caller has locked the orders. An order on hold or in another status than received or backordered is left alone.
    """
    ids = [order.id for order in orders]
    on_hold = active_holds(session, actor, ids)
    already = set_aside_for(session, actor, ids)
    needs = needs_of(session, actor, ids, already)
    stock = free_stock(session, actor, products_of(needs), lock=True)
    reasons = {}
    for order in orders:
        if order.id in on_hold:
            reasons[order.id] = hold_sentence(on_hold[order.id])
        elif order.status not in {OrderStatus.RECEIVED, OrderStatus.BACKORDERED}:
            reasons[order.id] = f"{order.number} is {order.status}."
        else:
            choice = stock.take(needs.get(order.id, ()))
            settle(session, actor, order, choice)
            reasons[order.id] = choice.reason
    return reasons


def give_back(session: Session, actor: Actor, order_id: int) -> int:
    """Free what is set aside for an order and not yet picked; return the units. The caller has locked the order."""
    units = 0
    for row in session.scalars(
        select(Allocation)
        .where(Allocation.warehouse_id == actor.warehouse_id, Allocation.order_id == order_id, Allocation.quantity > 0)
        .order_by(Allocation.place_id, Allocation.product_id, Allocation.lot, Allocation.serial)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ):
        goods = Goods(product_id=row.product_id, quantity=row.quantity, lot=row.lot, serial=row.serial)
        stocking.unreserve(session, actor, row.place_id, goods)
        units += row.quantity
        row.quantity = 0  # cancelled pick tasks still point to the row
    return units


def release(session: Session, actor: Actor, order: Order, reason: str) -> int:
    """Give an allocated order's stock back and make the order received again; return the units."""
    units = give_back(session, actor, order.id)
    record(session, actor, order.move_to(OrderStatus.RECEIVED, reason))
    return units


def active_holds(session: Session, actor: Actor, order_ids: Collection[int]) -> dict[int, Hold]:
    """The first hold in force of each order that has one."""
    found: dict[int, Hold] = {}
    for hold in session.scalars(
        select(Hold)
        .where(
            Hold.warehouse_id == actor.warehouse_id,
            Hold.order_id.in_(order_ids),
            Hold.released_at.is_(None),
            or_(Hold.until.is_(None), Hold.until > actor.at),
        )
        .order_by(Hold.at, Hold.id)
    ):
        _ = found.setdefault(hold.order_id, hold)
    return found


def hold_sentence(hold: Hold) -> str:
    """Say what holds an order."""
    return f"On hold ({hold.kind}): {hold.reason}" if hold.reason else f"On hold ({hold.kind})."


def release_ended_holds(session: Session, actor: Actor) -> int:
    """Lift the holds whose moment has come; an order that nothing else holds is received again. Return the holds."""
    ended = (
        select(Hold)
        .where(Hold.warehouse_id == actor.warehouse_id, Hold.released_at.is_(None), Hold.until <= actor.at)
        .order_by(Hold.id)
    )
    order_ids = {hold.order_id for hold in session.scalars(ended)}
    if not order_ids:
        return 0
    orders = session.scalars(
        select(Order)
        .where(Order.warehouse_id == actor.warehouse_id, Order.id.in_(order_ids), Order.status.in_(OPEN))
        .order_by(Order.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    # Read again: another planner may have lifted them while this one waited for the orders.
    holds = session.scalars(ended.execution_options(populate_existing=True)).all()
    for hold in holds:
        hold.released_at = actor.at
        record(session, actor, HoldReleased(order_id=hold.order_id, kind=hold.kind, reason="its time is over"))
    still_held = active_holds(session, actor, order_ids)
    for order in orders:
        if order.status is OrderStatus.HELD and order.id not in still_held:
            record(session, actor, order.move_to(OrderStatus.RECEIVED, "hold over"))
    return len(holds)
