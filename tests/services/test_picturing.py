"""Photos: whatever comes in, a handheld gets a small thumbnail of it, upright."""

import io
import random

import pytest
from PIL import Image

from wms.domain.errors import BadInputError
from wms.services.picturing import MOST_BYTES, thumbnail

_ROTATED = 6  # EXIF orientation: the camera was held upright
_ORIENTATION = 0x0112


def _file(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def _noise(width: int, height: int) -> Image.Image:
    return Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3))  # noqa: S311 - no secret


def _read(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=["WEBP"])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_even_noise_becomes_a_thumbnail_of_at_most_12_kb(kind: str) -> None:
    small = thumbnail(_file(_noise(900, 600), kind))
    assert len(small) <= MOST_BYTES
    assert _read(small).width > _read(small).height


def test_a_plain_photo_is_240_pixels_wide_and_keeps_its_shape() -> None:
    small = _read(thumbnail(_file(Image.new("RGB", (1200, 800), "navy"), "JPEG")))
    assert small.size == (240, 160)
    red, green, blue = small.convert("RGB").tobytes()[:3]
    assert blue > 100 > max(red, green)


def test_a_photo_taken_upright_stands_upright() -> None:
    exif = Image.Exif()
    exif[_ORIENTATION] = _ROTATED
    assert _read(thumbnail(_file(Image.new("RGB", (1200, 800), "navy"), "JPEG", exif=exif))).size == (160, 240)


def test_what_is_see_through_is_white() -> None:
    small = _read(thumbnail(_file(Image.new("RGBA", (300, 300), (0, 0, 0, 0)), "PNG")))
    assert small.convert("RGB").getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\xff\xd8\xff\xe0 no photo", b"GIF89a"])
def test_what_is_no_photo_is_refused_with_what_is(content: bytes) -> None:
    with pytest.raises(BadInputError, match="JPEG, PNG, WebP or GIF"):
        _ = thumbnail(content)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadInputError, match="over 60 million pixels"):
        _ = thumbnail(_file(Image.new("1", (10_000, 7_000)), "PNG"))
