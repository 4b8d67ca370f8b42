"""HELP: a call for the lead from whatever a worker does, and the answer on the handheld that called.

The session knows its call, so a scan of a worker who calls nobody asks the database nothing about it.
"""

import datetime as dt

from sqlalchemy import update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.errors import DomainError
from wms.domain.inbox import ExceptionItem, ExceptionKind, HelpAnswered, HelpCalled
from wms.domain.journal import record
from wms.domain.people import WorkerSession
from wms.domain.saying import say
from wms.services import settling
from wms.services.scans import feedback
from wms.services.scans.screens import Answer, Call, Feedback, Screen

MAX_ANSWER = 120
_MAX_TEXT = 300
# What the lead says with one tap; workers read it in their language.
READY = (
    say("I am coming"),
    say("SKIP it and go on"),
    say("Say SHORT and go on"),
    say("Put it aside and go on"),
)
_READY = {str(words): words for words in READY}
_CALLED = say("HELP is called")
# A scan that was under way when the answer came does not take it off the screen.
_READING = dt.timedelta(seconds=3)


def call(session: Session, actor: Actor, station: str, screen: Screen) -> Answer | Feedback:
    """Call the lead to this screen's place and work, once until the call is answered."""
    if actor.call_id is not None and _item(session, actor, actor.call_id).settled_at is None:
        return feedback.repeated(say("Called already. Go on if you can"))
    item = ExceptionItem(
        warehouse_id=actor.warehouse_id,
        kind=ExceptionKind.HELP,
        at=actor.at,
        text=_text(actor, station, screen),
        order_id=screen.order_id,
    )
    session.add(item)
    session.flush()
    _note(session, actor, item.id)
    record(
        session, actor, HelpCalled(order_id=screen.order_id, station=station, place=screen.place, about=screen.about)
    )
    told = feedback.told(say("HELP is called. Go on if you can"))
    return Answer(screen=screen, feedback=told, call=Call(words=_CALLED, is_open=True))


def _text(actor: Actor, station: str, screen: Screen) -> str:
    """Say who calls, from where and what about, for the inbox."""
    place = f", {screen.place}" if screen.place else ""
    about = f": {screen.about}" if screen.about else ""
    return f"{actor.name} calls from {station}, device {actor.device}{place}{about}"[:_MAX_TEXT]


def shown(session: Session, actor: Actor) -> Call | None:
    """Return the worker's call as it stands, None where there is none."""
    return None if actor.call_id is None else _call(_item(session, actor, actor.call_id))


def take_over(session: Session, before: Actor, actor: Actor) -> None:
    """Let a worker's call be that of whoever goes on with what it is about."""
    if before.call_id is not None:
        _note(session, before, None)
        _note(session, actor, before.call_id)


def hear(session: Session, actor: Actor) -> None:
    """Note that the answer to the worker's call stands on the handheld now."""
    if actor.call_id is not None:
        _hear(session, actor, _item(session, actor, actor.call_id))


def after_scan(session: Session, actor: Actor, *, is_fresh: bool) -> Call | None:
    """Return the worker's call for a scan's answer: an answer stays until the scan after the one that showed it."""
    if actor.call_id is None:
        return None
    item = _item(session, actor, actor.call_id)
    if is_fresh and item.heard_at is not None and actor.at - item.heard_at > _READING:
        _note(session, actor, None)
        return None
    _hear(session, actor, item)
    return _call(item)


def _hear(session: Session, actor: Actor, item: ExceptionItem) -> None:
    if item.settled_at is not None and item.heard_at is None:
        item.heard_at = actor.at
        session.flush()


def answer(session: Session, actor: Actor, item_id: int, words: str) -> ExceptionItem:
    """Answer a call; DomainError where it was settled before, or is none."""
    item = settling.settle(session, actor, item_id)
    if item.kind is not ExceptionKind.HELP:
        raise DomainError("Nobody called for this one.")
    item.answer = words
    record(session, actor, HelpAnswered(order_id=item.order_id, call=item.text, answer=words))
    session.flush()
    return item


def _call(item: ExceptionItem) -> Call:
    if item.settled_at is None:
        return Call(words=_CALLED, is_open=True)
    words = _READY.get(item.answer, item.answer) or say("The lead has settled it")
    return Call(words=words, is_new=item.heard_at is None)


def _item(session: Session, actor: Actor, call_id: int) -> ExceptionItem:
    return session.get_one(ExceptionItem, (actor.warehouse_id, call_id), populate_existing=True)


def _note(session: Session, actor: Actor, call_id: int | None) -> None:
    _ = session.execute(
        update(WorkerSession)
        .where(WorkerSession.warehouse_id == actor.warehouse_id, WorkerSession.id == actor.session_id)
        .values(call_id=call_id)
        .execution_options(synchronize_session=False)
    )
