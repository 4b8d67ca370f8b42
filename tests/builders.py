"""Plain functions that make things with good defaults, in the order a warehouse would."""

import datetime as dt
import itertools
from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy.orm import Session

from wms.domain.actor import Actor, Role
from wms.domain.calendar import CarrierService, Pickup, ShippingMethod
from wms.domain.catalog import Barcode, Product, Substitute
from wms.domain.codes import CodeKind, check_digit, own_code
from wms.domain.floor import (
    OUTSIDE,
    SUPPLIER_ID,
    Cart,
    CartonType,
    Location,
    LocationKind,
    Place,
    PlaceKind,
    Printer,
    Profile,
    Station,
    Zone,
)
from wms.domain.orders import Order, OrderLine, OrderStatus
from wms.domain.people import Warehouse, Worker
from wms.domain.picking import Batch, BatchOrder, PickTask
from wms.domain.saying import Language
from wms.domain.totes import Tote
from wms.domain.waves import Allocation, Wave, WaveOrder, WaveStatus
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods

WAREHOUSE = 1
# A Tuesday, nine in the morning in UTC.
NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
_numbers = itertools.count(1)


def actor(worker: Worker | None = None, at: dt.datetime = NOW, scan: str | None = None) -> Actor:
    """Who acts: a worker on device 1, or the program."""
    if worker is None:
        return Actor(warehouse_id=WAREHOUSE, at=at, scan=scan, roles=frozenset({Role.ADMIN}))
    return Actor(
        warehouse_id=WAREHOUSE,
        at=at,
        worker_id=worker.id,
        name=worker.name,
        device="1",
        roles=worker.roles,
        session_id=1,
        scan=scan,
    )


def warehouse(session: Session) -> Warehouse:
    """A warehouse in UTC with the outside places, one offline carrier service and a pickup at 14:30 each weekday."""
    made = Warehouse(
        id=WAREHOUSE,
        name="North DC",
        address={"name": "North DC", "street1": "1 Dock Rd", "city": "Springfield", "zip": "62701", "country": "US"},
    )
    session.add(made)
    session.add_all(Place(warehouse_id=WAREHOUSE, id=place_id, kind=PlaceKind.OUTSIDE) for place_id in OUTSIDE)
    service = carrier_service(session)
    session.add(ShippingMethod(warehouse_id=WAREHOUSE, method="*", carrier_service_id=service.id))
    session.add_all(
        Pickup(warehouse_id=WAREHOUSE, carrier="usps", weekday=day, cutoff="14:30", pickup="15:00") for day in range(5)
    )
    zone(session, profile=Profile.STRICT, counts_each=True)
    return made


def zone(
    session: Session, name: str = Zone.EVERY, *, profile: Profile = Profile.STANDARD, counts_each: bool = False
) -> None:
    """How a zone is picked; a bare warehouse needs every scan everywhere."""
    row = session.get(Zone, (WAREHOUSE, name))
    if row is None:
        session.add(Zone(warehouse_id=WAREHOUSE, zone=name, profile=profile, counts_each=counts_each))
    else:
        row.profile, row.counts_each = profile, counts_each
    session.flush()


def carrier_service(session: Session, carrier: str = "usps", service: str = "usps_priority") -> CarrierService:
    """A carrier service."""
    made = CarrierService(warehouse_id=WAREHOUSE, carrier=carrier, service=service, name=service)
    session.add(made)
    session.flush()
    return made


def worker(
    session: Session, name: str = "Marta", roles: str = "picker|packer", language: str = Language.ENGLISH
) -> Worker:
    """A worker with a badge."""
    badge = own_code(CodeKind.BADGE, next(_numbers))
    made = Worker(warehouse_id=WAREHOUSE, name=name, badge=badge, roles_text=roles, language=language)
    session.add(made)
    session.flush()
    return made


def product(session: Session, sku: str = "", *, weight_g: int = 200, case_of: int = 0) -> Product:
    """A product with a GTIN-13 (and a case code that counts `case_of`), 100 x 80 x 50 mm."""
    number = next(_numbers)
    made = Product(
        warehouse_id=WAREHOUSE,
        sku=sku or f"SKU-{number:04d}",
        name=f"Thing {sku or number}",
        weight_g=weight_g,
        length_mm=100,
        width_mm=80,
        height_mm=50,
    )
    session.add(made)
    session.flush()
    session.add(Barcode(warehouse_id=WAREHOUSE, code=gtin(number), product_id=made.id))
    if case_of:
        session.add(Barcode(warehouse_id=WAREHOUSE, code=gtin(number + 500_000), product_id=made.id, quantity=case_of))
    session.flush()
    return made


def gtin(number: int) -> str:
    """The number-th made-up GTIN, 14 digits as stored."""
    body = f"0400{number:09d}"
    return body + check_digit(body)


def substitute(session: Session, missing: Product, other: Product, rank: int = 1) -> None:
    """Allow another product to be sent instead of one that is missing."""
    session.add(Substitute(warehouse_id=WAREHOUSE, product_id=missing.id, substitute_id=other.id, rank=rank))
    session.flush()


def barcode(session: Session, product: Product, quantity: int = 1) -> str:
    """The code on a product's unit or case."""
    codes = session.query(Barcode).filter_by(warehouse_id=WAREHOUSE, product_id=product.id, quantity=quantity)
    return codes.order_by(Barcode.code).limit(1).one().code


def location(session: Session, code: str = "", kind: LocationKind = LocationKind.PICK) -> Location:
    """A location; pick faces stand 1 m apart along aisles of 20."""
    number = next(_numbers)
    letter = CodeKind.LANE if kind in Location.LANES else CodeKind.LOCATION
    place = Place(warehouse_id=WAREHOUSE, kind=PlaceKind.LOCATION)
    session.add(place)
    made = Location(
        warehouse_id=WAREHOUSE,
        id=place.id,
        code=code or f"A{number // 20:02d}-{number % 20:02d}-A1",
        barcode=own_code(letter, number % 99 if letter is CodeKind.LANE else number),
        check=f"{number % 1000:03d}",
        kind=kind,
        aisle=f"{number // 20:02d}",
        x_m=5.0 * (number // 20),
        y_m=1.0 * (number % 20),
        pick_sequence=number,
    )
    session.add(made)
    session.flush()
    return made


def stock(session: Session, place: Location | Tote, product: Product, quantity: int, lot: str = "") -> None:
    """Receive stock into a place."""
    stocking.move(
        session,
        actor(),
        Goods(product_id=product.id, quantity=quantity, lot=lot),
        from_place_id=SUPPLIER_ID,
        to_place_id=place.id,
        reason="received",
    )


def cart(session: Session, slots: int = 8) -> Cart:
    """A cart."""
    number = next(_numbers)
    made = Cart(
        warehouse_id=WAREHOUSE,
        barcode=own_code(CodeKind.CART, number % 999),
        name=f"Cart {number}",
        slots=slots,
        volume_ml=slots * 30_000,
        weight_g=slots * 15_000,
    )
    session.add(made)
    session.flush()
    return made


def tote(session: Session) -> Tote:
    """A free tote."""
    place = Place(warehouse_id=WAREHOUSE, kind=PlaceKind.TOTE)
    session.add(place)
    made = Tote(warehouse_id=WAREHOUSE, id=place.id, barcode=own_code(CodeKind.TOTE, next(_numbers)))
    session.add(made)
    session.flush()
    return made


def station(session: Session, printer_url: str = "file:///tmp/none") -> Station:
    """A packing station with its printer."""
    number = next(_numbers)
    printer = Printer(warehouse_id=WAREHOUSE, name=f"printer-{number}", url=printer_url)
    place = Place(warehouse_id=WAREHOUSE, kind=PlaceKind.STATION)
    session.add_all([printer, place])
    made = Station(
        warehouse_id=WAREHOUSE,
        id=place.id,
        barcode=own_code(CodeKind.STATION, number % 99),
        name=f"PACK {number}",
        printer_id=printer.id,
    )
    session.add(made)
    session.flush()
    return made


def carton_type(session: Session, name: str = "M2") -> CartonType:
    """A carton of 300 x 200 x 150 mm."""
    made = CartonType(
        warehouse_id=WAREHOUSE,
        barcode=own_code(CodeKind.CARTON, next(_numbers) % 99),
        name=name,
        length_mm=300,
        width_mm=200,
        height_mm=150,
        weight_g=120,
    )
    session.add(made)
    session.flush()
    return made


def order(session: Session, *wanted: tuple[Product, int], priority: int = 0) -> Order:
    """A received order for (product, quantity) lines, promised to today's 14:30 cutoff."""
    number = next(_numbers)
    service = session.query(CarrierService).filter_by(warehouse_id=WAREHOUSE).order_by(CarrierService.id).first()
    pickup = session.query(Pickup).filter_by(warehouse_id=WAREHOUSE, weekday=NOW.weekday()).first()
    assert service is not None
    assert pickup is not None
    made = Order(
        warehouse_id=WAREHOUSE,
        channel="shopify",
        external_id=str(number),
        number=f"#{number}",
        barcode=own_code(CodeKind.ORDER, number),
        placed_at=NOW,
        received_at=NOW,
        carrier_service_id=service.id,
        pickup_id=pickup.id,
        cutoff_at=NOW.replace(hour=14, minute=30),
        ship_by_at=NOW.replace(hour=15),
        priority=priority,
        ship_name="Ada Buyer",
        ship_street1="1 Main St",
        ship_city="Springfield",
        ship_state="IL",
        ship_zip="62701",
        ship_country="US",
    )
    session.add(made)
    session.flush()
    session.add_all(
        OrderLine(
            warehouse_id=WAREHOUSE,
            order_id=made.id,
            position=position,
            product_id=item.id,
            sku=item.sku,
            name=item.name,
            quantity=quantity,
            to_pick=quantity,
        )
        for position, (item, quantity) in enumerate(wanted, 1)
    )
    session.flush()
    return made


def waiting_batch(
    session: Session,
    *orders: Order,
    locations: dict[int, Location] | None = None,
    lots: Mapping[int, str] = MappingProxyType({}),
) -> Batch:
    """A waiting batch of a released wave for orders, one pick task a line, walked in the order of the lines.

    Each product stands in the location named for its id, else in a new one that holds ten of it; `lots` names the
    lots that are set aside, where there are any.
    """
    number = next(_numbers)
    wave = Wave(
        warehouse_id=WAREHOUSE,
        number=number,
        carrier="usps",
        cutoff_at=NOW.replace(hour=14, minute=30),
        ship_by_at=NOW.replace(hour=15),
        planned_at=NOW,
        status=WaveStatus.RELEASED,
    )
    batch = Batch(warehouse_id=WAREHOUSE, name=f"W{number}-1", wave_id=wave.id, cutoff_at=wave.cutoff_at)
    session.add_all([wave, batch])
    places = dict(locations or {})
    sequence = itertools.count(1)
    for slot, made in enumerate(orders, 1):
        made.status = OrderStatus.WAVED
        session.add(WaveOrder(warehouse_id=WAREHOUSE, wave_id=wave.id, order_id=made.id))
        session.add(BatchOrder(warehouse_id=WAREHOUSE, batch_id=batch.id, order_id=made.id, slot=slot))
        lines = session.query(OrderLine).filter_by(warehouse_id=WAREHOUSE, order_id=made.id)
        for line in lines.order_by(OrderLine.position):
            _ = _pick_task(session, batch, line, places, next(sequence), lots.get(line.product_id or 0, ""))
    session.flush()
    return batch


def _pick_task(
    session: Session, batch: Batch, line: OrderLine, places: dict[int, Location], sequence: int, lot: str
) -> PickTask:
    assert line.product_id is not None
    if line.product_id not in places:
        places[line.product_id] = location(session)
        goods = Goods(product_id=line.product_id, quantity=10)
        stocking.move(
            session,
            actor(),
            goods,
            from_place_id=SUPPLIER_ID,
            to_place_id=places[line.product_id].id,
            reason="received",
        )
    place = places[line.product_id]
    stocking.reserve(session, actor(), place.id, Goods(product_id=line.product_id, quantity=line.to_pick, lot=lot))
    allocation = Allocation(
        warehouse_id=WAREHOUSE,
        order_id=line.order_id,
        line_id=line.id,
        place_id=place.id,
        product_id=line.product_id,
        quantity=line.to_pick,
        lot=lot,
    )
    task = PickTask(
        warehouse_id=WAREHOUSE,
        batch_id=batch.id,
        order_id=line.order_id,
        line_id=line.id,
        allocation_id=allocation.id,
        product_id=line.product_id,
        location_id=place.id,
        quantity=line.to_pick,
        sequence=sequence,
        lot=lot,
    )
    session.add_all([allocation, task])
    return task
