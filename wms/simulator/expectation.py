"""What must ship, worked out from orders and stock alone: the judge of the services, so none of them is asked.

An order must ship when it may, and when for each of its products the shelves have as many free units as all open
orders together still lack. Where they have fewer, who gets them is the supervisor's choice; afterwards it is enough
that no order is left that what is left could fill.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from wms.domain.calendar import day_of
from wms.domain.catalog import Product
from wms.domain.counting import CountStatus, CountTask
from wms.domain.floor import Cart, Location, LocationKind
from wms.domain.orders import OPEN, Hold, Order, OrderLine, OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.people import Warehouse
from wms.domain.stock import Lot, Stock
from wms.domain.totes import Tote
from wms.domain.waves import Allocation

Lacking = Mapping[int, Counter[int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Expectation:
    """Order ids: all open ones, those that must ship, those held; and what a later look needs."""

    open: frozenset[int]
    must_ship: frozenset[int]
    held: frozenset[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """Orders that should have shipped: `left` is why nobody may be excused, `gone` lost units on the floor."""

    left: frozenset[int]
    gone: frozenset[int]


def expect(session: Session, warehouse_id: int, at: dt.datetime) -> Expectation:
    """Look at the floor before the shift."""
    open_ids = _open(session, warehouse_id)
    held = _held(session, warehouse_id, at)
    able = _able(session, warehouse_id) - held
    lacking = _lacking(session, warehouse_id, able)
    free = _free(session, warehouse_id, at)
    demand: Counter[int] = Counter()
    for units in lacking.values():
        demand.update(units)
    scarce = {product_id for product_id, units in demand.items() if units > free[product_id]}
    must = {order_id for order_id in able if not scarce & set(lacking.get(order_id, ()))}
    return Expectation(open=open_ids, must_ship=frozenset(must), held=held & open_ids)


def missing(
    session: Session, warehouse_id: int, at: dt.datetime, expected: Expectation, lost_products: Collection[int]
) -> Missing:
    """Look at the floor after the shift; an order is excused only for units that pickers did not find."""
    able = _able(session, warehouse_id) - _held(session, warehouse_id, at)
    lacking = _lacking(session, warehouse_id, able)
    free = _free(session, warehouse_id, at)
    left: set[int] = set()
    gone: set[int] = set()
    for order_id in able:
        lacks = {product for product, units in lacking.get(order_id, Counter()).items() if units > free[product]}
        if not lacks:
            left.add(order_id)
        elif order_id in expected.must_ship:
            (gone if lacks <= set(lost_products) else left).add(order_id)
    return Missing(left=frozenset(left), gone=frozenset(gone))


def _open(session: Session, warehouse_id: int) -> frozenset[int]:
    return frozenset(
        session.scalars(select(Order.id).where(Order.warehouse_id == warehouse_id, Order.status.in_(OPEN)))
    )


def _held(session: Session, warehouse_id: int, at: dt.datetime) -> frozenset[int]:
    holds = session.scalars(
        select(Hold.order_id).where(
            Hold.warehouse_id == warehouse_id, Hold.released_at.is_(None), or_(Hold.until.is_(None), Hold.until > at)
        )
    )
    statuses = session.scalars(
        select(Order.id).where(Order.warehouse_id == warehouse_id, Order.status == OrderStatus.HELD)
    )
    return frozenset(holds) | frozenset(statuses)


def _able(session: Session, warehouse_id: int) -> frozenset[int]:
    """Open orders that may ship from here at all: promised to a collection, with an address, of one tote's size."""
    orders = session.scalars(
        select(Order).where(
            Order.warehouse_id == warehouse_id,
            Order.status.in_(OPEN),
            Order.cutoff_at.is_not(None),
            Order.shipped_elsewhere.is_(False),
        )
    ).all()
    fits = _of_one_tote(session, warehouse_id)
    return frozenset(order.id for order in orders if order.id in fits and not order.address_missing)


def _of_one_tote(session: Session, warehouse_id: int) -> frozenset[int]:
    volume_mm3 = Product.length_mm * Product.width_mm * Product.height_mm
    sizes = session.execute(
        select(
            OrderLine.order_id,
            func.sum(((volume_mm3 + 999) / 1000) * OrderLine.to_pick),
            func.sum(Product.weight_g * OrderLine.to_pick),
            func.sum(OrderLine.to_pick),
        )
        .join(Product, and_(Product.warehouse_id == OrderLine.warehouse_id, Product.id == OrderLine.product_id))
        .where(OrderLine.warehouse_id == warehouse_id)
        .group_by(OrderLine.order_id)
    ).all()
    unknown = set(
        session.scalars(
            select(OrderLine.order_id).where(
                OrderLine.warehouse_id == warehouse_id, OrderLine.product_id.is_(None), OrderLine.to_pick > 0
            )
        )
    )
    tote_ml = session.scalar(select(func.min(Tote.volume_ml)).where(Tote.warehouse_id == warehouse_id)) or 0
    cart_ml, cart_g = session.execute(
        select(func.coalesce(func.min(Cart.volume_ml), 0), func.coalesce(func.min(Cart.weight_g), 0)).where(
            Cart.warehouse_id == warehouse_id
        )
    ).one()
    return frozenset(
        order_id
        for order_id, volume_ml, weight_g, units in sizes
        if units and volume_ml <= min(tote_ml, cart_ml) and weight_g <= cart_g and order_id not in unknown
    )


def _lacking(session: Session, warehouse_id: int, orders: Collection[int]) -> Lacking:
    """Units by order and product that are neither set aside nor in the order's totes and boxes."""
    lacking: dict[int, Counter[int]] = defaultdict(Counter)
    for order_id, product_id, units in session.execute(
        select(OrderLine.order_id, OrderLine.product_id, OrderLine.to_pick).where(
            OrderLine.warehouse_id == warehouse_id
        )
    ):
        if order_id in orders and product_id is not None:
            lacking[order_id][product_id] += units
    held_by = (
        select(Allocation.order_id, Allocation.product_id, Allocation.quantity).where(
            Allocation.warehouse_id == warehouse_id
        ),
        select(Tote.order_id, Stock.product_id, Stock.on_hand)
        .join(Stock, and_(Stock.warehouse_id == Tote.warehouse_id, Stock.place_id == Tote.id))
        .where(Tote.warehouse_id == warehouse_id, Tote.order_id.is_not(None)),
        select(Package.order_id, Stock.product_id, Stock.on_hand)
        .join(Stock, and_(Stock.warehouse_id == Package.warehouse_id, Stock.place_id == Package.id))
        .where(Package.warehouse_id == warehouse_id, Package.status != PackageStatus.CANCELLED),
    )
    for statement in held_by:
        for holder_id, product_id, units in session.execute(statement):
            if holder_id in lacking:
                lacking[holder_id][product_id] -= units
    return {order_id: +units for order_id, units in lacking.items()}


def _free(session: Session, warehouse_id: int, at: dt.datetime) -> Counter[int]:
    """Units by product that lie on pick faces not under count, belong to nobody and are not past their date."""
    zone = session.get_one(Warehouse, warehouse_id).time_zone
    under_count = select(CountTask.location_id).where(
        CountTask.warehouse_id == warehouse_id, CountTask.status == CountStatus.OPEN
    )
    free: Counter[int] = Counter()
    for product_id, units in session.execute(
        select(Stock.product_id, Stock.on_hand - Stock.reserved)
        .join(Location, and_(Location.warehouse_id == Stock.warehouse_id, Location.id == Stock.place_id))
        .outerjoin(
            Lot,
            and_(Lot.warehouse_id == Stock.warehouse_id, Lot.product_id == Stock.product_id, Lot.lot == Stock.lot),
        )
        .where(
            Stock.warehouse_id == warehouse_id,
            Location.kind == LocationKind.PICK,
            Location.id.not_in(under_count),
            or_(Lot.expiry.is_(None), Lot.expiry >= day_of(at, zone)),
        )
    ):
        free[product_id] += units
    return free
