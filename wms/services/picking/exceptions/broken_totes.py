"""BROKEN TOTE: what is in it goes into a free one in the same slot, and the broken one is out of use until freed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from wms.domain.actor import Actor
from wms.domain.base import InWarehouse
from wms.domain.codes import Code, CodeKind
from wms.domain.errands import Errand, ToteBroken
from wms.domain.journal import record
from wms.domain.orders import Order
from wms.domain.picked import PickedUnits, PickStep, StepKind
from wms.domain.picking import Batch, BatchOrder, BatchStatus, FullTote, PickTask
from wms.domain.putbacks import PutBack
from wms.domain.saying import say, say_some
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus
from wms.services.locking import locked_walk
from wms.services.picking import errands
from wms.services.picking.screens import BrokenTote
from wms.services.picking.walk import building, on_cart, stops
from wms.services.picking.wall import desks
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback
from wms.services.stock import shared_totes, stocking, unsorted
from wms.services.stock.stocking import Goods

_Followers = tuple[tuple[type[InWarehouse], InstrumentedAttribute[Any], ColumnElement[bool]], ...]


def screen(session: Session, actor: Actor, errand: Errand) -> BrokenTote:
    """Return the screen that asks for the broken tote, then for a free one."""
    broken = session.get(Tote, (actor.warehouse_id, errand.tote_id or 0))
    token, code = f"broken-{errand.batch_id or 0:x}-{errand.tote_id or 0:x}", broken.barcode if broken else ""
    if errand.batch_id is None:
        return BrokenTote(token=token, accept=None, job=code, batch_id=None, tote=code, slots=())
    batch = session.get_one(Batch, (actor.warehouse_id, errand.batch_id))
    totes = on_cart.totes(session, actor, batch.id)
    return BrokenTote(
        token=token,
        accept=None if broken else tuple(tote.barcode for tote in totes) or None,
        job=batch.name,
        batch_id=batch.id,
        tote=code,
        slots=stops.slots(session, actor, batch.id),
    )


def judge(session: Session, actor: Actor, code: Code, screen: BrokenTote) -> Feedback:
    """Judge a scan that should be the broken tote or, after it, a free one."""
    left = errands.never_mind(session, actor, code.command)
    if left is not None:
        return left
    if code.kind not in {CodeKind.TOTE, CodeKind.SLOT}:
        return feedback.wrong_type(code, screen.wants)
    batch_id = screen.batch_id or 0
    if screen.tote:
        at_wall = screen.batch_id is None
        return (
            _swap_at_wall(session, actor, code, screen.tote)
            if at_wall
            else _swap(session, actor, code, screen, batch_id)
        )
    tote = on_cart.find(session, actor, batch_id, code)
    if isinstance(tote, Feedback):
        return tote
    errand = errands.current(session, actor)
    if errand is None:
        return feedback.NOT_COUNTED
    errand.tote_id = tote.id
    session.flush()
    return feedback.accepted(say("{tote} is broken. Scan a free one", tote=tote.barcode))


def _swap(session: Session, actor: Actor, code: Code, screen: BrokenTote, batch_id: int) -> Feedback:
    _, tasks, batch = locked_walk(session, actor, batch_id)
    broken, other = _locked(session, actor, screen.tote, code)
    if isinstance(other, Feedback):
        return other
    if batch.status is not BatchStatus.STARTED or broken not in on_cart.totes(session, actor, batch.id):
        errands.end(session, actor)
        return feedback.NOT_COUNTED
    refused = building.why_not_free(session, actor, other)
    if refused is not None:
        return feedback.wrong(refused)
    other.take(broken.order_id)
    units = _move_contents(session, actor, broken, other)
    _follow(session, actor, batch, tasks, broken, other)
    return _lose(session, actor, batch.name, broken, other, units)


def _swap_at_wall(session: Session, actor: Actor, code: Code, tote: str) -> Feedback:
    """What is left in a tote that is sorted goes on in another one, which stands where the broken one stood.

    It need not be for the wall any more: what waits only to be put back goes along.
    """
    of_tote = unsorted.all_of(actor, PickedUnits.id).where(Tote.barcode == tote).order_by(Order.id, PickedUnits.id)
    rows = session.scalars(of_tote.with_for_update(of=(Order, PickedUnits), key_share=True)).all()
    broken, other = _locked(session, actor, tote, code)
    if isinstance(other, Feedback):
        return other
    if broken.status is not ToteStatus.STAGED or broken.order_id is not None:
        errands.end(session, actor)
        return feedback.NOT_COUNTED
    refused = building.why_not_free(session, actor, other)
    if refused is not None:
        return feedback.wrong(refused)
    other.take(None)
    other.stage(broken.lane_id, broken.staged_at or actor.at)
    units = _move_contents(session, actor, broken, other)
    _let_follow(session, actor, broken, other, _at_wall(broken, rows))
    desks.leave_all(session, actor, broken.id, other.id)
    return _lose(session, actor, "", broken, other, units)


def _locked(session: Session, actor: Actor, tote: str, code: Code) -> tuple[Tote, Tote | Feedback]:
    """Lock the broken tote and the one scanned; in place of that, what is wrong with it.

    What is to be put back from it is locked before it, as by whoever puts it back.
    """
    to_follow = select(PutBack.id).join(
        Tote, and_(Tote.warehouse_id == PutBack.warehouse_id, Tote.id == PutBack.from_place_id)
    )
    of_broken = PutBack.warehouse_id == actor.warehouse_id, Tote.barcode == tote, PutBack.done_at.is_(None)
    _ = session.execute(to_follow.where(*of_broken).order_by(PutBack.id).with_for_update(of=PutBack, key_share=True))
    totes = session.scalars(
        select(Tote)
        .where(Tote.warehouse_id == actor.warehouse_id, Tote.barcode.in_((tote, code.text)))
        .order_by(Tote.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    named = {one.barcode: one for one in totes}
    broken, other = named[tote], named.get(code.text)
    if other is None:
        return broken, feedback.unknown(code)
    return broken, feedback.repeated(say("That is the broken one")) if other is broken else other


def _lose(session: Session, actor: Actor, batch: str, broken: Tote, other: Tote, units: int) -> Feedback:
    order_id = broken.order_id
    broken.lose()
    errands.end(session, actor)
    _ = shared_totes.end_breaking(session, actor, broken.id)
    event = ToteBroken(order_id=order_id, batch=batch, tote=broken.barcode, other=other.barcode, units=units)
    record(session, actor, event)
    session.flush()
    session.expire_all()
    return feedback.complete(
        say_some("{n} unit is in {tote} now", "{n} units are in {tote} now", units, tote=other.barcode)
    )


def _move_contents(session: Session, actor: Actor, broken: Tote, other: Tote) -> int:
    """Book all that a tote holds into another; return the units."""
    rows = session.scalars(
        select(Stock)
        .where(Stock.warehouse_id == actor.warehouse_id, Stock.place_id == broken.id, Stock.on_hand > 0)
        .order_by(Stock.product_id, Stock.lot, Stock.serial)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    held = [Goods(product_id=row.product_id, quantity=row.on_hand, lot=row.lot, serial=row.serial) for row in rows]
    for goods in held:
        stocking.move(session, actor, goods, from_place_id=broken.id, to_place_id=other.id, reason="broken tote")
    return sum(goods.quantity for goods in held)


def _follow(session: Session, actor: Actor, batch: Batch, tasks: Sequence[PickTask], broken: Tote, other: Tote) -> None:
    """Let all that speaks of the tote speak of the other: slots, units, put-backs, and what UNDO would take out of it.

    So UNDO never brings anything back into the broken one.
    """
    followers: _Followers = (
        (BatchOrder, BatchOrder.tote_id, BatchOrder.batch_id == batch.id),
        (FullTote, FullTote.tote_id, FullTote.batch_id == batch.id),
        (PickedUnits, PickedUnits.tote_id, PickedUnits.task_id.in_([task.id for task in tasks])),
        (PutBack, PutBack.from_place_id, PutBack.done_at.is_(None)),
    )
    _let_follow(session, actor, broken, other, followers)
    for step in session.scalars(
        select(PickStep).where(
            PickStep.warehouse_id == actor.warehouse_id,
            PickStep.batch_id == batch.id,
            PickStep.kind.in_((StepKind.TOTE, StepKind.FULL)),
        )
    ):
        if step.before["tote"] == broken.id:
            step.before = {**step.before, "tote": other.id}
    if batch.put_tote_id == broken.id:
        batch.put_tote_id = None


def _at_wall(broken: Tote, units_ids: Sequence[int]) -> _Followers:
    """What speaks of a tote that is sorted: the units left in it, and the put-backs of orders cancelled meanwhile.

    Units of earlier walks had the tote too, and are long gone from it.
    """
    to_put_back = (
        select(PickTask.id)
        .join(PutBack, and_(PutBack.warehouse_id == PickTask.warehouse_id, PutBack.order_id == PickTask.order_id))
        .where(
            PickTask.warehouse_id == broken.warehouse_id,
            PutBack.from_place_id == broken.id,
            PutBack.done_at.is_(None),
        )
    )
    left = or_(PickedUnits.id.in_(units_ids), PickedUnits.task_id.in_(to_put_back))
    return (
        (PickedUnits, PickedUnits.tote_id, left),
        (PutBack, PutBack.from_place_id, PutBack.done_at.is_(None)),
    )


def _let_follow(session: Session, actor: Actor, broken: Tote, other: Tote, followers: _Followers) -> None:
    for table, column, which in followers:
        _ = session.execute(
            update(table)
            .where(table.warehouse_id == actor.warehouse_id, column == broken.id, which)
            .values({column: other.id})
            .execution_options(synchronize_session=False)
        )
