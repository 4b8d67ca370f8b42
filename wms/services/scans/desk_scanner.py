"""Codes to try in the demo, for people without a scanner: what could be scanned where a screen names no right code."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from wms.domain.actor import Role
from wms.domain.catalog import Barcode, Product
from wms.domain.codes import Command
from wms.domain.floor import Cart, CartonType, Location, LocationKind, Printer, Station
from wms.domain.people import Warehouse, Worker
from wms.domain.totes import Tote, ToteStatus

_SHOWN = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Printed:
    """A barcode as it hangs, sticks or lies somewhere in the warehouse, and what people call the thing."""

    code: str
    name: str


# What a packing station and a hand-over scan besides what a picker scans.
COMMANDS = tuple(Printed(code=command.value, name=command.name.replace("_", " ")) for command in Command)

_CARDS = {"done": {Command.DONE.value}, "answer": {Command.YES.value, Command.NO.value}}


def is_demo(session: Session, warehouse_id: int) -> bool | None:
    """Tell whether the warehouse is the demo's; None while there is none."""
    return session.scalars(select(Warehouse.demo).where(Warehouse.id == warehouse_id)).one_or_none()


def codes(session: Session, warehouse_id: int, ask: str, role: Role) -> tuple[Printed, ...]:
    """Return a dozen codes of the type a screen asks for; badges are those of people with a role; () if none fit."""
    if ask in _CARDS:
        return tuple(card for card in COMMANDS if card.code in _CARDS[ask])
    if ask == "badge":
        return _badges(session, warehouse_id, role)
    statement = _statement(warehouse_id, ask)
    if statement is None:
        return ()
    return tuple(Printed(code=code, name=name) for code, name in session.execute(statement.limit(_SHOWN)))


def _badges(session: Session, warehouse_id: int, role: Role) -> tuple[Printed, ...]:
    workers = session.scalars(
        select(Worker).where(Worker.warehouse_id == warehouse_id, Worker.active.is_(True)).order_by(Worker.badge)
    )
    return tuple(
        Printed(code=worker.badge, name=f"{worker.name}, {' and '.join(sorted(worker.roles))}")
        for worker in workers
        if role in worker.roles
    )


def _statement(warehouse_id: int, ask: str) -> Select[str, str] | None:
    lanes = (LocationKind.LANE, LocationKind.HOLD, LocationKind.CONSOLIDATION)
    statements: dict[str, Select[str, str]] = {
        "cart": select(Cart.barcode, Cart.name).where(Cart.warehouse_id == warehouse_id).order_by(Cart.barcode),
        "tote": select(Tote.barcode, Tote.barcode)
        .where(Tote.warehouse_id == warehouse_id, Tote.status == ToteStatus.FREE)
        .order_by(Tote.barcode),
        "station": select(Station.barcode, Station.name)
        .where(Station.warehouse_id == warehouse_id)
        .order_by(Station.barcode),
        "carton": select(CartonType.barcode, CartonType.name)
        .where(CartonType.warehouse_id == warehouse_id)
        .order_by(CartonType.barcode),
        "lane": select(Location.barcode, Location.code)
        .where(Location.warehouse_id == warehouse_id, Location.kind.in_(lanes))
        .order_by(Location.barcode),
        "dock": select(Location.barcode, Location.code)
        .where(Location.warehouse_id == warehouse_id, Location.kind == LocationKind.DOCK)
        .order_by(Location.barcode),
        "location": select(Location.barcode, Location.code)
        .where(Location.warehouse_id == warehouse_id, Location.kind == LocationKind.PICK)
        .order_by(Location.pick_sequence),
        "product": select(func.min(Barcode.code), Product.name)
        .join(Product, (Product.warehouse_id == Barcode.warehouse_id) & (Product.id == Barcode.product_id))
        .where(Barcode.warehouse_id == warehouse_id, Barcode.quantity == 1)
        .group_by(Product.id, Product.sku, Product.name)
        .order_by(Product.sku),
    }
    return statements.get("product" if ask == "item" else ask)


def printer_urls(session: Session, warehouse_id: int) -> tuple[str, ...]:
    """Return the addresses of the virtual printers, whose trays show printed labels."""
    urls = select(Printer.url).where(Printer.warehouse_id == warehouse_id, Printer.url.startswith("virtual://"))
    return tuple(session.scalars(urls.order_by(Printer.name)))
