"""Handing over: a sealed box with a bought label leaves once, and takes its stock with it."""

import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Floor, Packer
from wms.domain.codes import CodeKind, own_code
from wms.domain.floor import CUSTOMER_ID, Location, LocationKind
from wms.domain.journal import JournalEntry
from wms.domain.orders import OrderStatus
from wms.domain.packing import PackageStatus
from wms.domain.shipping import Label, LabelStatus
from wms.domain.stock import Stock, StockMove
from wms.domain.waves import Wave, WaveOrder
from wms.services import shipping
from wms.services.orders import cancelling
from wms.services.shipping.departures import NotReadyError, departures, hand_over, hand_over_all
from wms.services.shipping.screens import ScanBox, ScanDock
from wms.services.verifying import verify


def _dock(session: Session) -> Location:
    return builders.location(session, "DOCK-1", kind=LocationKind.DOCK)


def _shipper(floor: Floor) -> Packer:
    return Packer(
        session=floor.packer.session,
        actor=floor.packer.actor,
        at=floor.packer.at,
        current_screen=shipping.current_screen,
        judge=shipping.judge,
    )


def test_a_box_is_handed_over_by_its_label_and_the_dock(session: Session) -> None:
    floor, dock = packers.sealed(session), _dock(session)
    shipper = _shipper(floor)
    screen = shipper.sees()
    assert isinstance(screen, ScanBox)
    assert screen.carriers == (("usps", 1),)
    assert shipper.scan("OFF0001").tone == "ok"
    screen = shipper.sees()
    assert isinstance(screen, ScanDock)
    assert (screen.number, screen.accept) == (floor.order.number, (dock.barcode,))
    assert shipper.scan(dock.barcode).cue == "complete"
    assert isinstance(shipper.sees(), ScanBox)
    session.refresh(floor.order)
    assert floor.order.status is OrderStatus.SHIPPED
    assert floor.order.shipped_at is not None
    assert packers.package_of(session, floor.order).status is PackageStatus.HANDED_OVER
    assert session.scalars(select(func.sum(Stock.on_hand))).one() == 0
    shipped = select(func.sum(StockMove.quantity)).where(StockMove.to_place_id == CUSTOMER_ID)
    assert session.scalars(shipped).one() == 3
    assert verify(session, builders.WAREHOUSE) == []


def test_the_boxs_own_code_does_as_well_as_the_label(session: Session) -> None:
    floor, dock = packers.sealed(session), _dock(session)
    package = packers.package_of(session, floor.order)
    assert _shipper(floor).scan(package.barcode, dock.barcode).cue == "complete"


def test_the_journal_keeps_the_cycle_time_and_the_wave(session: Session) -> None:
    floor = packers.sealed(session)
    wave = Wave(
        warehouse_id=1,
        number=7,
        carrier="usps",
        cutoff_at=builders.NOW,
        ship_by_at=builders.NOW,
        planned_at=builders.NOW,
    )
    session.add_all([wave, WaveOrder(warehouse_id=1, order_id=floor.order.id, wave_id=wave.id)])
    session.flush()
    at = builders.NOW + dt.timedelta(hours=2)
    _ = hand_over(session, builders.actor(at=at), packers.package_of(session, floor.order).id)
    entry = session.scalars(select(JournalEntry).where(JournalEntry.event == "OrderShipped")).one()
    assert entry.order_id == floor.order.id
    assert entry.data == {"number": floor.order.number, "carrier": "usps", "wave": 7, "boxes": 1, "cycle_s": 7200}


def test_wrong_scans_hand_nothing_over(session: Session) -> None:
    floor, dock = packers.sealed(session), _dock(session)
    lane = builders.location(session, "LANE-1", kind=LocationKind.LANE)
    shipper = _shipper(floor)
    for code in (dock.barcode, floor.mug_code, "NOBODY'S", own_code(CodeKind.PACKAGE, 12_345)):
        assert shipper.scan(code).tone == "wrong", code
    _ = shipper.scan("OFF0001")
    assert shipper.scan(lane.barcode).words == "LANE-1 is no dock"
    assert shipper.scan("OFF0001").tone == "wrong"
    assert shipper.scan("UNDO").words == "Put down. Scan a box"
    assert isinstance(shipper.sees(), ScanBox)
    assert packers.package_of(session, floor.order).status is PackageStatus.SEALED


def test_a_box_left_standing_is_in_nobodys_hands_after_ten_minutes(session: Session) -> None:
    floor = packers.sealed(session)
    shipper = _shipper(floor)
    _ = shipper.scan("OFF0001")
    assert isinstance(shipper.sees(), ScanDock)
    shipper.at += dt.timedelta(minutes=11)
    assert isinstance(shipper.sees(), ScanBox)


def test_a_box_leaves_once(session: Session) -> None:
    floor = packers.sealed(session)
    package = packers.package_of(session, floor.order)
    _ = hand_over(session, builders.actor(), package.id)
    with pytest.raises(NotReadyError, match="handed over already"):
        _ = hand_over(session, builders.actor(), package.id)
    assert hand_over_all(session, builders.actor(), "usps", builders.NOW + dt.timedelta(days=1)) == 0


def test_an_open_box_and_one_without_a_bought_label_stay(session: Session) -> None:
    floor = packers.sealed(session)
    other = packers.another(session, floor)
    _ = other.packer.scan(other.tote.barcode)
    with pytest.raises(NotReadyError, match="Seal it first"):
        _ = hand_over(session, builders.actor(), packers.package_of(session, other.order).id)
    package = packers.package_of(session, floor.order)
    for label in session.scalars(select(Label)):
        _ = label.move_to(LabelStatus.VOIDING, package=package.barcode, order_id=floor.order.id)
    session.flush()
    with pytest.raises(NotReadyError, match="no bought label"):
        _ = hand_over(session, builders.actor(), package.id)
    assert departures(session, builders.actor()) == ()


def test_a_cancelled_orders_box_stays(session: Session) -> None:
    floor = packers.sealed(session)
    package = packers.package_of(session, floor.order)
    cancelling.cancel(session, builders.actor(), floor.order, "changed their mind")
    with pytest.raises(NotReadyError, match="Put back"):
        _ = hand_over(session, builders.actor(), package.id)
    assert _shipper(floor).scan(package.barcode).tone == "wrong"


def test_pickup_done_takes_the_boxes_sealed_until_then_and_no_other_carriers(session: Session) -> None:
    first = packers.sealed(session)
    second = packers.sealed(session, first, "OFF0002")
    late = packers.sealed(session, first, "OFF0003")
    other = packers.sealed(session, first, "OFF0004")
    other.order.carrier_service_id = builders.carrier_service(session, "ups", "ups_ground").id
    packers.package_of(session, late.order).sealed_at = builders.NOW + dt.timedelta(hours=3)
    session.flush()
    assert [(row.carrier, row.boxes, row.weight_g) for row in departures(session, builders.actor())] == [
        ("usps", 3, 2160),
        ("ups", 1, 720),
    ]
    assert hand_over_all(session, builders.actor(), "usps", builders.NOW + dt.timedelta(hours=2)) == 2
    for floor, then in ((first, "shipped"), (second, "shipped"), (late, "packed"), (other, "packed")):
        session.refresh(floor.order)
        assert floor.order.status == then
    assert verify(session, builders.WAREHOUSE) == []


def test_the_van_whose_cutoff_has_passed_is_still_the_next_one(session: Session) -> None:
    _ = packers.sealed(session)
    (row,) = departures(session, builders.actor(at=builders.NOW.replace(hour=14, minute=45)))
    assert row.pickup_at == builders.NOW.replace(hour=15)
    (row,) = departures(session, builders.actor(at=builders.NOW.replace(hour=15, minute=1)))
    assert row.pickup_at == builders.NOW.replace(hour=15) + dt.timedelta(days=1)
