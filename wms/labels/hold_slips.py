"""The hold slip: what an order set aside waits for, on the tote that stands in the hold lane; 4 x 6."""

import textwrap
from dataclasses import dataclass

from printers.lettering import printable
from printers.zpl import FOUR_BY_SIX, Label
from wms.labels.fitting import LINE_PER_HEIGHT, WIDTH_PER_HEIGHT, fitted

_LEFT, _WIDTH = 24, 764
_REASON_TOP, _REASON_HEIGHT, _REASON_LINES = 460, 30, 12


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldSlip:
    """What a slip tells: `code` is the order's barcode, `at` the moment as people write it, `by` who set it aside."""

    code: str
    number: str
    reason: str
    at: str
    by: str


def draw(slip: HoldSlip) -> bytes:
    """Return the slip, one label."""
    label = Label(FOUR_BY_SIX)
    label.text(_LEFT, 40, "HOLD", height=120)
    number, height = fitted(slip.number, width_dots=_WIDTH, tallest_dots=90)
    label.text(_LEFT, 190, number, height=height)
    for top, text in ((310, slip.at), (360, slip.by)):
        words, height = fitted(text, width_dots=_WIDTH, tallest_dots=40)
        label.text(_LEFT, top, words, height=height)
    label.line(_LEFT, 430, _WIDTH, thickness=3)
    rows = textwrap.wrap(printable(slip.reason), int(_WIDTH / (WIDTH_PER_HEIGHT * _REASON_HEIGHT)))
    for place, row in enumerate(rows[:_REASON_LINES]):
        label.text(_LEFT, _REASON_TOP + int(place * LINE_PER_HEIGHT * _REASON_HEIGHT), row, height=_REASON_HEIGHT)
    label.line(_LEFT, 880, _WIDTH, thickness=3)
    label.code128(_LEFT + 60, 930, slip.code, height=200, module_dots=3)
    return label.to_zpl()
