"""The laws of what carriers sell and say, for `wms verify`."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from wms.domain.manifests import Manifest, ManifestStatus
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


def a_label_is_on_one_manifest(session: Session, warehouse_id: int) -> Iterator[str]:
    """A manifest that stands holds exactly the labels that name it, and no purchase is asked for on two."""
    named: dict[int | None, set[str]] = {}
    on_one = select(Label.manifest_id, Label.external_id).where(
        Label.warehouse_id == warehouse_id, Label.manifest_id.is_not(None)
    )
    for manifest_id, external_id in session.execute(on_one):
        named.setdefault(manifest_id, set()).add(external_id)
    asked: Counter[str] = Counter()
    for manifest in session.scalars(select(Manifest).where(Manifest.warehouse_id == warehouse_id)):
        holds = set() if manifest.status is ManifestStatus.REFUSED else set(manifest.prepared["labels"])
        asked.update(holds)
        if named.get(manifest.id, set()) != holds:
            yield f"manifest {manifest.id} is {manifest.status}, and other labels name it than it holds"
    for external_id, times in asked.items():
        if times > 1:
            yield f"label {external_id} is on {times} manifests"


CHECKS: tuple[Callable[[Session, int], Iterator[str]], ...] = (
    tracking_follows_from_its_events,
    a_label_is_on_one_manifest,
)
