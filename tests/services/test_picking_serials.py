"""Serial numbers: each unit has its own, none is counted twice, and whatever text it is, it can be scanned."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from tests import builders
from tests.services.shelf import Shelf, serials
from wms.domain.catalog import Barcode
from wms.domain.floor import LocationKind
from wms.domain.picked import PickedUnits
from wms.domain.putbacks import PutBack
from wms.services import cancelling, putting_back, verifying


def test_each_unit_with_a_serial_is_scanned_with_it(phones: Shelf) -> None:
    assert phones.marta.scan(phones.code) == "scan_serial"
    assert phones.marta.scan("SN-1") == "scan_item"
    assert phones.marta.scan(phones.code, "SN-2") == "put_in_tote"
    assert serials(phones) == ["SN-1", "SN-2"]
    assert phones.marta.scan(phones.tote.barcode) == "drop_cart"
    assert phones.holds_up()


def test_a_gs1_code_brings_the_serial_with_it(phones: Shelf) -> None:
    assert phones.marta.scan(f"]d201{phones.code}21SN-1") == "scan_item"
    assert phones.marta.scan(f"]d201{phones.code}21SN-2") == "put_in_tote"
    assert serials(phones) == ["SN-1", "SN-2"]


def test_a_serial_counts_once_in_the_house(phones: Shelf) -> None:
    assert phones.marta.scan(phones.code, "SN-1", phones.code, "SN-1") == "scan_serial"
    assert (phones.marta.said, phones.marta.feedback.tone) == ("Serial ...SN-1 was scanned before", "warn")
    assert phones.marta.scan(phones.code) == "scan_serial"
    assert phones.marta.said == "Scan the SERIAL, not the item"
    assert phones.marta.scan(f"]d201{phones.code}21SN-1") == "scan_serial"


@pytest.mark.parametrize("how", ["SN-1", "]d201{gtin}21SN-1"])
def test_a_unit_put_back_for_a_cancelled_order_is_picked_by_its_serial_again(phones: Shelf, how: str) -> None:
    session, marta = phones.session, phones.marta
    _ = marta.scan(phones.code, "SN-1", phones.code, "SN-2", phones.tote.barcode)
    _ = marta.scan(builders.location(session, kind=LocationKind.LANE).barcode)
    cancelling.cancel(session, builders.actor(), phones.order, "customer")
    for back in session.query(PutBack).all():
        _ = putting_back.done(session, builders.actor(), back.id)
    order = builders.order(session, (phones.milk, 1))
    _ = builders.waiting_batch(session, order, shelves={phones.milk.id: phones.place})
    _ = marta.scan(builders.cart(session).barcode, phones.tote.barcode)
    _ = marta.reach()
    codes = [how.format(gtin=phones.code)] if how.startswith("]") else [phones.code, how]
    assert marta.scan(*codes) == "put_in_tote"
    assert marta.scan(phones.tote.barcode) == "drop_cart"
    assert phones.holds_up()


def test_undo_takes_the_serial_back_and_then_its_unit(phones: Shelf) -> None:
    _ = phones.marta.scan(phones.code, "SN-1")
    assert phones.marta.scan("UNDO") == "scan_serial"
    assert serials(phones) == [""]
    assert phones.marta.scan("UNDO") == "scan_item"
    assert (serials(phones), phones.marta.stop.in_hand) == ([], 0)


def test_a_serial_that_was_undone_may_be_scanned_again(phones: Shelf) -> None:
    assert phones.marta.scan(phones.code, "SN-1", "UNDO", "SN-1") == "scan_item"


def test_a_quantity_card_never_stands_for_serials(phones: Shelf) -> None:
    _ = phones.marta.scan(phones.code, "SN-1")
    assert phones.marta.scan("N2") == "scan_item"
    assert phones.marta.said == "Scan each serial"


def case_of(phones: Shelf, units: int) -> str:
    """The code of a case of phones."""
    code = builders.gtin(777_777)
    phones.session.add(Barcode(warehouse_id=builders.WAREHOUSE, code=code, product_id=phones.milk.id, quantity=units))
    phones.session.flush()
    return code


@pytest.mark.parametrize("how", ["{case}", "]d201{case}21SN-1", "]d201{unit}21SN-1\x1d372"])
def test_a_scan_that_counts_several_is_refused_where_each_has_a_serial(phones: Shelf, how: str) -> None:
    case = case_of(phones, 2)
    assert phones.marta.screen.accept == (phones.code,)
    assert phones.marta.scan(how.format(case=case, unit=phones.code)) == "scan_item"
    assert (phones.marta.said, phones.marta.feedback.tone) == ("Scan each serial", "wrong")
    assert (serials(phones), phones.marta.stop.in_hand) == ([], 0)


def test_a_case_is_refused_where_units_with_serials_are_found_after_all(phones: Shelf) -> None:
    case = case_of(phones, 2)
    assert phones.marta.scan("NONE HERE", case) == "short"
    assert (phones.marta.said, phones.marta.stop.found) == ("Scan each serial", 0)
    assert phones.marta.screen.accept == (phones.place.barcode, phones.place.code, phones.code)


@pytest.fixture
def held(phones: Shelf) -> Shelf:
    """A product that has serials only since: two units are in hand by one scan."""
    phones.milk.has_serials = False
    phones.session.flush()
    assert phones.marta.scan(phones.code) == "put_in_tote"
    phones.milk.has_serials = True
    phones.session.flush()
    return phones


def test_units_of_one_scan_get_a_serial_each(held: Shelf) -> None:
    assert held.marta.screen.name == "scan_serial"
    assert held.marta.scan("SN-1") == "scan_serial"
    assert held.marta.scan("SN-2") == "put_in_tote"
    assert sorted(serials(held)) == ["SN-1", "SN-2"]
    assert held.marta.scan(held.tote.barcode) == "drop_cart"
    assert held.holds_up()


def test_undo_takes_the_serials_of_one_scan_back_and_then_its_units(held: Shelf) -> None:
    _ = held.marta.scan("SN-1", "SN-2", "UNDO", "UNDO")
    assert (serials(held), held.marta.stop.in_hand) == ([""], 2)
    assert held.marta.scan("UNDO") == "scan_item"
    assert (serials(held), held.marta.stop.in_hand) == ([], 0)


def test_the_database_refuses_one_serial_for_several_units(phones: Shelf) -> None:
    _ = phones.marta.scan(phones.code, "SN-1")
    with pytest.raises(IntegrityError, match="one_serial"):
        _ = phones.session.execute(update(PickedUnits).values(quantity=2))


def test_a_unit_in_a_tote_without_its_serial_is_a_breach(phones: Shelf) -> None:
    _ = phones.marta.scan(phones.code, "SN-1", phones.code, "SN-2", phones.tote.barcode)
    assert phones.holds_up()
    _ = phones.session.execute(update(PickedUnits).where(PickedUnits.serial == "SN-2").values(serial=""))
    (breach,) = verifying.verify(phones.session, builders.WAREHOUSE)
    assert breach.check == "each_unit_has_its_own_serial"
    assert breach.text == f"order {phones.order.number}: 2 of PHONE picked with 1 serials"
