"""Single-unit orders at the bench: an item is scanned, not a tote, and the order that is due first is packed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.calendar import CarrierService
from wms.domain.catalog import Barcode
from wms.domain.floor import ADJUSTMENT_ID, Location, LocationKind
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package, PackageStatus
from wms.domain.people import WorkerSession
from wms.domain.picked import PickedUnits
from wms.domain.picking import BatchOrder, Method, PickTask
from wms.domain.saying import Said, say, say_some
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus
from wms.services.packing.bench import desk, open_bench
from wms.services.packing.on_bench import Bench, Content
from wms.services.packing.tote import totes
from wms.services.packing.tote.holding import is_set_aside
from wms.services.packing.unit import serials, units
from wms.services.scans import feedback
from wms.services.scans.recognising import Item, lots_meant
from wms.services.scans.screens import Feedback
from wms.services.stock import stocking, unsorted
from wms.services.stock.stocking import Goods

_has_open_box = exists().where(
    Package.warehouse_id == Order.warehouse_id, Package.order_id == Order.id, Package.status == PackageStatus.OPEN
)


def waiting(session: Session, actor: Actor) -> Sequence[Row[Any]]:
    """The orders whose unit lies in a staged tote that several share, the next out first."""
    return session.execute(
        _of_waiting(
            actor,
            Order.id,
            Order.cutoff_at,
            CarrierService.carrier,
            Tote.staged_at,
            Tote.id.label("tote_id"),
            Tote.barcode,
            PickedUnits.product_id,
        ).outerjoin(
            CarrierService,
            and_(CarrierService.warehouse_id == Order.warehouse_id, CarrierService.id == Order.carrier_service_id),
        )
    ).all()


def accepted(session: Session, actor: Actor, alone: Sequence[Row[Any]], limit: int) -> tuple[str, ...]:
    """The barcodes of the single units that would be taken as they are, then the totes that others lie in."""
    if not alone:
        return ()
    totes_of: dict[int, set[int]] = {}
    for found in alone:
        totes_of.setdefault(found.product_id, set()).add(found.tote_id)
    here = shared_tote_id(session, actor)
    is_held = here is not None and _holds_units(session, actor, here)
    right = [product for product, places in totes_of.items() if here in places or (len(places) == 1 and not is_held)]
    items = session.scalars(
        select(Barcode.code)
        .where(
            Barcode.warehouse_id == actor.warehouse_id,
            Barcode.product_id.in_(right[:limit]),
            Barcode.quantity == 1,
        )
        .order_by(Barcode.code)
    )
    return (*items, *sorted({found.barcode for found in alone if found.tote_id != here}))


def _of_waiting(actor: Actor, *columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        unsorted.in_shared_totes(actor, *columns)
        .outerjoin(Location, and_(Location.warehouse_id == Tote.warehouse_id, Location.id == Tote.lane_id))
        .where(
            Order.status == OrderStatus.PICKED,
            BatchOrder.method == Method.SINGLE_UNIT,
            Tote.status == ToteStatus.STAGED,
            or_(Location.id.is_(None), Location.kind != LocationKind.HOLD),
            ~_has_open_box,
            ~is_set_aside,
        )
        .order_by(Order.cutoff_at, Order.priority.desc(), Order.placed_at, Order.id)
    )


def open_item(session: Session, actor: Actor, station_id: int, item: Item) -> Feedback:
    """Open the box of the order that this item is due for first, with the item in it; or say that none waits for it."""
    station = totes.locked_station(session, actor, station_id)
    if totes.has_open_box(session, actor, Package.station_id == station.id):
        return feedback.NOT_COUNTED  # the station's other scanner was faster
    of_item = _of_waiting(actor, Tote.id, Tote.barcode, PickTask.lot, PickedUnits.serial)
    waits = session.execute(of_item.where(PickedUnits.product_id == item.product_id)).all()
    item = serials.read(item, {row.lot for row in waits}, {row.serial for row in waits})
    lots = lots_meant(item, {row.lot for row in waits})
    of_serial = serials.meant(item, {row.serial for row in waits})
    tote_of: dict[int, str] = {row.id: row.barcode for row in waits if row.lot in lots and row.serial in of_serial}
    here = shared_tote_id(session, actor)
    is_elsewhere = bool(tote_of) and here not in tote_of
    if is_elsewhere and (len(tote_of) > 1 or _holds_units(session, actor, here)):
        return feedback.wrong(say("Scan its tote first: {totes}", totes=", ".join(sorted(tote_of.values()))))
    found = session.execute(
        _of_waiting(actor, Order, PickTask.lot, PickTask.serial, Tote.id.label("tote_id"))
        .where(
            PickedUnits.product_id == item.product_id,
            PickTask.lot.in_(lots),
            PickedUnits.serial.in_(of_serial),
            Tote.id == (here if here in tote_of else Tote.id),
        )
        .with_for_update(of=Order, key_share=True, skip_locked=True)
        .execution_options(populate_existing=True)
        .limit(1)
    ).one_or_none()
    if found is None:
        is_lot, is_serial = bool(waits) and not lots, bool(waits) and not of_serial
        return feedback.wrong(_none_waits(item, is_lot=is_lot, is_serial=is_serial))
    if totes.has_open_box(session, actor, Package.order_id == found.Order.id):
        return feedback.NOT_COUNTED  # another station was faster
    if item.units > 1:
        return feedback.wrong(say("Case of {units}, {left} wanted. Scan singles", units=item.units, left=1))
    _ = totes.start_box(session, actor, station, found.Order)
    bench = _bench(session, actor)
    content = Content(
        tote_id=found.tote_id, product_id=item.product_id, lot=found.lot, serial=found.serial, on_hand=item.units
    )
    rows = [row for row in bench.units if row.product_id == item.product_id]
    units.pack(session, actor, bench, rows, item, [content])
    is_own_box = rows[0].is_own_box
    words = say("No box: label on the item") if is_own_box else say("Order {order}", order=found.Order.number)
    return feedback.complete(words)


def _none_waits(item: Item, *, is_lot: bool, is_serial: bool) -> Said:
    if is_lot and item.gs1 is not None:
        return say("No order waits for lot {lot}", lot=item.gs1.lot)
    if is_serial:
        return say("No order waits for serial {serial}", serial=serials.tail(serials.said(item)))
    return say("No order waits for {product}", product=item.name)


def _holds_units(session: Session, actor: Actor, tote_id: int | None) -> bool:
    """Tell whether the tote scanned last still stands here with units in it."""
    held = (
        select(Stock.on_hand)
        .join(Tote, and_(Tote.warehouse_id == Stock.warehouse_id, Tote.id == Stock.place_id))
        .where(
            Stock.warehouse_id == actor.warehouse_id,
            Stock.place_id == tote_id,
            Stock.on_hand > 0,
            Tote.status == ToteStatus.STAGED,
            Tote.order_id.is_(None),
        )
    )
    return session.execute(held.limit(1)).first() is not None


def shared_tote_id(session: Session, actor: Actor) -> int | None:
    """The tote that this session's items were last said to come from."""
    return session.scalars(
        select(WorkerSession.shared_tote_id).where(
            WorkerSession.warehouse_id == actor.warehouse_id, WorkerSession.id == actor.session_id
        )
    ).one()


def tote_is_empty(session: Session, actor: Actor) -> Feedback:
    """SHORT: nothing is left in the tote scanned last, so that the orders still waiting for it are short."""
    rows = session.execute(
        _of_waiting(actor, Order, PickedUnits, PickTask.lot, PickTask.serial, Tote.barcode)
        .where(Tote.id == shared_tote_id(session, actor))
        .order_by(None)
        .order_by(Order.id)
        .with_for_update(of=(Order, PickedUnits), key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return feedback.wrong(say("Scan the tote first"))
    tote_id = shared_tote_id(session, actor)
    assert tote_id is not None  # noqa: S101 - rows were found by it
    for row in rows:
        row.PickedUnits.lost_at = actor.at
        goods = Goods(product_id=row.PickedUnits.product_id, quantity=1, lot=row.lot, serial=row.serial)
        stocking.move(
            session, actor, goods, from_place_id=tote_id, to_place_id=ADJUSTMENT_ID, reason="missing at packing"
        )
        totes.leave_short(session, actor, row.Order, "its unit", f"{row.Order.number} lacks its unit in {row.barcode}")
    _ = totes.free_if_empty(session, actor, tote_id)
    for row in rows:
        totes.follow_short(session, actor, row.Order.id)
    return feedback.told(say_some("{n} order is short", "{n} orders are short", len(rows)))


def lose_unit(session: Session, actor: Actor, order_id: int) -> None:
    """Let a single-unit order wait no more for its unit in the tote that it shared: that lies elsewhere for good."""
    of_order = unsorted.in_shared_totes(actor, PickedUnits).where(
        PickTask.order_id == order_id, BatchOrder.method == Method.SINGLE_UNIT
    )
    for row in session.scalars(of_order):
        row.lost_at = actor.at
    session.flush()


def _bench(session: Session, actor: Actor) -> Bench:
    row = desk(session, actor)
    bench = open_bench(session, actor, row) if row is not None else None
    assert bench is not None  # noqa: S101 - the box was opened in this transaction
    return bench


def give_up(session: Session, actor: Actor, bench: Bench) -> Feedback:
    """UNDO: the box is given up, and the item goes back into the tote it came from."""
    totes.give_up(session, actor, bench, "undone")
    return feedback.told(say("UNDO. {product} is out", product=bench.units[0].name))
