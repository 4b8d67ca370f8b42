"""One person with a device: looks at the screen, scans, slips now and then, and hears the verdict."""

import random
import secrets
import threading
import time
from dataclasses import dataclass

from wms.domain.codes import gtin14
from wms.domain.errors import WmsError
from wms.simulator.hall import Hall
from wms.simulator.line import Conditions, Line, Pulled
from wms.simulator.page import Form, Page
from wms.simulator.tally import Tally
from wms.simulator.trays import Trays

IDLE_S = 0.25
_GOOD = frozenset({"ok", "info"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Habits:
    """How often people slip: shares of scans (wrong, double) and of lines (short); and how long they think."""

    wrong_rate: float = 0.01
    short_rate: float = 0.005
    double_rate: float = 0.02
    think_s: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Floor:
    """What all people of a shift share. `closing` is set when no work is left."""

    hall: Hall
    trays: Trays
    tally: Tally
    habits: Habits
    conditions: Conditions
    closing: threading.Event


class LostError(WmsError):
    """A person stands before a screen that this program does not know."""

    def __init__(self, person: str, screen: str) -> None:
        super().__init__(f"{person} does not know what to do on the screen '{screen}'.")
        self.screen = screen


class Person:
    """A worker at a station's page."""

    path: str

    def __init__(self, floor: Floor, name: str, badge: str, seed: int) -> None:
        self.floor = floor
        self.name = name
        self.badge = badge
        self.dice = random.Random(seed)  # noqa: S311 - people's habits, no secret
        self.line = Line(floor.conditions, floor.tally, self.dice)
        self.page = Page("")
        # The floor's step at which this person last looked and found nothing to do; -1 while busy.
        self.idle_at = -1
        self._looked_at = -1

    @property
    def tally(self) -> Tally:
        """The shift's counts."""
        return self.floor.tally

    @property
    def hall(self) -> Hall:
        """The hall one looks around in."""
        return self.floor.hall

    def work(self) -> None:
        """Work until the floor closes."""
        _ = self.look()
        while not self.floor.closing.is_set():
            self.act()

    def act(self) -> None:
        """Do what the screen asks."""
        step = getattr(self, f"on_{self.page.screen}", None)
        if step is None:
            raise LostError(self.name, self.page.screen)
        step()

    def on_sign_in(self) -> None:
        """Scan the badge."""
        _ = self.scan(self.badge)

    def look(self) -> Page:
        """Load the page."""
        self._looked_at = self.tally.steps
        self.page = self.line.get(self.path)
        return self.page

    def ask(self, path: str) -> None:
        """Let the page ask for itself at an address, as a screen that waits does; look where the answer was lost."""
        self._looked_at = self.tally.steps
        form = Form(action=path, fields={"csrf_token": self.page.csrf})
        self.page = self.line.send(form) or self.line.get(self.path)

    def rest(self, wait_s: float = IDLE_S) -> None:
        """Wait a moment and look again."""
        _ = self.floor.conditions.stop.wait(wait_s)
        _ = self.look()

    def idle(self) -> None:
        """Find nothing to do, and wait."""
        self.idle_at = self._looked_at
        self.rest()

    def slips(self, rate: float) -> bool:
        """Tell whether something that happens at a rate happens now."""
        return self.dice.random() < rate

    def scan(self, code: str) -> bool:
        """Pull the trigger once; tell whether the scan was taken."""
        if self.floor.habits.think_s:
            _ = self.floor.conditions.stop.wait(self.floor.habits.think_s)
        pulled = Pulled(
            action=self.path,
            code=code,
            scan=secrets.token_hex(16),
            token=self.page.token,
            at_ms=int(time.time() * 1000),
        )
        self.tally.add("scans")
        self.tally.add(f"scans_on_{self.page.screen}")
        page = self.line.scan(pulled)
        verdict = page.tone, page.said
        if self.slips(self.floor.habits.double_rate):
            self.tally.add("doubles")
            page = self.line.scan(pulled)
            if (page.tone, page.said) != verdict:
                self.tally.add("doubles_answered_otherwise")
        self.page = page
        if verdict[0] in _GOOD:
            self.tally.step()
            return True
        self.tally.add("scans_refused")
        return False

    def slip(self, code: str) -> None:
        """Scan something wrong, which must be refused."""
        self.tally.add("slips")
        if self.scan(code):
            self.tally.add("slips_taken")

    def is_right(self, code: str) -> bool:
        """Tell whether the screen accepts a code, as scan.js compares them."""
        return normal(code) in {normal(right) for right in self.page.accept}


def normal(code: str) -> str:
    """Return a code as both sides compare it: trimmed, upper case, product numbers as 14 digits."""
    text = code.strip().upper()
    return gtin14(text) or text
