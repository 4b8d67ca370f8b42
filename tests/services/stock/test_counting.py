"""Counts: blind, by somebody else, held against the books as they were when the counter began to look."""

import datetime as dt
from dataclasses import asdict, replace

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.services.conftest import Walk
from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.counting import CountStatus, CountTask
from wms.domain.errors import BadInputError, DomainError
from wms.domain.floor import Location
from wms.domain.stock import Stock
from wms.services import verifying
from wms.services.orders import cancelling
from wms.services.stock import allocating, counting

LATER = builders.NOW + dt.timedelta(hours=1)


def somebody(session: Session, at: dt.datetime = LATER) -> Actor:
    return builders.actor(builders.worker(session, f"Lea {at:%H%M%S}", roles="supervisor"), at=at)


def on_hand(session: Session, place: Location, product: Product) -> int:
    row = session.get(Stock, (builders.WAREHOUSE, place.id, product.id, "", ""), populate_existing=True)
    return row.on_hand if row else 0


def asked(session: Session, place: Location) -> int:
    marta = builders.actor(builders.worker(session, "Marta"))
    count = counting.open_count(session, marta, place.id, place.code, "MUG missing")
    assert count is not None
    return count


@pytest.fixture
def location(session: Session) -> tuple[Location, Product, int]:
    """Nine mugs on a shelf that is to be counted."""
    place, mug = builders.location(session), builders.product(session, "MUG")
    builders.stock(session, place, mug, 9)
    return place, mug, asked(session, place)


def test_a_sheet_names_the_products_and_says_no_figure(
    session: Session, location: tuple[Location, Product, int]
) -> None:
    sheet = counting.sheet(session, somebody(session), location[2])
    assert [(row.sku, row.lot) for row in sheet.kept] == [("MUG", "")]
    assert not any(value == 9 for value in asdict(sheet.kept[0]).values())


def test_a_count_puts_the_books_right_and_the_location_may_be_promised_again(
    session: Session, location: tuple[Location, Product, int]
) -> None:
    place, mug, count = location
    pen = builders.product(session, "PEN")
    done = counting.close(session, somebody(session), count, {(mug.id, "", ""): 7, (pen.id, "", ""): 2}, LATER)
    assert (done.changed, done.units, done.bound) == (2, 0, 0)
    assert (on_hand(session, place, mug), on_hand(session, place, pen)) == (7, 2)
    order = builders.order(session, (mug, 7))
    assert allocating.allocate(session, builders.actor(), [order]) == {order.id: ""}
    assert verifying.verify(session, builders.WAREHOUSE) == []


def test_what_the_sheet_leaves_out_is_not_there(session: Session, location: tuple[Location, Product, int]) -> None:
    place, mug, count = location
    _ = counting.close(session, somebody(session), count, {}, LATER)
    assert on_hand(session, place, mug) == 0


def test_units_picked_and_put_after_the_counter_looked_stay_picked(walk: Walk) -> None:
    marta = walk.at_location()
    location = walk.session.query(Location).filter_by(code=marta.stop.location).one()
    count = asked(walk.session, location)
    looked_at = marta.actor.at
    _ = marta.scan(walk.mug_code, walk.mug_code, walk.totes[0].barcode)
    done = counting.close(walk.session, somebody(walk.session), count, {(walk.mug.id, "", ""): 10}, looked_at)
    assert done.changed == 0
    assert walk.units(location, walk.mug) == 8
    assert verifying.verify(walk.session, builders.WAREHOUSE) == []


def test_units_in_somebodys_hands_are_not_on_the_location(walk: Walk) -> None:
    marta = walk.at_location()
    location = walk.session.query(Location).filter_by(code=marta.stop.location).one()
    _ = marta.scan(walk.mug_code)
    count = asked(walk.session, location)
    looked_at = marta.actor.at
    done = counting.close(walk.session, somebody(walk.session), count, {(walk.mug.id, "", ""): 9}, looked_at)
    assert done.changed == 0
    _ = marta.scan(walk.mug_code, walk.totes[0].barcode)
    assert walk.units(location, walk.mug) == 8


def test_units_that_walks_wait_for_stay_in_the_books_and_are_told(walk: Walk) -> None:
    location = walk.session.query(Location).filter_by(code=walk.begin().stop.location).one()
    count = asked(walk.session, location)
    done = counting.close(walk.session, somebody(walk.session), count, {(walk.mug.id, "", ""): 1}, LATER)
    assert (done.units, done.bound) == (-7, 2)
    assert walk.units(location, walk.mug) == 3
    assert verifying.verify(walk.session, builders.WAREHOUSE) == []


@pytest.mark.parametrize("back", ["UNDO", "cancelled"])
def test_units_that_went_back_to_the_location_after_the_counter_looked_are_not_missing(walk: Walk, back: str) -> None:
    marta = walk.at_location()
    location = walk.session.query(Location).filter_by(code=marta.stop.location).one()
    count = counting.open_count(walk.session, marta.actor, location.id, location.code, "MUG missing")
    assert count is not None
    _ = marta.scan(walk.mug_code)
    looked_at = marta.actor.at
    if back == "cancelled":
        cancelling.cancel(walk.session, marta.actor, walk.orders[0], "customer")
    _ = marta.scan("UNDO" if back == "UNDO" else location.barcode)
    done = counting.close(
        walk.session, somebody(walk.session, marta.actor.at), count, {(walk.mug.id, "", ""): 9}, looked_at
    )
    assert (done.changed, walk.units(location, walk.mug)) == (0, 10)


def test_who_reported_a_location_does_not_count_it(session: Session, location: tuple[Location, Product, int]) -> None:
    place = builders.location(session)
    lea = somebody(session)
    count = counting.open_count(session, lea, place.id, place.code, "PEN missing")
    assert count is not None
    own = {row.location: row.is_own for row in counting.open_counts(session, lea)}
    assert own == {location[0].code: False, place.code: True}
    with pytest.raises(DomainError, match="Somebody else counts it"):
        _ = counting.close(session, lea, count, {}, LATER)


def test_a_location_is_counted_once(session: Session, location: tuple[Location, Product, int]) -> None:
    place, _, count = location
    lea = somebody(session)
    assert counting.open_count(session, lea, place.id, place.code, "again") is None
    _ = counting.close(session, lea, count, {}, LATER)
    with pytest.raises(DomainError, match="This count is counted"):
        _ = counting.sheet(session, lea, count)
    assert session.query(CountTask).one().status is CountStatus.COUNTED


@pytest.mark.parametrize("hours", [-1, 2])
def test_a_sheet_from_before_or_after_is_refused(
    session: Session, location: tuple[Location, Product, int], hours: int
) -> None:
    moment = builders.NOW + dt.timedelta(hours=hours)
    with pytest.raises(BadInputError, match="Load the page again"):
        _ = counting.close(session, replace(somebody(session), at=LATER), location[2], {}, moment)
