"""A drawn barcode reads back as what it says."""

import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from printers.symbols import Symbology
from wms.domain.errors import NotFoundError
from wms.web.barcodes import Room, picture

SCALE = 3


def read(svg: str) -> list[str]:
    """What a scanner reads from the SVG's bars, drawn with three dots a module."""
    size = re.search(r'viewBox="0 0 (\d+) 1"', svg)
    assert size
    image = Image.new("L", (int(size[1]) * SCALE, 60), 255)
    draw = ImageDraw.Draw(image)
    for x, width in re.findall(r"M(\d+) 0h(\d+)v1h-\d+z", svg):
        draw.rectangle((int(x) * SCALE, 0, (int(x) + int(width)) * SCALE - 1, 59), fill=0)
    return [code.text for code in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("text", ["L0001236", "C001601", "K017", "N24", "B123456782", "A12-03-B2", '<&">'])
def test_a_drawn_barcode_reads_back(text: str) -> None:
    assert read(picture(text).svg) == [text]


def test_its_text_is_told_to_screen_readers_as_text() -> None:
    assert 'aria-label="&lt;&amp;&quot;&gt;"' in picture('<&">').svg


@pytest.mark.parametrize("text", ["", "Zürich", "x" * 81, "a\nb"])
def test_what_code_128_cannot_say_has_no_picture(text: str) -> None:
    with pytest.raises(NotFoundError):
        _ = picture(text)


def test_bars_are_no_wider_than_their_room() -> None:
    drawn = picture("L0001236", room=Room(module_mm=0.5, width_mm=121 * 0.3))
    assert drawn.module_mm == pytest.approx(0.3)
    assert 'width="36.30mm" height="11.00mm"' in drawn.svg


def test_squares_are_as_high_as_they_are_wide() -> None:
    drawn = picture("TWL-RED-L-2024-COTTON", Symbology.DATA_MATRIX, Room(height_mm=11))
    assert drawn.module_mm == pytest.approx(0.55)
    assert 'width="11.00mm" height="11.00mm" viewBox="0 0 20 20"' in drawn.svg
