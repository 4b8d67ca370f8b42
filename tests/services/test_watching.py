"""The board's figures on both engines: what counts as right, as at risk, and what it costs to ask."""

import datetime as dt

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW, WAREHOUSE
from wms.domain.calendar import Holiday, Pickup
from wms.domain.errors import NotFoundError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import Event, ScanRefused, record
from wms.domain.orders import OrderMoved, OrderStatus
from wms.domain.packing import EXTRA, CauseSaid, WrongUnitCaught
from wms.domain.people import Warehouse
from wms.domain.picked import ScanUndone
from wms.domain.picking import UnitsPut
from wms.services import watching
from wms.services.accuracy import Accuracy
from wms.services.watching import Board, hours
from wms.services.watching.collections import CollectionBar, judge

CUTOFF = NOW.replace(hour=14, minute=30)


def happened(session: Session, event: Event, minutes_ago: int) -> None:
    record(session, builders.actor(at=NOW - dt.timedelta(minutes=minutes_ago)), event)


def put(session: Session, units: int, minutes_ago: int, order_id: int | None = None) -> None:
    happened(
        session, UnitsPut(order_id=order_id, task_id=1, sku="A", quantity=units, tote="T", location="L"), minutes_ago
    )


def caught(session: Session, minutes_ago: int, order_id: int | None = None) -> None:
    happened(session, WrongUnitCaught(order_id=order_id, package="P1", sku="B", cause="foreign", code="1"), minutes_ago)


def said(session: Session, order_id: int, cause: str) -> None:
    event = CauseSaid(
        order_id=order_id, package="P1", sku="B", code="1", cause=cause, picker="", location="", task_id=None
    )
    happened(session, event, 0)


def look(session: Session, at: dt.datetime = NOW) -> Board:
    session.flush()
    return watching.board(session, WAREHOUSE, at)


def bar(minutes_left: int = 240, **counts: int) -> CollectionBar:
    at = NOW + dt.timedelta(minutes=minutes_left)
    return CollectionBar(carrier="usps", cutoff_at=at, minutes_left=minutes_left, is_today=True, **counts)


def test_an_empty_warehouse_has_a_board_with_bars_and_no_figures(session: Session) -> None:
    board = look(session)
    assert (board.today.right_pct, board.units_per_hour, board.shorts.count, board.caught) == (None, 0, 0, 0)
    assert [(one.carrier, one.done, one.total, one.at_risk) for one in board.collections] == [("usps", 0, 0, 0)]
    assert not board.has_waves


def test_a_board_of_no_warehouse_says_so(session: Session) -> None:
    with pytest.raises(NotFoundError, match="There is no warehouse 7"):
        _ = watching.board(session, 7, NOW)


def test_units_count_in_the_hour_of_their_pick_less_those_undone(session: Session) -> None:
    put(session, 3, minutes_ago=60 * 10)  # yesterday
    put(session, 5, minutes_ago=90)
    put(session, 4, minutes_ago=0)
    happened(session, ScanUndone(task_id=1, step="tote", units=1), 0)
    happened(session, ScanUndone(task_id=1, step="item"), 0)
    board = look(session)
    assert (board.today.units, board.hour.units) == (8, 3)


def test_a_unit_too_many_at_packing_is_not_charged_to_the_picker(session: Session) -> None:
    put(session, 10, minutes_ago=5)
    happened(session, WrongUnitCaught(order_id=7, package="P1", sku="A", cause=EXTRA, code="1"), 1)
    board = look(session)
    assert (board.today.right_pct, board.caught) == (100, 0)


def test_a_wrong_unit_counts_in_the_hour_in_which_its_order_was_picked(session: Session) -> None:
    put(session, 100, minutes_ago=65, order_id=7)
    put(session, 100, minutes_ago=0, order_id=8)
    caught(session, 0, order_id=7)
    board = look(session)
    assert (board.today, board.hour) == (Accuracy(units=200, wrong=1), Accuracy(units=100, wrong=0))
    assert board.today.right_pct == 99.5


def test_a_unit_whose_label_was_wrong_is_not_the_pickers(session: Session) -> None:
    put(session, 100, 30, order_id=7)
    caught(session, 5, order_id=7)
    caught(session, 4, order_id=8)
    said(session, 7, "wrong label on item")
    said(session, 8, "wrong pick")
    board = look(session)
    assert (board.today.wrong, board.caught) == (1, 1)


def test_a_wrong_unit_picked_yesterday_is_caught_today_but_not_wrong_today(session: Session) -> None:
    put(session, 10, minutes_ago=60 * 12, order_id=7)
    put(session, 10, minutes_ago=5, order_id=8)
    caught(session, 1, order_id=7)
    board = look(session)
    assert (board.caught, board.today.wrong) == (1, 0)


def test_accuracy_is_never_rounded_up_to_perfect() -> None:
    assert Accuracy(units=100_000, wrong=1).right_pct == 99.99


def test_near_misses_stay_out_of_accuracy(session: Session) -> None:
    put(session, 10, minutes_ago=0)
    happened(session, ScanRefused(station="picking", code="1", kind="product", wanted="product", said="no"), 0)
    assert look(session).today == Accuracy(units=10, wrong=0)


def test_units_per_hour_look_back_sixty_minutes(session: Session) -> None:
    put(session, 1000, minutes_ago=61)
    put(session, 30, minutes_ago=30)
    assert look(session).units_per_hour == 60


def test_a_collection_counts_done_of_promised_without_cancelled_orders(session: Session) -> None:
    item = builders.product(session)
    for status in ("received", "picked", "held", "packed", "shipped", "cancelled"):
        builders.order(session, (item, 1)).status = OrderStatus(status)
    (found,) = look(session).collections
    assert (found.carrier, found.done, found.total, found.open) == ("usps", 2, 5, 2)


def test_orders_left_behind_a_cutoff_are_late_even_the_day_after(session: Session) -> None:
    item = builders.product(session)
    builders.order(session, (item, 1)).status = OrderStatus.PICKED
    builders.order(session, (item, 1)).status = OrderStatus.SHIPPED
    late = look(session, CUTOFF + dt.timedelta(hours=24)).collections[0]
    assert (late.is_late, late.open, late.at_risk, late.is_today) == (True, 1, 1, False)


def test_a_finished_day_shows_the_next_working_day_too(session: Session) -> None:
    session.add(Holiday(warehouse_id=WAREHOUSE, day=(NOW + dt.timedelta(days=1)).date()))
    builders.order(session, (builders.product(session), 1)).status = OrderStatus.SHIPPED
    shown = look(session, NOW.replace(hour=23, minute=30)).collections
    assert [one.cutoff_at.day for one in shown] == [NOW.day, NOW.day + 2]


def test_a_collection_that_is_over_and_had_no_orders_is_not_shown(session: Session) -> None:
    shown = look(session, NOW.replace(hour=23, minute=30)).collections
    assert [one.cutoff_at.day for one in shown] == [NOW.day + 1]


def test_a_board_shows_at_most_five_collections_and_drops_those_that_are_over(session: Session) -> None:
    for hour in range(4, 14):
        time = f"{hour:02d}:00"
        session.add(Pickup(warehouse_id=WAREHOUSE, carrier="ups", weekday=NOW.weekday(), cutoff=time, pickup=time))
    assert [one.cutoff_at.hour for one in look(session).collections] == [9, 10, 11, 12, 13]


def test_an_order_whose_turn_comes_too_late_is_at_risk() -> None:
    # 10 an hour and 2 hours until 15 minutes before the cutoff make 20; then 5 more in the half hour to the next one
    judged = judge([bar(135, open=22), bar(165, open=10)], 10.0, NOW)
    assert [one.at_risk for one in judged] == [2, 7]


def test_without_any_rate_risk_is_unknown_until_time_is_up() -> None:
    judged = judge([bar(10, open=3), bar(60, open=4), bar(90)], None, NOW)
    assert [one.at_risk for one in judged] == [3, None, 0]


def test_the_plan_stands_in_for_the_rate_until_packing_has_run_ten_minutes(session: Session) -> None:
    item = builders.product(session)
    for _ in range(30):
        _ = builders.order(session, (item, 2))
    session.get_one(Warehouse, WAREHOUSE).units_per_hour_plan = 8
    assert look(session).collections[0].at_risk == 9  # 4 orders an hour for 5.25 hours
    for minutes_ago in (30, 20, 10):
        happened(session, OrderMoved(number="#1", now="picked", then="packed"), minutes_ago)
    assert look(session).collections[0].at_risk == 0  # 6 an hour


def test_open_exceptions_are_counted_with_the_age_of_the_oldest(session: Session) -> None:
    for kind, minutes in ((ExceptionKind.SHORT, 22), (ExceptionKind.SHORT, 3), (ExceptionKind.LABEL, 5)):
        session.add(ExceptionItem(warehouse_id=WAREHOUSE, kind=kind, at=NOW - dt.timedelta(minutes=minutes), text="x"))
    session.add(ExceptionItem(warehouse_id=WAREHOUSE, kind=ExceptionKind.PRINT, at=NOW, text="x", settled_at=NOW))
    board = look(session)
    assert (board.shorts.count, board.shorts.oldest_minutes) == (2, 22)
    assert [(one.kind, one.count) for one in board.troubles] == [(ExceptionKind.LABEL, 1)]


def test_the_day_tells_each_hour_with_its_wrong_units_and_near_misses(session: Session) -> None:
    made = builders.order(session, (builders.product(session), 1))
    put(session, 4, minutes_ago=65, order_id=made.id)
    caught(session, 0, order_id=made.id)
    happened(session, ScanRefused(station="picking", code="1", kind="tote", wanted="product", said="No"), 1)
    session.flush()
    day = hours.day(session, WAREHOUSE, NOW)
    assert [(row.begins_at.hour, row.accuracy.wrong, row.near_misses) for row in day.hours] == [(8, 0, 1), (7, 1, 0)]
    assert [(row.order, row.picked_at.hour) for row in day.wrong] == [(made.number, 7)]
    assert day.refusals == (("picking", "No", 1),)


def test_the_board_never_reads_a_whole_table(session: Session, engine: Engine) -> None:
    put(session, 4, minutes_ago=65)
    _ = builders.order(session, (builders.product(session), 1))
    session.commit()
    asked: list[tuple[str, object]] = []

    def listen(_: object, __: object, statement: str, parameters: object, ___: object, ____: object) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", listen)
    _ = watching.board(session, WAREHOUSE, NOW)
    event.remove(engine, "before_cursor_execute", listen)
    assert len(asked) <= 12
    if engine.dialect.name == "postgresql":
        _ = session.execute(text("SET enable_seqscan = off"))  # few rows: it would rightly not bother
    word = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    plans = [
        str(row)
        for statement, parameters in asked
        if statement.startswith("SELECT")
        for row in session.connection().exec_driver_sql(word + statement, parameters)  # type: ignore[arg-type] # as the driver got them
    ]
    big = ("journal", "orders", "exceptions", "order_lines")
    assert [plan for plan in plans for table in big if f"SCAN {table}" in plan or f"Seq Scan on {table}" in plan] == []
