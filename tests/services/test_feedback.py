"""The words of verdicts that all stations share, and the clock on their screens."""

import datetime as dt

import pytest

from wms.domain.codes import parse
from wms.services import feedback
from wms.services.screens import clock


@pytest.mark.parametrize(
    ("code", "wanted", "words"),
    [
        ("T000017", "item", "That is a TOTE. Scan the ITEM"),
        ("T000017", "location", "That is a TOTE. Scan the SHELF"),
        ("T000017", "answer", "That is a TOTE. YES or NO?"),
        ("L0000017", "done", "That is a SHELF. Press OK"),
        ("VOID", "item", "VOID means nothing here. Scan the ITEM"),
        ("S017", "weight", "That is a STATION. Weigh the box"),
    ],
)
def test_a_wrong_scan_is_named_with_what_to_do(code: str, wanted: str, words: str) -> None:
    assert feedback.wrong_type(parse(code), wanted).words == words


@pytest.mark.parametrize(("day", "shown"), [(23, "10:30"), (22, "Mon 10:30")])
def test_a_time_of_another_day_says_its_weekday(day: int, shown: str) -> None:
    at = dt.datetime(2026, 11, 23, 15, 30, tzinfo=dt.UTC)
    now = dt.datetime(2026, 11, day, 14, 0, tzinfo=dt.UTC)
    assert clock(at, "America/New_York", now) == shown
