"""Picking by chance: whatever is scanned, cancelled, taken over, counted or put back, the books balance at each step.

`WMS_MODEL_EXAMPLES` and `WMS_MODEL_STEPS` make it look longer, `WMS_MODEL_ENGINE=postgresql` there too.
"""

import itertools
import os
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, StaticPool, create_engine, select

from tests import builders
from tests.builders import WAREHOUSE
from tests.services import model_laws
from tests.services.model_floor import Floor, Hand, codes_near, differences
from wms.database import prepare, reading, transaction
from wms.domain.codes import Command
from wms.domain.counting import CountStatus, CountTask
from wms.domain.errors import DomainError
from wms.domain.journal import JournalEntry
from wms.domain.orders import Order, OrderStatus
from wms.domain.picking import Batch, BatchStatus, PickTask, TaskStatus
from wms.domain.putbacks import PutBack
from wms.domain.totes import Tote, ToteStatus
from wms.services import cancelling, counting, putting_back, verifying
from wms.services.picking import proofs
from wms.services.picking.screens import Short, Stop, TaskScreen
from wms.services.scanning import Pulled
from wms.services.screens import Answer, Screen

_EXAMPLES = int(os.environ.get("WMS_MODEL_EXAMPLES", "10"))
_STEPS = int(os.environ.get("WMS_MODEL_STEPS", "20"))
_ENGINE = os.environ.get("WMS_MODEL_ENGINE", "sqlite")
_PATIENCE = 300
"""Scans after which a walk that does nothing but what it is asked for must have ended."""

WHO = st.integers(0, 1)
SHORTS = st.sampled_from((Command.SHORT, Command.NONE_HERE, Command.DAMAGED, Command.OTHER_ITEM_HERE))
COMMANDS = st.sampled_from(
    (Command.SKIP, Command.SKIP, Command.TOTE_FULL, Command.YES, Command.NO, Command.DONE, Command.HELP, Command.UNDO)
)
LINES = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4)), min_size=1, max_size=3, unique_by=lambda one: one[0])


class Picking(RuleBasedStateMachine):
    """Two pickers and all that happens around them; `left` is what the model knows to have left the house."""

    new_engine: ClassVar["staticmethod[[], Engine]"]

    def __init__(self) -> None:
        super().__init__()
        self.floor = Floor(self.new_engine())
        self.left: dict[int, int] = defaultdict(int)
        self.lost: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.bookings: list[tuple[Any, dict[Any, int]]] = []
        self.floor.release(
            (("mug", 2), ("milk", 2), ("pen", 1)), (("mug", 1), ("phone", 2)), (("mug", 1), ("milk", 2), ("pen", 2))
        )
        self.floor.release((("mug", 3), ("milk", 1)), (("phone", 1), ("pen", 1)))
        self.books = model_laws.read(self.floor.engine)
        self.stood = {product.id: self.books.total(product.id) for product in self.floor.products}
        for who, scans in ((0, 4), (1, 3)):
            self.goes_on(who, scans)

    def teardown(self) -> None:
        if sys.exception() is None:
            self.finish()
        self.floor.engine.dispose()

    @invariant()
    def verify_finds_nothing(self) -> None:
        with reading(self.floor.engine) as session:
            assert verifying.verify(session, WAREHOUSE) == []

    # --- what pickers do

    @rule(who=WHO, times=st.integers(1, 6))
    def goes_on(self, who: int, times: int) -> None:
        for _ in range(times):
            _ = self.does_what_is_asked(self.floor.hands[who])

    @rule(who=WHO, times=st.integers(2, 12))
    def goes_on_for_long(self, who: int, times: int) -> None:
        self.goes_on(who, times)

    @rule(who=WHO, number=st.integers(0, 999))
    def scans_something(self, who: int, number: int) -> None:
        codes = self.floor.codes()
        _ = self.scan(self.floor.hands[who], codes[number % len(codes)])

    @rule(who=WHO, number=st.integers(0, 99), times=st.integers(1, 2))
    def scans_something_of_the_line(self, who: int, number: int, times: int) -> None:
        hand = self.floor.hands[who]
        screen = self.floor.screen(hand)
        if isinstance(screen, TaskScreen):
            codes = codes_near(screen.stop)
            for _ in range(times):
                _ = self.scan(hand, codes[number % len(codes)])

    @rule(who=WHO, command=COMMANDS)
    def scans_a_command(self, who: int, command: Command) -> None:
        _ = self.scan(self.floor.hands[who], command)

    @rule(who=WHO, units=st.integers(0, 5))
    def scans_a_quantity(self, who: int, units: int) -> None:
        _ = self.scan(self.floor.hands[who], f"N{units}")

    @rule(who=WHO, command=SHORTS, found=st.none() | st.integers(0, 3), is_confirmed=st.booleans())
    def finds_less(self, *, who: int, command: Command, found: int | None, is_confirmed: bool) -> None:
        hand = self.floor.hands[who]
        _ = self.scan(hand, command)
        if found is not None:
            _ = self.scan(hand, f"N{found}")
        screen = self.floor.screen(hand)
        if is_confirmed and isinstance(screen, Short):
            _ = self.scan(hand, screen.stop.location_code)

    @rule(who=WHO, is_bound=st.booleans())
    def fills_a_tote(self, *, who: int, is_bound: bool) -> None:
        hand = self.floor.hands[who]
        _ = self.scan(hand, Command.TOTE_FULL)
        if is_bound and self.floor.screen(hand).name == "build_cart":
            _ = self.scan(hand, self.floor.free_tote())

    @rule(who=WHO, times=st.integers(1, 6))
    def undoes(self, who: int, times: int) -> None:
        for _ in range(times):
            _ = self.scan(self.floor.hands[who], Command.UNDO)

    @rule(who=WHO, number=st.integers(0, 3))
    def repeats_a_scan(self, who: int, number: int) -> None:
        """The same scan comes again because its answer was lost."""
        hand = self.floor.hands[who]
        mine = [pulled for device, pulled in hand.scans[-4:] if device == hand.device]
        if mine:
            before = model_laws.everything(self.floor.engine)
            answer = self.floor.post(hand, mine[number % len(mine)])
            assert model_laws.everything(self.floor.engine) == before
            assert answer.screen == self.floor.screen(hand)

    @rule(who=WHO, back=st.integers(1, 6), number=st.integers(0, 99))
    def scans_for_a_step_that_is_over(self, who: int, back: int, number: int) -> None:
        hand = self.floor.hands[who]
        screen = self.floor.screen(hand)
        old = [token for token in hand.tokens[-back:] if token != screen.token]
        if old:
            accepted = screen.accept or (Command.YES,)
            answer = self.scan(hand, accepted[number % len(accepted)], token=old[0])
            assert answer.feedback.tone == "warn"

    @rule(who=WHO)
    def takes_a_cart_over(self, who: int) -> None:
        hand = self.floor.hands[who]
        cart = self.floor.cart_in_use(hand)
        if cart is not None and self.floor.screen(hand).name in {"home", "moved"}:
            _ = self.scan(hand, cart)
            _ = self.scan(hand, Command.YES)

    @rule(who=WHO, device=st.sampled_from("1234"))
    def takes_another_device(self, who: int, device: str) -> None:
        mine, other = self.floor.hands[who], self.floor.hands[1 - who]
        if device != other.device:
            mine.device = device
            mine.tokens.clear()

    # --- what others do

    @rule(number=st.integers(0, 30))
    def cancels_an_order(self, number: int) -> None:
        at = self.floor.tick()
        with transaction(self.floor.engine) as session:
            orders = session.scalars(select(Order).where(Order.status != OrderStatus.CANCELLED).order_by(Order.id))
            found = orders.all()
            if found:
                cancelling.cancel(session, builders.actor(at=at), found[number % len(found)], "customer")
        self.look()

    @rule(number=st.integers(0, 30))
    def puts_units_back(self, number: int) -> None:
        at = self.floor.tick()
        with transaction(self.floor.engine) as session:
            rows = session.scalars(select(PutBack).where(PutBack.done_at.is_(None)).order_by(PutBack.id)).all()
            if not rows:
                return
            row = rows[number % len(rows)]
            tote = session.get_one(Tote, (WAREHOUSE, row.from_place_id))
            if tote.status is ToteStatus.PICKING:
                with pytest.raises(DomainError, match="still on a cart"):
                    _ = putting_back.done(session, builders.actor(at=at), row.id)
            else:
                _ = putting_back.done(session, builders.actor(at=at), row.id)
        self.look()

    @rule(number=st.integers(0, 9))
    def splits_a_walk(self, number: int) -> None:
        """The supervisor splits a walk by zone that nobody has begun."""
        self.floor.split_a_walk(number)
        self.look()

    @rule(number=st.integers(0, 9), back=st.integers(0, 8))
    def counts_a_shelf(self, number: int, back: int) -> None:
        """Somebody who counts what really stood there when he looked changes nothing."""
        found = self._open_count(number)
        if found is not None:
            since = [one for one in self.bookings if one[0] >= found.opened_at][-back - 1 :]
            looked_at, real = since[0] if since else (self.floor.now, self.books.on_shelves())
            counted = {
                (product, lot, ""): units for (place, product, lot), units in real.items() if place == found.location_id
            }
            done = self._close(found, counted, looked_at)
            assert (done.changed, done.bound) == (0, 0)

    @rule(number=st.integers(0, 9), off=st.sampled_from((-3, -1, 1, 2)))
    def counts_a_shelf_that_is_off(self, number: int, off: int) -> None:
        found = self._open_count(number)
        if found is None:
            return
        real = {goods: units for goods, units in self.books.on_shelves().items() if goods[0] == found.location_id}
        goods = sorted(real)[number % len(real)]
        real[goods] = max(0, real[goods] + off)
        change = real[goods] - self.books.on_shelves()[goods]
        on_hand, reserved = self.books.balances[goods]
        self.left[goods[1]] -= max(change, reserved - on_hand)
        counted = {(product, lot, ""): units for (_, product, lot), units in real.items()}
        _ = self._close(found, counted, self.floor.now)

    @rule(first=LINES, second=st.none() | LINES)
    def orders_come(self, first: list[tuple[int, int]], second: list[tuple[int, int]] | None) -> None:
        names = ("mug", "milk", "phone", "pen")
        self.floor.release(*(tuple((names[n], units) for n, units in lines) for lines in (first, second) if lines))
        self.look()

    # --- the model

    def does_what_is_asked(self, hand: Hand) -> Answer | None:
        """Scan what the screen wants; None where there is nothing to do. What it says it accepts must be right."""
        screen = self.floor.screen(hand)
        code = self._wanted(hand, screen)
        if code is None:
            return None
        answer = self.scan(hand, code)
        if screen.name != "home":
            assert answer.feedback.tone in {"ok", "info"}, (screen, code, answer.feedback)
        return answer

    def _wanted(self, hand: Hand, screen: Screen) -> str | None:
        if screen.accept is not None:
            return screen.accept[self.floor.seconds % len(screen.accept)]
        if screen.name == "home":
            mine = self._own_cart(hand)
            return mine or self._idle_cart()
        answers = {"build_cart": self.floor.free_tote, "scan_serial": self.floor.new_serial}
        return answers[screen.name]() if screen.name in answers else {"take_over": Command.YES}.get(screen.name, "DONE")

    def _own_cart(self, hand: Hand) -> str | None:
        with reading(self.floor.engine) as session:
            batch = session.query(Batch).filter_by(status="started", worker_id=hand.worker.id).one_or_none()
            return next((cart.barcode for cart in self.floor.carts if batch and cart.id == batch.cart_id), None)

    def _idle_cart(self) -> str | None:
        with reading(self.floor.engine) as session:
            if not session.query(Batch).filter_by(status="waiting").count():
                return None
            used = {batch.cart_id for batch in session.query(Batch).filter_by(status="started")}
            return next(cart.barcode for cart in self.floor.carts if cart.id not in used)

    def scan(self, hand: Hand, code: str, token: str | None = None) -> Answer:
        """Scan a code, and hold what it did against what it said."""
        before, was = self.floor.screen(hand), self.books
        pulled = Pulled(code=code, scan=f"scan-{self.floor.seconds}", token=token or before.token)
        answer = self.floor.post(hand, pulled)
        hand.feedback = answer.feedback
        hand.scans.append((hand.device, pulled))
        hand.tokens.append(before.token)
        assert differences(answer.screen, self.floor.screen(hand)) == []
        undone = self._undone(pulled.scan)
        if undone is not None and isinstance(answer.screen, TaskScreen) and answer.screen.name != "put_back":
            assert answer.screen.stop.task_id == undone
        if isinstance(before, Short) and answer.feedback.tone == "ok":
            self._short(before.stop, was)
        elif answer.feedback.words == "Say again how many":
            assert isinstance(answer.screen, Short)
            product_id, units = self.lost[answer.screen.stop.batch_id].pop()
            self.left[product_id] -= units
        self.look()
        if answer.feedback.tone in {"wrong", "warn"}:
            assert self.books.work == was.work, answer.feedback
        return answer

    def _undone(self, scan: str) -> int | None:
        """The line that a scan took something back of."""
        with reading(self.floor.engine) as session:
            entry = session.query(JournalEntry).filter_by(scan=scan, event="ScanUndone").one_or_none()
            return None if entry is None else int(entry.data["task_id"])

    def _short(self, stop: Stop, was: model_laws.Books) -> None:
        """What leaves the house by a short: all that no other walk has set aside there."""
        assert stop.found is not None
        same = [
            task.quantity
            for task in was.tasks.values()
            if (task.batch_id, task.location_id, task.product_id, task.lot)
            == (stop.batch_id, stop.location_id, stop.product_id, stop.lot)
            and task.id != stop.task_id
            and (task.status, task.in_hand, task.found) == (TaskStatus.OPEN, 0, None)
        ]
        on_hand, reserved = was.balances[stop.location_id, stop.product_id, stop.lot]
        units = on_hand - reserved + stop.wanted - stop.found + sum(same)
        self.left[stop.product_id] += units
        self.lost[stop.batch_id].append((stop.product_id, units))

    def look(self) -> None:
        """Read the books and hold the laws against them."""
        self.books = model_laws.read(self.floor.engine)
        self.bookings.append((self.floor.now, self.books.on_shelves()))
        for product in self.floor.products:
            assert self.books.total(product.id) + self.left[product.id] == self.stood[product.id], product.sku

    def _open_count(self, number: int) -> CountTask | None:
        with reading(self.floor.engine) as session:
            rows = session.scalars(
                select(CountTask).where(CountTask.status == CountStatus.OPEN).order_by(CountTask.id)
            ).all()
            return rows[number % len(rows)] if rows else None

    def _close(self, found: CountTask, counted: dict[Any, int], looked_at: Any) -> counting.Counted:
        at = self.floor.tick()
        with transaction(self.floor.engine) as session:
            done = counting.close(session, builders.actor(at=at), found.id, counted, looked_at)
        self.look()
        return done

    def finish(self) -> None:
        """Whatever has happened: who does what the screens ask for comes to the end of every walk."""
        for _ in range(_PATIENCE):
            if not [hand for hand in self.floor.hands if self.does_what_is_asked(hand) is not None]:
                break
        with reading(self.floor.engine) as session:
            going_on = session.query(Batch).filter(Batch.status.in_((BatchStatus.WAITING, BatchStatus.STARTED)))
            assert going_on.count() == 0
            assert session.query(PickTask).filter(PickTask.in_hand > 0).count() == 0
        self.verify_finds_nothing()


def _in_memory(template: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    with closing(sqlite3.connect(template)) as source:
        source.backup(connection)
    return connection


@pytest.fixture
def new_engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Engine]:
    """A maker of engines on a database with all tables and nothing in them."""
    # Which lines are asked for their shelf by chance is told from ids, which are drawn anew each time.
    monkeypatch.setattr(proofs, "CHECKED", sys.maxsize)

    def make() -> Engine:
        monkeypatch.setattr(builders, "_numbers", itertools.count(1))
        if _ENGINE == "sqlite":
            template = request.getfixturevalue("sqlite_template")
            engine = create_engine("sqlite://", creator=lambda: _in_memory(template), poolclass=StaticPool)
        else:
            engine = create_engine(request.getfixturevalue("emptied")())
        prepare(engine)
        return engine

    return make


def test_whatever_happens_the_books_balance_and_every_walk_can_be_ended(new_engine: Callable[[], Engine]) -> None:
    run_state_machine_as_test(
        type("Here", (Picking,), {"new_engine": staticmethod(new_engine)}),
        settings=hypothesis.settings(
            max_examples=_EXAMPLES,
            stateful_step_count=_STEPS,
            deadline=None,
            suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large],
        ),
    )
