"""A wave at work keeps itself right: what came joins, who leaves is planned without, what is short goes again."""

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW, WAREHOUSE
from wms.domain.catalog import Product
from wms.domain.floor import ADJUSTMENT_ID, Location
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import JournalEntry
from wms.domain.orders import Hold, HoldKind, Order, OrderStatus
from wms.domain.picking import Batch, PickTask, TaskStatus
from wms.domain.stock import Stock
from wms.domain.waves import Allocation, Wave, WaveOrder, WaveStatus
from wms.services import settling
from wms.services.planning import OpenTransaction, keeping, layouts, replanning, timing, undoing
from wms.services.planning.keeping import News
from wms.services.planning.replanning import WavePlannedAgain
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods

SOON = NOW + dt.timedelta(minutes=1)
LATER = builders.actor(at=NOW + dt.timedelta(minutes=2))


def order(session: Session, sku: str = "P0", quantity: int = 1) -> Order:
    """An order that waited when the wave was planned."""
    return builders.order(session, (session.query(Product).filter_by(sku=sku).one(), quantity))


def came(session: Session) -> int:
    """An order that came since."""
    found = order(session)
    found.received_at = SOON
    return found.id


def look(open_transaction: OpenTransaction, wave_id: int, at: dt.datetime = LATER.at) -> News:
    """What is new of a wave."""
    with open_transaction() as session:
        return keeping.news(session, builders.actor(at=at), wave_id)


def waves_of(session: Session) -> dict[int, int]:
    """The wave of each order that is in one."""
    return {row.order_id: row.wave_id for row in session.query(WaveOrder)}


def test_nothing_is_new_of_a_wave_that_was_just_planned(open_transaction: OpenTransaction, wave_id: int) -> None:
    assert look(open_transaction, wave_id) == News()
    assert not News()


def test_an_order_that_came_since_joins_and_one_that_was_left_out_does_not(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        left_out, new = order(session).id, came(session)
    news = look(open_transaction, wave_id)
    assert news == News(came=frozenset({new}))
    keeping.keep(open_transaction, LATER, wave_id, news)
    with open_transaction() as session:
        assert waves_of(session)[new] == wave_id
        assert left_out not in waves_of(session)
        assert session.get_one(Order, (WAREHOUSE, new)).status is OrderStatus.WAVED
    assert look(open_transaction, wave_id) == News()


def test_an_order_let_go_since_joins_and_one_still_held_does_not(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        let_go, held = order(session), came(session)
        for order_id, released_at in ((let_go.id, SOON), (held, None)):
            hold = Hold(
                warehouse_id=WAREHOUSE,
                order_id=order_id,
                kind=HoldKind.FRAUD,
                reason="Look at it.",
                at=NOW,
                released_at=released_at,
            )
            session.add(hold)
    assert look(open_transaction, wave_id) == News(came=frozenset({let_go.id}))


def test_an_order_without_stock_is_no_news(open_transaction: OpenTransaction, wave_id: int) -> None:
    with open_transaction() as session:
        order(session, "P1", 60).received_at = SOON
    assert look(open_transaction, wave_id) == News()


def test_orders_that_would_now_be_late_have_the_walks_laid_anew_once(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        cutoff_at = session.query(Wave).one().cutoff_at
    at = cutoff_at - dt.timedelta(seconds=30)  # a walk takes two minutes at least
    news = look(open_transaction, wave_id, at)
    with open_transaction() as session:
        assert news == News(later=frozenset(waves_of(session)))
    keeping.keep(open_transaction, builders.actor(at=at), wave_id, news)
    with open_transaction() as session:
        assert session.query(Wave).one().late == 6
    assert look(open_transaction, wave_id, at) == News()


def orders_of(session: Session, name: str) -> frozenset[int]:
    """The orders of a walk."""
    tasks = session.query(PickTask).join(Batch, Batch.id == PickTask.batch_id)
    return frozenset(task.order_id for task in tasks.filter(Batch.name == name))


def test_orders_are_newly_late_although_as_many_that_were_known_to_be_are_picked(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        wave = session.query(Wave).one()
        cutoff_at = wave.cutoff_at
        few, many = sorted(session.query(Batch), key=lambda batch: len(orders_of(session, batch.name)))
        few.position, many.position = 1, 2
        others, known = orders_of(session, few.name), orders_of(session, many.name)
        actor = builders.actor(at=cutoff_at - dt.timedelta(seconds=few.work_s + 1))  # time for the first walk alone
        timing.note_late(session, actor, wave, 1)
        assert wave.late == len(known) >= len(others)
    with open_transaction() as session:
        for task in session.query(PickTask).filter(PickTask.order_id.in_(known)):
            task.move_to(TaskStatus.PICKED, NOW)
    assert look(open_transaction, wave_id, cutoff_at - dt.timedelta(seconds=30)) == News(later=others)


def test_a_wave_that_was_taken_back_is_over(open_transaction: OpenTransaction, wave_id: int) -> None:
    with open_transaction() as session:
        _ = undoing.take_back(session, LATER, wave_id)
        _ = came(session)
    assert look(open_transaction, wave_id) == News(is_over=True)
    assert look(open_transaction, wave_id + 1) == News(is_over=True)


def make_short(session: Session) -> Order:
    """Let a picker find none of an order's only unit, and nothing more on its shelf; the order is short."""
    task = session.query(PickTask).order_by(PickTask.sequence).first()
    assert task is not None
    row = session.get_one(Allocation, (WAREHOUSE, task.allocation_id))
    gone = Goods(product_id=task.product_id, quantity=row.quantity)
    stocking.move(
        session, LATER, gone, from_place_id=row.place_id, to_place_id=ADJUSTMENT_ID, reason="short", reserved=True
    )
    row.quantity = 0
    task.move_to(TaskStatus.SHORT, SOON)
    short = session.get_one(Order, (WAREHOUSE, task.order_id))
    for then in (OrderStatus.PICKING, OrderStatus.SHORT):
        _ = short.move_to(then)
    return short


def test_a_short_order_goes_again_to_another_location_but_never_to_the_one_that_was_short(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        short = make_short(session)
    assert look(open_transaction, wave_id) == News()  # by the books the same shelf holds more
    with open_transaction() as session:
        task = session.query(PickTask).filter_by(status=TaskStatus.SHORT).one()
        elsewhere = builders.location(session)
        builders.stock(session, elsewhere, session.get_one(Product, (WAREHOUSE, task.product_id)), 9)
        _empty(session, task)
    news = look(open_transaction, wave_id)
    assert news == News(short=(short.id,))
    keeping.keep(open_transaction, LATER, wave_id, news)
    with open_transaction() as session:
        again = session.query(PickTask).filter_by(order_id=short.id, status=TaskStatus.OPEN).one()
        assert again.location_id == elsewhere.id
        assert session.get_one(Batch, (WAREHOUSE, again.batch_id)).wave_id == wave_id
        assert session.get_one(Order, (WAREHOUSE, short.id)).status is OrderStatus.PICKING


def _empty(session: Session, task: PickTask) -> None:
    """Book out what nobody has set aside on a task's shelf."""
    held = session.query(Stock).filter_by(place_id=task.location_id).all()
    goods = Goods(product_id=task.product_id, quantity=sum(row.on_hand - row.reserved for row in held))
    stocking.move(session, LATER, goods, from_place_id=task.location_id, to_place_id=ADJUSTMENT_ID, reason="count")


def test_the_last_look_at_a_wave_that_is_done_still_sends_short_orders_again(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        wave = session.query(Wave).one()
        for then in (WaveStatus.PICKING, WaveStatus.DONE):
            _ = wave.move_to(then)
    assert look(open_transaction, wave_id) == News(is_over=True)


def off_the_layout(session: Session) -> tuple[str, frozenset[int], frozenset[int]]:
    """Give a layout without a shelf that one walk alone goes to: its code, that walk's orders, and the others."""
    walks: dict[int, set[int]] = {}
    for task in session.query(PickTask):
        walks.setdefault(task.location_id, set()).add(task.batch_id)
    location_id, (batch_id,) = next((place, found) for place, found in walks.items() if len(found) == 1)
    code = session.get_one(Location, (WAREHOUSE, location_id)).code
    document: dict[str, Any] = layouts.document_in_use(session, LATER)
    del document["places"][code]
    _ = layouts.give(session, LATER, document)
    tasks = session.query(PickTask).all()
    stays = frozenset(task.order_id for task in tasks if task.batch_id == batch_id)
    return code, stays, frozenset(task.order_id for task in tasks) - stays


def test_a_walk_to_a_location_that_left_the_layout_stays_and_the_wave_goes_on(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    with open_transaction() as session:
        code, stays, others = off_the_layout(session)
    with open_transaction() as session:
        skus = {task.order_id: task.product_id for task in session.query(PickTask)}
        product = session.get_one(Product, (WAREHOUSE, skus[min(others)]))
        new = order(session, product.sku)
        new.received_at = SOON
    news = look(open_transaction, wave_id)
    with open_transaction() as session:
        [name] = {batch.name for batch in session.query(Batch) if orders_of(session, batch.name) == stays}
    assert news == News(
        came=frozenset({new.id}), stuck=f"{name} stays as it is. {code} is not on the layout. Give the layout again."
    )
    keeping.keep(open_transaction, LATER, wave_id, news)
    with open_transaction() as session:
        assert waves_of(session)[new.id] == wave_id
        assert orders_of(session, name) == stays


def test_an_order_that_cannot_be_planned_is_no_news(open_transaction: OpenTransaction, wave_id: int) -> None:
    with open_transaction() as session:
        code, stays, _ = off_the_layout(session)
        task = session.query(PickTask).filter(PickTask.order_id.in_(stays)).order_by(PickTask.sequence)
        location = session.query(Location).filter_by(code=code).one()
        [product_id] = {row.product_id for row in task if row.location_id == location.id}
        order(session, session.get_one(Product, (WAREHOUSE, product_id)).sku).received_at = SOON
    assert look(open_transaction, wave_id).came == frozenset()
    with open_transaction() as session:
        out = replanning.look(session, LATER, wave_id).out
    assert [row.reason for row in out] == [f"{code} is not on the layout. Give the layout again."]


def test_a_plan_that_changes_nothing_is_not_journaled(open_transaction: OpenTransaction, wave_id: int) -> None:
    assert replanning.plan_again(open_transaction, LATER, wave_id).batches == 0
    with open_transaction() as session:
        assert session.query(JournalEntry).filter_by(event=WavePlannedAgain.__name__).count() == 0


def told(session: Session) -> list[str]:
    """What the inbox says of waves and nobody has settled."""
    return [item.text for item in session.query(ExceptionItem).filter_by(kind=ExceptionKind.WAVE, settled_at=None)]


def test_what_a_person_must_put_right_is_told_once_and_taken_back_when_it_is(
    open_transaction: OpenTransaction, wave_id: int
) -> None:
    for sentence in ("No cart.", "No cart.", "No floor."):
        with open_transaction() as session:
            keeping.tell(session, LATER, wave_id, sentence)
            assert told(session) == [f"Wave 1: {sentence}"]
            assert keeping.is_told(session, LATER, wave_id)
    with open_transaction() as session:
        keeping.tell(session, LATER, wave_id, "")
        assert told(session) == []
        assert not keeping.is_told(session, LATER, wave_id)


def test_what_a_person_has_settled_is_not_told_again(open_transaction: OpenTransaction, wave_id: int) -> None:
    with open_transaction() as session:
        person = builders.actor(builders.worker(session))
        keeping.tell(session, LATER, wave_id, "No cart.")
        _ = settling.settle(session, person, session.query(ExceptionItem).one().id)
    with open_transaction() as session:
        keeping.tell(session, LATER, wave_id, "No cart.")
        assert told(session) == []
