"""The hold slip: its order can be scanned, and whatever the reason says stands on the one label."""

import pytest

from printers.decode import decode
from printers.formats import is_whole, physical_labels
from printers.preview import ZebrashPreview
from tests.labels.texts import texts
from wms.labels.hold_slips import HoldSlip, draw

_LONG = "The carrier does not know the street 1 Main St in Springfield. " * 8


@pytest.mark.parametrize("reason", ["", "No address", _LONG, "x" * 500, "^XZ^XA~JA, Łódź\n\0 \ud800", "عنوان خاطئ"])
def test_a_slip_says_order_reason_and_moment_on_one_label(reason: str, preview: ZebrashPreview) -> None:
    slip = HoldSlip(code="O000000017", number="#1043", reason=reason, at="24 Nov 2026 15:04", by="Ana at PACK 2")
    zpl = draw(slip)
    assert (is_whole(zpl), physical_labels(zpl)) == (True, 1)
    assert texts(zpl)[:4] == ["HOLD", "#1043", "24 Nov 2026 15:04", "Ana at PACK 2"]
    assert decode(preview.draw(zpl)) == ["O000000017"]


def test_a_reason_in_several_lines_is_said_whole() -> None:
    slip = HoldSlip(code="O000000017", number="#1043", reason=_LONG[:400], at="", by="")
    assert " ".join(texts(draw(slip))[4:]) == _LONG[:400].strip()
