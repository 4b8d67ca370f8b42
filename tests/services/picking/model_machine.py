"""The machine under the rules of the picking model: it scans, looks at the books and knows what has left the house."""

import sys
from collections import defaultdict
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import Engine, select

from tests import builders
from tests.builders import WAREHOUSE
from tests.services.picking import model_laws
from tests.services.picking.model_floor import Floor, Hand, differences
from wms.database import reading, transaction
from wms.domain.codes import Command
from wms.domain.counting import CountStatus, CountTask
from wms.domain.journal import JournalEntry
from wms.domain.picking import Batch, BatchStatus, PickTask, TaskStatus
from wms.services import verifying
from wms.services.picking.screens import BrokenTote, IsToteEmpty, Short, TaskScreen, WrongItem
from wms.services.picking.walk.at_stop import Stop
from wms.services.scans.scanning import Pulled
from wms.services.scans.screens import Answer, Screen
from wms.services.stock import counting

AT_WALL = frozenset({"sorted", "found empty", "damaged"})
"""Steps that UNDO takes back at the put wall, of as many lines as a tote holds units of."""
_A_WHILE = 20
_PATIENCE = 30
"""Turns of a while after which a walk that does nothing but what it is asked for must have ended."""


class Machine(RuleBasedStateMachine):
    """Two pickers and all that happens around them; `left` is what the model knows to have left the house."""

    new_engine: ClassVar["staticmethod[[], Engine]"]

    def __init__(self) -> None:
        super().__init__()
        self.floor = self.make_floor()
        self.left: dict[int, int] = defaultdict(int)
        self.lost: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.verified_at = -1
        self.is_ending = False
        """Nothing happens by chance any more: the books are looked at once a round."""
        self.picked_again: set[int] = set()
        self.bookings: list[tuple[Any, dict[Any, int]]] = []
        self.books = model_laws.read(self.floor.engine)
        self.stood = {product.id: self.books.total(product.id) for product in self.floor.products}
        self.begin()

    def make_floor(self) -> Floor:
        """Where it all happens."""
        return Floor(self.new_engine())

    def begin(self) -> None:
        """What has happened before anything happens by chance."""
        self.floor.release(
            (("mug", 2), ("milk", 2), ("pen", 1)), (("mug", 1), ("phone", 2)), (("mug", 1), ("milk", 2), ("pen", 2))
        )
        self.floor.release((("mug", 3), ("milk", 1)), (("phone", 1), ("pen", 1)), accepts=True)
        self.look()
        for who, scans in ((0, 4), (1, 3)):
            for _ in range(scans):
                _ = self.does_what_is_asked(self.floor.hands[who])

    def teardown(self) -> None:
        if sys.exception() is None:
            self.finish()
        self.floor.engine.dispose()

    @invariant()
    def verify_finds_nothing(self) -> None:
        if self.verified_at == self.floor.seconds:
            return  # nobody has done anything since
        self.verified_at = self.floor.seconds
        with reading(self.floor.engine) as session:
            assert verifying.verify(session, WAREHOUSE) == []

    def does_what_is_asked(self, hand: Hand) -> Answer | None:
        """Scan what the screen wants; None where there is nothing to do. What it says it accepts must be right."""
        screen = self.floor.screen(hand)
        code = self.wanted(hand, screen)
        if code is None:
            return None
        answer = self.scan(hand, code, screen=screen)
        # Two may find the same tote at the wall broken, and one of them swaps it.
        is_late = isinstance(screen, BrokenTote) and screen.batch_id is None and answer.screen.token != screen.token
        if screen.name != "home" and not is_late:
            assert answer.feedback.tone in {"ok", "info"}, (screen, code, answer.feedback)
        return answer

    def wanted(self, hand: Hand, screen: Screen) -> str | None:
        """What the screen wants scanned; None where there is nothing to do."""
        if screen.accept is not None:
            return screen.accept[self.floor.seconds % len(screen.accept)]
        if screen.name == "home":
            mine = self._own_cart(hand)
            return mine or self._idle_cart()
        if isinstance(screen, WrongItem) or (isinstance(screen, BrokenTote) and not screen.tote):
            return Command.UNDO
        if isinstance(screen, BrokenTote):
            return self.floor.free_tote(but=screen.tote)
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

    def scan(self, hand: Hand, code: str, token: str | None = None, screen: Screen | None = None) -> Answer:
        """Scan a code on the screen that is there now, and hold what it did against what it said."""
        before = screen or self.floor.screen(hand)
        is_looked_at = not self.is_ending or isinstance(before, Short | BrokenTote | WrongItem | IsToteEmpty)
        if self.is_ending and is_looked_at:
            self.look()
        was = self.books
        pulled = Pulled(code=code, scan=f"scan-{self.floor.seconds}", token=token or before.token)
        answer = self.floor.post(hand, pulled)
        hand.feedback = answer.feedback
        hand.scans.append((hand.device, pulled))
        hand.tokens.append(before.token)
        assert differences(answer.screen, self.floor.screen(hand)) == []
        undone = self._undone(pulled.scan)
        if undone is not None and isinstance(answer.screen, TaskScreen) and answer.screen.name != "put_back":
            assert answer.screen.stop.task_id == undone
        self.account(hand, before, pulled, answer, was)
        if is_looked_at:
            self.look()
        if answer.feedback.tone in {"wrong", "warn"}:
            assert self.books.work == was.work, answer.feedback
        return answer

    def account(self, hand: Hand, before: Screen, pulled: Pulled, answer: Answer, was: model_laws.Books) -> None:  # noqa: ARG002 - of use to other machines
        """Reckon what has left the house by a scan."""
        if isinstance(before, Short) and answer.feedback.tone == "ok":
            self._short(before.stop, was)
        elif answer.feedback.words == "Say again how many":
            assert isinstance(answer.screen, Short)
            product_id, units = self.lost[answer.screen.stop.batch_id].pop()
            self.left[product_id] -= units
        elif isinstance(before, WrongItem) and before.tote and answer.feedback.tone == "ok":
            self._came_out(pulled.code, was)

    def _undone(self, scan: str) -> int | None:
        """The line that a scan took something back of."""
        with reading(self.floor.engine) as session:
            entries = session.query(JournalEntry).filter_by(scan=scan, event="ScanUndone")
            lines = {int(entry.data["task_id"]) for entry in entries if entry.data["step"] not in AT_WALL}
            assert len(lines) <= 1
            return next(iter(lines), None)

    def _short(self, stop: Stop, was: model_laws.Books) -> None:
        """What leaves the house by a short: all that no other walk has set aside there."""
        assert stop.found is not None
        is_none = stop.short_reason == "none here" and not stop.found  # of any lot
        free = {
            lot: on_hand - reserved
            for (place, product, lot), (on_hand, reserved) in was.balances.items()
            if (place, product) == (stop.location_id, stop.product_id) and (is_none or lot == stop.lot)
        }
        # Units run out while they are dealt: what the next lines were thought to have in hand is not there.
        are_gone = stop.in_hand > stop.found and stop.short_reason != "damaged"
        same = {
            task.id: task.quantity
            for task in was.tasks.values()
            if (task.batch_id, task.location_id, task.product_id) == (stop.batch_id, stop.location_id, stop.product_id)
            and task.lot in free
            and task.id != stop.task_id
            and (task.status, task.found) == (TaskStatus.OPEN, None)
            and (are_gone or not task.in_hand)
        }
        units = stop.wanted - stop.found
        for line in stop.dealt:
            if units <= 0:  # the line before has all that it wants: what was found ends later
                units += line.units
                _ = same.pop(line.task_id, None)
        if stop.short_reason != "damaged":
            units += sum(free.values()) + sum(same.values())
        self.left[stop.product_id] += units
        self.lost[stop.batch_id].append((stop.product_id, units))

    def _came_out(self, code: str, was: model_laws.Books) -> None:
        """A wrong item comes from the shelf whose books have it; one that none has was never in them."""
        product, units = self.floor.meaning(code)
        locations = {location.id for location in self.floor.locations}
        if not any(
            place in locations and of == product.id and on_hand - reserved >= units
            for (place, of, _), (on_hand, reserved) in was.balances.items()
        ):
            self.left[product.id] -= units

    def look(self) -> None:
        """Read the books and hold the laws against them."""
        self.books = model_laws.read(self.floor.engine, self.picked_again)
        self.bookings.append((self.floor.now, self.books.on_locations()))
        for product in self.floor.products:
            assert self.books.total(product.id) + self.left[product.id] == self.stood[product.id], product.sku

    def open_count(self, number: int) -> CountTask | None:
        with reading(self.floor.engine) as session:
            rows = session.scalars(
                select(CountTask).where(CountTask.status == CountStatus.OPEN).order_by(CountTask.id)
            ).all()
            return rows[number % len(rows)] if rows else None

    def close_count(self, found: CountTask, counted: dict[Any, int], looked_at: Any) -> counting.Counted:
        at = self.floor.tick()
        with transaction(self.floor.engine) as session:
            done = counting.close(session, builders.actor(at=at), found.id, counted, looked_at)
        self.look()
        return done

    def do_what_is_left(self) -> bool:
        """Each goes on for a while; False where nobody had anything to do."""
        return bool([hand for hand in self.floor.hands if self.goes_on_until_done(hand)])

    def goes_on_until_done(self, hand: Hand) -> int:
        """Do what is asked for a while, or until nothing is; return how many scans that were."""
        scans = range(_A_WHILE)
        return next((scan for scan in scans if self.does_what_is_asked(hand) is None), len(scans))

    def finish(self) -> None:
        """Whatever has happened: who does what the screens ask for comes to the end of every walk."""
        self.is_ending = True
        for _ in range(_PATIENCE):
            if not self.do_what_is_left():
                break
            self.look()
        with reading(self.floor.engine) as session:
            going_on = session.query(Batch).filter(Batch.status.in_((BatchStatus.WAITING, BatchStatus.STARTED)))
            assert going_on.count() == 0
            assert session.query(PickTask).filter(PickTask.in_hand > 0).count() == 0
        self.verify_finds_nothing()
