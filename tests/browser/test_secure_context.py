"""Over https: a worker for static files, a page without network, a screen that stays awake, the battery's line."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import builders
from tests.browser.conftest import HANDHELD, HOST, launch_options
from tests.journeys.floor import PATIENCE_S, free_port
from wms import config, migrations
from wms.database import make_engine, transaction

WATCH = """
window.locks = [];
const request = WakeLock.prototype.request;
WakeLock.prototype.request = async function (kind) {
  const lock = await request.call(this, kind);
  locks.push(lock);
  return lock;
};
"""
"""Tells which locks the browser gave."""
BATTERY = """
window.battery = Object.assign(new EventTarget(), { level: 0.5, charging: false });
navigator.getBattery = async () => battery;
"""
"""A battery that the test runs down."""


@dataclass(frozen=True, kw_only=True)
class Secured:
    """A warehouse to serve over https with a certificate of its own; a picker's badge, a cart with a walk."""

    environ: dict[str, str]
    port: int
    badge: str
    cart: str

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/pick/"

    @contextmanager
    def served(self) -> Iterator[None]:
        """Serve it."""
        command = [sys.executable, "-m", "wms", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--workers", "1", "--no-worker"]
        with subprocess.Popen(command, env=os.environ | self.environ, stdout=subprocess.DEVNULL) as server:
            try:
                ends_at = time.monotonic() + PATIENCE_S
                while not self.answers():
                    assert time.monotonic() < ends_at
                    time.sleep(0.1)
                yield
            finally:
                server.terminate()

    def answers(self) -> bool:
        """Tell whether it is served."""
        try:
            return self.get("/readyz").ok
        except requests.ConnectionError:
            return False

    def get(self, path: str) -> requests.Response:
        """Fetch from it, trusting its certificate and no other."""
        return requests.get(f"https://127.0.0.1:{self.port}{path}", timeout=20, verify=self.environ["WMS_TLS_CERT"])


@pytest.fixture
def secured(tmp_path: Path, certificate: dict[str, str]) -> Secured:
    environ = {"WMS_DATABASE_URL": f"sqlite:///{tmp_path / 'wms.db'}", "WMS_DATA_DIR": str(tmp_path), **certificate}
    engine = make_engine(config.load(environ))
    migrations.upgrade(engine)
    with transaction(engine) as session:
        _ = builders.warehouse(session)
        _ = builders.waiting_batch(session, builders.order(session, (builders.product(session), 1)))
        badge, cart = builders.worker(session).badge, builders.cart(session).barcode
    engine.dispose()
    return Secured(environ=environ, port=free_port(), badge=badge, cart=cart)


@pytest.fixture
def server(secured: Secured) -> Iterator[Secured]:
    with secured.served():
        yield secured


@pytest.fixture
def handheld(chromium: Browser) -> Iterator[BrowserContext]:
    """A handheld that trusts the certificate."""
    browser = chromium.browser_type.launch(**launch_options("--ignore-certificate-errors"))
    context = browser.new_context(**HANDHELD)
    _ = context.add_init_script(WATCH)
    yield context
    browser.close()


def opened(handheld: BrowserContext, secured: Secured) -> Page:
    """The picking page, once the worker stands before it with all it needs."""
    page = handheld.new_page()
    _ = page.goto(secured.url)
    expect(page.locator("#scan[data-waiting]")).to_be_attached()
    until(page, "navigator.serviceWorker.controller !== null")
    until(page, "caches.match(document.querySelector('script[type=module]').src).then(Boolean)")
    return page


def until(page: Page, truth: str) -> None:
    """Wait until the page says so; its content policy forbids the waiting that Playwright brings."""
    ends_at = time.monotonic() + PATIENCE_S
    while not page.evaluate(truth):
        assert time.monotonic() < ends_at, truth
        page.wait_for_timeout(50)


def scan(page: Page, code: str, screen: str) -> None:
    """Scan, and wait for the screen that should come."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("#screen")).to_have_attribute("data-screen", screen)


def test_without_a_server_a_page_says_so_and_goes_on_when_it_is_back(
    handheld: BrowserContext, secured: Secured
) -> None:
    with secured.served():
        page = opened(handheld, secured)
    _ = page.reload()
    expect(page.locator("h1")).to_have_text("NO NETWORK")
    icon = page.locator(".big-icon .icon").bounding_box()
    assert icon is not None
    assert icon["height"] > 100  # its sheet is there too
    with secured.served():
        expect(page.locator("#screen")).to_have_attribute("data-screen", "sign_in")


def test_static_files_are_served_by_the_worker(handheld: BrowserContext, secured: Secured) -> None:
    with secured.served():
        page = opened(handheld, secured)
    named = "[...document.querySelectorAll('script[src], link[rel=stylesheet]')].map((one) => one.src || one.href)"
    length = "(address) => fetch(address, { cache: 'no-store' }).then((got) => got.text()).then((text) => text.length)"
    lengths = page.evaluate(f"Promise.all({named}.map({length}))")
    assert len(lengths) > 3
    assert min(lengths) > 100


def test_the_worker_keeps_no_work_page_and_no_post(handheld: BrowserContext, server: Secured) -> None:
    page = opened(handheld, server)
    scan(page, server.badge, "home")
    _ = page.reload()
    scan(page, server.cart, "build_cart")
    requests_in = "(name) => caches.open(name).then((cache) => cache.keys())"
    kept = f"caches.keys().then((names) => Promise.all(names.map({requests_in})))"
    paths = page.evaluate(f"{kept}.then((all) => all.flat().map(({{ url }}) => new URL(url).pathname))")
    assert [path for path in paths if not path.startswith("/static/")] == ["/no-network"]


def test_a_new_release_clears_what_the_last_one_stored_and_nothing_else(
    handheld: BrowserContext, server: Secured
) -> None:
    page = opened(handheld, server)
    (now,) = page.evaluate("caches.keys()")
    _ = page.evaluate(
        "Promise.all(['/static/0123456789ab/', 'of another'].map((name) => caches.open(name))).then(() => 0)"
    )
    _ = page.evaluate("navigator.serviceWorker.getRegistration().then((registration) => registration.unregister())")
    _ = page.reload()
    until(page, "caches.has('/static/0123456789ab/').then((has) => !has)")
    assert set(page.evaluate("caches.keys()")) == {now, "of another"}


def test_the_screen_stays_awake_while_there_is_work_on_it(handheld: BrowserContext, server: Secured) -> None:
    page = opened(handheld, server)
    scan(page, server.badge, "home")
    assert page.evaluate("locks.length") == 0
    scan(page, server.cart, "build_cart")
    until(page, "locks.length === 1")
    assert page.evaluate("locks[0].released") is False
    scan(page, "K062", "home")
    until(page, "locks[0].released")
    assert page.evaluate("locks.length") == 1


def test_a_battery_below_15_per_cent_is_to_be_changed_after_this_line(
    handheld: BrowserContext, server: Secured
) -> None:
    _ = handheld.add_init_script(BATTERY)
    page = opened(handheld, server)
    bar = page.locator("#battery")
    for level, charging, is_said in ((0.15, False, False), (0.14, False, True), (0.14, True, False)):
        page.evaluate(f"Object.assign(battery, {{ level: {level}, charging: {str(charging).lower()} }})")
        page.evaluate("['levelchange', 'chargingchange'].forEach((name) => battery.dispatchEvent(new Event(name)))")
        expect(bar).to_be_visible(visible=is_said)
    expect(bar).to_have_text("Change battery after this line")


def test_with_a_certificate_nobody_vouches_for_scans_count_and_the_screen_stays_awake(
    chromium: Browser, server: Secured
) -> None:
    context = chromium.new_context(**HANDHELD, ignore_https_errors=True)
    _ = context.add_init_script(WATCH)
    page = context.new_page()
    with page.expect_console_message(lambda message: "no worker for static files" in message.text):
        _ = page.goto(server.url)
    scan(page, server.badge, "home")
    scan(page, server.cart, "build_cart")
    until(page, "locks.length === 1")
    context.close()


def test_cookies_go_over_https_only(server: Secured) -> None:
    assert "Secure" in server.get("/pick/").headers["Set-Cookie"]
