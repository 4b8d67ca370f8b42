"""How many boxes came, and how many of them by the moment that was promised."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from wms.domain.shipping import Label, LabelStatus
from wms.domain.tracking import TrackingEvent, TrackStatus

DAYS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Deliveries:
    """Boxes delivered in a stretch of days: those with a promise and those that kept it; `on_way` have not come.

    `simulated` of the delivered ones were never carried: the offline carrier made their ways up.
    """

    days: int
    delivered: int
    promised: int
    on_time: int
    on_way: int
    simulated: int

    @property
    def on_time_pct(self) -> float | None:
        """Per cent on time of those promised, with one decimal; None before the first."""
        return round(self.on_time / self.promised * 100, 1) if self.promised else None


def deliveries(session: Session, warehouse_id: int, at: dt.datetime, days: int = DAYS) -> Deliveries:
    """Count the boxes delivered in the days before a moment."""
    since = at - dt.timedelta(days=days)
    simulated = (
        select(TrackingEvent.id)
        .where(
            TrackingEvent.warehouse_id == Label.warehouse_id,
            TrackingEvent.label_id == Label.id,
            TrackingEvent.status == TrackStatus.DELIVERED,
            TrackingEvent.simulated,
        )
        .exists()
    )
    kept = and_(Label.promised_at.is_not(None), Label.delivered_at <= Label.promised_at)
    bought = (Label.warehouse_id == warehouse_id, Label.status == LabelStatus.BOUGHT)
    delivered, promised, on_time, made_up = session.execute(
        select(
            func.count(),
            func.count(Label.promised_at),
            func.count(case((kept, 1))),
            func.count(case((simulated, 1))),
        ).where(*bought, Label.delivered_at >= since)
    ).one()
    on_way = session.scalar(select(func.count()).select_from(Label).where(*bought, Label.track_due_at.is_not(None)))
    return Deliveries(
        days=days, delivered=delivered, promised=promised, on_time=on_time, on_way=on_way or 0, simulated=made_up
    )
