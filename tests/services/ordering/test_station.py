"""The orders desk: found by anything, held, released, corrected, put first, and told from the journal."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from tests import boxes, builders
from tests.builders import NOW
from tests.services.conftest import Walk
from wms.channels.base import ShipTo
from wms.domain.errors import BadInputError, DomainError
from wms.domain.floor import Location
from wms.domain.orders import Hold, HoldKind, Order, OrderStatus
from wms.domain.people import Warehouse
from wms.domain.shipping import LabelStatus
from wms.domain.stock import Stock
from wms.services import ordering
from wms.services.ordering import finding, telling
from wms.services.ordering import page as ordering_page
from wms.services.ordering.finding import PAGE, Search
from wms.services.orders import cancelling
from wms.services.stock import allocating

ACTOR = builders.actor()
WHOLE = ShipTo(name="Ada Buyer", street1="2 Side St", city="Springfield", zip="62702", country="US")


def _numbers(session: Session, text: str = "", **more: object) -> list[str]:
    found = finding.find(session, ACTOR, replace(Search(text=text), **more))  # type: ignore[arg-type] # a test's words
    return [row.number for row in found.rows]


def _marked(session: Session) -> tuple[Order, Callable[[], list[str]]]:
    """Two orders, the first with everything that it can be found by."""
    mug, cap = builders.product(session, "MUG-BLU"), builders.product(session)
    order, _ = builders.order(session, (mug, 1)), builders.order(session, (cap, 1))
    order.email, order.ship_name, order.ship_zip, order.external_id = "eve@example.org", "Eve O'Käse", "99123", "ext-77"
    tote = builders.tote(session)
    tote.take(order.id)
    package = boxes.package(session, order)
    _ = boxes.label(session, package, LabelStatus.BOUGHT, "1Z999AA10")
    session.flush()
    return order, lambda: [
        order.number,
        order.number.removeprefix("#"),
        order.barcode,
        order.barcode.lower(),
        "ext-77",
        "1z999aa10",
        tote.barcode,
        package.barcode,
        "EVE@example.org",
        "o'käse",
        "eve o",
        "99123",
        "mug-blu",
        builders.barcode(session, mug),
    ]


def test_an_order_is_found_by_anything(session: Session) -> None:
    order, texts = _marked(session)
    assert {text: _numbers(session, text) for text in texts()} == {text: [order.number] for text in texts()}


@pytest.mark.parametrize("text", ["%", "_", "no such thing", "T0000017", "\x00", "' OR 1=1 --"])
def test_what_nothing_is_called_finds_nothing(session: Session, text: str) -> None:
    _ = _marked(session)
    assert _numbers(session, text) == ([] if text.isprintable() else _numbers(session))


def test_the_list_is_filtered(session: Session) -> None:
    mug = builders.product(session)
    held, later, gone = (builders.order(session, (mug, 1)) for _ in range(3))
    _ = ordering.hold(session, ACTOR, held.id, kind=HoldKind.OPERATOR, reason="Wait")
    later.cutoff_at = NOW + dt.timedelta(days=1)
    cancelling.cancel(session, ACTOR, gone, "customer called")
    assert _numbers(session) == [later.number, held.number]
    assert _numbers(session, held=True) == [held.number]
    assert _numbers(session, status="cancelled") == [gone.number] == _numbers(session, "cancelled")
    assert _numbers(session, cutoff_at=later.cutoff_at) == [later.number]
    assert _numbers(session, carrier="ups") == []
    assert len(_numbers(session, status="all", carrier="usps")) == 3
    choices = finding.choices(session, ACTOR)
    assert [cutoff.at for cutoff in choices.cutoffs] == [held.cutoff_at, later.cutoff_at]


def test_pages_follow_one_another_without_gap(session: Session) -> None:
    orders = [builders.order(session) for _ in range(PAGE + 3)]
    first = finding.find(session, ACTOR, Search())
    second = finding.find(session, ACTOR, Search(below=int(first.more, 16)))
    assert second.more == ""
    found = [row.number for row in (*first.rows, *second.rows)]
    assert found == [order.number for order in sorted(orders, key=lambda order: -order.id)]


def test_a_held_order_gives_its_stock_to_others(session: Session) -> None:
    mug = builders.product(session)
    builders.stock(session, builders.location(session), mug, 5)
    order = builders.order(session, (mug, 3))
    _ = allocating.allocate(session, ACTOR, [order])
    _ = ordering.hold(session, ACTOR, order.id, kind=HoldKind.CUSTOMER, reason="On holiday")
    assert order.status is OrderStatus.HELD
    assert session.query(Stock).populate_existing().one().reserved == 0


def test_an_order_is_received_again_when_its_last_hold_goes(session: Session) -> None:
    order = builders.order(session)
    for reason in ("first", "second"):
        _ = ordering.hold(session, ACTOR, order.id, kind=HoldKind.OPERATOR, reason=reason)
    first, second = session.query(Hold).order_by(Hold.id)
    order.cutoff_at = None
    assert ordering.release_hold(session, ACTOR, order.id, first.id).status is OrderStatus.HELD
    assert ordering.release_hold(session, ACTOR, order.id, second.id).status is OrderStatus.RECEIVED
    assert order.cutoff_at == NOW.replace(hour=14, minute=30)
    with pytest.raises(DomainError, match="released already"):
        _ = ordering.release_hold(session, ACTOR, order.id, second.id)


def test_a_hold_needs_a_reason_and_a_moment_to_come(session: Session) -> None:
    order = builders.order(session)
    with pytest.raises(BadInputError, match="Say why"):
        _ = ordering.hold(session, ACTOR, order.id, kind=HoldKind.OPERATOR, reason="  ")
    with pytest.raises(BadInputError, match="has passed"):
        _ = ordering.hold(session, ACTOR, order.id, kind=HoldKind.OPERATOR, reason="Wait", until=NOW)
    with pytest.raises(BadInputError, match="not for fraud"):
        _ = ordering.hold(session, ACTOR, order.id, kind=HoldKind.FRAUD, reason="Wait")


@pytest.mark.parametrize("status", [OrderStatus.WAVED, OrderStatus.PICKED, OrderStatus.SHIPPED])
def test_an_order_on_its_way_is_neither_held_nor_put_first(session: Session, status: OrderStatus) -> None:
    order = builders.order(session)
    order.status = status
    session.flush()
    with pytest.raises(DomainError, match=f"is {status}"):
        _ = ordering.hold(session, ACTOR, order.id, kind=HoldKind.OPERATOR, reason="Wait")
    with pytest.raises(DomainError, match=f"is {status}"):
        _ = ordering.prioritise(session, ACTOR, order.id, 5)


def test_the_page_says_what_is_too_late_and_what_to_do(session: Session) -> None:
    order = builders.order(session)
    assert ordering_page.order_page(session, ACTOR, order.id).cannot == ()
    order.status = OrderStatus.WAVED
    session.flush()
    waved = f"{order.number} is waved, too late to hold. Take its wave back, or cancel it."
    assert ordering_page.order_page(session, ACTOR, order.id).cannot == (waved,)
    order.status = OrderStatus.PICKED
    _ = boxes.label(session, boxes.package(session, order), LabelStatus.BOUGHT, "1Z999AA10")
    page = ordering_page.order_page(session, ACTOR, order.id)
    assert page.cannot == (
        f"{order.number} is picked, too late to hold. Let it go on, or cancel it.",
        f"{order.number} has its label. Void it at the packing station first.",
    )
    assert page.can == {"cancel"}
    order.status = OrderStatus.SHIPPED
    assert ordering_page.order_page(session, ACTOR, order.id).cannot == ()


def test_a_corrected_address_lifts_its_hold_by_itself(session: Session) -> None:
    order = builders.order(session)
    _ = ordering.correct_address(session, ACTOR, order.id, replace(WHOLE, zip=""))
    assert (order.status, order.address_missing) == (OrderStatus.HELD, ("zip",))
    hold = session.query(Hold).one()
    with pytest.raises(DomainError, match="The address lacks zip"):
        _ = ordering.release_hold(session, ACTOR, order.id, hold.id)
    _ = ordering.correct_address(session, ACTOR, order.id, WHOLE)
    assert (order.status, order.ship_zip, hold.released_at) == (OrderStatus.RECEIVED, "62702", NOW)


def test_an_address_stays_once_its_label_is_there(session: Session) -> None:
    order = builders.order(session)
    _ = boxes.label(session, boxes.package(session, order), LabelStatus.BOUGHT)
    with pytest.raises(DomainError, match="Void it at the packing station"):
        _ = ordering.correct_address(session, ACTOR, order.id, WHOLE)


def test_an_order_being_picked_keeps_a_whole_address(session: Session) -> None:
    order = builders.order(session)
    order.status = OrderStatus.PICKING
    session.flush()
    with pytest.raises(DomainError, match="needs a whole one"):
        _ = ordering.correct_address(session, ACTOR, order.id, replace(WHOLE, city=""))
    session.rollback()


def test_an_address_part_too_long_is_named(session: Session) -> None:
    order = builders.order(session)
    with pytest.raises(BadInputError, match="The country is too long"):
        _ = ordering.correct_address(session, ACTOR, order.id, replace(WHOLE, country="USA"))


def test_priority_is_from_0_to_9(session: Session) -> None:
    order = builders.order(session)
    assert ordering.prioritise(session, ACTOR, order.id, 5).priority == 5
    with pytest.raises(BadInputError):
        _ = ordering.prioritise(session, ACTOR, order.id, 10)


def test_a_page_tells_the_whole_life_on_the_warehouses_clock(walk: Walk) -> None:
    session, order = walk.session, walk.orders[0]
    session.query(Warehouse).one().time_zone = "America/New_York"
    marta = walk.at_location()
    while marta.screen.name != "drop_cart":
        _ = marta.pick()
    _ = marta.scan(walk.lane.barcode)
    page = ordering_page.order_page(session, ACTOR, order.id)
    assert [(line.to_pick, line.picked, line.packed) for line in page.lines] == [(2, 2, 0), (1, 1, 0)]
    assert [(row.tote, row.lane) for row in page.walks] == [(walk.totes[0].barcode, walk.lane.code)]
    assert page.can == {"cancel", "correct"}
    words = [moment.words for moment in page.life]
    assert words[0] == "Picking"
    location = session.query(Location.code).filter_by(id=walk.tasks()[0].location_id).scalar()
    assert f"2 x {walk.mug.sku} from {location} in tote {walk.totes[0].barcode}" in words
    assert words[-1] == "Picked"
    assert {(moment.who, moment.device, moment.at.hour) for moment in page.life} == {(walk.marta.worker.name, "1", 4)}
    assert [moment.new_day for moment in page.life].count(True) == 1
    longer = ordering_page.order_page(session, ACTOR, order.id, each_scan=True)
    assert len(longer.life) > len(page.life)


def test_a_page_of_a_held_order_shows_what_may_be_done(session: Session) -> None:
    order = builders.order(session, (builders.product(session), 1))
    _ = ordering.hold(session, ACTOR, order.id, kind=HoldKind.CUSTOMER, reason="On holiday")
    page = ordering_page.order_page(session, ACTOR, order.id)
    assert page.can == {"hold", "prioritise", "cancel", "correct"}
    assert [(hold.kind, hold.is_active) for hold in page.holds] == [(HoldKind.CUSTOMER, True)]


@pytest.mark.parametrize(
    ("event", "data", "words"),
    [
        ("OrderMoved", {"now": "picked", "then": "packed", "reason": ""}, "Packed"),
        ("OrderMoved", {"then": "cancelled", "reason": "customer called"}, "Cancelled: customer called"),
        ("HoldReleased", {"kind": "payment", "reason": ""}, "Hold released (payment)"),
        ("LabelMoved", {"package": "P1", "then": "bought", "tracking_number": "1Z"}, "Label of P1 bought 1Z"),
        ("SomethingNew", {}, "SomethingNew"),
    ],
)
def test_events_are_told_in_plain_words(event: str, data: dict[str, str], words: str) -> None:
    assert telling.tell(event, data)[0] == words
