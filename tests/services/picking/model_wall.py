"""The machine under the rules of the put wall's model: it sorts and packs, and knows what was lost on the way."""

from collections import Counter, defaultdict
from typing import ClassVar

from hypothesis import event
from sqlalchemy import select

from tests import builders
from tests.services.picking import model_laws
from tests.services.picking.model_floor import Hand
from tests.services.picking.model_rules import Walking
from tests.services.picking.model_wall_floor import WallFloor
from wms.database import reading, transaction
from wms.domain.catalog import Barcode
from wms.domain.codes import Command
from wms.domain.journal import JournalEntry
from wms.domain.orders import OrderStatus
from wms.domain.people import ShortPolicy
from wms.domain.putbacks import PutBack
from wms.domain.totes import Tote, ToteStatus
from wms.services.orders import deciding
from wms.services.orders.splitting import NothingPickedError
from wms.services.packing.screens import BuyingLabel, ScanTote
from wms.services.picking.screens import BrokenTote, Home, IsToteEmpty, PutInSlot, ScanDamaged, SortItem, WrongItem
from wms.services.scans.scanning import Pulled
from wms.services.scans.screens import Answer, Screen
from wms.services.stock import putting_back

# What is said where the wall's own things happen.
_TOLD = {
    "is ready to pack": "whole",
    "More will come": "part",
    "is short. The lead knows": "as whole as can be",
    "TAKE IT OUT OF": "wrong place",
    "NOT FOR THIS WALL": "not for the wall",
    "The wall is full": "full wall",
}
SORTING = SortItem, PutInSlot, IsToteEmpty, ScanDamaged
_PATIENCE = 500
"""Scans after which whatever waits at a bench must be packed."""


class WallMachine(Walking):
    """Two people who pick and sort, and packers who take what is whole."""

    floor: WallFloor
    reached: ClassVar[Counter[str]] = Counter()
    """How often something happened that the model is to reach, by what it is."""

    def make_floor(self) -> WallFloor:
        """A floor with a wall."""
        return WallFloor(self.new_engine())

    def begin(self) -> None:
        """One walk is down and waits for the wall, another waits for a cart."""
        self.emptied: dict[int, list[dict[int, int]]] = defaultdict(list)
        self.floor.release((("mug", 2), ("pen", 1)), (("pen", 2),), (("mug", 1),), (("pen", 1),))
        self.look()
        hand = self.floor.hands[0]
        while not self.floor.to_sort():
            _ = self.does_what_is_asked(hand)
        self.floor.release((("mug", 1), ("pen", 2)), (("milk", 1), ("mug", 1)), (("pen", 1),))
        self.look()

    # --- at the wall

    def wanted(self, hand: Hand, screen: Screen) -> str | None:
        """Home has totes for the wall too; there an item of the tote is wanted, and a place that is free."""
        if isinstance(screen, Home):
            totes = self.floor.to_sort()
            if totes and (self.floor.seconds % 2 or super().wanted(hand, screen) is None):
                return totes[self.floor.seconds % len(totes)]
        if isinstance(screen, SortItem | ScanDamaged):
            return self.item_to_sort(hand)
        if isinstance(screen, PutInSlot) and not screen.accept:  # the wall is full: first what the places wait for
            if self.is_ending:
                self.look()
                _ = self.ends_boxes()
                self.gives_places_up()
            return Command.UNDO
        return super().wanted(hand, screen)

    def goes_to_the_wall(self, hand: Hand) -> Screen | None:
        """Who has no walk takes a tote up there; None where there is none to sort, or something else to do."""
        screen = self.floor.screen(hand)
        totes = self.floor.to_sort() if isinstance(screen, Home) else []
        if totes:
            screen = self.scan(hand, totes[self.floor.seconds % len(totes)]).screen
        return screen if isinstance(screen, SORTING) else None

    def item_to_sort(self, hand: Hand) -> str:
        """The code of a unit in the tote at whose desk somebody stands."""
        tote = self.floor.sorted_by(hand)
        assert tote is not None
        if self.is_ending:
            self.look()
        units = sorted(self.books.to_sort(tote.id))
        with reading(self.floor.engine) as session:
            product_id = units[self.floor.seconds % len(units)]
            found = select(Barcode.code).where(Barcode.product_id == product_id, Barcode.quantity == 1)
            return session.scalars(found.limit(1)).one()

    def account(self, hand: Hand, before: Screen, pulled: Pulled, answer: Answer, was: model_laws.Books) -> None:
        """What was lost at the wall leaves the books, and comes back by UNDO."""
        super().account(hand, before, pulled, answer, was)
        for words, what in _TOLD.items():
            if words in answer.feedback.words:
                self.note(what)
        if isinstance(before, WrongItem | BrokenTote) and answer.feedback.tone == "ok" and self.is_at_desk(hand):
            self.note(f"{before.name} at the wall")
        undone = self.taken_back(pulled.scan)
        if isinstance(before, IsToteEmpty) and pulled.code == before.tote and answer.feedback.tone != "warn":
            lost = next(place for place in self.floor.totes if place.barcode == before.tote)
            self.emptied[lost.id].append(was.to_sort(lost.id))
            self.leave(was.to_sort(lost.id))
            self.note("found empty")
        elif "found empty" in undone:
            tote = self.floor.sorted_by(hand)
            assert tote is not None
            self.leave(self.emptied[tote.id].pop(), -1)
            self.note("found empty, undone")
        for step in undone & {"sorted", "damaged"}:
            self.note(f"{step}, undone")

    def leave(self, lost: dict[int, int], sign: int = 1) -> None:
        """Units leave the house or (-1) are found in it again."""
        for product_id, units in lost.items():
            self.left[product_id] += sign * units

    def taken_back(self, scan: str) -> set[str]:
        """The steps that a scan has taken back."""
        with reading(self.floor.engine) as session:
            entries = session.query(JournalEntry).filter_by(scan=scan, event="ScanUndone")
            return {entry.data["step"] for entry in entries}

    def is_at_desk(self, hand: Hand) -> bool:
        """Whether somebody stands at a tote that is sorted."""
        return self.floor.sorted_by(hand) is not None

    def note(self, what: str) -> None:
        """Count that something was reached."""
        event(what)
        self.reached[what] += 1

    # --- at the benches

    def packs(self, number: int) -> bool:
        """A packer does what the bench's screen asks; False where there is nothing to do."""
        screen = self.floor.at_bench(number)
        if isinstance(screen, BuyingLabel):
            self.floor.buy_label(screen.bench.order_id)
            return True
        if not screen.accept:
            return False
        if isinstance(screen, ScanTote):
            return self.opens_a_box(number, screen)
        said = self.floor.pack(number, screen.accept[self.floor.seconds % len(screen.accept)])
        assert said.tone in {"ok", "info"}, (screen, said)
        return True

    def opens_a_box(self, number: int, screen: ScanTote) -> bool:
        """A packer takes one of the totes that wait, or an item out of one that is shared."""
        for code in screen.accept or ():
            said = self.floor.pack(number, code)
            if said.words.startswith("Scan its tote first"):
                *_, tote = said.words.replace(",", "").split()
                assert self.floor.pack(number, tote).tone == "ok"
                said = self.floor.pack(number, code)
            if said.tone == "ok":
                self.note(
                    "item packed" if said.words.startswith("Order") and code in self.floor.units else "tote packed"
                )
                return True
            # The order is on another bench with its other tote, or more of it waits for the wall.
            assert " is open at " in said.words or said.words.startswith("Not sorted yet"), (screen, said)
        return False

    def ends_boxes(self) -> bool:
        """Every packer goes on until nothing is left to pack; False where nothing was."""
        return bool([number for number in range(len(self.floor.packers)) if self.packs_until_done(number)])

    def packs_until_done(self, number: int) -> int:
        """Do what the bench asks until it asks nothing; return how many scans that were."""
        return next(scan for scan in range(_PATIENCE) if not self.packs(number))

    # --- what the lead does

    def decides(self, order_id: int, policy: ShortPolicy) -> None:
        """The lead says what is to become of a short order."""
        at = self.floor.tick()
        with transaction(self.floor.engine) as session:
            try:
                _ = deciding.decide(session, builders.actor(at=at), order_id, policy)
            except NothingPickedError:
                assert policy is ShortPolicy.SPLIT
                session.rollback()
        self.picked_again.add(order_id)
        self.look()

    def gives_places_up(self) -> None:
        """The lead cancels what is short, and all that waits for it in lanes and at the wall is put back."""
        for order in self.floor.orders(OrderStatus.SHORT):
            self.decides(order.id, ShortPolicy.CANCEL)
        on_cart = select(Tote.id).where(Tote.status == ToteStatus.PICKING)
        waiting = PutBack.done_at.is_(None), PutBack.from_place_id.not_in(on_cart)
        with reading(self.floor.engine) as session:
            ids = session.scalars(select(PutBack.id).where(*waiting).order_by(PutBack.id)).all()
        for row_id in ids:
            at = self.floor.tick()
            with transaction(self.floor.engine) as session:
                _ = putting_back.done(session, builders.actor(at=at), row_id)
        self.look()

    # --- the end

    def do_what_is_left(self) -> bool:
        """Walks, sorting and boxes go on."""
        return bool(super().do_what_is_left() | self.ends_boxes())

    def finish(self) -> None:
        """All that was picked is packed or put back: no tote and no place of the wall is kept for nothing."""
        super().finish()
        assert self.floor.to_sort() == []
        _ = self.ends_boxes()
        self.gives_places_up()
        left = self.floor.orders(OrderStatus.WAVED, OrderStatus.PICKING, OrderStatus.SHORT, OrderStatus.PICKED)
        assert left == []
        with reading(self.floor.engine) as session:
            used = ToteStatus.PICKING, ToteStatus.STAGED, ToteStatus.PACKING
            assert [tote for tote in self.floor.all_totes(session) if tote.status in used] == []
        self.verify_finds_nothing()
