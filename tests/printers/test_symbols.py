"""A barcode in modules reads back as what it says, in the width its standard gives."""

import numpy as np
import pytest
import zxingcpp

from printers.symbols import Symbol, Symbology, UnencodableError, gtin_symbology, symbol

SCALE = 3


def read(drawn: Symbol) -> list[tuple[str, str]]:
    """What a scanner reads from the modules: the symbology it sees, and the text."""
    high = len(drawn.rows) if drawn.is_matrix else 20
    page = np.full((high + 2 * drawn.quiet, drawn.whole), 255, dtype=np.uint8)
    for y in range(high):
        for x, width in drawn.rows[y if drawn.is_matrix else 0]:
            page[drawn.quiet + y, drawn.quiet + x : drawn.quiet + x + width] = 0
    found = zxingcpp.read_barcodes(np.kron(page, np.ones((SCALE, SCALE), dtype=np.uint8)))
    return [(code.format.name, code.text) for code in found]


@pytest.mark.parametrize(
    ("text", "symbology", "modules", "seen"),
    [
        ("L0001236", Symbology.CODE_128, 101, ("Code128", "L0001236")),
        ("4006381333931", Symbology.EAN_13, 95, ("EAN13", "4006381333931")),
        ("012345678905", Symbology.UPC_A, 95, ("EAN13", "0012345678905")),
        ("12345670", Symbology.EAN_8, 67, ("EAN8", "12345670")),
        ("10400000000012", Symbology.ITF_14, 135, ("ITF", "10400000000012")),
        ("TWL-RED-L-2024", Symbology.DATA_MATRIX, 16, ("DataMatrix", "TWL-RED-L-2024")),
    ],
)
def test_a_symbol_reads_back(text: str, symbology: Symbology, modules: int, seen: tuple[str, str]) -> None:
    drawn = symbol(text, symbology)
    assert drawn.width == modules
    assert read(drawn) == [seen]


@pytest.mark.parametrize(
    ("text", "symbology"),
    [
        ("", Symbology.CODE_128),
        ("Zürich", Symbology.CODE_128),
        ("Łódź", Symbology.DATA_MATRIX),
        ("4006381333932", Symbology.EAN_13),
        ("104000000000", Symbology.ITF_14),
        ("MUG-BLU", Symbology.EAN_13),
    ],
)
def test_what_a_symbology_cannot_say_is_refused(text: str, symbology: Symbology) -> None:
    with pytest.raises(UnencodableError):
        _ = symbol(text, symbology)


def test_a_gtin_is_drawn_as_its_length_asks() -> None:
    lengths = {8: "EAN-8", 12: "UPC-A", 13: "EAN-13", 14: "ITF-14"}
    assert {length: gtin_symbology("0" * length).value for length in lengths} == lengths
