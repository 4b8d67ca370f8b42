"""The rules of the put wall's model: what may happen where shared totes are sorted, and to orders that are."""

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from tests import builders
from tests.services.picking.model_wall import SORTING, WallMachine
from wms.database import reading, transaction
from wms.domain.codes import Command
from wms.domain.orders import Order, OrderStatus
from wms.domain.people import ShortPolicy
from wms.domain.totes import Tote
from wms.services.orders import cancelling
from wms.services.picking.screens import BrokenTote, Home, IsToteEmpty, PutInSlot, SortItem
from wms.services.planning import again as planning_again

SORTERS = st.sampled_from((2, 2, 0, 1))
"""Mostly her who only sorts."""
BENCH = st.integers(0, 2)
_A_FEW = 8
"""Scans after which units that one scan took are in hand, where the tote has such."""
SMALL = st.lists(
    st.lists(
        st.tuples(st.sampled_from(("mug", "pen")), st.integers(1, 2)),
        min_size=1,
        max_size=2,
        unique_by=lambda one: one[0],
    ),
    min_size=1,
    max_size=3,
)


class Sorting(WallMachine):
    """What may happen at the wall and at the benches, beside all that may happen on walks."""

    @rule(who=SORTERS, number=st.integers(0, 9))
    def takes_a_tote_up(self, who: int, number: int) -> None:
        hand, totes = self.floor.hands[who], self.floor.to_sort()
        if totes and isinstance(self.floor.screen(hand), Home | SortItem):
            assert self.scan(hand, totes[number % len(totes)]).screen.name in {"sort_item", "put_in_slot"}

    @rule(who=SORTERS, times=st.integers(1, 8))
    def sorts(self, who: int, times: int) -> None:
        hand = self.floor.hands[who]
        for _ in range(times):
            if self.goes_to_the_wall(hand):
                _ = self.does_what_is_asked(hand)

    @rule(who=SORTERS, times=st.integers(1, 8), undone=st.integers(0, 3), cancelled=st.none() | st.integers(0, 9))
    def sorts_what_is_undone_or_cancelled(self, *, who: int, times: int, undone: int, cancelled: int | None) -> None:
        self.sorts(who, times)
        if cancelled is not None:
            self.cancels_what_is_sorted(cancelled)
        hand = self.floor.hands[who]
        for _ in range(undone):
            if isinstance(self.floor.screen(hand), (*SORTING, Home)):
                _ = self.scan(hand, Command.UNDO)

    @rule(who=SORTERS, number=st.integers(0, 99), times=st.integers(1, 2))
    def scans_something_at_the_wall(self, who: int, number: int, times: int) -> None:
        hand = self.floor.hands[who]
        if self.goes_to_the_wall(hand):
            totes = [tote.barcode for tote in (*self.floor.places, *self.floor.totes[:3])]
            codes = [*self.floor.units, *totes, Command.SHORT, Command.DAMAGED, Command.DONE, Command.NO]
            for _ in range(times):
                _ = self.scan(hand, codes[number % len(codes)])

    @rule(who=SORTERS, is_confirmed=st.booleans(), undone=st.integers(0, 2))
    def finds_the_tote_empty(self, *, who: int, is_confirmed: bool, undone: int) -> None:
        hand = self.floor.hands[who]
        if isinstance(self.goes_to_the_wall(hand), SortItem):
            screen = self.scan(hand, Command.SHORT).screen
            assert isinstance(screen, IsToteEmpty)
            if is_confirmed:
                _ = self.scan(hand, screen.tote)
            for _ in range(undone):
                _ = self.scan(hand, Command.UNDO)

    @rule(who=SORTERS, units=st.sampled_from((1, 1, 1, 0, 2, 3)), is_put=st.booleans(), undone=st.integers(0, 2))
    def has_fewer_in_hand(self, *, who: int, units: int, is_put: bool, undone: int) -> None:
        hand = self.floor.hands[who]
        screen = self.goes_to_the_wall(hand)
        for _ in range(_A_FEW):
            if isinstance(screen, SortItem) or (isinstance(screen, PutInSlot) and screen.units == 1):
                _ = self.does_what_is_asked(hand)
                screen = self.floor.screen(hand)
        if isinstance(screen, PutInSlot):
            now = self.scan(hand, f"N{units}").screen
            assert isinstance(now, PutInSlot)
            assert now.units == (units if 0 < units < screen.units else screen.units)
            if now.units < screen.units:
                self.note("fewer in hand")
            if is_put and now.accept:
                _ = self.scan(hand, now.accept[0])
            for _ in range(undone):
                _ = self.scan(hand, Command.UNDO)

    @rule(who=SORTERS, is_card_first=st.booleans(), undone=st.integers(0, 2))
    def finds_a_unit_damaged(self, *, who: int, is_card_first: bool, undone: int) -> None:
        hand = self.floor.hands[who]
        if isinstance(self.goes_to_the_wall(hand), SortItem):
            item = self.item_to_sort(hand)
            scans = (Command.DAMAGED, item) if is_card_first else (item, Command.DAMAGED)
            words = [self.scan(hand, code).feedback.words for code in scans]
            assert words[-1].startswith("DAMAGED. Put it in ")
            self.note("damaged")
            for _ in range(undone):
                _ = self.scan(hand, Command.UNDO)

    @rule(who=SORTERS, is_swapped=st.booleans())
    def breaks_the_tote_sorted(self, *, who: int, is_swapped: bool) -> None:
        hand = self.floor.hands[who]
        if isinstance(self.goes_to_the_wall(hand), SortItem | IsToteEmpty):
            screen = self.scan(hand, Command.BROKEN_TOTE).screen
            assert isinstance(screen, BrokenTote)
            _ = self.scan(hand, self.floor.free_tote() if is_swapped else Command.UNDO)

    @rule(number=BENCH, times=st.integers(1, 10))
    def packs_on(self, number: int, times: int) -> None:
        for _ in range(times):
            _ = self.packs(number)
            self.look()

    @rule(number=BENCH, times=st.integers(1, 3))
    def undoes_at_the_bench(self, number: int, times: int) -> None:
        for _ in range(times):
            _ = self.floor.pack(number, Command.UNDO)
            self.look()

    @rule(number=BENCH, which=st.integers(0, 9))
    def finds_a_shared_tote_empty_at_the_bench(self, number: int, which: int) -> None:
        totes = self.floor.in_shared_totes()
        if totes and self.floor.at_bench(number).name == "scan_tote":
            tote = totes[which % len(totes)]
            if self.floor.pack(number, tote.barcode).tone == "ok":
                self.look()
                lost = self.books.to_sort(tote.id)
                if self.floor.pack(number, Command.SHORT).tone == "info":
                    self.leave(lost)
                    self.note("found empty at the bench")
            self.look()

    @rule(number=st.integers(0, 9), policy=st.sampled_from(ShortPolicy))
    def decides_of_a_short_order(self, number: int, policy: ShortPolicy) -> None:
        orders = self.floor.orders(OrderStatus.SHORT)
        if orders:
            self.decides(orders[number % len(orders)].id, policy)

    @rule(number=st.integers(0, 9))
    def picks_a_short_order_again(self, number: int) -> None:
        orders = self.floor.orders(OrderStatus.SHORT)
        if orders:
            at, order = self.floor.tick(), orders[number % len(orders)]
            with transaction(self.floor.engine) as session:
                _ = planning_again.pick_again(session, builders.actor(at=at), order.id)
            self.picked_again.add(order.id)
            self.look()

    @rule(wanted=SMALL)
    def small_orders_come(self, wanted: list[list[tuple[str, int]]]) -> None:
        self.floor.release(*(tuple(lines) for lines in wanted))
        self.look()

    def cancels_what_is_sorted(self, number: int) -> None:
        """An order that has a place at the wall is cancelled."""
        with reading(self.floor.engine) as session:
            has_place = Tote.order_id == Order.id, Tote.wall != "", Order.status != OrderStatus.CANCELLED
            begun = session.scalars(select(Order.id).where(*has_place).order_by(Order.id)).all()
        if begun:
            at = self.floor.tick()
            with transaction(self.floor.engine) as session:
                order_id = begun[number % len(begun)]
                _ = cancelling.cancel_by_id(session, builders.actor(at=at), order_id, "customer")
            self.note("cancelled while it is sorted")
            self.look()
