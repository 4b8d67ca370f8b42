"""One order as its page shows it: lines, holds, stock set aside, walks, boxes and labels, put-backs, its life."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.calendar import CarrierService
from wms.domain.errors import NotFoundError
from wms.domain.floor import Location
from wms.domain.orders import ORDER_LIFECYCLE, Hold, HoldKind, Order, OrderLine, OrderStatus
from wms.domain.packing import Package, PackageLine, PackageStatus
from wms.domain.people import Worker
from wms.domain.picking import Batch, BatchOrder, BatchStatus, PickTask
from wms.domain.shipping import STANDING, Label, LabelStatus
from wms.domain.totes import Tote
from wms.domain.tracking import TrackStatus
from wms.domain.waves import Allocation, Wave, WaveOrder
from wms.services.ordering import addresses, telling
from wms.services.ordering.addresses import CheckView
from wms.services.ordering.desk import too_late_to, why_address_stays
from wms.services.ordering.telling import Moment
from wms.services.orders.promising import NOT_WAVED, local, zone_of
from wms.services.stock import putting_back
from wms.services.stock.putting_back import OpenPutBack


@dataclass(frozen=True, kw_only=True, slots=True)
class LineRow:
    """A line: bought, owed by this warehouse, put into totes, scanned into boxes; `set_aside` names shelves.

    `replaces` is the SKU that it is a substitute for, '' for a line that the customer bought.
    """

    sku: str
    name: str
    replaces: str
    quantity: int
    to_pick: int
    picked: int
    packed: int
    set_aside: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldRow:
    """A hold; `by` is who put it ('' the program), `is_active` while it holds."""

    key: str
    kind: HoldKind
    reason: str
    by: str
    at: dt.datetime
    until: dt.datetime | None
    is_active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class WalkRow:
    """A batch that takes the order, with its tote and the lane it stands in ('' for none)."""

    batch: str
    status: BatchStatus
    worker: str
    tote: str
    lane: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxRow:
    """A box with its newest label, and what the carrier says of it."""

    key: str
    barcode: str
    number: int
    status: PackageStatus
    weight_g: int
    label: LabelStatus | None
    tracking_number: str
    carrier: str
    track_status: TrackStatus | None
    delivered_at: dt.datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPage:
    """All that the page of an order shows; times are the warehouse's.

    `can` holds the words of what may be done now, `cannot` the sentences why the rest is over for an order under way.
    """

    key: str
    order: Order
    carrier: str
    wave: str
    wave_key: str
    placed_at: dt.datetime
    received_at: dt.datetime
    cutoff_at: dt.datetime | None
    ship_by_at: dt.datetime | None
    shipped_at: dt.datetime | None
    lines: tuple[LineRow, ...]
    holds: tuple[HoldRow, ...]
    walks: tuple[WalkRow, ...]
    boxes: tuple[BoxRow, ...]
    put_backs: tuple[OpenPutBack, ...]
    life: tuple[Moment, ...]
    can: frozenset[str]
    cannot: tuple[str, ...]
    check: CheckView | None


def order_page(session: Session, actor: Actor, order_id: int, *, each_scan: bool = False) -> OrderPage:
    """Read an order with everything about it; NotFoundError where there is none."""
    order = session.get(Order, (actor.warehouse_id, order_id))
    if order is None:
        raise NotFoundError("order", order_id)
    zone = zone_of(session, actor)
    service = session.get(CarrierService, (actor.warehouse_id, order.carrier_service_id or 0))
    wave = session.scalars(
        select(Wave)
        .join(WaveOrder, and_(WaveOrder.warehouse_id == Wave.warehouse_id, WaveOrder.wave_id == Wave.id))
        .where(WaveOrder.warehouse_id == actor.warehouse_id, WaveOrder.order_id == order_id)
    ).one_or_none()
    boxes = _boxes(session, actor, order_id, zone)
    return OrderPage(
        key=text_id(order_id),
        order=order,
        carrier=service.name if service else "",
        wave=f"Wave {wave.number}" if wave else "",
        wave_key=text_id(wave.id) if wave else "",
        placed_at=order.placed_at.astimezone(zone),
        received_at=order.received_at.astimezone(zone),
        cutoff_at=local(order.cutoff_at, zone),
        ship_by_at=local(order.ship_by_at, zone),
        shipped_at=local(order.shipped_at, zone),
        lines=_lines(session, actor, order_id),
        holds=_holds(session, actor, order_id, zone),
        walks=_walks(session, actor, order_id),
        boxes=boxes,
        put_backs=putting_back.open_put_backs(session, actor, order_id),
        life=telling.timeline(session, actor, order_id, zone, each_scan=each_scan),
        can=_can(order, boxes),
        cannot=_cannot(order, boxes),
        check=addresses.view(session, actor, order),
    )


def _can(order: Order, boxes: tuple[BoxRow, ...]) -> frozenset[str]:
    has_ended = order.status in ORDER_LIFECYCLE.ends
    words = {
        "hold": order.status in NOT_WAVED,
        "prioritise": order.status in NOT_WAVED,
        "cancel": not has_ended and all(box.status is not PackageStatus.HANDED_OVER for box in boxes),
        "correct": not why_address_stays(order, has_label=_has_label(boxes)),
        "pick again": order.status is OrderStatus.SHORT,
    }
    return frozenset(word for word, may in words.items() if may)


def _cannot(order: Order, boxes: tuple[BoxRow, ...]) -> tuple[str, ...]:
    if order.status in ORDER_LIFECYCLE.ends:
        return ()
    sentences = too_late_to("hold", order), why_address_stays(order, has_label=_has_label(boxes))
    return tuple(sentence for sentence in sentences if sentence)


def _has_label(boxes: tuple[BoxRow, ...]) -> bool:
    return any(box.label in STANDING for box in boxes)


def _lines(session: Session, actor: Actor, order_id: int) -> tuple[LineRow, ...]:
    mine = PickTask.warehouse_id == actor.warehouse_id
    picked = _sums(
        session,
        select(PickTask.line_id, func.sum(PickTask.picked))
        .where(mine, PickTask.order_id == order_id)
        .group_by(PickTask.line_id),
    )
    packed = _sums(
        session,
        select(PackageLine.line_id, func.sum(PackageLine.quantity))
        .join(Package, and_(Package.warehouse_id == PackageLine.warehouse_id, Package.id == PackageLine.package_id))
        .where(
            PackageLine.warehouse_id == actor.warehouse_id,
            Package.order_id == order_id,
            Package.status != PackageStatus.CANCELLED,
        )
        .group_by(PackageLine.line_id),
    )
    aside = _set_aside(session, actor, order_id)
    lines = session.scalars(
        select(OrderLine)
        .where(OrderLine.warehouse_id == actor.warehouse_id, OrderLine.order_id == order_id)
        .order_by(OrderLine.position, OrderLine.id)
    ).all()
    sku_of = {line.id: line.sku for line in lines}
    return tuple(
        LineRow(
            sku=line.sku,
            name=line.name,
            replaces=sku_of[line.replaces_id] if line.replaces_id else "",
            quantity=line.quantity,
            to_pick=line.to_pick,
            picked=picked.get(line.id, 0),
            packed=packed.get(line.id, 0),
            set_aside=aside.get(line.id, ""),
        )
        for line in lines
        if line.to_pick or line.replaces_id is None  # a substitute that was taken back is none
    )


def _sums(session: Session, statement: Select[int, int]) -> dict[int, int]:
    return {line_id: int(units) for line_id, units in session.execute(statement)}


def _set_aside(session: Session, actor: Actor, order_id: int) -> dict[int, str]:
    rows = session.execute(
        select(Allocation.line_id, Allocation.quantity, Location.code)
        .join(Location, and_(Location.warehouse_id == Allocation.warehouse_id, Location.id == Allocation.place_id))
        .where(Allocation.warehouse_id == actor.warehouse_id, Allocation.order_id == order_id, Allocation.quantity > 0)
        .order_by(Location.pick_sequence, Allocation.id)
    )
    found: dict[int, str] = {}
    for line_id, quantity, code in rows:
        found[line_id] = f"{found[line_id]}, {quantity} at {code}" if line_id in found else f"{quantity} at {code}"
    return found


def _holds(session: Session, actor: Actor, order_id: int, zone: ZoneInfo) -> tuple[HoldRow, ...]:
    rows = session.execute(
        select(Hold, Worker.name)
        .outerjoin(Worker, and_(Worker.warehouse_id == Hold.warehouse_id, Worker.id == Hold.worker_id))
        .where(Hold.warehouse_id == actor.warehouse_id, Hold.order_id == order_id)
        .order_by(Hold.released_at.is_not(None), Hold.at, Hold.id)
    )
    return tuple(
        HoldRow(
            key=text_id(hold.id),
            kind=hold.kind,
            reason=hold.reason,
            by=name or "",
            at=hold.at.astimezone(zone),
            until=local(hold.until, zone),
            is_active=hold.released_at is None and (hold.until is None or hold.until > actor.at),
        )
        for hold, name in rows
    )


def _walks(session: Session, actor: Actor, order_id: int) -> tuple[WalkRow, ...]:
    rows = session.execute(
        select(
            Batch.name.label("batch"),
            Batch.status,
            func.coalesce(Worker.name, "").label("worker"),
            func.coalesce(Tote.barcode, "").label("tote"),
            func.coalesce(Location.code, "").label("lane"),
        )
        .select_from(BatchOrder)
        .join(Batch, and_(Batch.warehouse_id == BatchOrder.warehouse_id, Batch.id == BatchOrder.batch_id))
        .outerjoin(Worker, and_(Worker.warehouse_id == Batch.warehouse_id, Worker.id == Batch.worker_id))
        .outerjoin(Tote, and_(Tote.warehouse_id == BatchOrder.warehouse_id, Tote.id == BatchOrder.tote_id))
        .outerjoin(
            Location,
            and_(
                Location.warehouse_id == Tote.warehouse_id,
                Location.id == Tote.lane_id,
                Tote.order_id == BatchOrder.order_id,
            ),
        )
        .where(BatchOrder.warehouse_id == actor.warehouse_id, BatchOrder.order_id == order_id)
        .order_by(Batch.id)
    ).mappings()
    return tuple(WalkRow(**row) for row in rows)


def _boxes(session: Session, actor: Actor, order_id: int, zone: ZoneInfo) -> tuple[BoxRow, ...]:
    packages = session.scalars(
        select(Package)
        .where(Package.warehouse_id == actor.warehouse_id, Package.order_id == order_id)
        .order_by(Package.number)
    ).all()
    labels = session.scalars(
        select(Label)
        .where(Label.warehouse_id == actor.warehouse_id, Label.package_id.in_([box.id for box in packages]))
        .order_by(Label.id)
    )
    newest = {label.package_id: label for label in labels}
    return tuple(_box(package, newest.get(package.id), zone) for package in packages)


def _box(package: Package, label: Label | None, zone: ZoneInfo) -> BoxRow:
    return BoxRow(
        key=text_id(package.id),
        barcode=package.barcode,
        number=package.number,
        status=package.status,
        weight_g=package.weight_g,
        label=label.status if label else None,
        tracking_number=label.tracking_number if label else "",
        carrier=label.carrier if label else "",
        track_status=label.track_status if label else None,
        delivered_at=local(label.delivered_at, zone) if label else None,
    )
