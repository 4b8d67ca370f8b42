"""Product pictures: the product's photo or drawing, else its initials on a tile."""

import base64
import html

import flask
from sqlalchemy import select
from werkzeug.wrappers import Response

from wms.config import WAREHOUSE_ID
from wms.database import db, reading
from wms.domain.catalog import Product
from wms.services.picturing import PHOTO

blueprint = flask.Blueprint("pictures", __name__)
_DAY_S = 86_400
_TILE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120"><rect width="120" height="120" rx="8" '
    'fill="#e6e6e6"/><text x="60" y="74" font-family="sans-serif" font-size="40" font-weight="bold" '
    'text-anchor="middle" fill="#4a4a4a">{initials}</text></svg>'
)


@blueprint.get("/pictures/<path:sku>")
def show(sku: str) -> Response:
    """Serve the picture of a SKU; an unknown one gets a tile too, a broken picture helps nobody."""
    with reading(db.engine) as session:
        picture = session.scalars(
            select(Product.picture).where(Product.warehouse_id == WAREHOUSE_ID, Product.sku == sku)
        ).one_or_none()
    if picture and picture.startswith(PHOTO):
        return _cached(flask.Response(base64.b64decode(picture.removeprefix(PHOTO)), mimetype="image/webp"))
    initials = html.escape("".join(part[:1] for part in sku.split("-")[:2]).upper() or "?")
    response = flask.Response(picture or _TILE.format(initials=initials), mimetype="image/svg+xml")
    # An SVG opened by itself must not run anything either.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    return _cached(response)


def _cached(response: flask.Response) -> Response:
    response.cache_control.max_age = _DAY_S
    response.cache_control.private = True
    response.add_etag()
    return response.make_conditional(flask.request)
