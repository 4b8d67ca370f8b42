"""Badges and hand-overs whose answers are lost: the scan comes again by its id, and nobody works in another's name."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text

from tests import builders
from tests.handheld import Handheld
from wms.app import create_app
from wms.config import Settings
from wms.database import db, reading, transaction
from wms.domain.journal import JournalEntry, Scan
from wms.domain.people import Worker, WorkerSession
from wms.domain.picking import Batch


@dataclass(frozen=True, kw_only=True)
class Floor:
    """A handheld on which Marta stands before a shelf, and Tom's badge."""

    app: Flask
    handheld: Handheld
    marta: str
    tom: str
    location: str
    item: str


@pytest.fixture
def floor(engine: Engine, settings: Settings) -> Iterator[Floor]:
    with transaction(engine) as session:
        mug, cart, tote = builders.product(session), builders.cart(session), builders.tote(session)
        _ = builders.waiting_batch(session, builders.order(session, (mug, 1)))
        marta, tom = builders.worker(session, "Marta").badge, builders.worker(session, "Tom").badge
        item = builders.barcode(session, mug)
    app = create_app(settings)
    handheld = Handheld(app)
    _ = handheld.scan(marta, cart.barcode, tote.barcode)
    assert handheld.accept
    yield Floor(app=app, handheld=handheld, marta=marta, tom=tom, location=handheld.accept[0], item=item)
    with app.app_context():
        db.engine.dispose()


@contextmanager
def answers_lost(handheld: Handheld) -> Iterator[None]:
    """Lose what the server answers meanwhile: the page and the cookie stay as they were."""
    with handheld.client.session_transaction() as cookie:
        before = dict(cookie)
    page = handheld._page
    yield
    handheld._page = page
    with handheld.client.session_transaction() as cookie:
        cookie.clear()
        cookie.update(before)


def test_a_hand_over_whose_answer_was_lost_is_done_when_it_comes_again(floor: Floor, engine: Engine) -> None:
    handheld = floor.handheld
    _ = handheld.scan(floor.tom)
    with answers_lost(handheld):
        _ = handheld.scan(floor.tom, scan="again")
    assert handheld.scan(floor.tom, scan="again") == "go_to"  # the walk has gone to Tom with the handheld
    assert handheld.look() == "go_to"
    with reading(engine) as session:
        assert session.scalars(select(Worker.name).join(Batch, Batch.worker_id == Worker.id)).one() == "Tom"


def test_a_log_out_whose_answer_was_lost_is_done_when_it_comes_again(floor: Floor) -> None:
    handheld = floor.handheld
    with answers_lost(handheld):
        _ = handheld.scan("LOG OUT", scan="out")
    assert handheld.scan("LOG OUT", scan="out") == "sign_in"
    assert (handheld.status, handheld.said) == (200, "Logged out")


def test_a_scan_kept_through_a_hand_over_waits_for_its_own_worker(floor: Floor, engine: Engine) -> None:
    handheld, token = floor.handheld, floor.handheld.token
    _ = handheld.scan(floor.tom, floor.tom)
    assert handheld.scan(floor.location, token=token, scan="kept") == "go_to"
    assert (handheld.status, handheld.said) == (401, "Tom works here now")
    with reading(engine) as session:
        assert session.get(Scan, (builders.WAREHOUSE, "kept")) is None
    _ = handheld.scan(floor.marta, floor.marta)
    assert handheld.scan(floor.location, token=token, scan="kept") == "scan_item"


def test_a_scan_made_at_one_workers_home_is_not_the_next_ones(floor: Floor) -> None:
    handheld = Handheld(floor.app)
    _ = handheld.scan(floor.tom)
    token = handheld.token
    _ = handheld.scan("LOG OUT", floor.marta)
    _ = handheld.scan("YES", token=token)
    assert (handheld.status, handheld.said) == (401, "Marta works here now")


def test_a_scan_counted_before_its_session_ended_gets_its_answer_again(floor: Floor) -> None:
    handheld, token = floor.handheld, floor.handheld.token
    with answers_lost(handheld):
        _ = handheld.scan(floor.location, scan="late")
    _ = handheld.scan("LOG OUT")
    assert handheld.scan(floor.location, token=token, scan="late") == "sign_in"
    assert (handheld.status, handheld.said) == (200, "Take 1")


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)  # SQLite lets one writer in at a time
def test_a_badge_posted_twice_at_once_signs_in_on_both_answers(floor: Floor, engine: Engine) -> None:
    handheld, twin = Handheld(floor.app), Handheld(floor.app)
    with handheld.client.session_transaction() as cookie:
        same = dict(cookie)
    with twin.client.session_transaction() as cookie:
        cookie.clear()
        cookie.update(same)
    twin._page = handheld._page
    posts = [threading.Thread(target=one.scan, args=(floor.tom,), kwargs={"scan": "twice"}) for one in (handheld, twin)]
    with transaction(engine) as session:
        # Both wait: the first to sign Tom in, the other for the first.
        _ = session.execute(text("LOCK TABLE journal IN EXCLUSIVE MODE"))
        for post in posts:
            post.start()
        until_waiting(engine, 2)
    for post in posts:
        post.join()
    assert [(one.screen, one.said) for one in (handheld, twin)] == [("home", "Hello Tom")] * 2
    assert [one.look() for one in (handheld, twin)] == ["home", "home"]
    with reading(engine) as session:
        opened = session.scalars(select(WorkerSession).where(WorkerSession.ended_at.is_(None))).all()
        assert len({one.token_hash for one in opened}) == len(opened) == 2
        assert session.query(JournalEntry).filter_by(event="WorkerSignedIn", scan="twice").count() == 1


def until_waiting(engine: Engine, posts: int) -> None:
    """Wait until so many statements of this database wait for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ends_at = time.monotonic() + 20
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.execute(text(waiting)).scalar_one() < posts:
            assert time.monotonic() < ends_at
