"""Labels for things of the house, 2 x 1 inch: a big text for people, a Code 128 for scanners, a word for what it is.

The caller gives each code as it is to be scanned; the grammar of codes is not decided here.
"""

from dataclasses import dataclass

from printers.zpl import TWO_BY_ONE, Align, Label
from wms.labels.fitting import fitted

MARGIN_DOTS = 16
BIG_DOTS = 62
CHECK_DOTS = 92
CODE_TOP_DOTS = 92
CODE_HEIGHT_DOTS = 76


@dataclass(frozen=True, kw_only=True, slots=True)
class LocationLabel:
    """A location: the code to scan, the address to read, the check string to say or type."""

    code: str
    address: str
    check_string: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ThingLabel:
    """Anything with a code to scan and a name to read."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CartLabel:
    """A cart and its slots, in the order they stand."""

    code: str
    name: str
    slots: tuple[ThingLabel, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CartonLabel:
    """A carton type with its inner size in millimetres."""

    code: str
    name: str
    length_mm: int
    width_mm: int
    height_mm: int


def location(of: LocationLabel) -> bytes:
    """Return the label of a location; its check string stands large at the right."""
    label = sheet("LOCATION", of.code, of.address)
    label.text(
        TWO_BY_ONE.width_dots - CHECK_DOTS - MARGIN_DOTS,
        CODE_TOP_DOTS + 10,
        of.check_string,
        height=fitted(of.check_string, width_dots=CHECK_DOTS, tallest_dots=56)[1],
        block_width=CHECK_DOTS,
        align=Align.RIGHT,
    )
    return label.to_zpl()


def badge(of: ThingLabel) -> bytes:
    """Return a worker's badge."""
    return sheet("BADGE", of.code, of.name).to_zpl()


def tote(of: ThingLabel) -> bytes:
    """Return the label of a tote."""
    return sheet("TOTE", of.code, of.name).to_zpl()


def cart(of: CartLabel) -> list[bytes]:
    """Return the label of a cart, then one for each of its slots."""
    slots = [sheet(f"CART {of.name}", slot.code, slot.name).to_zpl() for slot in of.slots]
    return [sheet("CART", of.code, of.name).to_zpl(), *slots]


def command_card(of: ThingLabel) -> bytes:
    """Return a command's card, such as SHORT."""
    return sheet("COMMAND", of.code, of.name).to_zpl()


def quantity_card(of: ThingLabel) -> bytes:
    """Return a quantity's card, such as 12."""
    return sheet("QUANTITY", of.code, of.name).to_zpl()


def carton_type(of: CartonLabel) -> bytes:
    """Return the label of a carton type; its size stands beside its kind, in centimetres."""
    return sheet(f"BOX {inner_size(of)}", of.code, of.name).to_zpl()


def inner_size(of: CartonLabel) -> str:
    """Return a carton's inner size in centimetres, such as 30 x 20.5 x 15 cm."""
    return " x ".join(f"{side_mm / 10:g}" for side_mm in (of.length_mm, of.width_mm, of.height_mm)) + " cm"


def station(of: ThingLabel) -> bytes:
    """Return the label of a packing station."""
    return sheet("STATION", of.code, of.name).to_zpl()


def lane(of: ThingLabel) -> bytes:
    """Return the label of a drop lane or dock."""
    return sheet("LANE", of.code, of.name).to_zpl()


def trial(of: ThingLabel) -> bytes:
    """Return a label that shows whether a printer works."""
    return sheet("TEST", of.code, of.name).to_zpl()


def sheet(kind: str, code: str, name: str) -> Label:
    """Return a 2 x 1 inch label with kind, name and code; raises DoesNotFitError for a code too long to scan."""
    label = Label(TWO_BY_ONE)
    room_dots = TWO_BY_ONE.width_dots - 2 * MARGIN_DOTS
    word, word_height = fitted(kind, width_dots=room_dots, tallest_dots=20)
    label.text(MARGIN_DOTS, 6, word, height=word_height)
    line, height = fitted(name, width_dots=room_dots, tallest_dots=BIG_DOTS)
    label.text(MARGIN_DOTS, 28, line, height=height)
    label.code128(2 * MARGIN_DOTS, CODE_TOP_DOTS, code, height=CODE_HEIGHT_DOTS)
    return label
