"""Orders come in from a shop's file: what the first file makes of them, and what a later one changes."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, shopify_files
from wms.channels.shopify_csv import ShopifyFile
from wms.domain.catalog import Product
from wms.domain.inbox import ExceptionItem
from wms.domain.journal import JournalEntry
from wms.domain.orders import Hold, HoldKind, Order, OrderLine, OrderStatus
from wms.domain.stock import Stock
from wms.services.orders import receiving, updating
from wms.services.orders.receiving import Deed
from wms.services.stock import allocating

Rows = list[dict[str, str]]
S = OrderStatus


@pytest.fixture
def floor(session: Session) -> Session:
    """A warehouse that sells MUG and CUP, ten of each on a shelf."""
    location = builders.location(session)
    for sku in ("MUG", "CUP"):
        builders.stock(session, location, builders.product(session, sku), 10)
    return session


def _receive(session: Session, tmp_path: Path, *orders: Rows) -> list[frozenset[Deed]]:
    file = shopify_files.write(tmp_path / "orders.csv", [row for rows in orders for row in rows])
    actor = builders.actor()
    intake = receiving.intake(session, actor, "shopify")
    told = [reading.order for reading in ShopifyFile(file).readings() if reading.order]
    assert len(told) == len(orders)
    received = receiving.receive(session, actor, intake, told)
    session.flush()
    news = [updating.update(session, actor, intake, order) for order in received.with_news]
    session.flush()
    session.expire_all()
    return [receipt.deeds for receipt in (*received.receipts, *news)]


def _order(session: Session, number: int = 1) -> Order:
    return session.query(Order).filter_by(number=f"#{number}").one()


def _lines(session: Session) -> list[tuple[str, int, int]]:
    lines = session.query(OrderLine).order_by(OrderLine.position)
    return [(line.sku, line.quantity, line.to_pick) for line in lines]


def _open_holds(session: Session) -> set[HoldKind]:
    return set(session.scalars(select(Hold.kind).where(Hold.released_at.is_(None))))


def _reserved(session: Session) -> int:
    return sum(session.scalars(select(Stock.reserved)))


def test_a_paid_order_is_received_with_a_promise(floor: Session, tmp_path: Path) -> None:
    assert _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 2), ("CUP", 1))) == [{Deed.ADDED}]
    order = _order(floor)
    assert (order.status, order.channel, order.barcode[0]) == (S.RECEIVED, "shopify", "O")
    assert order.cutoff_at == builders.NOW.replace(hour=14, minute=30)
    assert order.address_missing == ()
    assert _lines(floor) == [("MUG", 2, 2), ("CUP", 1, 1)]
    assert [entry.event for entry in floor.query(JournalEntry)] == ["OrderReceived"]


def test_the_same_orders_again_add_nothing(floor: Session, tmp_path: Path) -> None:
    rows = shopify_files.order(1, ("MUG", 2))
    _ = _receive(floor, tmp_path, rows)
    assert _receive(floor, tmp_path, rows) == [frozenset()]
    assert (floor.query(Order).count(), floor.query(JournalEntry).count()) == (1, 1)


def test_an_order_that_stands_twice_in_one_file_is_added_once(floor: Session, tmp_path: Path) -> None:
    first, second = shopify_files.order(1, ("MUG", 2)), shopify_files.order(2, ("MUG", 1))
    assert _receive(floor, tmp_path, first, second, first)[2] == frozenset()
    assert floor.query(OrderLine).count() == 2


def test_three_holds_make_themselves(floor: Session, tmp_path: Path) -> None:
    changes = {"Financial_Status": "pending", "Risk_Level": "High", "Shipping_City": ""}
    _ = _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 1), **changes))
    assert _order(floor).status is S.HELD
    assert _open_holds(floor) == {HoldKind.PAYMENT, HoldKind.FRAUD, HoldKind.ADDRESS}


@pytest.mark.parametrize("change", [{"Cancelled_at": "2026-11-22 10:00:00 -0500"}, {"Financial_Status": "voided"}])
def test_a_cancelled_order_comes_in_cancelled(floor: Session, tmp_path: Path, change: dict[str, str]) -> None:
    _ = _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 1), **change))
    assert _order(floor).status is S.CANCELLED
    assert _open_holds(floor) == set()


def test_a_fulfilled_order_is_recorded_as_shipped_elsewhere(floor: Session, tmp_path: Path) -> None:
    _ = _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 1), Fulfillment_Status="fulfilled"))
    order = _order(floor)
    assert (order.status, order.shipped_elsewhere, order.shipped_at) == (S.SHIPPED, True, None)
    assert _lines(floor) == [("MUG", 1, 0)]


def test_an_unknown_sku_is_a_fault_only_where_it_must_be_shipped(floor: Session, tmp_path: Path) -> None:
    rows = shopify_files.order(1, ("MUG", 1), ("NEW", 1), ("GIFT-CARD", 1))
    rows[2]["Lineitem requires shipping"] = "false"
    (reading,) = ShopifyFile(shopify_files.write(tmp_path / "orders.csv", rows)).readings()
    assert reading.order is not None
    faults = receiving.intake(floor, builders.actor(), "shopify").faults(reading.order)
    assert [fault.reason for fault in faults] == ["the SKU 'NEW' is no product of this warehouse"]


def test_a_later_payment_releases_the_hold(floor: Session, tmp_path: Path) -> None:
    _ = _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 1), Financial_Status="pending"))
    assert _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 1))) == [{Deed.PAID}]
    assert _order(floor).status is S.RECEIVED
    assert _open_holds(floor) == set()


def test_a_later_payment_leaves_the_other_holds(floor: Session, tmp_path: Path) -> None:
    _ = _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 1), Financial_Status="pending", Risk_Level="High"))
    _ = _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 1), Risk_Level="High"))
    assert _order(floor).status is S.HELD
    assert _open_holds(floor) == {HoldKind.FRAUD}


@pytest.mark.parametrize("change", [{"Financial_Status": "refunded"}, {"Fulfillment_Status": "fulfilled"}])
def test_a_later_end_cancels_and_gives_the_stock_back(floor: Session, tmp_path: Path, change: dict[str, str]) -> None:
    _ = _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 4)))
    _ = allocating.allocate(floor, builders.actor(), [_order(floor)])
    assert _reserved(floor) == 4
    ended = shopify_files.order(1, ("MUG", 4), **change)
    assert _receive(floor, tmp_path, ended) == [{Deed.CANCELLED}]
    assert _order(floor).status is S.CANCELLED
    assert _reserved(floor) == 0
    assert _receive(floor, tmp_path, ended) == [frozenset()]


def test_cancelling_a_shipped_order_is_one_exception(floor: Session, tmp_path: Path) -> None:
    _ = _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 1)))
    _order(floor).status = S.SHIPPED
    cancelled = shopify_files.order(1, ("MUG", 1), Cancelled_at="2026-11-22 10:00:00 -0500")
    assert _receive(floor, tmp_path, cancelled) == [{Deed.UNTAKEN}]
    assert _receive(floor, tmp_path, cancelled) == [frozenset()]
    assert floor.query(ExceptionItem).count() == 1


def test_what_is_left_of_a_split_order_is_cancelled_with_it(floor: Session, tmp_path: Path) -> None:
    _ = _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 1)))
    first, rest = _order(floor), builders.order(floor, (floor.query(Product).filter_by(sku="MUG").one(), 1))
    rest.split_from_id = first.id
    cancelled = shopify_files.order(1, ("MUG", 1), Cancelled_at="2026-11-22 10:00:00 -0500")
    assert _receive(floor, tmp_path, cancelled) == [{Deed.CANCELLED}]
    assert (first.status, rest.status) == (OrderStatus.CANCELLED, OrderStatus.CANCELLED)


def test_our_own_parcel_told_back_as_fulfilled_is_no_news(floor: Session, tmp_path: Path) -> None:
    _ = _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 1)))
    _order(floor).status = S.SHIPPED
    assert _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 1), Fulfillment_Status="fulfilled")) == [
        frozenset()
    ]
    assert floor.query(ExceptionItem).count() == 0


def test_changed_lines_of_an_allocated_order_are_taken_over(floor: Session, tmp_path: Path) -> None:
    _ = _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 4), ("CUP", 1)))
    _ = allocating.allocate(floor, builders.actor(), [_order(floor)])
    changed = shopify_files.order(1, ("MUG", 2), ("MUG", 1), Shipping_City="Bonn")
    assert _receive(floor, tmp_path, changed) == [{Deed.CHANGED}]
    order = _order(floor)
    assert (order.status, order.ship_city) == (S.RECEIVED, "Bonn")
    assert _reserved(floor) == 0
    assert _lines(floor) == [("MUG", 2, 2), ("MUG", 1, 1), ("CUP", 1, 0)]
    assert _receive(floor, tmp_path, changed) == [frozenset()]


def test_a_completed_address_releases_its_hold_and_a_lost_one_holds(floor: Session, tmp_path: Path) -> None:
    whole, lacking = shopify_files.order(1, ("MUG", 1)), shopify_files.order(1, ("MUG", 1), Shipping_Zip="")
    _ = _receive(floor, tmp_path, lacking)
    _ = _receive(floor, tmp_path, whole)
    assert (_order(floor).status, _open_holds(floor)) == (S.RECEIVED, set())
    _ = _receive(floor, tmp_path, lacking)
    assert (_order(floor).status, _open_holds(floor)) == (S.HELD, {HoldKind.ADDRESS})


def test_a_change_after_the_wave_is_reported_once_and_not_taken(floor: Session, tmp_path: Path) -> None:
    _ = _receive(floor, tmp_path, shopify_files.order(1, ("MUG", 4)))
    _order(floor).status = S.PICKING
    changed = shopify_files.order(1, ("MUG", 5))
    assert _receive(floor, tmp_path, changed) == [{Deed.UNTAKEN}]
    assert _receive(floor, tmp_path, changed) == [frozenset()]
    assert _lines(floor) == [("MUG", 4, 4)]
    assert "changed in the shop, not taken" in floor.query(ExceptionItem).one().text
