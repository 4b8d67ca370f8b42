"""What a scanned text names, a product with the units it counts or a location; and the codes that name a product."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import biip
from sqlalchemy import (
    BindParameter,
    Row,
    ScalarSelect,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.catalog import Barcode, Product
from wms.domain.codes import SEPARATOR, Code, CodeKind
from wms.domain.floor import Location
from wms.domain.orders import OrderLine
from wms.domain.picking import PickTask

# A barcode holds no line break: reading a code drops what cannot be printed. A separator given as plain text would be
# written into the statement anew at each run.
_BREAK: Any = literal_column("'\n'")
_GTIN_AI = "01"
_COUNT_AIS = ("37", "30")
_W: BindParameter[int] = bindparam("warehouse")
_TEXT: BindParameter[str] = bindparam("text")
_BY_CODE = (
    select(Product.id, Product.sku, Product.name, Barcode.quantity)
    .join(Barcode, and_(Barcode.warehouse_id == Product.warehouse_id, Barcode.product_id == Product.id))
    .where(Product.warehouse_id == _W, Barcode.code == _TEXT)
)
_BY_SKU = select(Product.id, Product.sku, Product.name, literal(1).label("quantity")).where(
    Product.warehouse_id == _W, func.upper(Product.sku) == _TEXT
)
_LOCATION = select(Location.id, Location.code).where(Location.warehouse_id == _W, Location.barcode == _TEXT)
_LOCATION_BY_NAME = select(Location.id, Location.code).where(
    Location.warehouse_id == _W, func.upper(Location.code) == _TEXT
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Gs1:
    """What a GS1 code says of its units: GTIN (14 digits, '' for none), lot, use-by date, serial, count (0: none).

    `lost_separator`: two of its parts had run into one another, and were cut.
    """

    gtin: str
    lot: str = ""
    serial: str = ""
    expiry: dt.date | None = None
    count: int = 0
    lost_separator: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A product as scanned: `units` is more than 1 for a case, `gs1` what else its code said if it was a GS1 one."""

    product_id: int
    sku: str
    name: str
    units: int
    gs1: Gs1 | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ScannedLocation:
    """A location as scanned."""

    location_id: int
    code: str


def codes_of(of: type[PickTask] | type[OrderLine]) -> ScalarSelect[str]:
    """Return the column with all barcodes of a row's product, for a statement with a parameter `warehouse`."""
    return (
        select(func.aggregate_strings(cast(Barcode.quantity, String) + "*" + Barcode.code, _BREAK))
        .where(Barcode.warehouse_id == _W, Barcode.product_id == of.product_id)
        .correlate(of)
        .scalar_subquery()
    )


def read_codes(found: str | None) -> tuple[tuple[str, int], ...]:
    """Read what `codes_of` found: each barcode with the units it counts."""
    pairs = [pair.split("*", 1) for pair in (found or "").split("\n") if pair]
    return tuple((code, int(units)) for units, code in pairs)


def find_item(session: Session, actor: Actor, code: Code) -> Item | None:
    """Return the product that a GTIN, GS1 element string, supplier's code or SKU names, or None."""
    if code.kind not in {CodeKind.PRODUCT, CodeKind.UNKNOWN}:
        return None
    row, gs1 = _first(session, actor, _BY_CODE, code.text), None
    if row is None and code.kind is CodeKind.UNKNOWN:
        gs1 = read_gs1(code.text)
        row = _first(session, actor, _BY_CODE, gs1.gtin) if gs1 else _first(session, actor, _BY_SKU, code.text)
    if row is None:
        return None
    units = max(1, gs1.count) * row.quantity if gs1 else row.quantity
    return Item(product_id=row.id, sku=row.sku, name=row.name, units=units, gs1=gs1)


def find_location(session: Session, actor: Actor, code: Code) -> ScannedLocation | None:
    """Return the location that a barcode or a typed address names, or None."""
    statement = _LOCATION_BY_NAME if code.kind is CodeKind.UNKNOWN else _LOCATION
    if code.kind not in {CodeKind.LOCATION, CodeKind.LANE, CodeKind.UNKNOWN}:
        return None
    row = _first(session, actor, statement, code.text)
    return None if row is None else ScannedLocation(location_id=row.id, code=row.code)


def read_gs1(text: str) -> Gs1 | None:
    """Read a GS1 element string (GS1-128, DataMatrix) that names a trade item, or return None."""
    gs1 = read_elements(text)
    return gs1 if gs1 is not None and gs1.gtin else None


def read_elements(text: str) -> Gs1 | None:
    """Read a GS1 element string, in whatever sequence and with or without a trade item; None where the text is none.

    Application identifiers as in the GS1 General Specifications, section 3: 01 GTIN, 10 lot, 17 use-by, 21 serial,
    30 and 37 counts.
    """
    if not (text.isascii() and text[:2].isdigit()):
        return None
    message = biip.parse(text).gs1_message
    found = {element.ai.ai: element for element in message.element_strings} if message else {}
    if not found or (_GTIN_AI in found and not found[_GTIN_AI].gtin):
        return None
    count = next((found[ai].value for ai in _COUNT_AIS if ai in found), "")
    return Gs1(
        gtin=found[_GTIN_AI].value if _GTIN_AI in found else "",
        lot=found["10"].value if "10" in found else "",
        serial=found["21"].value if "21" in found else "",
        expiry=found["17"].date if "17" in found else None,
        count=int(count or 0),  # a code cut short names its count and says none
    )


def says_gs1(code: Code) -> bool:
    """Tell whether a code says that it is a GS1 element string: by its symbology, a separator or its trade item.

    Others may be read as one by chance: a lot 1016 is no lot 16.
    """
    return code.is_gs1 or SEPARATOR in code.raw or code.raw.startswith(_GTIN_AI)


def lots_meant(item: Item, known: Collection[str]) -> frozenset[str]:
    """Return which of the lots known ('': of units without one) a scan may mean: all where it names none."""
    if item.gs1 is None or not item.gs1.lot:
        return frozenset(known)
    spelled = {lot.upper(): lot for lot in known if lot}
    said = item.gs1.lot.upper()
    cut = None if said in spelled else cut_lot(item.gs1, spelled)
    lot = spelled.get(cut.lot if cut else said)
    return frozenset(known) & ({""} if lot is None else {lot})


def cut_lot(gs1: Gs1, lots: Collection[str]) -> Gs1 | None:
    """Return what a GS1 code says when its lot has run into what follows because the separator (FNC1) was lost.

    The lot must be one of those known and the rest a whole element string; None where it does not come out like that.
    """
    for lot in sorted(lots, key=len, reverse=True):
        rest = gs1.lot.removeprefix(lot)
        if lot and rest and rest != gs1.lot:
            more = read_elements(rest)
            if more is not None:
                return _joined(replace(gs1, lot=lot), more)
    return None


def cut_serial(gs1: Gs1, lots: Collection[str], *, serial: str = "", expiry: dt.date | None = None) -> Gs1 | None:
    """Return what a GS1 code says when its serial has run into what follows because the separator was lost.

    What tells it is what is known: the `serial` set aside (upper case), or one of the `lots` (upper case) or the use-by
    date that follow it. None where none of them does: any text may be a serial number.
    """
    for end in range(1, len(gs1.serial)):
        more = read_elements(gs1.serial[end:])
        if more is not None and (
            gs1.serial[:end].upper() == serial
            or (more.lot.upper() in lots if more.lot else expiry is not None and more.expiry == expiry)
        ):
            return _joined(replace(gs1, serial=gs1.serial[:end]), more)
    return None


def _joined(gs1: Gs1, more: Gs1) -> Gs1:
    return replace(
        gs1,
        gtin=gs1.gtin or more.gtin,
        lot=gs1.lot or more.lot,
        serial=gs1.serial or more.serial,
        expiry=gs1.expiry or more.expiry,
        count=gs1.count or more.count,
        lost_separator=True,
    )


def _first(session: Session, actor: Actor, statement: object, text: str) -> Row[tuple[object, ...]] | None:
    found: Row[tuple[object, ...]] | None = session.execute(
        statement,  # type: ignore[call-overload] # one of the four selects above
        {"warehouse": actor.warehouse_id, "text": text},
    ).first()
    return found
