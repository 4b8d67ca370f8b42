"""A scan at which our own program breaks: the answer says so, and a supervisor finds it in the inbox once."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import Engine, update

from tests import builders
from tests.handheld import Handheld
from wms.app import create_app
from wms.config import Settings
from wms.database import db, reading, transaction
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import Scan
from wms.domain.orders import Order
from wms.domain.people import Worker
from wms.domain.picked import PickStep


@dataclass(frozen=True, kw_only=True)
class Floor:
    """Marta's handheld with a mug in hand, where the books have lost what UNDO needs."""

    app: Flask
    engine: Engine
    handheld: Handheld
    badge: str

    def post(self, code: str = "UNDO", scan: str = "odd") -> tuple[int, str]:
        """Post a scan as scan.js does; return the status, and whether the answer says that it is our own failure."""
        form = {
            "code": code,
            "scan": scan,
            "ask": self.handheld.token,
            "at": "1",
            "csrf_token": self.handheld.csrf_token,
        }
        answer = self.handheld.client.post("/pick/", data=form, headers={"HX-Request": "true"})
        return answer.status_code, answer.headers.get("X-Failed", "")

    def inbox(self) -> list[str]:
        with reading(self.engine) as session:
            return [item.text for item in session.query(ExceptionItem)]


@pytest.fixture
def floor(engine: Engine, settings: Settings) -> Iterator[Floor]:
    with transaction(engine) as session:
        marta, mug = builders.worker(session, "Marta"), builders.product(session)
        _ = builders.waiting_batch(session, builders.order(session, (mug, 2)))
        cart, tote = builders.cart(session), builders.tote(session)
        code = builders.barcode(session, mug)
    app = create_app(settings)
    handheld = Handheld(app)
    _ = handheld.scan(marta.badge, cart.barcode, tote.barcode)
    assert handheld.accept
    assert handheld.scan(handheld.accept[0], code) == "scan_item"
    with transaction(engine) as session:
        _ = session.execute(update(PickStep).values(before={}))
    yield Floor(app=app, engine=engine, handheld=handheld, badge=marta.badge)
    with app.app_context():
        db.engine.dispose()


def test_our_own_failure_says_that_it_is_ours(floor: Floor) -> None:
    assert floor.post() == (500, "wms")
    with reading(floor.engine) as session:
        assert session.get(Scan, (builders.WAREHOUSE, "odd")) is None


def test_a_broken_scan_stands_in_the_inbox_and_the_log_once(floor: Floor, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert [floor.post() for _ in range(4)] == [(500, "wms")] * 4
    told = (
        "Marta scanned UNDO at picking, device 1: KeyError in the program. Nothing was counted. In the log: scan odd."
    )
    assert floor.inbox() == [told]
    assert caplog.messages.count("scan odd broke at picking: told in the inbox") == 1
    assert floor.post(scan="odd too") == (500, "wms")
    assert floor.inbox() == [told, told.replace("odd", "odd too")]


def test_a_supervisor_reads_it_as_our_own_fault_before_the_rest_that_is_not_due(floor: Floor) -> None:
    with transaction(floor.engine) as session:
        worker = session.query(Worker).one()
        worker.roles_text = "picker|supervisor"
        order = session.query(Order).one()
        for kind, order_id in ((ExceptionKind.UNKNOWN_BARCODE, None), (ExceptionKind.SHORT, order.id)):
            item = ExceptionItem(warehouse_id=builders.WAREHOUSE, kind=kind, at=builders.NOW, text="x")
            item.order_id = order_id
            session.add(item)
    _ = floor.post()
    page = unescape(floor.handheld.client.get("/desk/inbox/").text)
    assert re.findall('data-kind="(.+)"', page) == ["short", "program fault", "unknown barcode"]
    assert "Marta scanned UNDO at picking" in page
    assert "Our own fault, not the worker's" in page
    settle = re.findall('action="(/desk/inbox/.+/settle)"', page)[1]
    after = floor.handheld.client.post(settle, data={"csrf_token": floor.handheld.csrf_token}, follow_redirects=True)
    assert "Settled: Marta scanned UNDO" in unescape(after.text)
    assert re.findall('data-kind="(.+)"', after.text) == ["short", "unknown barcode"]


def test_the_handheld_goes_on_after_it(floor: Floor) -> None:
    _ = floor.post()
    assert floor.handheld.scan("SHORT") == "short"


def test_a_scan_that_counted_and_whose_answer_broke_is_told_as_one(floor: Floor) -> None:
    with transaction(floor.engine) as session:
        _ = session.execute(update(Scan).where(Scan.code == floor.badge).values(answer={}))
        scan = session.query(Scan).filter_by(code=floor.badge).one().scan
    assert floor.post(floor.badge, scan) == (500, "wms")
    (told,) = floor.inbox()
    assert floor.badge not in told
    assert "scanned a badge" in told
    assert "It was taken in, unanswered" in told


def test_what_breaks_the_inbox_too_is_answered_all_the_same(floor: Floor) -> None:
    with transaction(floor.engine) as session:
        session.query(Worker).one().roles_text = "no role at all"
    assert floor.post() == (500, "wms")
    assert floor.inbox() == []


@pytest.mark.parametrize("code", ["no\0thing", "\x1d"])
def test_what_is_no_letter_in_a_code_breaks_nothing(floor: Floor, code: str) -> None:
    assert floor.post(code) == (200, "")
    assert floor.inbox() == []


def test_a_scan_whose_id_cannot_be_kept_is_refused(floor: Floor) -> None:
    assert floor.post("SHORT", "id\0") == (422, "")


def test_a_clock_that_runs_wild_stops_no_scan(floor: Floor) -> None:
    answer = floor.handheld.post(code="SHORT", scan="late", ask=floor.handheld.token, at="9" * 30)
    assert answer.status_code == 200
