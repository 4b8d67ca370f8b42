"""Between walks: what waits, a cart that starts one, and walks that move from one device to another.

A device has no memory of its own: what it last did with a walk is read from the journal.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.codes import Code, CodeKind, Command
from wms.domain.errands import Errand
from wms.domain.floor import Cart
from wms.domain.journal import JournalEntry, record
from wms.domain.orders import Order, OrderStatus
from wms.domain.people import Warehouse, Worker
from wms.domain.picked import ScanUndone
from wms.domain.picking import Batch, BatchMoved, BatchStatus, PickTask, TaskStatus, UnitsPut
from wms.domain.saying import say
from wms.services import calling
from wms.services.accuracy import Accuracy, wrong_of
from wms.services.picking import looking_up
from wms.services.picking.screens import Home, Moved, TakeOver, ToSort, Waiting
from wms.services.picking.walk import carts
from wms.services.picking.walk.taking_along import take_along
from wms.services.picking.wall import desks, sorting, undoing
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback, Screen, clock
from wms.services.stock import unsorted

_SHIFT = dt.timedelta(hours=12)
_ASKED = "asked for"
_LEFT = "left"
_ENDED = frozenset({_LEFT, BatchStatus.WAITING.value})
_DONE_OR_YES = frozenset({Command.DONE, Command.YES})


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """A started batch: whose it is and on which device."""

    batch_id: int
    name: str
    worker_id: int
    worker: str
    device: str


def own_walk(session: Session, actor: Actor) -> Walk | None:
    """Return the worker's started batch, wherever it is."""
    return _walk(session, actor, Batch.worker_id == actor.worker_id)


def moved_away(session: Session, actor: Actor, device: str, name: str) -> bool:
    """Tell whether the worker's own walk has left this device for another (or never was here: then it may resume)."""
    return device != actor.device and _last_move(session, actor)[0] == name


def screen(session: Session, actor: Actor) -> Screen:
    """Return the screen of a device without a walk of its own."""
    name, then = _last_move(session, actor)
    walk = _walk(session, actor, Batch.name == name) if name and then not in _ENDED else None
    elsewhere = walk is not None and (walk.worker_id, walk.device) != (actor.worker_id, actor.device)
    if walk is None or not elsewhere:
        return _home(session, actor)
    if then == _ASKED:
        return TakeOver(
            token=f"take-{walk.batch_id:x}",
            job=walk.name,
            batch_id=walk.batch_id,
            batch=walk.name,
            worker=walk.worker,
            device=walk.device,
        )
    return Moved(
        token=f"moved-{walk.batch_id:x}", job=walk.name, batch_id=walk.batch_id, batch=walk.name, device=walk.device
    )


def judge_home(session: Session, actor: Actor, code: Code, screen: Screen) -> Feedback:
    """Judge a scan on a device without a walk: a cart starts one, a tote for the put wall is sorted, others tell."""
    if code.kind is CodeKind.CART:
        return _take_cart(session, actor, code)
    if code.command is Command.UNDO:
        return undoing.undo_last(session, actor) or feedback.wrong_type(code, screen.wants)
    to_sort = sorting.begin(session, actor, code) if code.kind is CodeKind.TOTE else None
    return to_sort or looking_up.look_up(session, actor, code) or feedback.wrong_type(code, screen.wants)


def _take_cart(session: Session, actor: Actor, code: Code) -> Feedback:
    cart = session.scalars(
        select(Cart)
        .where(Cart.warehouse_id == actor.warehouse_id, Cart.barcode == code.text)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if cart is None:
        return feedback.unknown(code)
    walk = _walk(session, actor, Batch.cart_id == cart.id)
    mine = own_walk(session, actor)
    if mine is not None and (walk is None or walk.batch_id != mine.batch_id):
        return feedback.wrong(say("Finish {batch} first", batch=mine.name))
    if walk is None:
        return carts.start(session, actor, cart)
    if mine is not None:
        return _take(session, actor, walk.batch_id)
    record(session, actor, BatchMoved(batch=walk.name, then=_ASKED))
    return feedback.told(say("{cart} is in use", cart=cart.name))


def judge_take_over(session: Session, actor: Actor, code: Code, screen: TakeOver) -> Feedback:
    """Judge the answer to "Move this batch here?"."""
    if code.command is Command.YES:
        return _take(session, actor, screen.batch_id)
    if code.command is Command.NO:
        record(session, actor, BatchMoved(batch=screen.batch, then=_LEFT))
        return feedback.told(say("NO. It stays there"))
    return feedback.wrong_type(code, screen.wants)


def judge_moved(session: Session, actor: Actor, code: Code, screen: Moved) -> Feedback:
    """Judge a scan on a device whose walk has moved: DONE shows what waits, a cart is taken at once."""
    if code.command not in _DONE_OR_YES and code.kind is not CodeKind.CART:
        return feedback.wrong_type(code, screen.wants)
    record(session, actor, BatchMoved(batch=screen.batch, then=_LEFT))
    return judge_home(session, actor, code, screen) if code.kind is CodeKind.CART else feedback.told(say("OK"))


def adopt(session: Session, actor: Actor, batch_id: int) -> None:
    """Move the worker's own walk to this device, where the worker goes on with it."""
    _ = _take(session, actor, batch_id)


def hand_over(session: Session, before: Actor, actor: Actor) -> Feedback | None:
    """Give the walk or desk of this device to the worker whose badge took it over; None where there is none on it."""
    walk = own_walk(session, before)
    if walk is None:
        return _hand_desk_over(session, before, actor)
    if walk.device != before.device:
        return None
    if own_walk(session, actor) is not None:
        return _keeps(before, actor, walk.name)
    batch = _moved_here(session, actor, walk.batch_id)
    if batch is None:
        return None
    calling.take_over(session, before, actor)
    record(session, before, BatchMoved(batch=walk.name, then=_LEFT, reason=f"handed over to {actor.name}"))
    return feedback.accepted(say("Hello {name}. {batch} is yours", name=actor.name, batch=walk.name))


def _hand_desk_over(session: Session, before: Actor, actor: Actor) -> Feedback | None:
    desk = desks.current(session, before)
    if desk is not None and own_walk(session, actor) is not None:
        return _keeps(before, actor, desk.tote.barcode)
    tote = desks.hand_over(session, before, actor)
    if tote is None:
        return None
    calling.take_over(session, before, actor)
    take_along(session, actor, and_(Errand.worker_id == before.worker_id, Errand.batch_id.is_(None)))
    return feedback.accepted(say("Hello {name}. {batch} is yours", name=actor.name, batch=tote))


def _keeps(before: Actor, actor: Actor, what: str) -> Feedback:
    """Whoever has a walk goes on with that: what was done on the device stays whose it was."""
    return feedback.told(say("Hello {name}. {other} keeps {batch}", name=actor.name, other=before.name, batch=what))


def _take(session: Session, actor: Actor, batch_id: int) -> Feedback:
    batch = _moved_here(session, actor, batch_id)
    return feedback.NOT_COUNTED if batch is None else feedback.told(say("{batch} is here now", batch=batch.name))


def _moved_here(session: Session, actor: Actor, batch_id: int) -> Batch | None:
    """Move a walk to this worker and device; None where it is over."""
    batch = session.scalars(
        select(Batch)
        .where(Batch.warehouse_id == actor.warehouse_id, Batch.id == batch_id, Batch.status == BatchStatus.STARTED)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if batch is not None:
        record(session, actor, batch.take_over(worker_id=actor.worker_id or 0, device=actor.device))
        session.flush()
        take_along(session, actor, Errand.batch_id == batch.id)
    return batch


def _walk(session: Session, actor: Actor, which: ColumnElement[bool]) -> Walk | None:
    row = session.execute(
        select(Batch.id, Batch.name, Batch.worker_id, Batch.device, Worker.name.label("worker"))
        .join(Worker, and_(Worker.warehouse_id == Batch.warehouse_id, Worker.id == Batch.worker_id))
        .where(Batch.warehouse_id == actor.warehouse_id, Batch.status == BatchStatus.STARTED, which)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Walk(batch_id=row.id, name=row.name, worker_id=row.worker_id, worker=row.worker, device=row.device)


def _last_move(session: Session, actor: Actor) -> tuple[str, str]:
    """Return the batch that this worker last did something with on this device in this shift, and what."""
    data = session.scalars(
        select(JournalEntry.data)
        .where(
            JournalEntry.warehouse_id == actor.warehouse_id,
            JournalEntry.event == BatchMoved.__name__,
            JournalEntry.at > actor.at - _SHIFT,
            JournalEntry.worker_id == actor.worker_id,
            JournalEntry.device == actor.device,
        )
        .order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
        .limit(1)
    ).one_or_none()
    return ("", "") if data is None else (data["batch"], data["then"])


def _home(session: Session, actor: Actor) -> Home:
    zone: str = session.execute(select(Warehouse.time_zone).where(Warehouse.id == actor.warehouse_id)).scalar_one()
    all_waiting = (Batch.warehouse_id == actor.warehouse_id, Batch.status == BatchStatus.WAITING)
    waiting = (*all_waiting, Batch.cart_id.is_(None))
    batches: int = session.execute(select(func.count()).where(*waiting)).scalar_one()
    due = session.execute(select(Batch.cutoff_at).where(*waiting).order_by(Batch.cutoff_at).limit(1)).scalar()
    orders: int = session.execute(
        select(func.count(PickTask.order_id.distinct()))
        .join(Batch, and_(Batch.warehouse_id == PickTask.warehouse_id, Batch.id == PickTask.batch_id))
        .where(*waiting, PickTask.status == TaskStatus.OPEN)
    ).scalar_one()
    half_done = session.scalars(
        select(Cart.name)
        .join(Batch, and_(Batch.warehouse_id == Cart.warehouse_id, Batch.cart_id == Cart.id))
        .where(*all_waiting)
        .order_by(Batch.cutoff_at, Cart.name)
    ).all()
    next_orders, next_due = (0, None) if batches or half_done else _next_wave(session, actor)
    midnight = actor.at.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    units = _units_since(session, actor, midnight)
    return Home(
        job=say("{name}  device {device}", name=actor.name, device=actor.device),
        worker=actor.name,
        waiting=Waiting(
            batches=batches,
            orders=orders,
            due=clock(due, zone, actor.at),
            half_done=tuple(half_done),
            next_orders=next_orders,
            next_due=clock(next_due, zone, actor.at),
        ),
        to_sort=tuple(ToSort(code=code, lane=lane) for code, lane in unsorted.totes(session, actor)),
        units_today=units,
        right=Accuracy(units=units, wrong=wrong_of(session, actor, midnight) if units else 0).right,
    )


def _next_wave(session: Session, actor: Actor) -> tuple[int, dt.datetime | None]:
    """How many orders the next wave may take, and their first cutoff; when it is released a person says, no clock."""
    row = session.execute(
        select(func.count(), func.min(Order.cutoff_at)).where(
            Order.warehouse_id == actor.warehouse_id, Order.status.in_((OrderStatus.RECEIVED, OrderStatus.ALLOCATED))
        )
    ).one()
    return row[0], row[1]


def _units_since(session: Session, actor: Actor, since: dt.datetime) -> int:
    """Return the units this worker has put into totes since a moment, less those undone."""
    today = JournalEntry.warehouse_id == actor.warehouse_id, JournalEntry.at >= since
    put: int = session.execute(
        select(func.coalesce(func.sum(JournalEntry.data["quantity"].as_integer()), 0)).where(
            *today, JournalEntry.event == UnitsPut.__name__, JournalEntry.worker_id == actor.worker_id
        )
    ).scalar_one()
    # Whoever took them out: they are no longer what this worker has put.
    undone: int = session.execute(
        select(func.coalesce(func.sum(JournalEntry.data["units"].as_integer()), 0)).where(
            *today,
            JournalEntry.event == ScanUndone.__name__,
            JournalEntry.data["put_by"].as_string() == text_id(actor.worker_id or 0),
        )
    ).scalar_one()
    return put - undone
