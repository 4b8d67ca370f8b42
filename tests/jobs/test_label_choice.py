"""Which service a label is bought from, what becomes of a carrier that cannot be asked, and the box's outer sizes."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from printers.virtual.server import VirtualZebra
from tests import builders
from tests.jobs.labels import the_label, tried, want
from tests.jobs.working import LONG_AGO, now, run
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.database import reading, transaction
from wms.domain.calendar import CarrierService, Pickup, ShippingMethod
from wms.domain.errors import DomainError
from wms.domain.floor import CartonType
from wms.domain.journal import JournalEntry
from wms.domain.orders import Order
from wms.domain.shipping import Label, LabelStatus
from wms.jobs.outbox import Context
from wms.services.carriers import labelling
from wms.services.verifying import verify


def allow(engine: Engine, *services: str) -> None:
    """Let the shop's method be carried by other services of UPS and USPS, which collect all day."""
    with transaction(engine) as session:
        for service in services:
            _ = builders.carrier_service(session, service.split("_")[0], service)
        at = dt.datetime.now(dt.UTC)
        for carrier in {service.split("_")[0] for service in services}:
            session.add_all(
                Pickup(warehouse_id=builders.WAREHOUSE, carrier=carrier, weekday=day, cutoff="23:58", pickup="23:59")
                for day in range(7)
            )
        session.scalars(select(ShippingMethod)).one().allowed = list(services)
        _ = session.execute(update(Order).values(ship_by_at=at + dt.timedelta(days=3)))


def service_of_order(engine: Engine) -> str:
    """The token of the service that the one order goes with."""
    with reading(engine) as session:
        return session.scalars(
            select(CarrierService.service).join(Order, Order.carrier_service_id == CarrierService.id)
        ).one()


def refused(context: Context, shippo: FakeShippo, zebra: VirtualZebra) -> int:
    """A box that could go with UPS too, whose label its carrier refused; its package id."""
    shippo.fail(Fault.REFUSED)
    package_id = want(context.engine, zebra.url, "shippo")
    allow(context.engine, "ups_ground")
    run(context)
    return package_id


def test_the_cheapest_service_that_is_quick_enough_is_bought_and_the_order_goes_with_it(
    engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    # The offline table: priority in 3 days, ground advantage for less in 5, 3 day select (by size) for more in 3.
    _ = want(engine, zebra.url)
    allow(engine, "usps_ground_advantage", "ups_3_day_select")
    run(context)
    label = the_label(engine)
    assert (label.status, label.service) == (LabelStatus.BOUGHT, "usps_priority")
    assert label.choice == (
        "usps_priority 10.00 USD in 3 d, before ups_3_day_select 21.70 USD in 3 d; usps_ground_advantage takes 5 days"
    )
    assert service_of_order(engine) == "usps_priority"


def test_a_cheaper_service_of_another_carrier_moves_the_order_to_its_collection(
    engine: Engine, context: Context, zebra: VirtualZebra
) -> None:
    with transaction(engine) as session:
        asked = session.scalars(select(CarrierService)).one()
        asked.carrier, asked.service = "ups", "ups_3_day_select"
    _ = want(engine, zebra.url)
    allow(engine, "usps_priority")
    run(context)
    label = the_label(engine)
    assert (label.status, label.service, service_of_order(engine)) == (
        LabelStatus.BOUGHT,
        "usps_priority",
        "usps_priority",
    )
    with reading(engine) as session:
        order = session.scalars(select(Order)).one()
        assert session.get_one(Pickup, (builders.WAREHOUSE, order.pickup_id)).carrier == "usps"
        chosen = session.scalars(select(JournalEntry.data).where(JournalEntry.event == "ServiceChosen")).one()
        assert (chosen["service"], chosen["why"]) == ("usps_priority", label.choice)


def test_a_refused_label_can_be_asked_of_another_service(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = refused(shippo_context, shippo, zebra)
    assert the_label(engine).status is LabelStatus.REFUSED
    with transaction(engine) as session:
        assert labelling.other_services(session, now(), package_id) == ("ups_ground",)
        _ = labelling.other_service(session, now(), package_id)
    run(shippo_context)
    with reading(engine) as session:
        first, second = session.scalars(select(Label).order_by(Label.id)).all()
        assert (first.status, second.status, second.service) == (LabelStatus.REFUSED, LabelStatus.BOUGHT, "ups_ground")
        assert verify(session, builders.WAREHOUSE) == []
    assert len(shippo.account.paid) == 1


def test_another_carrier_whose_van_comes_after_the_promise_is_not_offered_and_buys_nothing(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = refused(shippo_context, shippo, zebra)
    with transaction(engine) as session:
        # Asked in time, and late by the time it is bought.
        assert labelling.other_services(session, now(), package_id) == ("ups_ground",)
        _ = session.execute(update(Order).values(ship_by_at=LONG_AGO))
        assert labelling.other_services(session, now(), package_id) == ()
        _ = session.execute(update(Order).values(ship_by_at=now().at + dt.timedelta(days=3)))
        _ = labelling.other_service(session, now(), package_id)
        _ = session.execute(update(Order).values(ship_by_at=LONG_AGO))
    run(shippo_context)
    with reading(engine) as session:
        _, second = session.scalars(select(Label).order_by(Label.id)).all()
    assert (second.status, second.reason, shippo.account.paid) == (
        LabelStatus.REFUSED,
        "No allowed service keeps the promise: ups_ground leaves too late.",
        [],
    )


def test_where_no_other_is_left_the_packer_is_told(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    package_id = tried(shippo_context, zebra, shippo, Fault.REFUSED)
    with transaction(engine) as session, pytest.raises(DomainError, match="No other carrier may take it"):
        _ = labelling.other_service(session, now(), package_id)


def test_a_carrier_that_cannot_be_asked_for_two_minutes_leaves_the_choice_to_the_packer(
    engine: Engine, shippo_context: Context, shippo: FakeShippo, zebra: VirtualZebra
) -> None:
    for _ in range(2):
        shippo.fail(Fault.THROTTLED, on="POST /shipments")
    _ = want(engine, zebra.url, "shippo")
    run(shippo_context)
    assert the_label(engine).status is LabelStatus.WANTED
    with transaction(engine) as session:
        session.scalars(select(Label)).one().wanted_at -= dt.timedelta(minutes=3)
    run(shippo_context)
    label = the_label(engine)
    assert (label.status, shippo.account.paid) == (LabelStatus.REFUSED, [])
    assert label.reason.startswith("shippo cannot be asked: ")


def test_the_carrier_is_told_the_boxs_outer_sizes(engine: Engine, context: Context, zebra: VirtualZebra) -> None:
    _ = want(engine, zebra.url)
    with transaction(engine) as session:
        carton = session.scalars(select(CartonType)).one()
        carton.wall_mm = 4
        inner = (carton.length_mm, carton.width_mm, carton.height_mm)
    run(context)
    prepared: dict[str, Any] = the_label(engine).prepared or {}
    parcel = prepared["request"]["parcel"]
    assert (parcel["length_mm"], parcel["width_mm"], parcel["height_mm"]) == tuple(side + 8 for side in inner)
