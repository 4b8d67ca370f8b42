"""Workers on the admin pages: a new badge takes the old one's place, a switch lets them in or keeps them out."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor, Role
from wms.domain.errors import DomainError
from wms.domain.journal import Event, record
from wms.domain.people import Worker, WorkerSession
from wms.services.importing.people import fresh_badge


class LastAdminError(DomainError):
    """The change would leave nobody who may undo it."""

    def __init__(self) -> None:
        super().__init__("Nobody else is an admin. Make another worker an admin first.")


@dataclass(frozen=True, kw_only=True)
class BadgeIssued(Event):
    """A worker got a new badge; the old one opens nothing any more."""

    worker: str


@dataclass(frozen=True, kw_only=True)
class WorkerSwitched(Event):
    """A worker may sign in again, or no longer."""

    worker: str
    active: bool


def new_badge(session: Session, actor: Actor, worker: Worker) -> None:
    """Give a worker a fresh random badge and end the sessions that the old one opened."""
    worker.badge = fresh_badge(session, actor)
    session.flush()
    end_sessions(session, actor, worker.name)
    record(session, actor, BadgeIssued(worker=worker.name))


def switch(session: Session, actor: Actor, worker: Worker, *, active: bool) -> None:
    """Let a worker sign in, or no longer; LastAdminError where nobody else could switch it back."""
    if worker.active == active:
        return
    worker.active = active
    session.flush()
    need_an_admin(session, actor)
    if not active:
        end_sessions(session, actor, worker.name)
    record(session, actor, WorkerSwitched(worker=worker.name, active=active))


def end_sessions(session: Session, actor: Actor, name: str) -> None:
    """End a worker's open sessions on all devices but the one that asks for it."""
    worker = select(Worker.id).where(Worker.warehouse_id == actor.warehouse_id, Worker.name == name).scalar_subquery()
    _ = session.execute(
        update(WorkerSession)
        .where(
            WorkerSession.warehouse_id == actor.warehouse_id,
            WorkerSession.worker_id == worker,
            WorkerSession.id != (actor.session_id or 0),
            WorkerSession.ended_at.is_(None),
        )
        .values(ended_at=actor.at)
    )


def need_an_admin(session: Session, actor: Actor) -> None:
    """Refuse a state in which no active worker is an admin."""
    roles = session.scalars(
        select(Worker.roles_text).where(Worker.warehouse_id == actor.warehouse_id, Worker.active.is_(True))
    )
    if not any(Role.ADMIN in text.split("|") for text in roles):
        raise LastAdminError
