"""Two pickers collide: one wins, the other sees what happened, and the books balance. In threads, on both engines."""

import datetime as dt
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import builders, together
from tests.builders import WAREHOUSE
from tests.services.picking.picker import Picker
from wms.database import reading, transaction
from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.counting import CountTask
from wms.domain.floor import Location, LocationKind
from wms.domain.orders import Order, OrderStatus
from wms.domain.people import Worker
from wms.domain.picking import Batch, BatchOrder, PickTask, TaskStatus
from wms.domain.stock import Lot, Stock
from wms.domain.totes import Tote, ToteStatus
from wms.services import picking, verifying
from wms.services.orders import cancelling
from wms.services.picking.screens import TaskScreen
from wms.services.scans import scanning
from wms.services.scans.scanning import Pulled
from wms.services.scans.screens import Answer

NOT_COUNTED = "Not counted. Look at the screen"
TIMES = range(4)
"""A collision takes some tries to come about in each way."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One picker on one device, with the scan about to be made: its code and the token on screen."""

    worker: Worker
    device: str
    token: str
    code: str

    def scan(self, session: Session) -> Answer:
        """Make the scan."""
        pulled = Pulled(code=self.code, scan=f"scan-{self.device}-{self.code}", token=self.token)
        actor = replace(self.actor, scan=pulled.scan)
        return scanning.take(session, actor, "picking", pulled, picking.current_screen, picking.judge)

    @property
    def actor(self) -> Actor:
        at = builders.NOW + dt.timedelta(hours=1)
        return replace(builders.actor(self.worker, at=at), device=self.device)


def side(picker: Picker, code: str) -> Side:
    """A picker's next scan."""
    return Side(worker=picker.worker, device=picker.device, token=picker.screen.token, code=code)


def at_once(engine: Engine, *acts: Callable[[Session], Any]) -> list[Any]:
    """Do things at the same moment, each in a transaction of its own; return what each gave back, in their sequence."""

    def do(act: Callable[[Session], Any]) -> Any:
        with transaction(engine) as session:
            return act(session)

    return together.at_once(*(functools.partial(do, act) for act in acts))


def collide(engine: Engine, *sides: Side) -> list[Answer]:
    """Let pickers scan at once. Afterwards the books are right, and whose scan was not counted sees a screen of now."""
    answers: list[Answer] = at_once(engine, *(one.scan for one in sides))
    with reading(engine) as session:
        assert verifying.verify(session, WAREHOUSE) == []
    return answers


def screen_of(engine: Engine, one: Side) -> str:
    with reading(engine) as session:
        return picking.current_screen(session, one.actor).name


def beginners(session: Session, *, orders: int = 2) -> tuple[list[Picker], Product]:
    """Two pickers; as many batches of an order of two mugs each, all from one shelf with ten."""
    mug, location = builders.product(session, "MUG"), builders.location(session, "A1")
    builders.stock(session, location, mug, 10)
    for _ in range(orders):
        _ = builders.waiting_batch(session, builders.order(session, (mug, 2)), locations={mug.id: location})
    for kind in (LocationKind.LANE, LocationKind.HOLD):
        _ = builders.location(session, kind=kind)
    return [Picker(session, device=device) for device in "12"], mug


def at_the_location(session: Session) -> tuple[list[Picker], Product]:
    """Both at the one shelf, each with a walk of his own."""
    pickers, mug = beginners(session)
    for picker in pickers:
        _ = picker.begin(builders.cart(session), builders.tote(session))
        _ = picker.reach()
    return pickers, mug


@pytest.mark.parametrize("attempt", TIMES)
def test_one_tote_scanned_onto_two_carts_at_once_is_on_one(engine: Engine, attempt: int) -> None:
    with transaction(engine) as session:
        pickers, _mug = beginners(session)
        tote = builders.tote(session)
        carts = [builders.cart(session) for _ in pickers]
        for picker, cart in zip(pickers, carts, strict=True):
            _screen = picker.begin(cart)
        sides = [side(picker, tote.barcode) for picker in pickers]
    answers = collide(engine, *sides)
    won = [answer.feedback.tone for answer in answers].index("ok")
    assert answers[won].screen.name == "go_to"
    assert (answers[1 - won].screen.name, answers[1 - won].feedback.words) == (
        "build_cart",
        f"{tote.barcode} is on {carts[won].name}",
    )
    with reading(engine) as session:
        assert session.query(BatchOrder).filter_by(tote_id=tote.id).count() == 1


@pytest.mark.parametrize("attempt", TIMES)
def test_one_cart_scanned_by_two_at_once_is_one_pickers(engine: Engine, attempt: int) -> None:
    with transaction(engine) as session:
        pickers, _mug = beginners(session)
        cart = builders.cart(session)
        sides = [side(picker, cart.barcode) for picker in pickers]
    answers = collide(engine, *sides)
    won = [answer.feedback.tone for answer in answers].index("ok")
    assert answers[won].screen.name == "build_cart"
    other = answers[1 - won]
    assert (other.screen.name, other.feedback.words) == ("take_over", f"{cart.name} is in use")
    with reading(engine) as session:
        assert session.query(Batch).filter_by(status="started").one().worker_id == sides[won].worker.id


@pytest.mark.parametrize("attempt", TIMES)
@pytest.mark.parametrize("scanned", ["item", "tote"])
def test_a_walk_taken_over_in_mid_scan_counts_the_scan_or_refuses_it(
    engine: Engine, scanned: str, attempt: int
) -> None:
    with transaction(engine) as session:
        (marta, tom), mug = beginners(session, orders=1)
        cart = builders.cart(session)
        code = builders.barcode(session, mug)
        _ = marta.begin(cart, builders.tote(session))
        _ = marta.scan(marta.stop.location_code, *([code, code] if scanned == "tote" else []))
        _ = tom.scan(cart.barcode)
        mine = side(marta, marta.stop.tote if scanned == "tote" else code)
        takes = side(tom, "YES")
    answer, taken = collide(engine, mine, takes)
    assert taken.feedback.tone == "info"
    assert screen_of(engine, mine) == "moved"
    with reading(engine) as session:
        task = session.query(PickTask).one()
        counted = task.in_hand if scanned == "item" else task.picked // 2
    if answer.feedback.tone == "ok":
        assert counted == 1
    else:
        assert (answer.screen.name, answer.feedback.words, counted) == ("moved", NOT_COUNTED, 0)


@pytest.mark.parametrize("attempt", TIMES)
def test_two_handhelds_putting_one_lines_units_at_once_put_them_once(engine: Engine, attempt: int) -> None:
    with transaction(engine) as session:
        (marta, _tom), mug = beginners(session, orders=1)
        code = builders.barcode(session, mug)
        _ = marta.begin(builders.cart(session), builders.tote(session))
        _ = marta.scan(marta.stop.location_code, code, code)
        first = side(marta, marta.stop.tote)
        second = replace(first, device="7")
    answers = collide(engine, first, second)
    assert sorted(answer.feedback.tone for answer in answers) == ["ok", "warn"]
    lost = next(answer for answer in answers if answer.feedback.tone == "warn")
    assert lost.feedback.words == NOT_COUNTED
    assert lost.screen.name in {"drop_cart", "moved"}  # the walk is where the scan was counted
    with reading(engine) as session:
        assert session.query(PickTask).one().picked == 2


@pytest.mark.parametrize("attempt", TIMES)
def test_a_short_leaves_what_another_picker_takes_in_the_same_moment(engine: Engine, attempt: int) -> None:
    with transaction(engine) as session:
        (marta, tom), mug = at_the_location(session)
        code = builders.barcode(session, mug)
        _ = tom.scan(code, code)
        _ = marta.scan("NONE HERE")
        location = marta.stop.location_id
        sides = [side(marta, marta.stop.location_code), side(tom, tom.stop.tote)]
    short, put = collide(engine, *sides)
    assert (short.screen.name, short.feedback.words) == ("drop_cart", "None found. Go on")
    assert (put.screen.name, put.feedback.tone) == ("drop_cart", "ok")
    with reading(engine) as session:
        assert session.query(Stock).filter_by(place_id=location).one().on_hand == 0
        assert {task.picked for task in session.query(PickTask)} == {0, 2}


@pytest.mark.parametrize("attempt", TIMES)
@pytest.mark.parametrize("is_same", [True, False])
def test_two_shorts_at_one_location_in_the_same_moment_ask_for_one_count(
    engine: Engine, *, is_same: bool, attempt: int
) -> None:
    with transaction(engine) as session:
        mug, pen, location = (
            builders.product(session, "MUG"),
            builders.product(session, "PEN"),
            builders.location(session),
        )
        sides = []
        for device, product in zip("12", (mug, mug if is_same else pen), strict=True):
            builders.stock(session, location, product, 5)
            order = builders.order(session, (product, 2))
            _ = builders.waiting_batch(session, order, locations={product.id: location})
            picker = Picker(session, device=device)
            _ = picker.begin(builders.cart(session), builders.tote(session))
            _ = picker.scan("NONE HERE")
            sides.append(side(picker, location.barcode))
    answers = collide(engine, *sides)
    assert {answer.feedback.words for answer in answers} == {"None found. Go on"}
    with reading(engine) as session:
        assert session.query(CountTask).count() == 1
        assert {row.on_hand for row in session.query(Stock).filter_by(place_id=location.id)} == {0}


def milk_of_two_lots(session: Session) -> tuple[Picker, Picker, str]:
    """Marta has two of lot A in hand and is asked for the lot; Tom stands before his two of lot C. One shelf."""
    milk, location = builders.product(session, "MILK"), builders.location(session)
    pickers = []
    for device, lot in zip("12", "AC", strict=True):
        session.add(Lot(warehouse_id=WAREHOUSE, product_id=milk.id, lot=lot, expiry=None))
        builders.stock(session, location, milk, 2, lot=lot)
        order = builders.order(session, (milk, 2))
        _ = builders.waiting_batch(session, order, locations={milk.id: location}, lots={milk.id: lot})
        picker = Picker(session, device=device)
        _ = picker.begin(builders.cart(session), builders.tote(session))
        _ = picker.scan(location.barcode)
        pickers.append(picker)
    code = builders.barcode(session, milk)
    _ = pickers[0].scan(code, code)
    return pickers[0], pickers[1], code


@pytest.mark.parametrize("attempt", TIMES)
@pytest.mark.parametrize("scanned", ["item", "item with its lot"])
def test_a_lot_wanted_while_its_holder_begins_to_pick_it_is_ones(engine: Engine, scanned: str, attempt: int) -> None:
    with transaction(engine) as session:
        marta, tom, code = milk_of_two_lots(session)
        takes = side(tom, code if scanned == "item" else f"]d201{code}10C")
        wants = side(marta, "C")
    change, begun = collide(engine, wants, takes)
    with reading(engine) as session:
        lots = {task.batch_id: (task.lot, task.in_hand) for task in session.query(PickTask)}
        walks = {batch.worker_id: batch.id for batch in session.query(Batch)}
    hers, his = lots[walks[wants.worker.id]], lots[walks[takes.worker.id]]
    if change.feedback.tone == "ok":
        assert (change.screen.name, hers, his[0]) == ("put_in_tote", ("C", 2), "A")
        assert begun.feedback.tone != "ok" or (scanned == "item" and his[1] == 1)
        assert isinstance(begun.screen, TaskScreen)
        assert begun.screen.stop.lot == "A"
    else:
        assert (change.screen.name, change.feedback.words) == ("scan_lot", "Lot C is taken. Scan A")
        assert (hers, his, begun.feedback.tone) == (("A", 2), ("C", 1), "ok")


@pytest.mark.parametrize("attempt", TIMES)
def test_a_tote_full_in_the_moment_of_a_put_holds_it_or_not(engine: Engine, attempt: int) -> None:
    with transaction(engine) as session:
        mug, pen = builders.product(session), builders.product(session)
        order = builders.order(session, (mug, 1), (pen, 1))
        _ = builders.waiting_batch(session, order)
        marta, tote = Picker(session), builders.tote(session)
        _ = marta.begin(builders.cart(session), tote)
        _ = marta.pick()
        _ = marta.reach()
        _ = marta.scan(builders.barcode(session, pen))
        puts = side(marta, tote.barcode)
        fills = replace(puts, device="7", code="TOTE FULL")
    put, full = collide(engine, puts, fills)
    assert {put.feedback.tone, full.feedback.tone} != {"warn"}
    with reading(engine) as session:
        held = {row.product_id: row.on_hand for row in session.query(Stock).filter_by(place_id=tote.id)}
    assert held == ({mug.id: 1, pen.id: 1} if put.feedback.tone == "ok" else {mug.id: 1})
    if full.feedback.tone == "warn":
        assert full.feedback.words == NOT_COUNTED


def cancelled(session: Session, order_id: int) -> None:
    """Cancel an order as the desk does."""
    at = builders.NOW + dt.timedelta(hours=1)
    _ = cancelling.cancel_by_id(session, builders.actor(at=at), order_id, "customer")


def two_orders_short(session: Session, spare: int) -> tuple[Picker, Sequence[Order], Location]:
    """Marta has said that none of the mugs of two orders are on their shelf; another shelf may have some."""
    mug, location = builders.product(session, "MUG"), builders.location(session)
    builders.stock(session, location, mug, 9)
    orders = [builders.order(session, (mug, 2)) for _ in range(2)]
    _ = builders.waiting_batch(session, *orders, locations={mug.id: location})
    if spare:
        builders.stock(session, builders.location(session), mug, spare)
    marta = Picker(session)
    _ = marta.begin(builders.cart(session), builders.tote(session), builders.tote(session))
    _ = marta.scan("NONE HERE")
    return marta, orders, location


@pytest.mark.parametrize("attempt", TIMES)
@pytest.mark.parametrize("spare", [0, 9])
@pytest.mark.parametrize("which", [0, 1])
def test_an_order_cancelled_while_its_short_is_confirmed_ends_either_way(
    engine: Engine, spare: int, which: int, attempt: int
) -> None:
    with transaction(engine) as session:
        marta, orders, location = two_orders_short(session, spare)
        confirms = side(marta, location.barcode)
        order_id = orders[which].id
    answer, _none = at_once(engine, confirms.scan, lambda session: cancelled(session, order_id))
    assert answer.feedback.words in {"None here. Fetch it elsewhere", "None found. Go on", NOT_COUNTED}
    with reading(engine) as session:
        assert verifying.verify(session, WAREHOUSE) == []
        assert session.get_one(Order, (WAREHOUSE, order_id)).status is OrderStatus.CANCELLED
        rows = session.query(PickTask).filter_by(order_id=order_id).all()
        assert TaskStatus.OPEN not in {row.status for row in rows}


@pytest.mark.parametrize("attempt", TIMES)
def test_an_order_cancelled_while_its_tote_is_full_ends_either_way(engine: Engine, attempt: int) -> None:
    with transaction(engine) as session:
        mug, pen = builders.product(session), builders.product(session)
        order = builders.order(session, (mug, 1), (pen, 1))
        _ = builders.waiting_batch(session, order)
        marta, tote = Picker(session), builders.tote(session)
        _ = marta.begin(builders.cart(session), tote)
        _ = marta.pick()
        fills = side(marta, "TOTE FULL")
    full, _none = at_once(engine, fills.scan, lambda session: cancelled(session, order.id))
    assert full.feedback.words in {f"{tote.barcode} is full. Scan another tote", NOT_COUNTED}
    with reading(engine) as session:
        assert verifying.verify(session, WAREHOUSE) == []
        assert session.get_one(Tote, (WAREHOUSE, tote.id)).status is ToteStatus.PICKING
    assert screen_of(engine, fills) == "drop_cart"
