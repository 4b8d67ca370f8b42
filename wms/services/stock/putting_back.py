"""Put-backs: units of a cancelled order and wrong items, asked to go back to their shelf, booked when they have."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session, aliased

from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.floor import Location, LocationKind
from wms.domain.journal import record
from wms.domain.orders import Order
from wms.domain.packing import Package
from wms.domain.picked import PickedUnits
from wms.domain.picking import BatchOrder, Method, PickTask
from wms.domain.putbacks import PutBack, PutBackAsked, PutBackDone
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus
from wms.services.stock import shared_totes, stocking, unsorted
from wms.services.stock.stocking import Goods

_Key = tuple[int, str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenPutBack:
    """Units to bring back: what, how many, from which tote, box or place to where; `lane` is where the tote stands."""

    id: int
    order_id: int
    number: str
    sku: str
    name: str
    quantity: int
    lot: str
    place: str
    lane: str
    location: str


class _Origins:
    """The shelves that an order's units came from, as its pick tasks tell; each unit is told once."""

    def __init__(self, session: Session, actor: Actor, tasks: Sequence[PickTask]) -> None:
        self._session, self._actor = session, actor
        self._left: dict[_Key, list[tuple[int, int]]] = defaultdict(list)
        for task in tasks:
            if task.picked:
                self._left[task.product_id, task.lot, task.serial].append((task.location_id, task.picked))

    def take(self, key: _Key, quantity: int) -> dict[int, int]:
        """Return where so many units go: units by location id."""
        found: dict[int, int] = defaultdict(int)
        left = self._left[key]
        while quantity and left:
            location_id, units = left.pop()
            taken = min(units, quantity)
            found[location_id] += taken
            quantity -= taken
            if units > taken:
                left.append((location_id, units - taken))
        if quantity:
            found[pick_face(self._session, self._actor, key[0])] += quantity
        return dict(found)


def ask(
    session: Session, actor: Actor, order_id: int, places: Mapping[int, str], tasks: Sequence[PickTask]
) -> frozenset[int]:
    """Ask for all units of a locked order in its totes and boxes (barcode by id), and for those in totes it shares.

    Return the places of its own that hold some.
    """
    origins = _Origins(session, actor, tasks)
    own = session.execute(
        select(Stock.place_id, Stock.product_id, Stock.lot, Stock.serial, Stock.on_hand, Product.sku)
        .join(Product, and_(Product.warehouse_id == Stock.warehouse_id, Product.id == Stock.product_id))
        .where(Stock.warehouse_id == actor.warehouse_id, Stock.place_id.in_(places), Stock.on_hand > 0)
        .order_by(Stock.place_id, Stock.product_id, Stock.lot, Stock.serial)
    ).all()
    # A single-unit order's unit is either in the tote it shares, or it was packed from there and is its box's.
    methods = (Method.PUT_WALL,) if own else (Method.PUT_WALL, Method.SINGLE_UNIT)
    shared = _in_shared_totes(session, actor, tasks, methods)
    places = {**places, **{row.place_id: row.tote for row in shared}}
    asked = [
        (row, location_id, units)
        for row in (*own, *shared)
        for location_id, units in origins.take((row.product_id, row.lot, row.serial), row.on_hand).items()
    ]
    codes = _codes(session, actor, {location_id for _, location_id, _ in asked})
    for row, location_id, units in asked:
        session.add(
            PutBack(
                warehouse_id=actor.warehouse_id,
                order_id=order_id,
                product_id=row.product_id,
                from_place_id=row.place_id,
                to_location_id=location_id,
                quantity=units,
                at=actor.at,
                lot=row.lot,
                serial=row.serial,
            )
        )
        place, location = places[row.place_id], codes[location_id]
        event = PutBackAsked(order_id=order_id, sku=row.sku, quantity=units, place=place, location=location)
        record(session, actor, event)
    session.flush()
    return frozenset(row.place_id for row in own)


def _in_shared_totes(
    session: Session, actor: Actor, tasks: Sequence[PickTask], methods: Sequence[Method]
) -> list[Row[*tuple[Any, ...]]]:
    """The units of the tasks that lie unsorted in totes which are no single order's, as rows like those of stock."""
    statement = (
        unsorted.in_shared_totes(
            actor,
            PickedUnits.tote_id.label("place_id"),
            PickedUnits.product_id,
            PickTask.lot,
            PickTask.serial,
            func.sum(PickedUnits.quantity).label("on_hand"),
            Product.sku,
            Tote.barcode.label("tote"),
        )
        .where(PickedUnits.task_id.in_([task.id for task in tasks]), BatchOrder.method.in_(methods))
        .group_by(PickedUnits.tote_id, PickedUnits.product_id, PickTask.lot, PickTask.serial, Product.sku, Tote.barcode)
        .order_by(PickedUnits.tote_id, PickedUnits.product_id)
    )
    return list(session.execute(statement))


def pick_face(session: Session, actor: Actor, product_id: int) -> int:
    """Return the pick face that holds most of a product, else the first one that never did."""
    here = and_(
        Stock.warehouse_id == Location.warehouse_id, Stock.place_id == Location.id, Stock.product_id == product_id
    )
    found: int | None = session.scalars(
        select(Location.id)
        .outerjoin(Stock, here)
        .where(Location.warehouse_id == actor.warehouse_id, Location.kind == LocationKind.PICK)
        .order_by(func.coalesce(Stock.on_hand, -1).desc(), Location.pick_sequence, Location.id)
        .limit(1)
    ).first()
    if found is None:
        raise DomainError("The floor has no pick face to put units back to. Add a location first.")
    return found


def _codes(session: Session, actor: Actor, location_ids: set[int]) -> dict[int, str]:
    rows = session.execute(
        select(Location.id, Location.code).where(
            Location.warehouse_id == actor.warehouse_id, Location.id.in_(location_ids)
        )
    )
    return {row.id: row.code for row in rows}


def open_put_backs(session: Session, actor: Actor, order_id: int | None = None) -> tuple[OpenPutBack, ...]:
    """What is still to be put back, of one order or of all, in the order of the shelves."""
    lane, held = aliased(Location), aliased(Location)
    statement = (
        select(
            PutBack.id,
            PutBack.order_id,
            Order.number,
            Product.sku,
            Product.name,
            PutBack.quantity,
            PutBack.lot,
            func.coalesce(Tote.barcode, Package.barcode, held.code, "").label("place"),
            func.coalesce(lane.code, "").label("lane"),
            Location.code.label("location"),
        )
        .join(Order, and_(Order.warehouse_id == PutBack.warehouse_id, Order.id == PutBack.order_id))
        .join(Product, and_(Product.warehouse_id == PutBack.warehouse_id, Product.id == PutBack.product_id))
        .join(Location, and_(Location.warehouse_id == PutBack.warehouse_id, Location.id == PutBack.to_location_id))
        .outerjoin(Tote, and_(Tote.warehouse_id == PutBack.warehouse_id, Tote.id == PutBack.from_place_id))
        .outerjoin(Package, and_(Package.warehouse_id == PutBack.warehouse_id, Package.id == PutBack.from_place_id))
        .outerjoin(held, and_(held.warehouse_id == PutBack.warehouse_id, held.id == PutBack.from_place_id))
        .outerjoin(lane, and_(lane.warehouse_id == Tote.warehouse_id, lane.id == Tote.lane_id))
        .where(PutBack.warehouse_id == actor.warehouse_id, PutBack.done_at.is_(None))
        .order_by(Location.pick_sequence, Location.code, PutBack.id)
    )
    if order_id is not None:
        statement = statement.where(PutBack.order_id == order_id)
    # A row's mapping has the dataclass's own names.
    return tuple(OpenPutBack(**row) for row in session.execute(statement).mappings())


def done(session: Session, actor: Actor, put_back_id: int) -> PutBack:
    """Book that units are on the shelf again, once; a tote that is empty by that is free. NotFoundError."""
    order_id = session.scalar(
        select(PutBack.order_id).where(PutBack.warehouse_id == actor.warehouse_id, PutBack.id == put_back_id)
    )
    if order_id is None:
        raise NotFoundError("put-back", put_back_id)
    _ = session.get_one(Order, (actor.warehouse_id, order_id), with_for_update={"key_share": True})
    row = session.get_one(
        PutBack, (actor.warehouse_id, put_back_id), with_for_update={"key_share": True}, populate_existing=True
    )
    if row.done_at is not None:
        raise DomainError("These units were put back already.")
    tote = session.get(
        Tote, (actor.warehouse_id, row.from_place_id), with_for_update={"key_share": True}, populate_existing=True
    )
    if tote is not None and tote.status is ToteStatus.PICKING:
        raise DomainError(f"{tote.barcode} is still on a cart. Wait until it is in a lane.")
    goods = Goods(product_id=row.product_id, quantity=row.quantity, lot=row.lot, serial=row.serial)
    stocking.move(
        session,
        actor,
        goods,
        from_place_id=row.from_place_id,
        to_place_id=row.to_location_id,
        reason="put back",
    )
    row.done_at, row.done_by = actor.at, actor.worker_id
    record(session, actor, _done_event(session, actor, row))
    if tote is not None and tote.status is ToteStatus.STAGED and shared_totes.is_done(session, actor, tote):
        shared_totes.give_back(session, actor, tote)
    session.flush()
    return row


def _done_event(session: Session, actor: Actor, row: PutBack) -> PutBackDone:
    tote = session.get(Tote, (actor.warehouse_id, row.from_place_id))
    package = None if tote else session.get(Package, (actor.warehouse_id, row.from_place_id))
    product = session.get_one(Product, (actor.warehouse_id, row.product_id))
    location = session.get_one(Location, (actor.warehouse_id, row.to_location_id))
    holder = tote or package
    held = None if holder else session.get(Location, (actor.warehouse_id, row.from_place_id))
    place = holder.barcode if holder else held.code if held else ""
    return PutBackDone(
        order_id=row.order_id, sku=product.sku, quantity=row.quantity, place=place, location=location.code
    )
