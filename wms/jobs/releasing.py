"""Whether a label may go to a printer: drawn, its barcodes decoded and compared with its tracking number first.

Our own labels, carriers' ZPL and pictures made from their PDFs alike. What fails goes to the inbox, not on a box.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from printers import formats, reading
from printers.errors import PreviewError
from printers.preview import ZebrashPreview
from printers.reading import Legibility, Reading

_log = logging.getLogger(__name__)
_preview: list[ZebrashPreview] = []


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Why a label is held ('' = it may go), and what somebody should look at although it goes ('' = nothing)."""

    fault: str = ""
    warning: str = ""


def judge_bytes(zpl: str, labels: int) -> Verdict:
    """Hold data that makes other than the labels wanted, or leaves a format open for the next job to end."""
    data = zpl.encode()
    if not formats.is_whole(data):
        return Verdict(fault="the data is no whole label")
    count = formats.physical_labels(data)
    return Verdict() if count == labels else Verdict(fault=f"the data makes {count} labels, {labels} are wanted")


def judge_picture(zpl: str, tracking: str, *, may_be_unreadable: bool) -> Verdict:
    """Hold a label of whose picture nobody could scan its own tracking number; of several pages one must hold it.

    `may_be_unreadable` lets one go, with a warning, of which nothing at all can be read: some carriers' codes are
    readable on paper and not by us. A code that says something else, or lies off the paper, is held always.
    """
    if not tracking:
        return Verdict(fault="the carrier gave no tracking number")
    data = zpl.encode()
    pages = formats.pages(data)
    try:
        found = _read(pages if len(pages) > 1 else [data], tracking)
    except PreviewError as error:
        _log.exception("preview")
        return Verdict(fault=str(error))
    if found.legibility is Legibility.READ:
        return Verdict()
    sentence = _sentence(found, tracking)
    if found.legibility is Legibility.NOTHING_READ and may_be_unreadable:
        return Verdict(warning=sentence)
    return Verdict(fault=sentence)


def _read(pages: Sequence[bytes], tracking: str) -> Reading:
    """Return the reading of the page that holds the number, else of the first that says something else."""
    found: list[Reading] = []
    for page in pages:
        found.append(reading.read(page, tracking, _renderer()))
        if found[-1].legibility is Legibility.READ:
            return found[-1]
    return next((one for one in found if one.legibility is not Legibility.NOTHING_READ), found[0])


def judge_pages(zpl: str, wanted: str) -> Verdict:
    """Hold a document of several pages of which one does not say to a scanner whose it is."""
    for number, page in enumerate(formats.formats(zpl.encode()), 1):
        verdict = judge_picture(page.decode(), wanted, may_be_unreadable=False)
        if verdict.fault:
            return Verdict(fault=f"page {number}: {verdict.fault}")
    return Verdict()


def _sentence(found: Reading, tracking: str) -> str:
    if found.legibility is Legibility.BEYOND_EDGE:
        return f"the barcode with {tracking} lies beyond the label's edge"
    if found.legibility is Legibility.NOTHING_READ:
        return f"no barcode of the label can be read; {tracking} is wanted"
    return f"no barcode of the label holds {tracking} (read: {', '.join(found.codes)})"


def _renderer() -> ZebrashPreview:
    if not _preview:
        _preview.append(ZebrashPreview())
    return _preview[0]
