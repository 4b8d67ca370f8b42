"""Errands of a picker: begun by a command card on a walk or between walks, left by UNDO, gone when they are done.

They outlive their device as the walk does: on another one the same screen is shown.
"""

from sqlalchemy import BindParameter, and_, bindparam, delete, exists, or_, select
from sqlalchemy.orm import Session, aliased

from wms.domain.actor import Actor
from wms.domain.codes import Command
from wms.domain.errands import Errand, ErrandKind
from wms.domain.picking import Batch, BatchStatus, TaskStatus
from wms.domain.saying import Said, say
from wms.domain.totes import Tote, ToteStatus
from wms.services.locking import locked_walk
from wms.services.picking import home
from wms.services.picking.screens import BuildCart, DropCart, Home, IsToteEmpty, SortItem, TaskScreen
from wms.services.picking.wall import desks
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback, Screen

KINDS = {Command.BROKEN_TOTE: ErrandKind.BROKEN_TOTE, Command.WRONG_ITEM: ErrandKind.WRONG_ITEM}
_NEVER_MIND = frozenset({Command.UNDO, Command.NO})

_W: BindParameter[int] = bindparam("warehouse")
_WORKER: BindParameter[int] = bindparam("worker")
_walks = (Batch.warehouse_id == _W, Batch.status == BatchStatus.STARTED, Batch.worker_id == _WORKER)
_own = aliased(Batch)
# Of the worker's own walk or, where there is none, between walks.
_CURRENT = (
    select(Errand, _own.name, _own.device)
    .outerjoin(_own, and_(_own.warehouse_id == Errand.warehouse_id, _own.id == Errand.batch_id))
    .where(
        Errand.warehouse_id == _W,
        Errand.worker_id == _WORKER,
        or_(
            and_(_own.status == BatchStatus.STARTED, _own.worker_id == _WORKER),
            and_(Errand.batch_id.is_(None), ~exists().where(*_walks)),
        ),
    )
)


def current(session: Session, actor: Actor) -> Errand | None:
    """Return what this worker is in the middle of, if anything; not where its walk has left this device."""
    values = {"warehouse": actor.warehouse_id, "worker": actor.worker_id}
    row = session.execute(_CURRENT, values, execution_options={"populate_existing": True}).one_or_none()
    if row is None:
        return None
    errand, walk, device = row
    is_gone = errand.batch_id is not None and home.moved_away(session, actor, device, walk)
    return None if is_gone else errand


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
    elif desk is not None and _is_gone(session, desk.tote):
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
            kind=kind,
            batch_id=batch_id,
            tote_id=None if desk is None else desk.tote.id,
        )
    )
    session.flush()
    if desk is not None:
        return feedback.told(_is_known(kind, desk.tote.barcode))
    return feedback.told(say("Scan the broken tote") if kind is ErrandKind.BROKEN_TOTE else say("Scan its tote"))


def _is_gone(session: Session, tote: Tote) -> bool:
    """Lock the tote that is sorted, and tell whether somebody else was done with it in this moment."""
    session.refresh(tote, with_for_update={"key_share": True})
    return tote.status is not ToteStatus.STAGED


def _is_known(kind: ErrandKind, tote: str) -> Said:
    """At the put wall the tote is known: it is the one that is sorted."""
    if kind is ErrandKind.BROKEN_TOTE:
        return say("{tote} is broken. Scan a free one", tote=tote)
    return say("{tote}. Scan the wrong item", tote=tote)


def is_here(session: Session, actor: Actor) -> bool:
    """Bring the walk of the errand to this device, where the worker goes on with it; False where it is theirs no more.

    One between walks is wherever its worker is.
    """
    errand = current(session, actor)
    if errand is None:
        return False
    return errand.batch_id is None or _is_here(session, actor, errand.batch_id)


def _is_here(session: Session, actor: Actor, batch_id: int) -> bool:
    """Move the worker's own walk to this device, whose the errand will be; False where the walk is theirs no more."""
    _, _, batch = locked_walk(session, actor, batch_id)
    if batch.status is not BatchStatus.STARTED or batch.worker_id != actor.worker_id:
        return False
    if batch.device != actor.device:
        home.adopt(session, actor, batch_id)
    return True


def end(session: Session, actor: Actor) -> None:
    """Let the errand of this worker be over; the next screen is the walk's again."""
    _ = session.execute(
        delete(Errand).where(Errand.warehouse_id == actor.warehouse_id, Errand.worker_id == actor.worker_id)
    )


def never_mind(session: Session, actor: Actor, command: Command | None) -> Feedback | None:
    """Leave an errand by UNDO or NO; None for anything else."""
    if command not in _NEVER_MIND:
        return None
    end(session, actor)
    return feedback.told(say("Nothing was changed"))
