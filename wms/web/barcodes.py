"""Barcodes as pictures: Code 128 as SVG, in a page or by its own address."""

import html
import itertools

import flask
import numpy as np
import zxingcpp

from printers.zpl import is_printable_ascii
from wms.domain.errors import NotFoundError

blueprint = flask.Blueprint("barcodes", __name__)

# The narrowest bar of a label that any scanner reads at arm's length, and what the bars need to be hit by the beam.
MODULE_MM = 0.33
HEIGHT_MM = 11
# Code 128 wants ten modules of white at both ends (ISO/IEC 15417).
_QUIET = 10
_MOST_CHARS = 80
_YEAR_S = 365 * 86_400


def code128(text: str) -> str:
    """Return printable ASCII as an SVG of `MODULE_MM` bars that scales freely; NotFoundError for other text."""
    if not is_printable_ascii(text) or len(text) > _MOST_CHARS:
        raise NotFoundError("barcode for", repr(text[:_MOST_CHARS]))
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128)
    modules = np.asarray(zxingcpp.write_barcode_to_image(barcode, add_quiet_zones=False))[0]
    bars, x = [], _QUIET
    for is_white, run in itertools.groupby(modules, key=bool):
        width = len(list(run))
        if not is_white:
            bars.append(f"M{x} 0h{width}v1h-{width}z")
        x += width
    whole = x + _QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="barcode" width="{whole * MODULE_MM:.2f}mm" '
        f'height="{HEIGHT_MM}mm" viewBox="0 0 {whole} 1" preserveAspectRatio="none" shape-rendering="crispEdges" '
        f'role="img" aria-label="{html.escape(text)}"><path fill="#fff" d="M0 0h{whole}v1H0z"/>'
        f'<path d="{"".join(bars)}"/></svg>'
    )


@blueprint.get("/barcodes/<path:text>.svg")
def show(text: str) -> flask.Response:
    """Serve a text as Code 128."""
    response = flask.Response(code128(text), mimetype="image/svg+xml")
    response.cache_control.max_age = _YEAR_S
    response.cache_control.public = True
    return response
