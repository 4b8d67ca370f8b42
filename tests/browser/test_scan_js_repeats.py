"""What counts as the same scan twice goes by how much time passed, not by the handheld's clock; so does the STOP."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.scan_peer import Feedback, ScanPeer, someone
from tests.browser.test_scan_js_reading import LOCATION, MUG, confirmed, scan
from tests.browser.test_scan_js_sending import waiting

TOTE = "T000017"


def _set_clock(page: Page, ms: int) -> None:
    _ = page.evaluate("(ms) => { const real = Date.now; Date.now = () => real() + ms; }", ms)


@pytest.mark.parametrize(("code", "pause_ms"), [(MUG, 500), ("K017", 1700)])
def test_a_clock_that_goes_back_hides_no_scan(page: Page, peer: ScanPeer, code: str, pause_ms: int) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    scan(page, code)
    _set_clock(page, -3_600_000)
    page.clock.run_for(pause_ms)
    scan(page, code)
    confirmed(page)
    assert peer.codes == [code, code]


@pytest.mark.parametrize(("ms", "words"), [(-60_000, "STOP. Wait for network"), (60_000, "NO NETWORK. 1 kept")])
def test_a_clock_that_is_set_neither_hides_the_stop_nor_brings_it(page: Page, ms: int, words: str) -> None:
    page.clock.install()
    page.context.set_offline(True)
    scan(page, LOCATION)
    expect(page.locator("#network")).to_have_text("NO NETWORK. 1 kept")
    _set_clock(page, ms)
    for _second in range(40 if ms < 0 else 10):
        page.clock.run_for(1000)
    expect(page.locator("#network")).to_have_text(words)


@pytest.mark.parametrize(("every_ms", "taken"), [(400, 1), (1200, 3), (1600, 5)])
def test_a_label_left_before_the_scanner_is_one_scan_and_one_scanned_again_is_heard_after_its_window(
    page: Page, peer: ScanPeer, every_ms: int, taken: int
) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    for _time in range(5):
        scan(page, TOTE)
        page.clock.run_for(every_ms)
    confirmed(page)
    assert peer.codes == [TOTE] * taken


@pytest.mark.parametrize("then", [8, None])
def test_what_is_scanned_behind_a_hand_over_or_log_out_does_not_count_and_that_is_said(
    page: Page, peer: ScanPeer, then: int | None
) -> None:
    def judge(_post: dict[str, str]) -> Feedback:
        peer.state.actor = someone(worker_id=then)
        return Feedback(words="Hello")

    peer.state.judge = judge
    peer.state.open.clear()
    scan(page, "B000000024")
    scan(page, MUG)
    waiting(page, 2)
    peer.state.open.set()
    confirmed(page)
    expect(page.locator("#feedback[data-tone=warn]")).to_contain_text("1 later scan")
    peer.state.actor = someone()
    _ = page.reload()
    confirmed(page)
    assert peer.codes == ["B000000024"]


def test_the_line_is_green_when_the_network_is_back(page: Page) -> None:
    states = "new MutationObserver(() => lit.push(line.dataset.state)).observe(line, { attributes: true })"
    _ = page.evaluate(f"window.lit = []; {states}")
    page.context.set_offline(True)
    scan(page, LOCATION)
    expect(page.locator("#network")).to_have_text("NO NETWORK. 1 kept")
    page.context.set_offline(False)
    confirmed(page)
    assert "online" in page.evaluate("lit")
