"""The tote of a line: the units in hand go in, and a wrong tote is named."""

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, CodeKind, slot_code
from wms.domain.picking import OF_TASK, BatchOrder, PickTask, Proof, TaskStatus
from wms.domain.saying import say
from wms.domain.totes import Tote
from wms.domain.waves import Allocation
from wms.services.picking.line import zero_checks
from wms.services.picking.walk import tasks
from wms.services.picking.walk.at_stop import Stop
from wms.services.planning import again
from wms.services.scans import feedback
from wms.services.scans.screens import Card, Feedback

# On every walk: an order may have parts on others.
_NOT_PICKED = (
    select(PickTask.status)
    .where(
        PickTask.warehouse_id == bindparam("warehouse"),
        PickTask.order_id == bindparam("order"),
        PickTask.status.in_((TaskStatus.OPEN, TaskStatus.SHORT)),
    )
    .distinct()
)
_ON_CART = (
    select(BatchOrder.slot, Tote.barcode)
    .join(Tote, and_(Tote.warehouse_id == BatchOrder.warehouse_id, Tote.id == BatchOrder.tote_id))
    .where(
        BatchOrder.warehouse_id == bindparam("warehouse"),
        BatchOrder.batch_id == bindparam("batch"),
        or_(Tote.barcode == bindparam("tote"), BatchOrder.slot == bindparam("slot")),
    )
    .limit(1)
)
# Lines all of whose units are in hand; one whose units are not stays for its own scan.
_ALONG = (
    select(PickTask.id, PickTask.in_hand)
    .join(Allocation, and_(Allocation.warehouse_id == PickTask.warehouse_id, Allocation.id == PickTask.allocation_id))
    .join(BatchOrder, OF_TASK)
    .where(
        PickTask.warehouse_id == bindparam("warehouse"),
        PickTask.batch_id == bindparam("batch"),
        PickTask.id != bindparam("task"),
        PickTask.product_id == bindparam("product"),
        PickTask.location_id == bindparam("location"),
        PickTask.lot == "",
        PickTask.status == TaskStatus.OPEN,
        PickTask.in_hand == Allocation.quantity,
        BatchOrder.tote_id == bindparam("tote"),
    )
)


def along(session: Session, actor: Actor, stop: Stop) -> dict[int, int]:
    """Return the further lines whose units in hand go into the stop's tote with its own: their tasks, and how many."""
    if not stop.method.shares:
        return {}
    values = {
        "warehouse": actor.warehouse_id,
        "batch": stop.batch_id,
        "task": stop.task_id,
        "product": stop.product_id,
        "location": stop.location_id,
        "tote": stop.tote_id,
    }
    return {row.id: row.in_hand for row in session.execute(_ALONG, values)}


def locked_along(session: Session, actor: Actor, stop: Stop) -> list[PickTask]:
    """Lock the stop's line and those that go along with it, and return these, but what another handheld has changed."""
    units_of = along(session, actor, stop)
    rows = tasks.locked(session, actor, [stop.task_id, *units_of]) if units_of else {}
    return [row for row in rows.values() if row.status is TaskStatus.OPEN and row.in_hand == units_of.get(row.id)]


def proof_of(stop: Stop, code: Code) -> Proof | None:
    """Return how a scan proves the stop's tote, None where it does not."""
    if code.text == stop.tote:
        return Proof.LABEL
    return Proof.SLOT if code.text == slot_code(stop.cart_code, stop.slot) else None


def put(session: Session, actor: Actor, stop: Stop, proof: Proof) -> Feedback:
    """Put what is in hand into the tote and end the line, with those that share the tote and are in hand too."""
    also = locked_along(session, actor, stop)
    task = tasks.claim(session, actor, stop)
    if task is None:
        return feedback.NOT_COUNTED
    is_scanned = proof in {Proof.LABEL, Proof.SLOT}
    if is_scanned:
        tasks.note_tote(session, actor, stop)
    tasks.put(session, actor, stop, [task, *also], proof)
    if stop.asks_empty:
        zero_checks.ask(session, actor, stop)
    if not stop.method.shares and _is_whole(session, actor, stop.order_id):
        return feedback.complete(say("{tote} FULL ORDER", tote=stop.tote))
    done, total = stop.done + 1 + len(also), stop.total
    if is_scanned:
        return feedback.line_done(feedback.so_far(done, total))
    put = sum(row.picked for row in (task, *also))
    return feedback.line_done(say("{units} in {tote}. {n} of {total}", units=put, tote=stop.tote, n=done, total=total))


def _is_whole(session: Session, actor: Actor, order_id: int) -> bool:
    """Tell whether an order has all its units; what a line once lacked may have been picked again since."""
    left = set(session.scalars(_NOT_PICKED, {"warehouse": actor.warehouse_id, "order": order_id}))
    return not left or (TaskStatus.OPEN not in left and not again.missing(session, actor, [order_id]))


def wrong_tote(session: Session, actor: Actor, stop: Stop, code: Code) -> Feedback:
    """Stop at another tote than the one meant."""
    is_here = code.kind is CodeKind.SLOT and code.text == slot_code(stop.cart_code, code.slot)
    values = {
        "warehouse": actor.warehouse_id,
        "batch": stop.batch_id,
        "tote": code.text,
        "slot": code.slot if is_here else None,
    }
    found = session.execute(_ON_CART, values).one_or_none()
    name, slot = (found.barcode, found.slot) if found else (code.text, 0)
    return feedback.stop(
        say("TAKE IT OUT OF {wrong}, PUT IN {tote}", wrong=name, tote=stop.tote),
        have=Card(name=name, detail=say("slot {slot}", slot=slot) if slot else say("not on this cart")),
        need=Card(name=stop.tote, detail=say("slot {slot}", slot=stop.slot)),
    )
