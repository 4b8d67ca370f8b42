"""A real Chromium for every browser test, and a page that listens for cues and for broken rules."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.scan_peer import ScanPeer

HOST = "wms.test"
"""Resolves to 127.0.0.1, but is no secure context: as on a real floor."""


HANDHELD: dict[str, Any] = {"viewport": {"width": 360, "height": 640}, "has_touch": True, "is_mobile": True}
"""What makes a context a handheld."""


def launch_options(*more: str) -> dict[str, Any]:
    """How the distribution's Chromium is started, headless, with more arguments; a test fails where it is missing."""
    binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if binary is None:
        pytest.fail("Install Chromium for the browser tests (Debian: apt-get install chromium)")
    # no sandbox: containers run tests as root, where Chromium refuses to start with one
    # and no shared memory folder: a container's is too small, and its pages crash
    rules = f"--host-resolver-rules=MAP {HOST} 127.0.0.1"
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--no-proxy-server", rules, *more]
    return {"executable_path": binary, "args": arguments}


@contextmanager
def launched() -> Iterator[Browser]:
    """Start the browser, and end it."""
    expect.set_options(timeout=20_000)  # a patience, not a wait: machines that run tests are busy
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
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
    context = chromium.new_context(**HANDHELD)
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
