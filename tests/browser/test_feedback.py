"""What a picker feels and sees at each verdict: vibration by pattern, few flashes, no motion where that is asked."""

import itertools

from playwright.sync_api import Page, expect

from tests.browser.scan_peer import Feedback, ScanPeer, Screen
from tests.browser.test_scan_js_reading import MUG, SHELF, confirmed, scan
from tests.browser.test_scan_js_sending import SIX

WRONG = [200, 80, 200, 80, 200]
# The UX paper's section 7: cue -> vibration in ms.
BUZZES: dict[str, list[int]] = {
    "step": [],
    "line": [],
    "complete": [60],
    "wrong": WRONG,
    "unknown": WRONG,
    "stop": [600],
    "repeated": [120, 80, 120],
    "command": [],
    "moved": [600],
}
FEEL = "window.buzzes = []; Navigator.prototype.vibrate = (pattern) => Boolean(buzzes.push(pattern)); 'felt'"
WATCH = """
window.flashes = { line: [], verdict: [] };
let before = "";
new MutationObserver(() => {
  const now = document.getElementById("line").dataset.state;
  if (now && !before) flashes.line.push(Date.now());
  before = now;
}).observe(document.getElementById("line"), { attributes: true });
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const { id } of addedNodes) if (id === "feedback") {
    const { animationName } = getComputedStyle(document.getElementById("feedback"));
    if (animationName !== "none") flashes.verdict.push(Date.now());
  }
}).observe(document.body, { childList: true });
"""


def test_each_verdict_vibrates_by_its_own_pattern(page: Page, peer: ScanPeer) -> None:
    _ = page.evaluate(FEEL)
    felt: dict[str, list[int]] = {}
    for number, cue in enumerate(BUZZES):
        peer.state.judge = lambda _post, cue=cue: Feedback(tone="ok", cue=cue, words=cue)  # type: ignore[misc]  # bound now
        scan(page, f"20000000000{number:02d}")
        expect(page.locator("#feedback")).to_have_text(cue)
        felt[cue] = [ms for pattern in page.evaluate("buzzes.splice(0)") for ms in pattern]
    assert felt == BUZZES


def test_going_offline_and_being_stopped_can_be_felt(page: Page, peer: ScanPeer) -> None:
    _ = page.evaluate(FEEL)
    page.context.set_offline(True)
    for code in SIX[:3]:
        scan(page, code)
    expect(page.locator("#network")).to_have_text("STOP. Wait for network")
    assert page.evaluate("buzzes") == [[120], [600]]


def test_nothing_flashes_more_than_three_times_a_second(page: Page, peer: ScanPeer) -> None:
    peer.state.screen = Screen(accept=(MUG, *SIX))
    peer.state.judge = lambda post: Feedback(tone="ok", cue="complete" if post["code"] == MUG else "step")
    _ = page.reload()
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    _ = page.evaluate(WATCH)
    for code, gap_ms in zip((MUG, *SIX) * 4, itertools.cycle((120, 210, 300, 400)), strict=False):
        scan(page, code)
        confirmed(page)
        page.clock.run_for(gap_ms)
    for times in page.evaluate("Object.values(flashes)"):
        assert len(times) > 3
        assert [later - sooner for sooner, later in zip(times, times[3:], strict=False) if later - sooner < 1000] == []


def test_where_less_motion_is_asked_for_nothing_moves(page: Page, peer: ScanPeer) -> None:
    page.emulate_media(reduced_motion="reduce")
    peer.state.open.clear()
    scan(page, SHELF)
    expect(page.locator("#line")).to_have_attribute("data-state", "slow")
    motion = (
        "({ animationDuration, animationIterationCount }) => [parseFloat(animationDuration), animationIterationCount]"
    )
    seconds, times = page.evaluate(f"({motion})(getComputedStyle(document.getElementById('line')))")
    assert (seconds < 0.001, times) == (True, "1")
    peer.state.open.set()
    expect(page.locator("#feedback")).to_have_text("Good")
    assert page.evaluate("parseFloat(getComputedStyle(document.getElementById('feedback')).animationDuration)") < 0.001
