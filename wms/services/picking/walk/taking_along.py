"""What a picker was in the middle of on a walk goes on with whoever has that walk now."""

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.errands import Errand


def take_along(session: Session, actor: Actor, which: ColumnElement[bool]) -> None:
    """Let an errand be this worker's, in place of any other of theirs."""
    errand = session.scalars(
        select(Errand).where(Errand.warehouse_id == actor.warehouse_id, which).execution_options(populate_existing=True)
    ).one_or_none()
    if errand is None or actor.worker_id is None or errand.worker_id == actor.worker_id:
        return
    _ = session.execute(
        delete(Errand).where(Errand.warehouse_id == actor.warehouse_id, Errand.worker_id == actor.worker_id)
    )
    errand.worker_id = actor.worker_id
    session.flush()
