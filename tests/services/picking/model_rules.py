"""The rules of the picking model: what may happen on the floor, in any sequence."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from tests import builders
from tests.builders import WAREHOUSE
from tests.services.picking import model_laws
from tests.services.picking.model_floor import codes_near
from tests.services.picking.model_machine import Machine
from wms.database import transaction
from wms.domain.codes import Command
from wms.domain.errors import DomainError
from wms.domain.orders import Order, OrderStatus
from wms.domain.putbacks import PutBack
from wms.domain.totes import Tote, ToteStatus
from wms.services.orders import cancelling
from wms.services.picking.screens import BrokenTote, Short, TaskScreen, WrongItem
from wms.services.stock import putting_back

_ERRANDS = frozenset({"broken_tote", "wrong_item", "is_it_there"})
"""What is begun on a device, is left there by whoever goes, and goes on there."""
WHO = st.integers(0, 1)
SHORTS = st.sampled_from((Command.SHORT, Command.NONE_HERE, Command.DAMAGED, Command.OTHER_ITEM_HERE))
COMMANDS = st.sampled_from(
    (Command.SKIP, Command.SKIP, Command.TOTE_FULL, Command.YES, Command.NO, Command.DONE, Command.HELP, Command.UNDO)
)
ANSWERS = st.sampled_from((Command.YES, Command.NO, Command.DONE))
LINES = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4)), min_size=1, max_size=3, unique_by=lambda one: one[0])


class Walking(Machine):
    """What pickers and others do on any floor, in any sequence."""

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

    @rule(who=WHO, command=COMMANDS)
    def scans_a_command(self, who: int, command: Command) -> None:
        _ = self.scan(self.floor.hands[who], command)

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

    @rule(who=WHO, number=st.integers(0, 9), is_swapped=st.booleans())
    def breaks_a_tote(self, *, who: int, number: int, is_swapped: bool) -> None:
        hand = self.floor.hands[who]
        _ = self.scan(hand, Command.BROKEN_TOTE)
        screen = self.floor.screen(hand)
        if isinstance(screen, BrokenTote) and screen.accept:
            _ = self.scan(hand, screen.accept[number % len(screen.accept)])
            if is_swapped:
                _ = self.scan(hand, self.floor.free_tote())

    @rule(who=WHO, number=st.integers(0, 9), unit=st.integers(0, 5), answers=st.lists(ANSWERS, max_size=4))
    def finds_a_wrong_item(self, *, who: int, number: int, unit: int, answers: list[Command]) -> None:
        hand = self.floor.hands[who]
        _ = self.scan(hand, Command.WRONG_ITEM)
        screen = self.floor.screen(hand)
        totes = (screen.accept or self.floor.staged()) if isinstance(screen, WrongItem) else ()
        if totes:
            _ = self.scan(hand, totes[number % len(totes)])
            _ = self.scan(hand, self.floor.units[unit])
            for answer in answers:
                if self.floor.screen(hand).name == "is_it_there":
                    _ = self.scan(hand, answer)

    @rule(who=WHO, times=st.integers(1, 6))
    def undoes(self, who: int, times: int) -> None:
        for _ in range(times):
            _ = self.scan(self.floor.hands[who], Command.UNDO)

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
        if device not in {hand.device for hand in self.floor.hands}:
            self.floor.sign_in_at(self.floor.hands[who], device)

    @rule(who=WHO)
    def hands_over(self, who: int) -> None:
        """The other's badge takes the device over, with what is done on it."""
        mine, other = self.floor.hands[who], self.floor.hands[1 - who]
        screen = self.floor.screen(mine)
        said = self.floor.hand_over(mine, other)
        self.look()
        now = self.floor.screen(other)
        if said is not None and said.tone == "ok" and not {screen.name, now.name} & _ERRANDS:
            assert now.token == screen.token

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
            tote = session.get(Tote, (WAREHOUSE, row.from_place_id))  # None: a wrong item waits in a lane
            if tote is not None and tote.status is ToteStatus.PICKING:
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

    @rule(first=LINES, second=st.none() | LINES, accepts=st.booleans())
    def orders_come(self, *, first: list[tuple[int, int]], second: list[tuple[int, int]] | None, accepts: bool) -> None:
        names = ("mug", "milk", "phone", "pen")
        wanted = (tuple((names[n], units) for n, units in lines) for lines in (first, second) if lines)
        self.floor.release(*wanted, accepts=accepts)
        self.look()


class Picking(Walking):
    """And what concerns a line or a location closely."""

    @rule(who=WHO, number=st.integers(0, 99), times=st.integers(1, 2))
    def scans_something_of_the_line(self, who: int, number: int, times: int) -> None:
        hand = self.floor.hands[who]
        screen = self.floor.screen(hand)
        if isinstance(screen, TaskScreen):
            codes = codes_near(screen.stop)
            for _ in range(times):
                _ = self.scan(hand, codes[number % len(codes)])

    @rule(who=WHO, units=st.integers(0, 5))
    def scans_a_quantity(self, who: int, units: int) -> None:
        _ = self.scan(self.floor.hands[who], f"N{units}")

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

    @rule(number=st.integers(0, 9), back=st.integers(0, 8))
    def counts_a_location(self, number: int, back: int) -> None:
        """Somebody who counts what really stood there when he looked changes nothing."""
        found = self.open_count(number)
        if found is not None:
            since = [one for one in self.bookings if one[0] >= found.opened_at][-back - 1 :]
            looked_at, real = since[0] if since else (self.floor.now, self.books.on_locations())
            counted = {
                (product, lot, ""): units for (place, product, lot), units in real.items() if place == found.location_id
            }
            done = self.close_count(found, counted, looked_at)
            assert (done.changed, done.bound) == (0, 0)

    @rule(number=st.integers(0, 9), off=st.sampled_from((-3, -1, 1, 2)))
    def counts_a_location_that_is_off(self, number: int, off: int) -> None:
        found = self.open_count(number)
        if found is None:
            return
        real = {goods: units for goods, units in self.books.on_locations().items() if goods[0] == found.location_id}
        goods = sorted(real)[number % len(real)]
        real[goods] = max(0, real[goods] + off)
        change = real[goods] - self.books.on_locations()[goods]
        on_hand, reserved = self.books.balances[goods]
        self.left[goods[1]] -= max(change, reserved - on_hand)
        counted = {(product, lot, ""): units for (_, product, lot), units in real.items()}
        _ = self.close_count(found, counted, self.floor.now)
