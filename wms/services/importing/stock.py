"""Stock as it was counted: a row states what a location holds, so the same row twice changes nothing."""

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.floor import Location
from wms.domain.stock import Lot, Stock
from wms.services.importing.cells import BadRowError, Cells, quoted
from wms.services.importing.kinds import Column, Kind, Outcome, find, keep, keyed, optional, required
from wms.services.stock import stocking
from wms.services.stock.stocking import Goods


def _keep(session: Session, actor: Actor, cells: Cells) -> Outcome:
    code, sku = cells.needed("location", 40), cells.needed("sku", 80)
    lot, expiry = cells.text("lot", 40) or "", cells.day("expiry")
    quantity = cells.needed_whole("quantity", most=10_000_000)
    location = find(session, actor, Location, code=code)
    product = find(session, actor, Product, sku=sku)
    if location is None or product is None:
        missing = f"location {quoted(code)}" if location is None else f"SKU {quoted(sku)}"
        raise BadRowError(f"the {missing} is not known")
    if expiry is not None and not lot:
        raise BadRowError("an expiry needs a lot, such as the date itself")
    dated = Outcome.KNOWN
    if lot:
        _, dated = keep(session, actor, Lot, {"product_id": product.id, "lot": lot}, {"expiry": expiry}, _no_expiry)
    key = (actor.warehouse_id, location.id, product.id, lot, "")
    balance = session.get(Stock, key, with_for_update={"key_share": True}, populate_existing=True)
    on_hand, reserved = (balance.on_hand, balance.reserved) if balance else (0, 0)
    if quantity < reserved:
        raise BadRowError(f"{reserved} of it are set aside for orders; take those waves back or count again")
    if quantity == on_hand:
        return Outcome.CHANGED if dated is Outcome.CHANGED else Outcome.KNOWN
    goods = Goods(product_id=product.id, quantity=0, lot=lot)
    stocking.adjust(session, actor, location.id, goods, change=quantity - on_hand, reason="import")
    return Outcome.ADDED if balance is None else Outcome.CHANGED


def _no_expiry() -> dict[str, object]:
    return {"expiry": None}


STOCK = Kind(
    name="stock",
    about="what each location holds; a row states the whole quantity, it is not added to what is there",
    keep=_keep,
    once=True,
    columns=(
        keyed("location", "a location's code"),
        keyed("sku", "a product's SKU"),
        Column(name="lot", hint="production group; may be blank", is_key=True),
        optional("expiry", "the lot's use-by date, 2026-11-22"),
        required("quantity", "units on hand, 0 or more"),
    ),
)
