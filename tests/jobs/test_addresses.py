"""Addresses: checked after an order came in, held where the carrier does not know them, and never held up by it."""

import datetime as dt

import pytest
from sqlalchemy import Engine, select

from tests import builders
from tests.jobs.working import now, run
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.channels.base import IncomingLine, IncomingOrder, Payment, ShipTo
from wms.database import reading, transaction
from wms.domain.addresses import AddressCheck
from wms.domain.errors import DomainError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import JournalEntry
from wms.domain.orders import Hold, HoldKind, Order, OrderStatus
from wms.domain.outbox import Job, JobKind
from wms.domain.people import AddressRule, Warehouse
from wms.jobs.outbox import Context
from wms.services import ordering
from wms.services.ordering import page as ordering_page
from wms.services.ordering.addresses import CheckView
from wms.services.orders import receiving, updating

KNOWN = ShipTo(name="Ada Buyer", street1="1 MAIN ST", city="SPRINGFIELD", state="IL", zip="62701", country="US")
ODD = ShipTo(name="Ada Buyer", street1="1 Main Street", city="Springfield", state="IL", zip="62701", country="US")
NOWHERE = ShipTo(name="Ada Buyer", street1="1 Main St", city="Springfield", state="IL", zip="00000", country="US")


def told(ship_to: ShipTo, *, quantity: int = 1) -> IncomingOrder:
    """What the shop says of order 1."""
    line = IncomingLine(line=2, sku="MUG", name="Mug", quantity=quantity, to_pick=quantity, price_cents=5, ships=True)
    return IncomingOrder(
        external_id="1", number="#1", placed_at=builders.NOW, payment=Payment.SETTLED, ship_to=ship_to, lines=(line,)
    )


def receive(
    engine: Engine, ship_to: ShipTo, *, carrier: str = "shippo", rule: AddressRule = AddressRule.CARRIER
) -> int:
    """An order that came in at a warehouse with a rule; its id."""
    with transaction(engine) as session:
        warehouse = session.get_one(Warehouse, builders.WAREHOUSE)
        warehouse.carrier, warehouse.addresses = carrier, rule
        _ = builders.product(session, "MUG")
        intake = receiving.intake(session, now(), "shopify")
        _ = receiving.receive(session, now(), intake, [told(ship_to)])
        return session.scalars(select(Order.id)).one()


def the_order(engine: Engine) -> Order:
    """The one order."""
    with reading(engine) as session:
        return session.scalars(select(Order)).one()


def check(engine: Engine) -> CheckView | None:
    """What the order's page shows of the check."""
    with reading(engine) as session:
        return ordering_page.order_page(session, now(), session.scalars(select(Order.id)).one()).check


def asked(shippo: FakeShippo) -> int:
    """How often the carrier was asked."""
    return shippo.seen.count("POST /addresses")


def test_nobody_is_asked_where_the_rule_says_never(engine: Engine, shippo_context: Context, shippo: FakeShippo) -> None:
    _ = receive(engine, NOWHERE, rule=AddressRule.NEVER)
    run(shippo_context)
    assert (shippo.seen, check(engine)) == ([], None)
    assert the_order(engine).status is OrderStatus.RECEIVED


def test_an_address_that_is_known_goes_on(engine: Engine, shippo_context: Context, shippo: FakeShippo) -> None:
    _ = receive(engine, KNOWN)
    run(shippo_context)
    run(shippo_context)
    found = check(engine)
    assert found is not None
    assert (found.valid, found.suggestion, asked(shippo)) == (True, "", 1)
    assert the_order(engine).status is OrderStatus.RECEIVED


def test_an_address_nobody_knows_holds_its_order_with_the_carriers_words(
    engine: Engine, shippo_context: Context, shippo: FakeShippo
) -> None:
    order_id = receive(engine, NOWHERE)
    run(shippo_context)
    with reading(engine) as session:
        row = session.scalars(select(Hold)).one()
        assert (row.kind, row.reason) == (HoldKind.ADDRESS, "USPS: The address could not be found.")
    assert the_order(engine).status is OrderStatus.HELD
    with transaction(engine) as session:
        _ = ordering.keep_address(session, now(), order_id)
    assert the_order(engine).status is OrderStatus.RECEIVED
    with transaction(engine) as session, pytest.raises(DomainError, match="Nothing is asked"):
        _ = ordering.keep_address(session, now(), order_id)
    run(shippo_context)
    assert asked(shippo) == 1


def test_a_suggestion_is_used_by_one_button(engine: Engine, shippo_context: Context, shippo: FakeShippo) -> None:
    order_id = receive(engine, ODD)
    run(shippo_context)
    found = check(engine)
    assert found is not None
    assert found.suggestion == "1 MAIN ST, SPRINGFIELD, IL, 62701, US"
    assert the_order(engine).status is OrderStatus.RECEIVED  # a box can go there as it is
    with transaction(engine) as session:
        _ = ordering.use_suggestion(session, now(), order_id)
    order = the_order(engine)
    assert (order.ship_name, order.ship_street1) == ("Ada Buyer", "1 MAIN ST")
    with reading(engine) as session:
        events = set(session.scalars(select(JournalEntry.event)))
    assert {"AddressChecked", "AddressCorrected"} <= events
    run(shippo_context)
    assert asked(shippo) == 1
    with transaction(engine) as session, pytest.raises(DomainError, match="no suggestion"):
        _ = ordering.use_suggestion(session, now(), order_id)


def test_capitals_dots_and_four_more_digits_are_no_suggestion(
    engine: Engine, shippo_context: Context, shippo: FakeShippo
) -> None:
    _ = receive(
        engine, ShipTo(name="Ada", street1="1 Main St.", city="springfield", state="il", zip="62701", country="US")
    )
    run(shippo_context)
    found = check(engine)
    assert found is not None
    assert (found.valid, found.suggestion) == (True, "")


def test_a_corrected_address_is_asked_about_anew(engine: Engine, shippo_context: Context, shippo: FakeShippo) -> None:
    order_id = receive(engine, NOWHERE)
    run(shippo_context)
    with transaction(engine) as session:
        _ = ordering.correct_address(session, now(), order_id, KNOWN)
    found = check(engine)
    assert found is not None
    assert found.is_asked
    run(shippo_context)
    found = check(engine)
    assert found is not None
    assert (found.valid, asked(shippo)) == (True, 2)
    assert the_order(engine).status is OrderStatus.RECEIVED


def test_the_shops_new_lines_do_not_end_the_hold_of_an_address(engine: Engine, shippo_context: Context) -> None:
    _ = receive(engine, NOWHERE)
    run(shippo_context)
    for ship_to, status in ((NOWHERE, OrderStatus.HELD), (KNOWN, OrderStatus.RECEIVED)):
        with transaction(engine) as session:
            intake = receiving.intake(session, now(), "shopify")
            _ = updating.update(session, now(), intake, told(ship_to, quantity=2))
        assert the_order(engine).status is status


def test_a_carrier_that_cannot_be_asked_holds_nobody_up(
    engine: Engine, shippo_context: Context, shippo: FakeShippo
) -> None:
    _ = receive(engine, NOWHERE)
    for _ in range(7):
        shippo.fail(Fault.BROKEN, on="POST /addresses")
        run(shippo_context)
    found = check(engine)
    assert found is not None
    assert (found.valid, found.is_asked, found.messages) == (None, False, "The carrier could not be asked.")
    assert asked(shippo) == 5
    assert the_order(engine).status is OrderStatus.RECEIVED


def test_between_two_tries_the_carrier_is_left_alone(
    engine: Engine, shippo_context: Context, shippo: FakeShippo
) -> None:
    _ = receive(engine, KNOWN)
    shippo.fail(Fault.THROTTLED, on="POST /addresses")
    run(shippo_context)
    with reading(engine) as session:
        job = session.scalars(select(Job).where(Job.kind == JobKind.CHECK_ADDRESS)).one()
        row = session.scalars(select(AddressCheck)).one()
    assert job.due_at > dt.datetime.now(dt.UTC) + dt.timedelta(seconds=5)
    assert row.due_at is not None
    assert row.due_at > dt.datetime.now(dt.UTC) + dt.timedelta(seconds=50)
    assert asked(shippo) == 1


def test_a_carrier_that_is_not_set_up_is_said_and_no_more(engine: Engine, context: Context) -> None:
    _ = receive(engine, NOWHERE, carrier="shippo")
    run(context)
    found = check(engine)
    assert found is not None
    assert "Shippo needs a key" in found.messages
    assert the_order(engine).status is OrderStatus.RECEIVED


def test_the_offline_carrier_looks_at_the_form(engine: Engine, context: Context) -> None:
    _ = receive(
        engine,
        ShipTo(name="Ada", street1="1 Main", city="Springfield", state="IL", zip="627", country="US"),
        carrier="offline",
    )
    run(context)
    with reading(engine) as session:
        assert session.scalars(select(Hold.reason)).one() == "'627' is no postcode of US."


def test_an_order_too_far_on_to_be_held_is_told_in_the_inbox(engine: Engine, shippo_context: Context) -> None:
    order_id = receive(engine, NOWHERE)
    with transaction(engine) as session:
        session.scalars(select(Order)).one().status = OrderStatus.PICKING
    run(shippo_context)
    with reading(engine) as session:
        row = session.scalars(select(ExceptionItem)).one()
        assert (row.kind, row.order_id) == (ExceptionKind.ADDRESS, order_id)
        assert "is picking, and its address is doubted: USPS" in row.text
    with transaction(engine) as session:
        _ = ordering.keep_address(session, now(), order_id)
    with reading(engine) as session:
        assert session.scalars(select(ExceptionItem)).one().settled_at is not None
