"""One line of a walk: its shelf, its units one by one, its tote. Each wrong thing is named and never counted."""

from dataclasses import replace
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, func, select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.codes import Code, CodeKind, slot_code
from wms.domain.journal import record
from wms.domain.picking import BatchOrder, ItemPicked, PickTask, ShelfReached, TaskStatus
from wms.domain.saying import say
from wms.domain.totes import Tote
from wms.services import feedback
from wms.services.picking import stops, tasks
from wms.services.picking.screens import GoTo, PutBack, PutInTote, ScanItem, Short, Stop, TaskScreen
from wms.services.recognising import Item, find_item, find_shelf
from wms.services.screens import Answer, Card, Feedback

_MORE: BindParameter[int] = bindparam("units")
_WANTED: BindParameter[int] = bindparam("wanted")
# Judged by the row itself, so that two handhelds on one line never take more than is wanted.
_TAKE = (
    update(PickTask)
    .where(
        PickTask.warehouse_id == bindparam("warehouse"),
        PickTask.id == bindparam("task"),
        PickTask.status == TaskStatus.OPEN,
        PickTask.in_hand + _MORE <= _WANTED,
    )
    .values(in_hand=PickTask.in_hand + _MORE)
    .returning(PickTask.in_hand)
    .execution_options(synchronize_session=False)
)
_OPEN_OF_ORDER = select(func.count()).where(
    PickTask.warehouse_id == bindparam("warehouse"),
    PickTask.batch_id == bindparam("batch"),
    PickTask.order_id == bindparam("order"),
    PickTask.status == TaskStatus.OPEN,
)
_SLOT_OF = (
    select(BatchOrder.slot)
    .join(Tote, and_(Tote.warehouse_id == BatchOrder.warehouse_id, Tote.id == BatchOrder.tote_id))
    .where(
        BatchOrder.warehouse_id == bindparam("warehouse"),
        BatchOrder.batch_id == bindparam("batch"),
        Tote.barcode == bindparam("tote"),
    )
)


def screen(session: Session, actor: Actor, stop: Stop) -> TaskScreen:
    """Return what a worker at this stop is asked for."""
    facts: dict[str, Any] = {
        "token": text_id(stop.task_id),
        "job": f"{stop.batch}  {stop.cart}",
        "done": stop.done,
        "total": stop.total,
        "stop": stop,
    }
    shelf = (stop.location_code, stop.location)
    if stop.status is TaskStatus.CANCELLED:
        return PutBack(accept=shelf, **facts)
    if stop.is_shorting:
        return Short(accept=(*shelf, *(code for code, _ in stop.codes)), **facts)
    if stop.left == 0 and stop.in_hand:
        slots = stops.slots(session, actor, stop.batch_id, stop.slot)
        return PutInTote(accept=(stop.tote, slot_code(stop.cart_code, stop.slot)), slots=slots, **facts)
    if not stop.at_shelf:
        return GoTo(accept=shelf, **facts)
    return ScanItem(accept=tuple(code for code, units in stop.codes if units <= stop.left), **facts)


def names_shelf(stop: Stop, code: Code) -> bool:
    """Tell whether a scan proves the stop's location: its barcode, or its address or check string typed."""
    return code.text in {stop.location_code, stop.location.upper(), stop.check.upper()}


def wrong_shelf(session: Session, actor: Actor, stop: Stop, code: Code) -> Feedback | None:
    """Name another location where the scan is one, else None."""
    other = find_shelf(session, actor, code)
    if other is not None:
        return feedback.wrong(say("That is {other}. Go to {location}", other=other.code, location=stop.location))
    if code.kind is CodeKind.LOCATION:
        return feedback.unknown(code)
    if len(code.text) == len(stop.check) and code.text.isdigit():
        return feedback.wrong(say("Not the number of {location}", location=stop.location))
    return None


def judge_shelf(session: Session, actor: Actor, code: Code, screen: TaskScreen) -> Feedback:
    """Judge a scan that should be the location to walk to."""
    stop = screen.stop
    if names_shelf(stop, code):
        tasks.stand_at(session, actor, stop.batch_id, stop.location_id)
        reached = ShelfReached(order_id=stop.order_id, task_id=stop.task_id, location=stop.location)
        record(session, actor, reached)
        return feedback.accepted(say("Take {n}", n=stop.left))
    refused = wrong_shelf(session, actor, stop, code)
    if refused is not None:
        return refused
    item = find_item(session, actor, code)
    if item is not None and item.product_id == stop.product_id:
        return feedback.wrong(say("Scan the shelf first"))
    return feedback.wrong_type(code if item is None else _as_product(code), screen.wants)


def judge_item(session: Session, actor: Actor, code: Code, screen: TaskScreen) -> Feedback | Answer:
    """Judge a scan that should be one of the units to take."""
    stop = screen.stop
    units = units_of(session, actor, stop, code)
    if isinstance(units, int):
        return _take(session, actor, stop, units)
    if isinstance(units, Item):
        return put_it_back(stop, units)
    if names_shelf(stop, code):
        return feedback.told(say("You are at {location}", location=stop.location))
    refused = wrong_shelf(session, actor, stop, code)
    if refused is None:
        return feedback.wrong_type(code, screen.wants)
    # Whoever scans another shelf stands there: the right one must be proved again.
    tasks.stand_at(session, actor, stop.batch_id, None)
    return refused


def units_of(session: Session, actor: Actor, stop: Stop, code: Code) -> int | Item | None:
    """Return the units that a code of the stop's product counts, another product as scanned, or None for no product."""
    known = dict(stop.codes).get(code.text)
    if known is not None:
        return known
    item = find_item(session, actor, code)
    return item.units if item is not None and item.product_id == stop.product_id else item


def put_it_back(stop: Stop, item: Item) -> Feedback:
    """Stop at a wrong item, with what was scanned and what is wanted."""
    return feedback.stop(
        say("PUT IT BACK"),
        have=Card(name=item.name, sku=item.sku),
        need=Card(name=stop.product, sku=stop.sku),
    )


def too_many(units: int, left: int) -> Feedback:
    """Refuse a scan that counts more than what remains."""
    return feedback.wrong(say("Case of {units}, take {left} loose", units=units, left=left))


def _take(session: Session, actor: Actor, stop: Stop, units: int) -> Feedback | Answer:
    if units > stop.left:
        return too_many(units, stop.left)
    values = {"warehouse": actor.warehouse_id, "task": stop.task_id, "units": units, "wanted": stop.wanted}
    in_hand = session.connection().execute(_TAKE, values).scalar_one_or_none()
    if in_hand is None:
        return feedback.NOT_COUNTED
    record(session, actor, ItemPicked(order_id=stop.order_id, task_id=stop.task_id, sku=stop.sku, quantity=units))
    # Nothing else of the stop has changed: to read it all again would be half the cost of a scan.
    taken = replace(stop, device=actor.device, in_hand=in_hand)
    return Answer(
        screen=screen(session, actor, taken), feedback=feedback.accepted(feedback.so_far(in_hand, stop.wanted))
    )


def judge_tote(session: Session, actor: Actor, code: Code, screen: TaskScreen) -> Feedback:
    """Judge a scan that should be the tote of the units in hand."""
    stop = screen.stop
    if code.text in {stop.tote, slot_code(stop.cart_code, stop.slot)}:
        return _put(session, actor, stop)
    if code.kind in {CodeKind.TOTE, CodeKind.SLOT}:
        return _wrong_tote(session, actor, stop, code)
    units = units_of(session, actor, stop, code)
    if isinstance(units, int):
        return feedback.repeated(say("Already in. {n} of {total}", n=stop.in_hand, total=stop.wanted))
    if isinstance(units, Item):
        return put_it_back(stop, units)
    return feedback.wrong_type(code, screen.wants)


def _put(session: Session, actor: Actor, stop: Stop) -> Feedback:
    task = tasks.claim(session, actor, stop)
    if task is None:
        return feedback.NOT_COUNTED
    tasks.finish(session, actor, stop, task)
    values = {"warehouse": actor.warehouse_id, "batch": stop.batch_id, "order": stop.order_id}
    if session.execute(_OPEN_OF_ORDER, values).scalar_one() or task.status is TaskStatus.SHORT:
        return feedback.line_done(feedback.so_far(stop.done + 1, stop.total))
    return feedback.complete(say("{tote} FULL ORDER", tote=stop.tote))


def _wrong_tote(session: Session, actor: Actor, stop: Stop, code: Code) -> Feedback:
    values = {"warehouse": actor.warehouse_id, "batch": stop.batch_id, "tote": code.text}
    slot = session.execute(_SLOT_OF, values).scalar_one_or_none()
    return feedback.stop(
        say("TAKE IT OUT OF {wrong}, PUT IN {tote}", wrong=code.text, tote=stop.tote),
        have=Card(name=code.text, detail=say("slot {slot}", slot=slot) if slot else say("not on this cart")),
        need=Card(name=stop.tote, detail=say("slot {slot}", slot=stop.slot)),
    )


def judge_put_back(session: Session, actor: Actor, code: Code, screen: TaskScreen) -> Feedback:
    """Judge the scan of the shelf that the units of a cancelled order went back to."""
    stop = screen.stop
    if code.kind in {CodeKind.TOTE, CodeKind.SLOT}:
        return feedback.wrong(say("Order cancelled. Put it back first"))
    if not names_shelf(stop, code):
        return wrong_shelf(session, actor, stop, code) or feedback.wrong_type(code, screen.wants)
    task = tasks.claim(session, actor, stop)
    if task is None:
        return feedback.NOT_COUNTED
    task.in_hand = 0
    tasks.stand_at(session, actor, stop.batch_id, stop.location_id)
    session.flush()
    return feedback.accepted(say("Put back"))


def _as_product(code: Code) -> Code:
    return Code(text=code.text, kind=CodeKind.PRODUCT)
