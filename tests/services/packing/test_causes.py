"""A wrong unit's cause is said with one card and charged to its pick; a damaged one leaves for the hospital."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Floor
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.codes import Command
from wms.domain.floor import SCRAP_ID, LocationKind
from wms.domain.inbox import ExceptionItem
from wms.domain.journal import JournalEntry
from wms.domain.orders import OrderStatus
from wms.domain.picking import Batch
from wms.domain.stock import StockMove
from wms.domain.totes import ToteStatus
from wms.services.packing.screens import BoxAndWeigh, HoldTote, ScanItems
from wms.services.planning import again
from wms.services.verifying import verify


def _said(session: Session) -> dict[str, Any]:
    return dict(session.scalars(select(JournalEntry.data).where(JournalEntry.event == "CauseSaid")).one())


def _caught(floor: Floor) -> str:
    screen = floor.packer.sees()
    assert isinstance(screen, ScanItems | BoxAndWeigh)
    return screen.bench.caught


@pytest.fixture
def picked(walk: Walk) -> Floor:
    """A bench at which the first order of a walk (2 mugs, 1 pen) is packed; the second order's mug was picked too."""
    marta = walk.begin()
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    _ = marta.scan(walk.lane.barcode)
    station = builders.station(walk.session)
    return Floor(
        station=station,
        carton=builders.carton_type(walk.session),
        hold=walk.hold,
        mug=walk.mug,
        towel=walk.pen,
        mug_code=walk.mug_code,
        towel_code=walk.pen_code,
        order=walk.orders[0],
        tote=walk.totes[0],
        packer=packers.packer(walk.session, station),
    )


def test_the_cause_of_a_foreign_unit_is_asked_for_and_is_in_nobodys_way(session: Session) -> None:
    floor = packers.bench(session)
    lamp = builders.barcode(session, builders.product(session, "LAMP"))
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code)
    assert floor.packer.scan("WRONG PICK").words == "Nothing wrong was caught here"
    assert floor.packer.scan(lamp).cue == "stop"
    assert _caught(floor) == lamp
    _ = floor.packer.scan(floor.mug_code, floor.towel_code)
    assert isinstance(floor.packer.sees(), BoxAndWeigh)
    assert floor.packer.scan(Command.WRONG_LABEL).words == "Noted: WRONG LABEL"
    assert _caught(floor) == ""
    said = _said(session)
    assert (said["sku"], said["cause"], said["picker"], said["task_id"]) == ("LAMP", "wrong label on item", "", None)


def test_a_unit_picked_for_another_order_of_the_walk_is_charged_to_that_pick(picked: Floor, walk: Walk) -> None:
    _ = picked.packer.scan(picked.tote.barcode, picked.mug_code, picked.mug_code)
    assert picked.packer.scan(picked.mug_code).words == "EXTRA. PUT IN RED TOTE"
    _ = picked.packer.scan(Command.WRONG_TOTE)
    said = _said(walk.session)
    other = next(task for task in walk.tasks() if task.order_id == walk.orders[1].id)
    assert (said["cause"], said["task_id"]) == ("wrong tote", other.id)
    assert (said["picker"], bool(said["location"])) == (walk.marta.worker.name, True)


def test_a_wrong_unit_is_charged_to_the_line_that_lacks_one(picked: Floor, walk: Walk) -> None:
    lamp = builders.barcode(walk.session, builders.product(walk.session, "LAMP"))
    _ = picked.packer.scan(picked.tote.barcode, picked.mug_code, picked.mug_code, lamp, Command.WRONG_PICK)
    pen = next(task for task in walk.tasks() if task.product_id == walk.pen.id)
    assert _said(walk.session)["task_id"] == pen.id


@pytest.mark.parametrize("has_hospital", [True, False])
def test_a_damaged_unit_leaves_the_box_and_its_order_waits_for_another(session: Session, *, has_hospital: bool) -> None:
    floor = packers.bench(session)
    place_id = builders.location(session, "HOSPITAL", kind=LocationKind.HOSPITAL).id if has_hospital else SCRAP_ID
    assert floor.packer.scan(floor.tote.barcode, Command.DAMAGED).words == "Scan the damaged item first"
    words = floor.packer.scan(floor.towel_code, floor.mug_code, Command.DAMAGED).words
    assert words == ("DAMAGED. Put it in HOSPITAL" if has_hospital else "DAMAGED. Throw it away")
    move = session.scalars(select(StockMove).where(StockMove.reason == "damaged")).one()
    assert (move.product_id, move.quantity, move.to_place_id) == (floor.mug.id, 1, place_id)
    assert isinstance(floor.packer.sees(), HoldTote)
    _ = floor.packer.scan(floor.hold.barcode)
    assert (floor.order.status, floor.tote.status) == (OrderStatus.SHORT, ToteStatus.STAGED)
    (need,) = again.missing(session, builders.actor(), [floor.order.id])[floor.order.id]
    assert (need.sku, need.quantity) == ("MUG", 1)
    assert "1 of MUG damaged" in session.scalars(select(ExceptionItem.text)).one()
    assert verify(session, builders.WAREHOUSE) == []


def test_a_damaged_unit_is_picked_again_in_the_same_wave(picked: Floor, walk: Walk) -> None:
    _ = picked.packer.scan(picked.tote.barcode, picked.mug_code, Command.DAMAGED, picked.hold.barcode)
    walked = again.pick_again(walk.session, builders.actor(), picked.order.id)
    assert (walked.reason, bool(walked.batch)) == ("", True)
    assert verify(walk.session, builders.WAREHOUSE) == []


@pytest.mark.parametrize("card", [Command.SHORT, Command.DAMAGED])
def test_what_is_missing_at_the_bench_is_the_next_pickers_first_walk(picked: Floor, walk: Walk, card: Command) -> None:
    _ = builders.waiting_batch(walk.session, builders.order(walk.session, (walk.mug, 1)))
    _ = picked.packer.scan(picked.tote.barcode, picked.mug_code, card, picked.hold.barcode)
    walked = again.pick_again(walk.session, builders.actor(), picked.order.id)
    assert walked.batch, walked.reason
    cart = builders.cart(walk.session)
    _ = Picker(walk.session, device="2").scan(cart.barcode)
    begun = walk.session.scalars(select(Batch.name).where(Batch.cart_id == cart.id)).one()
    assert begun == walked.batch
