"""What a picker feels and sees at each verdict: vibration by pattern, few flashes, no motion where that is asked."""

import itertools

from playwright.sync_api import Page, expect

from tests.browser.scan_peer import Feedback, ScanPeer, Screen
from tests.browser.test_scan_js_reading import LOCATION, MUG, confirmed, scan
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
THREE_LOW = [(320, "square")] * 3
STOP = [(320, "square")] * 4
# The same section's sounds: cue -> pitch in Hz and wave of each beep, from first to last.
SOUNDS: dict[str, list[tuple[int, str]]] = {
    "match": [(1200, "sine")],
    "step": [(1000, "sine")],
    "line": [(880, "sine"), (1320, "sine")],
    "complete": [(660, "sine"), (880, "sine"), (1320, "sine")],
    "wrong": THREE_LOW,
    "unknown": THREE_LOW,
    "stop": STOP,
    "repeated": [(700, "sine")] * 2,
    "command": [(1000, "sine")] * 2,
    "offline": [(700, "sine")] * 2,
    "online": [(1000, "sine")],
    "blocked": STOP,
    "moved": STOP,
}
# What it says of how long a beep lasts, in ms.
LENGTHS: dict[str, list[int | None]] = {"match": [60], "step": [70], "stop": [500, None, None, None]}
HEAR = """
window.beeps = [];
window.OscillatorNode = class extends OscillatorNode {
  start(at) {
    beeps.push({ hz: this.frequency.value, shape: this.type, at });
    super.start(at);
  }
  stop(at) {
    beeps.at(-1).ms = Math.round((at - beeps.at(-1).at) * 1000);
    super.stop(at);
  }
};
"heard"
"""
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


def test_each_cue_sounds_as_the_paper_says(page: Page, peer: ScanPeer) -> None:
    _ = page.evaluate(HEAR)
    scan(page, LOCATION)  # a browser is silent until a key is pressed
    confirmed(page)
    cues = page.evaluate_handle(
        "import(document.querySelector('script[type=module]').src.replace('scan.js', 'cues.js'))"
    )
    _ = page.wait_for_function("beeps.length")
    heard = {
        cue: page.evaluate("([{ play }, cue]) => { beeps.length = 0; play(cue); return beeps; }", [cues, cue])
        for cue in SOUNDS
    }
    assert {cue: [(beep["hz"], beep["shape"]) for beep in beeps] for cue, beeps in heard.items()} == SOUNDS
    for cue, lengths in LENGTHS.items():
        said = [beep["ms"] if ms else None for beep, ms in zip(heard[cue], lengths, strict=True)]
        assert said == lengths
    for beeps in heard.values():
        assert all(later["at"] >= sooner["at"] + sooner["ms"] / 1000 for sooner, later in itertools.pairwise(beeps))


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
    scan(page, LOCATION)
    expect(page.locator("#line")).to_have_attribute("data-state", "slow")
    motion = (
        "({ animationDuration, animationIterationCount }) => [parseFloat(animationDuration), animationIterationCount]"
    )
    seconds, times = page.evaluate(f"({motion})(getComputedStyle(document.getElementById('line')))")
    assert (seconds < 0.001, times) == (True, "1")
    peer.state.open.set()
    expect(page.locator("#feedback")).to_have_text("Good")
    assert page.evaluate("parseFloat(getComputedStyle(document.getElementById('feedback')).animationDuration)") < 0.001
