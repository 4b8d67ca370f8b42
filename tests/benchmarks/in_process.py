"""One item scan looked at from inside: the statements it sends, and where its time goes."""

import cProfile
import io
import pstats
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

from tests.benchmarks import walks
from tests.benchmarks.walks import Picker
from wms.config import Settings
from wms.database import db

_SCANS = 400
_ROWS = 110


def statements_of_a_scan(settings: Settings, picker: Picker) -> list[str]:
    """Return the SQL that one right item scan sends, COMMIT left out."""
    sent: list[str] = []

    def hear(_: object, __: object, statement: str, *___: object) -> None:
        sent.append(statement)

    with _scanning(settings, picker) as (app, scan):
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", hear)
        scan()
    return sent


def profile_of_scans(settings: Settings, picker: Picker, order: str = "tottime") -> str:
    """Return the profile of some hundred item scans through Flask's test client."""
    profile = cProfile.Profile()
    with _scanning(settings, picker) as (_, scan):
        profile.enable()
        for _ in range(_SCANS):
            scan()
        profile.disable()
    text = io.StringIO()
    _ = pstats.Stats(profile, stream=text).sort_stats(order).print_stats(_ROWS)
    return text.getvalue()


@contextmanager
def _scanning(settings: Settings, picker: Picker) -> Iterator[tuple[Flask, Callable[[], None]]]:
    """Give the app and a function that makes one scan; the first scan, which fills every cache, is made."""
    with walks.app_of(settings) as app:
        handheld = walks.at_the_location(app, picker)
        aimed = walks.aim(handheld)

        def scan() -> None:
            response = handheld.client.post("/pick/", data=aimed.form(), headers=walks.HEADERS)
            assert response.headers["X-Cue"] == "step", response.text

        scan()
        yield app, scan
