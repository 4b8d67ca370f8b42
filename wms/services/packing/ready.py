"""The bench with nothing on it: which totes and items would be packed now, and what waits for something else first."""

import datetime as dt

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.calendar import CarrierService
from wms.domain.floor import Location, LocationKind
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.picking import PickTask
from wms.domain.totes import Tote, ToteStatus
from wms.services.packing.bench import Found
from wms.services.packing.box import labels
from wms.services.packing.screens import ScanTote
from wms.services.packing.unit import singles
from wms.services.scans.screens import clock
from wms.services.stock import unsorted

_SHOWN_TOTES = 60
_other = aliased(Tote)
# As tote/refusals.py says of a tote that is scanned: its order lies on a bench.
_is_open = or_(
    exists().where(
        Package.warehouse_id == Order.warehouse_id,
        Package.order_id == Order.id,
        Package.status == PackageStatus.OPEN,
    ),
    exists().where(
        _other.warehouse_id == Order.warehouse_id, _other.order_id == Order.id, _other.status == ToteStatus.PACKING
    ),
)


def screen(session: Session, actor: Actor, row: Found) -> ScanTote:
    """Show what waits: staged totes of picked orders, the next out first, without those set aside."""
    staged = session.execute(
        select(
            Tote.barcode,
            Tote.staged_at,
            Order.cutoff_at,
            CarrierService.carrier,
            Order.id.in_(unsorted.all_of(actor, PickTask.order_id)).label("is_unsorted"),
        )
        .join(Order, and_(Order.warehouse_id == Tote.warehouse_id, Order.id == Tote.order_id))
        .outerjoin(
            CarrierService,
            and_(CarrierService.warehouse_id == Order.warehouse_id, CarrierService.id == Order.carrier_service_id),
        )
        .outerjoin(Location, and_(Location.warehouse_id == Tote.warehouse_id, Location.id == Tote.lane_id))
        .where(
            Tote.warehouse_id == actor.warehouse_id,
            Tote.status == ToteStatus.STAGED,
            Order.status == OrderStatus.PICKED,
            or_(Location.id.is_(None), Location.kind != LocationKind.HOLD),
            ~_is_open,
        )
        .order_by(Order.cutoff_at, Tote.staged_at, Tote.id)
    ).all()
    waiting = [found for found in staged if not found.is_unsorted]
    alone = singles.waiting(session, actor)
    last = labels.last_sealed(session, actor, row.station_id)
    first = min((*waiting[:1], *alone[:1]), key=lambda found: (found.cutoff_at is None, found.cutoff_at), default=None)
    since = [found.staged_at for found in (*waiting, *alone) if found.staged_at]
    return ScanTote(
        token=f"ready-{text_id(row.station_id)}",
        job=row.station,
        accept=(
            *(found.barcode for found in waiting[:_SHOWN_TOTES]),
            *singles.accepted(session, actor, alone, _SHOWN_TOTES),
        ),
        waiting=len(waiting),
        unsorted=len(staged) - len(waiting),
        singles=len(alone),
        shared=tuple(sorted({found.barcode for found in alone})),
        next_carrier=(first.carrier or "") if first else "",
        next_due=clock(first.cutoff_at, row.time_zone, actor.at) if first else "",
        next_minutes=_minutes(first.cutoff_at - actor.at) if first and first.cutoff_at else 0,
        oldest_minutes=_minutes(actor.at - min(since)) if since else 0,
        last=last[1] if last else "",
    )


def _minutes(span: dt.timedelta) -> int:
    return int(span.total_seconds() // 60)
