"""The words of verdicts that all stations share, and the clock on their screens."""

import datetime as dt
from collections.abc import Iterator

import pytest

from wms.domain.codes import Code, CodeKind, Command, parse
from wms.services.scans import feedback
from wms.services.scans.screens import Screen, clock


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


def _screens(base: type[Screen] = Screen) -> Iterator[type[Screen]]:
    for found in base.__subclasses__():
        yield found
        yield from _screens(found)


def test_whatever_a_screen_wants_can_be_asked_for() -> None:
    wanted = {str(screen.__dataclass_fields__["wants"].default) for screen in _screens() if "wants" in vars(screen)}
    assert len(wanted) > 8
    assert wanted - set(feedback.ASKS) == set()


@pytest.mark.parametrize("wanted", feedback.ASKS)
def test_whatever_is_scanned_is_named_in_eight_words(wanted: str) -> None:
    scanned = [Code(text=command.value, kind=CodeKind.COMMAND) for command in Command]
    scanned += [Code(text="X1", kind=kind) for kind in CodeKind if kind is not CodeKind.COMMAND]
    said = [feedback.wrong_type(code, wanted).words for code in scanned]
    assert [words for words in said if len(words.split()) > 8] == []
