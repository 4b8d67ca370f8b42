"""Rows a warehouse is opened with: what each kind keeps, and what it refuses."""

import datetime as dt
from contextlib import suppress

import pytest
from sqlalchemy.orm import Session

from printers.drivers import open_printer
from printers.errors import BadAddressError
from tests import builders
from wms.domain.calendar import Pickup, ShippingMethod
from wms.domain.catalog import Barcode, Product
from wms.domain.codes import CodeKind, own_code, parse
from wms.domain.floor import Cart, CartonType, Location, LocationKind, Printer, Station
from wms.domain.journal import JournalEntry
from wms.domain.people import Worker
from wms.domain.stock import Lot, Stock, StockMove
from wms.domain.totes import Tote
from wms.services.importing import KINDS
from wms.services.importing.cells import BadRowError
from wms.services.importing.kinds import Outcome
from wms.services.scans.recognising import find_item
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods

# A good row of every kind, in an order in which each finds what it names.
ROWS = {
    "products": {"sku": "MUG", "name": "Mug", "barcode": "4006381333931|case-1*12", "weight_g": "350"},
    "substitutes": {"sku": "MUG", "substitute": "MUG-RED", "rank": "2"},
    "locations": {"code": "A01-02-B3", "zone": "A", "aisle": "A01", "x_m": "12.5", "y_m": "3", "pick_sequence": "7"},
    "zones": {"zone": "A", "profile": "Strict", "counts_each": "yes", "asks_empty": "yes"},
    "stock": {"location": "A01-02-B3", "sku": "MUG", "lot": "L7", "expiry": "2027-01-31", "quantity": "12"},
    "workers": {"name": "Aya", "roles": "packer|Picker", "language": "PL", "left_handed": "no"},
    "carts": {"name": "Cart 12", "slots": "8"},
    "totes": {"barcode": "12"},
    "cartons": {"name": "M2", "length_mm": "300", "width_mm": "200", "height_mm": "150"},
    "printers": {"name": "PACK 1", "url": "tcp://10.0.0.7:9100"},
    "stations": {"name": "PACK 1", "printer": "PACK 1"},
    "pickups": {"carrier": "UPS", "weekday": "mon|Tuesday|4", "cutoff": "9:30", "pickup": "10:00"},
    "holidays": {"day": "2026-12-25", "name": "Christmas"},
    "services": {"carrier": "ups", "service": "ups_ground"},
    "methods": {"method": "UPS Ground", "service": "ups_ground"},
    "inserts": {"name": "Gift card", "applies": "gift", "code": "CARD-1", "weight_g": "12"},
}

# (kind, what is changed of its good row, a part of the reason)
BAD_ROWS: list[tuple[str, dict[str, str], str]] = [
    ("products", {"sku": ""}, "the sku is missing"),
    ("products", {"weight_g": "-1"}, "the weight_g '-1' is not a whole number"),
    ("products", {"weight_g": "1.5"}, "the weight_g '1.5'"),
    ("products", {"sku": "CUP"}, "belongs to MUG"),
    ("products", {"barcode": "L0000017"}, "one of our own codes"),
    ("products", {"barcode": "abc*x"}, "not with"),
    ("products", {"barcode": "4.00638E+12"}, "rounded by a spreadsheet"),
    ("products", {"name": "x" * 201}, "more than 200 characters"),
    ("substitutes", {"substitute": ""}, "the substitute is missing"),
    ("substitutes", {"sku": "CUP"}, "the sku 'CUP' is no product"),
    ("substitutes", {"substitute": "MUG"}, "the substitute 'MUG' is the product itself"),
    ("substitutes", {"rank": "0"}, "a positive whole number of at most 99"),
    ("locations", {"kind": "shelf"}, "the kind 'shelf' is not one of pick, reserve"),
    ("locations", {"kind": "lane"}, "make a new one"),
    ("locations", {"x_m": "12,5"}, "a number of metres"),
    ("locations", {"x_m": "nan"}, "a number of metres"),
    ("locations", {"check": "12"}, "not three digits"),
    ("products", {"serials": "perhaps"}, "not yes or no"),
    ("products", {"ships_in_own_box": "yes", "height_mm": "0"}, "then weight_g, length_mm, width_mm and height_mm"),
    ("products", {"hs_code": "12"}, "the hs_code '12' is not 6 to 10 digits"),
    ("products", {"origin_country": "China"}, "the origin_country 'China' is not two letters"),
    ("products", {"is_hazardous": "perhaps"}, "not yes or no"),
    ("zones", {"zone": "Q"}, "no location is in the zone 'Q'"),
    ("zones", {"profile": "lax"}, "the profile 'lax' is not one of strict, standard, single"),
    ("stock", {"quantity": ""}, "the quantity is missing"),
    ("stock", {"quantity": "-1"}, "the quantity '-1'"),
    ("stock", {"location": "Z"}, "the location 'Z' is not known"),
    ("stock", {"sku": "CUP"}, "the SKU 'CUP' is not known"),
    ("stock", {"expiry": "31.01.2027"}, "no date such as"),
    ("stock", {"lot": ""}, "an expiry needs a lot"),
    ("workers", {"roles": "boss"}, "the role 'boss'"),
    ("workers", {"badge": "B123"}, "no badge code"),
    ("workers", {"language": "fr"}, "the language 'fr' is not one of en, es"),
    ("carts", {"slots": "0"}, "a positive whole number"),
    ("totes", {"barcode": "C0017"}, "no tote code"),
    ("totes", {"barcode": "9999999"}, "too large a number"),
    ("cartons", {"width_mm": "0"}, "a positive whole number"),
    ("printers", {"url": "http://x"}, "not tcp://host:9100"),
    ("printers", {"url": "tcp://"}, "not tcp://host:9100"),
    ("printers", {"url": "tcp://x:port"}, "not tcp://host:9100"),
    ("stations", {"printer": "PACK 9"}, "import printers first"),
    ("pickups", {"weekday": "someday"}, "the weekday 'someday'"),
    ("pickups", {"cutoff": "25:00"}, "no time of day"),
    ("pickups", {"cutoff": "11:00"}, "after the pickup"),
    ("holidays", {"day": "christmas"}, "no date"),
    ("methods", {"service": "none"}, "import services first"),
    ("inserts", {"applies": "some"}, "the applies 'some' is not one of all, gift"),
    ("inserts", {"applies": "product"}, "say which in value"),
    ("inserts", {"value": "MUG"}, "no value"),
    ("inserts", {"code": "T000017"}, "one of our own codes"),
]


# Each is either taken in and opened, or refused by both.
PRINTER_ADDRESSES = [
    "tcp://10.0.0.7:9100", "tcp://10.0.0.7", "tcp://:9100", "tcp://x:port", "tcp://x:0", "tcp://[::1]:9100", "tcp://[",
    "virtual://", "virtual://127.0.0.1:9102", "virtual://127.0.0.1:9102?http=9101", "virtual://127.0.0.1",
    "file:///labels", "file:///", "file://labels", "file://host/labels", "file:labels",
    "queue://Zebra", "queue:///", "queue://", "http://x:9100", "PACK 1",
]  # fmt: skip


def _keep(session: Session, kind: str, /, **row: str) -> Outcome:
    return KINDS[kind].write(session, builders.actor(), row)


@pytest.fixture
def opened(session: Session) -> Session:
    """A warehouse opened with one good row of every kind."""
    _ = builders.product(session, "MUG-RED")
    assert {kind: _keep(session, kind, **row) for kind, row in ROWS.items()} == dict.fromkeys(KINDS, Outcome.ADDED)
    return session


@pytest.mark.parametrize("url", PRINTER_ADDRESSES)
def test_a_printer_that_is_taken_in_can_be_opened(session: Session, url: str) -> None:
    with suppress(BadRowError):
        assert _keep(session, "printers", name="PACK 1", url=url) is Outcome.ADDED
        assert open_printer(url).url == url
        return
    with pytest.raises(BadAddressError):
        _ = open_printer(url)


def test_a_station_keeps_its_scale_until_the_word_none_takes_it_away(session: Session) -> None:
    url = "tcp://10.0.0.9:4001?format=and"
    kept = []
    for scale in (url, "", "none"):
        _ = _keep(session, "stations", name="PACK 1", scale=scale)
        kept.append(session.query(Station).one().scale)
    assert kept == [url, url, ""]


@pytest.mark.parametrize(
    "scale", ["COM3", "tcp://10.0.0.9", "tcp://10.0.0.9:4001?format=morse", "serial:///dev/x?baud=1k"]
)
def test_a_scale_that_cannot_be_opened_is_refused_with_what_would_be_right(session: Session, scale: str) -> None:
    with pytest.raises(BadRowError, match="use serial:///dev/ttyUSB0"):
        _ = _keep(session, "stations", name="PACK 1", scale=scale)


def test_the_same_rows_again_add_nothing(opened: Session) -> None:
    journal = opened.query(JournalEntry).count()
    assert {_keep(opened, kind, **row) for kind, row in ROWS.items()} == {Outcome.KNOWN}
    assert opened.query(JournalEntry).count() == journal


def test_a_product_has_its_barcodes_its_case_and_its_sku(opened: Session) -> None:
    mug = opened.query(Product).filter_by(sku="MUG").one()
    codes = {(row.code, row.quantity) for row in opened.query(Barcode).filter_by(product_id=mug.id)}
    assert codes == {("04006381333931", 1), ("CASE-1", 12), ("MUG", 1)}


def test_a_blank_cell_leaves_what_stands_and_another_value_changes_it(opened: Session) -> None:
    assert _keep(opened, "products", sku="MUG", name="", weight_g="400", barcode="") is Outcome.CHANGED
    mug = opened.query(Product).filter_by(sku="MUG").one()
    assert (mug.name, mug.weight_g) == ("Mug", 400)
    assert opened.query(Barcode).filter_by(product_id=mug.id).count() == 3


@pytest.mark.parametrize("sku", ["036000291452", "4006381333931", "abc-7"])
def test_a_product_without_a_barcode_is_found_by_a_scan_of_its_sku(opened: Session, sku: str) -> None:
    _ = opened.query(Barcode).delete()
    _ = _keep(opened, "products", sku=sku, barcode="")
    found = find_item(opened, builders.actor(), parse(sku))
    assert found is not None
    assert found.sku == sku


def test_a_code_that_only_looks_like_a_gtin_is_kept_as_it_is_printed(opened: Session) -> None:
    assert _keep(opened, "products", sku="CUP", barcode="4006381333932") is Outcome.ADDED
    assert opened.query(Barcode).filter_by(code="4006381333932").one().quantity == 1


def test_a_location_gets_a_code_and_a_check_string_unlike_its_neighbours(opened: Session) -> None:
    for bay in range(30):
        _ = _keep(opened, "locations", code=f"A02-{bay}", aisle="A02")
    made = opened.query(Location).filter_by(aisle="A02").all()
    assert len({location.check for location in made}) == len(made)
    assert {parse(location.barcode).kind for location in made} == {CodeKind.LOCATION}
    assert {len(location.check) for location in made} == {3}


def test_lanes_carry_lane_codes(opened: Session) -> None:
    _ = _keep(opened, "locations", code="LANE-1", kind="Lane")
    assert parse(opened.query(Location).filter_by(kind=LocationKind.LANE).one().barcode).kind is CodeKind.LANE


def test_stock_states_what_is_there(opened: Session) -> None:
    assert _keep(opened, "stock", **(ROWS["stock"] | {"quantity": "5"})) is Outcome.CHANGED
    assert opened.query(Stock).one().on_hand == 5
    assert [move.quantity for move in opened.query(StockMove).order_by(StockMove.id)] == [12, 7]
    assert opened.query(Lot).one().expiry == dt.date(2027, 1, 31)


def test_stock_never_goes_below_what_is_set_aside(opened: Session) -> None:
    location, mug = opened.query(Location).one(), opened.query(Product).filter_by(sku="MUG").one()
    stocking.reserve(opened, builders.actor(), location.id, Goods(product_id=mug.id, quantity=4, lot="L7"))
    with pytest.raises(BadRowError, match="4 of it are set aside"):
        _ = _keep(opened, "stock", **(ROWS["stock"] | {"quantity": "3"}))
    opened.expire_all()
    assert opened.query(Stock).one().on_hand == 12


def test_things_get_our_own_codes(opened: Session) -> None:
    kinds = [
        parse(opened.query(Cart).one().barcode).kind,
        parse(opened.query(CartonType).one().barcode).kind,
        parse(opened.query(Station).one().barcode).kind,
        parse(opened.query(Worker).one().badge).kind,
    ]
    assert kinds == [CodeKind.CART, CodeKind.CARTON, CodeKind.STATION, CodeKind.BADGE]
    assert opened.query(Tote).one().barcode == own_code(CodeKind.TOTE, 12)
    assert opened.query(Cart).one().volume_ml == 240_000
    assert opened.query(Worker).one().roles_text == "picker|packer"
    assert opened.query(Worker).one().language == "pl"
    assert opened.query(Station).one().printer_id == opened.query(Printer).one().id


def test_a_tote_is_red_until_it_is_said_not_to_be(opened: Session) -> None:
    for said, is_red in (("yes", True), ("", True), ("no", False)):
        _ = _keep(opened, "totes", barcode="12", is_red=said)
        assert opened.query(Tote).one().is_red is is_red


def test_a_code_given_by_hand_is_not_made_again(opened: Session) -> None:
    _ = _keep(opened, "carts", name="Cart 2", slots="4", barcode="2")
    _ = _keep(opened, "carts", name="Cart 3", slots="4")
    assert len({cart.barcode for cart in opened.query(Cart)}) == 3


def test_a_pickup_stands_for_each_of_its_weekdays(opened: Session) -> None:
    pickups = opened.query(Pickup).filter_by(carrier="ups").order_by(Pickup.weekday)
    assert [(pickup.weekday, pickup.cutoff, pickup.pickup) for pickup in pickups] == [
        (0, "09:30", "10:00"),
        (1, "09:30", "10:00"),
        (4, "09:30", "10:00"),
    ]
    assert opened.query(ShippingMethod).filter_by(method="ups ground").count() == 1


def test_bad_rows_are_refused_with_their_reasons_and_leave_nothing(opened: Session) -> None:
    journal, moves = opened.query(JournalEntry).count(), opened.query(StockMove).count()
    for kind, change, reason in BAD_ROWS:
        with pytest.raises(BadRowError) as refused:
            _ = _keep(opened, kind, **(ROWS[kind] | change))
        assert reason in str(refused.value)
    opened.expire_all()
    assert (opened.query(JournalEntry).count(), opened.query(StockMove).count()) == (journal, moves)
    assert (opened.query(Product).count(), opened.query(Barcode).count()) == (2, 4)


def test_a_badge_belongs_to_one_worker(opened: Session) -> None:
    with pytest.raises(BadRowError, match="belongs to another"):
        _ = _keep(opened, "workers", name="Bo", badge=opened.query(Worker).one().badge)
