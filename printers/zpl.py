"""Build one ZPL format out of fields; whatever text goes in comes out as text, never as a command.

Sizes and positions are in dots, 203 to the inch unless the label says otherwise, from the top left corner.
Commands after Zebra's ZPL II Programming Guide.
"""

from dataclasses import dataclass
from enum import StrEnum

from printers.symbols import Symbol, UnencodableError, is_printable_ascii

HEX_MARK = "_"
# ^ and ~ start commands, _ starts our hex escapes, \ starts the escapes of ^FB.
COMMAND_CHARS = "^~_\\"
FIRST_PRINTABLE, LAST_PRINTABLE = ord(" "), ord("~")
# The characters that ^BC mode N reads as the start of an order, and how it writes them.
INVOCATIONS = {">": ">0", "^": "><", "~": ">="}
# Start, check and stop symbol.
CODE128_FRAME_MODULES = 11 + 11 + 13
CODE128_QUIET_MODULES = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelSize:
    """The printable size of a label in dots."""

    width_dots: int
    height_dots: int


FOUR_BY_SIX = LabelSize(width_dots=812, height_dots=1218)
TWO_BY_ONE = LabelSize(width_dots=406, height_dots=203)


class Align(StrEnum):
    """Where the lines of a text block stand, as ^FB names it."""

    LEFT = "L"
    CENTRE = "C"
    RIGHT = "R"


class DoesNotFitError(ValueError):
    """A barcode would run over the right edge of the label, where no scanner could read it."""

    def __init__(self, *, data: str, needs_dots: int, has_dots: int) -> None:
        """Keep the code and both widths."""
        super().__init__(
            f"Barcode {data!r} needs {needs_dots} dots and the label has {has_dots}: take a narrower module."
        )
        self.data = data
        self.needs_dots = needs_dots
        self.has_dots = has_dots


def escape(text: str) -> str:
    """Return text as the data of a `^FH_^FD` field: UTF-8, everything but plain printable ASCII as `_XX`."""
    return "".join(
        chr(byte)
        if FIRST_PRINTABLE <= byte <= LAST_PRINTABLE and chr(byte) not in COMMAND_CHARS
        else f"{HEX_MARK}{byte:02X}"
        for byte in text.encode("utf-8", errors="replace")
    )


def code128_data(data: str) -> str:
    """Return `data` as ^BC mode N wants it: start code first, the characters it would take for orders replaced.

    An even number of digits goes to subset C (two digits a symbol), everything else to subset B. There is no change of
    subset on the way: zebrash, which draws our previews, loses the invocation code `>5`.
    Raises UnencodableError for an empty text or anything but printable ASCII.
    """
    if not is_printable_ascii(data):
        raise UnencodableError(data=data, symbology="Code 128")
    if is_subset_c(data):
        return f">;{data}"
    return ">:" + "".join(INVOCATIONS.get(char, char) for char in data)


def code128_width_dots(data: str, *, module_dots: int) -> int:
    """Return the width in dots of `data` as Code 128, without its quiet zones."""
    symbols = len(data) // 2 if is_subset_c(data) else len(data)
    return (11 * symbols + CODE128_FRAME_MODULES) * module_dots


def is_subset_c(data: str) -> bool:
    """Tell whether Code 128 can hold `data` as pairs of digits."""
    return data.isascii() and data.isdigit() and len(data) % 2 == 0


class Label:
    """One ZPL format under construction; `to_zpl()` gives the bytes for a printer."""

    def __init__(self, size: LabelSize = FOUR_BY_SIX, *, copies: int = 1) -> None:
        """Start an empty label of the given size, to be printed `copies` times."""
        if copies < 1:
            raise ValueError(f"A label cannot be printed {copies} times: ask for at least one copy.")
        self.size = size
        self.copies = copies
        self._fields: list[str] = []

    def text(  # noqa: PLR0913 - each one is a visible property of the text
        self,
        x: int,
        y: int,
        text: str,
        *,
        height: int = 30,
        width: int | None = None,
        block_width: int | None = None,
        lines: int = 1,
        align: Align = Align.LEFT,
        reverse: bool = False,
    ) -> None:
        """Add text in the scalable font; with `block_width` it wraps at words and newlines into at most `lines` lines.

        `height` and `width` are those of a character; `reverse` prints white where the ground is black.
        """
        if block_width is not None:
            text = text.replace("\n", "\\&")
        block = f"^FB{block_width},{lines},0,{align},0" if block_width is not None else ""
        ground = "^FR" if reverse else ""
        self._fields.append(f"^FO{x},{y}{ground}^A0N,{height},{width or height}{block}^FH_^FD{escape(text)}^FS")

    def code128(
        self, x: int, y: int, data: str, *, height: int = 100, module_dots: int = 2, caption: bool = True
    ) -> None:
        """Add `data` (printable ASCII) as Code 128; with `caption` its text stands below the bars.

        Raises DoesNotFitError where bars and right quiet zone pass the edge, UnencodableError for other characters.
        """
        needs_dots = x + code128_width_dots(data, module_dots=module_dots) + CODE128_QUIET_MODULES * module_dots
        if needs_dots > self.size.width_dots:
            raise DoesNotFitError(data=data, needs_dots=needs_dots, has_dots=self.size.width_dots)
        below = "Y" if caption else "N"
        self._fields.append(
            f"^FO{x},{y}^BY{module_dots},3,{height}^BCN,{height},{below},N,N,N^FH_^FD{escape(code128_data(data))}^FS"
        )

    def bars(self, x: int, y: int, symbol: Symbol, *, height: int = 100, module_dots: int = 2) -> None:
        """Add a symbol of bars, drawn as boxes; its quiet zone begins at `x`. Raises DoesNotFitError past the edge.

        Renderers know few of ZPL's own barcodes, and ^BC shortens no digits without codes that they lose.
        """
        needs_dots = x + symbol.whole * module_dots
        if needs_dots > self.size.width_dots:
            raise DoesNotFitError(data=symbol.text, needs_dots=needs_dots, has_dots=self.size.width_dots)
        for start, modules in symbol.rows[0]:
            width = modules * module_dots
            self.box(x + (symbol.quiet + start) * module_dots, y, width, height, thickness=width)

    def qr(self, x: int, y: int, data: str, *, module_dots: int = 5) -> None:
        """Add any text as a QR code with error correction Q."""
        # ^BQ is pushed down by the height an earlier ^BY left in the printer (ingridhq/zebrash#57): pin it to one dot.
        self._fields.append(f"^FO{x},{y}^BY2,2,1^BQN,2,{module_dots}^FH_^FDQA,{escape(data)}^FS")

    def datamatrix(self, x: int, y: int, data: str, *, module_dots: int = 5) -> None:
        """Add printable ASCII as a Data Matrix (ECC 200); raises UnencodableError for other characters."""
        if not is_printable_ascii(data):
            raise UnencodableError(data=data, symbology="Data Matrix")
        self._fields.append(f"^FO{x},{y}^BY2,2,1^BXN,{module_dots},200^FH_^FD{escape(data)}^FS")

    def box(self, x: int, y: int, width: int, height: int, *, thickness: int = 2) -> None:
        """Add a black frame; with a thickness of half its smaller side or more it is solid."""
        self._fields.append(f"^FO{x},{y}^GB{width},{height},{thickness}^FS")

    def line(self, x: int, y: int, length: int, *, thickness: int = 2, upright: bool = False) -> None:
        """Add a black line to the right, or downwards when `upright`."""
        width, height = (thickness, length) if upright else (length, thickness)
        self.box(x, y, width, height, thickness=thickness)

    def graphic(self, x: int, y: int, field: str) -> None:
        """Add a ready `^GF...` field (as zebrafy writes it); raises ValueError for anything else."""
        body = field.strip().removesuffix("^FS")
        if not body.startswith("^GF") or "^" in body[1:] or "~" in body or not body.isascii():
            raise ValueError("A graphic must be one ^GF field and nothing else: pass it without ^XA, ^FO and ^XZ.")
        self._fields.append(f"^FO{x},{y}{body}^FS")

    def to_zpl(self) -> bytes:
        """Return the whole format, `^XA` to `^XZ`; it sets what earlier formats may have left in the printer."""
        head = f"^XA^CI28^PW{self.size.width_dots}^LL{self.size.height_dots}^LH0,0^PON^PMN^LRN"
        return "\n".join([head, *self._fields, f"^PQ{self.copies}", "^XZ", ""]).encode("ascii")
