"""Whatever a customer or a product is called comes out as text, on the shipping label, the slip and the small one.

One label lies in the tray, its barcode is what it was, and its picture is the one of the same characters all as hex.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from printers.decode import decode
from printers.drivers import open_printer
from printers.preview import ZebrashPreview
from printers.printer import OutcomeKind
from printers.virtual.server import VirtualZebra
from tests.carriers.shipments import a_request
from wms.carriers.offline_label import draw
from wms.labels.sheets import SheetLabel, case, small
from wms.labels.slips import Slip, SlipLine
from wms.labels.slips import draw as draw_slip

FIELD = re.compile(rb"(?<=\^FH_\^FD).*?(?=\^FS)")
CODE = "123456789012"
TEXTS = {
    "commands": ("Bo ^XZ^XA^FDx^FS~JA^PQ9", "Bo ^XZ^XA^FDx^FS~JA^PQ9"),
    "escapes": (r"Bo _5E _58 \& \5E ^CC", r"Bo _5E _58 \& \5E ^CC"),
    "control characters": ("An\x00\x02\x03\x1b\x10n \r\n\tLee\x7f\x85", "An n Lee"),
    "right to left": ("\u202e\u05d3\u05d5\u05d3 \u0643\u0631\u064a\u0645\u202c 7", "dvd krym 7"),
    "four bytes": ("Zoë 😀 𠮷野 Łódź", "Zoë :grinning: KichiYe Łódź"),
}


def slip(name: str) -> bytes:
    """A packing slip for a customer of that name, who wrote it in both notes, of a product of that name."""
    (page,) = draw_slip(
        Slip(
            code=CODE,
            number="#7",
            sender=name,
            date="24 Nov 2026",
            box=1,
            boxes=2,
            ship_to=(name,),
            lines=(SlipLine(quantity=2, sku=name, name=name, price="1.00 USD"),),
            note=name,
            gift_note=name,
        )
    )
    return page


def shipping(name: str) -> bytes:
    """The offline carrier's label for a customer of that name, who lives in a street of that name."""
    return draw(a_request(name=name, street1=name), title="Ground", tracking_number=CODE)


KINDS: dict[str, Callable[[str], bytes]] = {
    "shipping": shipping,
    "small": lambda name: small(SheetLabel(word="BIN", name=name, code=CODE)),
    "slip": slip,
    "case": lambda name: case(SheetLabel(word="CASE", name=name, code=CODE, note="12")),
}


def as_hex(zpl: bytes) -> bytes:
    """The same label with every byte of every text as hex."""
    return FIELD.sub(lambda field: "".join(f"_{byte:02X}" for byte in shown(field[0])).encode(), zpl)


def shown(field: bytes) -> bytes:
    """What a printer makes of a field after ^FH_ (ZPL II Programming Guide): _ and two hex digits are one byte."""
    return re.sub(rb"_([0-9A-F]{2})", lambda found: bytes.fromhex(found[1].decode()), field)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", TEXTS)
def test_a_hostile_text_is_text(kind: str, text: str, preview: ZebrashPreview, tmp_path: Path) -> None:
    hostile, printed = TEXTS[text]
    zpl = KINDS[kind](hostile)
    with VirtualZebra(name="Z", tray=tmp_path) as zebra:
        outcome = open_printer(zebra.url).send(zpl, labels=1, timeout_s=30)
        assert (outcome.kind, zebra.tray.numbers()) == (OutcomeKind.PRINTED, [1])
        picture = zebra.tray.png(1, preview)
        assert zebra.tray.codes(1, preview) == [CODE]
    assert picture == preview.draw(as_hex(zpl))
    assert decode(picture) == [CODE]
    lines = [shown(field).decode() for field in FIELD.findall(zpl)]
    # The small label may break a long name between words, the shipping label may not.
    assert printed in " ".join(lines)
