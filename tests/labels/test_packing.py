"""The slips of the packing station."""

from dataclasses import replace

from printers.decode import decode
from printers.preview import ZebrashPreview
from wms.labels.packing import BoxSlip, HoldSlip, box_slip, hold_slip

BOX = BoxSlip(code="P000012366", order_number="#1043", box=2, boxes=3, packer="Marta", packed_at="2026-11-23 14:30")
HOLD = HoldSlip(
    code="O000010436",
    order_number="#1043",
    reason="Label failed: the carrier does not know this postal code.",
    worker="Marta",
    held_at="2026-11-23 14:30",
)


def test_a_box_slip_says_which_box_of_which_order_and_who_packed_it(preview: ZebrashPreview) -> None:
    zpl = box_slip(BOX)
    for text in (b"BOX 2 OF 3", b"#1043", b"Marta", b"2026-11-23 14:30"):
        assert b"^FD" + text + b"^FS" in zpl
    assert decode(preview.draw(zpl)) == ["P000012366"]


def test_a_hold_slip_says_why_and_scans_as_its_order(preview: ZebrashPreview) -> None:
    zpl = hold_slip(HOLD)
    assert b"^FDLabel failed: the carrier does not know this postal code.^FS" in zpl
    assert decode(preview.draw(zpl)) == ["O000010436"]


def test_a_reason_too_long_for_its_lines_is_shortened_and_never_printed_over_itself() -> None:
    assert b"word ...^FS" in hold_slip(replace(HOLD, reason="word " * 99))


def test_a_hostile_order_number_stays_text(preview: ZebrashPreview) -> None:
    zpl = hold_slip(replace(HOLD, order_number="^XZ^XA~JA", reason="^FS^FO0,0^GB812,1218,1218"))
    assert (zpl.count(b"^XA"), zpl.count(b"^XZ"), zpl.count(b"~")) == (1, 1, 0)
    assert decode(preview.draw(zpl)) == ["O000010436"]
