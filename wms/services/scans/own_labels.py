"""Whether a text that reads like one of our labels is one: a serial number may read like any of them."""

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import QUANTITY_CARDS, Code, CodeKind
from wms.domain.floor import Cart, CartonType, Location, Station
from wms.domain.orders import Order
from wms.domain.packing import Package
from wms.domain.people import Worker
from wms.domain.totes import Tote

_HERE: BindParameter[int] = bindparam("warehouse")
_TEXT: BindParameter[str] = bindparam("text")
_LOCATION = select(Location.id).where(Location.warehouse_id == _HERE, Location.barcode == _TEXT)
_CART = select(Cart.id).where(Cart.warehouse_id == _HERE, Cart.barcode == _TEXT)
_LABELS = {
    CodeKind.LOCATION: _LOCATION,
    CodeKind.LANE: _LOCATION,
    CodeKind.TOTE: select(Tote.id).where(Tote.warehouse_id == _HERE, Tote.barcode == _TEXT),
    CodeKind.CART: _CART,
    CodeKind.SLOT: _CART,
    CodeKind.ORDER: select(Order.id).where(Order.warehouse_id == _HERE, Order.barcode == _TEXT),
    CodeKind.BADGE: select(Worker.id).where(Worker.warehouse_id == _HERE, Worker.badge == _TEXT),
    CodeKind.CARTON: select(CartonType.id).where(CartonType.warehouse_id == _HERE, CartonType.barcode == _TEXT),
    CodeKind.PACKAGE: select(Package.id).where(Package.warehouse_id == _HERE, Package.barcode == _TEXT),
    CodeKind.STATION: select(Station.id).where(Station.warehouse_id == _HERE, Station.barcode == _TEXT),
}


def is_ours(session: Session, actor: Actor, code: Code) -> bool:
    """Tell whether a code with the form of our own labels is on one: known to the books, or printed on a card."""
    if code.kind is CodeKind.QUANTITY:
        return 0 < code.quantity <= QUANTITY_CARDS and code.raw == f"N{code.quantity}"
    if code.kind not in _LABELS:
        return code.kind is CodeKind.COMMAND
    text = code.text[:-2] if code.kind is CodeKind.SLOT else code.text
    return session.execute(_LABELS[code.kind], {"warehouse": actor.warehouse_id, "text": text}).first() is not None
