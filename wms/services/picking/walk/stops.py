"""Where a walk stands, in one statement: the first line still open of the worker's started batch.

The statements of the scan path are built once: building them for each request costs three times their run.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import BindParameter, String, and_, bindparam, case, cast, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session, aliased

from wms.domain.actor import Actor
from wms.domain.calendar import day_of
from wms.domain.catalog import Product
from wms.domain.floor import Cart, Location, Profile, Zone
from wms.domain.orders import OrderLine
from wms.domain.people import Warehouse
from wms.domain.picked import PickedUnits
from wms.domain.picking import OF_TASK, Batch, BatchOrder, BatchStatus, FullTote, Method, PickTask, TaskStatus
from wms.domain.stock import Lot
from wms.domain.totes import Tote
from wms.domain.waves import Allocation
from wms.services.picking.walk.at_stop import Dealt, Slot, Stop
from wms.services.scans.recognising import codes_of, read_codes
from wms.services.scans.screens import clock

_W: BindParameter[int] = bindparam("warehouse")
_BATCH: BindParameter[int] = bindparam("batch")
_standing = aliased(Location)
_other = aliased(PickTask)
_ahead = aliased(Location)
_line = aliased(PickTask)
_every_zone = aliased(Zone)

_of_batch = (_line.warehouse_id == _W, _line.batch_id == Batch.id)
_total = (
    select(func.count())
    .select_from(_line)
    .where(*_of_batch, _line.status != TaskStatus.CANCELLED)
    .correlate(Batch)
    .scalar_subquery()
)
_done = (
    select(func.count())
    .select_from(_line)
    .where(*_of_batch, or_(_line.status == TaskStatus.PICKED, _line.status == TaskStatus.SHORT))
    .correlate(Batch)
    .scalar_subquery()
)
_unbound = (
    select(func.count())
    .select_from(BatchOrder)
    .where(
        BatchOrder.warehouse_id == _W,
        BatchOrder.batch_id == Batch.id,
        BatchOrder.tote_id.is_(None),
        exists().where(
            _line.warehouse_id == _W,
            _line.batch_id == BatchOrder.batch_id,
            _line.order_id == BatchOrder.order_id,
            _line.status == TaskStatus.OPEN,
        ),
    )
    .correlate(Batch)
    .scalar_subquery()
)
_slots_taken = (
    select(func.count(BatchOrder.slot.distinct()))
    .select_from(BatchOrder)
    .where(BatchOrder.warehouse_id == _W, BatchOrder.batch_id == Batch.id)
    .correlate(Batch)
    .scalar_subquery()
)
_full = (
    select(func.count())
    .select_from(FullTote)
    .where(FullTote.warehouse_id == _W, FullTote.batch_id == Batch.id)
    .correlate(Batch)
    .scalar_subquery()
)
_unserialled = (
    select(func.coalesce(func.sum(PickedUnits.quantity), 0))
    .where(
        PickedUnits.warehouse_id == _W,
        PickedUnits.task_id == PickTask.id,
        PickedUnits.tote_id.is_(None),
        PickedUnits.serial == "",
    )
    .correlate(PickTask)
    .scalar_subquery()
)
_next = (
    select(_ahead.code)
    .join(_other, and_(_other.warehouse_id == _ahead.warehouse_id, _other.location_id == _ahead.id))
    .where(
        _other.warehouse_id == _W,
        _other.batch_id == PickTask.batch_id,
        _other.status == TaskStatus.OPEN,
        _other.location_id != PickTask.location_id,
        _other.sequence > PickTask.sequence,
    )
    .order_by(_other.sequence)
    .limit(1)
    .correlate(PickTask)
    .scalar_subquery()
)
_mine, _bought = aliased(OrderLine), aliased(OrderLine)
_replaced = (
    select(_bought.sku)
    .join(_mine, and_(_mine.warehouse_id == _bought.warehouse_id, _mine.replaces_id == _bought.id))
    .where(_mine.warehouse_id == _W, _mine.id == PickTask.line_id)
    .correlate(PickTask)
    .scalar_subquery()
)
_wanted, _its_line = aliased(Allocation), aliased(OrderLine)
_SEPARATOR: Any = literal_column("'\n'")


def _text(column: Any) -> Any:
    return cast(column, String)


def _is_dear(line: Any) -> Any:
    """Whether a unit of an order's line costs so much that each is scanned."""
    return and_(Warehouse.scan_each_from_cents > 0, line.price_cents >= Warehouse.scan_each_from_cents)


# The lines that want the same from the same shelf, and that nothing is known of yet.
_alike = (
    select(
        func.aggregate_strings(
            _text(_other.sequence)
            + "*"
            + _text(_other.id)
            + "*"
            + _text(_other.order_id)
            + "*"
            + _text(_wanted.quantity),
            _SEPARATOR,
        )
    )
    .join(_wanted, and_(_wanted.warehouse_id == _other.warehouse_id, _wanted.id == _other.allocation_id))
    .join(_its_line, and_(_its_line.warehouse_id == _other.warehouse_id, _its_line.id == _other.line_id))
    .where(
        _other.warehouse_id == _W,
        _other.batch_id == PickTask.batch_id,
        _other.id != PickTask.id,
        _other.product_id == PickTask.product_id,
        _other.location_id == PickTask.location_id,
        _other.lot == "",
        _other.serial == "",
        _other.status == TaskStatus.OPEN,
        _other.in_hand == 0,
        or_(_other.found.is_(None), _other.short_confirmed),
        _other.skips == PickTask.skips,
        ~_is_dear(_its_line),
    )
    .correlate(PickTask, Warehouse)
    .scalar_subquery()
)
# Written out: SQLite plans a statement anew for each value of a parameter that a partial index is defined by.
_STARTED: Any = literal_column(f"'{BatchStatus.STARTED}'")
# The walk and its first line are looked up before all else: SQLite would otherwise read every line of the warehouse,
# and count the lines of the walk anew for each.
_own_walk = (
    select(Batch.id)
    .where(Batch.warehouse_id == _W, Batch.status == _STARTED, Batch.worker_id == bindparam("worker"))
    .limit(1)
    .scalar_subquery()
)
_first_line = (
    select(_line.id)
    .where(
        _line.warehouse_id == _W,
        _line.batch_id == _own_walk,
        or_(_line.status == TaskStatus.OPEN, and_(_line.status == TaskStatus.CANCELLED, _line.in_hand > 0)),
    )
    .order_by(_line.in_hand == 0, _line.sequence, _line.id)  # what is in hand goes into its tote first
    .limit(1)
    .scalar_subquery()
)
_CURRENT = (
    select(
        Batch.id.label("batch_id"),
        Batch.name.label("batch"),
        Batch.device,
        Batch.cutoff_at,
        Cart.name.label("cart"),
        Cart.barcode.label("cart_code"),
        PickTask.id.label("task_id"),
        PickTask.order_id,
        PickTask.status,
        PickTask.quantity,
        Allocation.quantity.label("wanted"),
        PickTask.found,
        PickTask.short_reason,
        PickTask.short_confirmed,
        PickTask.in_hand,
        PickTask.location_id,
        Location.code.label("location"),
        Location.barcode.label("location_code"),
        Location.check.label("check"),
        func.coalesce(Batch.location_id == PickTask.location_id, False).label("at_location"),
        Batch.location_id.label("standing_id"),
        Batch.location_proof.label("standing_proof"),
        Batch.put_tote_id,
        func.coalesce(Zone.profile, _every_zone.profile, Profile.STANDARD).label("profile"),
        func.coalesce(Zone.counts_each, _every_zone.counts_each, False).label("counts_each"),
        _is_dear(OrderLine).label("is_dear"),
        func.coalesce(Zone.asks_empty, _every_zone.asks_empty, False).label("asks_empty"),
        Batch.asked_empty_id,
        func.coalesce(_replaced, "").label("replaces"),
        (_slots_taken + _full).label("totes"),
        PickTask.lot,
        PickTask.lot_proved,
        Lot.expiry,
        PickTask.serial,
        case((Product.has_serials, _unserialled), else_=-1).label("unserialled"),
        PickTask.skip_asked,
        PickTask.product_id,
        Product.sku,
        Product.name.label("product"),
        case((PickTask.lot == "", _alike), else_=None).label("alike"),
        codes_of(PickTask).label("codes"),
        BatchOrder.tote_id,
        func.coalesce(Tote.barcode, "").label("tote"),
        func.coalesce(BatchOrder.slot, 0).label("slot"),
        func.coalesce(BatchOrder.method, Method.CLUSTER).label("method"),
        _done.label("done"),
        _total.label("total"),
        _unbound.label("unbound"),
        func.coalesce(_standing.code, "").label("previous"),
        func.coalesce(_next, "").label("next"),
        Warehouse.time_zone,
    )
    .select_from(PickTask)
    .join(Batch, and_(Batch.warehouse_id == PickTask.warehouse_id, Batch.id == PickTask.batch_id))
    .join(Allocation, and_(Allocation.warehouse_id == PickTask.warehouse_id, Allocation.id == PickTask.allocation_id))
    .join(OrderLine, and_(OrderLine.warehouse_id == PickTask.warehouse_id, OrderLine.id == PickTask.line_id))
    .join(Warehouse, Warehouse.id == Batch.warehouse_id)
    .join(Cart, and_(Cart.warehouse_id == Batch.warehouse_id, Cart.id == Batch.cart_id))
    .join(Location, and_(Location.warehouse_id == PickTask.warehouse_id, Location.id == PickTask.location_id))
    .join(Product, and_(Product.warehouse_id == PickTask.warehouse_id, Product.id == PickTask.product_id))
    .outerjoin(Zone, and_(Zone.warehouse_id == Location.warehouse_id, Zone.zone == Location.zone))
    .outerjoin(_every_zone, and_(_every_zone.warehouse_id == Location.warehouse_id, _every_zone.zone == Zone.EVERY))
    .outerjoin(
        Lot,
        and_(Lot.warehouse_id == PickTask.warehouse_id, Lot.product_id == PickTask.product_id, Lot.lot == PickTask.lot),
    )
    .outerjoin(_standing, and_(_standing.warehouse_id == Batch.warehouse_id, _standing.id == Batch.location_id))
    .outerjoin(BatchOrder, OF_TASK)
    .outerjoin(Tote, and_(Tote.warehouse_id == BatchOrder.warehouse_id, Tote.id == BatchOrder.tote_id))
    .where(PickTask.warehouse_id == _W, PickTask.id == _first_line)
)
_SLOTS = (
    select(BatchOrder.slot, BatchOrder.order_id, func.coalesce(Tote.barcode, "").label("tote"))
    .outerjoin(Tote, and_(Tote.warehouse_id == BatchOrder.warehouse_id, Tote.id == BatchOrder.tote_id))
    .where(BatchOrder.warehouse_id == _W, BatchOrder.batch_id == _BATCH)
    .order_by(BatchOrder.slot)
)


def current(session: Session, actor: Actor) -> Stop | None:
    """Return the stop of the worker's started walk, or None: no walk, or nothing left to pick in it."""
    row = (
        session.connection()
        .execute(_CURRENT, {"warehouse": actor.warehouse_id, "worker": actor.worker_id})
        .one_or_none()
    )
    if row is None:
        return None
    facts = dict(row._mapping)  # noqa: SLF001 - the public name of a row's mapping begins so
    zone, cutoff_at, codes = facts.pop("time_zone"), facts.pop("cutoff_at"), facts.pop("codes")
    facts["today"] = day_of(actor.at, zone)
    facts["method"] = Method(facts["method"])
    facts["at_location"], facts["counts_each"] = bool(facts["at_location"]), bool(facts["counts_each"])
    facts["asks_empty"], facts["is_dear"] = bool(facts["asks_empty"]), bool(facts["is_dear"])
    facts["unserialled"] = int(facts["unserialled"])
    alike = facts.pop("alike")
    stop = Stop(**facts, codes=read_codes(codes), due=clock(cutoff_at, zone, actor.at))
    return replace(stop, dealt=_dealt(alike)) if alike and _may_deal(stop) else stop


def _may_deal(stop: Stop) -> bool:
    """Tell whether units for several totes are taken at once: where one scan takes a line, and each put is proved."""
    runs_out_later = stop.is_shorting and (stop.found or 0) >= stop.wanted
    is_open = stop.status is TaskStatus.OPEN and (stop.left > 0 or runs_out_later)
    return is_open and not stop.counts_units and stop.profile is not Profile.STRICT


def _dealt(alike: str) -> tuple[Dealt, ...]:
    """Read the lines alike, in the sequence of the walk."""
    rows = sorted(tuple(map(int, row.split("*"))) for row in alike.split("\n"))
    return tuple(Dealt(task_id=task, order_id=order, units=units) for _, task, order, units in rows)


def slots(session: Session, actor: Actor, batch_id: int, here: int = 0) -> tuple[Slot, ...]:
    """Return the batch's slots with their totes; `here` is the slot meant now."""
    rows = session.execute(_SLOTS, {"warehouse": actor.warehouse_id, "batch": batch_id})
    code_of = {row.slot: row.tote for row in rows}  # orders that share a tote have one slot
    return tuple(Slot(number=number, code=code, here=number == here) for number, code in code_of.items())
