"""Whether a label, once printed, says its own number: its picture is read as a scanner would read the paper."""

from dataclasses import dataclass
from enum import StrEnum

from printers.decode import decode
from printers.preview import Preview, label_size
from printers.zpl import LabelSize


class Legibility(StrEnum):
    """What became of the text that a label must carry in a barcode."""

    READ = "read"
    NOTHING_READ = "nothing read"
    OTHER_READ = "other read"
    BEYOND_EDGE = "beyond the edge"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """The codes of a label's picture, whether one of them holds the text wanted, and which do."""

    codes: tuple[str, ...]
    legibility: Legibility
    holding: tuple[str, ...] = ()


def read(zpl: bytes, wanted: str, preview: Preview) -> Reading:
    """Draw a label, decode it and look for `wanted`; raises PreviewError.

    A carrier's code carries more than the tracking number, so holding it is enough. A code that only a larger label
    would show is told apart: it will not be on the paper, whatever it says.
    """
    codes = decode(preview.draw(zpl))
    holding = tuple(dict.fromkeys(code for code in codes if _plain(wanted) in _plain(code)))
    if holding:
        return Reading(codes=tuple(codes), legibility=Legibility.READ, holding=holding)
    size = label_size(zpl)
    larger = LabelSize(width_dots=2 * size.width_dots, height_dots=2 * size.height_dots)
    beyond = set(decode(preview.draw(zpl, size=larger))) - set(codes)
    if any(_plain(wanted) in _plain(code) for code in beyond):
        legibility = Legibility.BEYOND_EDGE
    else:
        legibility = Legibility.OTHER_READ if codes else Legibility.NOTHING_READ
    return Reading(codes=tuple(codes), legibility=legibility)


def _plain(text: str) -> str:
    """Drop case, spaces and group separators: people and carriers write one number in several ways."""
    return "".join(text.upper().split())
