"""What all scan stations share: a posted form becomes a Scan, an Answer becomes a page or its changed parts."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import flask
from flask_htmx import HTMX
from sqlalchemy.orm import Session

from wms.database import db, reading, transaction
from wms.domain.actor import Actor, Role
from wms.domain.codes import parse
from wms.domain.errors import BadInputError, DomainError
from wms.domain.saying import Said, say
from wms.services import calling, feedback, scanning, signing_in
from wms.services.scanning import CurrentScreen, Judge, Pulled, WhyLeft
from wms.services.screens import Answer, Feedback, Screen
from wms.web import languages, sessions

htmx = HTMX()
_MAX_SCAN_ID = 64
_SIGNED_OUT = 401
_CONFLICT = 409


HandOver = Callable[[Session, Actor, Actor], Feedback | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Station:
    """A scan station's web side: its word and layout, the role it needs and what is said to a badge without it.

    The others are functions of its service. Where it has them, `why_left` says why a task is not on screen any more,
    and `hand_over` moves what was begun on a device from the worker before to the one whose badge took it over.
    """

    name: str
    layout: str
    role: Role
    no_badge: Said
    current_screen: CurrentScreen
    judge: Judge
    why_left: WhyLeft | None = None
    hand_over: HandOver | None = None


def read_scan() -> Pulled:
    """Read the scan contract's fields; BadInputError where the scan has no usable id."""
    form = flask.request.form
    scan = form.get("scan", "")
    if not scan or len(scan) > _MAX_SCAN_ID:
        raise BadInputError(say("The scan has no id. Load the page"))
    at = form.get("at", "")
    return Pulled(
        code=form.get("code", ""),
        scan=scan,
        token=form.get("ask", ""),
        pulled_ms=int(at) if at.isascii() and at.isdigit() else None,
    )


def show(station: Station) -> flask.Response:
    """Answer a GET: the screen as the database has it; one that asks for itself says in `seen` which it is."""
    with reading(db.engine) as session:
        actor = sessions.actor(session)
        screen, call = _screen(session, actor, station), calling.shown(session, actor)
    keeps_verdict = flask.request.args.get("seen") == screen.name
    answer = Answer(screen=screen, feedback=Feedback(), call=call)
    return render(station, answer, actor, keeps_verdict=keeps_verdict)


def scan(station: Station) -> flask.Response:
    """Answer a POST: one request, one transaction, one response."""
    pulled = read_scan()
    new_token = _token_of(pulled)
    try:
        with transaction(db.engine) as session:
            before = sessions.actor(session, scan=pulled.scan)
            if _has_expired(before, pulled):
                return _expired(station, before)
            actor, answer = _take(session, before, station, pulled, new_token)
    except DomainError as error:
        return _refused(station, error)
    if actor.session_id != before.session_id:
        if actor.session_id is None:
            _ = flask.session.pop("token", None)
        else:
            flask.session["token"] = new_token
    return render(station, answer, actor)


def _token_of(pulled: Pulled) -> str:
    """Return the token of the session that a badge scan opens: the same when its answer was lost and it comes again."""
    seed = f"{sessions.browser().device_key}:{pulled.scan}"
    return hmac.new(str(flask.current_app.secret_key).encode(), seed.encode(), hashlib.sha256).hexdigest()


def _has_expired(before: Actor, pulled: Pulled) -> bool:
    """Tell whether a scan was meant for work whose session ended: it is not taken in, and counts after the badge."""
    return before.worker_id is None and pulled.token != signing_in.TOKEN


def _expired(station: Station, actor: Actor) -> flask.Response:
    verdict = feedback.wrong(say("Scan your badge to go on"))
    answer = render(station, Answer(screen=signing_in.SignIn(job=station.name), feedback=verdict), actor)
    answer.status_code = _SIGNED_OUT
    return answer


def _take(session: Session, before: Actor, station: Station, pulled: Pulled, new_token: str) -> tuple[Actor, Answer]:
    may = before.may(station.role)
    if not may or signing_in.handles(session, before, parse(pulled.code)):
        actor = before if before.worker_id is not None else sessions.actor(session, pulled.scan, new_token)
        take_badge = signing_in.hand_over if may else signing_in.scan

        def judge(session: Session, _: Actor, __: object, ___: Screen) -> Feedback:
            nonlocal actor
            actor, verdict = take_badge(session, before, pulled.code, sessions.browser(), new_token)
            if actor.worker_id is not None and not actor.may(station.role):
                actor = signing_in.sign_out(session, actor, f"no {station.role} badge")
                return feedback.wrong(station.no_badge)
            if may and station.hand_over is not None and actor.worker_id not in {None, before.worker_id}:
                return station.hand_over(session, before, actor) or verdict
            return verdict

        def screen(session: Session, _: Actor) -> Screen:
            return _screen(session, actor, station)

        answer = scanning.take(session, before, station.name, pulled, screen, judge)
        return actor, answer
    signing_in.keep_alive(session, before)
    return before, scanning.take(
        session, before, station.name, pulled, station.current_screen, station.judge, station.why_left
    )


def _screen(session: Session, actor: Actor, station: Station) -> Screen:
    if actor.worker_id is None or not actor.may(station.role):
        return signing_in.screen(session, actor, station.name)
    return station.current_screen(session, actor)


def _refused(station: Station, error: DomainError) -> flask.Response:
    with reading(db.engine) as session:
        actor = sessions.actor(session)
        screen, call = _screen(session, actor, station), calling.shown(session, actor)
    answer = render(station, Answer(screen=screen, feedback=feedback.wrong(error.said), call=call), actor)
    answer.status_code = _CONFLICT
    return answer


def render(station: Station, answer: Answer, actor: Actor, *, keeps_verdict: bool = False) -> flask.Response:
    """Render the whole page, or for scan.js only the parts that change; the cue travels in X-Cue too."""
    with languages.speaking_to(actor):
        body = flask.render_template(
            answer.screen.template,
            layout="layouts/swap.html" if htmx else f"layouts/{station.layout}.html",
            screen=answer.screen,
            feedback=answer.feedback,
            call=answer.call,
            keeps_verdict=keeps_verdict,
            actor=actor,
            station_action=flask.request.path,
            fresh_scan=secrets.token_hex(16),
        )
    response = flask.make_response(body)
    response.headers["X-Cue"] = answer.feedback.cue
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request")
    return response
