"""A wave picked in a real browser, with scan.js as shipped, over a line that loses, delays and cuts."""

from playwright.sync_api import Browser

from tests.faults.bad_radio import pick
from tests.faults.wave import served
from wms.config import Settings

LINES = 30


def test_over_a_bad_line_each_scan_counts_once_and_for_its_own_line(chromium: Browser, empty: Settings) -> None:
    with served(empty, LINES) as wave:
        shift = pick(chromium, wave, seed=4)
    print(shift)
    # Enough of a storm to show something.
    assert shift.line.lost > LINES / 2
    assert shift.line.cuts > 1
