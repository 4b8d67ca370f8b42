"""Between walks a location tells what lies in it, a product where it lies, and an order how far it is."""

from tests import builders
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.codes import CodeKind, own_code
from wms.domain.orders import OrderStatus
from wms.services.stock import counting


def test_a_location_names_its_products_and_how_many_more(walk: Walk) -> None:
    here = builders.location(walk.session)
    for number in range(4):
        builders.stock(walk.session, here, builders.product(walk.session, f"CUP-{number}"), 9 - number)
    assert walk.marta.scan(here.barcode) == "home"
    assert (walk.marta.feedback.tone, walk.marta.said) == ("info", f"{here.code}: CUP-0 (9), CUP-1 (8) and 2 more")


def test_units_of_several_lots_are_one_figure(walk: Walk) -> None:
    here, milk = builders.location(walk.session), builders.product(walk.session, "MILK")
    for lot in ("A", "B"):
        builders.stock(walk.session, here, milk, 3, lot=lot)
    for scan, words in ((here.barcode, f"{here.code}: MILK (6)"), ("MILK", f"MILK: {here.code} (6)")):
        assert walk.marta.scan(scan) == "home"
        assert walk.marta.said == words


def test_where_a_count_is_open_nothing_is_told(walk: Walk) -> None:
    here, cup = builders.location(walk.session), builders.product(walk.session, "CUP")
    builders.stock(walk.session, here, cup, 5)
    _ = counting.open_count(walk.session, builders.actor(), here.id, here.code, "none there")
    for scan, words in ((here.barcode, f"{here.code} is closed until it is counted"), ("CUP", "CUP is in no location")):
        assert walk.marta.scan(scan) == "home"
        assert walk.marta.said == words


def test_an_order_says_how_much_of_it_is_picked(walk: Walk) -> None:
    order, tom = walk.orders[0], Picker(walk.session, device="2")
    _ = walk.begin().pick()
    assert tom.scan(order.barcode) == "home"
    assert tom.said == f"{order.number}: 2 of 3 picked"
    order.status = OrderStatus.CANCELLED
    assert tom.scan(order.barcode) == "home"
    assert tom.said == f"{order.number} is cancelled"


def test_an_order_nobody_knows_is_for_the_lead(walk: Walk) -> None:
    assert walk.marta.scan(own_code(CodeKind.ORDER, 99_999_999)) == "home"
    assert walk.marta.said.startswith("Not known: ...")
