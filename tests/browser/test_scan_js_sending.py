"""Scans on a slow, cut or absent network, in a real browser: each is sent until answered, once, in order."""

import re

from playwright.sync_api import Page, expect

from tests.browser.scan_peer import Feedback, ScanPeer, Screen, someone
from tests.browser.test_scan_js_reading import LOCATION, MUG, confirmed, scan

SIX = [f"100000000000{n}" for n in range(6)]


def waiting(page: Page, scans: int) -> None:
    """Wait until so many scans are unconfirmed."""
    expect(page.locator("#scan")).to_have_attribute("data-waiting", str(scans))


def test_six_fast_scans_with_slow_answers_arrive_once_each_and_in_order(page: Page, peer: ScanPeer) -> None:
    peer.state.open.clear()
    for code in SIX:
        scan(page, code)
    waiting(page, 6)
    expect(page.locator("#network")).to_have_text("6 waiting")
    assert len(peer.state.posts) == 1
    peer.state.open.set()
    confirmed(page)
    assert peer.codes == SIX
    assert len(peer.state.posts) == len(SIX)
    expect(page.locator("#network")).to_be_hidden()


def test_a_scan_keeps_the_step_that_was_on_screen_when_the_trigger_was_pulled(page: Page, peer: ScanPeer) -> None:
    peer.state.open.clear()
    scan(page, LOCATION)
    scan(page, MUG)
    waiting(page, 2)
    peer.state.screen = Screen(token="line-2")  # noqa: S106  the name of a step
    peer.state.open.set()
    confirmed(page)
    scan(page, SIX[0])
    confirmed(page)
    assert [post["ask"] for post in peer.state.posts] == ["line-1", "line-1", "line-2"]


def test_a_scan_whose_answers_are_lost_goes_again_under_the_same_id(page: Page, peer: ScanPeer) -> None:
    peer.state.lose_answers = 2
    scan(page, LOCATION)
    confirmed(page)
    assert len(peer.state.posts) == 3
    assert len({post["scan"] for post in peer.state.posts}) == 1
    assert page.evaluate("cues") == ["offline", "online", "step"]


def test_an_answer_that_does_not_come_is_given_up_after_four_seconds(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    peer.state.open.clear()
    scan(page, LOCATION)
    page.clock.run_for(4100)
    expect(page.locator("#network")).to_have_text("NO NETWORK. 1 kept")
    peer.state.open.set()
    page.clock.run_for(300)
    confirmed(page)
    assert peer.codes == [LOCATION]


def test_a_server_error_keeps_the_scan_and_goes_on_when_the_server_is_well(page: Page, peer: ScanPeer) -> None:
    broken = [Feedback(status=503), Feedback(status=500)]
    peer.state.judge = lambda _post: broken.pop() if broken else Feedback()
    scan(page, LOCATION)
    confirmed(page)
    assert peer.codes == [LOCATION]


def test_a_scan_at_which_our_own_program_breaks_is_refused_and_holds_nobody_up(page: Page, peer: ScanPeer) -> None:
    peer.state.judge = lambda post: Feedback(is_broken=post["code"] == SIX[0])
    peer.state.open.clear()
    for code in SIX[:3]:
        scan(page, code)
    waiting(page, 3)
    peer.state.open.set()
    expect(page.locator("#feedback .dropped")).to_have_text("2 later scans not counted. Scan again")
    expect(page.locator("#feedback")).to_contain_text("That scan broke something. Scan again or HELP")
    expect(page.locator("#feedback")).to_have_attribute("data-tone", "wrong")
    confirmed(page)
    assert [post["code"] for post in peer.state.posts] == SIX[:1] * 4
    assert len({post["scan"] for post in peer.state.posts}) == 1
    assert page.evaluate("cues") == ["wrong"]
    _ = page.reload()
    scan(page, LOCATION)
    expect(page.locator("#feedback")).to_have_text("Good")
    assert peer.codes == [SIX[0], LOCATION]


def test_a_program_that_is_well_again_at_the_next_try_counts_the_scan(page: Page, peer: ScanPeer) -> None:
    broken = [Feedback(is_broken=True)] * 3
    peer.state.judge = lambda _post: broken.pop() if broken else Feedback()
    scan(page, LOCATION)
    expect(page.locator("#feedback")).to_have_text("Good")
    assert peer.codes == [LOCATION]
    assert page.evaluate("cues") == ["step"]


def test_a_proxys_error_never_ends_a_scan(page: Page, peer: ScanPeer) -> None:
    proxys = [Feedback(status=status) for status in (500, 502, 503, 504) * 2]
    peer.state.judge = lambda _post: proxys.pop() if proxys else Feedback()
    page.clock.install()
    scan(page, LOCATION)
    expect(page.locator("#network")).to_have_text("NO NETWORK. 1 kept")
    for _second in range(30):
        page.clock.run_for(1000)
    confirmed(page)
    assert len(peer.state.posts) >= 9  # the clock runs on while an answer is under way, so that one may be given up
    assert peer.codes == [LOCATION]


def test_a_guest_networks_welcome_page_is_no_answer(page: Page, peer: ScanPeer) -> None:
    peer.state.portal_answers = 1
    scan(page, LOCATION)
    confirmed(page)
    assert len(peer.state.posts) == 2
    expect(page.locator("#feedback")).to_have_text("Good")


def test_a_form_too_old_is_renewed_without_a_reload_and_the_scan_goes_again(page: Page, peer: ScanPeer) -> None:
    page.evaluate("window.isStillHere = true")
    peer.state.portal_answers, peer.state.portal_status = 1, 419
    scan(page, LOCATION)
    expect(page.locator("#feedback")).to_have_text("Good")
    first, again = peer.state.posts
    assert first == again
    assert page.evaluate("isStillHere")


def test_a_badge_scanned_on_a_form_too_old_signs_in_all_the_same(page: Page, peer: ScanPeer) -> None:
    peer.state.actor = someone(worker_id=None)
    _ = page.reload()
    peer.state.portal_answers, peer.state.portal_status = 1, 419
    scan(page, "B000000017")
    expect(page.locator("#feedback")).to_have_text("Good")
    first, again = peer.state.posts
    assert (first["code"], first["scan"]) == (again["code"], again["scan"])


def test_a_page_that_has_become_anothers_sends_nothing_of_the_first_workers(page: Page, peer: ScanPeer) -> None:
    peer.state.portal_answers, peer.state.portal_status = 1, 419
    peer.state.actor = someone(worker_id=8)
    scan(page, LOCATION)
    expect(page.locator("#screen")).to_have_attribute("data-worker", "8")
    confirmed(page)
    scan(page, MUG)
    expect(page.locator("#feedback")).to_have_text("Good")
    assert peer.codes == [LOCATION, MUG]
    assert [post["code"] for post in peer.state.posts] == [LOCATION, MUG]


def test_a_screen_that_asked_for_itself_before_a_scan_does_not_undo_its_answer(page: Page, peer: ScanPeer) -> None:
    peer.state.screen = Screen(polls=True)
    with page.expect_request(lambda request: request.headers.get("hx-target") == "screen"):
        _ = page.reload()
    peer.state.screen = Screen(token="line-2")  # noqa: S106  the name of a step
    with page.expect_event("requestfailed", lambda request: request.headers.get("hx-target") == "screen"):
        scan(page, LOCATION)
    peer.state.polls_open.set()
    expect(page.locator("#feedback")).to_have_text("Good")
    expect(page.locator("#ask")).to_have_attribute("value", "line-2")


def test_a_refusal_without_a_screen_is_said_and_not_sent_again(page: Page, peer: ScanPeer) -> None:
    peer.state.portal_answers, peer.state.portal_status = 1, 404
    scan(page, LOCATION)
    expect(page.locator("#feedback")).to_have_text("Not counted. Scan again")
    confirmed(page)
    assert len(peer.state.posts) == 1


def test_a_wrong_scan_empties_the_rest_of_its_line_and_says_so(page: Page, peer: ScanPeer) -> None:
    peer.state.judge = lambda _post: Feedback(tone="wrong", cue="stop", words="Put it back")
    peer.state.open.clear()
    for code in SIX[:3]:
        scan(page, code)
    waiting(page, 3)
    peer.state.open.set()
    confirmed(page)
    assert peer.codes == SIX[:1]
    expect(page.locator("#feedback .dropped")).to_have_text("2 later scans not counted. Scan again")
    _ = page.reload()
    waiting(page, 0)
    assert peer.codes == SIX[:1]


def test_a_scan_dropped_after_a_wrong_one_may_be_made_again_at_once(page: Page, peer: ScanPeer) -> None:
    verdicts = [Feedback(), Feedback(tone="wrong", cue="wrong", words="Not this one")]
    peer.state.judge = lambda _post: verdicts.pop()
    peer.state.open.clear()
    scan(page, MUG)
    scan(page, LOCATION)
    waiting(page, 2)
    peer.state.open.set()
    expect(page.locator("#feedback .dropped")).to_have_text("1 later scans not counted. Scan again")
    scan(page, LOCATION)
    expect(page.locator("#feedback")).to_have_text("Good")
    assert peer.codes == [MUG, LOCATION]


def test_a_business_refusal_is_shown_and_not_sent_again(page: Page, peer: ScanPeer) -> None:
    peer.state.judge = lambda _post: Feedback(tone="wrong", cue="wrong", words="Tote is taken", status=409)
    scan(page, LOCATION)
    expect(page.locator("#feedback")).to_have_text("Tote is taken")
    confirmed(page)
    assert len(peer.state.posts) == 1


def test_offline_keeps_scans_stops_at_three_and_sends_them_on_return(page: Page, peer: ScanPeer) -> None:
    page.context.set_offline(True)
    scan(page, SIX[0])
    expect(page.locator("#network")).to_have_text("NO NETWORK. 1 kept")
    scan(page, SIX[1])
    expect(page.locator("#network")).to_have_text("NO NETWORK. 2 kept")
    scan(page, SIX[2])
    expect(page.locator("#network")).to_have_text("STOP. Wait for network")
    scan(page, LOCATION)
    assert page.evaluate("cues") == ["offline", "blocked", "blocked"]
    page.context.set_offline(False)
    confirmed(page)
    assert peer.codes == SIX[:3]
    # The stopped scan was not taken, so this one is no double of it, however soon it comes. Nothing waits until
    # the page has read the keys, so the answer is what shows that it was sent.
    with page.expect_response("**/pick/"):
        scan(page, LOCATION)
    confirmed(page)
    assert peer.codes == [*SIX[:3], LOCATION]


def test_half_a_minute_without_network_stops_the_picker(page: Page, peer: ScanPeer) -> None:
    page.clock.install()
    page.context.set_offline(True)
    scan(page, LOCATION)
    for _second in range(40):
        page.clock.run_for(1000)
    expect(page.locator("#network")).to_have_text("STOP. Wait for network")


def test_a_reload_keeps_what_is_unconfirmed(page: Page, peer: ScanPeer) -> None:
    peer.state.open.clear()
    for code in SIX[:3]:
        scan(page, code)
    waiting(page, 3)
    _ = page.reload()
    waiting(page, 3)
    peer.state.open.set()
    confirmed(page)
    assert peer.codes == SIX[:3]


def test_a_workers_unconfirmed_scans_are_never_sent_by_another_worker(page: Page, peer: ScanPeer) -> None:
    peer.state.lose_answers = 1000
    scan(page, SIX[0])
    expect(page.locator("#network")).to_have_text("NO NETWORK. 1 kept")
    peer.state.actor = someone(worker_id=8)
    _ = page.reload()
    waiting(page, 0)
    peer.state.posts.clear()
    peer.state.lose_answers = 0
    scan(page, SIX[1])
    confirmed(page)
    assert peer.codes == SIX[1:2]
    peer.state.actor = someone()
    _ = page.reload()
    expect(page.locator("#feedback")).to_have_text("Good")
    confirmed(page)
    assert peer.codes == [SIX[1], SIX[0]]


def test_a_workers_unconfirmed_scans_wait_in_a_browser_that_keeps_nothing(page: Page, peer: ScanPeer) -> None:
    def judge(post: dict[str, str]) -> Feedback:
        if post["code"].startswith("B"):
            peer.state.actor = someone()
        return Feedback(words=post["code"])

    _ = page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { value: { open() { throw Error('no disk'); } } })"
    )
    _ = page.reload()
    peer.state.judge = judge
    peer.state.portal_answers, peer.state.portal_status = 1, 419
    peer.state.actor = someone(worker_id=8)
    scan(page, LOCATION)
    expect(page.locator("#screen")).to_have_attribute("data-worker", "8")
    waiting(page, 0)
    scan(page, "B000000017")
    expect(page.locator("#screen")).to_have_attribute("data-worker", "7")
    expect(page.locator("#feedback")).to_have_text(LOCATION)
    confirmed(page)
    assert [post["csrf_token"] for post in peer.state.posts if post["code"] == LOCATION] == ["csrf-7", "csrf-7"]


def test_a_locked_session_asks_for_the_badge_and_then_goes_on_with_the_same_scan(page: Page, peer: ScanPeer) -> None:
    def judge(post: dict[str, str]) -> Feedback:
        if post["code"].startswith("B"):
            peer.state.actor = someone()
            return Feedback(words="Marta")
        locked = peer.state.actor.worker_id is None
        return (
            Feedback(tone="warn", cue="repeated", words="SCAN BADGE", status=401)
            if locked
            else Feedback(words="Counted")
        )

    peer.state.judge = judge
    peer.state.actor = someone(worker_id=None)
    scan(page, MUG)
    expect(page.locator("#feedback")).to_have_text("SCAN BADGE")
    scan(page, "B000000017")
    expect(page.locator("#feedback")).to_have_text("Counted")
    first, badge, again = peer.state.posts
    assert (first["scan"], badge["csrf_token"], again["csrf_token"]) == (again["scan"], "csrf-None", "csrf-7")


def test_what_is_scanned_before_a_badge_is_answered_is_said_to_be_lost(page: Page, peer: ScanPeer) -> None:
    def judge(post: dict[str, str]) -> Feedback:
        peer.state.actor = someone()
        return Feedback(words="Hello" if post["code"].startswith("B") else "Good")

    peer.state.actor = someone(worker_id=None)
    _ = page.reload()
    _ = page.wait_for_selector("#scan[data-waiting]", state="attached")
    peer.state.judge = judge
    peer.state.open.clear()
    scan(page, "B000000017")
    scan(page, "C0016")
    waiting(page, 2)
    peer.state.open.set()
    confirmed(page)
    expect(page.locator("#feedback[data-tone=warn]")).to_contain_text("1 later scan")
    assert page.evaluate("cues").count("wrong") == 1
    scan(page, "C0016")
    confirmed(page)
    assert peer.codes == ["B000000017", "C0016"]


def test_the_words_of_the_page_follow_a_badge_to_another_language(page: Page, peer: ScanPeer) -> None:
    box = page.locator("#code")
    expect(box).to_have_accessible_name("Scan")
    peer.state.language = "ar"
    peer.state.actor = someone(worker_id=8)
    scan(page, "B000000017")
    confirmed(page)
    html = page.locator("html")
    expect(html).to_have_attribute("lang", "ar")
    expect(html).to_have_attribute("dir", "rtl")
    expect(box).to_have_accessible_name("امسح")
    peer.state.lose_answers = 1000
    scan(page, SIX[0])
    expect(page.locator("#network")).to_have_text(re.compile("لا شبكة"))


def test_a_session_that_moved_shows_where_and_drops_what_followed(page: Page, peer: ScanPeer) -> None:
    moved = Feedback(tone="wrong", cue="moved", words="Moved to device 14", status=409)
    peer.state.judge = lambda _post: moved
    peer.state.open.clear()
    scan(page, LOCATION)
    scan(page, MUG)
    waiting(page, 2)
    peer.state.actor = someone(worker_id=None)
    peer.state.open.set()
    expect(page.locator("#feedback")).to_have_text(re.compile("Moved to device 14"))
    confirmed(page)
    assert peer.codes == [LOCATION]
