"""The accepted steps of a walk, newest first, so that UNDO takes back what was done last."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.ids import new_id
from wms.domain.picked import PickStep, StepKind
from wms.domain.picking import PickTask

# On the table and by the connection, as the journal is written: each accepted scan adds a row.
_INSERT = insert(PickStep.__table__)  # type: ignore[arg-type] # declared as FromClause, it is a Table
_NEWEST = (
    select(PickStep)
    .where(PickStep.warehouse_id == bindparam("warehouse"), PickStep.batch_id == bindparam("batch"))
    .order_by(PickStep.id.desc())
    .limit(1)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)


def note(session: Session, actor: Actor, batch_id: int, task_id: int, kind: StepKind, **before: Any) -> None:
    """Write an accepted step down, with what UNDO needs to know of the time before it."""
    row = {
        "warehouse_id": actor.warehouse_id,
        "id": new_id(),
        "batch_id": batch_id,
        "task_id": task_id,
        "kind": kind,
        "at": actor.at,
        "before": before,
        "scan": actor.scan,
    }
    _ = session.connection().execute(_INSERT, row)


def newest(session: Session, actor: Actor, batch_id: int) -> PickStep | None:
    """Return the last step of a walk that was not taken back, locked."""
    return session.scalars(_NEWEST, {"warehouse": actor.warehouse_id, "batch": batch_id}).one_or_none()


def lot_of_its_scan(session: Session, actor: Actor, step: PickStep) -> PickStep | None:
    """Return the lot that the scan of a step has proved or changed too, None where it did no such thing."""
    if step.scan is None:
        return None
    return session.scalars(
        select(PickStep)
        .where(
            PickStep.warehouse_id == actor.warehouse_id,
            PickStep.batch_id == step.batch_id,
            PickStep.scan == step.scan,
            PickStep.kind == StepKind.LOT,
        )
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def newest_said(session: Session, actor: Actor, task: PickTask) -> Sequence[PickStep]:
    """Return what was said to be missing of a task and not taken back, newest first, locked."""
    return session.scalars(
        select(PickStep)
        .where(
            PickStep.warehouse_id == actor.warehouse_id,
            PickStep.batch_id == task.batch_id,
            PickStep.task_id == task.id,
            PickStep.kind == StepKind.SAID,
        )
        .order_by(PickStep.id.desc())
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def forget_locations(session: Session, actor: Actor, batch_id: int) -> None:
    """Drop from a walk that changes hands where its worker stood; what was done stays, and can be taken back."""
    _ = session.execute(
        delete(PickStep).where(
            PickStep.warehouse_id == actor.warehouse_id,
            PickStep.batch_id == batch_id,
            PickStep.kind == StepKind.LOCATION,
        )
    )


def forget(session: Session, actor: Actor, batch_id: int) -> None:
    """Drop the steps of a walk that is over: nothing of it is taken back any more."""
    _ = session.execute(
        delete(PickStep).where(PickStep.warehouse_id == actor.warehouse_id, PickStep.batch_id == batch_id)
    )
