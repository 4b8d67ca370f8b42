"""What a scanned text names, a product with the units it counts or a location; and the codes that name a product."""

from dataclasses import dataclass
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
from wms.domain.codes import Code, CodeKind
from wms.domain.floor import Location
from wms.domain.orders import OrderLine
from wms.domain.picking import PickTask

# A barcode holds no line break: reading a code drops what cannot be printed. A separator given as plain text would be
# written into the statement anew at each run.
_BREAK: Any = literal_column("'\n'")
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
class Item:
    """A product as scanned: `units` is more than 1 for a case."""

    product_id: int
    sku: str
    name: str
    units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
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
    row = _first(session, actor, _BY_CODE, code.text)
    if row is None and code.kind is CodeKind.UNKNOWN:
        gtin = gs1_gtin(code.text)
        row = _first(session, actor, _BY_CODE, gtin) if gtin else _first(session, actor, _BY_SKU, code.text)
    return None if row is None else Item(product_id=row.id, sku=row.sku, name=row.name, units=row.quantity)


def find_shelf(session: Session, actor: Actor, code: Code) -> Shelf | None:
    """Return the location that a barcode or a typed address names, or None."""
    statement = _LOCATION_BY_NAME if code.kind is CodeKind.UNKNOWN else _LOCATION
    if code.kind not in {CodeKind.LOCATION, CodeKind.LANE, CodeKind.UNKNOWN}:
        return None
    row = _first(session, actor, statement, code.text)
    return None if row is None else Shelf(location_id=row.id, code=row.code)


def gs1_gtin(text: str) -> str:
    """Return the 14 digits of the (01) in a GS1 element string, or '' where there is none."""
    if not text.startswith("01"):
        return ""
    message = biip.parse(text).gs1_message
    found = message.element_strings.get(ai="01") if message else None
    return found.value if found and found.gtin else ""


def _first(session: Session, actor: Actor, statement: object, text: str) -> Row[tuple[object, ...]] | None:
    found: Row[tuple[object, ...]] | None = session.execute(
        statement,  # type: ignore[call-overload] # one of the four selects above
        {"warehouse": actor.warehouse_id, "text": text},
    ).first()
    return found
