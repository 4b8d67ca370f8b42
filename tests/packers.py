"""A packer at a bench on a bare session: what stands in the lane, what is scanned, who buys and prints the label."""

import dataclasses
import datetime as dt
import itertools
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders
from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.floor import CartonType, Location, LocationKind, Station
from wms.domain.orders import Order, OrderStatus
from wms.domain.outbox import JobKind, enqueue
from wms.domain.packing import Package
from wms.domain.people import Device, WorkerSession
from wms.domain.printing import PrintJob, PrintStatus
from wms.domain.shipping import AnyLabel, Label, LabelStatus
from wms.domain.totes import Tote
from wms.domain.weighing import LearnedWeight
from wms.services import packing
from wms.services.learning_weights import ENOUGH
from wms.services.scans import scanning
from wms.services.scans.scanning import CurrentScreen, Judge, Pulled
from wms.services.scans.screens import Feedback, Screen

_ids = itertools.count(1)


@dataclass(kw_only=True)
class Packer:
    """A worker signed in on a device, who scans what stands on the screen."""

    session: Session
    actor: Actor
    at: dt.datetime = builders.NOW
    said: list[Feedback] = field(default_factory=list)
    current_screen: CurrentScreen = packing.current_screen
    judge: Judge = packing.judge

    def sees(self) -> Screen:
        """The screen as it is now."""
        return self.current_screen(self.session, dataclasses.replace(self.actor, at=self.at))

    def scan(self, *codes: str) -> Feedback:
        """Scan codes one after another, each made for the screen then shown; return the last verdict."""
        for code in codes:
            self.at += dt.timedelta(seconds=1)
            scan = f"packer-{next(_ids)}"
            actor = dataclasses.replace(self.actor, at=self.at, scan=scan)
            pulled = Pulled(code=code, scan=scan, token=self.sees().token)
            answer = scanning.take(self.session, actor, "packing", pulled, self.current_screen, self.judge)
            self.said.append(answer.feedback)
        return self.said[-1]


def packer(session: Session, station: Station | None = None, name: str = "Ana") -> Packer:
    """A packer on a device of their own, standing at a station if one is given."""
    worker = builders.worker(session, name=name, roles="packer")
    number = next(_ids)
    device = Device(
        warehouse_id=builders.WAREHOUSE, key_hash=f"device-{number}", number=number, first_seen_at=builders.NOW
    )
    session.add(device)
    session.flush()
    signed_in = WorkerSession(
        warehouse_id=builders.WAREHOUSE,
        token_hash=f"token-{number}",
        worker_id=worker.id,
        device_id=device.id,
        started_at=builders.NOW,
        seen_at=builders.NOW,
        station_id=station.id if station else None,
    )
    session.add(signed_in)
    session.flush()
    return Packer(session=session, actor=dataclasses.replace(builders.actor(worker), session_id=signed_in.id))


def staged(session: Session, order: Order, *units: tuple[Product, int], lane: Location | None = None) -> Tote:
    """A tote of an order that stands in a lane with these units in it; the order counts as picked."""
    tote = builders.tote(session)
    lane = lane or builders.location(session, kind=LocationKind.LANE)
    for item, quantity in units:
        builders.stock(session, tote, item, quantity)
    tote.take(order.id)
    tote.stage(lane.id, builders.NOW)
    if order.status is OrderStatus.RECEIVED:
        for then in (OrderStatus.ALLOCATED, OrderStatus.WAVED, OrderStatus.PICKING, OrderStatus.PICKED):
            _ = order.move_to(then)
    session.flush()
    return tote


@dataclass(kw_only=True)
class Floor:
    """A bench with a packer, a carton and an order of two products in one tote: 2 mugs and 1 towel."""

    station: Station
    carton: CartonType
    hold: Location
    mug: Product
    towel: Product
    mug_code: str
    towel_code: str
    order: Order
    tote: Tote
    packer: Packer

    @property
    def codes(self) -> tuple[str, ...]:
        """The tote and each unit that is in it, as the packer scans them."""
        return self.tote.barcode, self.mug_code, self.mug_code, self.towel_code


def bench(session: Session, printer_url: str = "file:///tmp/none") -> Floor:
    """Make the usual bench, with a pick face for what must go back."""
    _ = builders.location(session)
    station, carton = builders.station(session, printer_url), builders.carton_type(session)
    mug, towel = builders.product(session, "MUG"), builders.product(session, "TOWEL")
    order = builders.order(session, (mug, 2), (towel, 1))
    return Floor(
        station=station,
        carton=carton,
        hold=builders.location(session, "HOLD-1", kind=LocationKind.HOLD),
        mug=mug,
        towel=towel,
        mug_code=builders.barcode(session, mug),
        towel_code=builders.barcode(session, towel),
        order=order,
        tote=staged(session, order, (mug, 2), (towel, 1)),
        packer=packer(session, station),
    )


def another(session: Session, floor: Floor) -> Floor:
    """A second bench with a packer and an order of the same goods."""
    station = builders.station(session)
    order = builders.order(session, (floor.mug, 2), (floor.towel, 1))
    tote = staged(session, order, (floor.mug, 2), (floor.towel, 1))
    return dataclasses.replace(
        floor, station=station, order=order, tote=tote, packer=packer(session, station, name=f"Cem {next(_ids)}")
    )


def opened(session: Session) -> Floor:
    """The usual bench with its tote scanned."""
    floor = bench(session)
    _ = floor.packer.scan(floor.tote.barcode)
    return floor


def scanned(session: Session) -> Floor:
    """The usual bench with every unit in the box."""
    floor = bench(session)
    _ = floor.packer.scan(*floor.codes)
    return floor


def weighed(session: Session, beside: Floor | None = None) -> Floor:
    """The usual bench, or another beside one, whose full box is weighed and waits for its label."""
    floor = another(session, beside) if beside else bench(session)
    _ = floor.packer.scan(*floor.codes, "N720")
    return floor


def sealed(session: Session, beside: Floor | None = None, tracking: str = "OFF0001") -> Floor:
    """The usual bench, or another beside one, whose only box is sealed with its label."""
    floor = weighed(session, beside)
    _ = buy(session, floor.order, tracking)
    _ = floor.packer.scan(tracking)
    session.refresh(floor.order)
    return floor


def learn_weights(session: Session, floor: Floor) -> None:
    """Let past boxes say that a mug weighs 300 g and a towel 150 g; the catalog says 200 g of both."""
    for item, unit_mg in ((floor.mug, 300_000), (floor.towel, 150_000)):
        session.add(
            LearnedWeight(
                warehouse_id=builders.WAREHOUSE,
                product_id=item.id,
                unit_mg=unit_mg,
                spread_mg=0,
                samples=ENOUGH,
                learned_at=builders.NOW,
            )
        )
    session.flush()


def package_of(session: Session, order: Order) -> Package:
    """The newest package of an order."""
    return session.scalars(
        select(Package).where(Package.order_id == order.id).order_by(Package.number.desc()).limit(1)
    ).one()


def buy(session: Session, order: Order, tracking: str, printed: PrintStatus = PrintStatus.PRINTED) -> Label:
    """Let the carrier and the printer do their part at once, as the worker's jobs would."""
    package = package_of(session, order)
    label = session.scalars(
        select(Label).where(Label.package_id == package.id, Label.status == LabelStatus.WANTED)
    ).one()
    for then in (LabelStatus.BUYING, LabelStatus.BOUGHT):
        _ = label.move_to(then, package=package.barcode, order_id=order.id)
    label.tracking_number, label.carrier, label.zpl = tracking, "offline", "^XA^XZ"
    printer_id = session.scalars(select(Station.printer_id).where(Station.id == package.station_id)).one()
    assert printer_id is not None
    job = PrintJob(
        warehouse_id=builders.WAREHOUSE,
        printer_id=printer_id,
        what=f"label {tracking}",
        zpl=label.zpl,
        sha256="0" * 64,
        queued_at=builders.NOW,
        worker_id=None,
        label_id=label.id,
        status=printed,
    )
    session.add(job)
    if printed in {PrintStatus.QUEUED, PrintStatus.CHECKED, PrintStatus.SENDING}:
        _ = enqueue(session, builders.actor(), JobKind.PRINT, f"print-{job.id}", print_job_id=job.id)
    session.flush()
    return label


def the_label(session: Session) -> Label:
    """The newest label."""
    return session.scalars(select(Label).order_by(Label.id.desc()).limit(1)).one()


def refuse(session: Session, order: Order, reason: str) -> None:
    """Let the carrier refuse the newest label, which is the order's."""
    label, package = the_label(session), package_of(session, order)
    for then in (LabelStatus.BUYING, LabelStatus.REFUSED):
        _ = label.move_to(then, package=package.barcode, order_id=order.id, reason=reason)
    session.flush()


def take_back(session: Session, order: Order, label: AnyLabel) -> None:
    """Let the carrier take back a label of the order that the packer voided."""
    _ = label.move_to(LabelStatus.VOIDED, package=package_of(session, order).barcode, order_id=order.id)
    session.flush()
