"""Products and the barcodes that mean them, and what may be sent instead of one that is missing."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.catalog import Barcode, Product, Substitute
from wms.domain.codes import CodeKind, clean, parse
from wms.services.importing.cells import BadRowError, Cells, quoted
from wms.services.importing.kinds import Kind, Outcome, find, keep, keyed, optional

_CODE_LENGTH = 80
_MOST_IN_A_CASE = 100_000
_MOST_RANKS = 99
_HS_CODE = re.compile(r"\d{4}\.?\d{2}(\.?\d{2}){0,2}", re.ASCII)
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_MANGLED = re.compile(r"[0-9][.,][0-9]+E\+?[0-9]+", re.IGNORECASE | re.ASCII)


def _code(text: str) -> tuple[str, int]:
    """Return a barcode as it is stored, and the units it counts ('code*12': a case of 12).

    GTINs with a right check digit are stored as 14 digits. A code that only looks like one is kept as it is printed,
    since that is what a scanner will send.
    """
    text, star, case = text.partition("*")
    code = parse(text.strip().removeprefix("'"))
    quantity = int(case) if case.strip().isascii() and case.strip().isdigit() else 0
    if star and not 0 < quantity <= _MOST_IN_A_CASE:
        raise BadRowError(f"the barcode {quoted(text)} ends with {quoted('*' + case)}, not with *12 for a case of 12")
    if code.kind not in {CodeKind.PRODUCT, CodeKind.UNKNOWN}:
        raise BadRowError(f"the barcode {quoted(text)} is one of our own codes: a {code.kind}")
    if _MANGLED.fullmatch(code.text):
        raise BadRowError(f"the barcode {quoted(text)} was rounded by a spreadsheet; write all its digits")
    if not code.text or len(code.text) > _CODE_LENGTH:
        raise BadRowError(f"the barcode {quoted(text)} is blank or has more than {_CODE_LENGTH} characters")
    return code.text, quantity if star else 1


def _sku_code(sku: str) -> str:
    """Return a SKU as a scan of it is read: many shops use the GTIN on the product as its SKU."""
    code = parse(sku)
    return code.text if code.kind is CodeKind.PRODUCT else clean(sku)


def _keep_codes(session: Session, actor: Actor, product: Product, codes: dict[str, int]) -> Outcome:
    """Give a product its barcodes and its SKU as one; none is taken away, people may have taught some by scanning."""
    sku_code = _sku_code(product.sku)
    wanted = codes if sku_code in codes else {**codes, sku_code: 1}
    found = select(Barcode).where(Barcode.warehouse_id == actor.warehouse_id, Barcode.code.in_(wanted))
    rows = {row.code: row for row in session.scalars(found)}
    outcome = Outcome.KNOWN
    for code, quantity in wanted.items():
        row = rows.get(code)
        if row is None:
            session.add(Barcode(warehouse_id=actor.warehouse_id, code=code, product_id=product.id, quantity=quantity))
            outcome = Outcome.CHANGED
        elif code not in codes:
            continue  # the SKU's text is a code already, perhaps another product's: a scan of it means what it meant
        elif row.product_id != product.id:
            owner = find(session, actor, Product, id=row.product_id)
            raise BadRowError(f"the barcode {quoted(code)} belongs to {owner.sku if owner else 'another product'}")
        elif row.quantity != quantity:
            row.quantity = quantity
            outcome = Outcome.CHANGED
    session.flush()
    return outcome


def _for_customs(cells: Cells) -> dict[str, str | int | None]:
    code, country = cells.text("hs_code", 40), cells.text("origin_country", 40)
    if code is not None and not _HS_CODE.fullmatch(code):
        raise BadRowError(f"the hs_code {quoted(code)} is not 6 to 10 digits such as 6912.00")
    if country is not None and not _COUNTRY.fullmatch(country.upper()):
        raise BadRowError(f"the origin_country {quoted(country)} is not two letters such as CN")
    return {
        "hs_code": code,
        "origin_country": None if country is None else country.upper(),
        "is_hazardous": cells.yes("is_hazardous"),
    }


def _keep(session: Session, actor: Actor, cells: Cells) -> Outcome:
    sku = cells.needed("sku", 80)
    codes = dict(_code(part) for part in cells.several("barcode"))
    sizes = {name: cells.whole(name) for name in ("weight_g", "length_mm", "width_mm", "height_mm")}
    given = {"name": cells.text("name", 200), "has_serials": cells.yes("serials"), **sizes}
    given["ships_in_own_box"] = cells.yes("ships_in_own_box")
    given |= _for_customs(cells)
    product, outcome = keep(session, actor, Product, {"sku": sku}, given, lambda: {"name": sku})
    if product.ships_in_own_box and not product.is_measured:
        raise BadRowError("the ships_in_own_box says yes: then weight_g, length_mm, width_mm and height_mm are needed")
    coded = _keep_codes(session, actor, product, codes)
    return outcome if outcome is Outcome.ADDED or coded is Outcome.KNOWN else coded


PRODUCTS = Kind(
    name="products",
    about="what is sold, with its barcodes, weight and size",
    keep=_keep,
    columns=(
        keyed("sku", "the shop's SKU"),
        optional("name", "what people call it"),
        optional("barcode", "several by |, code*12 for a case of 12; may be blank"),
        optional("weight_g", "grams"),
        optional("length_mm", "millimetres"),
        optional("width_mm", "millimetres"),
        optional("height_mm", "millimetres"),
        optional("ships_in_own_box", "yes where it needs no carton: the label goes on its own box"),
        optional("hs_code", "tariff code for customs, such as 6912.00"),
        optional("origin_country", "two letters of the country that made it, for customs"),
        optional("is_hazardous", "yes where carriers must be told of a danger"),
        optional("serials", "yes where each unit's serial number is scanned when it is picked"),
    ),
)


def _product(session: Session, actor: Actor, cells: Cells, column: str) -> Product:
    sku = cells.needed(column, 80)
    product = find(session, actor, Product, sku=sku)
    if product is None:
        raise BadRowError(f"the {column} {quoted(sku)} is no product; import products first")
    return product


def _keep_substitute(session: Session, actor: Actor, cells: Cells) -> Outcome:
    product, substitute = (_product(session, actor, cells, column) for column in ("sku", "substitute"))
    if product is substitute:
        raise BadRowError(f"the substitute {quoted(substitute.sku)} is the product itself")
    key = {"product_id": product.id, "substitute_id": substitute.id}
    return keep(session, actor, Substitute, key, {"rank": cells.whole("rank", least=1, most=_MOST_RANKS)})[1]


SUBSTITUTES = Kind(
    name="substitutes",
    about="what may be sent instead of a product that is missing, where the order accepts it",
    keep=_keep_substitute,
    columns=(
        keyed("sku", "the product that is missing"),
        keyed("substitute", "the SKU that may be sent instead"),
        optional("rank", "1 is tried first, then 2; 1 if blank"),
    ),
)
