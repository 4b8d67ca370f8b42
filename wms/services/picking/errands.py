"""Errands of a picker: begun by a command card on a walk or between walks, left by UNDO, gone when they are done."""

from sqlalchemy import BindParameter, and_, bindparam, delete, exists, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Command
from wms.domain.errands import Errand, ErrandKind
from wms.domain.picking import Batch, BatchStatus, TaskStatus
from wms.domain.saying import Said, say
from wms.services import feedback
from wms.services.locking import locked_walk
from wms.services.picking import home
from wms.services.picking.screens import BuildCart, DropCart, Home, IsToteEmpty, SortItem, TaskScreen
from wms.services.picking.wall import desks
from wms.services.screens import Feedback, Screen

KINDS = {Command.BROKEN_TOTE: ErrandKind.BROKEN_TOTE, Command.WRONG_ITEM: ErrandKind.WRONG_ITEM}
_NEVER_MIND = frozenset({Command.UNDO, Command.NO})

_W: BindParameter[int] = bindparam("warehouse")
_WORKER: BindParameter[int] = bindparam("worker")
_walked = (
    Batch.warehouse_id == _W,
    Batch.status == BatchStatus.STARTED,
    Batch.worker_id == _WORKER,
)
# One that was left behind, with its walk or for another device, is nobody's any more.
_CURRENT = select(Errand).where(
    Errand.warehouse_id == _W,
    Errand.worker_id == _WORKER,
    Errand.device == bindparam("device"),
    or_(
        exists().where(*_walked, Batch.id == Errand.batch_id, Batch.device == Errand.device),
        and_(Errand.batch_id.is_(None), ~exists().where(*_walked)),
    ),
)


def current(session: Session, actor: Actor) -> Errand | None:
    """Return what this worker is in the middle of on this device, if anything."""
    values = {"warehouse": actor.warehouse_id, "worker": actor.worker_id, "device": actor.device}
    return session.scalars(_CURRENT, values, execution_options={"populate_existing": True}).one_or_none()


def begin(session: Session, actor: Actor, kind: ErrandKind, screen: Screen) -> Feedback | None:
    """Begin an errand; None where the screen is none that it can be begun on."""
    desk = desks.current(session, actor) if isinstance(screen, SortItem | IsToteEmpty) else None
    if isinstance(screen, TaskScreen):
        if screen.stop.status is TaskStatus.CANCELLED:
            return feedback.wrong(say("Order cancelled. Put it back first"))
        batch_id: int | None = screen.stop.batch_id
    elif isinstance(screen, BuildCart | DropCart):
        batch_id = screen.batch_id
        if not _is_here(session, actor, batch_id):
            return feedback.NOT_COUNTED
    elif desk is not None or (isinstance(screen, Home) and kind is ErrandKind.WRONG_ITEM):
        batch_id = None
    else:
        return None
    end(session, actor)
    session.add(
        Errand(
            warehouse_id=actor.warehouse_id,
            worker_id=actor.worker_id or 0,
            device=actor.device,
            kind=kind,
            batch_id=batch_id,
            tote_id=None if desk is None else desk.tote.id,
        )
    )
    session.flush()
    if desk is not None:
        return feedback.told(_is_known(kind, desk.tote.barcode))
    return feedback.told(say("Scan the broken tote") if kind is ErrandKind.BROKEN_TOTE else say("Scan its tote"))


def _is_known(kind: ErrandKind, tote: str) -> Said:
    """At the put wall the tote is known: it is the one that is sorted."""
    if kind is ErrandKind.BROKEN_TOTE:
        return say("{tote} is broken. Scan a free one", tote=tote)
    return say("{tote}. Scan the wrong item", tote=tote)


def _is_here(session: Session, actor: Actor, batch_id: int) -> bool:
    """Move the worker's own walk to this device, whose the errand will be; False where the walk is theirs no more."""
    _, _, batch = locked_walk(session, actor, batch_id)
    if batch.status is not BatchStatus.STARTED or batch.worker_id != actor.worker_id:
        return False
    if batch.device != actor.device:
        home.adopt(session, actor, batch_id)
    return True


def end(session: Session, actor: Actor) -> None:
    """Let the errand of this worker and device be over; the next screen is the walk's again."""
    _ = session.execute(
        delete(Errand).where(
            Errand.warehouse_id == actor.warehouse_id,
            Errand.worker_id == actor.worker_id,
            Errand.device == actor.device,
        )
    )


def never_mind(session: Session, actor: Actor, command: Command | None) -> Feedback | None:
    """Leave an errand by UNDO or NO; None for anything else."""
    if command not in _NEVER_MIND:
        return None
    end(session, actor)
    return feedback.told(say("Nothing was changed"))
