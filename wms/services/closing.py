"""The end of the day: everything that is not settled yet, with where to look at it."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.floor import Printer
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.manifests import OPEN, Manifest
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.shipping import AnyLabel, LabelStatus
from wms.domain.totes import Tote, ToteStatus
from wms.services.carriers import manifesting, refunding, refused_voids
from wms.services.orders.promising import zone_of

_UNDER_WAY = (LabelStatus.WANTED, LabelStatus.BUYING, LabelStatus.UNSETTLED, LabelStatus.VOIDING)
_NOT_ON_PAPER = (PrintStatus.NOT_PRINTED, PrintStatus.DROPPED)
_EMPTY = (ToteStatus.FREE, ToteStatus.LOST)
_of_label = and_(Package.warehouse_id == AnyLabel.warehouse_id, Package.id == AnyLabel.package_id)
_of_package = and_(Order.warehouse_id == Package.warehouse_id, Order.id == Package.order_id)


class LooseKind(StrEnum):
    """What is not settled."""

    LABEL = "label"
    REFUND = "refund"
    PRINT = "print"
    BOX = "box"
    ORDER = "order"
    TOTE = "tote"
    MANIFEST = "manifest"


@dataclass(frozen=True, kw_only=True, slots=True)
class LooseEnd:
    """One thing to settle, since when (the warehouse's time; None where only its state is known).

    The keys are those of the order, box and manifest to look at, '' where there is none.
    """

    kind: LooseKind
    text: str
    since: dt.datetime | None
    order_key: str = ""
    box_key: str = ""
    manifest_key: str = ""


def loose_ends(session: Session, actor: Actor) -> tuple[LooseEnd, ...]:
    """Return what is not settled at the actor's moment, kind by kind, oldest first."""
    return tuple(end for look in _LOOKS for end in look(session, actor))


def _labels(session: Session, actor: Actor) -> Iterator[LooseEnd]:
    zone = zone_of(session, actor)
    rows = session.execute(
        select(AnyLabel, Package, Order.number)
        .join(Package, _of_label)
        .join(Order, _of_package)
        .where(
            AnyLabel.warehouse_id == actor.warehouse_id,
            or_(
                AnyLabel.status.in_(_UNDER_WAY),
                and_(AnyLabel.status == LabelStatus.BOUGHT, or_(_is_on_no_box(), refused_voids.waits())),
            ),
        )
        .order_by(AnyLabel.wanted_at, AnyLabel.id)
    )
    for label, package, number in rows:
        box = _of_box(label, package)
        number_of = f" {label.tracking_number}" if label.tracking_number else ""
        said = f"label of box {package.barcode}, order {number}, is {label.status}{number_of}{box}"
        yield LooseEnd(
            kind=LooseKind.LABEL,
            text=f"{said}: {label.reason}" if label.reason else said,
            since=label.wanted_at.astimezone(zone),
            order_key=text_id(package.order_id),
            box_key=text_id(package.id),
        )


def _is_on_no_box() -> ColumnElement[bool]:
    """A label's box is not sealed, or is given up and nobody has settled that its carrier keeps the money."""
    is_lost = and_(Package.status == PackageStatus.CANCELLED, ~refused_voids.is_settled())
    return or_(Package.status == PackageStatus.OPEN, is_lost)


def _of_box(label: AnyLabel, package: Package) -> str:
    """Say why a label is told whose purchase is settled: it is on no box that goes out, or was to be given back."""
    if package.status is PackageStatus.CANCELLED:
        return " for a box that is given up"
    if label.status is not LabelStatus.BOUGHT:
        return ""
    return " for a box that is not sealed" if package.status is PackageStatus.OPEN else ", its void was refused"


def _refunds(session: Session, actor: Actor) -> Iterator[LooseEnd]:
    zone = zone_of(session, actor)
    for refund, label, package, number in refunding.lost(session, actor):
        said = f": {refund.reason}" if refund.reason else ""
        money = f"{refunding.money(label)} for the void label {refunding.name(refund, label)}, order {number}"
        yield LooseEnd(
            kind=LooseKind.REFUND,
            text=f"refund of {money}, is {refund.status}{said}",
            since=refund.asked_at.astimezone(zone),
            order_key=text_id(package.order_id),
            box_key=text_id(package.id),
        )


def _prints(session: Session, actor: Actor) -> Iterator[LooseEnd]:
    zone = zone_of(session, actor)
    rows = session.execute(
        select(PrintJob, Printer.name)
        .join(Printer, and_(Printer.warehouse_id == PrintJob.warehouse_id, Printer.id == PrintJob.printer_id))
        .where(
            PrintJob.warehouse_id == actor.warehouse_id,
            or_(PrintJob.status == PrintStatus.UNKNOWN, and_(PrintJob.status.in_(_NOT_ON_PAPER), _is_in_inbox())),
        )
        .order_by(PrintJob.queued_at, PrintJob.id)
    )
    for job, printer in rows:
        is_unknown = job.status is PrintStatus.UNKNOWN
        yield LooseEnd(
            kind=LooseKind.PRINT,
            text=f"{job.what} on {printer}: {'printed or not?' if is_unknown else f'not printed: {job.reason}'}",
            since=job.queued_at.astimezone(zone),
            order_key=text_id(job.order_id) if job.order_id else "",
        )


def _is_in_inbox() -> ColumnElement[bool]:
    """Nobody has said yet what becomes of a print."""
    return (
        select(ExceptionItem.id)
        .where(
            ExceptionItem.warehouse_id == PrintJob.warehouse_id,
            ExceptionItem.subject_id == PrintJob.id,
            ExceptionItem.kind == ExceptionKind.PRINT,
            ExceptionItem.settled_at.is_(None),
        )
        .exists()
    )


def _boxes(session: Session, actor: Actor) -> Iterator[LooseEnd]:
    zone = zone_of(session, actor)
    rows = session.execute(
        select(Package, Order.number)
        .join(Order, _of_package)
        .where(Package.warehouse_id == actor.warehouse_id, Package.status == PackageStatus.SEALED)
        .order_by(Package.sealed_at, Package.id)
    )
    for package, number in rows:
        yield LooseEnd(
            kind=LooseKind.BOX,
            text=f"box {package.barcode} of order {number} is sealed and not handed over",
            since=package.sealed_at.astimezone(zone) if package.sealed_at else None,
            order_key=text_id(package.order_id),
            box_key=text_id(package.id),
        )


def _orders(session: Session, actor: Actor) -> Iterator[LooseEnd]:
    zone = zone_of(session, actor)
    orders = session.scalars(
        select(Order)
        .where(
            Order.warehouse_id == actor.warehouse_id,
            Order.status == OrderStatus.PACKED,
            Order.ship_by_at < actor.at,
        )
        .order_by(Order.ship_by_at, Order.id)
    )
    for order in orders:
        yield LooseEnd(
            kind=LooseKind.ORDER,
            text=f"order {order.number} is packed and was to leave",
            since=order.ship_by_at.astimezone(zone) if order.ship_by_at else None,
            order_key=text_id(order.id),
        )


def _totes(session: Session, actor: Actor) -> Iterator[LooseEnd]:
    rows = session.execute(
        select(Tote, Order.number)
        .outerjoin(Order, and_(Order.warehouse_id == Tote.warehouse_id, Order.id == Tote.order_id))
        .where(Tote.warehouse_id == actor.warehouse_id, Tote.status.not_in(_EMPTY))
        .order_by(Tote.barcode)
    )
    for tote, number in rows:
        of_order = f" with order {number}" if number else ""
        yield LooseEnd(
            kind=LooseKind.TOTE,
            text=f"tote {tote.barcode} is {tote.status}{of_order}",
            since=None,
            order_key=text_id(tote.order_id) if tote.order_id else "",
        )


def _manifests(session: Session, actor: Actor) -> Iterator[LooseEnd]:
    zone = zone_of(session, actor)
    manifests = session.scalars(
        select(Manifest)
        .where(Manifest.warehouse_id == actor.warehouse_id, Manifest.status.in_(OPEN))
        .order_by(Manifest.asked_at, Manifest.id)
    )
    for manifest in manifests:
        yield LooseEnd(
            kind=LooseKind.MANIFEST,
            text=f"manifest of {manifest.boxes} boxes for {manifest.provider} is {manifest.status}",
            since=manifest.asked_at.astimezone(zone),
            manifest_key=text_id(manifest.id),
        )
    for row in manifesting.waiting(session, actor):
        if row.left and row.needs_one:
            yield LooseEnd(
                kind=LooseKind.MANIFEST,
                text=f"{row.left} boxes left with {row.provider} today and are on no manifest",
                since=None,
            )


_LOOKS: tuple[Callable[[Session, Actor], Iterator[LooseEnd]], ...] = (
    _labels, _refunds, _prints, _boxes, _orders, _totes, _manifests,
)  # fmt: skip
