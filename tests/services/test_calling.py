"""HELP from any screen: one call in the inbox, and the lead's answer on the handheld until the worker's next scan."""

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from tests import builders
from tests.services.conftest import Walk
from tests.services.picking.picker import Picker
from wms.domain.actor import Actor
from wms.domain.errors import DomainError
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import JournalEntry
from wms.domain.people import Device, WorkerSession
from wms.services import calling, picking, settling
from wms.services.scans import scanning
from wms.services.scans.scanning import Pulled
from wms.services.scans.screens import Answer, Call

AGES = dt.timedelta(minutes=5)


class Caller(Picker):
    """A picker with a session that is read anew with each scan, as a browser's is."""

    def __init__(self, picker: Picker) -> None:
        super().__init__(picker.session, picker.worker)
        device = Device(warehouse_id=builders.WAREHOUSE, key_hash="k", number=1, first_seen_at=builders.NOW)
        self.session.add(device)
        self.session.flush()
        self.opened = WorkerSession(
            warehouse_id=builders.WAREHOUSE,
            token_hash="t",  # noqa: S106 - no secret
            worker_id=self.worker.id,
            device_id=device.id,
            started_at=builders.NOW,
            seen_at=builders.NOW,
        )
        self.session.add(self.opened)
        self.session.flush()

    @property
    def actor(self) -> Actor:
        self.session.refresh(self.opened)
        return replace(super().actor, session_id=self.opened.id, call_id=self.opened.call_id)

    def post(self, code: str, scan: str = "", *, later: dt.timedelta = dt.timedelta()) -> Answer:
        """Scan a code for the screen as it is; return the whole answer."""
        actor = self.actor
        actor = replace(actor, scan=scan or f"scan {actor.at}", at=actor.at + later)
        pulled = Pulled(code=code, scan=actor.scan or "", token=self.screen.token)
        return scanning.take(self.session, actor, "picking", pulled, picking.current_screen, picking.judge)


@pytest.fixture
def caller(walk: Walk) -> Caller:
    """Marta at the first shelf."""
    return Caller(walk.at_location())


def only(session: Session) -> ExceptionItem:
    return session.query(ExceptionItem).filter_by(kind=ExceptionKind.HELP).one()


def answered(caller: Caller, words: str = "Look behind the pallet") -> None:
    """The lead answers the one call."""
    lead = builders.actor(builders.worker(caller.session, "Lea", roles="supervisor"), at=caller.actor.at)
    _ = calling.answer(caller.session, lead, only(caller.session).id, words)


def test_help_opens_one_exception_that_says_who_calls_from_where_and_about_what(walk: Walk, caller: Caller) -> None:
    answer = caller.post("HELP")
    assert answer.feedback.words == "HELP is called. Go on if you can"
    assert answer.call == Call(words="HELP is called", is_open=True)
    item, stop = only(caller.session), caller.stop
    assert item.text == (
        f"{caller.worker.name} calls from picking, device 1, {stop.location}: 2 x {walk.mug.sku} {walk.mug.name}"
    )
    assert item.order_id == walk.orders[0].id
    assert caller.session.query(JournalEntry).filter_by(event="HelpCalled").one().order_id == walk.orders[0].id


def test_a_second_call_before_the_answer_is_the_first_one(caller: Caller) -> None:
    _ = caller.post("HELP")
    assert caller.post("HELP").feedback.words == "Called already. Go on if you can"
    assert only(caller.session).settled_at is None


def test_help_whose_answer_was_lost_calls_once(caller: Caller) -> None:
    _ = caller.post("HELP", "one")
    again = caller.post("HELP", "one")
    assert (again.feedback.words, again.call) == (
        "HELP is called. Go on if you can",
        Call(words="HELP is called", is_open=True),
    )
    assert only(caller.session).settled_at is None


def test_work_goes_on_while_the_call_is_open(walk: Walk, caller: Caller) -> None:
    _ = caller.post("HELP")
    answer = caller.post(walk.mug_code)
    assert (answer.feedback.words, answer.call) == ("1 of 2", Call(words="HELP is called", is_open=True))


def test_the_answer_comes_with_the_next_scan_and_leaves_with_the_one_after(walk: Walk, caller: Caller) -> None:
    _ = caller.post("HELP")
    answered(caller)
    shown = caller.post(walk.mug_code)
    assert shown.call is not None
    assert (shown.call.words, shown.call.is_open) == ("Look behind the pallet", False)
    assert caller.post(walk.mug_code, later=AGES).call is None
    assert caller.actor.call_id is None


def test_an_answer_that_the_handheld_asked_for_stays_until_the_next_scan(walk: Walk, caller: Caller) -> None:
    _ = caller.post("HELP")
    answered(caller)
    call = calling.shown(caller.session, caller.actor)
    assert call == Call(words="Look behind the pallet", is_new=True)
    calling.hear(caller.session, caller.actor)
    assert calling.shown(caller.session, caller.actor) == Call(words="Look behind the pallet")
    assert caller.post(walk.mug_code, later=AGES).call is None


def test_a_scan_under_way_when_the_answer_came_does_not_take_it_away(walk: Walk, caller: Caller) -> None:
    _ = caller.post("HELP")
    answered(caller)
    calling.hear(caller.session, caller.actor)
    assert caller.post(walk.mug_code).call is not None


def test_an_answer_lost_on_the_way_comes_again_with_the_scan(walk: Walk, caller: Caller) -> None:
    _ = caller.post("HELP")
    answered(caller)
    first = caller.post(walk.mug_code, "one")
    again = caller.post(walk.mug_code, "one", later=AGES)
    assert first.call is not None
    assert again.call is not None
    assert again.call.words == first.call.words


def test_the_journal_keeps_who_answered_what(caller: Caller) -> None:
    _ = caller.post("HELP")
    answered(caller, "I am coming")
    entry = caller.session.query(JournalEntry).filter_by(event="HelpAnswered").one()
    assert entry.data == {"call": only(caller.session).text, "answer": "I am coming"}
    assert entry.worker_id != caller.worker.id


def test_a_call_settled_without_a_word_is_said_to_be(walk: Walk, caller: Caller) -> None:
    _ = caller.post("HELP")
    _ = settling.settle(caller.session, builders.actor(), only(caller.session).id)
    shown = caller.post(walk.mug_code)
    assert shown.call is not None
    assert shown.call.words == "The lead has settled it"


def test_only_a_call_is_answered(caller: Caller) -> None:
    item = ExceptionItem(warehouse_id=builders.WAREHOUSE, kind=ExceptionKind.PRINT, at=builders.NOW, text="x")
    caller.session.add(item)
    caller.session.flush()
    with pytest.raises(DomainError):
        _ = calling.answer(caller.session, builders.actor(), item.id, "What?")


def test_a_worker_who_calls_nobody_costs_no_statement(walk: Walk, caller: Caller, engine: Engine) -> None:
    heard: list[str] = []

    def listen(_c: object, _u: object, statement: str, _p: object, _x: object, _m: object) -> None:
        heard.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    _ = caller.post(walk.mug_code)
    event.remove(engine, "before_cursor_execute", listen)
    assert len(heard) > 3
    assert [statement for statement in heard if "exceptions" in statement] == []
