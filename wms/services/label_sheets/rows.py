"""The rows of each kind of sheet, as the database has them, in the order people look for them."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from printers.symbols import Symbology, gtin_symbology, is_printable_ascii
from wms.domain.actor import Actor
from wms.domain.catalog import Barcode, Product
from wms.domain.codes import QUANTITY_CARDS, CodeKind, Command, gtin14, parse, printed_gtin, slot_code
from wms.domain.errors import BadInputError
from wms.domain.floor import Cart, CartonType, Location, Station
from wms.domain.people import Worker
from wms.domain.stock import Stock
from wms.domain.totes import Tote
from wms.labels.sheets import SheetLabel, inner_size
from wms.services.label_sheets.kinds import ALL, Choice, SheetKind
from wms.services.scans.recognising import find_location

# A longer text makes bars too fine for a label of this size; handhelds read the squares as well.
LONGEST_IN_BARS = 12
_BENCH_ONLY = frozenset(
    {
        Command.REPRINT,
        Command.VOID,
        Command.OTHER_BOX,
        Command.OTHER_PRINTER,
        Command.OTHER_CARRIER,
        Command.PACKING_SLIP,
        Command.WRONG_PICK,
        Command.WRONG_TOTE,
        Command.WRONG_LABEL,
        Command.MISCOUNT,
        Command.SPLIT,
        Command.WEIGH,
        Command.REJECT,
    }
)
_ANSWERS = frozenset({Command.BLOCKED, Command.TOO_HIGH, Command.OTHER})  # to a question that names them on its screen

_RARE = frozenset({Command.BROKEN_TOTE, Command.WRONG_ITEM})  # a card each; the poster has room for the usual ones


def rows(session: Session, actor: Actor, choice: Choice) -> Iterator[SheetLabel]:
    """Yield the labels of a kind that stand where the choice says; a label with no code is of a thing without one."""
    return _ROWS[choice.kind](session, actor, choice)


def _here(model: Any, actor: Actor) -> Select[Any]:
    return select(model).where(model.warehouse_id == actor.warehouse_id)


def _locations(session: Session, actor: Actor, choice: Choice) -> Iterator[SheetLabel]:
    found = _here(Location, actor).where(Location.kind.not_in(Location.LANES))
    if choice.zone != ALL:
        found = found.where(Location.zone == choice.zone)
    if choice.aisle not in {ALL, ""}:
        found = found.where(Location.aisle == choice.aisle)
    for row in session.scalars(found.order_by(Location.pick_sequence, Location.code)):
        yield SheetLabel(word="LOCATION", name=row.code, code=row.barcode, note=row.check)


def _lanes(session: Session, actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    found = _here(Location, actor).where(Location.kind.in_(Location.LANES)).order_by(Location.barcode)
    for row in session.scalars(found):
        yield SheetLabel(word="LANE", name=row.code, code=row.barcode)


def _totes(session: Session, actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    for row in session.scalars(_here(Tote, actor).order_by(Tote.barcode)):
        if row.wall:
            yield SheetLabel(word=f"WALL {row.wall}", name=row.wall_slot, code=row.barcode)
        else:
            yield SheetLabel(word="RED TOTE" if row.is_red else "TOTE", name=row.barcode, code=row.barcode)


def _carts(session: Session, actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    for row in session.scalars(_here(Cart, actor).order_by(Cart.barcode)):
        yield SheetLabel(word="CART", name=row.name, code=row.barcode)
        for slot in range(1, row.slots + 1):
            code = slot_code(row.barcode, slot)
            yield SheetLabel(word="SLOT", name=f"{row.name} / {slot}", code=code, slot=slot)


def _stations(session: Session, actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    for row in session.scalars(_here(Station, actor).order_by(Station.barcode)):
        yield SheetLabel(word="STATION", name=row.name, code=row.barcode)


def _cartons(session: Session, actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    for row in session.scalars(_here(CartonType, actor).order_by(CartonType.barcode)):
        word = f"BOX {inner_size(row.length_mm, row.width_mm, row.height_mm)}"
        yield SheetLabel(word=word, name=row.name, code=row.barcode)


def _products(session: Session, actor: Actor, choice: Choice) -> Iterator[SheetLabel]:
    for (sku, name), rows in itertools.groupby(_codes(session, actor, choice), key=lambda row: (row.sku, row.name)):
        each = [row.code for row in rows if row.quantity == 1]
        gtin = next(filter(gtin14, each), "")
        yield _of_product(SheetLabel(word=sku, name=name, code=gtin or next(filter(_is_scannable, [sku, *each]), "")))


def _cases(session: Session, actor: Actor, choice: Choice) -> Iterator[SheetLabel]:
    for row in _codes(session, actor, choice):
        if row.code and row.quantity > 1:
            code = row.code if gtin14(row.code) or _is_scannable(row.code) else ""
            case = SheetLabel(word=row.sku, name=row.name, code=code, note=f"CASE OF {row.quantity}")
            yield _of_product(case, Symbology.ITF_14)


def _codes(session: Session, actor: Actor, choice: Choice) -> Sequence[Row[str, str, str, int]]:
    """Return the products that stand where the choice says with each of their codes, '' and 1 for one without."""
    mine = and_(Barcode.warehouse_id == Product.warehouse_id, Barcode.product_id == Product.id)
    code, quantity = func.coalesce(Barcode.code, "").label("code"), func.coalesce(Barcode.quantity, 1).label("quantity")
    found = (
        select(Product.sku, Product.name, code, quantity)
        .outerjoin(Barcode, mine)
        .where(Product.warehouse_id == actor.warehouse_id)
        .order_by(Product.sku, code)
    )
    stands = (
        select(Stock.product_id)
        .join(Location, and_(Location.warehouse_id == Stock.warehouse_id, Location.id == Stock.place_id))
        .where(Stock.warehouse_id == actor.warehouse_id, Stock.on_hand > 0)
    )
    if choice.zone != ALL:
        found = found.where(Product.id.in_(stands.where(Location.zone == choice.zone)))
    if choice.location.strip():
        location = find_location(session, actor, parse(choice.location))
        if location is None:
            raise BadInputError(f"There is no location {choice.location.strip()}. Write one such as A07-03-B2.")
        found = found.where(Product.id.in_(stands.where(Location.id == location.location_id)))
    return session.execute(found).all()


def _is_scannable(code: str) -> bool:
    """Tell whether a scan of a code that is no GTIN is looked up as a product's: it reads as none of our own."""
    return is_printable_ascii(code) and parse(code).kind is CodeKind.UNKNOWN


def _of_product(label: SheetLabel, gtins_as: Symbology | None = None) -> SheetLabel:
    """Return a label with its code as goods carry it: a GTIN in its own bars, other codes in Code 128 or in squares."""
    gtin = gtin14(label.code)
    if gtin is not None and gtins_as is not None:
        return replace(label, code=gtin, symbology=gtins_as)
    if gtin is not None:
        digits = printed_gtin(gtin)
        return replace(label, code=digits, symbology=gtin_symbology(digits))
    is_long = len(label.code) > LONGEST_IN_BARS
    return replace(label, symbology=Symbology.DATA_MATRIX if is_long else Symbology.CODE_128)


def _commands(_session: Session, _actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    for command in Command:
        yield SheetLabel(word="COMMAND", name=command.name.replace("_", " "), code=command.value)


def _poster(session: Session, actor: Actor, choice: Choice) -> Iterator[SheetLabel]:
    return (
        card for card in _commands(session, actor, choice) if Command(card.code) not in _BENCH_ONLY | _ANSWERS | _RARE
    )


def _quantities(_session: Session, _actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    for quantity in range(1, QUANTITY_CARDS + 1):
        yield SheetLabel(word="QUANTITY", name=str(quantity), code=f"N{quantity}")


def _badges(session: Session, actor: Actor, _: Choice) -> Iterator[SheetLabel]:
    for row in session.scalars(_here(Worker, actor).where(Worker.active).order_by(Worker.name)):
        yield SheetLabel(word="BADGE", name=row.name, code=row.badge)


_ROWS: dict[SheetKind, Callable[[Session, Actor, Choice], Iterator[SheetLabel]]] = {
    SheetKind.LOCATIONS: _locations,
    SheetKind.LANES: _lanes,
    SheetKind.TOTES: _totes,
    SheetKind.CARTS: _carts,
    SheetKind.STATIONS: _stations,
    SheetKind.CARTONS: _cartons,
    SheetKind.PRODUCTS: _products,
    SheetKind.CASES: _cases,
    SheetKind.COMMANDS: _commands,
    SheetKind.QUANTITIES: _quantities,
    SheetKind.POSTER: _poster,
    SheetKind.BADGES: _badges,
}
