"""A picker: takes a cart, binds totes, and walks shelf by shelf, line by line, tote by tote."""

import re
from collections import Counter

from wms.domain.codes import Command
from wms.simulator.person import Floor, Person

_NO_TOTE_LOOKS = 120  # half a minute: packers give totes back meanwhile
_OF_A_LINE = frozenset({"go_to", "scan_item", "scan_lot", "scan_serial", "put_in_tote", "short"})
_COUNTED = frozenset({"go_to", "scan_item", "put_in_tote"})
_TOTE = re.compile(r"\bT\d{6}\b")


class Picker(Person):
    """Works on a handheld. What is in the hand goes into the tote that takes it, in this program as on the floor."""

    path = "/pick/"

    def __init__(self, floor: Floor, name: str, badge: str, seed: int, cart: str) -> None:
        super().__init__(floor, name, badge, seed)
        self._cart = floor.hall.cart_of(badge) or cart
        self._hand: Counter[int] = floor.hall.in_hand_of(badge)
        self._location = ""
        self._is_shorting = False
        self._looks_without_tote = 0
        self._sorting = ""
        self._line_scans = 0
        self._is_clean = True

    def scan(self, code: str) -> bool:
        """Pull the trigger once; a line that ends without a slip counts its location, item and tote scans."""
        screen, token = self.page.screen, self.page.token
        is_taken = super().scan(code)
        if screen in _OF_A_LINE:
            self._line_scans += screen in _COUNTED
            self._is_clean = self._is_clean and is_taken and screen != "short"
            if is_taken and self.page.token != token:
                self._end_line()
        return is_taken

    def _end_line(self) -> None:
        if self._is_clean:
            profile = self.hall.profile_of.get(self._location, "")
            self.tally.add(f"clean_lines_{profile}")
            self.tally.add(f"clean_scans_{profile}", self._line_scans)
        self._line_scans, self._is_clean = 0, True

    def on_home(self) -> None:
        """Scan a tote that is to be sorted, else the cart when there is something to pick."""
        self.hall.let_go(self._sorting)
        self._sorting = self.hall.take(self.page.totes_to_sort)
        if self._sorting:
            self.idle_at = -1
            if not self.scan(self._sorting):
                self.rest()
            return
        if self.page.state != "work":
            self.idle()
            return
        self.idle_at = -1
        if not self.scan(self._cart):
            self.rest()

    def on_moved(self) -> None:
        """Go on without the walk that another device has."""
        _ = self.scan(Command.DONE)

    def on_take_over(self) -> None:
        """Leave a cart in use to whoever has it."""
        _ = self.scan(Command.NO)

    def on_build_cart(self) -> None:
        """Bind the next empty tote; without one for a while, walk with those bound."""
        tote = self.hall.take_tote()
        if tote:
            self._looks_without_tote = 0
            _ = self.scan(tote)
            self.hall.let_go(tote)
            return
        self._looks_without_tote += 1
        if self._looks_without_tote % _NO_TOTE_LOOKS == 0:
            _ = self.scan(Command.DONE)
        else:
            self.rest()

    def on_go_to(self) -> None:
        """Walk to the shelf and scan it, now and then a wrong one first; or its item, where the page takes that."""
        if self.slips(self.floor.habits.wrong_rate):
            self.slip(self.dice.choice([code for code in self.hall.locations if not self.is_right(code)]))
        self._location = self.page.accept[0]
        # One that could not happen, because the only unit was taken already, happens at the next shelf.
        self._is_shorting = self._is_shorting or self.slips(self.floor.habits.short_rate)
        if self._units() and not self._is_shorting:
            self._take()
        else:
            _ = self.scan(self._location)

    def on_scan_item(self) -> None:
        """Take what is asked and scan it; now and then a wrong thing first, or find that there is too little."""
        if self.slips(self.floor.habits.wrong_rate):
            self.slip(self.dice.choice([code for code in self.hall.singles if not self.is_right(code)]))
            if self.page.screen != "scan_item":
                return
        if self._is_shorting and (self._hand or self.slips(0.5)):
            self._is_shorting = False
            self.tally.lose(self._units()[:1])
            self.tally.add("shorts")
            _ = self.scan(Command.SHORT if self._hand else Command.NONE_HERE)
            return
        self._take()

    def _units(self) -> list[str]:
        """The barcodes on the goods that the screen wants, those on single units first."""
        known = [code for code in self.page.accept if code in self.hall.units_of]
        return sorted(known, key=lambda code: (self.hall.units_of[code][1], not code.isdigit()))

    def _take(self) -> None:
        """Take what the page asks for, or as much of it as the scan counts, and scan one unit."""
        code, asked, token = self._units()[0], self.page.asked, self.page.token
        if not self.scan(code):
            return
        is_same = self.page.token == token
        left = self.page.asked if is_same and self.page.screen == "scan_item" else 0
        took = 1 if self.page.screen == "scan_serial" else asked - left
        self._hand[self.hall.units_of[code][0]] += took
        self._look_for_tote()

    def on_scan_lot(self) -> None:
        """Scan the lot that is asked for."""
        _ = self.scan(self.page.accept[0])

    def on_scan_serial(self) -> None:
        """Scan the serial number on the unit."""
        _ = self.scan(self.page.accept[0] if self.page.accept else f"SN{self.dice.randrange(10**12):012d}")

    def _look_for_tote(self) -> None:
        """Put the hand's units into the tote that the verdict names, where no scan of it was asked for."""
        tote = _TOTE.search(self.page.said)
        if tote and self.page.screen != "put_in_tote":
            self._put(tote[0], self._hand.total())

    def on_short(self) -> None:
        """Confirm at the shelf that units are missing."""
        if self.scan(self.page.accept[0]) and self.page.screen not in {"put_in_tote", "scan_item"}:
            self._hand.clear()

    def on_put_in_tote(self) -> None:
        """Put the hand's units into the tote and scan it, now and then a wrong one first."""
        if self.slips(self.floor.habits.wrong_rate):
            self.slip(self.dice.choice([code for code in self.hall.totes if not self.is_right(code)]))
        tote, units = self.page.accept[0], self.page.told
        if self.scan(tote):
            self._put(tote, units)

    def _put(self, tote: str, units: int) -> None:
        put = self._let_go(units)
        self.tally.add("lines_picked")
        self.tally.add("units_picked", put.total())
        self.hall.inside[tote].update(put)

    def _let_go(self, units: int) -> Counter[int]:
        """Take so many units out of the hand; the others are for other totes."""
        gone = Counter[int]()
        for product_id, held in self._hand.items():
            gone[product_id] = min(held, units - gone.total())
        self._hand -= gone
        return +gone

    def on_zero_check(self) -> None:
        """Say that the shelf is as empty as the page thinks."""
        _ = self.scan(Command.YES)

    def on_put_back(self) -> None:
        """Put the units of a cancelled order back on their shelf."""
        units = self.page.asked
        if self.scan(self.page.accept[0]):
            _ = self._let_go(units)

    def on_sort_item(self) -> None:
        """Take a unit out of the tote and scan it; one that is for no place of the wall stays in the tote."""
        code = self.hall.take_out(self._sorting, self.hall.singles)
        if not code:
            self.tally.add("units_missing_at_wall", self.page.asked)
            _ = self.scan(Command.SHORT)
        elif self.scan(code):
            self._hand[self.hall.units_of[code][0]] += 1
        else:
            self.hall.put_in(self._sorting, code)
            _ = self.scan(Command.DONE)

    def on_is_tote_empty(self) -> None:
        """Confirm that nothing is left in the tote by its own scan."""
        _ = self.scan(self.page.accept[0])

    def on_put_in_slot(self) -> None:
        """Put the units into their order's place and scan it, now and then a wrong one first; wait for a free one."""
        if not self.page.accept:
            self.rest()
            return
        if self.slips(self.floor.habits.wrong_rate):
            self.slip(self.dice.choice([code for code in self.hall.totes if not self.is_right(code)]))
        place, units = self.page.accept[0], self.page.told
        product_id = next(iter(self._hand))
        while self._hand.total() < units and self.hall.take_out(self._sorting, self.hall.codes_of(product_id)):
            self._hand[product_id] += 1
        if self.scan(place):
            self.hall.inside[place].update(self._let_go(units))
            self.tally.add("units_sorted", units)

    def on_drop_cart(self) -> None:
        """Bring the totes to a lane."""
        _ = self.scan(self.dice.choice(self.page.accept))
