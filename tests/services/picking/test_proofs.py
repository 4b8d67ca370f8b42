"""Which scans a zone's profile leaves out, and how each unit's row says that all was proved."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.services.picking.picker import Picker
from wms.domain.catalog import Barcode, Product
from wms.domain.floor import Location, LocationKind, Profile
from wms.domain.orders import OrderLine
from wms.domain.people import Warehouse
from wms.domain.picked import PickedUnits
from wms.domain.picking import PickTask
from wms.domain.totes import Tote
from wms.services import verifying
from wms.services.picking.line import proofs


@dataclass(frozen=True, kw_only=True)
class Zone:
    """Two orders on a cart: 3 mugs and 1 pen, 1 mug. Mugs and pens stand alone in a location each."""

    session: Session
    marta: Picker
    mug: Product
    mugs: Location
    totes: list[Tote]

    @property
    def code(self) -> str:
        return builders.barcode(self.session, self.mug)

    def rows(self) -> list[PickedUnits]:
        return self.session.query(PickedUnits).order_by(PickedUnits.id).populate_existing().all()


def opened(
    session: Session, profile: Profile, *, orders: int = 2, lines_put: int = proofs.EXPERIENCED, each: bool = False
) -> Zone:
    """The walk at its first stop, by a picker who has put so many lines."""
    builders.zone(session, profile=profile, counts_each=each)
    mug, pen = builders.product(session, "MUG"), builders.product(session, "PEN")
    mugs = builders.location(session)
    builders.stock(session, mugs, mug, 20)
    wanted = [builders.order(session, (mug, 3), (pen, 1)), builders.order(session, (mug, 1))][:orders]
    _ = builders.waiting_batch(session, *wanted, locations={mug.id: mugs})
    _ = builders.location(session, kind=LocationKind.LANE)
    for task in session.query(PickTask):
        task.id -= task.id % proofs.CHECKED == 0  # none of the few whose shelf is asked for all the same
    session.flush()
    marta, totes = Picker(session), [builders.tote(session) for _ in wanted]
    marta.worker.lines_put = lines_put
    _ = marta.begin(builders.cart(session), *totes)
    return Zone(session=session, marta=marta, mug=mug, mugs=mugs, totes=totes)


def test_one_scan_takes_all_units_of_a_line(session: Session) -> None:
    zone = opened(session, Profile.STRICT)
    assert zone.marta.scan(zone.mugs.barcode, zone.code) == "put_in_tote"
    assert (zone.marta.said, zone.marta.stop.in_hand) == ("3 of 3", 3)
    assert zone.marta.scan(zone.totes[0].barcode) == "go_to"
    row = zone.rows()[0]
    assert (row.quantity, row.location_proof, row.product_proof, row.tote_proof) == (3, "label", "barcode", "label")


def _price(zone: Zone, *cents: int) -> None:
    """Let each unit over 100.00 be scanned, and the mug of each order cost so much."""
    zone.session.query(Warehouse).one().scan_each_from_cents = 10_000
    lines = zone.session.query(OrderLine).filter_by(sku=zone.mug.sku).order_by(OrderLine.order_id)
    for line, price_cents in zip(lines, cents, strict=True):
        line.price_cents = price_cents
    zone.session.flush()


def test_each_unit_of_a_high_price_is_scanned(session: Session) -> None:
    zone = opened(session, Profile.STRICT)
    _price(zone, 10_000, 10_000)
    assert zone.marta.scan(zone.mugs.barcode, zone.code) == "scan_item"
    assert zone.marta.stop.in_hand == 1
    for number in ("QTY", "N3"):
        assert zone.marta.scan(number) == "scan_item"
        assert zone.marta.said == "High price: scan each one"
    assert zone.marta.scan(zone.code, zone.code) == "put_in_tote"
    assert zone.marta.stop.in_hand == 3


def test_a_unit_below_the_high_price_stands_for_its_line(session: Session) -> None:
    zone = opened(session, Profile.STRICT)
    _price(zone, 9_999, 10_000)
    assert zone.marta.scan(zone.mugs.barcode, zone.code) == "put_in_tote"
    assert zone.marta.stop.in_hand == 3


def test_a_unit_of_a_high_price_is_not_taken_along_with_cheaper_ones(session: Session) -> None:
    zone = opened(session, Profile.STANDARD)
    assert zone.marta.stop.dealt
    _price(zone, 9_999, 10_000)
    assert not zone.marta.stop.dealt


def test_less_than_that_is_said_at_the_tote(session: Session) -> None:
    zone = opened(session, Profile.STRICT)
    assert zone.marta.scan(zone.mugs.barcode, zone.code, "SHORT") == "short"
    assert zone.marta.stop.found == 2
    assert zone.marta.scan("N1", zone.mugs.barcode) == "put_in_tote"
    assert zone.marta.said == "Put 1 in the tote"
    assert zone.marta.scan(zone.totes[0].barcode)
    assert zone.rows()[0].quantity == 1
    assert verifying.verify(session, builders.WAREHOUSE) == []


def test_the_number_of_a_location_that_confirms_a_short_is_kept_as_its_proof(session: Session) -> None:
    zone = opened(session, Profile.STRICT)
    _ = zone.marta.scan("SHORT", "N1", zone.marta.stop.check, zone.code)
    assert zone.rows()[0].location_proof == "check string"


def test_undo_proves_no_location_better_than_it_was(session: Session) -> None:
    zone = opened(session, Profile.STRICT)
    _ = zone.marta.scan(zone.marta.stop.check, zone.code, zone.totes[0].barcode)
    assert zone.marta.scan("UNDO", "UNDO") == "scan_item"
    _ = zone.marta.scan(zone.code)
    assert zone.rows()[0].location_proof == "check string"


def test_undo_asks_for_a_location_again_where_another_one_was_scanned_since(session: Session) -> None:
    zone = opened(session, Profile.STRICT)
    _ = zone.marta.scan(zone.mugs.barcode, zone.code, zone.totes[0].barcode)
    _ = zone.marta.scan("SHORT", zone.marta.stop.location_code)  # the next one, never scanned but for this
    assert zone.marta.scan("UNDO", "UNDO", "UNDO", "UNDO") == "go_to"
    assert zone.marta.stop.location_id == zone.mugs.id


def test_a_case_takes_its_own_count_and_the_loose_ones_follow(session: Session) -> None:
    builders.zone(session)
    soap = builders.product(session, case_of=2)
    _ = builders.waiting_batch(session, builders.order(session, (soap, 5)))
    marta = Picker(session)
    _ = marta.begin(builders.cart(session), builders.tote(session))
    _ = marta.reach()
    case, single = builders.barcode(session, soap, 2), builders.barcode(session, soap)
    assert marta.scan(case) == "scan_item"
    assert marta.stop.left == 3
    assert marta.scan(single) == "put_in_tote"
    assert marta.stop.in_hand == 5


def test_a_quantity_card_counts_the_rest_where_each_unit_is_scanned(session: Session) -> None:
    zone = opened(session, Profile.STRICT, each=True)
    assert zone.marta.scan(zone.mugs.barcode, "N3") == "scan_item"
    assert zone.marta.said == "Scan the item first"
    assert zone.marta.scan(zone.code, "N4") == "scan_item"
    assert zone.marta.said == "1 of 3 so far"
    assert zone.marta.scan("N3") == "put_in_tote"


def test_a_quantity_card_counts_no_more_than_it_says_where_one_scan_takes_the_rest(session: Session) -> None:
    builders.zone(session)
    soap = builders.product(session, case_of=3)
    _ = builders.waiting_batch(session, builders.order(session, (soap, 5)))
    marta = Picker(session)
    _ = marta.begin(builders.cart(session), builders.tote(session))
    _ = marta.reach()
    assert marta.scan(builders.barcode(session, soap, 3), "N4") == "scan_item"
    assert (marta.said, marta.stop.in_hand) == ("4 of 5", 4)


def test_strict_asks_for_the_location_whatever_the_item_proves(session: Session) -> None:
    zone = opened(session, Profile.STRICT)
    assert zone.marta.scan(zone.code) == "go_to"
    assert zone.marta.said == "Scan the shelf first"


def test_the_item_proves_a_location_where_nothing_else_can_be_meant(session: Session) -> None:
    zone = opened(session, Profile.STANDARD)
    assert zone.code in (zone.marta.screen.accept or ())
    assert zone.marta.scan(zone.code) == "put_in_tote"
    assert zone.rows()[0].location_proof == "by item"
    assert zone.marta.scan("UNDO") == "go_to"
    assert zone.rows() == []


@pytest.mark.parametrize("case", ["beginner", "second shelf", "mixed shelf", "near miss", "checked"])
def test_the_location_is_asked_for_where_something_else_could_be_meant(session: Session, case: str) -> None:
    zone = opened(session, Profile.STANDARD, lines_put=proofs.EXPERIENCED - (case == "beginner"))
    if case == "second shelf":
        builders.stock(session, builders.location(session), zone.mug, 1)
    elif case == "mixed shelf":
        builders.stock(session, zone.mugs, builders.product(session), 1)
    elif case == "near miss":
        _ = zone.marta.scan(zone.totes[0].barcode)
    elif case == "checked":
        task = session.query(PickTask).filter_by(id=zone.marta.stop.task_id).one()
        task.id -= task.id % proofs.CHECKED
        session.flush()
    assert zone.code not in (zone.marta.screen.accept or ())
    assert zone.marta.scan(zone.code) == "go_to"
    assert zone.marta.said == "Scan the shelf first"


def two_lines(session: Session, profile: Profile) -> tuple[Picker, list[Tote], list[str]]:
    """One shelf with mugs, pens and cups: an order of a mug and a pen, and another of a cup."""
    builders.zone(session, profile=profile)
    mug, pen, cup = products = [builders.product(session) for _ in range(3)]
    location = builders.location(session)
    for product in products:
        builders.stock(session, location, product, 9)
    orders = [builders.order(session, (mug, 1), (pen, 1)), builders.order(session, (cup, 1))]
    _ = builders.waiting_batch(session, *orders, locations={product.id: location for product in products})
    _ = builders.location(session, kind=LocationKind.LANE)
    marta, totes = Picker(session), [builders.tote(session) for _ in orders]
    _ = marta.begin(builders.cart(session), *totes)
    _ = marta.reach()
    return marta, totes, [builders.barcode(session, product) for product in products]


def test_the_same_tote_is_not_asked_for_twice_in_a_visit(session: Session) -> None:
    marta, totes, (mug, pen, cup) = two_lines(session, Profile.STANDARD)
    assert marta.scan(mug, totes[0].barcode) == "scan_item"
    assert marta.scan(pen) == "scan_item"
    assert marta.said == f"{totes[0].barcode} FULL ORDER"
    rows = session.query(PickedUnits).order_by(PickedUnits.id).populate_existing()
    assert [row.tote_proof for row in rows] == ["label", "same tote"]
    assert marta.scan(cup) == "put_in_tote"  # the other order's tote is asked for
    assert marta.scan(totes[1].barcode) == "drop_cart"
    assert verifying.verify(session, builders.WAREHOUSE) == []


def test_undo_takes_a_unit_out_of_a_tote_that_was_not_asked_for(session: Session) -> None:
    marta, totes, (mug, pen, *_) = two_lines(session, Profile.STANDARD)
    _ = marta.scan(mug, totes[0].barcode, pen)
    assert marta.scan("UNDO") == "put_in_tote"
    assert marta.said == f"Take 1 out of {totes[0].barcode}"
    assert marta.scan("UNDO") == "scan_item"


def test_strict_asks_for_the_tote_at_each_line(session: Session) -> None:
    marta, totes, (mug, pen, *_) = two_lines(session, Profile.STRICT)
    assert marta.scan(mug, totes[0].barcode, pen) == "put_in_tote"


def test_a_walk_with_one_tote_needs_no_tote_scan_in_a_single_zone(session: Session) -> None:
    zone = opened(session, Profile.SINGLE, orders=1)
    assert zone.marta.scan(zone.code) == "go_to"
    assert zone.marta.said == f"3 in {zone.totes[0].barcode}. 1 of 2"
    assert zone.rows()[0].tote_proof == "one tote"
    assert verifying.verify(session, builders.WAREHOUSE) == []


def test_a_cart_with_more_totes_asks_for_them_in_a_single_zone(session: Session) -> None:
    zone = opened(session, Profile.SINGLE)
    assert zone.marta.scan(zone.code) == "put_in_tote"


def test_a_refused_item_proves_no_location(session: Session) -> None:
    zone = opened(session, Profile.STANDARD)
    case = builders.gtin(777_777)
    session.add(Barcode(warehouse_id=builders.WAREHOUSE, code=case, product_id=zone.mug.id, quantity=12))
    session.flush()
    assert zone.code in (zone.marta.screen.accept or ())
    assert zone.marta.scan(case) == "go_to"
    assert (zone.marta.said, zone.marta.stop.at_location) == ("Case of 12, take 4 loose", False)
    assert zone.marta.scan("UNDO") == "go_to"
    assert zone.marta.said == "Nothing to undo"
