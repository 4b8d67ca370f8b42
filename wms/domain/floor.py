"""The floor: places, locations, carts, stations, printers and carton types.

A place is anything that can hold stock. Locations, totes, packages and stations are places: they share their id with
a row in `places`. Four outside places (ids 1 to 4) stand for the world beyond the door and hold no balance.
"""

from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from wms.domain.base import Base, EnumText, InWarehouse, Row, one_of, refers


class PlaceKind(StrEnum):
    """What kind of place holds the stock."""

    LOCATION = "location"
    TOTE = "tote"
    PACKAGE = "package"
    STATION = "station"
    OUTSIDE = "outside"


SUPPLIER_ID = 1
CUSTOMER_ID = 2
ADJUSTMENT_ID = 3
SCRAP_ID = 4
OUTSIDE = {SUPPLIER_ID: "supplier", CUSTOMER_ID: "customer", ADJUSTMENT_ID: "adjustment", SCRAP_ID: "scrap"}


class Place(Row, Base, kw_only=True):
    """The row that a location, tote, package or station shares its id with, so that stock can point to any of them."""

    __tablename__ = "places"
    __table_args__ = (one_of("kind", PlaceKind),)

    kind: Mapped[PlaceKind] = mapped_column(EnumText(PlaceKind))


class LocationKind(StrEnum):
    """What a location is for. Only PICK is picked from; lanes and docks carry `D` codes, the others `L` codes.

    In a CONSOLIDATION lane the parts of an order meet that were picked on several walks.
    """

    PICK = "pick"
    RESERVE = "reserve"
    LANE = "lane"
    HOLD = "hold"
    CONSOLIDATION = "consolidation"
    DOCK = "dock"
    HOSPITAL = "hospital"
    DEPOT = "depot"


class Location(Row, Base, kw_only=True):
    """An address with coordinates in metres. `barcode` is what its label carries, `check` the 3-digit spoken string."""

    __tablename__ = "locations"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "code"),
        UniqueConstraint("warehouse_id", "barcode"),
        one_of("kind", LocationKind),
        refers("id", "places"),
    )

    LANES: ClassVar = frozenset({LocationKind.LANE, LocationKind.HOLD, LocationKind.CONSOLIDATION, LocationKind.DOCK})

    code: Mapped[str] = mapped_column(String(40))
    barcode: Mapped[str] = mapped_column(String(16))
    check: Mapped[str] = mapped_column("check_string", String(8))
    kind: Mapped[LocationKind] = mapped_column(EnumText(LocationKind))
    zone: Mapped[str] = mapped_column(String(16), default="")
    aisle: Mapped[str] = mapped_column(String(16), default="")
    bay: Mapped[str] = mapped_column(String(16), default="")
    level: Mapped[str] = mapped_column(String(16), default="")
    position: Mapped[str] = mapped_column(String(16), default="")
    x_m: Mapped[float] = mapped_column(default=0.0)
    y_m: Mapped[float] = mapped_column(default=0.0)
    pick_sequence: Mapped[int] = mapped_column(default=0)


class Profile(StrEnum):
    """Which scans a zone's picks need: all; those that add something; or those of walks with one tote."""

    STRICT = "strict"
    STANDARD = "standard"
    SINGLE = "single"


class Zone(InWarehouse, Base, kw_only=True):
    """How a zone is picked. The row `*` is for zones without one of their own; without it they are STANDARD.

    `counts_each`: each unit is scanned; else one scan takes a line's units, which packing scans one by one anyway.
    `asks_empty`: after the last unit of a location is put, the picker is asked whether it is empty.
    """

    EVERY: ClassVar = "*"

    __tablename__ = "zones"
    __table_args__ = (one_of("profile", Profile),)

    zone: Mapped[str] = mapped_column(String(16), primary_key=True)
    profile: Mapped[Profile] = mapped_column(EnumText(Profile), default=Profile.STANDARD)
    counts_each: Mapped[bool] = mapped_column(default=False)
    asks_empty: Mapped[bool] = mapped_column(default=False)


class GivenLayout(InWarehouse, Base, kw_only=True):
    """How people walk between locations, given exactly: `document` is the `layout` of docs/plan-format.md, by codes.

    A warehouse without this row walks by what its locations' coordinates say.
    """

    __tablename__ = "given_layouts"

    document: Mapped[dict[str, Any]] = mapped_column(JSON)


class Cart(Row, Base, kw_only=True):
    """A picking cart: how many totes it carries, and at most how much."""

    __tablename__ = "carts"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "barcode"),
        CheckConstraint("slots > 0 AND volume_ml > 0 AND weight_g > 0", name="capacity"),
    )

    barcode: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(40))
    slots: Mapped[int]
    volume_ml: Mapped[int]
    weight_g: Mapped[int]


class Printer(Row, Base, kw_only=True):
    """A label printer by its address: virtual://, tcp://, file:/// or queue://."""

    __tablename__ = "printers"
    __table_args__ = (UniqueConstraint("warehouse_id", "name"),)

    name: Mapped[str] = mapped_column(String(40))
    url: Mapped[str] = mapped_column(String(200))


class Station(Row, Base, kw_only=True):
    """A packing station: a place, chosen by scanning its code, with its printer and at most one scale.

    `scale` is the scale's address, '' for none: serial:///dev/ttyUSB0, tcp://host:port or virtual://host:port.
    `device_id` is the device on whose screen it is open, `page` which page of its browser ('': it does not say).
    """

    __tablename__ = "stations"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "barcode"),
        refers("id", "places"),
        refers("printer_id", "printers"),
        refers("device_id", "devices"),
    )

    barcode: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(40))
    printer_id: Mapped[int | None] = mapped_column(default=None)
    scale: Mapped[str] = mapped_column(String(200), default="")
    device_id: Mapped[int | None] = mapped_column(default=None)
    page: Mapped[str] = mapped_column(String(32), default="", server_default="")


class CartonType(Row, Base, kw_only=True):
    """A box size one can choose: inner sizes in millimetres, the empty box's weight and the most it carries in g.

    Carriers measure outside: `wall_mm` is how much thicker each side is.
    """

    __tablename__ = "carton_types"
    __table_args__ = (
        UniqueConstraint("warehouse_id", "barcode"),
        UniqueConstraint("warehouse_id", "name"),
        CheckConstraint("length_mm > 0 AND width_mm > 0 AND height_mm > 0 AND wall_mm >= 0", name="sizes"),
    )

    barcode: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(40))
    length_mm: Mapped[int]
    width_mm: Mapped[int]
    height_mm: Mapped[int]
    wall_mm: Mapped[int] = mapped_column(default=0, server_default="0")
    weight_g: Mapped[int] = mapped_column(default=0)
    max_weight_g: Mapped[int] = mapped_column(default=30_000)

    @property
    def outer_mm(self) -> tuple[int, int, int]:
        """Length, width and height outside, in millimetres."""
        length_mm, width_mm, height_mm = (
            inside + 2 * self.wall_mm for inside in (self.length_mm, self.width_mm, self.height_mm)
        )
        return length_mm, width_mm, height_mm

    @property
    def volume_ml(self) -> int:
        """Millilitres inside."""
        return self.length_mm * self.width_mm * self.height_mm // 1000
