"""Photos of products: kept as small thumbnails, so that a handheld on bad Wi-Fi has them at once."""

import base64
import io

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.catalog import Product
from wms.domain.errors import BadInputError, NotFoundError

PHOTO = "data:image/webp;base64,"
SIDE_PX = 240
MOST_BYTES = 12_000
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_MOST_PIXELS = 60_000_000
_QUALITIES = (80, 65, 50, 35, 20)


def thumbnail(content: bytes) -> bytes:
    """Return a photo as WebP of at most 240 x 240 pixels and 12 kB, upright, on white; BadInputError for no photo."""
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS) as photo:
            if photo.width * photo.height > _MOST_PIXELS:
                raise BadInputError("It has over 60 million pixels. Make it smaller.")
            # JPEG can be read smaller than it is: a twelve-megapixel photo costs no more than a small one
            _ = photo.draft("RGB", (2 * SIDE_PX, 2 * SIDE_PX))
            upright = ImageOps.exif_transpose(photo).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise BadInputError("It cannot be read as a JPEG, PNG, WebP or GIF picture.") from error
    upright.thumbnail((SIDE_PX, SIDE_PX))
    white = Image.new("RGBA", upright.size, "white")
    white.alpha_composite(upright)
    return _small(white.convert("RGB"))


def _small(photo: Image.Image) -> bytes:
    """Return a picture in the best quality that keeps it small; one that never does is made smaller itself."""
    while True:
        for quality in _QUALITIES:
            file = io.BytesIO()
            photo.save(file, "WEBP", quality=quality)
            if file.tell() <= MOST_BYTES:
                return file.getvalue()
        photo = photo.resize((photo.width * 3 // 4, photo.height * 3 // 4))


def keep(session: Session, actor: Actor, sku: str, content: bytes) -> int:
    """Keep a photo as its product's picture and return its bytes; NotFoundError, BadInputError."""
    product = session.scalars(
        select(Product).where(Product.warehouse_id == actor.warehouse_id, Product.sku == sku)
    ).one_or_none()
    if product is None:
        raise NotFoundError("product", sku)
    small = thumbnail(content)
    product.picture = PHOTO + base64.b64encode(small).decode()
    session.flush()
    return len(small)
