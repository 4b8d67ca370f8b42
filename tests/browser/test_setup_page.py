"""The set-up page: every way a scanner may be set up wrong is told from a scan, and nothing is counted."""

import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine
from werkzeug.serving import make_server

from tests.browser.conftest import HANDHELD, HOST
from wms.app import create_app
from wms.config import Settings
from wms.database import db, reading
from wms.domain.journal import Scan
from wms.web.handhelds import TEST_CODE

pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
GOOD = re.compile(rf"Good: key events \+ ENTER, {len(TEST_CODE)} characters in \d+ ms")


@pytest.fixture
def setup(chromium: Browser, settings: Settings, engine: Engine) -> Iterator[Page]:
    """The page on a handheld; it fails the test on a post and on any breach of the content security policy."""
    app = create_app(settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    context = chromium.new_context(**HANDHELD)
    page = context.new_page()
    broken: list[str] = []
    page.on("console", lambda message: broken.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: broken.append(request.method) if request.method != "GET" else None)
    _ = page.goto(f"http://{HOST}:{server.server_port}/setup")
    expect(page.locator(":root")).to_have_class(re.compile("js"))
    yield page
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()
    assert broken == []


def scan(page: Page, code: str, *, alt: bool = False) -> None:
    """Type a code and ENTER as quickly as a scanner does, however busy the machine is."""
    type_all = """([keys, altKey]) => {
      const how = { altKey, bubbles: true, cancelable: true };
      // made first, for the time of each is when it is made
      const events = keys.map((key) => new KeyboardEvent("keydown", { key, ...how }));
      for (const event of events) document.getElementById("code").dispatchEvent(event);
    }"""
    page.evaluate(type_all, [[*code, "Enter"], alt])


def findings(page: Page) -> set[str]:
    """What the page says is to be changed, by its own names."""
    shown: list[str] = page.locator("[data-finding]:not([hidden])").evaluate_all(
        "(found) => found.map((one) => one.dataset.finding)"
    )
    return set(shown)


def verdict(page: Page, level: str) -> None:
    """Wait for a verdict of that level."""
    expect(page.locator("[data-verdict]")).to_have_attribute("data-level", level)


def test_a_scanner_set_up_as_the_sheet_says_is_good(setup: Page) -> None:
    scan(setup, TEST_CODE)
    expect(setup.locator("[data-verdict]")).to_have_text(GOOD)
    expect(setup.locator("[data-read]")).to_have_text(TEST_CODE)
    assert findings(setup) == set()


def test_text_without_key_events_and_without_end_is_told(setup: Page) -> None:
    setup.keyboard.insert_text(TEST_CODE)
    verdict(setup, "fair")
    assert findings(setup) == {"text-only", "no-end"}
    expect(setup.locator("[data-verdict]")).to_contain_text("Works: text + no ENTER, 8 characters")


@pytest.mark.parametrize(
    ("typed", "level", "told"),
    [
        (TEST_CODE * 2, "fair", {"doubled"}),
        (f"]C1{TEST_CODE}", "fair", {"prefix"}),
        (f"X{TEST_CODE}", "bad", {"more"}),
        (TEST_CODE.replace("0", "="), "bad", {"other"}),
    ],
)
def test_what_comes_besides_the_code_is_told(setup: Page, typed: str, level: str, told: set[str]) -> None:
    scan(setup, typed)
    verdict(setup, level)
    assert findings(setup) == told


def test_characters_that_come_slowly_are_told(setup: Page) -> None:
    setup.clock.install()
    setup.clock.pause_at(setup.evaluate("Date.now() + 1000"))
    for character in TEST_CODE:
        setup.keyboard.type(character)
        setup.clock.run_for(60)
    setup.keyboard.press("Enter")
    verdict(setup, "fair")
    assert findings(setup) == {"slow"}


def test_alt_held_down_is_told_and_is_no_fault(setup: Page) -> None:
    scan(setup, TEST_CODE, alt=True)
    verdict(setup, "good")
    assert findings(setup) == {"alt"}


def test_a_second_scan_is_judged_by_itself(setup: Page) -> None:
    setup.keyboard.insert_text(TEST_CODE)
    verdict(setup, "fair")
    scan(setup, TEST_CODE)
    expect(setup.locator("[data-verdict]")).to_have_text(GOOD)
    assert findings(setup) == set()


def test_a_test_scan_is_not_counted(setup: Page, engine: Engine) -> None:
    scan(setup, TEST_CODE)
    verdict(setup, "good")
    with reading(engine) as session:
        assert session.query(Scan).count() == 0


def test_on_paper_only_the_sheet_is_left(setup: Page) -> None:
    setup.emulate_media(media="print")
    expect(setup.locator(".scan-test")).to_be_hidden()
    expect(setup.locator(".setup-sheet .barcode")).to_have_count(2)
    expect(setup.locator(".setup-sheet")).to_contain_text("Key event options: Send Characters as Events")
