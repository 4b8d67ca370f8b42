"""A further tote of the order on the bench is not to be found: the order is short, and the station goes on."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Floor
from wms.domain.codes import Command
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.orders import OrderStatus
from wms.domain.packing import PackageStatus
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus
from wms.services.packing.screens import HoldTote, NextTote, ScanItems, ScanTote
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods
from wms.services.verifying import verify


def _two_totes(session: Session) -> tuple[Floor, Tote]:
    """The usual bench, its towel in a second tote."""
    floor = packers.bench(session)
    other = packers.staged(session, floor.order)
    towel = Goods(product_id=floor.towel.id, quantity=1)
    stocking.move(
        session, builders.actor(), towel, from_place_id=floor.tote.id, to_place_id=other.id, reason="second tote"
    )
    session.flush()
    return floor, other


@pytest.mark.parametrize("word", [Command.SHORT, Command.YES])
def test_short_said_twice_lets_the_order_wait_for_what_was_in_it(session: Session, word: Command) -> None:
    floor, other = _two_totes(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.mug_code)
    assert isinstance(floor.packer.sees(), NextTote)
    asked = floor.packer.scan(Command.SHORT)
    assert (asked.tone, asked.words) == ("info", f"{other.barcode} not found? YES or SHORT again")
    assert floor.packer.scan(word).words == "SHORT. The lead is told"
    assert (other.status, other.order_id) == (ToteStatus.LOST, None)
    session.refresh(floor.order)
    assert floor.order.status is OrderStatus.SHORT
    row = session.scalars(select(ExceptionItem)).one()
    assert row.kind is ExceptionKind.SHORT
    assert f"lacks 1 of TOWEL, tote {other.barcode} not found, " in row.text
    assert isinstance(floor.packer.sees(), HoldTote)
    _ = floor.packer.scan(floor.hold.barcode)
    assert isinstance(floor.packer.sees(), ScanTote)
    assert floor.packer.scan(other.barcode).words == f"{other.barcode} is lost. See the lead"
    assert verify(session, builders.WAREHOUSE) == []


def test_a_scan_in_between_takes_the_question_back(session: Session) -> None:
    floor, other = _two_totes(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, Command.SHORT, floor.mug_code)
    assert floor.packer.scan(Command.SHORT).tone == "info"
    assert floor.packer.scan(other.barcode).tone == "ok"
    assert floor.packer.scan(Command.YES).tone == "wrong"
    assert other.status is ToteStatus.PACKING


def test_what_the_open_tote_lacks_is_missing_too(session: Session) -> None:
    floor, other = _two_totes(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code)
    assert isinstance(floor.packer.sees(), ScanItems)
    _ = floor.packer.scan(Command.SHORT, Command.SHORT)
    session.flush()
    held = session.execute(
        select(Stock.place_id, Stock.product_id, Stock.on_hand).where(
            Stock.place_id.in_((floor.tote.id, other.id)), Stock.on_hand > 0
        )
    )
    assert [tuple(row) for row in held] == [(floor.tote.id, floor.mug.id, 1)]
    assert other.status is ToteStatus.LOST
    assert verify(session, builders.WAREHOUSE) == []


def test_the_second_box_of_an_order_is_given_up_although_nothing_was_in_it(session: Session) -> None:
    floor, other = _two_totes(session)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, Command.SPLIT, Command.WEIGH)
    _ = packers.buy(session, floor.order, "OFF0009")
    _ = floor.packer.scan("OFF0009")
    assert isinstance(floor.packer.sees(), NextTote)
    assert floor.tote.status is ToteStatus.FREE
    assert floor.packer.scan(Command.SHORT, Command.SHORT).words == "SHORT. The lead is told"
    assert packers.package_of(session, floor.order).status is PackageStatus.CANCELLED
    assert isinstance(floor.packer.sees(), ScanTote)
    assert other.status is ToteStatus.LOST
    session.refresh(floor.order)
    assert floor.order.status is OrderStatus.SHORT
    assert verify(session, builders.WAREHOUSE) == []


def test_a_place_of_a_wall_is_not_lost(session: Session) -> None:
    floor, other = _two_totes(session)
    other.wall, other.wall_slot = "W1", "A1"
    session.flush()
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, Command.SHORT, Command.SHORT)
    assert other.status is ToteStatus.FREE
    assert verify(session, builders.WAREHOUSE) == []
