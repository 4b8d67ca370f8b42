"""A wave recalled while it is picked: what nobody has begun waits again, what is begun is finished, nothing is lost."""

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW, WAREHOUSE
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.codes import Command
from wms.domain.errors import DomainError
from wms.domain.floor import Cart, LocationKind
from wms.domain.orders import Order, OrderStatus
from wms.domain.picking import Batch, BatchOrder, BatchStatus, FullTote, Method, TaskStatus
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus
from wms.domain.waves import Wave, WaveOrder, WaveStatus
from wms.services import verifying
from wms.services.planning import OpenTransaction, keeping, recalling, replanning
from wms.services.planning.keeping import News
from wms.services.planning.recalling import Recalled

LEAD = builders.actor(at=NOW + dt.timedelta(hours=1))


def _recall(session: Session, wave_id: int) -> Recalled:
    done = recalling.recall(session, LEAD, wave_id)
    assert verifying.verify(session, WAREHOUSE) == []
    return done


def test_walks_nobody_has_begun_are_taken_back_and_the_begun_order_is_finished(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        picker, cart, lane = (
            Picker(session),
            session.query(Cart).one(),
            builders.location(session, "", LocationKind.LANE),
        )
        _ = picker.scan(cart.barcode)
        while picker.screen.name == "build_cart":
            _ = picker.scan(builders.tote(session).barcode)
        _ = picker.pick()
        started = session.query(Batch).filter_by(status=BatchStatus.STARTED).one()
        seen = picker.screen.token
        done = _recall(session, wave_id)
        assert (done.back, done.lacking, done.finishing) == (5, 0, 1)
        assert picker.scan("L0000000", token=seen) == "drop_cart"
        assert picker.said == "Line taken back"
        statuses = sorted(batch.status for batch in session.query(Batch).populate_existing())
        assert statuses == [BatchStatus.CANCELLED, BatchStatus.STARTED]
        assert session.query(BatchOrder).count() == session.query(WaveOrder).count() == 1
        free = session.query(Tote).filter_by(status=ToteStatus.FREE).count()
        assert session.query(Tote).count() - free == 1
        assert sorted(order.status for order in session.query(Order)) == [
            *[OrderStatus.ALLOCATED] * 5,
            OrderStatus.PICKING,
        ]
        assert sum(row.reserved for row in session.query(Stock)) == 5
        _ = picker.scan(lane.barcode)
        wave = session.get_one(Wave, (WAREHOUSE, wave_id))
        assert (started.status, wave.status) == (BatchStatus.DONE, WaveStatus.DONE)
        assert verifying.verify(session, WAREHOUSE) == []


def test_a_cart_on_which_nothing_was_picked_is_free_again(walk: Walk) -> None:
    marta, seen = walk.at_location(), walk.marta.screen.token
    wave = walk.session.query(Wave).one()
    done = _recall(walk.session, wave.id)
    assert (done.back, done.finishing, wave.status) == (2, 0, WaveStatus.TAKEN_BACK)
    assert marta.scan(walk.mug_code, token=seen) == "home"
    assert marta.said == "Line taken back"
    assert walk.batch.status is BatchStatus.CANCELLED
    assert [tote.status for tote in walk.totes] == [ToteStatus.FREE, ToteStatus.FREE]
    assert [order.status for order in walk.orders] == [OrderStatus.ALLOCATED, OrderStatus.ALLOCATED]


def test_a_tote_scanned_for_a_cart_whose_orders_were_taken_back_is_told_so(walk: Walk) -> None:
    _ = walk.marta.begin(walk.cart, walk.totes[0])
    seen = walk.marta.screen.token
    _ = _recall(walk.session, walk.batch.wave_id)
    assert walk.marta.scan(walk.totes[1].barcode, token=seen) == "home"
    assert walk.marta.said == "Line taken back"
    assert walk.totes[1].status is ToteStatus.FREE


def test_units_in_hand_and_shorts_keep_their_orders_on_the_walk(walk: Walk) -> None:
    marta = walk.at_location()
    _ = marta.scan(walk.mug_code)
    assert _recall(walk.session, walk.batch.wave_id).finishing == 1
    assert [task.status for task in walk.tasks()] == [TaskStatus.OPEN, TaskStatus.OPEN, TaskStatus.CANCELLED]
    _ = marta.pick()
    _ = marta.reach()
    _ = marta.scan(Command.NONE_HERE, marta.stop.location_code)
    assert marta.scan(Command.UNDO) == "short"
    assert marta.scan(marta.stop.location_code) == "drop_cart"
    assert marta.scan(walk.hold.barcode) == "home"
    assert walk.orders[0].status is OrderStatus.SHORT
    assert verifying.verify(walk.session, WAREHOUSE) == []


def test_the_tote_of_an_order_taken_back_that_was_said_to_be_broken_is_out_of_use(walk: Walk) -> None:
    marta, broken = walk.at_location(), walk.totes[1]
    _ = marta.pick()
    _ = marta.scan(Command.BROKEN_TOTE, broken.barcode)
    seen = marta.screen.token
    _ = _recall(walk.session, walk.batch.wave_id)
    assert (broken.status, broken.order_id) == (ToteStatus.LOST, None)
    other = builders.tote(walk.session)
    assert marta.scan(other.barcode, token=seen) == "go_to"
    assert marta.said == f"{broken.barcode} is out of use now"
    assert other.status is ToteStatus.FREE


def test_a_full_tote_that_was_emptied_since_is_free_when_its_order_is_taken_back(walk: Walk) -> None:
    _ = builders.location(walk.session, kind=LocationKind.HOSPITAL)
    marta, full = walk.at_location(), walk.totes[0]
    _ = marta.pick()
    _ = marta.scan(Command.TOTE_FULL, builders.tote(walk.session).barcode)
    for _ in range(2):
        _ = marta.scan(Command.WRONG_ITEM, full.barcode, walk.pen_code, Command.NO)
    assert _recall(walk.session, walk.batch.wave_id).back == 2
    assert (full.status, full.order_id) == (ToteStatus.FREE, None)
    assert walk.session.query(FullTote).count() == 0


def test_an_order_for_which_a_shared_tote_was_full_is_finished_and_the_tote_stays_on_the_cart(walk: Walk) -> None:
    for row in walk.session.query(BatchOrder):
        row.method, row.slot = Method.PUT_WALL, 1
    marta, full = walk.marta, walk.totes[0]
    _ = marta.begin(walk.cart, full)
    _ = marta.pick()
    _ = marta.scan(Command.SKIP)
    assert marta.stop.order_id == walk.orders[1].id
    _ = marta.scan(Command.TOTE_FULL, walk.totes[1].barcode)
    assert _recall(walk.session, walk.batch.wave_id).finishing == 2
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    assert marta.scan(walk.lane.barcode) == "home"
    assert (full.status, full.lane_id) == (ToteStatus.STAGED, walk.lane.id)
    assert verifying.verify(walk.session, WAREHOUSE) == []


def test_no_order_joins_a_recalled_wave_and_it_is_not_recalled_twice(
    open_transaction: OpenTransaction, walk: Walk
) -> None:
    marta = walk.at_location()
    _ = marta.scan(walk.mug_code)
    wave = walk.session.query(Wave).one()
    _ = _recall(walk.session, wave.id)
    walk.orders[1].received_at = NOW + dt.timedelta(minutes=30)
    walk.session.flush()
    assert keeping.news(walk.session, LEAD, wave.id) == News()
    with pytest.raises(DomainError, match="recalled already"):
        _ = recalling.recall(walk.session, LEAD, wave.id)
    walk.session.commit()
    with pytest.raises(replanning.WaveMovedOnError, match="was recalled"):
        _ = replanning.plan_again(open_transaction, LEAD, wave.id)


def test_a_wave_nobody_has_begun_is_taken_back_and_not_recalled(walk: Walk) -> None:
    with pytest.raises(DomainError, match="Only a wave that is picked"):
        _ = recalling.recall(walk.session, LEAD, walk.batch.wave_id)
