"""Setting an order aside at the bench: its box is given up, and a hold slip says what it waits for."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.floor import Station
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.orders import Order
from wms.domain.saying import say
from wms.labels.hold_slips import HoldSlip, draw
from wms.services import printing, settling
from wms.services.orders.promising import zone_of
from wms.services.packing.on_bench import Bench
from wms.services.packing.tote.totes import give_up
from wms.services.printing import Wanted
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback

# What in the inbox an order without a label waits for.
_NO_LABEL = ExceptionItem.kind.in_((ExceptionKind.LABEL, ExceptionKind.CUSTOMS))
# An order without a tote of its own, which could stand on hold, is set aside until somebody settles why.
is_set_aside = exists().where(
    ExceptionItem.warehouse_id == Order.warehouse_id,
    ExceptionItem.order_id == Order.id,
    _NO_LABEL,
    ExceptionItem.settled_at.is_(None),
)


def set_aside(session: Session, actor: Actor, bench: Bench, reason: str) -> Feedback:
    """Give the box up, and print what the order waits for where the station has a printer."""
    give_up(session, actor, bench, f"set aside: {reason}")
    if not bench.totes and not settling.is_open(session, actor, ExceptionItem.order_id == bench.order_id, _NO_LABEL):
        text = f"{bench.number} is set aside at {bench.station}: {reason}"
        settling.tell(session, actor, ExceptionKind.LABEL, text, order_id=bench.order_id, subject_id=bench.order_id)
    printer_id = session.scalars(
        select(Station.printer_id).where(Station.warehouse_id == actor.warehouse_id, Station.id == bench.station_id)
    ).one()
    if printer_id is None:
        return feedback.told(say("Set aside. Put all back in the tote"))
    _ = printing.queue(session, actor, printer_id, _slip(session, actor, bench, reason))
    return feedback.told(say("Set aside. All back, slip on the tote"))


def _slip(session: Session, actor: Actor, bench: Bench, reason: str) -> Wanted:
    code = session.scalars(
        select(Order.barcode).where(Order.warehouse_id == actor.warehouse_id, Order.id == bench.order_id)
    ).one()
    slip = HoldSlip(
        code=code,
        number=bench.number,
        reason=reason,
        at=f"{actor.at.astimezone(zone_of(session, actor)):%d %b %Y %H:%M}",
        by=f"{actor.name} at {bench.station}",
    )
    return Wanted(what=f"hold slip {bench.number}"[:80], zpl=draw(slip).decode("ascii"), order_id=bench.order_id)
