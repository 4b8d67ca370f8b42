"""The outbox: slow work asked for in the transaction that causes it, taken by a worker with a lease."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from wms.domain.actor import Actor
from wms.domain.base import Base, EnumText, Row, one_of


class JobKind(StrEnum):
    """What a job does; jobs/handlers has one function for each."""

    BUY_LABEL = "buy label"
    VOID_LABEL = "void label"
    PRINT = "print"
    KEEP_WAVE = "keep wave"
    WEIGH = "weigh"
    READ_TRACKING = "read tracking"
    TRACK = "track"
    MAKE_MANIFEST = "make manifest"
    CHECK_ADDRESS = "check address"
    FOLLOW_REFUNDS = "follow refunds"


class JobStatus(StrEnum):
    """Where a job stands: OPEN is due at `due_at`, DEAD has used up its attempts and waits for a person."""

    OPEN = "open"
    DONE = "done"
    DEAD = "dead"


_OWNED = text("lane <> '' AND owner <> ''")


class Job(Row, Base, kw_only=True):
    """Slow work, one job at a time in its `lane` ('' = no lane; each printer is one).

    `key` makes it unique; `owner`, `attempt` and `leased_until` fence a worker that was lost.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "key"),
        Index(None, "warehouse_id", "status", "due_at"),
        Index("uq_jobs_lane_owned", "warehouse_id", "lane", unique=True, sqlite_where=_OWNED, postgresql_where=_OWNED),
        one_of("kind", JobKind),
        one_of("status", JobStatus),
    )

    kind: Mapped[JobKind] = mapped_column(EnumText(JobKind))
    key: Mapped[str] = mapped_column(String(120))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    lane: Mapped[str] = mapped_column(String(60))
    asked_at: Mapped[dt.datetime]
    due_at: Mapped[dt.datetime]
    status: Mapped[JobStatus] = mapped_column(EnumText(JobStatus), default=JobStatus.OPEN)
    attempt: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str] = mapped_column(String(60), default="")
    leased_until: Mapped[dt.datetime | None] = mapped_column(default=None)
    error: Mapped[str] = mapped_column(String(500), default="")
    ended_at: Mapped[dt.datetime | None] = mapped_column(default=None)


def hasten(session: Session, actor: Actor, kind: JobKind) -> None:
    """Let the open jobs of a kind that nobody works on be due now: there is news for them."""
    _ = session.execute(
        update(Job)
        .where(
            Job.warehouse_id == actor.warehouse_id,
            Job.kind == kind,
            Job.status == JobStatus.OPEN,
            Job.owner == "",
            Job.due_at > actor.at,
        )
        .values(due_at=actor.at)
    )


def enqueue(session: Session, actor: Actor, kind: JobKind, key: str, *, lane: str = "", **payload: int | str) -> Job:
    """Ask for slow work in the caller's transaction; the unique key refuses the same work twice at the flush."""
    job = Job(
        warehouse_id=actor.warehouse_id,
        kind=kind,
        key=key,
        lane=lane,
        payload=payload,
        asked_at=actor.at,
        due_at=actor.at,
    )
    session.add(job)
    return job


def wake(session: Session, actor: Actor, kind: JobKind, key: str, **payload: int | str) -> None:
    """Ask for slow work that may have been asked for before: a job that has ended begins anew."""
    job = session.scalars(
        select(Job)
        .where(Job.warehouse_id == actor.warehouse_id, Job.key == key)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if job is None:
        _ = enqueue(session, actor, kind, key, lane="", **payload)
    elif job.owner:
        job.attempt += 1  # what its worker looked at is old: its end does not count, and it is taken up once more
    elif job.status is not JobStatus.OPEN:
        job.status, job.attempt, job.ended_at = JobStatus.OPEN, 0, None
        job.asked_at = job.due_at = actor.at
    session.flush()


def keep_asking(session: Session, actor: Actor, kind: JobKind, key: str, **payload: int | str) -> None:
    """Ask for slow work that goes on as long as it is asked for: what is open or at work is left alone."""
    job = session.scalars(select(Job).where(Job.warehouse_id == actor.warehouse_id, Job.key == key)).one_or_none()
    if job is None or job.status is not JobStatus.OPEN:
        wake(session, actor, kind, key, **payload)
