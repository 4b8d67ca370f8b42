"""Labels for things of the house: a big text for people, a barcode for scanners, a word for what it is.

Most are 2 x 1 inch; a case's label and the poster of commands are 4 x 6, the paper of carriers' labels.
The caller gives each code as it is to be scanned, and how; the grammar of codes is not decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from printers.symbols import Symbology, symbol
from printers.zpl import FOUR_BY_SIX, TWO_BY_ONE, Align, DoesNotFitError, Label
from wms.labels.fitting import LINE_PER_HEIGHT, fitted, fitted_lines

MARGIN_DOTS = 16
# 0.25 mm at 203 dots an inch: the narrowest bar that handhelds read at arm's length. Wider ones where they fit.
NARROWEST_DOTS, WIDEST_DOTS = 2, 4
NOTE_DOTS = 132
_WIDTH_DOTS = TWO_BY_ONE.width_dots - 2 * MARGIN_DOTS
_CASE_BARS_DOTS = 260
_BEARER_DOTS = 12
_POSTER_COLUMNS = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetLabel:
    """One label: what it is (a product's SKU), its name for people, its code for scanners and how that is drawn.

    `note` stands large beside the code (a location's check string) or above it (how many a case holds); `slot` is the
    number of a cart's slot (0 = none).
    """

    word: str
    name: str
    code: str
    symbology: Symbology = Symbology.CODE_128
    note: str = ""
    slot: int = 0


def small(of: SheetLabel) -> bytes:
    """Return a 2 x 1 inch label; raises DoesNotFitError for a code too long to scan."""
    label = Label(TWO_BY_ONE)
    word, height = fitted(of.word, width_dots=_WIDTH_DOTS, tallest_dots=20)
    label.text(MARGIN_DOTS, 6, word, height=height)
    _name(label, of.name, top=28, tallest=62, lines=2)
    beside = NOTE_DOTS + MARGIN_DOTS if of.note else 0
    _bars(label, of, top=92, height=74, left=0, right=TWO_BY_ONE.width_dots - beside)
    if of.note:
        note, height = fitted(of.note, width_dots=NOTE_DOTS, tallest_dots=76)
        left = TWO_BY_ONE.width_dots - beside
        label.text(left, 100, note, height=height, block_width=NOTE_DOTS, align=Align.RIGHT)
    label.text(2 * MARGIN_DOTS, 174, of.code, height=fitted(of.code, width_dots=_WIDTH_DOTS, tallest_dots=24)[1])
    return label.to_zpl()


def case(of: SheetLabel) -> bytes:
    """Return a case's 4 x 6 inch label: SKU and name, how many it holds in large, its code with bars above and below.

    Bars of 0.5 mm are what GS1 asks of codes on cases (General Specifications, symbol specification table 2); the
    bearer bars keep a slanted beam from reading a part of an ITF-14 as a shorter code.
    """
    label = Label(FOUR_BY_SIX)
    width = FOUR_BY_SIX.width_dots - 2 * MARGIN_DOTS
    word, height = fitted(of.word, width_dots=width, tallest_dots=64)
    label.text(MARGIN_DOTS, 30, word, height=height)
    _name(label, of.name, top=120, tallest=240, lines=3, width=width)
    note, height = fitted(of.note, width_dots=width, tallest_dots=260)
    label.text(MARGIN_DOTS, 420, note, height=height)
    top = 760
    _bars(label, of, top=top, height=_CASE_BARS_DOTS, left=0, right=FOUR_BY_SIX.width_dots)
    if of.symbology is Symbology.ITF_14:
        for y in (top - _BEARER_DOTS, top + _CASE_BARS_DOTS):
            label.line(MARGIN_DOTS, y, width, thickness=_BEARER_DOTS)
    label.text(MARGIN_DOTS, 1060, of.code, height=fitted(of.code, width_dots=width, tallest_dots=72)[1])
    return label.to_zpl()


def poster(title: str, of: Sequence[SheetLabel]) -> bytes:
    """Return one 4 x 6 inch label with many codes in two columns, for a cart or a wall."""
    label = Label(FOUR_BY_SIX)
    width, head = FOUR_BY_SIX.width_dots // _POSTER_COLUMNS, 70
    label.text(MARGIN_DOTS, 14, title, height=46)
    rows = -(-len(of) // _POSTER_COLUMNS)
    height = (FOUR_BY_SIX.height_dots - head) // rows
    for number, card in enumerate(of):
        left, top = number // rows * width, head + number % rows * height
        word, letters = fitted(card.name, width_dots=width - 2 * MARGIN_DOTS, tallest_dots=34)
        label.text(left + MARGIN_DOTS, top, word, height=letters)
        _bars(label, card, top=top + 40, height=height - 62, left=left, right=left + width)
    return label.to_zpl()


def _name(label: Label, name: str, *, top: int, tallest: int, lines: int, width: int = _WIDTH_DOTS) -> None:
    rows, height = fitted_lines(name, width_dots=width, tallest_dots=tallest, lines=lines)
    for number, row in enumerate(rows):
        label.text(MARGIN_DOTS, top + int(number * LINE_PER_HEIGHT * height), row, height=height)


def _bars(label: Label, of: SheetLabel, *, top: int, height: int, left: int, right: int) -> None:
    """Draw the code in modules as wide as fit between two edges, its quiet zones included."""
    drawn = symbol(of.code, of.symbology)
    module = min((right - left) // drawn.whole, WIDEST_DOTS)
    if drawn.is_matrix:
        module = max(NARROWEST_DOTS, min(module, height // len(drawn.rows)))
        label.datamatrix(left + 2 * MARGIN_DOTS, top, of.code, module_dots=module)
    elif module < NARROWEST_DOTS:
        raise DoesNotFitError(data=of.code, needs_dots=drawn.whole * NARROWEST_DOTS, has_dots=right - left)
    else:
        label.bars(left, top, drawn, height=height, module_dots=module)


def inner_size(length_mm: int, width_mm: int, height_mm: int) -> str:
    """Return a carton's inner size in centimetres, such as 30 x 20.5 x 15 cm."""
    return " x ".join(f"{side_mm / 10:g}" for side_mm in (length_mm, width_mm, height_mm)) + " cm"
