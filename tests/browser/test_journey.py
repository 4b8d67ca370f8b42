"""One order from a shop's file to a sealed, labelled box, in a real Chromium, by what a wedge scanner sends."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from printers.decode import decode
from printers.preview import ZebrashPreview
from tests.browser.conftest import HOST
from tests.journeys.floor import BADGES, CART, PATIENCE_S, STATION, TOTES, Floor, opened

_BETWEEN_SCANS_MS = 300


@pytest.fixture(params=["sqlite", "postgresql"])
def open_floor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Floor]:
    on_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'wms.db'}" if on_sqlite else request.getfixturevalue("postgres_url")
    with opened(tmp_path, url) as floor:
        yield floor


class Scanner:
    """A wedge scanner on a page: it types a code and ENTER, and reads what the page asks for."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        _ = page.goto(url.replace("127.0.0.1", HOST))
        expect(page.locator("#scan[data-waiting]")).to_be_attached()

    def scan(self, *codes: str) -> None:
        for code in codes:
            # As hands do: a code read twice within 200 ms is one trigger pull that stuttered, and counts once.
            self.page.wait_for_timeout(_BETWEEN_SCANS_MS)
            self.page.keyboard.type(code)
            self.page.keyboard.press("Enter")
            expect(self.page.locator("#scan")).to_have_attribute("data-waiting", "0")

    def sees(self, screen: str) -> None:
        expect(self.page.locator("#screen")).to_have_attribute("data-screen", screen)

    def accept(self) -> list[str]:
        codes: list[str] = json.loads(self.page.locator("#screen").get_attribute("data-accept") or "[]")
        return codes

    def scan_what_is_asked(self, screen: str) -> None:
        self.sees(screen)
        self.scan(self.accept()[0])


def page_of(chromium: Browser, width: int, height: int) -> tuple[BrowserContext, Page]:
    context = chromium.new_context(viewport={"width": width, "height": height})
    return context, context.new_page()


def release_the_wave(chromium: Browser, floor: Floor) -> None:
    """The supervisor looks at the preview and presses the one button."""
    context, page = page_of(chromium, 1366, 768)
    _ = page.goto(f"{floor.url}/desk/waves")
    page.keyboard.type(BADGES["supervisor"])
    page.keyboard.press("Enter")
    page.get_by_role("link", name=re.compile("Preview")).first.click()
    page.get_by_role("button", name=re.compile(r"Release \d+ order")).click()
    expect(page.locator("main")).to_contain_text("released")
    context.close()


def pick(chromium: Browser, floor: Floor) -> None:
    """The picker scans cart, tote, and for each line shelf, item and tote; then the lane."""
    context, page = page_of(chromium, 360, 640)
    handheld = Scanner(page, f"{floor.url}/pick/")
    assert not page.evaluate("window.isSecureContext")
    handheld.scan(BADGES["picker"], CART)
    handheld.sees("build_cart")
    handheld.scan(TOTES[0])
    for _ in range(2):
        handheld.scan_what_is_asked("go_to")
        handheld.scan_what_is_asked("scan_item")  # one scan takes a line's units: packing scans each
        handheld.scan_what_is_asked("put_in_tote")
    handheld.scan_what_is_asked("drop_cart")
    handheld.sees("home")
    context.close()


def pack(chromium: Browser, floor: Floor) -> str:
    """The packer scans the tote, each unit, the box; then the printed label seals it. Returns the tracking number."""
    context, page = page_of(chromium, 1366, 768)
    bench = Scanner(page, f"{floor.url}/pack/")
    bench.scan(BADGES["packer"], STATION)
    bench.sees("scan_tote")
    bench.scan(TOTES[0])
    for _ in range(3):
        bench.scan_what_is_asked("scan_items")
    bench.sees("box_and_weigh")
    bench.scan("N920")
    bench.sees("scan_label")
    tracking = read_label(floor)
    assert tracking in bench.accept()
    bench.scan(tracking)
    expect(page.locator("#screen")).to_have_attribute("data-screen", re.compile("scan_tote|next_tote"))
    context.close()
    return tracking


def read_label(floor: Floor) -> str:
    """Look at the one label in the printer's tray and read its barcode from the pixels."""
    ends_at = time.monotonic() + PATIENCE_S
    while not floor.zebra.tray.numbers() and time.monotonic() < ends_at:
        time.sleep(0.1)
    assert floor.zebra.tray.numbers() == [1]
    with ZebrashPreview() as preview:
        codes = decode(floor.zebra.tray.png(1, preview))
    assert len(codes) == 1
    return codes[0]


def test_an_imported_order_becomes_a_sealed_labelled_box(chromium: Browser, open_floor: Floor) -> None:
    release_the_wave(chromium, open_floor)
    pick(chromium, open_floor)
    tracking = pack(chromium, open_floor)
    assert "The books are right" in open_floor.wms("verify")
    hand_over(chromium, open_floor)
    assert f"#1001,{tracking},usps" in open_floor.wms("export", "fulfillments")
    assert "The books are right" in open_floor.wms("verify")


def hand_over(chromium: Browser, floor: Floor) -> None:
    """The supervisor tells that the van has taken the boxes."""
    context, page = page_of(chromium, 1366, 768)
    _ = page.goto(f"{floor.url}/desk/shipping")
    page.keyboard.type(BADGES["supervisor"])
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("Pickup done")).click()
    expect(page.locator("main")).not_to_contain_text("Pickup done")
    context.close()
