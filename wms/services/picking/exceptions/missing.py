"""Units that are not on their shelf: the books are put right, the shelf is counted, the walk fetches them elsewhere.

All in the moment in which the shelf's scan confirms it. Lines of the same walk that wanted the same from the same
shelf are not asked for there any more; what other walks have set aside there stays theirs. NONE HERE goes for every lot
of the product, a short only for the lot that was asked for. Where units are broken only they leave the shelf's books:
the good ones beside them are there, for whoever they are set aside for; the broken ones go to the hospital. What no
shelf has makes its order short, which waits for a person and holds nobody else up.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.floor import ADJUSTMENT_ID
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.picked import StepKind
from wms.domain.picking import Batch, PickTask, TaskShorted, TaskStatus
from wms.domain.stock import Stock
from wms.domain.waves import Allocation
from wms.services.picking.exceptions import substituting
from wms.services.picking.exceptions.substituting import StoodIn
from wms.services.picking.walk import laying_out, steps, tasks
from wms.services.picking.walk.at_stop import Stop
from wms.services.planning import task_for
from wms.services.stock import allocating, counting, damaging, stocking
from wms.services.stock.allocating import Need
from wms.services.stock.stocking import Goods

DAMAGED = "damaged"
NONE_HERE = "none here"
SHORT = "short"


@dataclass(frozen=True, kw_only=True, slots=True)
class Was:
    """A task as it stood before its units were found missing; `asked` are those that it then lacked."""

    task_id: int
    allocation_id: int
    line_id: int
    product_id: int
    location_id: int
    lot: str
    serial: str
    quantity: int
    asked: int
    found: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Gone:
    """What came of missing units: how many are fetched elsewhere, how many no shelf has.

    `instead`: the SKU of what is taken for those of the line at hand, '' where they are fetched or short. `hospital`
    is where they go that are broken ('' = they are thrown away), None where they are not there at all.
    """

    elsewhere: int
    short: int
    instead: str = ""
    hospital: str | None = None


def locked_open_tasks(session: Session, actor: Actor, batch_id: int) -> list[PickTask]:
    """Lock the open tasks of a walk, one after another by id, and return them in the sequence of the walk."""
    rows = session.scalars(
        select(PickTask)
        .where(
            PickTask.warehouse_id == actor.warehouse_id,
            PickTask.batch_id == batch_id,
            PickTask.status == TaskStatus.OPEN,
        )
        .order_by(PickTask.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    return sorted(rows, key=lambda row: (row.sequence, row.id))


def book(
    session: Session,
    actor: Actor,
    stop: Stop,
    task: PickTask,
    walk: Sequence[PickTask],
    *,
    kept: Collection[int] = (),
    said: Mapping[str, Any] | None = None,
) -> Gone:
    """Book what a confirmed short of `task` means; `walk` are the walk's open tasks, all locked.

    `kept` are lines that get what was found. `said`: the short was said on another line, whose units are dealt out.
    """
    kept = {task.id, *kept}
    is_damaged = task.short_reason == DAMAGED
    rows = [task] if is_damaged else [task, *(row for row in walk if row.id not in kept and _wants_the_same(row, task))]
    was = [
        _was(task, task.short_reason, stop.wanted),
        *(_was(row, task.short_reason, row.quantity) for row in rows[1:]),
    ]
    place_id, hospital = damaging.place(session, actor) if is_damaged else (ADJUSTMENT_ID, None)
    _take_off(session, actor, task, was[0].asked, place_id)
    for row in rows[1:]:
        call_off(session, actor, row)
    written_off = [] if is_damaged else _write_off_the_rest(session, actor, task)
    count = counting.open_count(session, actor, stop.location_id, stop.location, f"{stop.sku} {was[0].reason}")
    found = _fetch_elsewhere(session, actor, stop, was, rows)
    record(session, actor, *(_shorted(stop, row, one) for row, one in zip(rows, was, strict=True)))
    ahead = [row for row in walk if row.status is TaskStatus.OPEN and row not in found.sent]
    laying_out.insert(session, actor, stop.location_id, ahead, [*found.sent, *found.made])
    before = {
        "was": [asdict(one) for one in was],
        "made": [row.id for row in found.made],
        "stood_in": [asdict(one) for one in found.stood_in],
        "missing_place": place_id,
        "written_off": [asdict(goods) for goods in written_off],
        "count": count,
        "said": said,
    }
    said_of = task.id if said is None else int(said["task"])
    steps.note(session, actor, task.batch_id, said_of, StepKind.SHORT, **before)
    session.flush()
    instead = next((one.sku for one in found.stood_in if one.line_id == was[0].line_id), "")
    elsewhere = sum(one.asked for one in was) - found.short
    return Gone(elsewhere=elsewhere, short=found.short, instead=instead, hospital=hospital)


def _take_off(session: Session, actor: Actor, task: PickTask, units: int, place_id: int) -> None:
    """Take a line's missing units off its shelf's books, for another place's."""
    stocking.move(
        session,
        actor,
        tasks.goods_of(task, units),
        from_place_id=task.location_id,
        to_place_id=place_id,
        reason=DAMAGED if task.short_reason == DAMAGED else SHORT,
        reserved=True,
    )
    tasks.allocate(session, actor, task, -units)


def _wants_the_same(row: PickTask, task: PickTask) -> bool:
    is_untouched = not row.in_hand and row.found is None
    is_there = (row.product_id, row.location_id) == (task.product_id, task.location_id)
    return is_untouched and is_there and (_is_none_here(task) or (row.lot, row.serial) == (task.lot, task.serial))


def _is_none_here(task: PickTask) -> bool:
    """Whether nothing of the product is on the shelf, whatever its lot."""
    return task.short_reason == NONE_HERE and not task.found


def _was(row: PickTask, reason: str, wanted: int) -> Was:
    found = row.found or 0
    return Was(
        task_id=row.id,
        allocation_id=row.allocation_id,
        line_id=row.line_id,
        product_id=row.product_id,
        location_id=row.location_id,
        lot=row.lot,
        serial=row.serial,
        quantity=row.quantity,
        asked=wanted - found,
        found=found,
        reason=reason,
    )


def _shorted(stop: Stop, row: PickTask, was: Was) -> TaskShorted:
    return TaskShorted(
        order_id=row.order_id,
        task_id=row.id,
        sku=stop.sku,
        location=stop.location,
        asked=was.quantity,
        found=was.found,
        reason=was.reason,
    )


def _write_off_the_rest(session: Session, actor: Actor, task: PickTask) -> list[Goods]:
    """Take what nobody has set aside off the shelf's books: it is not there. Return what that was."""
    rows = (
        select(Stock)
        .where(
            Stock.warehouse_id == actor.warehouse_id,
            Stock.place_id == task.location_id,
            Stock.product_id == task.product_id,
        )
        .order_by(Stock.lot, Stock.serial)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if not _is_none_here(task):
        rows = rows.where(Stock.lot == task.lot, Stock.serial == task.serial)
    rest = [
        Goods(product_id=row.product_id, quantity=row.available, lot=row.lot, serial=row.serial)
        for row in session.scalars(rows).all()
        if row.available
    ]
    for goods in rest:
        stocking.move(session, actor, goods, from_place_id=task.location_id, to_place_id=ADJUSTMENT_ID, reason=SHORT)
    return rest


@dataclass(kw_only=True, slots=True)
class _Found:
    """Where missing units come from: tasks sent to other shelves, new ones, what stands in, and those no shelf has."""

    sent: list[PickTask] = field(default_factory=list)
    made: list[PickTask] = field(default_factory=list)
    stood_in: list[StoodIn] = field(default_factory=list)
    short: int = 0


def _fetch_elsewhere(
    session: Session, actor: Actor, stop: Stop, was: Sequence[Was], rows: Sequence[PickTask]
) -> _Found:
    """Set units aside on other shelves, else what may stand in for them; those that there are none of are short.

    The shelf itself is under count by now, so that nothing more is set aside on it.
    """
    candidates = substituting.candidates(session, actor, {row.line_id for row in rows})
    others = {one.product_id for of_line in candidates.values() for one in of_line}
    free_stock = allocating.free_stock(session, actor, {stop.product_id, *others}, lock=True)
    batch = session.get_one(Batch, (actor.warehouse_id, stop.batch_id))
    found = _Found()
    for row, one in zip(rows, was, strict=True):
        need = Need(line_id=row.line_id, product_id=row.product_id, sku=stop.sku, quantity=one.asked)
        allocations = allocating.set_aside(session, actor, row.order_id, free_stock.take([need]).portions)
        if not allocations:
            instead = substituting.stand_in(session, actor, free_stock, candidates.get(row.line_id, ()), one.asked)
            if instead is not None:
                stood_in, allocations = instead
                found.stood_in.append(stood_in)
        if not allocations:
            _leave_short(session, actor, stop, row, one)
            found.short += one.asked
            continue
        if one.asked < one.quantity:
            _leave_the_rest(actor, row, one)
        else:
            first, *allocations = allocations
            _send(row, first)
            found.sent.append(row)
        found.made += [task_for(batch, allocation, row.sequence) for allocation in allocations]
    session.add_all(found.made)
    return found


def _leave_the_rest(actor: Actor, row: PickTask, was: Was) -> None:
    """Let a task go on with what was found, and with what was missing before and no shelf had."""
    row.quantity -= was.asked
    if row.quantity == was.found:
        row.forget_short()
    elif not was.found:
        row.move_to(TaskStatus.SHORT, actor.at)


def _send(row: PickTask, to: Allocation) -> None:
    """Let a task take its units, or what stands in for them, where an allocation has them."""
    row.line_id, row.product_id = to.line_id, to.product_id
    row.allocation_id, row.location_id, row.lot, row.serial = to.id, to.place_id, to.lot, to.serial
    row.quantity, row.lot_proved = to.quantity, False
    row.forget_short()


def _leave_short(session: Session, actor: Actor, stop: Stop, row: PickTask, was: Was) -> None:
    """Tell the inbox that no shelf has what a task lacks; one that found nothing has ended."""
    if not was.found:
        row.move_to(TaskStatus.SHORT, actor.at)
    session.add(
        ExceptionItem(
            warehouse_id=actor.warehouse_id,
            kind=ExceptionKind.SHORT,
            at=actor.at,
            text=f"{was.asked} of {was.quantity} {stop.sku} {was.reason} at {stop.location}"[:300],
            order_id=row.order_id,
            subject_id=row.id,
        )
    )


def call_off(session: Session, actor: Actor, row: PickTask) -> None:
    """Free what is set aside for a task."""
    stocking.unreserve(session, actor, row.location_id, tasks.goods_of(row, row.quantity))
    tasks.allocate(session, actor, row, -row.quantity)
