"""Slips of the packing station, 4 x 6 inches, on the printer that makes the carrier labels."""

import textwrap
from dataclasses import dataclass

from printers.zpl import FOUR_BY_SIX, Align, Label
from wms.labels.fitting import fitted

MARGIN_DOTS = 40
ROOM_DOTS = FOUR_BY_SIX.width_dots - 2 * MARGIN_DOTS
BAND_DOTS = 150
# A block prints what is too long over its own last line.
REASON_LINES, REASON_CHARS = 5, 120


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxSlip:
    """Our own paper on a box: whose order, which box of how many, who packed it, and the box's own code."""

    code: str
    order_number: str
    box: int
    boxes: int
    packer: str
    packed_at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldSlip:
    """The paper on what was set aside: the order and its code, why, by whom and when."""

    code: str
    order_number: str
    reason: str
    worker: str
    held_at: str


def box_slip(slip: BoxSlip) -> bytes:
    """Return the slip of a box; times come as text in the warehouse's own zone."""
    label = Label(FOUR_BY_SIX)
    banner(label, f"BOX {slip.box} OF {slip.boxes}")
    big_line(label, 210, slip.order_number)
    rows(label, 340, [("Packed by", slip.packer), ("Packed at", slip.packed_at)])
    label.code128(MARGIN_DOTS, 900, slip.code, height=180, module_dots=3)
    return label.to_zpl()


def hold_slip(slip: HoldSlip) -> bytes:
    """Return the slip that stays with a held order until a supervisor scans it."""
    label = Label(FOUR_BY_SIX)
    banner(label, "HOLD")
    big_line(label, 210, slip.order_number)
    reason = textwrap.shorten(slip.reason, REASON_CHARS, placeholder=" ...")
    label.text(MARGIN_DOTS, 340, reason, height=50, block_width=ROOM_DOTS, lines=REASON_LINES)
    rows(label, 640, [("Set aside by", slip.worker), ("Set aside at", slip.held_at)])
    label.code128(MARGIN_DOTS, 900, slip.code, height=180, module_dots=3)
    return label.to_zpl()


def banner(label: Label, words: str) -> None:
    """Put white words on a black band across the top."""
    label.box(0, 0, FOUR_BY_SIX.width_dots, BAND_DOTS, thickness=BAND_DOTS)
    label.text(MARGIN_DOTS, 30, words, height=100, block_width=ROOM_DOTS, align=Align.CENTRE, reverse=True)


def big_line(label: Label, y: int, text: str) -> None:
    """Put one line as large as it fits."""
    line, height = fitted(text, width_dots=ROOM_DOTS, tallest_dots=100)
    label.text(MARGIN_DOTS, y, line, height=height)


def rows(label: Label, y: int, pairs: list[tuple[str, str]]) -> None:
    """Put rows of a small heading and a larger value, each pair 110 dots tall."""
    for row, (heading, value) in enumerate(pairs):
        line, height = fitted(value, width_dots=ROOM_DOTS, tallest_dots=50)
        label.text(MARGIN_DOTS, y + row * 110, heading, height=26)
        label.text(MARGIN_DOTS, y + row * 110 + 34, line, height=height)
