"""Labels of products and cases carry the code that goods carry, drawn as goods draw it."""

import pytest
from sqlalchemy.orm import Session

from printers.symbols import Symbology
from tests import builders
from wms.domain.catalog import Barcode, Product
from wms.domain.errors import BadInputError
from wms.labels.sheets import SheetLabel
from wms.services import label_sheets
from wms.services.label_sheets import Choice, Sheet, SheetKind


def sheet(session: Session, choice: Choice) -> Sheet:
    """The sheet of a choice."""
    return label_sheets.sheet(session, builders.actor(), choice)


def product(session: Session, sku: str, *codes: str, case_of: int = 1) -> Product:
    """A product with these codes and no other."""
    made = Product(warehouse_id=builders.WAREHOUSE, sku=sku, name=f"Thing {sku}")
    session.add(made)
    session.flush()
    session.add_all(
        Barcode(warehouse_id=builders.WAREHOUSE, code=code, product_id=made.id, quantity=case_of) for code in codes
    )
    session.flush()
    return made


@pytest.mark.parametrize(
    ("sku", "codes", "code", "symbology"),
    [
        ("MUG", ["04006381333931"], "4006381333931", Symbology.EAN_13),
        ("MUG", ["00012345678905"], "012345678905", Symbology.UPC_A),
        ("MUG", ["00000012345670"], "12345670", Symbology.EAN_8),
        ("MUG", ["10400000000012"], "10400000000012", Symbology.ITF_14),
        ("MUG", ["ACME-77", "04006381333931", "MUG"], "4006381333931", Symbology.EAN_13),
        ("MUG", ["ACME-77", "MUG"], "MUG", Symbology.CODE_128),
        ("MUG", [], "MUG", Symbology.CODE_128),
        ("Łódź", ["ACME-77"], "ACME-77", Symbology.CODE_128),
        ("TWL-RED-L-2024", [], "TWL-RED-L-2024", Symbology.DATA_MATRIX),
    ],
)
def test_a_product_carries_its_gtin_else_its_sku(
    session: Session, sku: str, codes: list[str], code: str, symbology: Symbology
) -> None:
    _ = product(session, sku, *codes)
    label = SheetLabel(word=sku, name=f"Thing {sku}", code=code, symbology=symbology)
    assert sheet(session, Choice(kind=SheetKind.PRODUCTS)).labels == (label,)


@pytest.mark.parametrize("sku", ["Łódź", "T000017", "N12"])
def test_a_product_whose_code_would_scan_as_something_else_is_named(session: Session, sku: str) -> None:
    _ = product(session, sku)
    assert sheet(session, Choice(kind=SheetKind.PRODUCTS)) == Sheet(labels=(), uncoded=(sku,))


@pytest.mark.parametrize(
    ("stored", "code", "symbology"),
    [
        ("10400000000012", "10400000000012", Symbology.ITF_14),
        ("04006381333931", "04006381333931", Symbology.ITF_14),
        ("CASE-77", "CASE-77", Symbology.CODE_128),
    ],
)
def test_a_case_carries_its_code_and_how_many_it_holds(
    session: Session, stored: str, code: str, symbology: Symbology
) -> None:
    _ = product(session, "MUG", stored, case_of=12)
    label = SheetLabel(word="MUG", name="Thing MUG", code=code, symbology=symbology, note="CASE OF 12")
    assert sheet(session, Choice(kind=SheetKind.CASES)).labels == (label,)


def test_products_are_chosen_by_where_they_are_in_stock(session: Session) -> None:
    cold, warm, empty = (builders.location(session) for _ in range(3))
    (cold.zone, warm.zone) = ("COLD", "WARM")
    for sku, place in (("ICE", cold), ("MUG", warm)):
        builders.stock(session, place, builders.product(session, sku), 3)

    def skus(**narrowed: str) -> list[str]:
        return [label.word for label in sheet(session, Choice(kind=SheetKind.PRODUCTS, **narrowed)).labels]

    assert skus() == ["ICE", "MUG"]
    assert skus(zone="COLD") == ["ICE"]
    assert skus(location=warm.code.lower()) == ["MUG"]
    assert skus(location=warm.barcode) == ["MUG"]
    assert skus(location=empty.code) == []
    assert skus(first="J") == ["MUG"]
    assert skus(name="ice") == ["ICE"]


def test_a_location_that_is_none_is_named(session: Session) -> None:
    with pytest.raises(BadInputError, match="There is no location X9"):
        _ = sheet(session, Choice(kind=SheetKind.CASES, location="X9"))
