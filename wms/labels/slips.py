"""The packing slip: what lies in this box, what comes apart from it, and the gift's words; 4 x 6, on several pages.

Each page says order and box, and carries the order's barcode, so that a page by itself still tells where it belongs.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from printers.lettering import printable
from printers.zpl import FOUR_BY_SIX, Align, Label, code128_width_dots
from wms.labels.fitting import LINE_PER_HEIGHT, WIDTH_PER_HEIGHT, fitted, fitted_lines

_LEFT, _RIGHT = 24, 788
_WIDTH = _RIGHT - _LEFT
_BODY_TOP, _BODY_BOTTOM = 372, 1150
_BODY_DOTS = _BODY_BOTTOM - _BODY_TOP
_BARS_MODULE, _BARS_HEIGHT = 3, 90
_COUNT_WIDTH, _PRICE_WIDTH = 96, 150
_NAME_LEFT = _LEFT + _COUNT_WIDTH
_TITLE_DOTS, _ROW_DOTS, _WORDS_DOTS = 62, 84, 38
_WORDS_HEIGHT, _NAME_HEIGHT = 28, 34
# Nobody reads more of a note off a slip; a shop's note field takes whole letters.
_MOST_WORDS_LINES = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class SlipLine:
    """So many units of a line; `price` is one unit's as people write it ('' where none is told).

    `replaces` is the SKU that was bought where another is sent in its place.
    """

    quantity: int
    sku: str
    name: str
    price: str = ""
    replaces: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Slip:
    """What a slip tells of box `box` of `boxes` (0: not known yet): its lines, and those of `elsewhere` and `later`.

    `code` is the order's barcode. A gift shows no prices; its words stand in `gift_note`.
    """

    code: str
    number: str
    sender: str
    date: str
    box: int
    boxes: int
    ship_to: tuple[str, ...]
    lines: tuple[SlipLine, ...]
    elsewhere: tuple[SlipLine, ...] = ()
    later: tuple[SlipLine, ...] = ()
    note: str = ""
    gift_note: str = ""

    @property
    def which(self) -> str:
        """The box among the order's, as far as they are counted; '' before there is one."""
        if not self.box:
            return ""
        return f"Box {self.box} of {self.boxes}" if self.boxes else f"Box {self.box}"

    @property
    def sections(self) -> tuple[tuple[str, tuple[SlipLine, ...]], ...]:
        """The lines under their headings, those without lines left out."""
        named = (("IN THIS BOX", self.lines), ("IN OTHER BOXES", self.elsewhere), ("COMES LATER", self.later))
        return tuple((title, lines) for title, lines in named if lines)

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """The customer's own words under their headings."""
        return tuple((title, text) for title, text in (("FOR YOU", self.gift_note), ("NOTE", self.note)) if text)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Block:
    """What is kept together on one page: a heading (with no line), a line or a row of words."""

    dots: int
    title: str = ""
    line: SlipLine | None = None
    text: str = ""


def draw(slip: Slip) -> tuple[bytes, ...]:
    """Return the slip's pages, each one label."""
    pages = _pages(slip)
    return tuple(_page(slip, blocks, number, len(pages)) for number, blocks in enumerate(pages, 1))


def _blocks(slip: Slip) -> Iterator[_Block]:
    for title, lines in slip.sections:
        yield _Block(dots=_TITLE_DOTS, title=title)
        yield from (_Block(dots=_ROW_DOTS, line=line) for line in lines)
    for title, text in slip.words:
        yield _Block(dots=_TITLE_DOTS, title=title)
        yield from (_Block(dots=_WORDS_DOTS, text=row) for row in _wrapped(text))


def _wrapped(text: str) -> list[str]:
    chars = int(_WIDTH / (WIDTH_PER_HEIGHT * _WORDS_HEIGHT))
    rows = [row for part in text.splitlines() for row in textwrap.wrap(printable(part), chars)]
    if len(rows) > _MOST_WORDS_LINES:
        rows = [*rows[: _MOST_WORDS_LINES - 1], rows[_MOST_WORDS_LINES - 1][: chars - 2] + ".."]
    return rows


def _pages(slip: Slip) -> list[list[_Block]]:
    """Deal the blocks out; a heading stands on the page of what follows it."""
    pages: list[list[_Block]] = [[]]
    heading: list[_Block] = []
    room = _BODY_DOTS
    for block in _blocks(slip):
        if block.title:
            heading = [block]
            continue
        needed = sum(each.dots for each in (*heading, block))
        if needed > room:
            pages.append([])
            room = _BODY_DOTS
        pages[-1] += [*heading, block]
        heading = []
        room -= needed
    return pages


def _page(slip: Slip, blocks: Sequence[_Block], number: int, count: int) -> bytes:
    label = Label(FOUR_BY_SIX)
    _draw_head(label, slip)
    top = _BODY_TOP
    for block in blocks:
        if block.title:
            label.text(_LEFT, top + 16, block.title, height=26)
            label.line(_LEFT, top + 48, _WIDTH, thickness=3)
        elif block.line is not None:
            _draw_line(label, block.line, top)
        else:
            label.text(_LEFT, top + 4, block.text, height=_WORDS_HEIGHT)
        top += block.dots
    foot = f"Page {number} of {count}"
    label.text(_LEFT, _BODY_BOTTOM + 24, foot, height=24, block_width=_WIDTH, align=Align.RIGHT)
    return label.to_zpl()


def _draw_head(label: Label, slip: Slip) -> None:
    label.text(_LEFT, 26, "PACKING SLIP", height=26)
    sender, height = fitted(slip.sender, width_dots=400, tallest_dots=26)
    label.text(_RIGHT - 400, 26, sender, height=height, block_width=400, align=Align.RIGHT)
    number, height = fitted(slip.number, width_dots=_WIDTH - 240, tallest_dots=58)
    label.text(_LEFT, 64, number, height=height)
    label.text(_RIGHT - 240, 64, slip.which, height=40, block_width=240, align=Align.RIGHT)
    label.text(_RIGHT - 240, 108, slip.date, height=26, block_width=240, align=Align.RIGHT)
    label.line(_LEFT, 146, _WIDTH, thickness=3)
    bars = code128_width_dots(slip.code, module_dots=_BARS_MODULE)
    label.code128(_RIGHT - bars - 24, 164, slip.code, height=_BARS_HEIGHT, module_dots=_BARS_MODULE)
    for place, text in enumerate(slip.ship_to[:5]):
        words, height = fitted(text, width_dots=_WIDTH - bars - 44, tallest_dots=28)
        label.text(_LEFT, 164 + place * 38, words, height=height)
    label.line(_LEFT, _BODY_TOP - 6, _WIDTH, thickness=3)


def _draw_line(label: Label, line: SlipLine, top: int) -> None:
    count, height = fitted(f"{line.quantity} x", width_dots=_COUNT_WIDTH - 12, tallest_dots=38)
    label.text(_LEFT, top + 8, count, height=height)
    width = _RIGHT - _NAME_LEFT - (_PRICE_WIDTH if line.price else 0)
    rows, height = fitted_lines(line.name, width_dots=width, tallest_dots=48, lines=2)
    height = min(height, _NAME_HEIGHT)
    for place, row in enumerate(rows):
        label.text(_NAME_LEFT, top + 6 + int(place * LINE_PER_HEIGHT * height), row, height=height)
    told = f"{line.sku}, substitute for {line.replaces}" if line.replaces else line.sku
    sku, small = fitted(told, width_dots=width, tallest_dots=22)
    label.text(_NAME_LEFT, top + 58, sku, height=small)
    if line.price:
        price, height = fitted(line.price, width_dots=_PRICE_WIDTH, tallest_dots=28)
        label.text(_RIGHT - _PRICE_WIDTH, top + 8, price, height=height, block_width=_PRICE_WIDTH, align=Align.RIGHT)
