"""The laws of what carriers sell and say, for `wms verify`."""

import itertools
from collections.abc import Callable, Iterator

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from wms.domain.shipping import Label
from wms.domain.tracking import TrackingEvent, Whereabouts, whereabouts

_MANY = 1_000


def tracking_follows_from_its_events(session: Session, warehouse_id: int) -> Iterator[str]:
    """What a label says of its box's way is what its events come to by their own moments."""
    rows = session.execute(
        select(Label, TrackingEvent)
        .outerjoin(
            TrackingEvent,
            and_(TrackingEvent.warehouse_id == Label.warehouse_id, TrackingEvent.label_id == Label.id),
        )
        .where(
            Label.warehouse_id == warehouse_id,
            or_(Label.track_status.is_not(None), Label.delivered_at.is_not(None), TrackingEvent.id.is_not(None)),
        )
        .order_by(Label.id)
        .execution_options(yield_per=_MANY)
    )
    for label, told in itertools.groupby(rows, key=lambda row: row[0]):
        follows = whereabouts(filter(None, (event for _, event in told)))
        says = Whereabouts(status=label.track_status, at=label.tracked_at, delivered_at=label.delivered_at)
        if says != follows:
            yield f"label {label.tracking_number} says its box is {says.status}, its events say {follows.status}"


CHECKS: tuple[Callable[[Session, int], Iterator[str]], ...] = (tracking_follows_from_its_events,)
