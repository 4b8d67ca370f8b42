"""What a cancelled order leaves in totes and boxes: put-backs for each unit, boxes and labels given up."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.journal import record
from wms.domain.orders import Order
from wms.domain.packing import Package, PackageStatus
from wms.domain.picking import PickTask
from wms.domain.printing import PrintJob
from wms.domain.shipping import LabelStatus
from wms.domain.totes import Tote, ToteStatus
from wms.services import printing
from wms.services.carriers import labelling
from wms.services.stock import putting_back, shared_totes


def empty(session: Session, actor: Actor, order: Order, tasks: Sequence[PickTask], reason: str) -> None:
    """Ask for every unit of a locked order to be put back, cancel its boxes and give its labels back."""
    totes = session.scalars(
        select(Tote)
        .where(
            Tote.warehouse_id == actor.warehouse_id,
            or_(Tote.order_id == order.id, Tote.id.in_(shared_totes.of_order(actor, order.id))),
        )
        .order_by(Tote.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    packages = session.scalars(
        select(Package)
        .where(
            Package.warehouse_id == actor.warehouse_id,
            Package.order_id == order.id,
            Package.status.in_((PackageStatus.OPEN, PackageStatus.SEALED)),
        )
        .order_by(Package.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    own = [tote for tote in totes if tote.order_id is not None]
    places = {tote.id: tote.barcode for tote in own} | {package.id: package.barcode for package in packages}
    full = putting_back.ask(session, actor, order.id, places, tasks)
    for tote in own:
        if tote.wall and tote.status is ToteStatus.PICKING:
            tote.stage(None, actor.at)  # a place of a wall is on no cart: its units can be fetched at once
        # One on a cart is freed by its picker, one at a bench by its packer, who sees what happened.
        if tote.status is ToteStatus.STAGED and tote.id not in full:
            tote.free()
    for package in packages:
        _give_up(session, actor, package, reason)
    session.flush()
    for tote in totes:
        if tote.order_id is None and tote.status is ToteStatus.STAGED and shared_totes.is_done(session, actor, tote):
            shared_totes.give_back(session, actor, tote)  # it waited only for what lies in the box
    session.flush()


def _give_up(session: Session, actor: Actor, package: Package, reason: str) -> None:
    reason = f"order cancelled: {reason}"[:200]
    if package.status is PackageStatus.SEALED:
        record(session, actor, package.move_to(PackageStatus.OPEN, reason))
    record(session, actor, package.move_to(PackageStatus.CANCELLED, reason))
    session.flush()
    printing.drop_unwanted(session, actor, PrintJob.slip_of_id == package.id, reason)
    label = labelling.standing(session, actor, package.id)
    if label is None:
        return
    if label.status is LabelStatus.WANTED:
        # Nothing is bought yet, so nothing needs to be. One being bought is voided by its job (jobs/labels.py).
        moved = label.move_to(LabelStatus.REFUSED, package=package.barcode, order_id=package.order_id, reason=reason)
        record(session, actor, moved)
    elif label.status is LabelStatus.BOUGHT:
        labelling.void(session, actor, package.id, reason)
