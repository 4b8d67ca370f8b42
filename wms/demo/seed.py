"""Fill an empty database with the demo warehouse; refuse one that holds anything else."""

import datetime as dt
import os
import random
import zoneinfo

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from wms.channels.base import IncomingOrder
from wms.config import WAREHOUSE_ID
from wms.database import reading, transaction
from wms.demo import hall
from wms.demo.goods import goods
from wms.demo.orders import Sellable, orders
from wms.domain.actor import Actor, Role
from wms.domain.calendar import CarrierService, Pickup, ShippingMethod
from wms.domain.catalog import Barcode, Product
from wms.domain.errors import WmsError
from wms.domain.floor import OUTSIDE, SUPPLIER_ID, Location, LocationKind, Place, PlaceKind
from wms.domain.people import Counter, Warehouse
from wms.domain.stock import Lot
from wms.services.orders import receiving
from wms.services.stock import stocking
from wms.services.stock.availability import sellable
from wms.services.stock.stocking import Goods

SEED = 20_261
ORDERS = 300
CHANNEL = "demo"
_SERVICES = {
    "Standard": ("usps", "usps_priority", "USPS Priority"),
    "UPS Ground": ("ups", "ups_ground", "UPS Ground"),
    "Express": ("dhl", "dhl_express_worldwide", "DHL Express"),
}
METHODS = tuple(_SERVICES)
# The three collections stand this long after the demo is made, on the half hour; late in the day on the next day.
_AHEAD = (dt.timedelta(hours=5), dt.timedelta(hours=3, minutes=30), dt.timedelta(hours=2))
_LATEST = dt.time(21, 0)
_TOMORROW = (dt.time(13, 30), dt.time(12, 0), dt.time(10, 30))
_TO_VAN = dt.timedelta(minutes=30)
_FACE_UNITS = (60, 200)
_RESERVE_UNITS = (100, 400)
_WITH_LOTS = 20
_LOTS = {"L2601": dt.timedelta(days=90), "L2602": dt.timedelta(days=200)}


def program(at: dt.datetime) -> Actor:
    """Return the demo itself as actor."""
    return Actor(warehouse_id=WAREHOUSE_ID, at=at, name="demo", device="demo", roles=frozenset({Role.ADMIN}))


def is_seeded(engine: Engine) -> bool:
    """Tell whether the database holds the demo; WmsError where it holds a warehouse of somebody's own."""
    with reading(engine) as session:
        warehouse = session.get(Warehouse, WAREHOUSE_ID)
    if warehouse is not None and not warehouse.demo:
        raise WmsError("This database holds a warehouse that is not the demo's. Name an empty one in WMS_DATABASE_URL.")
    return warehouse is not None


def seed(engine: Engine, at: dt.datetime) -> None:
    """Make the demo warehouse in one transaction, its orders for the next three collections."""
    rng = random.Random(SEED)  # noqa: S311 - a demo, no secret
    actor = program(at)
    zone = local_zone()
    with transaction(engine) as session:
        _open(session, zone, at)
        for maker in (hall.pick_faces(WAREHOUSE_ID, rng), hall.lanes(WAREHOUSE_ID), hall.equipment(WAREHOUSE_ID)):
            session.add_all(maker)
        session.add_all(hall.stations(WAREHOUSE_ID))
        session.add_all(hall.people(WAREHOUSE_ID))
        _products(session)
        session.flush()
        _start_counters(session)
        _fill(session, actor, rng)
        _ = add_orders(session, actor, ORDERS, seed=SEED, prefix="D")


def local_zone() -> str:
    """Return the machine's time zone by name where it has one, else UTC."""
    name = os.environ.get("TZ", "").lstrip(":")
    if not name:
        link = os.path.realpath("/etc/localtime")
        name = link.partition("zoneinfo/")[2]
    return name if name in zoneinfo.available_timezones() else "UTC"


def cutoffs(zone: str, at: dt.datetime) -> tuple[dt.time, ...]:
    """Return the three local cutoff times: hours ahead on the half hour, or tomorrow's when the evening is near."""
    local = at.astimezone(zoneinfo.ZoneInfo(zone))
    ahead = [local + step for step in _AHEAD]
    if any(moment.date() != local.date() or moment.time() > _LATEST for moment in ahead):
        return _TOMORROW
    return tuple(
        moment.replace(minute=moment.minute // 30 * 30).time().replace(second=0, microsecond=0) for moment in ahead
    )


def _open(session: Session, zone: str, at: dt.datetime) -> None:
    address = {
        "name": "North DC",
        "street1": "100 Dock Road",
        "city": "Springfield",
        "state": "IL",
        "zip": "62701",
        "country": "US",
        "phone": "2175550100",
    }
    session.add(
        Warehouse(id=WAREHOUSE_ID, name="North DC", time_zone=zone, demo=True, address=address, units_per_hour_plan=400)
    )
    session.add_all(Place(warehouse_id=WAREHOUSE_ID, id=place_id, kind=PlaceKind.OUTSIDE) for place_id in OUTSIDE)
    for (method, (carrier, service, name)), cutoff in zip(_SERVICES.items(), cutoffs(zone, at), strict=True):
        sold = CarrierService(warehouse_id=WAREHOUSE_ID, carrier=carrier, service=service, name=name)
        session.add(sold)
        words = (method.lower(), "*") if method == "Standard" else (method.lower(),)
        session.add_all(
            ShippingMethod(warehouse_id=WAREHOUSE_ID, method=word, carrier_service_id=sold.id) for word in words
        )
        pickup = (dt.datetime.combine(at.date(), cutoff) + _TO_VAN).strftime("%H:%M")
        session.add_all(
            Pickup(
                warehouse_id=WAREHOUSE_ID, carrier=carrier, weekday=day, cutoff=cutoff.strftime("%H:%M"), pickup=pickup
            )
            for day in range(7)
        )


def _products(session: Session) -> None:
    for good in goods():
        product = Product(
            warehouse_id=WAREHOUSE_ID,
            sku=good.sku,
            name=good.name,
            weight_g=good.weight_g,
            length_mm=good.length_mm,
            width_mm=good.width_mm,
            height_mm=good.height_mm,
            picture=good.picture,
        )
        session.add(product)
        session.add_all(
            Barcode(warehouse_id=WAREHOUSE_ID, code=code, product_id=product.id)
            for code in (good.gtin.zfill(14), good.sku)
        )


def _start_counters(session: Session) -> None:
    """Let the codes that come after the demo's begin after them."""
    session.add_all(
        Counter(warehouse_id=WAREHOUSE_ID, name=name, value=value)
        for name, value in {
            "location": 3000,
            "lane": 50,
            "tote": hall.TOTES + hall.PLACES + hall.STATIONS,
            "cart": 8,
            "carton": 4,
            "station": 3,
        }.items()
    )


def _fill(session: Session, actor: Actor, rng: random.Random) -> None:
    """Give each product a pick face and stock above; a fifth of them a second face, a few of them lots with dates."""
    products = session.scalars(
        select(Product.id).where(Product.warehouse_id == WAREHOUSE_ID).order_by(Product.sku)
    ).all()
    dated = set(rng.sample(products, _WITH_LOTS))
    session.add_all(
        Lot(warehouse_id=WAREHOUSE_ID, product_id=product_id, lot=lot, expiry=actor.at.date() + keeps)
        for product_id in dated
        for lot, keeps in _LOTS.items()
    )
    twice = rng.sample(products, len(products) // 5)
    for kind, holding, units in (
        (LocationKind.PICK, [*products, *twice], _FACE_UNITS),
        (LocationKind.RESERVE, products, _RESERVE_UNITS),
    ):
        places = session.scalars(
            select(Location.id)
            .where(Location.warehouse_id == WAREHOUSE_ID, Location.kind == kind)
            .order_by(Location.pick_sequence)
        ).all()
        for product_id, place_id in zip(holding, rng.sample(places, len(holding)), strict=True):
            for lot in _LOTS if product_id in dated else ("",):
                goods_in = Goods(product_id=product_id, quantity=rng.randint(*units), lot=lot)
                stocking.move(
                    session,
                    actor,
                    goods_in,
                    from_place_id=SUPPLIER_ID,
                    to_place_id=place_id,
                    reason="opening stock",
                )


def add_orders(session: Session, actor: Actor, count: int, *, seed: int, prefix: str) -> list[IncomingOrder]:
    """Take in `count` seeded orders for stock that is free now, by the intake that reads a shop's file."""
    free = [Sellable(sku=sku, name=name, available=units) for sku, name, units in sellable(session, actor)]
    told = list(orders(count, free, METHODS, actor.at, seed=seed, prefix=prefix))
    intake = receiving.intake(session, actor, CHANNEL)
    _ = receiving.receive(session, actor, intake, told)
    return told
