"""What all scan stations share: a posted form becomes a Scan, an Answer becomes a page or its changed parts."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import flask
from flask_htmx import HTMX
from sqlalchemy.orm import Session

from wms.database import db, reading, transaction
from wms.domain.actor import Actor, Role
from wms.domain.codes import Code, CodeKind, parse
from wms.domain.errors import BadInputError, DomainError
from wms.domain.saying import Said, say
from wms.services import calling, signing_in
from wms.services.scans import feedback, scanning
from wms.services.scans.scanning import CurrentScreen, Judge, Pulled, WhyLeft
from wms.services.scans.screens import Answer, Feedback, Screen
from wms.web import languages, sessions

htmx = HTMX()
_MAX_SCAN_ID = 64
_MAX_CLOCK_DIGITS = 15
_SIGNED_OUT = 401
_CONFLICT = 409
_FOR = "@"


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Ask:
    """What a page says of its step: the task's token, and for whom it was drawn ('' where nobody was signed in)."""

    token: str
    worker: str = ""

    @classmethod
    def of(cls, screen: Screen, actor: Actor) -> Self:
        """Return what a page with this screen says."""
        is_anybodys = actor.worker_id is None or isinstance(screen, signing_in.SignIn)
        return cls(token=screen.token, worker="" if is_anybodys else str(actor.worker_id))

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what a scan brings back."""
        token, _, worker = text.partition(_FOR)
        return cls(token=token, worker=worker)

    def __str__(self) -> str:
        return f"{self.token}{_FOR}{self.worker}" if self.worker else self.token

    def is_for(self, actor: Actor) -> bool:
        """Tell whether a scan with it may be taken in now: not after its worker's session ended or another's began."""
        if actor.worker_id is None:
            return not self.worker and self.token == signing_in.TOKEN
        return self.worker in {"", str(actor.worker_id)}


def read_scan() -> tuple[Pulled, Ask]:
    """Read the scan contract's fields; BadInputError where the scan has no usable id."""
    form = flask.request.form
    scan = form.get("scan", "")
    if not scan or len(scan) > _MAX_SCAN_ID or not scan.isprintable():
        raise BadInputError(say("The scan has no id. Load the page"))
    at, ask = form.get("at", ""), Ask.read(form.get("ask", ""))
    is_clock = at.isascii() and at.isdigit() and len(at) <= _MAX_CLOCK_DIGITS
    pulled_ms = int(at) if is_clock else None
    return Pulled(code=form.get("code", ""), scan=scan, token=ask.token, pulled_ms=pulled_ms), ask


def show(station: Station, verdict: Feedback | None = None, action: str = "") -> flask.Response:
    """Answer a GET: the screen as the database has it; one that asks for itself says in `seen` which it is.

    `verdict` is on what happened by itself meanwhile; `action` is where scans go, from a page at another address.
    """
    with reading(db.engine) as session:
        actor = sessions.actor(session)
        screen, call = _screen(session, actor, station), calling.shown(session, actor)
        keeps_verdict = verdict is None and flask.request.args.get("seen") == screen.name
        if verdict is None and not keeps_verdict and actor.worker_id is not None:
            verdict = scanning.standing_stop(session, actor, screen)
    answer = Answer(screen=screen, feedback=verdict or Feedback(), call=call)
    return render(station, answer, actor, keeps_verdict=keeps_verdict, action=action)


def scan(station: Station) -> flask.Response:
    """Answer a POST: one request, one transaction, one response."""
    pulled, ask = read_scan()
    new_token = _token_of(pulled)
    try:
        with transaction(db.engine) as session:
            before = sessions.actor(session, scan=pulled.scan)
            if not ask.is_for(before) and scanning.is_new(session, before, pulled):
                return _for_another(station, before, _screen(session, before, station))
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


def _for_another(station: Station, actor: Actor, screen: Screen) -> flask.Response:
    """Refuse a scan that whoever made it keeps: it is not taken in, and counts after that worker's badge."""
    words = say("Scan your badge to go on")
    if actor.worker_id is not None:
        words = say("{name} works here now", name=actor.name)
    answer = render(station, Answer(screen=screen, feedback=feedback.wrong(words)), actor)
    answer.status_code = _SIGNED_OUT
    return answer


def _take(session: Session, before: Actor, station: Station, pulled: Pulled, new_token: str) -> tuple[Actor, Answer]:
    may = before.may(station.role)
    if not may or _is_about_people(session, before, station, parse(pulled.code)):
        actor = before
        take_badge = signing_in.hand_over if may else signing_in.scan

        def judge(session: Session, _: Actor, __: object, ___: Screen) -> Feedback:
            now, verdict = take_badge(session, before, pulled.code, sessions.browser(), new_token)
            if now.worker_id is not None and not now.may(station.role):
                _now = signing_in.sign_out(session, now, f"no {station.role} badge")
                return feedback.wrong(station.no_badge)
            if may and station.hand_over is not None and now.worker_id not in {None, before.worker_id}:
                return station.hand_over(session, before, now) or verdict
            return verdict

        def screen(session: Session, _: Actor) -> Screen:
            # Whoever the scan has signed in; also by its first post, which may have ended only just now.
            nonlocal actor
            opened = sessions.actor(session, pulled.scan, new_token)
            actor = sessions.actor(session, pulled.scan) if opened.worker_id is None else opened
            return _screen(session, actor, station)

        answer = scanning.take(session, before, station.name, pulled, screen, judge)
        return actor, replace(answer, call=calling.shown(session, actor))
    signing_in.keep_alive(session, before)
    return before, scanning.take(
        session, before, station.name, pulled, station.current_screen, station.judge, station.why_left
    )


def _is_about_people(session: Session, actor: Actor, station: Station, code: Code) -> bool:
    if not signing_in.handles(session, actor, code):
        return False
    # A serial number may read like a badge that nobody has.
    is_nobodys = code.kind is CodeKind.BADGE and not signing_in.is_badge(session, actor, code)
    return not (is_nobodys and actor.worker_id is not None and station.current_screen(session, actor).may_want(code))


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


def render(
    station: Station, answer: Answer, actor: Actor, *, keeps_verdict: bool = False, action: str = ""
) -> flask.Response:
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
            ask=str(Ask.of(answer.screen, actor)),
            station_action=action or flask.request.path,
            fresh_scan=secrets.token_hex(16),
        )
    response = flask.make_response(body)
    response.headers["X-Cue"] = answer.feedback.cue
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("HX-Request")
    return response
