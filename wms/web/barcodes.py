"""Barcodes as pictures: SVG, in a page or by its own address."""

import html
from dataclasses import dataclass

import flask

from printers.symbols import Symbol, Symbology, UnencodableError, symbol
from wms.domain.errors import NotFoundError

blueprint = flask.Blueprint("barcodes", __name__)

_LARGEST_SQUARE_MM = 0.6
_MOST_CHARS = 80
_YEAR_S = 365 * 86_400


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """What a barcode may take: modules (its narrowest bars) of `module_mm`, less where `width_mm` would not hold them.

    Bars are `height_mm` high so that a beam hits them; squares are no higher.
    """

    module_mm: float = 0.33
    width_mm: float = 200.0
    height_mm: float = 11.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A barcode as SVG, with the width of its modules."""

    svg: str
    module_mm: float


def picture(text: str, symbology: Symbology = Symbology.CODE_128, room: Room | None = None) -> Picture:
    """Return a barcode as a picture for paper; NotFoundError for what it cannot say."""
    try:
        drawn = symbol(text[:_MOST_CHARS], symbology)
    except UnencodableError as error:
        raise NotFoundError("barcode for", repr(text[:_MOST_CHARS])) from error
    if len(text) > _MOST_CHARS:
        raise NotFoundError("barcode for", repr(text[:_MOST_CHARS]))
    room = room or Room()
    if not drawn.is_matrix:
        module_mm = min(room.module_mm, room.width_mm / drawn.whole)
        return Picture(svg=_svg(drawn, 0, drawn.whole * module_mm, room.height_mm), module_mm=module_mm)
    high = len(drawn.rows) + 2 * drawn.quiet
    module_mm = min(_LARGEST_SQUARE_MM, room.height_mm / high)
    return Picture(svg=_svg(drawn, drawn.quiet, drawn.whole * module_mm, high * module_mm), module_mm=module_mm)


def _svg(drawn: Symbol, margin: int, width_mm: float, height_mm: float) -> str:
    whole, high = drawn.whole, len(drawn.rows) + 2 * margin
    bars = "".join(
        f"M{drawn.quiet + x} {margin + y}h{width}v1h-{width}z" for y, row in enumerate(drawn.rows) for x, width in row
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="barcode" width="{width_mm:.2f}mm" height="{height_mm:.2f}mm" '
        f'viewBox="0 0 {whole} {high}" preserveAspectRatio="none" shape-rendering="crispEdges" role="img" '
        f'aria-label="{html.escape(drawn.text)}"><path fill="#fff" d="M0 0h{whole}v{high}H0z"/><path d="{bars}"/></svg>'
    )


@blueprint.get("/barcodes/<path:text>.svg")
def show(text: str) -> flask.Response:
    """Serve a text as Code 128."""
    response = flask.Response(picture(text).svg, mimetype="image/svg+xml")
    response.cache_control.max_age = _YEAR_S
    response.cache_control.public = True
    return response
