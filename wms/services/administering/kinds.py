"""What the admin pages list: for each kind of row its table, how a row reads as cells, and what a cell may hold.

The kinds themselves, with the rules by which a row is kept, are those of the file imports.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from wms.domain.actor import Role
from wms.domain.base import Base, text_id
from wms.domain.calendar import CarrierService, Holiday, Pickup, ShippingMethod
from wms.domain.catalog import Product, Substitute
from wms.domain.errors import NotFoundError
from wms.domain.floor import Cart, CartonType, Location, LocationKind, Printer, Profile, Station, Zone
from wms.domain.inserts import Insert, InsertFor
from wms.domain.people import Worker
from wms.domain.saying import Language
from wms.domain.totes import Tote, ToteStatus
from wms.services.importing import KINDS
from wms.services.importing.calendar import DAYS
from wms.services.importing.kinds import Column, Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """What other rows are called by their ids, loaded once a page."""

    printers: Mapping[int, str]
    services: Mapping[int, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """A kind of row as the admin pages show it: `one` is what a single row is called.

    `order` are the columns a list is sorted by, the first is searched; `read` says how a cell reads where the row
    has no attribute of the column's name; `secret` cells are never shown; `sheet` is the label sheet that prints it.
    """

    kind: Kind
    one: str
    table: type[Base]
    order: tuple[str, ...]
    read: Mapping[str, Callable[[Any, Names], object]] = field(default_factory=dict)
    secret: frozenset[str] = frozenset()
    sheet: str = ""
    removable: bool = True

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns a list shows."""
        return tuple(column for column in self.kind.columns if column.name not in self.secret)

    def cells(self, row: Base, names: Names) -> dict[str, str]:
        """Return a row as the cells that a file would hold; secret ones are blank."""
        return {
            column.name: "" if column.name in self.secret else _text(self._value(row, column.name, names))
            for column in self.kind.columns
        }

    def _value(self, row: Base, column: str, names: Names) -> object:
        return self.read[column](row, names) if column in self.read else getattr(row, column)

    def key_of(self, row: Base) -> str:
        """Return what addresses call a row: its id in hexadecimal, else its own key."""
        value = own_key(row)
        return text_id(value) if isinstance(value, int) else str(value)

    def find(self, session: Session, warehouse_id: int, key: str) -> Base:
        """Return the row an address names, locked; NotFoundError where there is none."""
        column = inspect(self.table).primary_key[1]
        readers: dict[type, Callable[[str], object]] = {int: lambda text: int(text, 16), dt.date: dt.date.fromisoformat}
        try:
            value = readers.get(column.type.python_type, str)(key)
        except ValueError as error:
            raise NotFoundError(self.one, repr(key[:40])) from error
        row = session.get(self.table, (warehouse_id, value), with_for_update={"key_share": True})
        if row is None:
            raise NotFoundError(self.one, repr(key[:40]))
        return row


def own_key(row: Base) -> object:
    """Return the half of a row's key that stands behind the warehouse: an id, a day or a word."""
    key: object = inspect(type(row)).primary_key_from_instance(row)[1]
    return key


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def load_names(session: Session, warehouse_id: int) -> Names:
    """Load the names that cells and choices need."""
    printers = session.execute(select(Printer.id, Printer.name).where(Printer.warehouse_id == warehouse_id))
    services = session.execute(
        select(CarrierService.id, CarrierService.service).where(CarrierService.warehouse_id == warehouse_id)
    )
    return Names(printers=dict(printers.all()), services=dict(services.all()))


def choices(setting: Setting, column: str, names: Names) -> Sequence[str]:
    """Return the words a column's cell is chosen from; () where it is written freely."""
    found: Mapping[tuple[type[Base], str], Sequence[str]] = {
        (Worker, "roles"): tuple(Role),
        (Worker, "language"): tuple(Language),
        (Location, "kind"): tuple(LocationKind),
        (Zone, "profile"): tuple(Profile),
        (Tote, "status"): tuple(ToteStatus),
        (Tote, "is_red"): ("no", "yes"),
        (Worker, "left_handed"): ("no", "yes"),
        (Product, "serials"): ("no", "yes"),
        (Product, "ships_in_own_box"): ("no", "yes"),
        (Product, "is_hazardous"): ("no", "yes"),
        (Insert, "applies"): tuple(InsertFor),
        (Zone, "counts_each"): ("no", "yes"),
        (Zone, "asks_empty"): ("no", "yes"),
        (Pickup, "weekday"): DAYS,
        (Station, "printer"): sorted(names.printers.values()),
        (ShippingMethod, "service"): sorted(names.services.values()),
    }
    return found.get((setting.table, column), ())


def _yes_or_no(switch: object) -> str:
    return "yes" if switch else "no"


SETTINGS: dict[str, Setting] = {
    setting.kind.name: setting
    for setting in (
        Setting(
            kind=KINDS["workers"],
            one="worker",
            table=Worker,
            order=("name",),
            read={
                "roles": lambda row, _: row.roles_text,
                "left_handed": lambda row, _: _yes_or_no(row.left_handed),
            },
            secret=frozenset({"badge"}),
            sheet="badges",
            removable=False,
        ),
        Setting(kind=KINDS["carts"], one="cart", table=Cart, order=("name", "barcode"), sheet="carts"),
        Setting(
            kind=KINDS["totes"],
            one="tote",
            table=Tote,
            order=("barcode",),
            read={"is_red": lambda row, _: _yes_or_no(row.is_red)},
            sheet="totes",
        ),
        Setting(kind=KINDS["cartons"], one="carton type", table=CartonType, order=("name",), sheet="cartons"),
        Setting(
            kind=KINDS["stations"],
            one="station",
            table=Station,
            order=("name",),
            read={"printer": lambda row, names: names.printers.get(row.printer_id)},
            sheet="stations",
        ),
        Setting(
            kind=KINDS["products"],
            one="product",
            table=Product,
            order=("sku",),
            read={
                "serials": lambda row, _: _yes_or_no(row.has_serials),
                "ships_in_own_box": lambda row, _: _yes_or_no(row.ships_in_own_box),
                "is_hazardous": lambda row, _: _yes_or_no(row.is_hazardous),
            },
            secret=frozenset({"barcode"}),  # several to a row: its codes are told and printed elsewhere
            sheet="products",
            removable=False,
        ),
        Setting(kind=KINDS["printers"], one="printer", table=Printer, order=("name",)),
        Setting(kind=KINDS["locations"], one="location", table=Location, order=("code",), sheet="locations"),
        Setting(kind=KINDS["substitutes"], one="substitute", table=Substitute, order=("sku", "rank", "substitute")),
        Setting(
            kind=KINDS["zones"],
            one="zone",
            table=Zone,
            order=("zone",),
            read={
                "counts_each": lambda row, _: _yes_or_no(row.counts_each),
                "asks_empty": lambda row, _: _yes_or_no(row.asks_empty),
            },
        ),
        Setting(
            kind=KINDS["pickups"],
            one="pickup",
            table=Pickup,
            order=("carrier", "weekday", "cutoff"),
            read={"weekday": lambda row, _: DAYS[row.weekday]},
        ),
        Setting(kind=KINDS["holidays"], one="holiday", table=Holiday, order=("day",)),
        Setting(kind=KINDS["services"], one="carrier service", table=CarrierService, order=("service",)),
        Setting(
            kind=KINDS["methods"],
            one="shipping method",
            table=ShippingMethod,
            order=("method",),
            read={
                "service": lambda row, names: names.services.get(row.carrier_service_id),
                "allowed": lambda row, _: "|".join(row.allowed),
            },
        ),
        Setting(kind=KINDS["inserts"], one="insert", table=Insert, order=("name",)),
    )
}
