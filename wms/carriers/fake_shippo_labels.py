"""The label files of the fake Shippo: one label as ZPL, PDF or PNG, or a web page where a label should be."""

import io

import zxingcpp
from PIL import Image, ImageDraw

from printers.zpl import FOUR_BY_SIX, Align, Label

CONTENT_TYPES = {
    "zpl": "application/zpl",
    "latin1": "application/zpl",
    "pdf": "application/pdf",
    "png": "image/png",
    "html": "text/html",
}
NOTICE = "TEST LABEL, NOT POSTAGE"
DOTS_PER_INCH = 203


def label_file(tracking_number: str, kind: str) -> bytes:
    """Return a test label with the tracking number as Code 128; `kind` is zpl, latin1 (ZPL too), pdf, png or html."""
    if kind == "html":
        return b"<html>This link has expired.</html>"
    if kind == "latin1":
        return label_file(tracking_number, "zpl").replace(NOTICE.encode(), f"{NOTICE}, M\xfcnchen\0".encode("latin-1"))
    if kind == "zpl":
        label = Label(FOUR_BY_SIX)
        label.text(0, 120, NOTICE, height=60, block_width=812, align=Align.CENTRE)
        label.code128(90, 400, tracking_number, height=200, module_dots=3)
        return label.to_zpl()
    file = io.BytesIO()
    _picture(tracking_number).save(file, kind.upper(), resolution=DOTS_PER_INCH)
    return file.getvalue()


def _picture(tracking_number: str) -> Image.Image:
    picture = Image.new("L", (FOUR_BY_SIX.width_dots, FOUR_BY_SIX.height_dots), "white")
    code = zxingcpp.create_barcode(tracking_number, zxingcpp.BarcodeFormat.Code128)
    bars = Image.fromarray(code.to_image(scale=3, add_hrt=False))
    bars = bars.resize((bars.width, 200), Image.Resampling.NEAREST)
    picture.paste(bars, ((picture.width - bars.width) // 2, 400))
    ImageDraw.Draw(picture).text((60, 120), NOTICE, fill="black", font_size=40)
    return picture
