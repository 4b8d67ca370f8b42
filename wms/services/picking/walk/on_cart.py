"""The totes on a walk's cart: those bound to its slots and those that are full."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, CodeKind, slot_code
from wms.domain.floor import Cart
from wms.domain.picking import Batch, BatchOrder
from wms.domain.saying import say
from wms.domain.totes import Tote, ToteStatus
from wms.services.picking.exceptions import full_totes
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback


def find(session: Session, actor: Actor, batch_id: int, code: Code) -> Tote | Feedback:
    """Return the tote on a walk's cart that a scan names, by its own code or its slot's, or what is wrong with it."""
    here = totes(session, actor, batch_id)
    if code.kind is CodeKind.SLOT:
        named = _in_slot(session, actor, batch_id, code)
        return next((tote for tote in here if tote.id == named), None) or feedback.wrong(say("That slot is empty"))
    found = next((tote for tote in here if tote.barcode == code.text), None)
    if found is not None:
        return found
    other = session.scalars(
        select(Tote).where(Tote.warehouse_id == actor.warehouse_id, Tote.barcode == code.text)
    ).one_or_none()
    if other is None:
        return feedback.unknown(code)
    if other.wall:
        return feedback.wrong(say("{slot} is a place of the put wall", slot=other.name))
    return feedback.wrong(say("{tote} is not on this cart", tote=other.barcode))


def _in_slot(session: Session, actor: Actor, batch_id: int, code: Code) -> int | None:
    """The tote bound to a slot of the walk's own cart."""
    row = session.execute(
        select(BatchOrder.tote_id, Cart.barcode)
        .join(Batch, and_(Batch.warehouse_id == BatchOrder.warehouse_id, Batch.id == BatchOrder.batch_id))
        .join(Cart, and_(Cart.warehouse_id == Batch.warehouse_id, Cart.id == Batch.cart_id))
        .where(
            BatchOrder.warehouse_id == actor.warehouse_id,
            BatchOrder.batch_id == batch_id,
            BatchOrder.slot == code.slot,
            BatchOrder.tote_id.is_not(None),
        )
        .limit(1)
    ).one_or_none()
    return row.tote_id if row is not None and code.text == slot_code(row.barcode, code.slot) else None


def totes(session: Session, actor: Actor, batch_id: int) -> Sequence[Tote]:
    """Return the totes that stand on a walk's cart, full ones too."""
    rows = session.scalars(
        select(Tote)
        .join(
            BatchOrder,
            and_(
                BatchOrder.warehouse_id == Tote.warehouse_id,
                or_(BatchOrder.tote_id == Tote.id, Tote.id.in_(full_totes.OF_ROW)),
            ),
        )
        .where(
            Tote.warehouse_id == actor.warehouse_id,
            Tote.status == ToteStatus.PICKING,
            BatchOrder.batch_id == batch_id,
            BatchOrder.dropped_at.is_(None),
        )
        .order_by(BatchOrder.slot, Tote.id)
        .execution_options(populate_existing=True)
    )
    return rows.unique().all()  # orders that share a tote are a row each
