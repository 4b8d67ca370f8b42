"""What lies at a station, read in three statements that are built once: they run with each scan."""

from typing import Any

from sqlalchemy import BindParameter, Row, String, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from wms.domain.actor import Actor
from wms.domain.calendar import CarrierService
from wms.domain.catalog import Product
from wms.domain.floor import Station
from wms.domain.inserts import OrderInsert
from wms.domain.orders import Order, OrderLine
from wms.domain.packing import Package, PackageLine, PackageStatus
from wms.domain.people import Warehouse, WorkerSession
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus
from wms.domain.weighing import LearnedWeight
from wms.services.packing.on_bench import Bench, BenchTote, Content, Units
from wms.services.scans.recognising import codes_of, read_codes
from wms.services.scans.screens import clock
from wms.services.signing_in import IDLE_LIMIT

Found = Row[*tuple[Any, ...]]

_W: BindParameter[int] = bindparam("warehouse")
_ORDER: BindParameter[int] = bindparam("order")
_PACKAGE: BindParameter[int] = bindparam("package")

_earlier, _later = aliased(Package), aliased(Package)
# Boxes given up do not count.
_box = (
    select(func.count() + 1)
    .select_from(_earlier)
    .where(
        _earlier.warehouse_id == Package.warehouse_id,
        _earlier.order_id == Package.order_id,
        _earlier.number < Package.number,
        _earlier.status != PackageStatus.CANCELLED,
    )
    .correlate(Package)
    .scalar_subquery()
)
# What was put in beside the goods weighs something; a gift's words weigh no more than paper.
_of_box = and_(OrderInsert.warehouse_id == Package.warehouse_id, OrderInsert.package_id == Package.id)
_inserts_g = (
    select(func.coalesce(func.sum(OrderInsert.weight_g), 0)).where(_of_box).correlate(Package).scalar_subquery()
)
_has_unweighed = exists().where(_of_box, OrderInsert.words == "", OrderInsert.weight_g == 0).correlate(Package)
_BOX = (
    Station.id.label("station_id"),
    Station.name.label("station"),
    Warehouse.time_zone,
    Package.id.label("package_id"),
    Package.barcode.label("package"),
    Package.status.label("package_status"),
    _box.label("box"),
    Package.carton_type_id,
    Package.weight_g,
    Package.weighed,
    Package.full,
    Package.own_box,
    Package.caught,
    Package.wrong_unit,
    _inserts_g.label("inserts_g"),
    _has_unweighed.label("has_unweighed"),
    Order.id.label("order_id"),
    Order.number,
    Order.status.label("order_status"),
    Order.note,
    Order.cutoff_at,
    CarrierService.carrier,
)
_at_station = and_(Package.warehouse_id == Station.warehouse_id, Package.station_id == Station.id)
_of_package = and_(Order.warehouse_id == Package.warehouse_id, Order.id == Package.order_id)
_by_service = and_(CarrierService.warehouse_id == Order.warehouse_id, CarrierService.id == Order.carrier_service_id)
# Another device's screen has the station, and its worker was seen there not long ago.
_holder = aliased(WorkerSession)
_is_on_another_device = and_(
    Station.device_id != WorkerSession.device_id,
    exists()
    .where(
        _holder.warehouse_id == Station.warehouse_id,
        _holder.device_id == Station.device_id,
        _holder.station_id == Station.id,
        _holder.ended_at.is_(None),
        _holder.seen_at > bindparam("seen_after"),
    )
    .correlate(Station),
)
# Another page of the same browser has it. One that does not say which it is (without JavaScript) is in nobody's way.
_THIS_PAGE: BindParameter[str] = bindparam("page", type_=String)
_is_on_another_page = and_(
    Station.device_id == WorkerSession.device_id, Station.page != "", _THIS_PAGE != "", Station.page != _THIS_PAGE
)
_is_elsewhere = and_(Station.device_id.is_not(None), or_(_is_on_another_device, _is_on_another_page))
_OPEN_BOX = (
    select(*_BOX, Station.barcode.label("station_code"), _is_elsewhere.label("is_elsewhere"))
    .select_from(WorkerSession)
    .join(Warehouse, Warehouse.id == WorkerSession.warehouse_id)
    .join(Station, and_(Station.warehouse_id == WorkerSession.warehouse_id, Station.id == WorkerSession.station_id))
    .outerjoin(Package, and_(_at_station, Package.status == PackageStatus.OPEN))
    .outerjoin(Order, _of_package)
    .outerjoin(CarrierService, _by_service)
    .where(WorkerSession.warehouse_id == _W, WorkerSession.id == bindparam("worker_session"))
    .order_by(Package.opened_at)
    .limit(1)
)
# A box given up whose tote still stands at the bench: nothing was packed of the order since.
_GIVEN_UP = (
    select(*_BOX)
    .select_from(Package)
    .join(Station, _at_station)
    .join(Warehouse, Warehouse.id == Package.warehouse_id)
    .join(Order, _of_package)
    .join(Tote, and_(Tote.warehouse_id == Order.warehouse_id, Tote.order_id == Order.id))
    .outerjoin(CarrierService, _by_service)
    .where(
        Package.warehouse_id == _W,
        Package.station_id == bindparam("station"),
        Package.status == PackageStatus.CANCELLED,
        Tote.status == ToteStatus.PACKING,
        ~select(_later.id)
        .where(
            _later.warehouse_id == Package.warehouse_id,
            _later.order_id == Package.order_id,
            _later.number > Package.number,
        )
        .exists(),
    )
    .order_by(Package.opened_at)
    .limit(1)
)

_mine = and_(PackageLine.warehouse_id == OrderLine.warehouse_id, PackageLine.line_id == OrderLine.id)
_packed = (
    select(func.coalesce(func.sum(PackageLine.quantity), 0))
    .join(Package, and_(Package.warehouse_id == PackageLine.warehouse_id, Package.id == PackageLine.package_id))
    .where(_mine, Package.order_id == _ORDER, Package.status != PackageStatus.CANCELLED)
    .correlate(OrderLine)
    .scalar_subquery()
)
_here = (
    select(func.coalesce(func.sum(PackageLine.quantity), 0))
    .where(_mine, PackageLine.package_id == _PACKAGE)
    .correlate(OrderLine)
    .scalar_subquery()
)
_UNITS = (
    select(
        OrderLine.id.label("line_id"),
        OrderLine.product_id,
        OrderLine.sku,
        Product.name,
        OrderLine.to_pick.label("wanted"),
        _packed.label("packed"),
        _here.label("here"),
        Product.weight_g,
        Product.length_mm,
        Product.width_mm,
        Product.height_mm,
        Product.ships_in_own_box,
        codes_of(OrderLine).label("codes"),
        LearnedWeight.unit_mg,
        LearnedWeight.spread_mg,
    )
    .join(Product, and_(Product.warehouse_id == OrderLine.warehouse_id, Product.id == OrderLine.product_id))
    .outerjoin(
        LearnedWeight,
        and_(LearnedWeight.warehouse_id == OrderLine.warehouse_id, LearnedWeight.product_id == OrderLine.product_id),
    )
    .where(OrderLine.warehouse_id == _W, OrderLine.order_id == _ORDER, OrderLine.to_pick > 0)
    .order_by(OrderLine.position, OrderLine.id)
)
_TOTES = (
    select(Tote.id, Tote.barcode, Tote.status, Stock.product_id, Stock.lot, Stock.serial, Stock.on_hand)
    .outerjoin(Stock, and_(Stock.warehouse_id == Tote.warehouse_id, Stock.place_id == Tote.id, Stock.on_hand > 0))
    .where(
        Tote.warehouse_id == _W,
        Tote.order_id == _ORDER,
        Tote.status.in_((ToteStatus.STAGED, ToteStatus.PACKING)),
    )
    .order_by(Tote.staged_at, Tote.id, Stock.lot, Stock.serial)
)


def desk(session: Session, actor: Actor) -> Found | None:
    """Return the station of the worker's session with its open box, if any; None where no station was scanned."""
    if actor.session_id is None:
        return None
    values = {
        "warehouse": actor.warehouse_id,
        "worker_session": actor.session_id,
        "seen_after": actor.at - IDLE_LIMIT,
        "page": actor.page,
    }
    row: Found | None = session.execute(_OPEN_BOX, values).one_or_none()
    return row


def box_anew(session: Session, actor: Actor, package_id: int) -> Package:
    """Return a box as the database has it now, whatever was read of it before."""
    return session.scalars(
        select(Package)
        .where(Package.warehouse_id == actor.warehouse_id, Package.id == package_id)
        .execution_options(populate_existing=True)
    ).one()


def open_bench(session: Session, actor: Actor, row: Found) -> Bench | None:
    """Return the bench of a desk with an open box, or with a tote of a box given up; None where it is empty."""
    if row.package_id is None:
        values = {"warehouse": actor.warehouse_id, "station": row.station_id}
        given_up: Found | None = session.execute(_GIVEN_UP, values).one_or_none()
        if given_up is None:
            return None
        row = given_up
    facts = dict(row._mapping)  # noqa: SLF001 - the public name of a row's mapping begins so
    zone, cutoff_at = facts.pop("time_zone"), facts.pop("cutoff_at")
    for of_desk in ("station_code", "is_elsewhere"):
        _ = facts.pop(of_desk, None)
    values = {"warehouse": actor.warehouse_id, "order": row.order_id, "package": row.package_id}
    units = tuple(_units(found) for found in session.execute(_UNITS, values))
    totes, contents = _totes(session, values)
    facts["carrier"], facts["inserts_g"] = facts["carrier"] or "", int(facts["inserts_g"])
    return Bench(**facts, due=clock(cutoff_at, zone, actor.at), units=units, totes=totes, contents=contents)


def _units(row: Found) -> Units:
    return Units(
        line_id=row.line_id,
        product_id=row.product_id,
        sku=row.sku,
        name=row.name,
        wanted=row.wanted,
        packed=int(row.packed),
        here=int(row.here),
        weight_g=row.weight_g,
        sizes_mm=(row.length_mm, row.width_mm, row.height_mm),
        codes=read_codes(row.codes),
        learned_mg=row.unit_mg,
        spread_mg=row.spread_mg or 0,
        ships_in_own_box=row.ships_in_own_box,
    )


def _totes(session: Session, values: dict[str, int]) -> tuple[tuple[BenchTote, ...], tuple[Content, ...]]:
    totes: dict[int, BenchTote] = {}
    contents = []
    for row in session.execute(_TOTES, values):
        totes[row.id] = BenchTote(tote_id=row.id, code=row.barcode, is_open=row.status is ToteStatus.PACKING)
        if row.product_id is not None:
            contents.append(
                Content(
                    tote_id=row.id,
                    product_id=row.product_id,
                    lot=row.lot,
                    serial=row.serial,
                    on_hand=row.on_hand,
                )
            )
    return tuple(totes.values()), tuple(contents)
