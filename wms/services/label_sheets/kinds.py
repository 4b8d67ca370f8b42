"""What a sheet can hold, and which of it is wanted."""

from dataclasses import dataclass
from enum import StrEnum

from wms.domain.codes import CodeKind

ALL = "*"


class SheetKind(StrEnum):
    """What a sheet holds labels of."""

    LOCATIONS = "locations"
    LANES = "lanes"
    TOTES = "totes"
    CARTS = "carts"
    STATIONS = "stations"
    CARTONS = "cartons"
    PRODUCTS = "products"
    CASES = "cases"
    COMMANDS = "commands"
    QUANTITIES = "quantities"
    POSTER = "poster"
    BADGES = "badges"

    @property
    def counted(self) -> CodeKind | None:
        """The kind of our own codes that counts these things, or None."""
        return _COUNTED.get(self)

    @property
    def has_names(self) -> bool:
        """Tell whether these things have names beside their codes."""
        return self not in {SheetKind.TOTES, SheetKind.QUANTITIES, SheetKind.COMMANDS}

    @property
    def is_of_products(self) -> bool:
        """Tell whether a sheet's things are products, which stand in zones and locations."""
        return self in {SheetKind.PRODUCTS, SheetKind.CASES}


_COUNTED = {
    SheetKind.LOCATIONS: CodeKind.LOCATION,
    SheetKind.LANES: CodeKind.LANE,
    SheetKind.TOTES: CodeKind.TOTE,
    SheetKind.CARTS: CodeKind.CART,
    SheetKind.STATIONS: CodeKind.STATION,
    SheetKind.CARTONS: CodeKind.CARTON,
    SheetKind.COMMANDS: CodeKind.COMMAND,
    SheetKind.QUANTITIES: CodeKind.QUANTITY,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Which labels of a kind: those from `first` to `last` whose name or code holds one of `name`'s words by commas.

    `zone` and `aisle` narrow locations, `zone` and `location` products by where they are in stock. `ALL` is every zone
    or aisle; an empty `aisle` the first one, because a whole hall is seldom wanted.
    """

    kind: SheetKind
    zone: str = ALL
    aisle: str = ""
    location: str = ""
    name: str = ""
    first: str = ""
    last: str = ""
