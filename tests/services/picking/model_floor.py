"""The small floor of the picking model: its shelves, people, carts and totes, and the orders that come to it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import NOW, WAREHOUSE
from wms.database import reading, transaction
from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.codes import Command, parse, slot_code
from wms.domain.errors import DomainError
from wms.domain.floor import Cart, LocationKind, Profile
from wms.domain.orders import Order, OrderStatus
from wms.domain.people import Device, Worker
from wms.domain.picking import Batch, BatchOrder, BatchStatus, Method, PickTask, TaskStatus
from wms.domain.stock import Lot
from wms.domain.totes import Tote, ToteStatus
from wms.domain.waves import Allocation, Wave, WaveOrder, WaveStatus
from wms.services import picking, signing_in
from wms.services.picking.line import proofs
from wms.services.picking.screens import TaskScreen
from wms.services.picking.walk.at_stop import Stop
from wms.services.planning import parting, task_for
from wms.services.planning.methods import Seat
from wms.services.scans import scanning
from wms.services.scans.recognising import find_item
from wms.services.scans.scanning import Pulled
from wms.services.scans.screens import Answer, Feedback, Screen
from wms.services.signing_in import Browser
from wms.services.stock import allocating

SOON = dt.date(2030, 1, 31)
_STANDARD = "B"
_LANES = (LocationKind.LANE, LocationKind.HOLD, LocationKind.CONSOLIDATION)


@dataclass(kw_only=True)
class Hand:
    """A picker with the device now in hand, the scans made and the tokens seen."""

    worker: Worker
    device: str
    session_id: int = 0
    feedback: Feedback = field(default_factory=Feedback)
    scans: list[tuple[str, Pulled]] = field(default_factory=list)
    """Each scan with the device it was made on."""
    tokens: list[str] = field(default_factory=list)


class Floor:
    """Mugs on a Strict and a Standard shelf, milk in lots, phones with serials, pens alone; some come in cases of 3.

    Pens may stand in for mugs and phones, and mugs for milk.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.seconds = 0
        self.serials = 100  # those of `codes` are somebody else's
        self.shown: dict[int, tuple[int, Screen]] = {}
        """What each worker's session was shown last, and when."""
        with transaction(engine) as session:
            self._make(session)

    def _make(self, session: Session) -> None:
        _ = builders.warehouse(session)
        builders.zone(session, _STANDARD, profile=Profile.STANDARD)
        self.mug, self.milk = builders.product(session, "MUG", case_of=3), builders.product(session, "MILK")
        self.phone, self.pen = builders.product(session, "PHONE", case_of=3), builders.product(session, "PEN")
        self.phone.has_serials = True
        self.products = [self.mug, self.milk, self.phone, self.pen]
        for missing, other in ((self.mug, self.pen), (self.milk, self.mug), (self.phone, self.pen)):
            builders.substitute(session, missing, other)
        self.locations = [builders.location(session) for _ in range(6)]
        for location in self.locations[3:]:
            location.zone = _STANDARD
        for days, lot in enumerate(("LOT-A", "LOT-B", "LOT-C")):
            expiry = SOON + dt.timedelta(days=days)
            session.add(Lot(warehouse_id=WAREHOUSE, product_id=self.milk.id, lot=lot, expiry=expiry))
        near, low, far, standard, phones, pens = self.locations
        for location, product, units, lot in (
            (near, self.mug, 4, ""),
            (standard, self.mug, 6, ""),
            (low, self.milk, 4, "LOT-A"),
            (low, self.milk, 4, "LOT-B"),
            (far, self.milk, 4, "LOT-C"),
            (near, self.phone, 2, ""),
            (phones, self.phone, 4, ""),
            (pens, self.pen, 8, ""),
        ):
            builders.stock(session, location, product, units, lot=lot)
        self.lanes = [builders.location(session, kind=kind) for kind in _LANES]
        self.carts = [builders.cart(session, slots=4) for _ in range(3)]
        self.totes = [builders.tote(session) for _ in range(6)]
        workers = [builders.worker(session, name) for name in ("Marta", "Tom")]
        workers[1].lines_put = proofs.EXPERIENCED
        session.flush()
        session.add_all(_device(number) for number in range(1, 5))
        session.flush()
        self.hands = [Hand(worker=worker, device="") for worker in workers]
        for number, hand in enumerate(self.hands, 1):
            self.sign_in(session, hand, str(number))
        self.units = [barcode for product in self.products for barcode in self._codes(session, product)]

    def _codes(self, session: Session, product: Product) -> list[str]:
        case = [builders.barcode(session, product, 3)] if product in (self.mug, self.phone) else []
        return [builders.barcode(session, product), *case]

    @property
    def now(self) -> dt.datetime:
        return NOW + dt.timedelta(seconds=self.seconds)

    def tick(self) -> dt.datetime:
        self.seconds += 1
        return self.now

    def actor(self, hand: Hand) -> Actor:
        """The picker at this moment."""
        return replace(builders.actor(hand.worker, at=self.now), device=hand.device, session_id=hand.session_id or None)

    def sign_in(self, session: Session, hand: Hand, device: str) -> None:
        """The worker's badge is scanned on a device where nobody is signed in."""
        nobody = Actor(warehouse_id=WAREHOUSE, at=self.now, name="", device=device)
        _ = self._badge(session, hand, nobody, device)

    def sign_in_at(self, hand: Hand, device: str) -> None:
        """The worker goes on with another device."""
        _ = self.tick()
        with transaction(self.engine) as session:
            self.sign_in(session, hand, device)

    def _badge(self, session: Session, hand: Hand, before: Actor, device: str) -> Actor:
        browser, token = Browser(device_key=f"device {device}"), f"token {next(builders._numbers)}"
        now, _ = signing_in.scan(session, before, hand.worker.badge, browser, token)
        assert (now.worker_id, now.device, now.session_id) == (hand.worker.id, device, now.session_id)
        hand.device, hand.session_id = device, now.session_id or 0
        hand.tokens.clear()
        return now

    def hand_over(self, hand: Hand, to: Hand) -> Feedback | None:
        """Another worker's badge takes this one's device over, and this one goes on with the other's."""
        _ = self.tick()
        with transaction(self.engine) as session:
            before, left = self.actor(hand), to.device
            said = picking.hand_over(session, before, self._badge(session, to, before, hand.device))
            self.sign_in(session, hand, left)
            return said

    def screen(self, hand: Hand) -> Screen:
        """What a reload shows: nothing else while nobody has done anything."""
        at, screen = self.shown.get(hand.session_id, (-1, None))
        if screen is None or at != self.seconds:
            with reading(self.engine) as session:
                screen = picking.current_screen(session, self.actor(hand))
            self.shown[hand.session_id] = self.seconds, screen
        return screen

    def post(self, hand: Hand, pulled: Pulled) -> Answer:
        """Post a scan as the frame of the station does."""
        _ = self.tick()
        with transaction(self.engine) as session:
            actor = replace(self.actor(hand), scan=pulled.scan)
            return scanning.take(session, actor, "picking", pulled, picking.current_screen, picking.judge)

    def codes(self) -> list[str]:
        """Every code that somebody could find on this floor, and some that nobody knows."""
        return [
            *self.units,
            *(product.sku for product in self.products),
            *(place.barcode for place in (*self.locations, *self.lanes)),
            *(self.locations[number].code for number in (0, 3)),
            *(self.locations[number].check for number in (1, 4)),
            *(tote.barcode for tote in self.totes),
            *(cart.barcode for cart in self.carts),
            *(slot_code(cart.barcode, slot) for cart in self.carts[:2] for slot in (1, 2, 4, 9)),
            *("LOT-A", "lot-b", "LOT-C", "LOT-X", "SN-1", "SN-2", "SN-3"),
            *(f"]d201{self.units[2]}10{lot}" for lot in ("LOT-A", "LOT-B", "LOT-X")),
            *(f"]d201{self.units[3]}21SN-{number}" for number in (2, 4, 5)),
            f"]d201{self.units[2]}1720010110LOT-A",
            *("WHAT IS THIS", "0", "N", "N99999", "T000000", "B000000000"),
            *Command,
        ]

    def free_tote(self, but: str = "") -> str:
        """The code of a tote that is free, and not one, a new one where none is."""
        with transaction(self.engine) as session:
            free = select(Tote.barcode).where(Tote.warehouse_id == WAREHOUSE, Tote.status == ToteStatus.FREE)
            found = session.scalars(free.where(Tote.wall == "", Tote.barcode != but).order_by(Tote.id)).first()
            if found is None:
                self.totes.append(builders.tote(session))
            return found or self.totes[-1].barcode

    def new_serial(self) -> str:
        self.serials += 1
        return f"SN-{self.serials}"

    def staged(self) -> tuple[str, ...]:
        """The codes of the totes that stand in lanes."""
        with reading(self.engine) as session:
            staged = select(Tote.barcode).where(Tote.warehouse_id == WAREHOUSE, Tote.status == ToteStatus.STAGED)
            return tuple(session.scalars(staged.order_by(Tote.id)))

    def meaning(self, code: str) -> tuple[Product, int]:
        """The product that a scan means, and the units that it counts."""
        with reading(self.engine) as session:
            item = find_item(session, builders.actor(), parse(code))
        assert item is not None
        return next(product for product in self.products if product.id == item.product_id), item.units

    def release(self, *wanted: tuple[tuple[str, int], ...], accepts: bool = False) -> None:
        """Take orders in, which may accept substitutes, and release those whose units are there as one walk."""
        products = {product.sku.lower(): product for product in self.products}
        actor = builders.actor(at=self.tick())
        with transaction(self.engine) as session:
            orders = [builders.order(session, *((products[name], units) for name, units in lines)) for lines in wanted]
            for order in orders:
                order.accepts_substitutes = accepts
            reasons = allocating.allocate(session, actor, orders)
            orders = [order for order in orders if not reasons[order.id]]
            if orders:
                self._release(session, orders)

    def seats(self, session: Session, orders: Sequence[Order], rows: Sequence[Allocation]) -> dict[int, Seat]:  # noqa: ARG002 - of use to other floors
        """Where each order travels on the cart."""
        return {order.id: Seat(slot=slot, method=Method.CLUSTER) for slot, order in enumerate(orders, 1)}

    def wave(self, number: int) -> Wave:
        """A wave that is released."""
        return Wave(
            warehouse_id=WAREHOUSE,
            number=number,
            carrier="usps",
            cutoff_at=NOW.replace(hour=14, minute=30),
            ship_by_at=NOW.replace(hour=15),
            planned_at=NOW,
            status=WaveStatus.RELEASED,
        )

    def _release(self, session: Session, orders: Sequence[Order]) -> None:
        wave = self.wave(next(builders._numbers))
        batch = Batch(warehouse_id=WAREHOUSE, name=f"W{wave.number}-1", wave_id=wave.id, cutoff_at=wave.cutoff_at)
        session.add_all([wave, batch])
        of_orders = Allocation.order_id.in_([order.id for order in orders])
        rows = session.scalars(select(Allocation).where(Allocation.warehouse_id == WAREHOUSE, of_orders)).all()
        for order_id, seat in self.seats(session, orders, rows).items():
            session.get_one(Order, (WAREHOUSE, order_id)).status = OrderStatus.WAVED
            session.add(WaveOrder(warehouse_id=WAREHOUSE, wave_id=wave.id, order_id=order_id))
            session.add(
                BatchOrder(
                    warehouse_id=WAREHOUSE, batch_id=batch.id, order_id=order_id, slot=seat.slot, method=seat.method
                )
            )
        for sequence, row in enumerate(sorted(rows, key=lambda row: (row.place_id, row.id)), 1):
            session.add(task_for(batch, row, sequence))
        session.flush()

    def split_a_walk(self, number: int) -> None:
        """Split a walk by zone that nobody has begun, where there is one; one zone cannot be split."""
        at = self.tick()
        with transaction(self.engine) as session:
            waits = Batch.status == BatchStatus.WAITING, Batch.cart_id.is_(None)
            walks = session.scalars(select(Batch).where(*waits).order_by(Batch.id)).all()
            if not walks:
                return
            walk = walks[number % len(walks)]
            if len(self._zones_of(session, walk)) > 1:
                assert len(parting.split_by_zone(session, builders.actor(at=at), walk.id)) == 2
            else:
                with pytest.raises(DomainError, match="lies in one zone"):
                    _ = parting.split_by_zone(session, builders.actor(at=at), walk.id)

    def _zones_of(self, session: Session, walk: Batch) -> set[str]:
        is_open = PickTask.batch_id == walk.id, PickTask.status == TaskStatus.OPEN
        places = set(session.scalars(select(PickTask.location_id).where(*is_open)))
        return {location.zone for location in self.locations if location.id in places}

    def cart_in_use(self, hand: Hand) -> str | None:
        """The code of a cart that somebody else walks with."""
        with transaction(self.engine) as session:
            cart = session.scalars(
                select(Cart.barcode)
                .join(Batch, Batch.cart_id == Cart.id)
                .where(Batch.status == BatchStatus.STARTED, Batch.worker_id != hand.worker.id)
            )
            return cart.first()


def _device(number: int) -> Device:
    key = signing_in.digest(f"device {number}")
    return Device(warehouse_id=WAREHOUSE, key_hash=key, number=number, first_seen_at=NOW)


def differences(one: Screen, other: Screen) -> list[object]:
    """Tell in what two screens differ."""
    if isinstance(one, TaskScreen) and isinstance(other, TaskScreen) and one.stop != other.stop:
        stops = [asdict(screen.stop) for screen in (one, other)]
        return [(name, stops[0][name], stops[1][name]) for name in stops[0] if stops[0][name] != stops[1][name]]
    return [] if one == other else [one, other]


def codes_near(stop: Stop) -> list[str]:
    """The codes that are to hand at a stop, right or nearly so."""
    return [
        *(code for code, _ in stop.codes),
        *(stop.location_code, stop.check, stop.tote, f"{stop.cart_code}{stop.slot:02d}", f"{stop.cart_code}01"),
        *(
            stop.lot,
            "LOT-A",
            "LOT-B",
            f"10{stop.lot}",
            "]d21720010110LOT-B",
            f"]d201{stop.codes[0][0]}10{stop.lot}",
            f"]d201{stop.codes[0][0]}10LOT-B",
        ),
        *(stop.serial, "SN-1", "SN-2", f"]d201{stop.codes[0][0]}21SN-1", f"]d201{stop.codes[0][0]}21SN-9"),
    ]
