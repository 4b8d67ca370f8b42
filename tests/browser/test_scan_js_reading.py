"""Every way a scanner may type into the page, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import HOST
from tests.browser.scan_peer import Feedback, ScanPeer, Screen, someone
from wms.domain.codes import CodeKind, has_check_digit, parse

MUG = "4006381333931"
LOCATION = "L0001236"
TOTE = "T000025"


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
    for key in LOCATION:
        event = {"key": key, "modifiers": 1, "windowsVirtualKeyCode": ord(key)}
        _ = cdp.send("Input.dispatchKeyEvent", {"type": "keyDown", **event})
        _ = cdp.send("Input.dispatchKeyEvent", {"type": "keyUp", **event})
    page.keyboard.press("Enter")
    confirmed(page)
    assert peer.codes == [LOCATION]


def test_text_from_the_input_method_without_terminator_is_a_scan(page: Page, peer: ScanPeer) -> None:
    cdp = page.context.new_cdp_session(page)
    for code in (LOCATION, MUG):
        unidentified = {"type": "rawKeyDown", "key": "Unidentified", "windowsVirtualKeyCode": 229}
        _ = cdp.send("Input.dispatchKeyEvent", unidentified)
        _ = cdp.send("Input.insertText", {"text": code})
        expect(page.locator("#code")).to_have_value("")
    confirmed(page)
    assert peer.codes == [LOCATION, MUG]


def test_text_from_the_input_method_ends_with_enter_at_once(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    page.keyboard.insert_text(LOCATION)
    page.keyboard.press("Enter")
    confirmed(page)
    assert peer.codes == [LOCATION]


def test_text_that_the_input_method_ends_with_a_line_break_is_a_scan_at_once(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    page.keyboard.insert_text(LOCATION)
    line_break = "new InputEvent('beforeinput', { inputType: 'insertLineBreak', cancelable: true, bubbles: true })"
    _ = page.evaluate(f"document.getElementById('code').dispatchEvent({line_break})")
    confirmed(page)
    assert peer.codes == [LOCATION]


def test_text_that_the_input_method_brings_in_two_pieces_is_one_scan(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    page.keyboard.insert_text(LOCATION[:5])
    page.clock.run_for(300)
    page.keyboard.insert_text(LOCATION[5:])
    page.clock.run_for(700)
    expect(page.locator("#code")).to_have_value("")
    confirmed(page)
    assert peer.codes == [LOCATION]


@pytest.mark.parametrize("codes", [(LOCATION, "04006381333931"), (MUG, MUG), (MUG, LOCATION), ("C0017", "T000017")])
def test_two_codes_without_terminator_are_two_scans(page: Page, peer: ScanPeer, codes: tuple[str, str]) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    for code in codes:
        page.keyboard.type(code)
        page.clock.run_for(400)
        expect(page.locator("#code")).to_have_value("")
    confirmed(page)
    assert peer.codes == list(codes)


def test_two_codes_that_the_input_method_brings_key_by_key_are_two_scans(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    for code in (LOCATION, MUG):
        for key in code:
            page.keyboard.insert_text(key)
        page.clock.run_for(400)
        expect(page.locator("#code")).to_have_value("")
    confirmed(page)
    assert peer.codes == [LOCATION, MUG]


@pytest.mark.parametrize("code", ["N24", "C001702", "40000008" + "00005"])
def test_what_a_person_types_is_not_cut_where_its_beginning_is_a_code(page: Page, peer: ScanPeer, code: str) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    for key in code:
        page.keyboard.type(key)
        page.clock.run_for(300)
    page.clock.run_for(600)
    expect(page.locator("#code")).to_have_value("")
    confirmed(page)
    assert peer.codes == [code]


def test_a_scanners_slow_keys_are_one_scan_where_its_beginning_is_a_code(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    for key in "C001702":
        page.keyboard.type(key)
        page.clock.run_for(100)
    page.clock.run_for(600)
    expect(page.locator("#code")).to_have_value("")
    confirmed(page)
    assert peer.codes == ["C001702"]


def test_a_tab_ends_a_scan_as_enter_does(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    page.keyboard.type(LOCATION)
    page.keyboard.press("Tab")
    confirmed(page)
    assert peer.codes == [LOCATION]


def test_a_second_terminator_is_no_second_scan(page: Page, peer: ScanPeer) -> None:
    scan(page, LOCATION)
    page.keyboard.press("Enter")
    scan(page, MUG)
    confirmed(page)
    assert peer.codes == [LOCATION, MUG]


@pytest.mark.parametrize("code", [LOCATION, MUG, "N12", "C0017", "MUG-BLU", f"]C1{LOCATION}"])
def test_a_code_that_comes_twice_in_one_is_one_scan(page: Page, peer: ScanPeer, code: str) -> None:
    peer.state.screen = Screen(accept=("MUG-BLU",))
    _ = page.reload()
    scan(page, code + code)
    confirmed(page)
    assert peer.codes == [code]


@pytest.mark.parametrize("code", ["12345691234569", "ABAB", "L01L01"])
def test_a_code_that_only_looks_doubled_stays_whole(page: Page, peer: ScanPeer, code: str) -> None:
    peer.state.screen = Screen(accept=("1234569",))
    _ = page.reload()
    scan(page, code)
    confirmed(page)
    assert peer.codes == [code]


def test_the_page_and_the_server_agree_on_what_a_whole_code_is(page: Page) -> None:
    letters = "BCDKLNOPRSTXM"
    digits = ("", "7", "017", "010", "0017", "0018", "001703", "004029", "0001236", "0001237", "00000017", "000000017")
    codes = [letter + number for letter in letters for number in digits] + [
        MUG,
        MUG[:-1] + "0",
        "12345670",
        "036000291452",
    ]
    told = page.evaluate("(codes) => import('/static/js/codes.js').then(({ isWhole }) => codes.map(isWhole))", codes)
    # which cards there are is the server's to know
    cards = {code for code in codes if code[0] == "K" and len(code) == 4 and has_check_digit(code[1:])}
    known = [parse(code).kind is not CodeKind.UNKNOWN or code in cards for code in codes]
    assert dict(zip(codes, told, strict=True)) == dict(zip(codes, known, strict=True))


def test_keys_without_terminator_are_a_scan(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    page.keyboard.type(LOCATION)
    page.clock.run_for(700)
    expect(page.locator("#code")).to_have_value("")
    confirmed(page)
    assert peer.codes == [LOCATION]


def test_the_focus_comes_back_when_the_page_is_touched(page: Page, peer: ScanPeer) -> None:
    page.locator("h1").tap()
    expect(page.locator("#code")).to_be_focused()
    page.evaluate("document.activeElement.blur()")
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.insert_text(LOCATION)
    page.keyboard.press("Enter")
    confirmed(page)
    assert peer.codes == [LOCATION]


def test_keys_are_read_while_a_button_has_the_focus(page: Page, peer: ScanPeer) -> None:
    page.locator("[data-code=K086]").focus()
    scan(page, LOCATION)
    confirmed(page)
    assert peer.codes == [LOCATION]


def test_the_same_label_read_twice_within_its_window_is_one_scan(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    scan(page, LOCATION)
    scan(page, LOCATION)
    page.clock.run_for(1600)
    scan(page, LOCATION)
    confirmed(page)
    assert peer.codes == [LOCATION, LOCATION]


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


def test_right_codes_beep_for_the_steps_ahead_of_an_answer_too(page: Page, peer: ScanPeer) -> None:
    peer.state.screen = Screen(accept=(LOCATION,), ahead=((MUG,), (TOTE,)))
    _ = page.reload()
    peer.state.open.clear()
    for code, beeps in [(LOCATION, 1), (MUG, 2), ("T000017", 2), (TOTE, 3)]:
        scan(page, code)
        assert page.evaluate("cues") == ["match"] * beeps, code


def test_a_step_is_not_skipped_by_a_code_that_comes_too_early(page: Page, peer: ScanPeer) -> None:
    peer.state.screen = Screen(accept=(LOCATION,), ahead=((MUG,), (TOTE,)))
    _ = page.reload()
    peer.state.open.clear()
    scan(page, LOCATION)
    scan(page, TOTE)
    assert page.evaluate("cues") == ["match"]


def test_a_code_the_page_does_not_accept_gets_no_beep_of_its_own(page: Page, peer: ScanPeer) -> None:
    peer.state.judge = lambda _post: Feedback(tone="wrong", cue="wrong", words="Not this shelf")
    scan(page, LOCATION)
    confirmed(page)
    assert page.evaluate("cues") == ["wrong"]
    expect(page.get_by_role("alert")).to_have_text("Not this shelf")


def test_a_code_can_be_typed_on_the_keypad(page: Page, peer: ScanPeer) -> None:
    page.locator("#screen [data-keypad]").tap()
    for key in "L0001236":
        page.locator(f"[data-type='{key}']").tap()
    page.locator("[data-type=back]").tap()
    page.locator("[data-type='6']").tap()
    page.get_by_text("OK").last.tap()
    confirmed(page)
    assert peer.codes == [LOCATION]
    expect(page.locator("#scan")).not_to_have_class(re.compile("scan--open"))


def test_a_scan_is_never_glued_to_what_was_tapped_on_the_keypad(page: Page, peer: ScanPeer) -> None:
    page.locator("#screen [data-keypad]").tap()
    page.locator("[data-type='7']").tap()
    scan(page, LOCATION)
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
    assert peer.codes == [LOCATION, MUG, "T004025"]


def asking(words: str, opens: str) -> Callable[[dict[str, str]], Feedback]:
    """Answer the card QTY or NO BARCODE as the server does, and any other scan with "Good"."""
    return lambda post: Feedback(words=words, opens=opens) if post["code"].startswith("K") else Feedback()


def test_an_answer_that_asks_how_many_opens_the_keypad_and_its_digits_are_a_quantity(
    page: Page, peer: ScanPeer
) -> None:
    peer.state.judge = asking("Type how many, then OK", "number")
    scan(page, "K208")
    expect(page.locator("#scan")).to_have_class(re.compile("scan--open"))
    for key in "12":
        page.locator(f"[data-type='{key}']").tap()
    page.get_by_text("OK").last.tap()
    confirmed(page)
    assert peer.codes == ["K208", "N12"]
    expect(page.locator("#scan")).not_to_have_class(re.compile("scan--open"))


def test_a_product_scanned_on_the_keypad_for_a_quantity_is_no_quantity(page: Page, peer: ScanPeer) -> None:
    peer.state.judge = asking("Type how many, then OK", "number")
    scan(page, "K208")
    expect(page.locator("#scan")).to_have_class(re.compile("scan--open"))
    scan(page, MUG)
    confirmed(page)
    assert peer.codes == ["K208", MUG]


def test_an_answer_that_asks_for_a_sku_brings_the_whole_keyboard(page: Page, peer: ScanPeer) -> None:
    peer.state.judge = asking("Type the SKU, then OK", "letters")
    scan(page, "K215")
    expect(page.locator("#scan")).to_have_class(re.compile("scan--open"))
    expect(page.locator("#code")).to_have_attribute("inputmode", "text")
    page.keyboard.type("TWL-42")
    page.get_by_text("OK").last.tap()
    confirmed(page)
    assert peer.codes == ["K215", "TWL-42"]


def test_the_page_takes_on_the_colours_of_the_worker_in_its_answer(page: Page, peer: ScanPeer) -> None:
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "light")
    peer.state.actor = someone(dark=True)
    scan(page, "K192")
    expect(root).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(11, 12, 12)"
    peer.state.actor = someone(worker_id=None)
    scan(page, "K185")
    expect(root).not_to_have_attribute("data-theme", re.compile("."))


def test_without_javascript_the_form_posts_the_code_and_shows_the_whole_page(chromium: Browser, peer: ScanPeer) -> None:
    context: BrowserContext = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    _ = page.goto(peer.url)
    scan(page, LOCATION)
    expect(page.locator("#feedback")).to_have_text("Good")
    page.get_by_role("button", name="Done").click()
    expect(page.locator("#feedback")).to_have_text("Good")
    assert [(post["code"], post["ask"]) for post in peer.state.posts] == [(LOCATION, "line-1"), ("K086", "line-1")]
    context.close()
