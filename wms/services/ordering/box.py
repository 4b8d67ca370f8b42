"""One box as its page shows it: who picked, scanned, weighed and sealed what, its labels and each print of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.codes import clean
from wms.domain.errors import DomainError, NotFoundError
from wms.domain.floor import CartonType, Location, Station
from wms.domain.orders import Order, OrderLine
from wms.domain.packing import Package, PackageLine, PackageStatus
from wms.domain.people import Worker
from wms.domain.picked import PickedUnits
from wms.domain.picking import PickTask
from wms.domain.printing import PrintJob
from wms.domain.shipping import STANDING, Label, LabelStatus, ReturnLabel
from wms.services import printing
from wms.services.carriers import labelling, recognising_labels
from wms.services.ordering import telling
from wms.services.ordering.box_labels import LabelRow, labels_of
from wms.services.ordering.telling import Moment
from wms.services.orders.promising import local, zone_of

# A sealed box carries its label; one that was given up has it still where its carrier refused to take it back.
_VOIDABLE = (PackageStatus.OPEN, PackageStatus.CANCELLED)


@dataclass(frozen=True, kw_only=True, slots=True)
class PickRow:
    """Units of one scan at a shelf, by whom and when, and how location, product and tote were proved."""

    quantity: int
    location: str
    worker: str
    at: dt.datetime
    proofs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitRow:
    """Units of a line scanned into the box, and the picks that brought the line's units."""

    sku: str
    name: str
    quantity: int
    lot: str
    serial: str
    picks: tuple[PickRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxPage:
    """All that the page of a box shows; times are the warehouse's. `can` holds the words of what may be done now."""

    key: str
    order_key: str
    order: str
    barcode: str
    number: int
    status: PackageStatus
    station: str
    packer: str
    carton: str
    weight_g: int
    weighed: bool
    opened_at: dt.datetime
    sealed_at: dt.datetime | None
    handed_over_at: dt.datetime | None
    units: tuple[UnitRow, ...]
    labels: tuple[LabelRow, ...]
    returns: tuple[LabelRow, ...]
    life: tuple[Moment, ...]
    can: frozenset[str]


def find(session: Session, actor: Actor, text: str) -> tuple[int, int] | None:
    """Return the ids of the order and the box that a scanned or typed code means: its own or its label's."""
    code = clean(text)
    if not code:
        return None
    box = session.scalars(
        select(Package).where(Package.warehouse_id == actor.warehouse_id, Package.barcode == code)
    ).one_or_none()
    if box is None:
        found = recognising_labels.packages_by_label(session, actor, code)
        box = session.get(Package, (actor.warehouse_id, found.pop())) if len(found) == 1 else None
    return None if box is None else (box.order_id, box.id)


def box_page(session: Session, actor: Actor, package_id: int) -> BoxPage:
    """Read a box with everything about it; NotFoundError where there is none."""
    row = session.execute(
        select(Package, Order.number, Station.name, CartonType.name, Worker.name)
        .join(Order, and_(Order.warehouse_id == Package.warehouse_id, Order.id == Package.order_id))
        .join(Station, and_(Station.warehouse_id == Package.warehouse_id, Station.id == Package.station_id))
        .outerjoin(
            CartonType, and_(CartonType.warehouse_id == Package.warehouse_id, CartonType.id == Package.carton_type_id)
        )
        .outerjoin(Worker, and_(Worker.warehouse_id == Package.warehouse_id, Worker.id == Package.worker_id))
        .where(Package.warehouse_id == actor.warehouse_id, Package.id == package_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("package", package_id)
    box, order, station, carton, packer = row
    zone = zone_of(session, actor)
    labels, returns = (labels_of(session, actor, package_id, zone, kind) for kind in (Label, ReturnLabel))
    return BoxPage(
        key=text_id(box.id),
        order_key=text_id(box.order_id),
        order=order,
        barcode=box.barcode,
        number=box.number,
        status=box.status,
        station=station,
        packer=packer or "",
        carton="its own box" if box.own_box else carton or "",
        weight_g=box.weight_g,
        weighed=box.weighed,
        opened_at=box.opened_at.astimezone(zone),
        sealed_at=local(box.sealed_at, zone),
        handed_over_at=local(box.handed_over_at, zone),
        units=_units(session, actor, package_id, zone),
        labels=labels,
        returns=returns,
        life=telling.timeline(session, actor, box.order_id, zone, each_scan=True, package=box.barcode),
        can=_can(box, labels, returns),
    )


def find_by_any(session: Session, actor: Actor, text: str) -> dict[int, str]:
    """Return the boxes, by id with their codes, that any code means: a box's, any label's, or an order's."""
    code = clean(text)
    labels = recognising_labels.packages_by_any_label(session, actor, code)
    orders = select(Order.id).where(
        Order.warehouse_id == actor.warehouse_id, or_(Order.barcode == code, Order.number.in_((text, code)))
    )
    mine = Package.warehouse_id == actor.warehouse_id
    found = find(session, actor, text)
    for those in (Package.id == (found[1] if found else 0), Package.id.in_(labels), Package.order_id.in_(orders)):
        boxes = session.execute(select(Package.id, Package.barcode).where(mine, those).order_by(Package.number))
        if by_id := dict(boxes.all()):
            return by_id
    return {}


def void(session: Session, actor: Actor, package_id: int, why: str) -> None:
    """Give a box's label back to its carrier; DomainError for a box that is sealed, as it carries its label."""
    package, _ = labelling.package_of(session, actor, package_id)
    if package.status not in _VOIDABLE:
        raise DomainError(f"Box {package.barcode} is {package.status} and carries its label. Cancel its order instead.")
    labelling.void(session, actor, package_id, why)


def reprint(session: Session, actor: Actor, package_id: int, why: str) -> PrintJob:
    """Print a box's bought label once more; DomainError where it has none, or one is still on its way."""
    label = labelling.standing(session, actor, package_id)
    if label is None:
        raise DomainError("This box has no label to print.")
    return printing.reprint(session, actor, label.id, why)


def print_return(session: Session, actor: Actor, package_id: int, why: str) -> PrintJob:
    """Print a box's bought return label; DomainError where it has none, or one is still on its way."""
    label = labelling.standing_return(session, actor, package_id)
    if label is None:
        raise DomainError("This box has no return label to print.")
    return printing.reprint(session, actor, label.id, why)


def return_zpl(session: Session, actor: Actor, package_id: int) -> tuple[str, str]:
    """Return the tracking number and the ZPL of a box's bought return label; NotFoundError where it has none."""
    label = labelling.standing_return(session, actor, package_id)
    if label is None or label.status is not LabelStatus.BOUGHT:
        raise NotFoundError("return label of box", text_id(package_id))
    return label.tracking_number, label.zpl


def _can(box: Package, labels: Sequence[LabelRow], returns: Sequence[LabelRow]) -> frozenset[str]:
    has_left = box.status is PackageStatus.HANDED_OVER
    back = returns[-1].status if returns else None
    is_bought = bool(labels) and labels[-1].status is LabelStatus.BOUGHT
    words = {
        "reprint": is_bought and box.status in {PackageStatus.OPEN, PackageStatus.SEALED},
        "print_slip": bool(box.weight_g) and box.status in {PackageStatus.OPEN, PackageStatus.SEALED},
        # A sealed box carries its label: it is opened again by cancelling its order.
        "void": bool(labels) and labels[-1].can_be_voided and box.status in _VOIDABLE,
        "return": has_left and back not in STANDING,
        "return_print": back is LabelStatus.BOUGHT,
        "return_void": bool(returns) and returns[-1].can_be_voided,
    }
    return frozenset(word for word, may in words.items() if may)


def _units(session: Session, actor: Actor, package_id: int, zone: ZoneInfo) -> tuple[UnitRow, ...]:
    rows = session.execute(
        select(PackageLine, OrderLine.sku, OrderLine.name)
        .join(OrderLine, and_(OrderLine.warehouse_id == PackageLine.warehouse_id, OrderLine.id == PackageLine.line_id))
        .where(PackageLine.warehouse_id == actor.warehouse_id, PackageLine.package_id == package_id)
        .order_by(OrderLine.position, OrderLine.id, PackageLine.lot, PackageLine.serial)
    ).all()
    picks = _picks(session, actor, {line.line_id for line, _, _ in rows}, zone)
    return tuple(
        UnitRow(
            sku=sku,
            name=name,
            quantity=line.quantity,
            lot=line.lot,
            serial=line.serial,
            picks=tuple(pick for lot, serial, pick in picks[line.line_id] if _is_of(line, lot, serial)),
        )
        for line, sku, name in rows
    )


def _is_of(line: PackageLine, lot: str, serial: str) -> bool:
    return (not line.lot or line.lot == lot) and (not line.serial or line.serial == serial)


def _picks(
    session: Session, actor: Actor, line_ids: set[int], zone: ZoneInfo
) -> Mapping[int, list[tuple[str, str, PickRow]]]:
    rows = session.execute(
        select(PickedUnits, PickTask.line_id, PickTask.lot, Location.code, Worker.name)
        .join(PickTask, and_(PickTask.warehouse_id == PickedUnits.warehouse_id, PickTask.id == PickedUnits.task_id))
        .join(Location, and_(Location.warehouse_id == PickTask.warehouse_id, Location.id == PickTask.location_id))
        .outerjoin(Worker, and_(Worker.warehouse_id == PickedUnits.warehouse_id, Worker.id == PickedUnits.worker_id))
        .where(PickedUnits.warehouse_id == actor.warehouse_id, PickTask.line_id.in_(line_ids))
        .order_by(PickedUnits.at, PickedUnits.id)
    )
    found: dict[int, list[tuple[str, str, PickRow]]] = defaultdict(list)
    for units, line_id, lot, location, worker in rows:
        proofs = (("shelf", units.location_proof), ("item", units.product_proof), ("tote", units.tote_proof))
        pick = PickRow(
            quantity=units.quantity,
            location=location,
            worker=worker or "",
            at=units.at.astimezone(zone),
            proofs=tuple(f"{what}: {proof.value}" for what, proof in proofs if proof.value),
        )
        found[line_id].append((lot, units.serial, pick))
    return found
