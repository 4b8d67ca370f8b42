"""UNDO at the put wall: what a worker did last there is taken back, step by step, also when the tote is done with."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.orm import Session, aliased

from wms.domain.actor import Actor
from wms.domain.floor import ADJUSTMENT_ID
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import JournalEntry, record
from wms.domain.orders import Order, OrderStatus
from wms.domain.picked import DamagedAtWall, PickedUnits, ScanUndone, ToteFoundEmpty, UnitsSorted
from wms.domain.picking import BatchMoved, PickTask
from wms.domain.saying import say
from wms.domain.totes import Tote, ToteStatus
from wms.services import settling
from wms.services.locking import locked_order, locked_orders
from wms.services.picking.exceptions import full_totes
from wms.services.picking.wall import desks
from wms.services.picking.wall.desks import Desk
from wms.services.planning import again as planning_again
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback
from wms.services.stock import stocking, unsorted
from wms.services.stock.stocking import Goods

_SHIFT = dt.timedelta(hours=12)
_STEPS = (UnitsSorted.__name__, ToteFoundEmpty.__name__, DamagedAtWall.__name__)
_FILLING = frozenset({ToteStatus.PICKING, ToteStatus.STAGED})
_place = aliased(Tote)


def undo_here(session: Session, actor: Actor, desk: Desk) -> Feedback:
    """Take back what this worker did last with the tote that is being sorted."""
    entry = _newest(session, actor, desk.tote.barcode)
    return feedback.wrong(say("Nothing to undo")) if entry is None else _take_back(session, actor, entry)


def undo_last(session: Session, actor: Actor) -> Feedback | None:
    """Take back what this worker did last at the wall, and no walk since; None where there is nothing like that."""
    entry = _newest(session, actor, None)
    return None if entry is None else _take_back(session, actor, entry)


def _newest(session: Session, actor: Actor, tote: str | None) -> JournalEntry | None:
    """The last step of this shift that still stands: with this tote or, for None, with any since the last walk."""
    entries = session.scalars(
        select(JournalEntry)
        .where(
            JournalEntry.warehouse_id == actor.warehouse_id,
            JournalEntry.event.in_(_STEPS if tote else (*_STEPS, BatchMoved.__name__)),
            JournalEntry.at > actor.at - _SHIFT,
            JournalEntry.worker_id == actor.worker_id,
            *([JournalEntry.data["tote"].as_string() == tote] if tote else []),
        )
        .order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
    )
    for entry in entries:
        if entry.event == BatchMoved.__name__:
            return None
        if _stands(session, actor, entry):
            return entry
    return None


def _stands(session: Session, actor: Actor, entry: JournalEntry) -> bool:
    if entry.event == UnitsSorted.__name__:
        return _as_sorted(session, actor, entry) is not None
    return bool(_lost(session, actor, entry))


def _as_sorted(session: Session, actor: Actor, entry: JournalEntry) -> PickedUnits | None:
    """The picked units that an entry says were sorted, while they lie where it put them."""
    return session.scalars(
        select(PickedUnits)
        .join(_place, and_(_place.warehouse_id == PickedUnits.warehouse_id, _place.id == PickedUnits.tote_id))
        .where(
            PickedUnits.warehouse_id == actor.warehouse_id,
            PickedUnits.task_id == entry.data["task_id"],
            PickedUnits.put_at == entry.at,
            _place.wall != "",
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def _lost(session: Session, actor: Actor, entry: JournalEntry) -> Sequence[Row[PickedUnits, PickTask]]:
    """The picked units that an entry says were lost, with their tasks, while nobody has found them again."""
    return session.execute(
        select(PickedUnits, PickTask)
        .join(PickTask, and_(PickTask.warehouse_id == PickedUnits.warehouse_id, PickTask.id == PickedUnits.task_id))
        .where(
            PickedUnits.warehouse_id == actor.warehouse_id,
            PickedUnits.lost_at == entry.at,
            PickTask.order_id.in_([order_id for order_id, *_ in entry.data["was"]]),
        )
        .order_by(PickedUnits.id)
        .execution_options(populate_existing=True)
    ).all()


def _take_back(session: Session, actor: Actor, entry: JournalEntry) -> Feedback:
    return (_unsort if entry.event == UnitsSorted.__name__ else _find_again)(session, actor, entry)


def _unsort(session: Session, actor: Actor, entry: JournalEntry) -> Feedback:
    """What was sorted goes back into its tote."""
    order_id = entry.order_id or 0
    order = locked_order(session, actor, order_id)
    units = _as_sorted(session, actor, entry)
    if units is None:
        return feedback.NOT_COUNTED
    task = session.get_one(PickTask, (actor.warehouse_id, units.task_id))
    totes = _locked_totes(session, actor, entry, [order_id], units.tote_id)
    place, tote = totes[units.tote_id or 0], _of(totes, entry)
    if place.order_id != order_id or place.status not in _FILLING or order.status not in unsorted.SORTED:
        return feedback.wrong(say("Too late. {tote} has left", tote=place.name))
    if not _may_stand_again(session, actor, tote, entry):
        return _not_again(tote)
    _stand_again(session, actor, tote, entry)
    goods = _goods(units, task)
    stocking.move(session, actor, goods, from_place_id=place.id, to_place_id=tote.id, reason="undone")
    units.tote_id = tote.id
    _fill_on(session, actor, place, order_id)
    record(session, actor, ScanUndone(order_id=order_id, task_id=task.id, step="sorted"))
    return feedback.told(say("Take {n} out of {tote}", n=units.quantity, tote=place.name))


def _find_again(session: Session, actor: Actor, entry: JournalEntry) -> Feedback:
    """What was lost from a tote, or taken out as damaged, is in it again; its orders are no more short than before."""
    was_damaged = entry.event == DamagedAtWall.__name__
    was = {order_id: OrderStatus(status) for order_id, status, _ in entry.data["was"]}
    orders = locked_orders(session, actor, was)
    rows = _lost(session, actor, entry)
    totes = _locked_totes(session, actor, entry, list(was))
    tote = _of(totes, entry)
    places = [place for place in totes.values() if place is not tote]
    if _is_decided(session, actor, entry, orders):
        return feedback.wrong(say("Too late. It is decided"))
    gone = next((place for place in places if place.status not in _FILLING), None)
    if gone is not None:
        return feedback.wrong(say("Too late. {tote} has left", tote=gone.name))
    if not _may_stand_again(session, actor, tote, entry):
        return _not_again(tote)
    from_id = entry.data["place_id"] if was_damaged else ADJUSTMENT_ID
    if any(not stocking.holds(session, actor, from_id, _goods(units, task)) for units, task in rows):
        return feedback.wrong(say("Too late. It has left {place}", place=entry.data["place"]))
    _stand_again(session, actor, tote, entry)
    step, reason = ("damaged", "it was not damaged") if was_damaged else ("found empty", "the tote was not empty")
    for units, task in rows:
        goods = _goods(units, task)
        stocking.move(session, actor, goods, from_place_id=from_id, to_place_id=tote.id, reason="undone")
        units.lost_at = None
        record(session, actor, ScanUndone(order_id=task.order_id, task_id=task.id, step=step))
    session.flush()
    lacking = planning_again.missing(session, actor, list(was))
    for order in orders:
        # One that lacks more than this, by another's word or of another tote, stays short.
        then = OrderStatus.SHORT if lacking.get(order.id) and was[order.id] is OrderStatus.PICKED else was[order.id]
        if order.status is not then:
            record(session, actor, order.move_to(then, reason))
    for place in places:
        _fill_on(session, actor, place, place.order_id)
    settling.close(session, actor, *_told_of(entry))
    session.flush()
    if was_damaged:
        return feedback.told(say("Put it back into {tote}", tote=tote.barcode))
    return feedback.told(say("SHORT taken back"))


def _goods(units: PickedUnits, task: PickTask) -> Goods:
    return Goods(product_id=units.product_id, quantity=units.quantity, lot=task.lot, serial=task.serial)


def _is_decided(session: Session, actor: Actor, entry: JournalEntry, orders: Sequence[Order]) -> bool:
    """Tell whether somebody, or the warehouse's rule, has gone on with an order that was left short."""
    left = {order_id: OrderStatus(status) for order_id, _, status in entry.data["was"]}
    told = session.scalars(
        select(ExceptionItem.id).where(
            ExceptionItem.warehouse_id == actor.warehouse_id, ExceptionItem.settled_at.is_(None), *_told_of(entry)
        )
    ).all()
    return len(told) < len(left) or any(order.status is not left[order.id] for order in orders)


def _told_of(entry: JournalEntry) -> tuple[ColumnElement[bool], ...]:
    """What the inbox was told of a tote found empty."""
    order_ids = [order_id for order_id, *_ in entry.data["was"]]
    return (
        ExceptionItem.kind == ExceptionKind.SHORT,
        ExceptionItem.order_id.in_(order_ids),
        ExceptionItem.at == entry.at,
    )


def _locked_totes(
    session: Session, actor: Actor, entry: JournalEntry, order_ids: Collection[int], place_id: int | None = None
) -> dict[int, Tote]:
    """Lock the entry's tote and its orders' places at the wall, and the place named, by their ids as everyone does."""
    places = and_(Tote.wall != "", Tote.order_id.in_(order_ids))
    rows = session.scalars(
        select(Tote)
        .where(
            Tote.warehouse_id == actor.warehouse_id,
            or_(Tote.barcode == entry.data["tote"], Tote.id == place_id, places),
        )
        .order_by(Tote.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def _of(totes: Mapping[int, Tote], entry: JournalEntry) -> Tote:
    return next(tote for tote in totes.values() if tote.barcode == entry.data["tote"])


def _since(entry: JournalEntry) -> dt.datetime | None:
    said = entry.data.get("staged_at")
    return dt.datetime.fromisoformat(said) if said else None


def _may_stand_again(session: Session, actor: Actor, tote: Tote, entry: JournalEntry) -> bool:
    """Tell whether a tote still stands where it did when a step was made, or could: it is not used anew since."""
    if tote.status is ToteStatus.STAGED:
        return tote.order_id is None and _since(entry) in {None, tote.staged_at}
    return tote.status is ToteStatus.FREE and not full_totes.holds_units(session, actor, tote.id)


def _not_again(tote: Tote) -> Feedback:
    if tote.status is ToteStatus.LOST:
        return feedback.wrong(say("{tote} is lost. See the lead", tote=tote.barcode))
    return feedback.wrong(say("Too late. {tote} is in use", tote=tote.barcode))


def _stand_again(session: Session, actor: Actor, tote: Tote, entry: JournalEntry) -> None:
    """Let a tote, and this worker, stand at the wall as when a step was made."""
    if tote.status is ToteStatus.FREE:
        tote.take(None)
        tote.stage(entry.data.get("lane_id"), _since(entry) or actor.at)
    session.flush()
    desks.take(session, actor, tote.id)


def _fill_on(session: Session, actor: Actor, place: Tote, order_id: int | None) -> None:
    """Whole no more, a place waits for units again; one that is empty is nobody's."""
    session.flush()
    place.free()
    if full_totes.holds_units(session, actor, place.id):
        place.take(order_id)
    session.flush()
