"""A call for help from a handheld, answered in the inbox, as the browsers of both see it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from tests import builders
from tests.handheld import Handheld
from tests.web import desk
from wms.app import create_app
from wms.config import Settings
from wms.database import db, transaction
from wms.domain.people import Worker
from wms.domain.saying import Language


@dataclass(frozen=True, kw_only=True)
class Floor:
    """Marta, who reads Polish, before her first shelf, Tom's badge, and the lead at the desk."""

    marta: Handheld
    tom: str
    lead: FlaskClient

    def poll(self) -> tuple[str, str]:
        """Ask how the call stands, as the page does; return it with its cue."""
        response = self.marta.client.get("/call", headers={"HX-Request": "true"})
        return response.text, response.headers["X-Cue"]

    def answer(self, *, ready: str = "", words: str = "") -> str:
        """Answer the call that stands in the inbox, by a button or in words; return the page after it."""
        page = self.lead.get("/desk/inbox/").text
        return desk.press(self.lead, page, "data-answer", ready=ready, words=words).text


@pytest.fixture
def floor(engine: Engine, settings: Settings) -> Iterator[Floor]:
    with transaction(engine) as session:
        marta = builders.worker(session, "Marta", language=Language.POLISH)
        tom = builders.worker(session, "Tom")
        lea = builders.worker(session, "Lea", roles="supervisor")
        cart, tote = builders.cart(session), builders.tote(session)
        _ = builders.waiting_batch(session, builders.order(session, (builders.product(session), 2)))
    app = create_app(settings)
    handheld = Handheld(app)
    assert handheld.scan(marta.badge, cart.barcode, tote.barcode) == "go_to"
    yield Floor(marta=handheld, tom=tom.badge, lead=desk.signed_in(app, lea.badge))
    with app.app_context():
        db.engine.dispose()


def test_a_page_asks_for_an_answer_only_while_a_call_is_open(floor: Floor) -> None:
    assert 'hx-get="/call"' not in floor.marta.client.get("/pick/").text
    _ = floor.marta.scan("HELP")
    assert 'hx-get="/call"' in floor.marta.client.get("/pick/").text
    assert 'hx-get="/call"' in floor.poll()[0]
    _ = floor.answer(words="Look behind the pallet")
    text, cue = floor.poll()
    assert 'hx-get="/call"' not in text
    assert "Look behind the pallet" in text
    assert cue == "command"
    assert floor.poll()[1] == ""


def test_a_ready_answer_is_read_in_the_workers_language_and_leaves_the_inbox(floor: Floor) -> None:
    _ = floor.marta.scan("HELP")
    page = floor.lead.get("/desk/inbox/").text
    assert "Marta calls from picking, device 1, " in page
    assert 'value="I am coming"' in page
    after = floor.answer(ready="I am coming")
    assert "Answered: I am coming" in after
    assert "Nothing waits" in after
    assert "Już idę" in floor.poll()[0]


def test_the_answer_comes_to_whoever_took_over_the_walk_by_badge(floor: Floor) -> None:
    _ = floor.marta.scan("HELP", floor.tom, "YES")
    assert 'hx-get="/call"' in floor.marta.client.get("/pick/").text
    _ = floor.answer(words="Look behind the pallet")
    assert "Look behind the pallet" in floor.poll()[0]


def test_an_answer_without_a_word_or_too_long_is_none(floor: Floor) -> None:
    _ = floor.marta.scan("HELP")
    assert "at most 120 letters" in floor.answer(words=" ")
    assert "at most 120 letters" in floor.answer(words="x" * 121)
    assert 'hx-get="/call"' in floor.poll()[0]


def test_a_call_outlives_a_break(floor: Floor, engine: Engine) -> None:
    _ = floor.marta.scan("HELP")
    left = floor.marta.post(code="BREAK", ask=floor.marta.token, scan="break")
    assert 'hx-get="/call"' not in left.text
    with transaction(engine) as session:
        badge = session.query(Worker).filter_by(name="Marta").one().badge
    back = floor.marta.post(code=badge, ask=floor.marta.token, scan="back")
    assert 'hx-get="/call"' in back.text


@pytest.mark.parametrize("address", ["/pack/", "/ship/"])
def test_help_is_on_every_stations_screen(floor: Floor, address: str) -> None:
    floor.marta.address = address
    _ = floor.marta.look()
    assert 'value="K093"' in floor.marta.client.get(address).text
    _ = floor.marta.scan("HELP")
    assert 'hx-get="/call"' in floor.poll()[0]
