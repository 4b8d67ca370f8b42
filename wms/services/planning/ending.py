"""The end of a wave: nobody says it, it comes with the last of its walks."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.journal import record
from wms.domain.picking import Batch, BatchStatus
from wms.domain.waves import Wave, WaveStatus

_GOING_ON = (BatchStatus.WAITING, BatchStatus.STARTED)


def end_wave(session: Session, actor: Actor, wave: Wave) -> None:
    """End a locked wave that has no walk left: done where one was walked, else taken back."""
    going_on = session.scalar(
        select(func.count()).where(
            Batch.warehouse_id == actor.warehouse_id, Batch.wave_id == wave.id, Batch.status.in_(_GOING_ON)
        )
    )
    if going_on:
        return
    if wave.status is WaveStatus.PICKING:
        record(session, actor, wave.move_to(WaveStatus.DONE))
    elif wave.status in {WaveStatus.PLANNED, WaveStatus.RELEASED}:
        record(session, actor, wave.move_to(WaveStatus.TAKEN_BACK))
    session.flush()
