"""Badges open sessions: one worker on one device, known by a random token of which the database keeps only a hash."""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from sqlalchemy import Row, and_, bindparam, select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor, Role
from wms.domain.codes import Code, CodeKind, Command, parse
from wms.domain.journal import JournalEntry, record
from wms.domain.people import Device, Worker, WorkerSession, WorkerSignedIn, WorkerSignedOut, read_roles
from wms.domain.saying import say
from wms.services.numbering import next_number
from wms.services.scans import asking, feedback
from wms.services.scans.screens import Feedback, Screen

IDLE_LIMIT = dt.timedelta(minutes=10)
DESK_IDLE_LIMIT = dt.timedelta(hours=2)
SESSION_LIMIT = dt.timedelta(hours=10)
_SEEN_STEP = dt.timedelta(seconds=30)
_DESK_ROLES = frozenset({Role.SUPERVISOR, Role.ADMIN})
TOKEN = "sign-in"  # noqa: S105 - the task token of the sign-in screen, no secret
_ANSWERS = frozenset({Command.YES, Command.NO})
_BREAK = "break"
# What ends a session: the reason that the journal keeps, and what is said.
_ENDS = {
    Command.LOG_OUT: ("log out", say("Logged out")),
    Command.BREAK: (_BREAK, say("BREAK. Your badge goes on here")),
}
_WHO = (
    select(
        Device.number.label("device"),
        WorkerSession.id.label("session_id"),
        WorkerSession.station_id,
        WorkerSession.call_id,
        WorkerSession.started_at,
        WorkerSession.seen_at,
        WorkerSession.ended_at,
        Worker.id.label("worker_id"),
        Worker.name,
        Worker.roles_text.label("roles"),
        Worker.active,
        Worker.language,
        Worker.dark,
        Worker.left_handed,
    )
    .outerjoin(
        WorkerSession,
        and_(
            WorkerSession.warehouse_id == Device.warehouse_id,
            WorkerSession.device_id == Device.id,
            WorkerSession.token_hash == bindparam("token_hash"),
        ),
    )
    .outerjoin(Worker, and_(Worker.warehouse_id == WorkerSession.warehouse_id, Worker.id == WorkerSession.worker_id))
    .where(Device.warehouse_id == bindparam("warehouse"), Device.key_hash == bindparam("key_hash"))
)
_SEEN = (
    update(WorkerSession)
    .where(WorkerSession.warehouse_id == bindparam("warehouse"), WorkerSession.id == bindparam("session"))
    .values(seen_at=bindparam("at"))
)

_OF_PEOPLE = frozenset({*_ENDS, Command.LIGHT_DARK})


@dataclass(frozen=True, kw_only=True)
class SignIn(Screen):
    """Nobody is signed in on this device: scan a badge. `on_break` is who takes a break from it, '' for nobody."""

    station: ClassVar[str] = "signing_in"

    token: str = TOKEN
    wants: str = "badge"
    on_break: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Browser:
    """What a browser's cookie says: the device's key, and the session's token ('' when nobody is signed in).

    `page` is which of its pages asks, '' where it does not say: two pages have one cookie.
    """

    device_key: str
    token: str = ""
    page: str = ""


def digest(secret: str) -> str:
    """Return the SHA-256 of a token or key, as the database keeps it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def actor_of(session: Session, warehouse_id: int, browser: Browser, at: dt.datetime, scan: str | None = None) -> Actor:
    """Say who acts: the worker whose open session the browser holds, or nobody (worker_id None) on a known device."""
    keys = {
        "warehouse": warehouse_id,
        "key_hash": digest(browser.device_key),
        "token_hash": digest(browser.token),
    }
    found = session.connection().execute(_WHO, keys).one_or_none()
    device = "" if found is None else str(found.device)
    if found is None or found.worker_id is None or not _is_open(found, at):
        return Actor(warehouse_id=warehouse_id, at=at, name="", device=device, scan=scan, page=browser.page)
    return Actor(
        warehouse_id=warehouse_id,
        at=at,
        worker_id=found.worker_id,
        name=found.name,
        device=device,
        roles=read_roles(found.roles),
        language=found.language,
        dark=found.dark,
        left_handed=found.left_handed,
        session_id=found.session_id,
        station_id=found.station_id,
        seen_at=found.seen_at,
        scan=scan,
        call_id=found.call_id,
        page=browser.page,
    )


def _is_open(found: Row[*tuple[Any, ...]], at: dt.datetime) -> bool:
    at_desk = found.station_id is not None or not read_roles(found.roles).isdisjoint(_DESK_ROLES)
    return (
        found.active
        and found.ended_at is None
        and at - found.seen_at <= (DESK_IDLE_LIMIT if at_desk else IDLE_LIMIT)
        and at - found.started_at <= SESSION_LIMIT
    )


def screen(session: Session, actor: Actor, job: str) -> SignIn:
    """Return the sign-in screen of a station's device."""
    left = _last_break(session, actor)
    return SignIn(job=job, on_break=left.data["worker"] if left else "")


def _last_break(session: Session, actor: Actor) -> JournalEntry | None:
    """Return the break that was begun on this device and not ended there yet, or None."""
    if not actor.device:
        return None
    last = session.scalars(
        select(JournalEntry)
        .where(
            JournalEntry.warehouse_id == actor.warehouse_id,
            JournalEntry.event.in_((WorkerSignedIn.__name__, WorkerSignedOut.__name__)),
            JournalEntry.at > actor.at - SESSION_LIMIT,
            JournalEntry.device == actor.device,
        )
        .order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
        .limit(1)
    ).one_or_none()
    return last if last is not None and last.data.get("reason") == _BREAK else None


def keep_alive(session: Session, actor: Actor) -> None:
    """Note that the session is in use, at most every half minute so that most scans write nothing here."""
    if actor.seen_at is not None and actor.at - actor.seen_at > _SEEN_STEP:
        values = {"warehouse": actor.warehouse_id, "session": actor.session_id, "at": actor.at}
        _ = session.connection().execute(_SEEN, values)


def handles(session: Session, actor: Actor, code: Code) -> bool:
    """Tell whether a scan is about who works here, on whatever screen it was made."""
    if actor.worker_id is None or code.kind is CodeKind.BADGE or code.command in _OF_PEOPLE:
        return True
    return code.command in _ANSWERS and asked_badge(session, actor) is not None


def is_badge(session: Session, actor: Actor, code: Code) -> bool:
    """Tell whether a text with the form of a badge is somebody's."""
    return code.kind is CodeKind.BADGE and _holder(session, actor, code) is not None


def asked_badge(session: Session, actor: Actor) -> Code | None:
    """Return the badge whose holder was asked just now whether to take the device over, or None."""
    before = asking.asked(session, actor)
    return before if before is not None and before.kind is CodeKind.BADGE else None


def hand_over(session: Session, actor: Actor, code: str, browser: Browser, new_token: str) -> tuple[Actor, Feedback]:
    """Do as `scan` where somebody works: another's badge takes over only by YES after it, or scanned again."""
    parsed, badge = parse(code), asked_badge(session, actor)
    if badge is not None and parsed.command is Command.NO:
        return actor, feedback.told(say("NO. {name} goes on", name=actor.name))
    if badge is not None and (parsed.command is Command.YES or parsed == badge):
        return scan(session, actor, badge.text, browser, new_token)
    worker = _holder(session, actor, parsed)
    if worker is not None and worker.id != actor.worker_id:
        return actor, asking.ask(say("Hand over from {name}? YES or badge again", name=actor.name))
    return scan(session, actor, code, browser, new_token)


def scan(session: Session, actor: Actor, code: str, browser: Browser, new_token: str) -> tuple[Actor, Feedback]:
    """Take a badge or a command about people; return who acts from now on. A session opened gets `new_token`."""
    parsed = parse(code)
    if parsed.command is not None and parsed.command in _ENDS and actor.worker_id is not None:
        reason, words = _ENDS[parsed.command]
        return sign_out(session, actor, reason), feedback.told(words)
    if parsed.command is Command.LIGHT_DARK and actor.worker_id is not None:
        return _other_colours(session, actor)
    if parsed.kind is not CodeKind.BADGE:
        return actor, feedback.wrong_type(parsed, "badge")
    worker = _holder(session, actor, parsed)
    if worker is None:
        return actor, feedback.wrong(say("Badge not known. See the lead"))
    if worker.id == actor.worker_id:
        return actor, feedback.accepted(say("{name}, go on", name=worker.name))
    station_id = actor.station_id
    if actor.worker_id is not None:
        actor = sign_out(session, actor, f"handed over to {worker.name}")
    else:
        station_id = _before_break(session, actor, worker)
    signed_in = sign_in(session, actor, worker, browser, new_token, station_id)
    return signed_in, feedback.accepted(say("Hello {name}", name=worker.name))


def _other_colours(session: Session, actor: Actor) -> tuple[Actor, Feedback]:
    """Turn the worker's pages dark, or light again, on every device."""
    worker = session.get_one(Worker, (actor.warehouse_id, actor.worker_id), populate_existing=True)
    worker.dark = not actor.dark
    session.flush()
    return replace(actor, dark=worker.dark), feedback.told(say("LIGHT") if actor.dark else say("DARK"))


def _holder(session: Session, actor: Actor, code: Code) -> Worker | None:
    return session.scalars(
        select(Worker).where(
            Worker.warehouse_id == actor.warehouse_id, Worker.badge == code.text, Worker.active.is_(True)
        )
    ).one_or_none()


def _before_break(session: Session, actor: Actor, worker: Worker) -> int | None:
    """Return the station that the worker's break on this device left, None where there is none."""
    left = _last_break(session, actor)
    if left is None or left.worker_id != worker.id:
        return None
    return session.scalars(
        select(WorkerSession.station_id)
        .where(
            WorkerSession.warehouse_id == actor.warehouse_id,
            WorkerSession.worker_id == worker.id,
            WorkerSession.ended_at == left.at,
        )
        .limit(1)
    ).one()


def _last_call(session: Session, actor: Actor, worker: Worker) -> int | None:
    """Return the call of the worker's last session, whatever ended it, on any device; None where there is none."""
    return session.scalars(
        select(WorkerSession.call_id)
        .where(
            WorkerSession.warehouse_id == actor.warehouse_id,
            WorkerSession.worker_id == worker.id,
            WorkerSession.started_at > actor.at - SESSION_LIMIT,
        )
        .order_by(WorkerSession.seen_at.desc(), WorkerSession.id.desc())
        .limit(1)
    ).one_or_none()


def sign_in(
    session: Session,
    actor: Actor,
    worker: Worker,
    browser: Browser,
    new_token: str,
    station_id: int | None = None,
) -> Actor:
    """Open a session for a worker on this browser's device, with a new token; it goes on at a station.

    A call for help whose answer the worker has not read goes on with it.
    """
    call_id = _last_call(session, actor, worker)
    device = _device(session, actor, browser.device_key)
    opened = WorkerSession(
        warehouse_id=actor.warehouse_id,
        token_hash=digest(new_token),
        worker_id=worker.id,
        device_id=device.id,
        started_at=actor.at,
        seen_at=actor.at,
        station_id=station_id,
        call_id=call_id,
    )
    session.add(opened)
    session.flush()
    _go_on_with_tote(session, actor, opened)
    signed_in = replace(
        actor,
        worker_id=worker.id,
        name=worker.name,
        roles=worker.roles,
        language=worker.language,
        dark=worker.dark,
        left_handed=worker.left_handed,
        device=str(device.number),
        session_id=opened.id,
        station_id=station_id,
        call_id=call_id,
        seen_at=actor.at,
    )
    record(session, signed_in, WorkerSignedIn(worker=worker.name))
    return signed_in


def _go_on_with_tote(session: Session, actor: Actor, opened: WorkerSession) -> None:
    """Let a new session stand at the shared tote where its worker's last one did, whatever ended it, on any device."""
    before = session.scalars(
        select(WorkerSession)
        .where(
            WorkerSession.warehouse_id == actor.warehouse_id,
            WorkerSession.worker_id == opened.worker_id,
            WorkerSession.started_at > actor.at - SESSION_LIMIT,
            WorkerSession.shared_tote_id.is_not(None),
            WorkerSession.station_id.is_(None)
            if opened.station_id is None
            else WorkerSession.station_id == opened.station_id,
        )
        .order_by(WorkerSession.seen_at.desc(), WorkerSession.id.desc())
        .limit(1)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if before is not None:
        opened.shared_tote_id, opened.sorting_id = before.shared_tote_id, before.sorting_id
        opened.named_place_id = before.named_place_id
        before.shared_tote_id = before.sorting_id = before.named_place_id = None
        session.flush()


def sign_out(session: Session, actor: Actor, reason: str) -> Actor:
    """End the actor's session; what was begun stays with the worker and waits for the next badge."""
    _ = session.execute(
        update(WorkerSession)
        .where(WorkerSession.warehouse_id == actor.warehouse_id, WorkerSession.id == actor.session_id)
        .values(ended_at=actor.at)
    )
    record(session, actor, WorkerSignedOut(worker=actor.name, reason=reason))
    return Actor(warehouse_id=actor.warehouse_id, at=actor.at, name="", device=actor.device, scan=actor.scan)


def _device(session: Session, actor: Actor, device_key: str) -> Device:
    key_hash = digest(device_key)
    device = session.scalars(
        select(Device).where(Device.warehouse_id == actor.warehouse_id, Device.key_hash == key_hash)
    ).one_or_none()
    if device is None:
        device = Device(
            warehouse_id=actor.warehouse_id,
            key_hash=key_hash,
            number=next_number(session, actor.warehouse_id, "device"),
            first_seen_at=actor.at,
        )
        session.add(device)
        session.flush()
    return device
