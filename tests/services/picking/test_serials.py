"""Serial numbers: each unit has its own, none is counted twice, and whatever text it is, it can be scanned."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from tests import builders
from tests.services.picking.spot import Spot, serials
from wms.domain.catalog import Barcode
from wms.domain.codes import OWN, CodeKind, check_digit, own_code, slot_code
from wms.domain.floor import LocationKind
from wms.domain.picked import PickedUnits
from wms.domain.putbacks import PutBack
from wms.services import verifying
from wms.services.orders import cancelling
from wms.services.stock import putting_back


def test_each_unit_with_a_serial_is_scanned_with_it(phones: Spot) -> None:
    assert phones.marta.scan(phones.code) == "scan_serial"
    assert phones.marta.scan("SN-1") == "scan_item"
    assert phones.marta.scan(phones.code, "SN-2") == "put_in_tote"
    assert serials(phones) == ["SN-1", "SN-2"]
    assert phones.marta.scan(phones.tote.barcode) == "drop_cart"
    assert phones.holds_up()


def test_a_gs1_code_brings_the_serial_with_it(phones: Spot) -> None:
    assert phones.marta.scan(f"]d201{phones.code}21SN-1") == "scan_item"
    assert phones.marta.scan(f"]d201{phones.code}21SN-2") == "put_in_tote"
    assert serials(phones) == ["SN-1", "SN-2"]


def test_a_serial_counts_once_in_the_house(phones: Spot) -> None:
    assert phones.marta.scan(phones.code, "SN-1", phones.code, "SN-1") == "scan_serial"
    assert (phones.marta.said, phones.marta.feedback.tone) == ("Serial ...SN-1 was scanned before", "warn")
    assert phones.marta.scan(phones.code) == "scan_serial"
    assert phones.marta.said == "Scan the SERIAL, not the item"
    assert phones.marta.scan(f"]d201{phones.code}21SN-1") == "scan_serial"


@pytest.mark.parametrize("how", ["SN-1", "]d201{gtin}21SN-1"])
def test_a_unit_put_back_for_a_cancelled_order_is_picked_by_its_serial_again(phones: Spot, how: str) -> None:
    session, marta = phones.session, phones.marta
    _ = marta.scan(phones.code, "SN-1", phones.code, "SN-2", phones.tote.barcode)
    _ = marta.scan(builders.location(session, kind=LocationKind.LANE).barcode)
    cancelling.cancel(session, builders.actor(), phones.order, "customer")
    for back in session.query(PutBack).all():
        _ = putting_back.done(session, builders.actor(), back.id)
    order = builders.order(session, (phones.milk, 1))
    _ = builders.waiting_batch(session, order, locations={phones.milk.id: phones.place})
    _ = marta.scan(builders.cart(session).barcode, phones.tote.barcode)
    _ = marta.reach()
    codes = [how.format(gtin=phones.code)] if how.startswith("]") else [phones.code, how]
    assert marta.scan(*codes) == "put_in_tote"
    assert marta.scan(phones.tote.barcode) == "drop_cart"
    assert phones.holds_up()


def test_undo_takes_the_serial_back_and_then_its_unit(phones: Spot) -> None:
    _ = phones.marta.scan(phones.code, "SN-1")
    assert phones.marta.scan("UNDO") == "scan_serial"
    assert serials(phones) == [""]
    assert phones.marta.scan("UNDO") == "scan_item"
    assert (serials(phones), phones.marta.stop.in_hand) == ([], 0)


def test_a_serial_that_was_undone_may_be_scanned_again(phones: Spot) -> None:
    assert phones.marta.scan(phones.code, "SN-1", "UNDO", "SN-1") == "scan_item"


def test_a_quantity_card_never_stands_for_serials(phones: Spot) -> None:
    _ = phones.marta.scan(phones.code, "SN-1")
    assert phones.marta.scan("N2") == "scan_item"
    assert phones.marta.said == "Scan each serial"


@pytest.mark.parametrize("said", ["DAMAGED", "SHORT"])
def test_the_serial_of_the_unit_that_stays_is_scanned_again_for_it_may_be_either(phones: Spot, said: str) -> None:
    _ = phones.marta.scan(phones.code, "SN-1", phones.code, "SN-2")
    assert phones.marta.scan(said, phones.place.barcode) == "scan_serial"
    assert serials(phones) == [""]
    assert phones.marta.scan("SN-2") == "put_in_tote"
    assert serials(phones) == ["SN-2"]
    assert phones.marta.scan("UNDO", "UNDO", "UNDO") == "scan_serial"
    assert phones.marta.said == "SHORT taken back"
    assert phones.marta.scan("SN-1", phones.code, "SN-2") == "put_in_tote"
    assert phones.holds_up()


def case_of(phones: Spot, units: int) -> str:
    """The code of a case of phones."""
    code = builders.gtin(777_777)
    phones.session.add(Barcode(warehouse_id=builders.WAREHOUSE, code=code, product_id=phones.milk.id, quantity=units))
    phones.session.flush()
    return code


@pytest.mark.parametrize("how", ["{case}", "]d201{case}21SN-1", "]d201{unit}21SN-1\x1d372"])
def test_a_scan_that_counts_several_is_refused_where_each_has_a_serial(phones: Spot, how: str) -> None:
    case = case_of(phones, 2)
    assert phones.marta.screen.accept == (phones.code,)
    assert phones.marta.scan(how.format(case=case, unit=phones.code)) == "scan_item"
    assert (phones.marta.said, phones.marta.feedback.tone) == ("Scan each serial", "wrong")
    assert (serials(phones), phones.marta.stop.in_hand) == ([], 0)


def test_a_case_is_refused_where_units_with_serials_are_found_after_all(phones: Spot) -> None:
    case = case_of(phones, 2)
    assert phones.marta.scan("NONE HERE", case) == "short"
    assert (phones.marta.said, phones.marta.stop.found) == ("Scan each serial", 0)
    assert phones.marta.screen.accept == (phones.place.barcode, phones.place.code, phones.code)


@pytest.fixture
def held(phones: Spot) -> Spot:
    """A product that has serials only since: two units are in hand by one scan."""
    phones.milk.has_serials = False
    phones.session.flush()
    assert phones.marta.scan(phones.code) == "put_in_tote"
    phones.milk.has_serials = True
    phones.session.flush()
    return phones


def test_units_of_one_scan_get_a_serial_each(held: Spot) -> None:
    assert held.marta.screen.name == "scan_serial"
    assert held.marta.scan("SN-1") == "scan_serial"
    assert held.marta.scan("SN-2") == "put_in_tote"
    assert sorted(serials(held)) == ["SN-1", "SN-2"]
    assert held.marta.scan(held.tote.barcode) == "drop_cart"
    assert held.holds_up()


def test_undo_takes_the_serials_of_one_scan_back_and_then_its_units(held: Spot) -> None:
    _ = held.marta.scan("SN-1", "SN-2", "UNDO", "UNDO")
    assert (serials(held), held.marta.stop.in_hand) == ([""], 2)
    assert held.marta.scan("UNDO") == "scan_item"
    assert (serials(held), held.marta.stop.in_hand) == ([], 0)


def test_the_database_refuses_one_serial_for_several_units(phones: Spot) -> None:
    _ = phones.marta.scan(phones.code, "SN-1")
    with pytest.raises(IntegrityError, match="one_serial"):
        _ = phones.session.execute(update(PickedUnits).values(quantity=2))


def test_a_unit_in_a_tote_without_its_serial_is_a_breach(phones: Spot) -> None:
    _ = phones.marta.scan(phones.code, "SN-1", phones.code, "SN-2", phones.tote.barcode)
    assert phones.holds_up()
    _ = phones.session.execute(update(PickedUnits).where(PickedUnits.serial == "SN-2").values(serial=""))
    (breach,) = verifying.verify(phones.session, builders.WAREHOUSE)
    assert breach.check == "each_unit_has_its_own_serial"
    assert breach.text == f"order {phones.order.number}: 2 of PHONE picked with 1 serials"


_NOT_OURS = [own_code(kind, 98) for kind, _ in OWN.values() if kind is not CodeKind.COMMAND]


@pytest.mark.parametrize("serial", [*_NOT_OURS, "N12345", slot_code(own_code(CodeKind.CART, 98), 1), "K999"])
def test_a_serial_may_read_like_one_of_our_labels(phones: Spot, serial: str) -> None:
    assert phones.marta.scan(phones.code, serial) == "scan_item"
    assert serials(phones) == [serial]


@pytest.mark.parametrize("body", ["2026101", "20261016001", "202610160012", "2026101600123"])
def test_a_serial_with_the_form_of_a_gtin_is_kept_as_it_is(phones: Spot, body: str) -> None:
    serial = body + check_digit(body)
    assert phones.marta.scan(phones.code, serial) == "scan_item"
    assert serials(phones) == [serial]
    assert phones.marta.scan(phones.code, serial) == "scan_serial"
    assert phones.marta.said == f"Serial ...{serial[-8:]} was scanned before"


def test_a_label_of_ours_is_named_where_a_serial_is_wanted(phones: Spot) -> None:
    _ = phones.marta.scan(phones.code)
    cart = builders.cart(phones.session).barcode
    for code, words in (
        (phones.tote.barcode, "That is a TOTE"),
        (phones.place.barcode, "That is a SHELF"),
        (cart, "That is a CART"),
        (slot_code(cart, 1), "That is a SLOT"),
        (phones.order.barcode, "That is an ORDER"),
        (phones.marta.worker.badge, "That is a BADGE"),
        (builders.station(phones.session).barcode, "That is a STATION"),
        ("N24", "That is a QUANTITY"),
        ("DONE", "1 line is open. Go on"),
    ):
        assert phones.marta.scan(code) == "scan_serial"
        assert phones.marta.said == (words if code == "DONE" else f"{words}. Scan the SERIAL")


@pytest.mark.parametrize("how", ["]d221SN-1", "]C110X\x1d21SN-1", "21SN-1\x1d01{code}", "01{code}21SN-1"])
def test_a_gs1_code_names_the_serial_in_whatever_sequence(phones: Spot, how: str) -> None:
    assert phones.marta.scan(phones.code, how.format(code=phones.code)) == "scan_item"
    assert serials(phones) == ["SN-1"]


@pytest.mark.parametrize("serial", ["21SN-1", "10A", "2100345"])
def test_a_serial_that_does_not_say_that_it_is_a_gs1_code_is_kept_whole(phones: Spot, serial: str) -> None:
    assert phones.marta.scan(phones.code, serial) == "scan_item"
    assert serials(phones) == [serial]


def test_a_gs1_code_without_a_serial_is_none(phones: Spot) -> None:
    assert phones.marta.scan(phones.code, "]d210LOTX") == "scan_serial"
    assert (phones.marta.said, serials(phones)) == ("Scan the SERIAL", [""])


@pytest.mark.parametrize("tail", ["10A", "17270131", "1727013110A", "10A\x1d17270131"])
def test_a_serial_that_ran_into_what_follows_is_cut_by_the_lots_known(spot: Spot, tail: str) -> None:
    spot.milk.has_serials = True
    spot.session.flush()
    assert spot.marta.scan(f"01{spot.code}21SN-1{tail}") == "scan_item"
    assert (spot.marta.said, serials(spot)) == ("1 of 2. Scanner loses FNC1", ["SN-1"])
    assert spot.marta.scan(spot.code, f"01{spot.code}21SN-2{tail}") == ("put_in_tote" if "10A" in tail else "scan_lot")
    assert serials(spot) == ["SN-1", "SN-2"]
