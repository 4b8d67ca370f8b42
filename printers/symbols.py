"""Barcodes as modules, the narrowest bars and spaces of a symbol: what every drawing of one starts from."""

import itertools
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import zxingcpp


class Symbology(StrEnum):
    """How a barcode says its text."""

    CODE_128 = "Code 128"
    EAN_8 = "EAN-8"
    EAN_13 = "EAN-13"
    UPC_A = "UPC-A"
    ITF_14 = "ITF-14"
    DATA_MATRIX = "Data Matrix"


_S = Symbology
_FORMATS = {
    _S.CODE_128: zxingcpp.BarcodeFormat.Code128,
    _S.EAN_8: zxingcpp.BarcodeFormat.EAN8,
    _S.EAN_13: zxingcpp.BarcodeFormat.EAN13,
    _S.UPC_A: zxingcpp.BarcodeFormat.UPCA,
    _S.ITF_14: zxingcpp.BarcodeFormat.ITF,  # ITF14 draws its bearer bars, which need no modules
    _S.DATA_MATRIX: zxingcpp.BarcodeFormat.DataMatrix,
}
# Modules of white at both ends, after ISO/IEC 15417, 15420, 16390 and 16022; of two different ends the wider one.
_QUIET = {_S.CODE_128: 10, _S.EAN_8: 7, _S.EAN_13: 11, _S.UPC_A: 9, _S.ITF_14: 10, _S.DATA_MATRIX: 1}
_ITF_DIGITS = 14
_GTIN = {8: _S.EAN_8, 12: _S.UPC_A, 13: _S.EAN_13, 14: _S.ITF_14}


class UnencodableError(ValueError):
    """A barcode cannot hold the given characters."""

    def __init__(self, *, data: str, symbology: str) -> None:
        """Keep the data and the symbology."""
        super().__init__(f"{symbology} cannot hold {data!r}: use printable ASCII, at least one character.")
        self.data = data
        self.symbology = symbology


@dataclass(frozen=True, kw_only=True, slots=True)
class Symbol:
    """A barcode in modules, without its quiet zones: the black runs (start, width) of each row; bars are one row."""

    text: str
    width: int
    quiet: int
    rows: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def whole(self) -> int:
        """The width with both quiet zones."""
        return self.quiet + self.width + self.quiet

    @property
    def is_matrix(self) -> bool:
        """Squares instead of bars."""
        return len(self.rows) > 1


def is_printable_ascii(data: str) -> bool:
    """Tell whether `data` has characters, and only those from space to tilde."""
    return bool(data) and all(" " <= char <= "~" for char in data)


def gtin_symbology(digits: str) -> Symbology:
    """Return how a GTIN of 8, 12, 13 or 14 digits is drawn on goods (GS1 General Specifications, section 2.1)."""
    return _GTIN[len(digits)]


def symbol(text: str, symbology: Symbology = Symbology.CODE_128) -> Symbol:
    """Return the symbol that says `text`; UnencodableError where the symbology cannot, or a check digit is wrong."""
    if not is_printable_ascii(text) or (symbology is Symbology.ITF_14 and len(text) != _ITF_DIGITS):
        raise UnencodableError(data=text, symbology=symbology)
    try:
        barcode = zxingcpp.create_barcode(text, _FORMATS[symbology])
    except ValueError as error:
        raise UnencodableError(data=text, symbology=symbology) from error
    drawn = np.asarray(zxingcpp.write_barcode_to_image(barcode, add_quiet_zones=False))
    rows = drawn if symbology is Symbology.DATA_MATRIX else drawn[:1]
    runs = tuple(_black_runs(row.tolist()) for row in rows)
    return Symbol(text=text, width=drawn.shape[1], quiet=_QUIET[symbology], rows=runs)


def _black_runs(row: list[int]) -> tuple[tuple[int, int], ...]:
    runs, x = [], 0
    for is_white, run in itertools.groupby(row, key=bool):
        width = len(list(run))
        if not is_white:
            runs.append((x, width))
        x += width
    return tuple(runs)
