"""The scan contract: what a handheld posts and reads. Handhelds and the simulator rely on it; it does not change."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, update

from tests import builders
from tests.handheld import Handheld
from wms.app import create_app
from wms.config import Settings
from wms.database import db, transaction
from wms.domain.journal import JournalEntry, Scan
from wms.domain.picked import PickStep


@dataclass(frozen=True, kw_only=True)
class Floor:
    """Marta's handheld before a shelf, with the codes of the line."""

    handheld: Handheld
    engine: Engine
    mug: str
    tote: str

    def counted(self) -> int:
        """How many item scans count."""
        with transaction(self.engine) as session:
            return session.query(JournalEntry).filter_by(event="ItemPicked").count()


@pytest.fixture
def floor(engine: Engine, settings: Settings) -> Iterator[Floor]:
    with transaction(engine) as session:
        marta, mug, cart = builders.worker(session), builders.product(session), builders.cart(session)
        totes = [builders.tote(session), builders.tote(session)]
        orders = [builders.order(session, (mug, 2)), builders.order(session, (mug, 1))]
        _ = builders.waiting_batch(session, *orders)
        code = builders.barcode(session, mug)
    app = create_app(settings)
    handheld = Handheld(app)
    _ = handheld.scan(marta.badge, cart.barcode, *(tote.barcode for tote in totes))
    yield Floor(handheld=handheld, engine=engine, mug=code, tote=totes[0].barcode)
    with app.app_context():
        db.engine.dispose()


def test_a_scan_is_a_plain_form_post_of_five_fields(floor: Floor) -> None:
    handheld = floor.handheld
    assert handheld.accept is not None
    location = handheld.accept[0]
    response = handheld.client.post(
        "/pick/",
        data={
            "code": location,
            "scan": "0123456789abcdef",
            "ask": handheld.token,
            "at": "1700000000000",
            "csrf_token": handheld.csrf_token,
        },
    )
    assert (response.status_code, response.headers["X-Cue"]) == (200, "step")
    assert response.text.startswith("<!DOCTYPE html>")
    with transaction(floor.engine) as session:
        kept = session.get(Scan, (builders.WAREHOUSE, "0123456789abcdef"))
        assert kept is not None
        assert (kept.code, kept.pulled_ms, kept.tone) == (location, 1_700_000_000_000, "ok")


def test_the_answer_to_scan_js_is_only_the_parts_that_change(floor: Floor) -> None:
    handheld = floor.handheld
    assert handheld.accept is not None
    response = handheld.post(code=handheld.accept[0], ask=handheld.token, scan="s1")
    assert "<html" not in response.text
    assert all(f'id="{part}"' in response.text for part in ("screen", "feedback", "ask"))
    assert "HX-Request" in response.headers["Vary"]
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Server-Timing"].startswith("app;dur=")


def test_the_screen_says_its_name_what_it_wants_and_what_would_be_right(floor: Floor) -> None:
    handheld = floor.handheld
    assert (handheld.screen, handheld.wants) == ("go_to", "location")
    assert handheld.accept is not None
    assert handheld.scan(handheld.accept[0]) == "scan_item"
    assert (handheld.wants, handheld.accept) == ("item", [floor.mug])
    assert handheld.scan(floor.mug, floor.mug) == "put_in_tote"
    assert handheld.wants == "tote"
    assert handheld.accept is not None
    assert floor.tote in handheld.accept


def test_a_badge_and_a_cart_are_not_told_in_advance(floor: Floor) -> None:
    handheld = floor.handheld
    _ = handheld.scan("LOG OUT")
    assert (handheld.screen, handheld.wants, handheld.accept) == ("sign_in", "badge", None)
    with transaction(floor.engine) as session:
        tom = builders.worker(session, "Tom").badge
    assert handheld.scan(tom) == "home"
    assert (handheld.wants, handheld.accept) == ("cart", None)


def test_each_answer_carries_its_tone_and_cue(floor: Floor) -> None:
    handheld = floor.handheld
    assert handheld.accept is not None
    _ = handheld.scan(handheld.accept[0])
    assert (handheld.tone, handheld.hears("step")) == ("ok", True)
    _ = handheld.scan(floor.tote)
    assert (handheld.tone, handheld.hears("wrong")) == ("wrong", True)
    assert handheld.sees("That is a TOTE. Scan the ITEM")
    _ = handheld.scan(floor.mug, floor.mug, floor.mug)
    assert (handheld.tone, handheld.hears("repeated")) == ("warn", True)


def test_a_retried_scan_gets_the_first_verdict_and_counts_once(floor: Floor) -> None:
    handheld = floor.handheld
    assert handheld.accept is not None
    _ = handheld.scan(handheld.accept[0])
    token = handheld.token
    for _ in range(3):
        _ = handheld.scan(floor.mug, token=token, scan="retried")
        assert handheld.said == "1 of 2"
    assert floor.counted() == 1
    # Even after the line is done, and with another code: the id decides.
    _ = handheld.scan(floor.mug, floor.tote)
    screen = handheld.screen
    assert handheld.scan(floor.tote, token=token, scan="retried") == screen
    assert (handheld.said, floor.counted()) == ("1 of 2", 2)


def test_a_token_covers_one_line_from_location_to_tote(floor: Floor) -> None:
    handheld = floor.handheld
    assert handheld.accept is not None
    token = handheld.token
    _ = handheld.scan(handheld.accept[0], floor.mug, floor.mug, floor.tote, token=token)
    assert floor.counted() == 2
    assert handheld.token != token


def test_a_scan_for_another_line_is_not_counted(floor: Floor) -> None:
    handheld = floor.handheld
    old = handheld.token
    assert handheld.accept is not None
    _ = handheld.scan(handheld.accept[0], floor.mug, floor.mug, floor.tote)
    screen, counted = handheld.screen, floor.counted()
    assert handheld.scan(floor.mug, token=old) == screen
    assert handheld.sees("Not counted. Look at the screen")
    assert (handheld.tone, floor.counted()) == ("warn", counted)


def test_a_get_shows_the_same_screen_as_the_last_answer(floor: Floor) -> None:
    handheld = floor.handheld
    assert handheld.accept is not None
    _ = handheld.scan(handheld.accept[0], floor.mug)
    before = (handheld.screen, handheld.token, handheld.accept, handheld.text)
    _ = handheld.look()
    assert (handheld.screen, handheld.token, handheld.accept, handheld.text) == before
    assert handheld.tone == "none"


@pytest.mark.parametrize(("missing", "status"), [("scan", 422), ("csrf_token", 419)])
def test_a_post_without_its_id_or_its_csrf_token_counts_for_nothing(floor: Floor, missing: str, status: int) -> None:
    handheld = floor.handheld
    form = {"code": floor.mug, "scan": "x", "ask": handheld.token, "at": "1", "csrf_token": handheld.csrf_token}
    del form[missing]
    assert handheld.client.post("/pick/", data=form).status_code == status
    with transaction(floor.engine) as session:
        assert session.get(Scan, (builders.WAREHOUSE, "x")) is None


def test_a_scan_from_another_site_is_refused(floor: Floor) -> None:
    handheld = floor.handheld
    form = {"code": floor.mug, "scan": "x", "ask": handheld.token, "at": "1", "csrf_token": handheld.csrf_token}
    response = handheld.client.post("/pick/", data=form, headers={"Origin": "http://elsewhere.example"})
    assert response.status_code == 403


def test_without_javascript_the_page_carries_all_the_fields_itself(floor: Floor) -> None:
    page = floor.handheld.client.get("/pick/").text
    for field in ("code", "scan", "ask", "at", "csrf_token"):
        assert f'name="{field}"' in page
    assert 'form="scan"' in page
    assert 'method="post"' in page


def test_an_error_leaves_the_handheld_its_screen(floor: Floor) -> None:
    handheld = floor.handheld
    response = handheld.client.post(
        "/pick/", data={"code": floor.mug, "csrf_token": handheld.csrf_token}, headers={"HX-Request": "true"}
    )
    assert response.status_code == 422
    assert "X-Failed" not in response.headers
    assert 'id="screen"' not in response.text


def test_a_failure_of_our_own_program_says_so(floor: Floor) -> None:
    # A 500 with X-Failed will not pass by itself: tried a few times by its id, the scan is refused. A proxy's has none.
    handheld = floor.handheld
    assert handheld.accept is not None
    _ = handheld.scan(handheld.accept[0], floor.mug)
    with transaction(floor.engine) as session:
        _ = session.execute(update(PickStep).values(before={}))  # UNDO finds nothing that it could bring back
    form = {"code": "UNDO", "scan": "x", "ask": handheld.token, "at": "1", "csrf_token": handheld.csrf_token}
    response = handheld.client.post("/pick/", data=form, headers={"HX-Request": "true"})
    assert (response.status_code, response.headers["X-Failed"]) == (500, "wms")
    assert 'id="screen"' not in response.text
    with transaction(floor.engine) as session:
        assert session.get(Scan, (builders.WAREHOUSE, "x")) is None
