"""The labels of a box as its page shows them: each with its prints, the money that came back, and its box's way."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.floor import Printer
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.refunds import Refund, RefundStatus
from wms.domain.shipping import AnyLabel, LabelStatus
from wms.domain.tracking import TrackingEvent, TrackStatus
from wms.services.carriers import labelling, refunding
from wms.services.orders.promising import local

_STANDS = frozenset({LabelStatus.BOUGHT, LabelStatus.UNSETTLED})
_BECAME = {
    RefundStatus.PENDING: ", to come back",
    RefundStatus.REFUNDED: ", came back",
    RefundStatus.REJECTED: ", kept by the carrier",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintRow:
    """One print of a label: its copy, where, and how it ended."""

    copy: int
    printer: str
    at: dt.datetime
    status: PrintStatus
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackRow:
    """One thing its carrier said of a box on its way; `simulated` where no carrier was asked."""

    at: dt.datetime
    status: TrackStatus
    details: str
    place: str
    simulated: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundRow:
    """The money of a label given back, or of a further purchase of it that was one too many (`is_surplus`)."""

    purchase: str
    is_surplus: bool
    asked_at: dt.datetime
    status: RefundStatus
    ended_at: dt.datetime | None
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelRow:
    """A label asked for, with its prints, refunds and its box's way; `amount` is '' where none was paid.

    `is_void_refused`: it stands, although it was to be given back.
    """

    key: str
    status: LabelStatus
    carrier: str
    service: str
    choice: str
    tracking_number: str
    amount: str
    asked_at: dt.datetime
    bought_at: dt.datetime | None
    reason: str
    prints: tuple[PrintRow, ...]
    refunds: tuple[RefundRow, ...]
    can_be_voided: bool
    is_void_refused: bool
    track_status: TrackStatus | None
    promised_at: dt.datetime | None
    delivered_at: dt.datetime | None
    way: tuple[TrackRow, ...]

    @property
    def money(self) -> str:
        """What it cost and what became of that; '' where nothing was paid."""
        became = next((_BECAME[refund.status] for refund in self.refunds if not refund.is_surplus), "")
        return f"{self.amount}{became}" if self.amount else ""

    @property
    def on_time(self) -> bool | None:
        """Whether the box came by the promised moment; None where nothing is promised or it has not come."""
        if self.delivered_at is None or self.promised_at is None:
            return None
        return self.delivered_at <= self.promised_at


def labels_of(
    session: Session, actor: Actor, package_id: int, zone: ZoneInfo, kind: type[AnyLabel]
) -> tuple[LabelRow, ...]:
    """Return the labels of a box that go one way, as their class says, oldest first."""
    labels = session.scalars(
        select(kind).where(kind.warehouse_id == actor.warehouse_id, kind.package_id == package_id).order_by(kind.id)
    ).all()
    label_ids = [label.id for label in labels]
    prints = _prints(session, actor, label_ids, zone)
    ways = _ways(session, actor, label_ids, zone)
    refunds: dict[int, list[Refund]] = defaultdict(list)
    for refund in refunding.of_labels(session, actor, label_ids):
        refunds[refund.label_id].append(refund)
    return tuple(
        LabelRow(
            key=text_id(label.id),
            status=label.status,
            carrier=label.carrier,
            service=label.service,
            choice=label.choice,
            tracking_number=label.tracking_number,
            amount=refunding.money(label) if label.charged or label.id in refunds else "",
            asked_at=label.wanted_at.astimezone(zone),
            bought_at=local(label.bought_at, zone),
            reason=label.reason,
            prints=tuple(prints[label.id]),
            refunds=tuple(_refund(refund, label, zone) for refund in refunds[label.id]),
            can_be_voided=labelling.can_be_voided(label),
            is_void_refused=label.status in _STANDS and labelling.was_void_asked(session, actor, label),
            track_status=label.track_status,
            promised_at=local(label.promised_at, zone),
            delivered_at=local(label.delivered_at, zone),
            way=tuple(ways[label.id]),
        )
        for label in labels
    )


def _refund(refund: Refund, label: AnyLabel, zone: ZoneInfo) -> RefundRow:
    return RefundRow(
        purchase=refund.external_id,
        is_surplus=refund.external_id != label.external_id,
        asked_at=refund.asked_at.astimezone(zone),
        status=refund.status,
        ended_at=local(refund.ended_at, zone),
        reason=refund.reason,
    )


def _prints(session: Session, actor: Actor, label_ids: Sequence[int], zone: ZoneInfo) -> Mapping[int, list[PrintRow]]:
    rows = session.execute(
        select(PrintJob.label_id, PrintJob.copy, PrintJob.queued_at, PrintJob.status, PrintJob.reason, Printer.name)
        .join(Printer, and_(Printer.warehouse_id == PrintJob.warehouse_id, Printer.id == PrintJob.printer_id))
        .where(PrintJob.warehouse_id == actor.warehouse_id, PrintJob.label_id.in_(label_ids))
        .order_by(PrintJob.copy, PrintJob.id)
    )
    found: dict[int, list[PrintRow]] = defaultdict(list)
    for label_id, copy, at, status, reason, printer in rows:
        found[label_id or 0].append(
            PrintRow(copy=copy, printer=printer, at=at.astimezone(zone), status=status, reason=reason)
        )
    return found


def _ways(session: Session, actor: Actor, label_ids: Sequence[int], zone: ZoneInfo) -> Mapping[int, list[TrackRow]]:
    events = session.scalars(
        select(TrackingEvent)
        .where(TrackingEvent.warehouse_id == actor.warehouse_id, TrackingEvent.label_id.in_(label_ids))
        .order_by(TrackingEvent.at, TrackingEvent.id)
    )
    found: dict[int, list[TrackRow]] = defaultdict(list)
    for event in events:
        found[event.label_id].append(
            TrackRow(
                at=event.at.astimezone(zone),
                status=event.status,
                details=event.details,
                place=event.place,
                simulated=event.simulated,
            )
        )
    return found
