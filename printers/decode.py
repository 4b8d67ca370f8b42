"""Read the barcodes of a picture back, as a scanner would."""

import io

import zxingcpp
from PIL import Image


def decode(png: bytes) -> list[str]:
    """Return the texts of all codes in the picture, top to bottom; a group separator stays chr(29)."""
    with Image.open(io.BytesIO(png)) as image:
        found = zxingcpp.read_barcodes(image.convert("L"), text_mode=zxingcpp.TextMode.Plain)
    found.sort(key=lambda code: (code.position.top_left.y, code.position.top_left.x))
    return [code.text for code in found]
