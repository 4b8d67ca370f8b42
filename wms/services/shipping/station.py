"""Handing over by scanning: a sealed box's label or own code, then the dock that the carrier takes it from."""

import datetime as dt

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.calendar import CarrierService
from wms.domain.codes import Code, CodeKind, Command
from wms.domain.floor import Location, LocationKind
from wms.domain.journal import JournalEntry, record
from wms.domain.orders import Order
from wms.domain.packing import BoxPutDown, BoxTaken, Package, PackageStatus
from wms.domain.saying import say
from wms.services.carriers import recognising_labels
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback, Screen
from wms.services.shipping.departures import departures, hand_over, why_not
from wms.services.shipping.screens import ScanBox, ScanDock, ShippingScreen

# A box scanned and then left standing is nobody's after this.
_IN_HAND = dt.timedelta(minutes=10)
_TAKEN, _PUT_DOWN = BoxTaken.__name__, BoxPutDown.__name__


def current_screen(session: Session, actor: Actor) -> ShippingScreen:
    """Return the dock's screen while the worker has a box in hand, else what waits."""
    found = _in_hand(session, actor)
    if found is None:
        waiting = departures(session, actor)
        return ScanBox(
            job=say("Hand over"),
            waiting=sum(row.boxes for row in waiting),
            carriers=tuple((row.carrier, row.boxes) for row in waiting),
        )
    package, order = found
    docks = _docks(session, actor)
    return ScanDock(
        token=text_id(package.id),
        job=order.number,
        accept=tuple(dock.barcode for dock in docks),
        package_id=package.id,
        package=package.barcode,
        number=order.number,
        carrier=_carrier(session, actor, order),
        docks=tuple(dock.code for dock in docks),
    )


def _in_hand(session: Session, actor: Actor) -> tuple[Package, Order] | None:
    """The box that this worker scanned last on this device and that is still sealed, as the journal has it."""
    entry = session.execute(
        select(JournalEntry.event, JournalEntry.data)
        .where(
            JournalEntry.warehouse_id == actor.warehouse_id,
            JournalEntry.event.in_((_TAKEN, _PUT_DOWN)),
            JournalEntry.at >= actor.at - _IN_HAND,
            JournalEntry.worker_id == actor.worker_id,
            JournalEntry.device == actor.device,
        )
        .order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
        .limit(1)
    ).one_or_none()
    if entry is None or entry.event == _PUT_DOWN:
        return None
    row = session.execute(
        select(Package, Order)
        .join(Order, and_(Order.warehouse_id == Package.warehouse_id, Order.id == Package.order_id))
        .where(
            Package.warehouse_id == actor.warehouse_id,
            Package.id == entry.data["package_id"],
            Package.status == PackageStatus.SEALED,
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def _docks(session: Session, actor: Actor) -> tuple[Location, ...]:
    return tuple(
        session.scalars(
            select(Location)
            .where(Location.warehouse_id == actor.warehouse_id, Location.kind == LocationKind.DOCK)
            .order_by(Location.code)
        )
    )


def _carrier(session: Session, actor: Actor, order: Order) -> str:
    return (
        session.scalars(
            select(CarrierService.carrier).where(
                CarrierService.warehouse_id == actor.warehouse_id, CarrierService.id == order.carrier_service_id
            )
        ).one_or_none()
        or ""
    )


def judge(session: Session, actor: Actor, code: Code, screen: Screen) -> Feedback:
    """Take a box in hand, or put it into a dock: that hands it over."""
    if isinstance(screen, ScanBox):
        return _take_box(session, actor, code)
    if isinstance(screen, ScanDock):
        return _into_dock(session, actor, code, screen)
    return feedback.NOT_COUNTED


def _take_box(session: Session, actor: Actor, code: Code) -> Feedback:
    found = _find_box(session, actor, code)
    if found is None:
        return feedback.unknown(code) if code.kind is CodeKind.PACKAGE else feedback.wrong_type(code, "package")
    package, order = found
    refusal = why_not(session, actor, package, order)
    if refusal is not None:
        return feedback.wrong(refusal)
    record(session, actor, BoxTaken(order_id=order.id, package=package.barcode, package_id=package.id))
    return feedback.accepted(say("Box of {order}", order=order.number))


def _find_box(session: Session, actor: Actor, code: Code) -> tuple[Package, Order] | None:
    if code.kind is CodeKind.PACKAGE:
        which = Package.barcode == code.text
    elif code.kind in {CodeKind.UNKNOWN, CodeKind.PRODUCT}:  # a carrier's digits may pass for a product's
        found = recognising_labels.packages_by_label(session, actor, code.text)
        if len(found) != 1:
            return None
        which = Package.id == found.pop()
    else:
        return None
    row = session.execute(
        select(Package, Order)
        .join(Order, and_(Order.warehouse_id == Package.warehouse_id, Order.id == Package.order_id))
        .where(Package.warehouse_id == actor.warehouse_id, which)
        .limit(1)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def _into_dock(session: Session, actor: Actor, code: Code, screen: ScanDock) -> Feedback:
    if code.command in {Command.UNDO, Command.NO}:
        record(session, actor, BoxPutDown(package=screen.package))
        return feedback.told(say("Put down. Scan a box"))
    if code.kind is not CodeKind.LANE:
        return feedback.wrong_type(code, "dock")
    dock = session.scalars(
        select(Location).where(Location.warehouse_id == actor.warehouse_id, Location.barcode == code.text)
    ).one_or_none()
    if dock is None or dock.kind is not LocationKind.DOCK:
        return feedback.wrong(say("{dock} is no dock", dock=dock.code if dock else code.text))
    package = hand_over(session, actor, screen.package_id)
    record(session, actor, BoxPutDown(order_id=package.order_id, package=package.barcode, dock=dock.code))
    return feedback.complete(say("{order} handed over", order=screen.number))
