"""One item scan looked at from inside: the statements it sends."""

from sqlalchemy import event

from tests.benchmarks import walks
from tests.benchmarks.walks import Picker
from wms.config import Settings
from wms.database import db


def statements_of_a_scan(settings: Settings, picker: Picker) -> list[str]:
    """Return the SQL that one right item scan sends, COMMIT left out; the scan before it has filled every cache."""
    sent: list[str] = []

    def hear(_: object, __: object, statement: str, *___: object) -> None:
        sent.append(statement)

    with walks.app_of(settings) as app:
        handheld = walks.at_the_location(app, picker)
        aimed = walks.aim(handheld)
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", hear)
        for _ in range(2):
            sent.clear()
            response = handheld.client.post("/pick/", data=aimed.form(), headers=walks.HEADERS)
            assert response.headers["X-Cue"] == "step", response.text
    return sent
