"""A picker who pulls the trigger every 400 ms while the screen lets one scan, and never scans a wrong thing."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from tests.faults.wave import Taken, Wave

BETWEEN_SCANS_MS = 400
_MOST_TICKS = 3000
LISTEN = """
window.taken = [];
window.dropped = 0;
document.addEventListener("taken", ({ detail }) => taken.push(...detail));
document.addEventListener("dropped", ({ detail }) => { dropped += detail.length; });
"""
"""Goes into each page before ours: what scan.js says it took and dropped."""

_LOOK = """() => {
  const screen = document.getElementById("screen").dataset, form = document.getElementById("scan").dataset;
  const network = document.getElementById("network");
  return {
    screen: screen.screen, token: screen.token, accept: JSON.parse(screen.accept ?? "[]"),
    waiting: Number(form.waiting),
    stopped: !network.hidden && network.dataset.state === "stop",
    units: Number(document.querySelector(".quantity b")?.textContent ?? 0),
    slots: document.querySelectorAll(".slot").length,
    isDone: document.querySelector("h1").textContent.includes("NOTHING"),
    taken: taken.splice(0).map(({ scan, code, ask, worker }) => ({ scan, code, ask, worker })), dropped,
  };
}"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What the page shows, and what scan.js took since the last look."""

    screen: str
    token: str
    accept: list[str]
    waiting: int
    stopped: bool
    units: int
    slots: int
    isDone: bool  # noqa: N815 - as the page calls it
    taken: list[dict[str, str]]
    dropped: int


def work_together(
    pickers: Sequence["HastyPicker"],
    until: Callable[[Look], bool] = lambda look: look.isDone and not look.waiting,
) -> None:
    """Let people scan side by side until each page shows what is told, by default that nothing is left to pick."""
    for _ in range(_MOST_TICKS):
        looks = [picker.look() for picker in pickers]
        if all(until(look) for look in looks):
            return
        for picker, look in zip(pickers, looks, strict=True):
            picker.act(look)
        pickers[0].page.wait_for_timeout(BETWEEN_SCANS_MS)
    raise AssertionError([picker.look() for picker in pickers])


@dataclass(kw_only=True)
class HastyPicker:
    """Knows what lies where, remembers what was scanned for the line on screen, and scans ahead as far as it may."""

    wave: Wave
    page: Page
    seed: int
    badge: str
    cart: str
    taken: list[Taken] = field(default_factory=list)
    stops: int = 0
    _stopped: bool = False
    _done: Counter[tuple[str, str]] = field(default_factory=Counter)
    _units: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - dice, no secret

    def work(self, until: Callable[[Look], bool] = lambda look: look.isDone and not look.waiting) -> None:
        """Scan until the page shows what is told, by default that nothing is left to pick."""
        work_together([self], until)

    def act(self, look: Look) -> None:
        """Pull the trigger once where the page lets one scan."""
        code = None if look.stopped else self._next(look)
        if code and self.scan(code):
            self._remember(look, code)

    def look(self) -> Look:
        """Read the page."""
        found: dict[str, Any] = self.page.evaluate(_LOOK)
        look = Look(**found)
        self.taken += [Taken(**one) for one in look.taken]
        assert look.dropped == 0
        self.stops += look.stopped and not self._stopped
        self._stopped = look.stopped
        return look

    def scan(self, code: str) -> bool:
        """Pull the trigger, as one kind of scanner or the other; tell whether the page took the scan."""
        before = len(self.taken)
        if self._dice.random() < 0.5:
            self.page.keyboard.type(code)
        else:
            self.page.keyboard.insert_text(code)
        self.page.keyboard.press("Enter")
        _ = self.look()
        return len(self.taken) > before

    def _next(self, look: Look) -> str | None:
        """Say what to scan now: what the screen wants, or the units of its shelf ahead; None when that is done."""
        match look.screen:
            case "sign_in":
                code, may = self.badge, not look.waiting
            case "home":
                code, may = self.cart, not look.waiting and not look.isDone
            case "build_cart":
                code, may = next(iter(self.wave.totes), ""), self._done[look.token, "tote"] < look.slots
            case "go_to" if not self._done[look.token, "shelf"]:
                code, may = look.accept[0], True
            case "go_to" | "scan_item":
                code = self.wave.item_at[look.accept[0]] if look.screen == "go_to" else look.accept[0]
                may = self._done[look.token, "item"] < self._units.setdefault(look.token, look.units)
            case "put_in_tote":
                code, may = look.accept[0], not self._done[look.token, "tote"]
            case "drop_cart":
                code, may = look.accept[0], not look.waiting
            case _:
                raise AssertionError(look)
        return code if may else None

    def _remember(self, look: Look, code: str) -> None:
        if look.screen == "build_cart":
            self.wave.totes.remove(code)
        kind = {"L": "shelf", "T": "tote"}.get(code[0], "item")
        self._done[look.token, kind] += 1
