"""Counts: a location that holds less than the books said leaves allocation until somebody has counted all of it.

Whoever counts is not told what the books say. Picking goes on meanwhile with what was set aside before: a count is
held against the books as they were when the counter began to look.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor, Role
from wms.domain.base import text_id
from wms.domain.catalog import Product
from wms.domain.counting import CountClosed, CountOpened, CountStatus, CountTask
from wms.domain.errors import BadInputError, DomainError, NotFoundError
from wms.domain.floor import Location
from wms.domain.ids import new_id
from wms.domain.journal import JournalEntry, record
from wms.domain.people import Worker
from wms.domain.picked import PickedUnits, UnitsLaidDown
from wms.domain.picking import PickTask
from wms.domain.stock import Stock, StockMove
from wms.services.orders.promising import zone_of
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods
from wms.services.upserting import insert_new

_MOST_UNITS = 1_000_000
Balance = tuple[int, str, str]
"""A product's id, a lot and a serial."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenCount:
    """A count that waits; `at` is the warehouse's time. `is_own`: who reported it does not count it."""

    key: str
    location: str
    reason: str
    at: dt.datetime
    who: str
    is_own: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A product (of one lot and serial) that the books know in a location; how many is not said."""

    key: str
    sku: str
    name: str
    lot: str
    serial: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CountSheet:
    """What is asked of whoever counts a location."""

    key: str
    location: str
    reason: str
    kept: tuple[Kept, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """What came of a count: balances that were wrong, units added less units gone, and those bound to walks."""

    location: str
    changed: int
    units: int
    bound: int


def under_count(actor: Actor) -> Select[int]:
    """Return the locations under count, for a statement's `in_`."""
    return select(CountTask.location_id).where(
        CountTask.warehouse_id == actor.warehouse_id, CountTask.status == CountStatus.OPEN
    )


def open_count(session: Session, actor: Actor, location_id: int, location: str, reason: str) -> int | None:
    """Ask for a count of a location; return the count's id, None where one is open already."""
    count_id = new_id()
    is_first = insert_new(
        session,
        CountTask,
        warehouse_id=actor.warehouse_id,
        id=count_id,
        location_id=location_id,
        reason=reason[:200],
        opened_at=actor.at,
        opened_by=actor.worker_id,
        status=CountStatus.OPEN,
    )
    if not is_first:
        return None
    record(session, actor, CountOpened(location=location, reason=reason))
    return count_id


def call_off(session: Session, actor: Actor, count_id: int, location: str) -> None:
    """Take back a count that nobody has done: the short that asked for it was taken back."""
    task = _locked(session, actor, count_id)
    if task.status is CountStatus.OPEN:
        task.close(CountStatus.CANCELLED, actor.at, actor.worker_id)
        record(session, actor, CountClosed(location=location, then=CountStatus.CANCELLED))
        session.flush()


def was_counted(session: Session, actor: Actor, location_id: int, since: dt.datetime) -> bool:
    """Tell whether somebody has counted a location since a moment; a count now open waits for the actor's commit."""
    counts = session.scalars(
        select(CountTask)
        .where(
            CountTask.warehouse_id == actor.warehouse_id,
            CountTask.location_id == location_id,
            or_(CountTask.closed_at.is_(None), CountTask.closed_at >= since),
        )
        .order_by(CountTask.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return any(count.status is CountStatus.COUNTED for count in counts.all())


def open_counts(session: Session, actor: Actor) -> tuple[OpenCount, ...]:
    """Return what is to be counted, in the order of the shelves."""
    zone = zone_of(session, actor)
    rows = session.execute(
        select(CountTask, Location.code, func.coalesce(Worker.name, "the program").label("who"))
        .join(Location, and_(Location.warehouse_id == CountTask.warehouse_id, Location.id == CountTask.location_id))
        .outerjoin(Worker, and_(Worker.warehouse_id == CountTask.warehouse_id, Worker.id == CountTask.opened_by))
        .where(CountTask.warehouse_id == actor.warehouse_id, CountTask.status == CountStatus.OPEN)
        .order_by(Location.pick_sequence, Location.code)
    )
    return tuple(_row(task, code, who, actor, zone) for task, code, who in rows)


def _row(task: CountTask, code: str, who: str, actor: Actor, zone: ZoneInfo) -> OpenCount:
    return OpenCount(
        key=text_id(task.id),
        location=code,
        reason=task.reason,
        at=task.opened_at.astimezone(zone),
        who=who,
        is_own=_is_own(task, actor),
    )


def _is_own(task: CountTask, actor: Actor) -> bool:
    return task.opened_by is not None and task.opened_by == actor.worker_id and Role.ADMIN not in actor.roles


def sheet(session: Session, actor: Actor, count_id: int) -> CountSheet:
    """Return what to count; DomainError where it was counted already or the actor reported it."""
    task = session.get(CountTask, (actor.warehouse_id, count_id))
    if task is None:
        raise NotFoundError("count", text_id(count_id))
    _refuse(task, actor)
    rows = session.execute(
        select(Stock.product_id, Product.sku, Product.name, Stock.lot, Stock.serial)
        .join(Product, and_(Product.warehouse_id == Stock.warehouse_id, Product.id == Stock.product_id))
        .where(Stock.warehouse_id == actor.warehouse_id, Stock.place_id == task.location_id)
        .order_by(Product.sku, Stock.lot, Stock.serial)
    )
    kept = tuple(
        Kept(key=text_id(row.product_id), sku=row.sku, name=row.name, lot=row.lot, serial=row.serial) for row in rows
    )
    return CountSheet(key=text_id(task.id), location=_code(session, task), reason=task.reason, kept=kept)


def _refuse(task: CountTask, actor: Actor) -> None:
    if task.status is not CountStatus.OPEN:
        raise DomainError(f"This count is {task.status}. Choose another.")
    if _is_own(task, actor):
        raise DomainError("You reported this shelf. Somebody else counts it.")


def _code(session: Session, task: CountTask) -> str:
    return session.get_one(Location, (task.warehouse_id, task.location_id)).code


def _locked(session: Session, actor: Actor, count_id: int) -> CountTask:
    task = session.get(
        CountTask, (actor.warehouse_id, count_id), with_for_update={"key_share": True}, populate_existing=True
    )
    if task is None:
        raise NotFoundError("count", text_id(count_id))
    return task


def close(
    session: Session, actor: Actor, count_id: int, counted: Mapping[Balance, int], looked_at: dt.datetime
) -> Counted:
    """Book what was counted in a location by somebody who began to look at a moment; it may be promised again.

    Every balance that the books name and `counted` leaves out holds nothing. Units set aside for walks stay in the
    books even where fewer were counted: their pickers will find that out.
    """
    task = _locked(session, actor, count_id)
    _refuse(task, actor)
    if not task.opened_at <= looked_at <= actor.at:
        raise BadInputError("The count began before it was asked for. Load the page again.")
    if any(not 0 <= units <= _MOST_UNITS for units in counted.values()):
        raise BadInputError("A count is a whole number, 0 or more.")
    was = _on_location(session, actor, task.location_id, looked_at)
    changed, units, bound = 0, 0, 0
    for balance in sorted(was.keys() | counted.keys()):
        change = counted.get(balance, 0) - was.get(balance, 0)
        floor = -_available(session, actor, task.location_id, balance)
        bound += max(0, floor - change)
        change = max(change, floor)
        if change:
            changed, units = changed + 1, units + change
            product_id, lot, serial = balance
            goods = Goods(product_id=product_id, quantity=abs(change), lot=lot, serial=serial)
            stocking.adjust(session, actor, task.location_id, goods, change=change, reason="counted")
    task.close(CountStatus.COUNTED, actor.at, actor.worker_id)
    code = _code(session, task)
    record(session, actor, CountClosed(location=code, then=CountStatus.COUNTED, changed=changed, units=units))
    session.flush()
    return Counted(location=code, changed=changed, units=units, bound=bound)


def _available(session: Session, actor: Actor, location_id: int, balance: Balance) -> int:
    row = session.get(
        Stock, (actor.warehouse_id, location_id, *balance), with_for_update={"key_share": True}, populate_existing=True
    )
    return row.available if row else 0


def _on_location(session: Session, actor: Actor, location_id: int, at: dt.datetime) -> dict[Balance, int]:
    """Return the units that stood on a shelf at a moment by the books, without those in somebody's hands."""
    units: dict[Balance, int] = defaultdict(int)
    for row in session.execute(
        select(Stock.product_id, Stock.lot, Stock.serial, Stock.on_hand).where(
            Stock.warehouse_id == actor.warehouse_id, Stock.place_id == location_id
        )
    ):
        units[row.product_id, row.lot, row.serial] += row.on_hand
    gone_since = case((StockMove.from_place_id == location_id, StockMove.quantity), else_=-StockMove.quantity)
    for product_id, lot, serial, change in session.execute(
        select(StockMove.product_id, StockMove.lot, StockMove.serial, func.sum(gone_since))
        .where(
            StockMove.warehouse_id == actor.warehouse_id,
            StockMove.product_id.in_({product_id for product_id, _, _ in units}),
            or_(StockMove.from_place_id == location_id, StockMove.to_place_id == location_id),
            StockMove.at > at,
        )
        .group_by(StockMove.product_id, StockMove.lot, StockMove.serial)
    ):
        units[product_id, lot, serial] += int(change)
    for product_id, lot, serial, count in session.execute(
        select(PickedUnits.product_id, PickTask.lot, PickTask.serial, func.sum(PickedUnits.quantity))
        .join(PickTask, and_(PickTask.warehouse_id == PickedUnits.warehouse_id, PickTask.id == PickedUnits.task_id))
        .where(
            PickedUnits.warehouse_id == actor.warehouse_id,
            PickTask.location_id == location_id,
            PickedUnits.at <= at,
            or_(PickedUnits.put_at.is_(None), PickedUnits.put_at > at),
        )
        .group_by(PickedUnits.product_id, PickTask.lot, PickTask.serial)
    ):
        units[product_id, lot, serial] -= int(count)
    for event in session.scalars(
        select(JournalEntry.data).where(
            JournalEntry.warehouse_id == actor.warehouse_id,
            JournalEntry.event == UnitsLaidDown.__name__,
            JournalEntry.at > at,
        )
    ):
        if event["location_id"] == location_id and dt.datetime.fromisoformat(event["taken_at"]) <= at:
            units[event["product_id"], event["lot"], event["serial"]] -= event["quantity"]
    return dict(units)
