"""Buttons and keys on a floor page, in a real browser: each press counts once, and again once it was answered."""

from playwright.sync_api import Page, expect

from tests.browser.scan_peer import Feedback, ScanPeer, Screen
from tests.browser.test_scan_js_reading import confirmed, scan


def test_a_command_can_be_touched_or_pressed(page: Page, peer: ScanPeer) -> None:
    page.locator("summary").tap()
    page.locator("[data-code=K017]").tap()
    # A touch becomes a click in the browser's own time; a key pressed meanwhile would overtake it.
    expect(page.locator("#feedback")).to_have_text("Good")
    page.keyboard.press("F1")
    confirmed(page)
    assert peer.codes == ["K017", "K086"]


def _next_step_each_time(peer: ScanPeer) -> None:
    def judge(_post: dict[str, str]) -> Feedback:
        peer.state.screen = Screen(token=f"line-{len(peer.codes)}")
        return Feedback()

    peer.state.judge = judge


def test_a_button_pressed_again_after_its_answer_counts_again(page: Page, peer: ScanPeer) -> None:
    _next_step_each_time(peer)
    page.clock.install()
    for _ in range(3):
        page.evaluate("document.querySelector('[data-code=K017]').click()")
        confirmed(page)
        page.clock.run_for(400)
    assert peer.codes == ["K017"] * 3


def test_a_button_pressed_again_before_its_answer_is_one_press(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    peer.state.open.clear()
    page.evaluate("document.querySelector('[data-code=K017]').click()")
    page.clock.run_for(700)
    page.evaluate("document.querySelector('[data-code=K017]').click()")
    peer.state.open.set()
    confirmed(page)
    assert peer.codes == ["K017"]


def test_a_glove_that_bounces_on_a_button_presses_it_once(page: Page, peer: ScanPeer) -> None:
    _next_step_each_time(peer)
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    for _ in range(2):
        page.evaluate("document.querySelector('[data-code=K017]').click()")
        confirmed(page)
    assert peer.codes == ["K017"]


def test_a_key_held_down_presses_its_command_once(page: Page, peer: ScanPeer) -> None:
    _next_step_each_time(peer)
    page.clock.install()
    for _ in range(5):
        page.keyboard.down("F1")
        page.clock.run_for(400)
    page.keyboard.up("F1")
    confirmed(page)
    assert peer.codes == ["K086"]


def test_a_card_held_there_again_is_not_kept_out_by_the_time_before(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    for _ in range(4):
        scan(page, "K017")
        confirmed(page)  # else the clock could run past the patience with an answer that is on its way
        page.clock.run_for(1000)
    assert peer.codes == ["K017", "K017"]
