"""Every way a scanner may type into the page, in a real browser."""

import re

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import HOST
from tests.browser.scan_peer import Feedback, ScanPeer

MUG = "4006381333931"
SHELF = "L0001236"


def scan(page: Page, code: str) -> None:
    """Type a code as a wedge scanner with key events and ENTER does."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def confirmed(page: Page) -> None:
    """Wait until nothing is unconfirmed."""
    expect(page.locator("#scan")).to_have_attribute("data-waiting", "0")


def test_the_page_is_no_secure_context_and_scans_all_the_same(page: Page, peer: ScanPeer) -> None:
    scan(page, MUG)
    expect(page.locator("#feedback")).to_have_text("Good")
    assert page.evaluate("[location.hostname, isSecureContext]") == [HOST, False]
    assert peer.codes == [MUG]


def test_on_plain_http_nothing_of_a_secure_context_is_even_loaded(page: Page, peer: ScanPeer) -> None:
    loaded = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert any(name.endswith("/scan.js") for name in loaded)
    assert not any(name.endswith(("/secure.js", "/service-worker.js")) for name in loaded)
    assert page.evaluate("'serviceWorker' in navigator") is False


def test_a_scan_posts_the_fields_of_the_contract(page: Page, peer: ScanPeer) -> None:
    scan(page, MUG)
    confirmed(page)
    (post,) = peer.state.posts
    assert set(post) == {"code", "scan", "ask", "at", "csrf_token"}
    assert (post["ask"], post["csrf_token"]) == ("line-1", "csrf-7")
    assert re.fullmatch("[0-9a-f]{32}", post["scan"])
    assert post["at"].isdigit()


def test_keys_with_alt_held_are_read(page: Page, peer: ScanPeer) -> None:
    cdp = page.context.new_cdp_session(page)
    for key in SHELF:
        event = {"key": key, "modifiers": 1, "windowsVirtualKeyCode": ord(key)}
        _ = cdp.send("Input.dispatchKeyEvent", {"type": "keyDown", **event})
        _ = cdp.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
    page.keyboard.press("Enter")
    confirmed(page)
    assert peer.codes == [SHELF]


def test_text_from_the_input_method_without_terminator_is_a_scan(page: Page, peer: ScanPeer) -> None:
    cdp = page.context.new_cdp_session(page)
    for code in (SHELF, MUG):
        unidentified = {"type": "rawKeyDown", "key": "Unidentified", "windowsVirtualKeyCode": 229}
        _ = cdp.send("Input.dispatchKeyEvent", unidentified)
        _ = cdp.send("Input.insertText", {"text": code})
        expect(page.locator("#code")).to_have_value("")
    confirmed(page)
    assert peer.codes == [SHELF, MUG]


def test_text_from_the_input_method_ends_with_enter_at_once(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    page.keyboard.insert_text(SHELF)
    page.keyboard.press("Enter")
    confirmed(page)
    assert peer.codes == [SHELF]


def test_keys_without_terminator_are_a_scan(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    page.keyboard.type(SHELF)
    page.clock.run_for(700)
    expect(page.locator("#code")).to_have_value("")
    confirmed(page)
    assert peer.codes == [SHELF]


def test_the_focus_comes_back_when_the_page_is_touched(page: Page, peer: ScanPeer) -> None:
    page.locator("h1").tap()
    expect(page.locator("#code")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.insert_text(SHELF)
    page.keyboard.press("Enter")
    confirmed(page)
    assert peer.codes == [SHELF]


def test_keys_are_read_while_a_button_has_the_focus(page: Page, peer: ScanPeer) -> None:
    page.locator("[data-code=K086]").focus()
    scan(page, SHELF)
    confirmed(page)
    assert peer.codes == [SHELF]


def test_the_same_label_read_twice_within_its_window_is_one_scan(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    scan(page, SHELF)
    scan(page, SHELF)
    page.clock.run_for(1600)
    scan(page, SHELF)
    confirmed(page)
    assert peer.codes == [SHELF, SHELF]


def test_units_of_one_product_count_each_after_a_fifth_of_a_second(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    scan(page, MUG)
    scan(page, MUG)
    page.clock.run_for(210)
    scan(page, MUG)
    confirmed(page)
    assert peer.codes == [MUG, MUG]


def test_a_right_code_beeps_before_the_answer_comes(page: Page, peer: ScanPeer) -> None:
    peer.state.open.clear()
    scan(page, f"]E0{MUG}")
    assert page.evaluate("cues") == ["match"]
    peer.state.open.set()
    confirmed(page)
    assert page.evaluate("cues") == ["match", "step"]


def test_a_code_the_page_does_not_accept_gets_no_beep_of_its_own(page: Page, peer: ScanPeer) -> None:
    peer.state.judge = lambda _post: Feedback(tone="wrong", cue="wrong", words="Not this shelf")
    scan(page, SHELF)
    confirmed(page)
    assert page.evaluate("cues") == ["wrong"]
    expect(page.get_by_role("alert")).to_have_text("Not this shelf")


def test_a_command_can_be_touched_or_pressed(page: Page, peer: ScanPeer) -> None:
    page.locator("summary").tap()
    page.locator("[data-code=K017]").tap()
    # A touch becomes a click in the browser's own time; a key pressed meanwhile would overtake it.
    expect(page.locator("#feedback")).to_have_text("Good")
    page.keyboard.press("F1")
    confirmed(page)
    assert peer.codes == ["K017", "K086"]


def test_a_code_can_be_typed_on_the_keypad(page: Page, peer: ScanPeer) -> None:
    page.locator("#screen [data-keypad]").tap()
    for key in "L0001236":
        page.locator(f"[data-type='{key}']").tap()
    page.locator("[data-type=back]").tap()
    page.locator("[data-type='6']").tap()
    page.get_by_text("OK").last.tap()
    confirmed(page)
    assert peer.codes == [SHELF]
    expect(page.locator("#scan")).not_to_have_class(re.compile("scan--open"))


def test_a_scan_is_never_glued_to_what_was_tapped_on_the_keypad(page: Page, peer: ScanPeer) -> None:
    page.locator("#screen [data-keypad]").tap()
    page.locator("[data-type='7']").tap()
    scan(page, SHELF)
    page.locator("#screen [data-keypad]").tap()
    page.locator("[data-type='7']").tap()
    page.keyboard.insert_text(MUG)
    page.keyboard.press("Enter")
    confirmed(page)
    page.locator("#screen [data-keypad]").tap()
    page.locator("[data-type='7']").tap()
    page.locator("#scan [data-keypad]").tap()
    scan(page, "T004025")
    confirmed(page)
    assert peer.codes == [SHELF, MUG, "T004025"]


def test_without_javascript_the_form_posts_the_code_and_shows_the_whole_page(chromium: Browser, peer: ScanPeer) -> None:
    context: BrowserContext = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    _ = page.goto(peer.url)
    scan(page, SHELF)
    expect(page.locator("#feedback")).to_have_text("Good")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#feedback")).to_have_text("Good")
    assert [(post["code"], post["ask"]) for post in peer.state.posts] == [(SHELF, "line-1"), ("K086", "line-1")]
    context.close()
