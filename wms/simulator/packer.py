"""A packer: opens totes, scans what really lies in them, weighs, and seals with the label that really came out."""

import time
from collections import Counter

from wms.domain.codes import Command
from wms.simulator.person import Floor, Person
from wms.simulator.scale import Scale

_PAPER_S = 0.1
_NOTHING_CAME_S = 3.0
_SOME_WEIGHT = "N1000"  # grams, for goods whose weight nobody knows


class Packer(Person):
    """Works at one bench with one printer, and its scale where it has one."""

    path = "/pack/"

    def __init__(self, floor: Floor, name: str, badge: str, seed: int, bench: tuple[str, str, str]) -> None:
        super().__init__(floor, name, badge, seed)
        self._station, self._printer, scale = bench
        self._scale = Scale(scale)
        self._totes: list[str] = []
        self._shared: set[str] = set()
        self._box: Counter[int] = Counter()
        self._doubt_since_s = 0.0
        self._last_label = ""

    def on_scan_station(self) -> None:
        """Scan the bench."""
        _ = self.scan(self._station)

    def on_other_screen(self) -> None:
        """Go on here with what was begun on another screen."""
        _ = self.scan(self._station)

    def on_scan_tote(self) -> None:
        """Fetch the tote that is due first and that no other packer fetches."""
        shared = self.page.shared_totes
        tote = self.hall.take([code for code in self.page.accept if code not in (*self.hall.units_of, *shared)])
        if not tote and not shared:
            self.idle()
            return
        self.idle_at = -1
        done = self._open(tote) if tote else self._pack_single()
        if not done:
            self.rest()

    def _pack_single(self) -> bool:
        """Scan an item out of a tote that several orders share; first the tote, where another was meant."""
        for tote in self.page.shared_totes:
            if not self.hall.holds(tote) or (tote in self.page.accept and not self.scan(tote)):
                continue
            code = self.hall.take_out(tote, self.page.accept)
            if not code:
                continue
            if self.scan(code):
                self._box[self.hall.units_of[code][0]] += 1
                self._totes.append(tote)
                self._shared.add(tote)
                return True
            self.hall.put_in(tote, code)
            return False
        return False

    def on_next_tote(self) -> None:
        """Fetch another tote of the same order."""
        if not self._open(self.page.accept[0]):
            self.rest()

    def _open(self, tote: str) -> bool:
        taken = self.scan(tote)
        self.hall.let_go(tote)
        if taken:
            self._totes.append(tote)
        return taken

    def on_scan_items(self) -> None:
        """Scan one unit from the totes into the box, now and then one that fell in from elsewhere."""
        if self.slips(self.floor.habits.wrong_rate):
            self.slip(self.dice.choice([code for code in self.hall.singles if not self.is_right(code)]))
            if self.page.screen != "scan_items":
                return
        if self.page.accept == (Command.SPLIT,):
            _ = self.scan(Command.SPLIT)
            return
        for tote in self._totes or self.hall.totes:
            code = self._unit_in(tote)
            if code:
                if self.scan(code):
                    self._move(tote, code)
                return
        self.tally.add("units_missing_at_pack")
        _ = self.scan(Command.SHORT)

    def _unit_in(self, tote: str) -> str:
        """The barcode on a unit in the tote that the screen still wants, '' for none."""
        inside = self.hall.inside[tote]
        for code in self.page.accept:
            product_id, units = self.hall.units_of.get(code, (0, 1))
            if inside[product_id] >= units:
                return code
        return ""

    def _move(self, tote: str, code: str) -> None:
        product_id, units = self.hall.units_of[code]
        self.hall.inside[tote][product_id] -= units
        self._box[product_id] += units
        if tote not in self._totes:
            self._totes.append(tote)

    def on_red_tote(self) -> None:
        """Put the wrong unit in a red tote and scan that."""
        _ = self.scan(self.page.accept[0])

    def on_put_in(self) -> None:
        """Put a card or a sample in and confirm it."""
        _ = self.scan(self.page.accept[0])

    def on_box_and_weigh(self) -> None:
        """Put the box on the scale, or type its weight where there is none; without a proposed box take the largest."""
        weights = [code for code in self.page.accept if code.startswith("N")]
        if weights and self._scale.can_be_used and self.page.scale not in {"", "silent"}:
            self._use_scale(int(weights[0].removeprefix("N")))
        elif weights:
            _ = self.scan(weights[0])
        elif not self.scan(Command.WEIGH):
            _ = self.scan(self.hall.largest_carton())
            _ = self.scan(_SOME_WEIGHT)

    def _use_scale(self, weight_g: int) -> None:
        """Put the box on once the scale was seen empty, and take off what lay there; the page asks meanwhile."""
        if self.page.scale == "empty":
            self._scale.put(weight_g)
        elif self.page.scale in {"strange", "taken"}:
            self._scale.put(0)
        _ = self.floor.conditions.stop.wait(_PAPER_S)
        self.ask("/pack/weight")
        if self.page.screen != "box_and_weigh":
            self._scale.put(0)

    def on_count_again(self) -> None:
        """Scan a unit of the box once more."""
        _ = self.scan(self.page.accept[0])

    def on_buying_label(self) -> None:
        """Wait for the carrier."""
        self.rest(_PAPER_S)

    def on_label_failed(self) -> None:
        """Ask the carrier again."""
        self.rest()
        _ = self.scan(Command.YES)

    def on_scan_label(self) -> None:
        """Take the label out of the printer and scan it; when none comes of a doubtful print, ask for it again."""
        label = self._label()
        if label:
            if self._last_label and self.slips(self.floor.habits.wrong_rate):
                self.slip(self._last_label)
            if self.scan(label):
                self._seal(label)
            return
        # Only what the screen says is failed or doubtful is asked for again: a label may be on its way out.
        is_doubtful = self.page.state == "unknown"
        if not is_doubtful and self.page.state != "failed":
            self._doubt_since_s = 0.0
            self.rest(_PAPER_S)
            return
        self._doubt_since_s = self._doubt_since_s or time.monotonic()
        if time.monotonic() - self._doubt_since_s < _NOTHING_CAME_S:
            self.rest(_PAPER_S)
            return
        self._doubt_since_s = 0.0
        _ = self.scan(Command.NO if is_doubtful else Command.REPRINT)

    def _label(self) -> str:
        """The code on the label of this box as it lies in the printer's tray, '' while it does not."""
        printed = self.floor.trays.printed(self._printer)
        return next((code for code in self.page.accept if any(code in label.zpl for label in printed)), "")

    def _seal(self, label: str) -> None:
        self.tally.add("boxes_sealed")
        self._last_label = label
        self._doubt_since_s = 0.0
        self._box.clear()
        if self.page.screen in {"scan_items", "next_tote"}:
            return  # the order goes on in another box
        self.tally.add("units_left_in_totes", sum(self.hall.inside[tote].total() for tote in self._own_totes()))
        self._totes.clear()
        self._shared.clear()

    def _own_totes(self) -> list[str]:
        """The totes opened for the box, without one that several orders share."""
        return [tote for tote in self._totes if tote not in self._shared]

    def on_hold_tote(self) -> None:
        """Put the units of a box given up back into the tote, and the tote into the hold lane."""
        if self._totes:
            self.hall.inside[self._totes[0]].update(self._box)
        self._box.clear()
        self._totes.clear()
        self._shared.clear()
        _ = self.scan(self.page.accept[0])
