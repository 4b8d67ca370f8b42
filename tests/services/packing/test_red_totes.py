"""A wrong unit goes into a red tote, and that is scanned, before anything else counts at the bench."""

import dataclasses

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import builders, packers
from wms.domain.actor import Role
from wms.domain.codes import Command
from wms.domain.errors import DomainError
from wms.domain.journal import JournalEntry
from wms.domain.orders import OrderStatus
from wms.domain.packing import PackageLine
from wms.domain.shipping import Label
from wms.domain.totes import RedToteError, Tote, ToteStatus
from wms.services.carriers import labelling
from wms.services.packing.screens import BoxAndWeigh, NextTote, RedTote, ScanItems
from wms.services.verifying import verify


def _red(session: Session) -> Tote:
    tote = builders.tote(session)
    tote.is_red = True
    session.flush()
    return tote


def _events(session: Session, name: str) -> list[dict[str, object]]:
    return list(session.scalars(select(JournalEntry.data).where(JournalEntry.event == name)))


def _units(session: Session) -> int:
    return session.scalar(select(func.coalesce(func.sum(PackageLine.quantity), 0))) or 0


def test_a_foreign_unit_holds_the_order_until_its_red_tote_is_scanned(session: Session) -> None:
    red, floor = _red(session), packers.opened(session)
    lamp = builders.product(session, "LAMP")
    code = builders.barcode(session, lamp)
    verdict = floor.packer.scan(floor.mug_code, code)
    assert (verdict.cue, verdict.words) == ("stop", "NOT ORDERED. PUT IN RED TOTE, SCAN TOTE")
    screen = floor.packer.sees()
    assert isinstance(screen, RedTote)
    assert (screen.accept, screen.product, screen.sku) == ((red.barcode,), lamp.name, "LAMP")
    assert (screen.done, screen.total) == (1, 3)
    assert floor.packer.scan(red.barcode).words == "In the red tote. Go on"
    assert isinstance(floor.packer.sees(), ScanItems)
    (aside,) = _events(session, "WrongUnitPutAside")
    assert (aside["sku"], aside["code"], aside["tote"]) == ("LAMP", code, red.barcode)
    assert floor.packer.scan(floor.mug_code).words == "Thing MUG 2 of 2"
    assert red.status is ToteStatus.FREE
    assert verify(session, builders.WAREHOUSE) == []


def test_nothing_else_counts_before_the_red_tote(session: Session) -> None:
    _, floor = _red(session), packers.opened(session)
    free = builders.tote(session)
    _ = floor.packer.scan(floor.towel_code, floor.towel_code)
    cards = (Command.UNDO, Command.SHORT, Command.DAMAGED, Command.SPLIT, Command.PACKING_SLIP, Command.WEIGH)
    others = (floor.mug_code, floor.towel_code, floor.carton.barcode, "N720", free.barcode, floor.tote.barcode)
    for code in (*others, *cards, Command.NO, floor.hold.barcode):
        assert floor.packer.scan(code).tone == "wrong", code
        assert isinstance(floor.packer.sees(), RedTote)
    assert floor.packer.scan(floor.mug_code).words == "That is a PRODUCT. Scan RED TOTE"
    assert floor.packer.scan(free.barcode).words == f"{free.barcode} is no red tote"
    assert _units(session) == 1
    assert len(_events(session, "WrongUnitCaught")) == 1
    session.refresh(floor.order)
    assert floor.order.status is OrderStatus.PICKED


def test_its_cause_is_asked_for_before_and_after_the_red_tote(session: Session) -> None:
    red, floor = _red(session), packers.opened(session)
    _ = floor.packer.scan(floor.towel_code, floor.towel_code)
    assert floor.packer.scan(Command.WRONG_PICK).words == "Noted: WRONG PICK"
    screen = floor.packer.sees()
    assert isinstance(screen, RedTote)
    assert (screen.sku, screen.bench.caught) == ("TOWEL", "")
    _ = floor.packer.scan(red.barcode, floor.towel_code, red.barcode)
    screen = floor.packer.sees()
    assert isinstance(screen, ScanItems)
    assert screen.bench.caught == floor.towel_code
    assert floor.packer.scan(Command.MISCOUNT).words == "Noted: MISCOUNT"


def test_a_scan_ahead_of_the_screen_reaches_the_red_tote(session: Session) -> None:
    _, floor = _red(session), packers.opened(session)
    before = floor.packer.sees().token
    _ = floor.packer.scan(floor.towel_code, floor.towel_code)
    assert floor.packer.sees().token == before


def test_a_unit_too_many_on_the_full_box_buys_no_label_meanwhile(session: Session) -> None:
    red, floor = _red(session), packers.opened(session)
    _ = floor.packer.scan(floor.mug_code, floor.mug_code, floor.towel_code)
    assert isinstance(floor.packer.sees(), BoxAndWeigh)
    assert floor.packer.scan(floor.towel_code).words == "EXTRA. PUT IN RED TOTE, SCAN TOTE"
    assert floor.packer.scan("N720").tone == "wrong"
    package = packers.package_of(session, floor.order)
    package.carton_type_id, package.weight_g = floor.carton.id, 720
    session.flush()
    with pytest.raises(DomainError, match="Scan the red tote first"):
        _ = labelling.want(session, builders.actor(), package.id)
    assert session.scalars(select(Label)).all() == []
    package.carton_type_id, package.weight_g = None, 0
    session.flush()
    _ = floor.packer.scan(red.barcode, "N720")
    assert len(session.scalars(select(Label)).all()) == 1


def test_the_stations_other_scanner_waits_for_the_red_tote_too(session: Session) -> None:
    red, floor = _red(session), packers.opened(session)
    other = packers.packer(session, floor.station, "Ben")
    _ = floor.packer.scan(floor.towel_code, floor.towel_code)
    assert other.scan(floor.mug_code).words == "That is a PRODUCT. Scan RED TOTE"
    assert other.scan(red.barcode).tone == "ok"
    assert floor.packer.scan(floor.mug_code).tone == "ok"


def test_a_unit_too_many_between_totes_goes_there_too(session: Session) -> None:
    red, floor = _red(session), packers.bench(session)
    order = builders.order(session, (floor.mug, 1), (floor.towel, 1))
    first, second = packers.staged(session, order, (floor.mug, 1)), packers.staged(session, order, (floor.towel, 1))
    _ = floor.packer.scan(first.barcode, floor.mug_code)
    assert isinstance(floor.packer.sees(), NextTote)
    assert floor.packer.scan(floor.mug_code).cue == "stop"
    assert isinstance(floor.packer.sees(), RedTote)
    _ = floor.packer.scan(red.barcode)
    assert isinstance(floor.packer.sees(), NextTote)
    assert floor.packer.scan(second.barcode).tone == "ok"


def test_only_the_leads_word_goes_on_without_a_red_tote(session: Session) -> None:
    _, floor = _red(session), packers.opened(session)
    _ = floor.packer.scan(builders.gtin(999_999))
    screen = floor.packer.sees()
    assert isinstance(screen, RedTote)
    assert (screen.product, screen.sku) == ("", "")
    assert floor.packer.scan(Command.YES).words == "Only the lead may. Scan the red tote"
    floor.packer.actor = dataclasses.replace(floor.packer.actor, roles=frozenset({Role.PACKER, Role.SUPERVISOR}))
    assert floor.packer.scan(Command.YES).words == "YES. Go on"
    assert isinstance(floor.packer.sees(), ScanItems)
    assert [event["tote"] for event in _events(session, "WrongUnitPutAside")] == [""]


@pytest.mark.parametrize("is_lost", [True, False])
def test_a_warehouse_without_red_totes_is_not_asked_for_one(session: Session, *, is_lost: bool) -> None:
    if is_lost:
        _red(session).lose()
    floor = packers.opened(session)
    assert floor.packer.scan(floor.towel_code, floor.towel_code).words == "EXTRA. PUT IN RED TOTE"
    assert isinstance(floor.packer.sees(), ScanItems)
    assert floor.packer.scan(floor.mug_code).tone == "ok"


def test_no_order_is_picked_into_a_red_tote(session: Session) -> None:
    red = _red(session)
    with pytest.raises(RedToteError, match=f"{red.barcode} is a red tote"):
        red.take(None)
