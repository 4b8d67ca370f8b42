"""Promises: carrier service and ship-by moment by the warehouse's calendar."""

import datetime as dt

from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW, WAREHOUSE
from wms.domain.calendar import Holiday, Pickup, ShippingMethod
from wms.domain.journal import JournalEntry
from wms.domain.orders import Order, OrderStatus
from wms.domain.people import Warehouse
from wms.services.orders import promising


def _promise(session: Session, order: Order, at: dt.datetime) -> str:
    return promising.timetable(session, WAREHOUSE, at).promise(order)


def _move_to(session: Session, time_zone: str) -> None:
    session.query(Warehouse).one().time_zone = time_zone


def test_an_order_takes_the_first_collection_whose_cutoff_is_still_to_come(session: Session) -> None:
    order = builders.order(session)
    assert _promise(session, order, NOW) == ""
    assert order.cutoff_at == NOW.replace(hour=14, minute=30)
    assert order.ship_by_at == NOW.replace(hour=15)


def test_an_order_after_the_cutoff_takes_the_next_day(session: Session) -> None:
    order = builders.order(session)
    assert _promise(session, order, NOW.replace(hour=14, minute=31)) == ""
    assert order.cutoff_at == NOW.replace(day=25, hour=14, minute=30)


def test_no_carrier_comes_on_a_holiday_or_at_the_weekend(session: Session) -> None:
    session.add(Holiday(warehouse_id=WAREHOUSE, day=dt.date(2026, 11, 27)))
    order = builders.order(session)
    assert _promise(session, order, NOW.replace(day=26, hour=20)) == ""
    assert order.cutoff_at == NOW.replace(day=30, hour=14, minute=30)


def test_cutoffs_are_local_time_also_after_the_clocks_change(session: Session) -> None:
    _move_to(session, "America/New_York")
    order = builders.order(session)
    # Clocks go back on Sunday, 1 November 2026.
    friday, monday = dt.datetime(2026, 10, 30, 12, tzinfo=dt.UTC), dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
    assert _promise(session, order, friday) == ""
    assert order.cutoff_at == friday.replace(hour=18, minute=30)
    assert _promise(session, order, monday) == ""
    assert order.cutoff_at == monday.replace(hour=19, minute=30)


def test_the_weekday_is_the_warehouses_not_the_servers(session: Session) -> None:
    _move_to(session, "Pacific/Auckland")
    order = builders.order(session)
    # Sunday evening in UTC is Monday morning in Auckland.
    assert _promise(session, order, dt.datetime(2026, 11, 22, 20, tzinfo=dt.UTC)) == ""
    assert order.cutoff_at == dt.datetime(2026, 11, 23, 1, 30, tzinfo=dt.UTC)


def test_a_shipping_method_is_read_whatever_its_capitals_and_spaces(session: Session) -> None:
    express = builders.carrier_service(session, "dhl", "dhl_express")
    session.add(ShippingMethod(warehouse_id=WAREHOUSE, method="express", carrier_service_id=express.id))
    session.add(Pickup(warehouse_id=WAREHOUSE, carrier="dhl", weekday=1, cutoff="16:00", pickup="16:30"))
    order = builders.order(session)
    order.shipping_method = "  Express "
    assert _promise(session, order, NOW) == ""
    assert (order.carrier_service_id, order.cutoff_at) == (express.id, NOW.replace(hour=16))


def test_a_carrier_without_pickup_promises_nothing_and_says_so(session: Session) -> None:
    service = builders.carrier_service(session, "dhl", "dhl_express")
    session.add(ShippingMethod(warehouse_id=WAREHOUSE, method="express", carrier_service_id=service.id))
    order = builders.order(session)
    order.shipping_method = "express"
    reason = _promise(session, order, NOW)
    assert (order.pickup_id, order.cutoff_at, order.ship_by_at) == (None, None, None)
    assert reason == "No pickup of dhl is in the calendar. Add one."


def test_a_missed_promise_is_renewed_and_the_journal_says_so(session: Session) -> None:
    order = builders.order(session)
    late = builders.actor(at=NOW.replace(hour=14, minute=31))
    assert promising.repromise(session, late) == 1
    session.flush()
    assert order.cutoff_at == NOW.replace(day=25, hour=14, minute=30)
    entry = session.query(JournalEntry).filter_by(event="PromiseMoved").one()
    assert entry.order_id == order.id
    assert entry.data["before"].startswith("2026-11-24T14:30")
    assert promising.repromise(session, late) == 0


def test_an_order_on_its_way_keeps_its_promise(session: Session) -> None:
    order = builders.order(session)
    for then in (OrderStatus.ALLOCATED, OrderStatus.WAVED):
        _ = order.move_to(then)
    session.flush()
    assert promising.repromise(session, builders.actor(at=NOW.replace(hour=20))) == 0
    assert order.cutoff_at == NOW.replace(hour=14, minute=30)


def test_an_order_without_a_pickup_is_promised_once_there_is_one(session: Session) -> None:
    order = builders.order(session)
    _ = session.query(Pickup).delete()
    assert _promise(session, order, NOW) != ""
    session.add(Pickup(warehouse_id=WAREHOUSE, carrier="usps", weekday=2, cutoff="09:00", pickup="09:30"))
    session.flush()
    assert promising.repromise(session, builders.actor()) == 1
    assert (order.cutoff_at, order.reason) == (NOW.replace(day=25), "")
