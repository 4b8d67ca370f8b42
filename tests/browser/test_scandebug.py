"""What support asks for first: a page's raw events, by ?scandebug=1."""

import re

from playwright.sync_api import Page, expect

from tests.browser.scan_peer import ScanPeer
from tests.browser.test_scan_js_reading import LOCATION, scan


def test_the_debug_list_tells_the_browser_the_size_and_every_event_of_a_scan(page: Page, peer: ScanPeer) -> None:
    _ = page.goto(f"{peer.url}?scandebug=1")
    told = page.locator(".scandebug")
    expect(told).to_contain_text(re.compile(r"Chrome \d+\."))
    expect(told).to_contain_text(re.compile(r"page 360x640 of screen \d+x\d+ CSS px, ratio \d"))
    scan(page, LOCATION)
    page.keyboard.insert_text(LOCATION)
    for words in (
        'keydown "L" 76',
        'keydown "Enter" 13',
        f'taken "{LOCATION}" for line-1',
        f'input insertText "{LOCATION}"',
        "cue step",
    ):
        expect(told).to_contain_text(words)


def test_the_debug_list_says_why_scans_are_not_kept(page: Page, peer: ScanPeer) -> None:
    _ = page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { value: { open() { throw Error('no disk'); } } })"
    )
    _ = page.goto(f"{peer.url}?scandebug=1")
    expect(page.locator(".scandebug")).to_contain_text("Chrome")
    scan(page, LOCATION)
    expect(page.locator(".scandebug")).to_contain_text("not kept: Error: no disk")
    expect(page.locator("#feedback")).to_have_text("Good")
