"""Draws a plan as SVG: a small floor for each batch, with its stops and its route in its own colour.

Batches share aisles, so that routes drawn on one floor would cover one another; side by side fifty can be told apart.
"""

import colorsys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, hypot, sqrt
from typing import TypeAlias
from xml.sax.saxutils import escape

from wms.batching.files.sketches import Sketch, sketch_of
from wms.batching.layout import Point
from wms.batching.plans import Batch, Plan
from wms.batching.problem import Problem

MOST_BATCHES = 50
"""More floors than this on one picture are too small to read, and too many to look at."""

_MARGIN, _TITLE, _HEAD = 14.0, 44.0, 34.0
_PANEL_WIDTHS = ((1, 900.0), (4, 560.0), (12, 400.0), (MOST_BATCHES, 300.0))
"""Width of a floor in pixels, by how many there are."""
_WIDEST = 2400.0
_FEW, _NUMBERED = 4, 120
"""Stops are numbered on so few floors, unless they are more than so many."""
_ASIDE = 2.2
"""So many pixels to the right of the aisle's middle a route is drawn: the way there beside the way back."""
_ARROW, _ARROW_EVERY = 4.0, 48.0
_MINUTE_S = 60

Pixel: TypeAlias = tuple[float, float]


def picture(problem: Problem, plan: Plan) -> str:
    """Return the plan as an SVG document; beyond 50 batches the first to start, and it says so."""
    batches = plan.batches[:MOST_BATCHES]
    stops = dict.fromkeys(stop for batch in batches for stop in batch.route.stops)
    sheet = _Sheet(sketch_of(problem.layout, stops), list(stops), len(batches))
    body = [sheet.defs(), *sheet.title(_summary(plan))]
    for number, batch in enumerate(batches):
        body += sheet.panel(number, batch)
    width, height = sheet.size
    size = f'width="{width:.0f}" height="{height:.0f}"'
    box = f'viewBox="0 0 {width:.0f} {height:.0f}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} font-family="sans-serif" font-size="12">'
    return "\n".join([head, f'<rect {size} fill="#ffffff"/>', *body, "</svg>\n"])


class _Sheet:
    """Floors in rows: the scale that fits each into its panel, and what is drawn there."""

    def __init__(self, sketch: Sketch, stops: Sequence[object], panels: int) -> None:
        self._sketch = sketch
        corners = [point for line in sketch.lines for point in line]
        corners += [sketch.point(None), *(sketch.point(stop) for stop in stops)]
        self._left, self._top = min(x for x, _ in corners), max(y for _, y in corners)
        wide = max(max(x for x, _ in corners) - self._left, 1e-9)
        high = self._top - min(y for _, y in corners)
        self._panel = next((width for most, width in _PANEL_WIDTHS if panels <= most), _PANEL_WIDTHS[-1][1])
        # A floor far taller than wide takes no more height than one and a half times its width.
        self._scale = min((self._panel - 2 * _MARGIN) / wide, 1.5 * self._panel / max(high, 1e-9))
        self._shift = (self._panel - wide * self._scale) / 2
        self._height = high * self._scale + 2 * _MARGIN + _HEAD
        self._columns = min(max(1, ceil(sqrt(panels * self._height / self._panel))), int(_WIDEST / self._panel))
        self._rows = ceil(panels / self._columns)
        self._is_numbered = panels <= _FEW

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in pixels."""
        return max(self._columns * self._panel, 480.0), _TITLE + self._rows * self._height

    def defs(self) -> str:
        """Draw the floor once; every panel shows it."""
        lines = "".join(f"<path d={_path(list(map(self._pixel, line)))}/>" for line in self._sketch.lines)
        x, y = self._pixel(self._sketch.point(None))
        square = f'x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"'
        depot = f'<rect {square} fill="#222222"><title>depot</title></rect>'
        aisles = f'<g stroke="#e3e3e3" stroke-width="7" stroke-linecap="round">{lines}</g>'
        return f'<defs><g id="floor">{aisles}{depot}</g></defs>'

    def title(self, words: str) -> Iterator[str]:
        """Write what the plan comes to over all floors."""
        yield f'<text x="{_MARGIN}" y="26" font-size="15" font-weight="bold">{escape(words)}</text>'

    def panel(self, number: int, batch: Batch) -> Iterator[str]:
        """Draw one batch."""
        colour = _colour(number)
        across, down = number % self._columns * self._panel, _TITLE + number // self._columns * self._height
        names = escape(", ".join(str(order) for order in batch.order_ids))
        yield f'<g class="batch" transform="translate({across:.1f} {down:.1f})">'
        yield f'<text x="{_MARGIN}" y="14" font-weight="bold" fill="{colour}">{escape(_heading(number, batch))}'
        yield f"<title>Orders {names}</title></text>"
        yield f'<text x="{_MARGIN}" y="29" fill="#444444">{escape(_times(batch))}{_late(batch)}</text>'
        yield '<use href="#floor"/>'
        corners = self._walk(batch)
        yield f'<path class="route" d={_path(corners)} fill="none" stroke="{colour}" stroke-width="1.5"/>'
        yield f'<path d="{"".join(_arrows(corners))}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        yield from self._stops(batch, colour)
        yield "</g>"

    def _stops(self, batch: Batch, colour: str) -> Iterator[str]:
        is_numbered = self._is_numbered and len(batch.route.stops) <= _NUMBERED
        for number, stop in enumerate(batch.route.stops, start=1):
            x, y = self._pixel(self._sketch.point(stop))
            yield (
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{colour}" stroke="#ffffff">'
                f"<title>{number}. {escape(str(stop))}</title></circle>"
            )
            if is_numbered:
                yield f'<text x="{x + 6:.1f}" y="{y + 3:.1f}" font-size="9" fill="#222222">{number}</text>'

    def _walk(self, batch: Batch) -> list[Pixel]:
        """Return the route's corners in pixels, each leg moved to its right."""
        corners: list[Pixel] = []
        for here, there in pairwise([None, *batch.route.stops, None]):
            way = [self._pixel(point) for point in self._sketch.way(here, there)]
            for (x, y), (a, b) in pairwise(way):
                length = hypot(a - x, b - y)
                if length:
                    right, below = -(b - y) / length * _ASIDE, (a - x) / length * _ASIDE
                    corners += [(x + right, y + below), (a + right, b + below)]
        return corners

    def _pixel(self, point: Point) -> Pixel:
        x_m, y_m = point
        return self._shift + (x_m - self._left) * self._scale, _HEAD + _MARGIN + (self._top - y_m) * self._scale


def _summary(plan: Plan) -> str:
    batches = len(plan.batches)
    words = f"{batches} batch{'' if batches == 1 else 'es'}, {plan.totals.metres:,.0f} m"
    if plan.gap is not None:
        words += f", at most {plan.gap:.1%} above the shortest possible"
    if batches > MOST_BATCHES:
        words += f"; here are the first {MOST_BATCHES}"
    return words


def _heading(number: int, batch: Batch) -> str:
    orders = len(batch.orders)
    frozen = ", frozen" if batch.is_frozen else ""
    zone = "" if batch.zone is None else f", zone {batch.zone}"
    return f"{number + 1}: {orders} order{'' if orders == 1 else 's'}, {batch.route.metres:,.0f} m{zone}{frozen}"


def _times(batch: Batch) -> str:
    if batch.start_s is None or batch.finish_s is None:
        return f"{len(batch.route.stops)} stops, {batch.work_s / _MINUTE_S:.0f} minutes"
    return f"picker {batch.picker_id}, minute {batch.start_s / _MINUTE_S:.0f} to {batch.finish_s / _MINUTE_S:.0f}"


def _late(batch: Batch) -> str:
    late = sum(order.late_s is not None for order in batch.orders)
    return f' <tspan fill="#b00020" font-weight="bold">{late} late</tspan>' if late else ""


def _path(points: Sequence[Pixel]) -> str:
    """Return the quoted `d` of a line through points."""
    return '"M' + " ".join(f"{x:.1f} {y:.1f}" for x, y in points) + '"' if points else '""'


def _arrows(corners: Sequence[Pixel]) -> Iterator[str]:
    """Yield a small arrow in the middle of each long leg."""
    for (x, y), (a, b) in pairwise(corners):
        length = hypot(a - x, b - y)
        if length >= _ARROW_EVERY:
            along, aside = (a - x) / length * _ARROW, (b - y) / length * _ARROW
            tip_x, tip_y = (x + a) / 2, (y + b) / 2
            yield f"M{tip_x - along - aside:.1f} {tip_y - aside + along:.1f}L{tip_x:.1f} {tip_y:.1f}"
            yield f"L{tip_x - along + aside:.1f} {tip_y - aside - along:.1f}"


def _colour(number: int) -> str:
    """Return a colour that is far from its neighbours': each a golden angle on, every other one darker."""
    hue = number * 0.618033988749895 % 1
    red, green, blue = colorsys.hls_to_rgb(hue, 0.42 if number % 2 else 0.34, 0.75)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
