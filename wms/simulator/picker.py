"""A picker: takes a cart, binds totes, and walks shelf by shelf, unit by unit, tote by tote."""

from collections import Counter

from wms.domain.codes import Command
from wms.simulator.person import Floor, Person

_NO_TOTE_LOOKS = 120  # half a minute: packers give totes back meanwhile


class Picker(Person):
    """Works on a handheld. What is in the hand goes into the tote that takes it, in this program as on the floor."""

    path = "/pick/"

    def __init__(self, floor: Floor, name: str, badge: str, seed: int, cart: str) -> None:
        super().__init__(floor, name, badge, seed)
        self._cart = floor.hall.cart_of(badge) or cart
        self._hand: Counter[int] = floor.hall.in_hand_of(badge)
        self._shelf = ""
        self._is_shorting = False
        self._looks_without_tote = 0

    def on_home(self) -> None:
        """Scan the cart when there is something to pick."""
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
        """Walk to the shelf and scan it, now and then a wrong one first."""
        if self.slips(self.floor.habits.wrong_rate):
            self.slip(self.dice.choice([code for code in self.hall.shelves if not self.is_right(code)]))
        self._shelf = self.page.accept[0]
        # One that could not happen, because the only unit was taken already, happens at the next shelf.
        self._is_shorting = self._is_shorting or self.slips(self.floor.habits.short_rate)
        _ = self.scan(self._shelf)

    def on_scan_item(self) -> None:
        """Take one unit and scan it; now and then a wrong one first, or find that there are too few."""
        if self.slips(self.floor.habits.wrong_rate):
            self.slip(self.dice.choice([code for code in self.hall.singles if not self.is_right(code)]))
            if self.page.screen != "scan_item":
                return
        code = self._unit()
        if self._is_shorting and (self._hand or self.slips(0.5)):
            self._is_shorting = False
            self.tally.lose([code])
            self.tally.add("shorts")
            _ = self.scan(Command.SHORT if self._hand else Command.NONE_HERE)
            return
        if self.scan(code):
            product_id, units = self.hall.units_of[code]
            self._hand[product_id] += units

    def _unit(self) -> str:
        """The barcode on a single unit of what the screen wants; a case only where nothing smaller is there."""
        known = [code for code in self.page.accept if code in self.hall.units_of]
        return min(known, key=lambda code: (self.hall.units_of[code][1], not code.isdigit()))

    def on_short(self) -> None:
        """Confirm at the shelf that units are missing."""
        if self.scan(self.page.accept[0]) and self.page.screen not in {"put_in_tote", "scan_item"}:
            self._hand.clear()

    def on_put_in_tote(self) -> None:
        """Put the hand's units into the tote and scan it, now and then a wrong one first."""
        if self.slips(self.floor.habits.wrong_rate):
            self.slip(self.dice.choice([code for code in self.hall.totes if not self.is_right(code)]))
        tote = self.page.accept[0]
        if self.scan(tote):
            self.tally.add("lines_picked")
            self.tally.add("units_picked", self._hand.total())
            self.hall.inside[tote].update(self._hand)
            self._hand.clear()

    def on_put_back(self) -> None:
        """Put the units of a cancelled order back on their shelf."""
        if self.scan(self.page.accept[0]):
            self._hand.clear()

    def on_drop_cart(self) -> None:
        """Bring the totes to a lane."""
        _ = self.scan(self.dice.choice(self.page.accept))
