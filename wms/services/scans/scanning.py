"""Every scan counts exactly once: the scan's own id is kept with its verdict, whatever the line does.

The frame of each station: take the scan's id in, refuse a scan made for another task, let the station judge, answer
with the screen as it then is. A repeated id gets the first verdict again and changes nothing.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, Command, parse, readable
from wms.domain.journal import Scan, ScanRefused, record
from wms.domain.saying import kept, read_kept, say
from wms.services import calling
from wms.services.scans import feedback
from wms.services.scans.screens import Answer, Card, Feedback, Screen
from wms.services.upserting import insert_new

_MAX_CODE = 200
_SHIFT = dt.timedelta(hours=12)
_ENDS_STOP = frozenset({Command.UNDO, Command.HELP})


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulled:
    """A trigger pull as posted: the code read, the scan's own id, the task's token and the handheld's clock in ms."""

    code: str
    scan: str
    token: str
    pulled_ms: int | None = None


CurrentScreen = Callable[[Session, Actor], Screen]
# A judge that knows the next screen by what it did answers with it; after the others it is read from the database.
Judge = Callable[[Session, Actor, Code, Screen], Feedback | Answer]
# Says of a task's token, and the screen now, why that task is not on it any more; None where it went its usual way.
WhyLeft = Callable[[Session, Actor, str, Screen], Feedback | None]

_VERDICT = select(Scan.answer).where(Scan.warehouse_id == bindparam("warehouse_id"), Scan.scan == bindparam("scan"))
_KEEP = (
    update(Scan)
    .where(Scan.warehouse_id == bindparam("the_warehouse"), Scan.scan == bindparam("the_scan"))
    .values(tone=bindparam("the_tone"), answer=bindparam("the_answer"))
)


def take(
    session: Session,
    actor: Actor,
    station: str,
    pulled: Pulled,
    current_screen: CurrentScreen,
    judge: Judge,
    why_left: WhyLeft | None = None,
) -> Answer:
    """Take one scan in and answer it; the actor must carry the scan's id.

    A scan made for a task that is not on screen any more counts for nothing; `why_left` may know why that is so.
    """
    if not _take_in(session, actor, station, pulled):
        call = calling.after_scan(session, actor, is_fresh=False)
        return Answer(screen=current_screen(session, actor), feedback=_kept(session, actor, pulled.scan), call=call)
    before = current_screen(session, actor)
    code = parse(pulled.code)
    call = calling.after_scan(session, actor, is_fresh=True)
    is_stale = pulled.token != before.token
    if is_stale:
        judged: Feedback | Answer = _why_left(session, actor, pulled.token, before, why_left)
    elif actor.worker_id is not None and code.command is Command.HELP:
        judged = calling.call(session, actor, station, before)
    elif actor.worker_id is not None and code.command is Command.SAY_AGAIN:
        judged = _last_said(session, actor)
    else:
        judged = judge(session, actor, code, before)
    verdict = judged.feedback if isinstance(judged, Answer) else judged
    if verdict.tone in {"wrong", "warn"} and code.command is not Command.SAY_AGAIN:
        # Made for another step: what is wanted now, and where, had nothing to do with it.
        wanted, place = ("", "") if is_stale else (before.wants, before.place)
        text = readable(code.text)[:_MAX_CODE]
        said = verdict.words
        record(
            session,
            actor,
            ScanRefused(station=station, code=text, kind=code.kind, wanted=wanted, said=said, place=place),
        )
    session.flush()
    screen = judged.screen if isinstance(judged, Answer) else current_screen(session, actor)
    if verdict.tone != "ok" and not _is_panel(verdict) and code.command not in _ENDS_STOP:
        verdict = _still_stopped(session, actor, screen, verdict)
    _keep(session, actor, pulled, screen, verdict)
    shown = judged.call if isinstance(judged, Answer) else None
    return Answer(screen=screen, feedback=verdict, call=shown or call)


def _keep(session: Session, actor: Actor, pulled: Pulled, screen: Screen, verdict: Feedback) -> None:
    """Keep a scan's verdict; of a stop, also the step that it stands on."""
    stands = _is_panel(verdict) and not screen.tells_stop
    to_keep = {
        "the_warehouse": actor.warehouse_id,
        "the_scan": pulled.scan,
        "the_tone": verdict.tone,
        "the_answer": keep_verdict(verdict) | ({"stands_on": _step(screen)} if stands else {}),
    }
    _ = session.connection().execute(_KEEP, to_keep)


def _is_panel(verdict: Feedback) -> bool:
    return verdict.have is not None or verdict.need is not None


def _still_stopped(session: Session, actor: Actor, screen: Screen, verdict: Feedback) -> Feedback:
    """Let a stop stand on its screen, beneath whatever is scanned, until the right scan, UNDO or HELP."""
    stop = standing_stop(session, actor, screen)
    return verdict if stop is None else replace(verdict, words=stop.words, have=stop.have, need=stop.need)


def standing_stop(session: Session, actor: Actor, screen: Screen) -> Feedback | None:
    """Return the stop that this worker was last told on this device, where it still stands on the screen."""
    found = _last_answer(session, actor)
    return read_verdict(found) if found is not None and found.get("stands_on") == _step(screen) else None


def _step(screen: Screen) -> str:
    return f"{screen.name} {screen.token}"


def _why_left(session: Session, actor: Actor, token: str, now: Screen, why_left: WhyLeft | None) -> Feedback:
    said = None if why_left is None else why_left(session, actor, token, now)
    return said or feedback.NOT_COUNTED


def _take_in(session: Session, actor: Actor, station: str, pulled: Pulled) -> bool:
    """Take a scan's id in; False where that was done before."""
    return insert_new(
        session,
        Scan,
        warehouse_id=actor.warehouse_id,
        scan=pulled.scan,
        at=actor.at,
        worker_id=actor.worker_id,
        device=actor.device,
        station=station,
        code=readable(pulled.code)[:_MAX_CODE],
        pulled_ms=pulled.pulled_ms,
        tone="",
        answer={},
    )


def is_new(session: Session, actor: Actor, pulled: Pulled) -> bool:
    """Tell whether a scan's id was never taken in."""
    key = {"warehouse_id": actor.warehouse_id, "scan": pulled.scan}
    return session.connection().execute(_VERDICT, key).first() is None


def keep_verdict(verdict: Feedback) -> dict[str, Any]:
    """Return a verdict as JSON keeps it: its sentences can be said again in the language of whoever asks."""
    sides = {side: _card_to_keep(card) for side, card in (("have", verdict.have), ("need", verdict.need)) if card}
    return {
        "tone": verdict.tone,
        "cue": verdict.cue,
        "words": kept(verdict.words),
        "opens": verdict.opens,
        **sides,
    }


def _card_to_keep(card: Card) -> dict[str, Any]:
    return {"name": kept(card.name), "sku": card.sku, "detail": kept(card.detail)}


def _kept(session: Session, actor: Actor, scan: str) -> Feedback:
    return read_verdict(session.execute(_VERDICT, {"warehouse_id": actor.warehouse_id, "scan": scan}).scalar_one())


def _last_said(session: Session, actor: Actor) -> Feedback:
    """Return what this worker was told last on this device, to be said again."""
    found = _last_answer(session, actor)
    return feedback.told(say("Nothing to say again")) if found is None else read_verdict(found)


def _last_answer(session: Session, actor: Actor) -> dict[str, Any] | None:
    """Return the kept answer to the last scan before this one that the worker made on this device in this shift."""
    return session.execute(
        select(Scan.answer)
        .where(
            Scan.warehouse_id == actor.warehouse_id,
            Scan.at > actor.at - _SHIFT,
            Scan.worker_id == actor.worker_id,
            Scan.device == actor.device,
            Scan.scan != (actor.scan or ""),
        )
        .order_by(Scan.at.desc())
        .limit(1)
    ).scalar_one_or_none()


def read_verdict(found: dict[str, Any]) -> Feedback:
    """Return the verdict that `keep_verdict` made JSON of."""
    sides = {
        side: Card(**{name: read_kept(words) for name, words in found[side].items()})
        for side in ("have", "need")
        if found.get(side)
    }
    return Feedback(
        tone=found["tone"],
        cue=found["cue"],
        words=read_kept(found["words"]),
        opens=found.get("opens", ""),
        **sides,
    )
