"""A wave picked with the screen covered: by key presses alone, from what is heard and what the page asks for.

The picker knows a map of the shelves and what he has in his hands. Everything else he decides by the cue just heard,
and by what scan.js itself goes by: the screen's name, what it asks for and what it would accept.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.browser.test_journey import Scanner, release_the_wave
from tests.builders import gtin
from tests.journeys.floor import BADGES, CART, Floor, Tables, opened, order_of
from wms.domain.codes import CodeKind, Command, own_code
from wms.domain.orders import Order, OrderStatus
from wms.domain.picked import PickedUnits
from wms.domain.stock import StockMove
from wms.domain.totes import Tote, ToteStatus

MUG, MILK, TOWEL, PEN = (gtin(number) for number in range(1, 5))
SKUS = {"MUG": MUG, "MILK": MILK, "TOWEL": TOWEL, "PEN": PEN}
TOTES = [own_code(CodeKind.TOTE, number) for number in range(1, 7)]
MAP = {"MUG": ("A01", "B01"), "MILK": ("A02",), "TOWEL": ("A03", "B03"), "PEN": ("A04",)}
"""Where each product stands; mugs and towels on a second shelf too."""
_STOCK = [
    ("A01", "MUG", 6, "", ""),
    ("B01", "MUG", 20, "", ""),
    ("A02", "MILK", 4, "LOT-A", "2031-01-31"),
    ("A02", "MILK", 4, "LOT-B", "2031-02-28"),
    ("A03", "TOWEL", 6, "", ""),
    ("B03", "TOWEL", 20, "", ""),
    ("A04", "PEN", 9, "", ""),
]
_LANES = [
    {"code": "PACK 1", "x_m": 0, "y_m": 0, "kind": "lane"},
    {"code": "HOLD 1", "x_m": 1, "y_m": 0, "kind": "hold"},
    {"code": "DEPOT", "x_m": 0, "y_m": 0, "kind": "depot"},
]
_LOCATIONS = [
    {"code": code, "aisle": code[:1], "x_m": 3 if code[0] == "A" else 8, "y_m": int(code[1:]) * 3, "kind": "pick"}
    for code in dict.fromkeys(code for codes in MAP.values() for code in codes)
]
TABLES: Tables = {
    "products": [
        {"sku": sku, "name": sku.title(), "barcode": code, "weight_g": 100, "length_mm": 80}
        for sku, code in SKUS.items()
    ],
    "locations": [*_LOCATIONS, *_LANES],
    "stock": [
        {"location": code, "sku": sku, "quantity": units, "lot": lot, "expiry": expiry}
        for code, sku, units, lot, expiry in _STOCK
    ],
    "totes": [{"barcode": tote} for tote in TOTES],
}
ORDERS = [*order_of(2001, MUG=2, MILK=2, TOWEL=2), *order_of(2002, MUG=3, TOWEL=2, PEN=1)]
REFUSALS = {"wrong", "stop", "unknown", "repeated", "offline", "blocked", "moved"}
_SAME_LABEL_MS = 1600
_PATIENCE = 80
"""Scans after which the wave must be in its lane."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the page asks for, by its data attributes."""

    screen: str
    wants: str
    accept: tuple[str, ...]


@dataclass
class Blind:
    """A picker who sees nothing: he remembers the shelf he stands at and the totes that hold something."""

    page: Page
    scanner: Scanner
    location: str = ""
    last: str = ""
    locations: list[str] = field(default_factory=list)
    full: set[str] = field(default_factory=set)
    totes: Iterator[str] = field(default_factory=lambda: iter(TOTES))

    def asked(self) -> Asked:
        screen = self.page.locator("#screen")
        return Asked(
            screen=screen.get_attribute("data-screen") or "",
            wants=screen.get_attribute("data-ask") or "",
            accept=tuple(self.scanner.accept()),
        )

    def scan(self, code: str) -> str:
        """Scan a code, listen for the verdict (the handheld's own beep may come before it), and return its cue."""
        if code == self.last:  # one of our labels read twice within 1.5 s is one trigger pull that stuttered
            self.page.wait_for_timeout(_SAME_LABEL_MS)
        self.last = code
        before: int = self.page.evaluate("cues.length")
        self.scanner.scan(code)
        verdict = self.page.wait_for_function("from => cues.slice(from).find(cue => cue !== 'match')", arg=before)
        expect(self.page.locator("#scan")).to_have_attribute("data-waiting", "0")
        cue: str = verdict.json_value()
        return cue

    def product(self, asked: Asked) -> str:
        """What must be taken, by the codes that would be right."""
        return next((sku for sku, code in SKUS.items() if code in asked.accept), "")

    def what_is_asked(self, asked: Asked) -> str:
        """The code that the page asks for."""
        if asked.wants == "cart":
            return CART
        if asked.screen == "build_cart":
            return next(self.totes)
        return asked.accept[0]

    def notes(self, asked: Asked, code: str) -> None:
        """Remember where he stands and what he put where."""
        if asked.screen == "go_to":
            self.location = asked.accept[1]
            self.locations.append(self.location)
        if asked.screen == "put_in_tote":
            self.full.add(code)


@dataclass(frozen=True, kw_only=True)
class Mishap:
    """What happens once on the walk: when, and what is scanned instead, with the cue that must be heard last."""

    name: str
    when: Callable[[Blind, Asked], bool]
    scans: Callable[[Blind], tuple[str, ...]]
    hears: str


def takes(sku: str, location: str) -> Callable[[Blind, Asked], bool]:
    """At a shelf, asked for its product."""
    return lambda blind, asked: (
        asked.screen == "scan_item" and blind.product(asked) == sku and blind.location == location
    )


def location(blind: Blind) -> str:
    """The address of the shelf he stands at, which is written on it."""
    return blind.location


MISHAPS = (
    Mishap(
        name="skip",
        when=lambda _, asked: asked.screen == "go_to",
        scans=lambda _: (Command.SKIP,),
        hears="command",
    ),
    Mishap(
        name="short, fetched elsewhere",
        when=takes("MUG", "A01"),
        scans=lambda blind: (Command.SHORT, "N1", location(blind)),
        hears="step",
    ),
    Mishap(
        name="damaged unit",
        when=takes("TOWEL", "A03"),
        scans=lambda blind: (Command.DAMAGED, "N1", location(blind)),
        hears="step",
    ),
    Mishap(
        name="undo",
        when=lambda blind, asked: asked.screen == "put_in_tote" and blind.location != "A02",  # else of the lot's change
        scans=lambda _: (Command.UNDO,),
        hears="command",
    ),
    Mishap(
        name="lot change",
        when=lambda _, asked: asked.screen == "scan_lot" and asked.accept == ("LOT-A",),
        scans=lambda _: ("LOT-B",),
        hears="step",
    ),
    Mishap(
        name="full tote",
        when=lambda blind, asked: asked.screen == "put_in_tote" and asked.accept[0] in blind.full,
        scans=lambda _: (Command.TOTE_FULL,),
        hears="command",
    ),
)


@pytest.fixture(params=["sqlite", "postgresql"])
def open_floor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Floor]:
    on_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'wms.db'}" if on_sqlite else request.getfixturevalue("postgres_url")
    with opened(tmp_path, url, TABLES, ORDERS) as floor:
        yield floor


def pick_blindly(blind: Blind) -> list[str]:
    """Pick until a cart finds nothing to pick; return the mishaps in the sequence in which they came about."""
    ahead, came = list(MISHAPS), []
    for _ in range(_PATIENCE):
        asked = blind.asked()
        mishap = next((one for one in ahead if one.when(blind, asked)), None)
        if mishap is not None:
            ahead.remove(mishap)
            came.append(mishap.name)
            heard = [blind.scan(code) for code in mishap.scans(blind)]
            assert heard[-1] == mishap.hears, (mishap.name, heard)
            assert not REFUSALS.intersection(heard), (mishap.name, heard)
            continue
        code = blind.what_is_asked(asked)
        heard_now = blind.scan(code)
        if asked.wants == "cart" and heard_now == "wrong":
            return came
        assert heard_now not in REFUSALS, (asked, code, heard_now)
        blind.notes(asked, code)
    raise AssertionError(f"the walk has not ended: {blind.asked()}")


@contextmanager
def books(floor: Floor) -> Iterator[Session]:
    engine = create_engine(floor.environ["WMS_DATABASE_URL"])
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_a_wave_is_picked_with_the_screen_covered(
    chromium: Browser, handheld: BrowserContext, open_floor: Floor
) -> None:
    release_the_wave(chromium, open_floor)
    page = handheld.new_page()
    blind = Blind(page, Scanner(page, f"{open_floor.url}/pick/"))
    assert blind.scan(BADGES["picker"]) == "step"
    came = pick_blindly(blind)
    assert sorted(came) == sorted(mishap.name for mishap in MISHAPS)
    assert {"B01", "B03"} <= set(blind.locations)
    assert "The books are right" in open_floor.wms("verify")
    with books(open_floor) as session:
        assert {order.status for order in session.query(Order)} == {OrderStatus.PICKED}
        picked = session.query(PickedUnits).filter(PickedUnits.tote_id.is_not(None))
        assert sum(row.quantity for row in picked) == 12
        assert {row.lot for row in picked} == {"", "LOT-B"}
        assert [move.quantity for move in session.query(StockMove).filter_by(reason="damaged")] == [1]
        staged = session.query(Tote).filter_by(status=ToteStatus.STAGED)
        assert staged.count() == 3
        assert len({tote.order_id for tote in staged}) == 2
