"""A real Chromium for every browser test, and a page that listens for cues and for broken rules."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.scan_peer import ScanPeer

HOST = "wms.test"
"""Resolves to 127.0.0.1, but is no secure context: as on a real floor."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The distribution's Chromium, headless; a test that wants it fails where it is missing."""
    binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if binary is None:
        pytest.fail("Install Chromium for the browser tests (Debian: apt-get install chromium)")
    expect.set_options(timeout=20_000)  # a patience, not a wait: machines that run tests are busy
    with sync_playwright() as playwright:
        # no sandbox: containers run tests as root, where Chromium refuses to start with one
        # and no shared memory folder: a container's is too small, and its pages crash
        rules = f"--host-resolver-rules=MAP {HOST} 127.0.0.1"
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--no-proxy-server", rules]
        browser = playwright.chromium.launch(executable_path=binary, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def peer() -> Iterator[ScanPeer]:
    """A small server that answers scans as the test tells it."""
    with ScanPeer(HOST) as peer:
        yield peer


@pytest.fixture
def handheld(chromium: Browser) -> Iterator[BrowserContext]:
    """A handheld of its own: 360x640, touch."""
    context = chromium.new_context(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    _ = context.add_init_script(
        "window.cues = []; document.addEventListener('cue', (event) => cues.push(event.detail));"
    )
    yield context
    context.close()


@pytest.fixture
def page(handheld: BrowserContext, peer: ScanPeer) -> Iterator[Page]:
    """The peer's page on that handheld, ready to scan; fails the test on any breach of the content security policy."""
    breaches: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Uncaught" in message.text:
            breaches.append(message.text)

    page = handheld.new_page()
    page.on("console", listen)
    page.on("pageerror", lambda error: breaches.append(str(error)))
    _ = page.goto(peer.url)
    _ = page.wait_for_selector("#scan[data-waiting]", state="attached")
    yield page
    assert breaches == []
