"""Scans without a terminator, a scan every 400 ms: none is glued to the next, whatever its form."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scan_peer import Feedback, ScanPeer, Screen
from tests.browser.test_scan_js_reading import MUG, confirmed, scan

TOTE = "T000017"
GS1 = f"010{MUG}17270131"


def _stand_still(page: Page) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))


@pytest.mark.parametrize(
    "codes", [("MUG-BLU", TOTE), ("A12-03-B2", MUG), ("LOT-77", "LOT-78"), (f"{GS1}10LOT-A", TOTE), ("#1042", "#1043")]
)
def test_keys_of_a_form_that_nobody_knows_are_a_scan_before_the_next(
    page: Page, peer: ScanPeer, codes: tuple[str, str]
) -> None:
    _stand_still(page)
    for code in codes:
        page.keyboard.type(code)
        page.clock.run_for(400)
    confirmed(page)
    assert peer.codes == list(codes)


@pytest.mark.parametrize("code", ["MUG-BLU", f"{GS1}10LOT-A"])
def test_text_of_a_form_that_nobody_knows_ends_where_a_whole_code_comes_after_it(
    page: Page, peer: ScanPeer, code: str
) -> None:
    _stand_still(page)
    page.keyboard.insert_text(code)
    page.clock.run_for(400)
    page.keyboard.insert_text(TOTE)
    page.clock.run_for(400)
    confirmed(page)
    assert peer.codes == [code, TOTE]


def test_text_that_the_page_accepts_is_whole(page: Page, peer: ScanPeer) -> None:
    peer.state.screen = Screen(accept=("MUG-BLU",), ahead=(("SHELF 7",),))
    _ = page.reload()
    _stand_still(page)
    for code in ("mug-blu", "shelf 7"):
        page.keyboard.insert_text(code)
        page.clock.run_for(100)
        expect(page.locator("#code")).to_have_value("")
    confirmed(page)
    assert peer.codes == ["mug-blu", "shelf 7"]


def test_a_whole_code_is_a_scan_with_the_keypad_open(page: Page, peer: ScanPeer) -> None:
    peer.state.judge = lambda _post: Feedback(tone="info", opens="number")
    scan(page, "K208")
    expect(page.locator("#scan")).to_have_class("scan scan--open")
    _stand_still(page)
    peer.state.judge = lambda _post: Feedback()
    for code in (MUG, TOTE):
        page.keyboard.type(code)
        page.clock.run_for(400)
    confirmed(page)
    assert peer.codes == ["K208", MUG, TOTE]


@pytest.mark.parametrize("code", [f"{GS1}10A", f"]d2{GS1}10A"])
def test_a_gs1_code_that_comes_twice_in_one_is_one_scan(page: Page, peer: ScanPeer, code: str) -> None:
    scan(page, code + code)
    confirmed(page)
    assert peer.codes == [code]


def test_a_separator_sent_as_a_control_key_stays_in_the_code(page: Page, peer: ScanPeer) -> None:
    page.keyboard.type(f"{GS1}10LOT")
    page.keyboard.press("Control+]")
    scan(page, "2177")
    confirmed(page)
    assert peer.codes == [f"{GS1}10LOT\x1d2177"]
