"""Packing: every unit scanned, then box and weight, then the label, whose own scan seals the box."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import builders, packers
from wms.domain.journal import JournalEntry
from wms.domain.orders import OrderStatus
from wms.domain.packing import NotAllScannedError, PackageLine, PackageStatus
from wms.domain.shipping import Label
from wms.domain.stock import Stock
from wms.domain.totes import ToteStatus
from wms.services import packing
from wms.services.carriers import labelling
from wms.services.packing.screens import BoxAndWeigh, BuyingLabel, ScanItems, ScanLabel, ScanStation, ScanTote
from wms.services.scans import scanning
from wms.services.scans.scanning import Pulled
from wms.services.verifying import verify


def _events(session: Session, name: str) -> list[dict[str, object]]:
    return list(session.scalars(select(JournalEntry.data).where(JournalEntry.event == name).order_by(JournalEntry.id)))


def _labels(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Label)) or 0


def _units_in(session: Session, place_id: int) -> int:
    return session.scalar(select(func.coalesce(func.sum(Stock.on_hand), 0)).where(Stock.place_id == place_id)) or 0


def test_a_packer_scans_the_station_then_a_tote_every_unit_a_weight_and_the_label(session: Session) -> None:
    floor = packers.bench(session)
    packer = packers.packer(session, name="Ben")
    assert isinstance(packer.sees(), ScanStation)
    _ = packer.scan(floor.station.barcode)
    assert isinstance(packer.sees(), ScanTote)
    assert packer.sees().accept == (floor.tote.barcode,)
    _ = packer.scan(floor.tote.barcode)
    assert isinstance(packer.sees(), ScanItems)
    _ = packer.scan(floor.mug_code, floor.towel_code, floor.mug_code)
    assert isinstance(packer.sees(), BoxAndWeigh)
    _ = packer.scan("N720")
    assert isinstance(packer.sees(), BuyingLabel)
    _ = packers.buy(session, floor.order, "OFF0001")
    assert isinstance(packer.sees(), ScanLabel)
    assert packer.sees().accept == ("OFF0001",)
    assert packer.scan("OFF0001").cue == "complete"
    assert isinstance(packer.sees(), ScanTote)
    session.refresh(floor.order)
    assert floor.order.status is OrderStatus.PACKED
    assert packers.package_of(session, floor.order).status is PackageStatus.SEALED
    assert floor.tote.status is ToteStatus.FREE
    assert verify(session, builders.WAREHOUSE) == []
    assert {said.tone for said in packer.said} == {"ok"}


def test_the_server_refuses_a_label_while_a_unit_is_missing_whatever_is_asked(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.mug_code)
    assert floor.packer.scan(floor.carton.barcode).words == "Box M2"
    for code in ("N720", "K161", "WEIGH", "K109", "K123", "K130", "OFF0001"):
        assert floor.packer.scan(code).tone == "wrong", code
    package = packers.package_of(session, floor.order)
    package.carton_type_id, package.weight_g = floor.carton.id, 720
    with pytest.raises(NotAllScannedError):
        _ = labelling.want(session, floor.packer.actor, package.id)
    assert _labels(session) == 0


def test_a_scan_posted_twice_packs_one_unit(session: Session) -> None:
    floor = packers.opened(session)
    pulled = Pulled(code=floor.mug_code, scan="same", token=floor.packer.sees().token)
    for _ in range(2):
        answer = scanning.take(session, floor.packer.actor, "packing", pulled, packing.current_screen, packing.judge)
        assert answer.feedback.words == "1 of 2"
    assert session.scalars(select(PackageLine.quantity)).all() == [1]


def test_each_unit_moves_from_the_tote_into_the_box(session: Session) -> None:
    floor = packers.bench(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code)
    assert _units_in(session, floor.tote.id) == 2
    assert _units_in(session, packers.package_of(session, floor.order).id) == 1
    assert verify(session, builders.WAREHOUSE) == []
