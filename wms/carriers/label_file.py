"""A carrier's label file, whatever it turned out to be, as ZPL: ZPL stays as it is, PDF and PNG become a picture.

It is ZPL that is UTF-8 and holds no NUL, for it is kept as a text; what a printer makes of it stays the same.
"""

import io
import re

import pypdfium2
from PIL import Image, ImageOps
from zebrafy.zebrafy_image import ZebrafyImage

from printers.zpl import FOUR_BY_SIX, Label

DOTS_PER_INCH = 203
POINTS_PER_INCH = 72
PAPER_WHITE = 250
INK_THRESHOLD = 128
# Twice letter size at 203 dpi: more is no label, and pictures can be made to fill all memory.
PIXELS_AT_MOST = 16_000_000
FORMAT = re.compile(rb"\^XA.*\^XZ", re.DOTALL | re.IGNORECASE)
COMMAND = re.compile(rb"[\^~][^\^~]*")
ODD_BYTE = re.compile(rb"[\x00\x80-\xff]")


class LabelFileError(ValueError):
    """A label file cannot be printed; the text says why."""


def to_zpl(content: bytes) -> bytes:
    """Return a label file as ZPL for a 4x6 in label at 203 dpi, one format a page; looks at the bytes, not at names.

    Raises LabelFileError for a file that is cut off or neither ZPL, PDF nor PNG.
    """
    if content.lstrip().startswith(b"%PDF"):
        return b"".join(map(picture_to_zpl, _pages(content)))
    if content.startswith(b"\x89PNG"):
        return picture_to_zpl(_picture(content))
    if FORMAT.search(content):
        return content if is_text(content) else escaped(content)
    raise LabelFileError("it is no whole ZPL, PDF or PNG")


def is_text(content: bytes) -> bool:
    """Tell whether a file can be kept as a text of any database and comes out of it byte for byte."""
    try:
        return "\0" not in content.decode()
    except UnicodeDecodeError:
        return False


def escaped(zpl: bytes) -> bytes:
    """Return ZPL whose fields have each byte beyond ASCII, and NUL, as ^FH's hexadecimal: the same to a printer.

    Nothing else of a format may hold such bytes but comments, which lose them: raises LabelFileError for a picture in
    bare bytes. Zebra's ZPL II Programming Guide: ^FH is said anew for each field, its mark is _ unless it names one.
    """
    done: list[bytes] = []
    mark = b""
    for command in COMMAND.findall(zpl):
        name = command[1:3].upper()
        if name == b"FH":
            mark = command[3:4].strip() or b"_"
        elif name in {b"XA", b"XZ", b"FS"}:
            mark = b""
        if not ODD_BYTE.search(command):
            done.append(command)
        elif name in {b"FD", b"FV", b"SN"}:
            text = command[3:]
            if not mark:
                mark = b"_"
                done.append(b"^FH")
                text = text.replace(mark, b"_5F")
            done.append(command[:3] + _in_hex(text, mark))
        elif name in {b"GF", b"DY", b"DG", b"DU"}:
            raise LabelFileError(f"its ^{name.decode()} holds bare bytes")
        else:
            done.append(ODD_BYTE.sub(b"", command))
    return b"".join(done)


def _in_hex(text: bytes, mark: bytes) -> bytes:
    return ODD_BYTE.sub(lambda found: mark + b"%02X" % found[0][0], text)


def picture_to_zpl(picture: Image.Image) -> bytes:
    """Return a picture as ZPL: upright, no larger than the label, pure black and white, for dither blurs bars."""
    grey = fit(picture)
    # Z64 is the smallest of zebrafy's formats that both printers and our preview read.
    field = ZebrafyImage(
        grey, format="Z64", dither=False, threshold=INK_THRESHOLD, complete_zpl=False, pos_x=0, pos_y=0
    ).to_zpl()
    label = Label(FOUR_BY_SIX)
    label.graphic(0, 0, field[field.index("^GF") :])
    return label.to_zpl()


def fit(picture: Image.Image) -> Image.Image:
    """Return a picture in grey that fits 4x6 in; one from a larger page loses the empty paper around its ink first."""
    room = (FOUR_BY_SIX.width_dots, FOUR_BY_SIX.height_dots)
    grey = picture.convert("L")
    if grey.width > room[0] or grey.height > room[1]:
        ink = grey.point([255] * PAPER_WHITE + [0] * (256 - PAPER_WHITE)).getbbox()
        grey = grey.crop(ink) if ink else grey
    if grey.width > grey.height and grey.width > room[0]:
        grey = grey.rotate(90, expand=True)
    if grey.width > room[0] or grey.height > room[1]:
        grey = ImageOps.contain(grey, room, Image.Resampling.LANCZOS)
    return grey


def _pages(content: bytes) -> list[Image.Image]:
    try:
        with pypdfium2.PdfDocument(content) as document:
            return [_page(page) for page in document]
    except pypdfium2.PdfiumError as error:
        raise LabelFileError(f"its PDF cannot be read ({error})") from error


def _page(page: pypdfium2.PdfPage) -> Image.Image:
    width, height = page.get_size()
    scale = DOTS_PER_INCH / POINTS_PER_INCH
    if width * height * scale * scale > PIXELS_AT_MOST:
        raise LabelFileError("its page is too large for a label")
    # pypdfium2 writes its default scale as int and takes any number.
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()  # pyright: ignore[reportArgumentType]
    return picture


def _picture(content: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(content), formats=["PNG"])
        if picture.width * picture.height > PIXELS_AT_MOST:
            raise LabelFileError("its picture is too large for a label")
        # Transparent paper would come out black.
        white = Image.new("RGBA", picture.size, "white")
        white.alpha_composite(picture.convert("RGBA"))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise LabelFileError(f"its PNG cannot be read ({error})") from error
    return white
