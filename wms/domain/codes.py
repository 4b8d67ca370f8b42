"""Barcodes say what they are: our own codes carry a type letter, a fixed number of digits and a GS1 check digit.

Grammar in design section 6 and the UX paper, section 4. Product codes are GTINs, kept as 14 digits.
"""

import secrets
from dataclasses import dataclass, field, replace
from enum import StrEnum


class CodeKind(StrEnum):
    """What a scanned text is, by its own word; UNKNOWN asks the database (aliases, SKUs, order numbers, tracking)."""

    LOCATION = "location"
    PRODUCT = "product"
    TOTE = "tote"
    CART = "cart"
    SLOT = "slot"
    ORDER = "order"
    BADGE = "badge"
    CARTON = "carton"
    PACKAGE = "package"
    COMMAND = "command"
    QUANTITY = "quantity"
    STATION = "station"
    LANE = "lane"
    RECEIPT = "receipt"
    UNKNOWN = "unknown"


# letter -> (kind, digits with the check digit)
OWN = {
    "L": (CodeKind.LOCATION, 7),
    "T": (CodeKind.TOTE, 6),
    "C": (CodeKind.CART, 4),
    "O": (CodeKind.ORDER, 9),
    "B": (CodeKind.BADGE, 9),
    "X": (CodeKind.CARTON, 3),
    "P": (CodeKind.PACKAGE, 9),
    "S": (CodeKind.STATION, 3),
    "D": (CodeKind.LANE, 3),
    "R": (CodeKind.RECEIPT, 8),
    "K": (CodeKind.COMMAND, 3),
}
QUANTITY_CARDS = 24
"""The highest number of which there is a card; others are typed."""
_LETTER = {kind: (letter, digits) for letter, (kind, digits) in OWN.items()}
_MAX_QUANTITY_DIGITS = 5
_GTIN_LENGTHS = (8, 12, 13, 14)
_ZEROS_OF_GTIN_8, _ZEROS_OF_GTIN_12 = 6, 2
_AIM_PREFIX_LENGTH = 3
# GS1-128, GS1 DataBar and Composite, GS1 DataMatrix, GS1 QR Code (GS1 General Specifications, section 5.1.2).
_GS1_SYMBOLOGIES = ("]C1", "]e0", "]e1", "]e2", "]d2", "]Q3")
SEPARATOR = "\x1d"  # a GS1 code's FNC1, as scanners send it
_SEPARATOR_SIGN = "\u241d"


class Command(StrEnum):
    """Command cards: the code is the value, the word typed means the same."""

    SHORT = "K017"
    NONE_HERE = "K024"
    DAMAGED = "K031"
    SKIP = "K048"
    TOTE_FULL = "K055"
    UNDO = "K062"
    SAY_AGAIN = "K079"
    DONE = "K086"
    HELP = "K093"
    YES = "K109"
    NO = "K116"
    REPRINT = "K123"
    VOID = "K130"
    OTHER_BOX = "K147"
    SPLIT = "K154"
    WEIGH = "K161"
    BREAK = "K178"
    LOG_OUT = "K185"
    LIGHT_DARK = "K192"
    QTY = "K208"
    NO_BARCODE = "K215"
    REJECT = "K222"
    OTHER_ITEM_HERE = "K239"
    GIVE_BACK = "K246"
    BLOCKED = "K253"
    TOO_HIGH = "K260"
    OTHER = "K277"
    BROKEN_TOTE = "K284"
    WRONG_ITEM = "K291"
    OTHER_PRINTER = "K307"
    PACKING_SLIP = "K314"
    WRONG_PICK = "K321"
    WRONG_TOTE = "K338"
    WRONG_LABEL = "K345"
    MISCOUNT = "K352"
    OTHER_CARRIER = "K369"


_WORDS = {command.name.replace("_", " "): command for command in Command}


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """A scanned text, cleaned (`text`), with what it says it is and the number or quantity it carries.

    `raw` is the text cleaned only: neither padded nor a command's code for its word. `is_gs1`: its symbology says that
    it is a GS1 element string.
    """

    text: str
    kind: CodeKind
    quantity: int = 0
    slot: int = 0
    raw: str = field(default="", compare=False)
    is_gs1: bool = field(default=False, compare=False)

    @property
    def command(self) -> Command | None:
        """The command card scanned, or None."""
        return Command(self.text) if self.kind is CodeKind.COMMAND else None


def check_digit(digits: str) -> str:
    """Return the GS1 mod-10 check digit of a string of digits (GS1 General Specifications, 7.9)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def has_check_digit(digits: str) -> bool:
    """Tell whether the last digit is the check digit of those before it."""
    return digits.isascii() and digits.isdigit() and check_digit(digits[:-1]) == digits[-1]


def own_code(kind: CodeKind, number: int) -> str:
    """Return our code for the number-th thing of a kind, such as T000123 for tote 12."""
    letter, digits = _LETTER[kind]
    body = f"{number:0{digits - 1}d}"
    if len(body) >= digits:
        raise ValueError(f"{kind} codes end at {'9' * (digits - 1)}; {number} is too large.")
    return letter + body + check_digit(body)


def number_of(code: Code) -> int | None:
    """Return the number that one of our own codes counts (of a cart's slot, the cart's), or None for other codes."""
    if code.kind is CodeKind.QUANTITY:
        return code.quantity
    kind = CodeKind.CART if code.kind is CodeKind.SLOT else code.kind
    if kind not in _LETTER:
        return None
    return int(code.text[1 : _LETTER[kind][1]])


def random_code(kind: CodeKind) -> str:
    """Return an unguessable code of a kind (badges are keys and must not be counted up)."""
    _, digits = _LETTER[kind]
    return own_code(kind, secrets.randbelow(10 ** (digits - 1)))


def slot_code(cart_code: str, slot: int) -> str:
    """Return the code of a place on a cart: the cart's code and two digits."""
    return f"{cart_code}{slot:02d}"


def clean(text: str) -> str:
    """Trim, upper-case and drop a leading AIM symbology identifier (`]C1`, `]E0`, ...)."""
    text = "".join(char for char in text if char.isprintable() or char == SEPARATOR).strip().upper()
    return text[_AIM_PREFIX_LENGTH:] if text.startswith("]") and len(text) > _AIM_PREFIX_LENGTH else text


def readable(text: str) -> str:
    """Return a scanned text as the database and people get it: separators by their sign, nothing that is no letter."""
    text = text.replace(SEPARATOR, _SEPARATOR_SIGN)
    return "".join(char for char in text if char.isprintable())


def plain(text: str) -> str:
    """Return a carrier's number as it is kept and compared: cleaned, and without the spaces that people write in it."""
    return "".join(clean(text).split())


def gtin14(text: str) -> str | None:
    """Return a GTIN-8, -12, -13 or -14 padded to 14 digits, or None where the text is none (check digit included)."""
    if len(text) in _GTIN_LENGTHS and has_check_digit(text):
        return text.zfill(14)
    return None


def printed_gtin(gtin: str) -> str:
    """Return a GTIN of 14 digits as goods carry it: as GTIN-8, -12 or -13 where its leading zeros say so.

    No GTIN-12 has six leading zeros of 14, so a GTIN-8 is known by them (GS1 General Specifications, section 1.4).
    """
    zeros = len(gtin) - len(gtin.lstrip("0"))
    return gtin[_ZEROS_OF_GTIN_8 if zeros >= _ZEROS_OF_GTIN_8 else min(zeros, _ZEROS_OF_GTIN_12) :]


def parse(text: str) -> Code:
    """Say what a scanned text is by its form alone; never guesses: a wrong check digit leaves it UNKNOWN."""
    raw = clean(text)
    return replace(_parse(raw), raw=raw, is_gs1=text.strip().startswith(_GS1_SYMBOLOGIES))


def _parse(text: str) -> Code:
    if text in _WORDS:
        return Code(text=_WORDS[text].value, kind=CodeKind.COMMAND)
    letter, digits = text[:1], text[1:]
    if digits.isascii() and digits.isdigit():
        own = _parse_own(text, letter, digits)
        if own is not None:
            return own
    gtin = gtin14(text)
    if gtin is not None:
        return Code(text=gtin, kind=CodeKind.PRODUCT)
    return Code(text=text, kind=CodeKind.UNKNOWN)


def _parse_own(text: str, letter: str, digits: str) -> Code | None:
    if letter == "N" and len(digits) <= _MAX_QUANTITY_DIGITS:
        return Code(text=text, kind=CodeKind.QUANTITY, quantity=int(digits))
    if letter not in OWN:
        return None
    kind, length = OWN[letter]
    if letter == "C" and len(digits) == length + 2 and has_check_digit(digits[:length]):
        return Code(text=text, kind=CodeKind.SLOT, slot=int(digits[length:]))
    if len(digits) != length or not has_check_digit(digits):
        return None
    if kind is CodeKind.COMMAND and text not in set(Command):
        return None
    return Code(text=text, kind=kind)
