"""A damaged unit at the bench: the one scanned last goes to the hospital, and the order waits for another."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.journal import record
from wms.domain.orders import Order
from wms.domain.packing import UnitDamaged
from wms.domain.saying import say
from wms.domain.totes import Tote, ToteStatus
from wms.services.locking import locked_wave_of
from wms.services.packing.on_bench import Bench
from wms.services.packing.tote.totes import follow_short, free_shared, give_up, leave_short
from wms.services.packing.unit import singles, units
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback
from wms.services.stock import damaging, stocking


def take_out(session: Session, actor: Actor, bench: Bench) -> Feedback:
    """DAMAGED: book the unit scanned last out of the box, give the box up and let another unit be picked."""
    last = units.last_packed(session, actor, bench)
    if last is None:
        return feedback.wrong(say("Scan the damaged item first"))
    _ = locked_wave_of(session, actor, bench.order_id)  # before the order, as everyone locks
    goods, _tote_id = last
    place_id, hospital = damaging.place(session, actor)
    stocking.move(session, actor, goods, from_place_id=bench.package_id, to_place_id=place_id, reason="damaged")
    units.take_from_lines(session, actor, bench, goods)
    row = next(row for row in bench.units if row.product_id == goods.product_id)
    to = hospital or "scrap"
    damaged = UnitDamaged(
        order_id=bench.order_id, package=bench.package, sku=row.sku, quantity=goods.quantity, place=to
    )
    record(session, actor, damaged)
    lacking = f"{goods.quantity} of {row.sku}"
    give_up(session, actor, bench, f"damaged: {lacking}")
    singles.lose_unit(session, actor, bench.order_id)
    free_shared(session, actor, bench.order_id)
    order = session.scalars(
        select(Order).where(Order.warehouse_id == actor.warehouse_id, Order.id == bench.order_id)
    ).one()
    leave_short(session, actor, order, lacking, f"{bench.number}: {lacking} damaged, seen at {bench.station}, in {to}")
    if not _at_bench(session, actor, bench):
        follow_short(session, actor, order.id)  # else when its totes are in the hold lane
    return damaging.told(hospital)


def _at_bench(session: Session, actor: Actor, bench: Bench) -> bool:
    """Tell whether a tote of the order still has something in it that must be set aside."""
    opened = [tote.tote_id for tote in bench.open_totes]
    found = select(Tote.id).where(
        Tote.warehouse_id == actor.warehouse_id, Tote.id.in_(opened), Tote.status == ToteStatus.PACKING
    )
    return session.execute(found.limit(1)).first() is not None
