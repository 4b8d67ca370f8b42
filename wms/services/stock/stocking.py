"""Stock moves: the only functions that change balances, each with its ledger row in the same transaction."""

from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam, insert, select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.errors import OutOfStockError
from wms.domain.floor import ADJUSTMENT_ID, OUTSIDE
from wms.domain.ids import new_id
from wms.domain.journal import record
from wms.domain.stock import Stock, StockAdjusted, StockMove
from wms.services.upserting import upsert


@dataclass(frozen=True, kw_only=True, slots=True)
class Goods:
    """So many units of a product, of one lot and serial ('' = none)."""

    product_id: int
    quantity: int
    lot: str = ""
    serial: str = ""


_KEY = (
    Stock.warehouse_id == bindparam("w"),
    Stock.place_id == bindparam("place"),
    Stock.product_id == bindparam("product"),
    Stock.lot == bindparam("l"),
    Stock.serial == bindparam("s"),
)
_Q: BindParameter[int] = bindparam("q")
_TAKE = (
    update(Stock)
    .where(*_KEY, Stock.on_hand - Stock.reserved >= _Q)
    .values(on_hand=Stock.on_hand - _Q)
    .returning(Stock.on_hand)
)
_TAKE_RESERVED = (
    update(Stock)
    .where(*_KEY, Stock.reserved >= _Q)
    .values(on_hand=Stock.on_hand - _Q, reserved=Stock.reserved - _Q)
    .returning(Stock.on_hand)
)
_RESERVE = (
    update(Stock)
    .where(*_KEY, Stock.on_hand - Stock.reserved >= _Q)
    .values(reserved=Stock.reserved + _Q)
    .returning(Stock.on_hand)
)
_UNRESERVE = (
    update(Stock).where(*_KEY, Stock.reserved >= _Q).values(reserved=Stock.reserved - _Q).returning(Stock.on_hand)
)
_MOVE = insert(StockMove)
_put_statements: dict[str, object] = {}


def _key(actor: Actor, place_id: int, goods: Goods) -> dict[str, object]:
    return {
        "w": actor.warehouse_id,
        "place": place_id,
        "product": goods.product_id,
        "l": goods.lot,
        "s": goods.serial,
        "q": goods.quantity,
    }


def _or_refuse(session: Session, actor: Actor, statement: object, place_id: int, goods: Goods) -> None:
    if session.execute(statement, _key(actor, place_id, goods)).first() is None:  # type: ignore[call-overload] # one of the four updates above
        raise OutOfStockError(product_id=goods.product_id, place_id=place_id, quantity=goods.quantity)


def move(
    session: Session,
    actor: Actor,
    goods: Goods,
    *,
    from_place_id: int,
    to_place_id: int,
    reason: str,
    reserved: bool = False,
) -> None:
    """Move units from one place to another; OutOfStockError where too few are free (or, `reserved`, set aside)."""
    if from_place_id not in OUTSIDE:
        _or_refuse(session, actor, _TAKE_RESERVED if reserved else _TAKE, from_place_id, goods)
    if to_place_id not in OUTSIDE:
        _put(session, actor, to_place_id, goods)
    _ = session.execute(
        _MOVE,
        {
            "warehouse_id": actor.warehouse_id,
            "id": new_id(),
            "at": actor.at,
            "product_id": goods.product_id,
            "lot": goods.lot,
            "serial": goods.serial,
            "quantity": goods.quantity,
            "from_place_id": from_place_id,
            "to_place_id": to_place_id,
            "reason": reason,
            "worker_id": actor.worker_id,
        },
    )


def _put(session: Session, actor: Actor, place_id: int, goods: Goods) -> None:
    dialect = session.get_bind().dialect
    statement = _put_statements.get(dialect.name)
    if statement is None:
        insertion = upsert(dialect, Stock)
        statement = insertion.on_conflict_do_update(
            index_elements=[Stock.warehouse_id, Stock.place_id, Stock.product_id, Stock.lot, Stock.serial],
            set_={"on_hand": Stock.on_hand + insertion.excluded.on_hand},
        )
        _put_statements[dialect.name] = statement
    values = {
        "warehouse_id": actor.warehouse_id,
        "place_id": place_id,
        "product_id": goods.product_id,
        "lot": goods.lot,
        "serial": goods.serial,
        "on_hand": goods.quantity,
        "reserved": 0,
    }
    _ = session.execute(statement, values)  # type: ignore[call-overload] # the upsert kept above


def holds(session: Session, actor: Actor, place_id: int, goods: Goods) -> bool:
    """Tell whether units are in a place and free, and lock them; the outside places always have them."""
    key = (actor.warehouse_id, place_id, goods.product_id, goods.lot, goods.serial)
    stock = session.get(Stock, key, with_for_update={"key_share": True}, populate_existing=True)
    return place_id in OUTSIDE or (stock is not None and stock.available >= goods.quantity)


def reserve(session: Session, actor: Actor, place_id: int, goods: Goods) -> None:
    """Set free units aside; OutOfStockError where too few are free."""
    _or_refuse(session, actor, _RESERVE, place_id, goods)


def unreserve(session: Session, actor: Actor, place_id: int, goods: Goods) -> None:
    """Give units set aside free again."""
    _or_refuse(session, actor, _UNRESERVE, place_id, goods)


def adjust(session: Session, actor: Actor, place_id: int, goods: Goods, *, change: int, reason: str) -> None:
    """Correct what a place holds by `change` units (`goods.quantity` is ignored); a ledger row and a journal entry."""
    goods = Goods(product_id=goods.product_id, quantity=abs(change), lot=goods.lot, serial=goods.serial)
    if change > 0:
        move(session, actor, goods, from_place_id=ADJUSTMENT_ID, to_place_id=place_id, reason=reason)
    elif change < 0:
        move(session, actor, goods, from_place_id=place_id, to_place_id=ADJUSTMENT_ID, reason=reason)
    sku = session.execute(
        select(Product.sku).where(Product.warehouse_id == actor.warehouse_id, Product.id == goods.product_id)
    ).scalar_one()
    record(session, actor, StockAdjusted(sku=sku, place_id=place_id, change=change, reason=reason))
