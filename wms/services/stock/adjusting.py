"""Stock at the desk: what is where, its last moves, and counts corrected by a person with a reason."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.catalog import Barcode, Product
from wms.domain.codes import CodeKind, clean, parse
from wms.domain.errors import BadInputError, DomainError, NotFoundError, OutOfStockError
from wms.domain.floor import OUTSIDE, Location, Station
from wms.domain.packing import Package
from wms.domain.people import Warehouse, Worker
from wms.domain.stock import Lot, Stock, StockMove
from wms.domain.totes import Tote
from wms.services import learning_weights
from wms.services.learning_weights import Learned
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods

_MOVES = 30
_NAMES = 20
_BALANCES = 200
_REASON_LENGTH = 80
_MOST_UNITS = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class BalanceRow:
    """What one place holds of one product, lot and serial; `can_adjust` for locations."""

    place_key: str
    place: str
    product_key: str
    sku: str
    name: str
    lot: str
    serial: str
    expiry: dt.date | None
    on_hand: int
    reserved: int
    can_adjust: bool

    @property
    def available(self) -> int:
        """On hand less reserved."""
        return self.on_hand - self.reserved


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveRow:
    """One ledger row in words; `at` is the warehouse's time."""

    at: dt.datetime
    sku: str
    quantity: int
    from_place: str
    to_place: str
    reason: str
    who: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StockPage:
    """What a search found: a product or a place with balances and moves, or (`names`) products to choose from.

    `weight` is what past boxes say of a product's weight.
    """

    title: str = ""
    sku: str = ""
    place: str = ""
    balances: tuple[BalanceRow, ...] = ()
    moves: tuple[MoveRow, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    weight: Learned | None = None


def look(session: Session, actor: Actor, text: str) -> StockPage:
    """Find stock by SKU, barcode, location, tote, box or a part of a product's name."""
    text = "".join(char for char in text if char.isprintable()).strip()
    if not text:
        return StockPage()
    place = _place(session, actor, text)
    if place is not None:
        place_id, code = place
        balances = _balances(session, actor, Stock.place_id == place_id)
        moves = _moves(
            session,
            actor,
            and_(
                StockMove.product_id.in_({int(row.product_key, 16) for row in balances}),
                or_(StockMove.from_place_id == place_id, StockMove.to_place_id == place_id),
            ),
        )
        return StockPage(title=code, place=code, balances=balances, moves=moves)
    product = product_of(session, actor, text)
    if product is not None:
        return StockPage(
            title=product.name,
            sku=product.sku,
            balances=_balances(session, actor, Stock.product_id == product.id),
            moves=_moves(session, actor, StockMove.product_id == product.id),
            weight=learning_weights.of_product(session, actor, product.id),
        )
    return StockPage(title=text, names=_names(session, actor, text))


def _place(session: Session, actor: Actor, text: str) -> tuple[int, str] | None:
    """A location by barcode or address, a tote or a box by barcode: its id and what people call it."""
    code = parse(text)
    if code.kind is CodeKind.TOTE:
        found = select(Tote.id, Tote.barcode).where(Tote.warehouse_id == actor.warehouse_id, Tote.barcode == code.text)
    elif code.kind is CodeKind.PACKAGE:
        found = select(Package.id, Package.barcode).where(
            Package.warehouse_id == actor.warehouse_id, Package.barcode == code.text
        )
    else:
        found = select(Location.id, Location.code).where(
            Location.warehouse_id == actor.warehouse_id,
            or_(Location.barcode == code.text, Location.code.in_((text, code.text))),
        )
    row = session.execute(found.limit(1)).one_or_none()
    return None if row is None else (row[0], row[1])


def product_of(session: Session, actor: Actor, text: str) -> Product | None:
    """Return the product that a barcode or SKU names, or None."""
    by_code = (
        select(Product)
        .join(Barcode, and_(Barcode.warehouse_id == Product.warehouse_id, Barcode.product_id == Product.id))
        .where(Product.warehouse_id == actor.warehouse_id, Barcode.code.in_((text, parse(text).text)))
    )
    by_sku = select(Product).where(Product.warehouse_id == actor.warehouse_id, Product.sku.in_((text, clean(text))))
    return session.scalars(by_sku.limit(1)).first() or session.scalars(by_code.limit(1)).first()


def _names(session: Session, actor: Actor, text: str) -> tuple[tuple[str, str], ...]:
    rows = session.execute(
        select(Product.sku, Product.name)
        .where(
            Product.warehouse_id == actor.warehouse_id,
            or_(Product.name.icontains(text, autoescape=True), Product.sku.icontains(text, autoescape=True)),
        )
        .order_by(Product.name, Product.sku)
        .limit(_NAMES)
    )
    return tuple((row.sku, row.name) for row in rows)


def _balances(session: Session, actor: Actor, which: ColumnElement[bool]) -> tuple[BalanceRow, ...]:
    rows = session.execute(
        select(Stock, Product.sku, Product.name, Lot.expiry)
        .join(Product, and_(Product.warehouse_id == Stock.warehouse_id, Product.id == Stock.product_id))
        .outerjoin(
            Lot,
            and_(Lot.warehouse_id == Stock.warehouse_id, Lot.product_id == Stock.product_id, Lot.lot == Stock.lot),
        )
        .where(Stock.warehouse_id == actor.warehouse_id, Stock.on_hand > 0, which)
        .order_by(Stock.on_hand.desc(), Stock.place_id, Stock.lot)
        .limit(_BALANCES)
    ).all()
    places = _place_names(session, actor, {row.Stock.place_id for row in rows})
    return tuple(
        BalanceRow(
            place_key=text_id(row.Stock.place_id),
            place=places[row.Stock.place_id].name,
            product_key=text_id(row.Stock.product_id),
            sku=row.sku,
            name=row.name,
            lot=row.Stock.lot,
            serial=row.Stock.serial,
            expiry=row.expiry,
            on_hand=row.Stock.on_hand,
            reserved=row.Stock.reserved,
            can_adjust=places[row.Stock.place_id].is_location,
        )
        for row in rows
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _PlaceName:
    name: str
    is_location: bool = False


def _place_names(session: Session, actor: Actor, ids: Iterable[int]) -> dict[int, _PlaceName]:
    wanted = list(ids)
    found = {place_id: _PlaceName(name=word) for place_id, word in OUTSIDE.items()}
    for table, column in ((Tote, Tote.barcode), (Package, Package.barcode), (Station, Station.name)):
        rows = session.execute(
            select(table.id, column).where(table.warehouse_id == actor.warehouse_id, table.id.in_(wanted))
        )
        found |= {row[0]: _PlaceName(name=row[1]) for row in rows}
    locations = session.execute(
        select(Location.id, Location.code).where(Location.warehouse_id == actor.warehouse_id, Location.id.in_(wanted))
    )
    return found | {row.id: _PlaceName(name=row.code, is_location=True) for row in locations}


def _moves(session: Session, actor: Actor, which: ColumnElement[bool]) -> tuple[MoveRow, ...]:
    rows = session.execute(
        select(StockMove, Product.sku, Worker.name)
        .join(Product, and_(Product.warehouse_id == StockMove.warehouse_id, Product.id == StockMove.product_id))
        .outerjoin(Worker, and_(Worker.warehouse_id == StockMove.warehouse_id, Worker.id == StockMove.worker_id))
        .where(StockMove.warehouse_id == actor.warehouse_id, which)
        .order_by(StockMove.at.desc(), StockMove.id.desc())
        .limit(_MOVES)
    ).all()
    ids = {row.StockMove.from_place_id for row in rows} | {row.StockMove.to_place_id for row in rows}
    places = _place_names(session, actor, ids)
    zone_name: str = session.execute(select(Warehouse.time_zone).where(Warehouse.id == actor.warehouse_id)).scalar_one()
    zone = ZoneInfo(zone_name)
    return tuple(
        MoveRow(
            at=row.StockMove.at.astimezone(zone),
            sku=row.sku,
            quantity=row.StockMove.quantity,
            from_place=places[row.StockMove.from_place_id].name,
            to_place=places[row.StockMove.to_place_id].name,
            reason=row.StockMove.reason,
            who=row.name or "the program",
        )
        for row in rows
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """A balance as a person counted it: `shown` is the figure that was on the page, so that picks since then stand."""

    place_id: int
    product_id: int
    lot: str
    serial: str
    shown: int
    counted: int


def correct(session: Session, actor: Actor, count: Count, reason: str) -> int:
    """Correct a balance by what was counted against what was shown; return the change. Reserved units stay."""
    if not 0 <= count.counted <= _MOST_UNITS or not 0 <= count.shown <= _MOST_UNITS:
        raise BadInputError("A count is a whole number, 0 or more.")
    location = session.get(Location, (actor.warehouse_id, count.place_id))
    if location is None:
        raise NotFoundError("location", text_id(count.place_id))
    return _adjust(session, actor, location, count, reason)


def _adjust(session: Session, actor: Actor, location: Location, count: Count, reason: str) -> int:
    reason = " ".join(reason.split())[:_REASON_LENGTH]
    if not reason:
        raise BadInputError("Say why the count is corrected.")
    change = count.counted - count.shown
    if change == 0:
        raise BadInputError("That is the figure already. Nothing is changed.")
    goods = Goods(product_id=count.product_id, quantity=abs(change), lot=count.lot, serial=count.serial)
    if session.get(Product, (actor.warehouse_id, count.product_id)) is None:
        raise NotFoundError("product", text_id(count.product_id))
    try:
        stocking.adjust(session, actor, location.id, goods, change=change, reason=reason)
    except OutOfStockError as error:
        row = session.get(
            Stock,
            (actor.warehouse_id, location.id, count.product_id, count.lot, count.serial),
            populate_existing=True,
        )
        reserved, on_hand = (row.reserved, row.on_hand) if row else (0, 0)
        raise DomainError(
            f"{reserved} of {on_hand} at {location.code} are reserved for orders. Cancel or hold those orders first."
        ) from error
    return change


def add_found(session: Session, actor: Actor, *, location: str, sku: str, quantity: int, reason: str) -> int:
    """Book units found in a location that the books do not name; NotFoundError for an unknown location or product."""
    if not 0 < quantity <= _MOST_UNITS:
        raise BadInputError("Give the units found, 1 or more.")
    place = session.scalars(
        select(Location).where(
            Location.warehouse_id == actor.warehouse_id,
            or_(Location.barcode == clean(location), Location.code.in_((location.strip(), clean(location)))),
        )
    ).first()
    if place is None:
        raise NotFoundError("location", location.strip()[:_REASON_LENGTH] or "without a code")
    product = product_of(session, actor, sku.strip())
    if product is None:
        raise NotFoundError("product", sku.strip()[:_REASON_LENGTH] or "without a SKU")
    count = Count(place_id=place.id, product_id=product.id, lot="", serial="", shown=0, counted=quantity)
    return _adjust(session, actor, place, count, reason)
