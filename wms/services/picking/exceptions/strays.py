"""Units that lie in a tote where they do not belong: which shelf's they are, and where they wait to be put back."""

from dataclasses import dataclass

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.codes import Code
from wms.domain.errands import WrongItemFound
from wms.domain.floor import ADJUSTMENT_ID, Location, LocationKind
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.journal import record
from wms.domain.orders import Order, OrderStatus
from wms.domain.packing import EXTRA, FOREIGN
from wms.domain.picked import PickedUnits
from wms.domain.picking import BatchOrder, PickTask
from wms.domain.putbacks import PutBack, PutBackAsked
from wms.domain.stock import Stock
from wms.domain.totes import Tote, ToteStatus
from wms.services.picking import contents
from wms.services.scans import feedback
from wms.services.scans.recognising import Item
from wms.services.scans.screens import Feedback
from wms.services.stock import putting_back, stocking
from wms.services.stock.stocking import Goods

# Where wrong items are kept; a floor without such a place uses the next.
_KEEPS = (LocationKind.HOSPITAL, LocationKind.HOLD, LocationKind.LANE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pick:
    """Units that a pick has put into a tote, for an order that is not cancelled."""

    task_id: int
    order_id: int
    product_id: int
    location_id: int
    units: int
    sku: str
    product: str


def staged(session: Session, actor: Actor, code: Code) -> Tote | Feedback:
    """Return the tote in a lane that a scan names, or what is wrong with it."""
    tote = session.scalars(
        select(Tote).where(Tote.warehouse_id == actor.warehouse_id, Tote.barcode == code.text)
    ).one_or_none()
    if tote is None:
        return feedback.unknown(code)
    if tote.wall or tote.status is not ToteStatus.STAGED:
        return feedback.wrong(contents.told(session, actor, tote))
    return tote


def picks(session: Session, actor: Actor, tote: Tote) -> list[Pick]:
    """Return the picks whose units lie in a tote, the newest first.

    What was found missing there, or went into a box from it, has left the tote's books, and is no pick's any more.
    """
    units = func.sum(PickedUnits.quantity)
    rows = session.execute(
        select(
            PickTask.id.label("task_id"),
            PickTask.order_id,
            PickTask.product_id,
            PickTask.location_id,
            case((units < Stock.on_hand, units), else_=Stock.on_hand).label("units"),
            Product.sku,
            Product.name.label("product"),
        )
        .join(PickedUnits, and_(PickedUnits.warehouse_id == PickTask.warehouse_id, PickedUnits.task_id == PickTask.id))
        .join(Order, and_(Order.warehouse_id == PickTask.warehouse_id, Order.id == PickTask.order_id))
        .join(Product, and_(Product.warehouse_id == PickTask.warehouse_id, Product.id == PickTask.product_id))
        .join(Stock, and_(Stock.warehouse_id == PickedUnits.warehouse_id, Stock.place_id == PickedUnits.tote_id))
        .where(
            PickTask.warehouse_id == actor.warehouse_id,
            PickTask.order_id == (PickTask.order_id if tote.order_id is None else tote.order_id),
            PickedUnits.tote_id == tote.id,
            PickedUnits.lost_at.is_(None),
            Stock.product_id == PickTask.product_id,
            Stock.lot == PickTask.lot,
            Stock.serial == PickTask.serial,
            Stock.on_hand > 0,
            Order.status.in_((OrderStatus.PICKING, OrderStatus.PICKED, OrderStatus.SHORT)),
        )
        .group_by(PickTask.id, PickTask.order_id, PickTask.product_id, PickTask.location_id, PickTask.done_at)
        .group_by(Product.sku, Product.name, Stock.on_hand)
        .order_by(PickTask.done_at.desc(), PickTask.id.desc())
    ).mappings()
    return [Pick(**{**row, "units": int(row["units"])}) for row in rows]


def take_out(session: Session, actor: Actor, tote: Tote, item: Item) -> str | None:
    """Book that wrong units came out of a locked tote and are to be put back; return where they are to wait.

    None where the floor has no place for them, or nobody knows whose the tote is.
    """
    in_it = picks(session, actor, tote)
    keep = _keep(session, actor)
    order_id = tote.order_id or _order_of(session, actor, tote, in_it)
    if keep is None or order_id is None:
        return None
    taken = next((one.task_id for one in in_it if one.product_id == item.product_id), None)
    found = WrongItemFound(
        order_id=order_id,
        tote=tote.barcode,
        sku=item.sku,
        quantity=item.units,
        cause=FOREIGN if taken is None else EXTRA,
        task_id=taken,
    )
    record(session, actor, found)
    location = _location(session, actor, item, in_it)
    if location is not None:
        from_id = to_id = location[0]
        goods = location[1]
    else:
        from_id, to_id = ADJUSTMENT_ID, putting_back.pick_face(session, actor, item.product_id)
        goods = Goods(product_id=item.product_id, quantity=item.units)
    stocking.move(session, actor, goods, from_place_id=from_id, to_place_id=keep.id, reason="wrong item")
    to = _ask_back(session, actor, order_id, item, goods, keep, to_id)
    if location is None:
        _tell_lead(session, actor, order_id, tote, f"{item.units} {item.sku}", to)
    session.flush()
    return keep.code


def _ask_back(
    session: Session, actor: Actor, order_id: int, item: Item, goods: Goods, keep: Location, to_id: int
) -> str:
    """Ask for units to be put back from where they wait to a shelf; return the shelf."""
    session.add(
        PutBack(
            warehouse_id=actor.warehouse_id,
            order_id=order_id,
            product_id=item.product_id,
            from_place_id=keep.id,
            to_location_id=to_id,
            quantity=item.units,
            at=actor.at,
            lot=goods.lot,
            serial=goods.serial,
        )
    )
    to = session.get_one(Location, (actor.warehouse_id, to_id)).code
    asked = PutBackAsked(order_id=order_id, sku=item.sku, quantity=item.units, place=keep.code, location=to)
    record(session, actor, asked)
    return to


def _tell_lead(session: Session, actor: Actor, order_id: int, tote: Tote, units: str, to: str) -> None:
    """Tell the inbox of units that no shelf misses by the books: a shelf's count is off somewhere."""
    session.add(
        ExceptionItem(
            warehouse_id=actor.warehouse_id,
            kind=ExceptionKind.MISMATCH,
            at=actor.at,
            text=f"{units} in {tote.barcode} by mistake: no shelf's books miss it. It is put to {to}."[:300],
            order_id=order_id,
            subject_id=order_id,
        )
    )


def _keep(session: Session, actor: Actor) -> Location | None:
    """The place where wrong items are brought to."""
    rank = case({kind: place for place, kind in enumerate(_KEEPS)}, value=Location.kind)
    return session.scalars(
        select(Location)
        .where(Location.warehouse_id == actor.warehouse_id, Location.kind.in_(_KEEPS))
        .order_by(rank, Location.code)
        .limit(1)
    ).one_or_none()


def _order_of(session: Session, actor: Actor, tote: Tote, in_it: list[Pick]) -> int | None:
    """One of the orders that share a tote: the one that was put in last, else any it is bound to."""
    if in_it:
        return in_it[0].order_id
    return session.scalars(
        select(BatchOrder.order_id)
        .where(BatchOrder.warehouse_id == actor.warehouse_id, BatchOrder.tote_id == tote.id)
        .order_by(BatchOrder.batch_id.desc(), BatchOrder.order_id)
        .limit(1)
    ).one_or_none()


def _location(session: Session, actor: Actor, item: Item, in_it: list[Pick]) -> tuple[int, Goods] | None:
    """The shelf whose books still have the units: of the lot that was scanned, and one of the tote's picks, if any."""
    of_product = [one.location_id for one in in_it if one.product_id == item.product_id]
    rank = case(
        (Stock.place_id.in_(of_product), 0), (Stock.place_id.in_([one.location_id for one in in_it]), 1), else_=2
    )
    lot = item.gs1.lot.upper() if item.gs1 is not None else ""
    row = session.execute(
        select(Stock.place_id, Stock.lot, Stock.serial)
        .join(Location, and_(Location.warehouse_id == Stock.warehouse_id, Location.id == Stock.place_id))
        .where(
            Stock.warehouse_id == actor.warehouse_id,
            Stock.product_id == item.product_id,
            Location.kind == LocationKind.PICK,
            Stock.on_hand - Stock.reserved >= item.units,
        )
        .order_by(case((func.upper(Stock.lot) == lot, 0), else_=1), rank)
        .order_by((Stock.on_hand - Stock.reserved).desc(), Stock.place_id, Stock.lot, Stock.serial)
        .limit(1)
        .with_for_update(of=Stock, key_share=True)
    ).one_or_none()
    if row is None:
        return None
    return row.place_id, Goods(product_id=item.product_id, quantity=item.units, lot=row.lot, serial=row.serial)
