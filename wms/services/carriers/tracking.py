"""Boxes on their way: what a carrier posts is kept, what it says is written once, and who is silent is asked."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wms.carriers.base import Track
from wms.domain.actor import Actor
from wms.domain.codes import plain
from wms.domain.inbox import ExceptionKind
from wms.domain.journal import record
from wms.domain.outbox import Job, JobKind, JobStatus, enqueue
from wms.domain.packing import Package
from wms.domain.shipping import AnyLabel, Label, LabelStatus, ReturnLabel
from wms.domain.tracking import (
    ARRIVED,
    MessageSource,
    TrackingEvent,
    TrackingMessage,
    TrackingMoved,
    TrackStatus,
    whereabouts,
)
from wms.services import settling

# A carrier that has said nothing for so long is asked, and then each time after as long as it has been silent.
QUIET = dt.timedelta(hours=6)
LONGEST_PAUSE = dt.timedelta(hours=24)
GIVEN_UP_AFTER = dt.timedelta(days=45)
# A return label lies with a customer who may never use it: asked about once a day at most before it moves, and for so
# many weeks since it was bought.
RETURN_GIVEN_UP_AFTER = dt.timedelta(weeks=12)
LONGEST_WAY = 366
_NOT_UNDER_WAY = frozenset({None, TrackStatus.UNKNOWN, TrackStatus.ANNOUNCED})
_JOB_KEY = "track"
_DETAILS, _PLACE = 300, 120


def keep(session: Session, actor: Actor, carrier: str, source: MessageSource, body: bytes) -> TrackingMessage | None:
    """Store a message as it came, to be read by a job where the carrier posted it; None where it is known."""
    digest = hashlib.sha256(body).hexdigest()
    known = select(TrackingMessage.id).where(
        TrackingMessage.warehouse_id == actor.warehouse_id, TrackingMessage.digest == digest
    )
    if session.scalars(known).first() is not None:
        return None
    message = TrackingMessage(
        warehouse_id=actor.warehouse_id,
        carrier=carrier,
        source=source,
        # PostgreSQL takes no NUL in a text.
        body=body.decode("utf-8", "replace").replace("\0", ""),
        digest=digest,
        received_at=actor.at,
    )
    try:
        with session.begin_nested():
            session.add(message)
            session.flush()
    except IntegrityError:
        return None  # the same post came twice in the same instant
    if source is MessageSource.HOOK:
        _ = enqueue(session, actor, JobKind.READ_TRACKING, f"read-tracking-{message.id}", message_id=message.id)
        session.flush()
    return message


def follow(session: Session, actor: Actor, package_ids: Sequence[int]) -> None:
    """Let the carriers be asked about boxes that have just been handed over."""
    labels = session.scalars(
        select(Label).where(
            Label.warehouse_id == actor.warehouse_id,
            Label.package_id.in_(package_ids),
            Label.status == LabelStatus.BOUGHT,
        )
    )
    for label in labels:
        label.track_due_at = actor.at + QUIET
    _have_them_asked(session, actor)


def follow_return(session: Session, actor: Actor, label: ReturnLabel) -> None:
    """Let the carrier be asked about a return label that has just been bought."""
    label.track_due_at = actor.at + LONGEST_PAUSE
    _have_them_asked(session, actor)


def _have_them_asked(session: Session, actor: Actor) -> None:
    """Begin the one job that asks; it goes on for ever, and is begun anew where it broke off."""
    job = session.scalars(select(Job).where(Job.warehouse_id == actor.warehouse_id, Job.key == _JOB_KEY)).one_or_none()
    if job is None:
        try:
            with session.begin_nested():
                _ = enqueue(session, actor, JobKind.TRACK, _JOB_KEY)
                session.flush()
        except IntegrityError:
            return  # another box was the first
    elif job.status is not JobStatus.OPEN:
        job.status, job.due_at, job.attempt, job.ended_at = JobStatus.OPEN, actor.at, 0, None


def take(
    session: Session,
    actor: Actor,
    label: AnyLabel,
    package: Package,
    track: Track,
    message_id: int | None,
) -> int:
    """Write down what is new of what a carrier says of a locked label's box; return how much was."""
    known = list(
        session.scalars(
            select(TrackingEvent).where(
                TrackingEvent.warehouse_id == actor.warehouse_id, TrackingEvent.label_id == label.id
            )
        )
    )
    seen = {(event.at, event.status, event.details, event.place) for event in known}
    fresh: list[TrackingEvent] = []
    for one in track.events:
        key = (one.at, TrackStatus(one.status.value), _clipped(one.details, _DETAILS), _clipped(one.place, _PLACE))
        if key in seen:
            continue
        seen.add(key)
        at, status, details, place = key
        fresh.append(
            TrackingEvent(
                warehouse_id=actor.warehouse_id,
                label_id=label.id,
                at=at,
                status=status,
                details=details,
                place=place,
                heard_at=actor.at,
                message_id=message_id,
                simulated=track.simulated,
            )
        )
    session.add_all(fresh)
    _move(session, actor, label, package, [*known, *fresh])
    session.flush()
    return len(fresh)


def _clipped(text: str, most: int) -> str:
    return text.replace("\0", "")[:most]


def _move(session: Session, actor: Actor, label: AnyLabel, package: Package, events: Sequence[TrackingEvent]) -> None:
    now = whereabouts(events)
    if now.status is not None and now.status is not label.track_status:
        last = max((event for event in events if event.status is now.status), key=lambda event: event.at)
        moved = TrackingMoved(
            order_id=package.order_id,
            package=package.barcode,
            then=now.status,
            at=last.at.isoformat(),
            details=last.details,
            place=last.place,
        )
        record(session, actor, moved)
    label.track_status, label.tracked_at, label.delivered_at = now.status, now.at, now.delivered_at


def ask_again(session: Session, actor: Actor, label: AnyLabel, package: Package) -> None:
    """Say when the carrier of a locked label's box is to be asked next: never, once it has arrived or is given up."""
    is_return = isinstance(label, ReturnLabel)
    since = label.bought_at if is_return else package.handed_over_at
    is_unused = is_return and label.track_status in _NOT_UNDER_WAY
    if since is None or label.track_status in ARRIVED:
        label.track_due_at = None
    elif actor.at - since > (RETURN_GIVEN_UP_AFTER if is_return else GIVEN_UP_AFTER):
        is_told = label.track_due_at is None  # when it was given up
        label.track_due_at = None
        if not is_told and not is_unused:
            _tell_given_up(session, actor, label, package)
    else:
        silent_for = actor.at - max(since, label.tracked_at or since)
        label.track_due_at = actor.at + min(max(silent_for, LONGEST_PAUSE if is_unused else QUIET), LONGEST_PAUSE)


def _tell_given_up(session: Session, actor: Actor, label: AnyLabel, package: Package) -> None:
    what = f"not delivered {GIVEN_UP_AFTER.days} days after it left"
    if isinstance(label, ReturnLabel):
        what = f"on its way back, and not here {RETURN_GIVEN_UP_AFTER.days // 7} weeks after its label was bought"
    text = f"{label.tracking_number}: {what}"
    settling.tell(session, actor, ExceptionKind.LABEL, text, order_id=package.order_id, subject_id=label.id)


def put_off(actor: Actor, label: AnyLabel, pause: dt.timedelta) -> None:
    """Let a locked label's carrier be asked later, because it cannot be now."""
    if label.track_due_at is not None:
        label.track_due_at = actor.at + pause


def due(session: Session, actor: Actor) -> int | None:
    """Return the label whose carrier is to be asked first, None where none is due; one given back has no way."""
    return session.scalars(
        select(AnyLabel.id)
        .where(
            AnyLabel.warehouse_id == actor.warehouse_id,
            AnyLabel.track_due_at <= actor.at,
            AnyLabel.status == LabelStatus.BOUGHT,
        )
        .order_by(AnyLabel.track_due_at, AnyLabel.id)
        .limit(1)
    ).first()


def label_of(session: Session, actor: Actor, track: Track) -> AnyLabel | None:
    """Return the label that a carrier speaks of: by its purchase where told, else by its tracking number."""
    mine = and_(AnyLabel.warehouse_id == actor.warehouse_id, AnyLabel.tracking_number == plain(track.tracking_number))
    found = session.scalars(select(AnyLabel).where(mine).order_by(AnyLabel.id.desc())).all()
    exact = [label for label in found if track.external_id and label.external_id == track.external_id]
    return next(iter(exact or found), None)


def promised_at(ship_by_at: dt.datetime | None, days: int | None, zone: ZoneInfo) -> dt.datetime | None:
    """Return the end of the day by which a box may be expected: the carrier's days after the promised collection.

    None where one of both is not known: a number of days that cannot be meant says nothing.
    """
    if ship_by_at is None or days is None or not 0 <= days <= LONGEST_WAY:
        return None
    day = ship_by_at.astimezone(zone).date() + dt.timedelta(days=days + 1)
    return dt.datetime.combine(day, dt.time.min, zone).astimezone(dt.UTC)
