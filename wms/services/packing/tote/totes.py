"""Totes at the bench: opening the box of a scanned tote, and giving a box up with its units back in the tote."""

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, CodeKind, Command
from wms.domain.floor import Location, LocationKind, Place, PlaceKind, Station
from wms.domain.inbox import ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import Package, PackageLine, PackageStatus, PackingStarted
from wms.domain.people import WorkerSession
from wms.domain.putbacks import PutBack
from wms.domain.saying import say
from wms.domain.stock import Stock, StockMove
from wms.domain.totes import Tote, ToteStatus
from wms.services import inserting, settling
from wms.services.carriers import labelling
from wms.services.locking import locked_order, locked_wave_of
from wms.services.numbering import next_code
from wms.services.orders import deciding
from wms.services.packing.bench import box_anew
from wms.services.packing.on_bench import Bench
from wms.services.packing.screens import HoldTote
from wms.services.packing.tote import refusals
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback
from wms.services.stock import shared_totes, stocking
from wms.services.stock.stocking import Goods


def open_tote(session: Session, actor: Actor, station_id: int, code: Code) -> Feedback:
    """Open the box of a tote's order at a station, or say why it cannot be packed."""
    station = locked_station(session, actor, station_id)
    if has_open_box(session, actor, Package.station_id == station.id):
        return feedback.NOT_COUNTED  # the station's other scanner was faster
    tote, order = _locked_tote(session, actor, code)
    if tote is None:
        return feedback.unknown(code)
    if order is None:
        is_shared = tote.status is ToteStatus.STAGED and not free_if_empty(session, actor, tote.id)
        return _take_items_from(session, actor, tote) if is_shared else _no_orders(tote)
    refusal = refusals.refusal(session, actor, tote, order)
    if refusal is not None:
        return refusal
    _ = start_box(session, actor, station, order)
    tote.open()
    session.flush()
    return feedback.accepted(say("Order {order}", order=order.number))


def open_order(session: Session, actor: Actor, station_id: int, code: Code) -> Feedback:
    """Open the box of an order whose own code was scanned, as on its hold slip: by the first of its totes."""
    row = session.execute(
        select(Order.number, Order.status, Tote.barcode)
        .outerjoin(Tote, and_(Tote.warehouse_id == Order.warehouse_id, Tote.order_id == Order.id))
        .where(Order.warehouse_id == actor.warehouse_id, Order.barcode == code.text)
        .order_by(Tote.staged_at, Tote.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        return feedback.unknown(code)
    if row.barcode is None:
        return feedback.wrong(refusals.not_ready(row.number, row.status))
    return open_tote(session, actor, station_id, Code(text=row.barcode, kind=CodeKind.TOTE))


def _no_orders(tote: Tote) -> Feedback:
    if tote.status is ToteStatus.LOST:
        return feedback.wrong(say("{tote} is lost. See the lead", tote=tote.barcode))
    return feedback.wrong(say("Empty tote"))


def _take_items_from(session: Session, actor: Actor, tote: Tote) -> Feedback:
    """Note that the items scanned next come from a tote that several orders share."""
    session.get_one(WorkerSession, (actor.warehouse_id, actor.session_id)).shared_tote_id = tote.id
    session.flush()
    return feedback.accepted(say("Scan the items in {tote}", tote=tote.barcode))


def locked_station(session: Session, actor: Actor, station_id: int) -> Station:
    """Lock a station: it has two scanners."""
    return session.scalars(
        select(Station)
        .where(Station.warehouse_id == actor.warehouse_id, Station.id == station_id)
        .with_for_update(key_share=True)
    ).one()


def start_box(session: Session, actor: Actor, station: Station, order: Order) -> Package:
    """Open a further box for a locked order at a locked station."""
    number = session.scalar(
        select(func.coalesce(func.max(Package.number), 0) + 1).where(
            Package.warehouse_id == actor.warehouse_id, Package.order_id == order.id
        )
    )
    place = Place(warehouse_id=actor.warehouse_id, kind=PlaceKind.PACKAGE)
    package = Package(
        warehouse_id=actor.warehouse_id,
        id=place.id,
        barcode=next_code(session, actor.warehouse_id, CodeKind.PACKAGE),
        order_id=order.id,
        number=int(number or 1),
        station_id=station.id,
        opened_at=actor.at,
        worker_id=actor.worker_id,
    )
    session.add_all([place, package])
    session.flush()
    if package.number == 1:
        inserting.ask(session, actor, order)
    record(session, actor, PackingStarted(order_id=order.id, package=package.barcode, station=station.name))
    return package


def has_open_box(session: Session, actor: Actor, of: ColumnElement[bool]) -> bool:
    """Tell whether a station or an order, as `of` says, has a box that is being packed."""
    found = session.scalars(
        select(Package.id).where(Package.warehouse_id == actor.warehouse_id, Package.status == PackageStatus.OPEN, of)
    ).first()
    return found is not None


def open_another(session: Session, actor: Actor, bench: Bench, code: Code) -> Feedback:
    """Open a further tote of the order on the bench."""
    tote, order = _locked_tote(session, actor, code)
    if tote is None:
        return feedback.unknown(code)
    if order is None:
        return _no_orders(tote)
    if order.id != bench.order_id:
        return feedback.wrong(say("That tote is order {order}. Finish {now}", order=order.number, now=bench.number))
    if tote.status is ToteStatus.PACKING:
        return feedback.repeated(say("{tote} is open already", tote=tote.barcode))
    if tote.status is not ToteStatus.STAGED:
        return feedback.wrong(say("{tote} is not staged. See the lead", tote=tote.barcode))
    tote.open()
    return feedback.accepted(feedback.totes_so_far(len(bench.open_totes) + 1, len(bench.totes)))


def _locked_tote(session: Session, actor: Actor, code: Code) -> tuple[Tote | None, Order | None]:
    """Return the tote scanned and the order in it; the order is locked first, as everywhere."""
    by_code = select(Tote).where(Tote.warehouse_id == actor.warehouse_id, Tote.barcode == code.text)
    order = session.scalars(
        select(Order)
        .join(Tote, and_(Tote.warehouse_id == Order.warehouse_id, Tote.order_id == Order.id))
        .where(Tote.warehouse_id == actor.warehouse_id, Tote.barcode == code.text)
        .with_for_update(of=Order, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    tote = session.scalars(
        by_code.with_for_update(key_share=True).execution_options(populate_existing=True)
    ).one_or_none()
    if tote is None or order is None or tote.order_id != order.id:
        return tote, None
    return tote, order


def leave_short(session: Session, actor: Actor, order: Order, lacking: str, text: str) -> None:
    """Let an order that lacks something at packing wait for a person."""
    record(session, actor, order.move_to(OrderStatus.SHORT, f"{lacking} missing at packing"[:200]))
    settling.tell(session, actor, ExceptionKind.SHORT, text, order_id=order.id, subject_id=order.id)
    session.flush()


def follow_short(session: Session, actor: Actor, order_id: int) -> None:
    """Do with an order that is short what was decided of it."""
    order = locked_order(session, actor, order_id)
    if order.status is OrderStatus.SHORT:
        deciding.follow(session, actor, order)


def give_up(session: Session, actor: Actor, bench: Bench, reason: str) -> None:
    """Cancel the open box: its units go back into the first open tote, the other empty totes are free.

    The unit of an order without a tote of its own goes back to where it came from.
    """
    opened = [tote.tote_id for tote in bench.open_totes]
    keep_id = opened[0] if opened else _came_from(session, actor, bench.package_id)
    if keep_id is not None:  # else nothing has been in the box
        take_units_back(session, actor, bench.package_id, keep_id)
    inserting.take_out(session, actor, bench.package_id)
    package = box_anew(session, actor, bench.package_id)
    if package.status is PackageStatus.OPEN:
        record(session, actor, package.move_to(PackageStatus.CANCELLED, reason[:200]))
    session.flush()
    labelling.let_go(session, actor, bench.package_id, reason[:200])
    for tote_id in opened:
        _ = free_if_empty(session, actor, tote_id)


def _came_from(session: Session, actor: Actor, package_id: int) -> int | None:
    """The place that a box's units came from last."""
    return session.scalars(
        select(StockMove.from_place_id)
        .where(StockMove.warehouse_id == actor.warehouse_id, StockMove.to_place_id == package_id)
        .order_by(StockMove.at.desc(), StockMove.id.desc())
        .limit(1)
    ).one_or_none()


def take_units_back(session: Session, actor: Actor, package_id: int, tote_id: int) -> None:
    """Move all that a box holds back into a tote; put-backs that would fetch it from the box fetch it there."""
    held = session.execute(
        select(Stock.product_id, Stock.lot, Stock.serial, Stock.on_hand).where(
            Stock.warehouse_id == actor.warehouse_id, Stock.place_id == package_id, Stock.on_hand > 0
        )
    ).all()
    for row in held:
        goods = Goods(product_id=row.product_id, quantity=row.on_hand, lot=row.lot, serial=row.serial)
        stocking.move(
            session, actor, goods, from_place_id=package_id, to_place_id=tote_id, reason="taken out of the box"
        )
    _ = session.execute(
        delete(PackageLine).where(PackageLine.warehouse_id == actor.warehouse_id, PackageLine.package_id == package_id)
    )
    _ = session.execute(
        update(PutBack)
        .where(
            PutBack.warehouse_id == actor.warehouse_id,
            PutBack.from_place_id == package_id,
            PutBack.done_at.is_(None),
        )
        .values(from_place_id=tote_id)
    )


def free_if_empty(session: Session, actor: Actor, tote_id: int) -> bool:
    """Give a tote back for use when the books say that it is empty."""
    tote = locked(session, actor, tote_id)
    if not shared_totes.is_done(session, actor, tote):
        return False
    shared_totes.give_back(session, actor, tote)
    return True


def free_shared(session: Session, actor: Actor, order_id: int) -> None:
    """Give the totes that an order shared back for use, where its unit was their last."""
    shared = session.scalars(shared_totes.of_order(actor, order_id))
    for tote_id in shared.all():
        _ = free_if_empty(session, actor, tote_id)


def locked(session: Session, actor: Actor, tote_id: int) -> Tote:
    """Lock a tote and return it as the database has it now."""
    return session.scalars(
        select(Tote)
        .where(Tote.warehouse_id == actor.warehouse_id, Tote.id == tote_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def put_on_hold(session: Session, actor: Actor, code: Code, screen: HoldTote) -> Feedback:
    """Stage the tote of a box given up in the hold lane scanned, or nowhere, by YES, in a house that has none."""
    if not screen.lanes and code.command in {Command.YES, Command.NO}:
        _put_back(session, actor, screen, None)
        return feedback.complete(say("{tote} set aside. Scan next tote", tote=screen.tote))
    if code.kind is not CodeKind.LANE:
        return feedback.wrong_type(code, "hold lane")
    lane = session.scalars(
        select(Location).where(Location.warehouse_id == actor.warehouse_id, Location.barcode == code.text)
    ).one_or_none()
    if lane is None or lane.kind is not LocationKind.HOLD:
        return feedback.wrong(say("{lane} is no hold lane", lane=lane.code if lane else code.text))
    _put_back(session, actor, screen, lane.id)
    return feedback.complete(say("{tote} in {lane}. Scan next tote", tote=screen.tote, lane=lane.code))


def _put_back(session: Session, actor: Actor, screen: HoldTote, lane_id: int | None) -> None:
    bench = screen.bench
    _ = locked_wave_of(session, actor, bench.order_id)  # before the order, as everyone locks
    give_up(session, actor, bench, screen.why)
    for opened in bench.open_totes:
        tote = locked(session, actor, opened.tote_id)
        if tote.status is ToteStatus.PACKING:
            tote.stage(None if tote.wall else lane_id, actor.at)  # a place of a wall stays where it is
    session.flush()
    follow_short(session, actor, bench.order_id)


def hold_lanes(session: Session, actor: Actor) -> tuple[Location, ...]:
    """The hold lanes of the warehouse."""
    return tuple(
        session.scalars(
            select(Location)
            .where(Location.warehouse_id == actor.warehouse_id, Location.kind == LocationKind.HOLD)
            .order_by(Location.code)
        )
    )
