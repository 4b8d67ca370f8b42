"""The layout as its page draws it: aisles, cross aisles, the depot, and each pick location where it stands."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low

from sqlalchemy.orm import Session

from wms import batching
from wms.batching.files import sketch_of
from wms.domain.actor import Actor
from wms.services.planning import layouts
from wms.services.planning.layouts import Face, Floor

Point = tuple[float, float]
Line = tuple[Point, Point]

_MARGIN_M = 4.0
_BESIDE_M = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnAisle:
    """The pick locations of an aisle, y downwards as on the page, and where its name stands."""

    name: str
    locations: int
    dots: tuple[Point, ...]
    label: Point


@dataclass(frozen=True, kw_only=True, slots=True)
class Odd:
    """A location that lies oddly: its code, why, and where; None where it is not on the picture."""

    code: str
    why: str
    at: Point | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """A floor in metres, x to the right and y downwards; `box` is its left, top, width and height."""

    is_given: bool
    is_exact: bool
    kind: str
    locations: int
    box: tuple[float, float, float, float]
    letter_m: float
    depot: Point
    aisles: tuple[Line, ...]
    cross_aisles: tuple[Line, ...]
    drawn: tuple[DrawnAisle, ...]
    odd: tuple[Odd, ...]

    @property
    def blocks(self) -> int:
        """Between how many pairs of cross aisles the locations lie; 0 where the floor is no blocks."""
        return max(0, len(self.cross_aisles) - 1)


def drawing(session: Session, actor: Actor) -> Drawing | None:
    """Draw the layout in use; None where there is no pick location."""
    floor = layouts.floor_of(session, actor)
    return None if floor is None else _drawn(floor)


def _drawn(floor: Floor) -> Drawing:
    layout, survey = floor.layout, floor.survey
    sketch = sketch_of(layout, batching.locations_of(layout))
    on_floor = survey.on_floor if survey is not None else _as_it_is
    lines = [(_down(on_floor(start)), _down(on_floor(end))) for start, end in sketch.lines]
    aisles = len(layout.aisle_x_m) if isinstance(layout, batching.Blocks) else len(lines)
    off = {face.id for face in floor.missing}
    at = {
        face.id: _down((face.x_m, face.y_m) if survey is not None else sketch.point(face.id))
        for face in floor.faces
        if face.id not in off
    }
    depot = _down(on_floor(sketch.point(None)))
    corners = [depot, *at.values(), *(point for line in lines for point in line)]
    left, top = min(x for x, _ in corners) - _MARGIN_M, min(y for _, y in corners) - _MARGIN_M
    width = max(x for x, _ in corners) + _MARGIN_M - left
    return Drawing(
        is_given=survey is None,
        is_exact=isinstance(layout, batching.Blocks),
        kind=_KINDS[type(layout)],
        locations=len(floor.faces),
        box=(left, top, width, max(y for _, y in corners) + _MARGIN_M - top),
        letter_m=min(1.6, max(0.8, width / 60)),
        depot=depot,
        aisles=tuple(lines[:aisles]),
        cross_aisles=tuple(lines[aisles:]),
        drawn=_aisles(floor.faces, at),
        odd=_odd(floor, at),
    )


_KINDS: dict[type, str] = {
    batching.Blocks: "Blocks: the shortest walks there are.",
    batching.LooseAisles: "Loose aisles: good walks, not proven the shortest.",
    batching.DistanceMatrix: "Given distances: good walks, not proven the shortest.",
}


def _aisles(faces: tuple[Face, ...], at: dict[int, Point]) -> tuple[DrawnAisle, ...]:
    """Put the dots together by aisle: levels and sides of a bay share one."""
    found: dict[str, list[Point]] = defaultdict(list)
    for face in faces:
        if face.id in at:
            found[face.aisle].append(at[face.id])
    return tuple(
        DrawnAisle(
            name=name.strip("/"),
            locations=len(points),
            dots=tuple(dict.fromkeys(points)),
            label=_label(points),
        )
        for name, points in found.items()
    )


def _label(points: Sequence[Point]) -> Point:
    """Return the aisle's farthest point from the front, those that stand beside it left aside."""
    middle_m = median_low(x for x, _ in points)
    return middle_m, min(y for x, y in points if abs(x - middle_m) <= _BESIDE_M)


def _odd(floor: Floor, at: dict[int, Point]) -> tuple[Odd, ...]:
    """Name the locations that are not on the layout; on a derived one also those beside their aisle."""
    faces = {face.id: face for face in floor.faces}
    reasons: dict[object, str] = {face.id: "Is not on the given layout: nobody walks there." for face in floor.missing}
    if floor.survey is not None:
        reasons |= batching.odd_locations(layouts.places_of(floor.faces))
    return tuple(
        Odd(code=face.code, why=reasons[face.id], at=at.get(face.id)) for face in faces.values() if face.id in reasons
    )


def _as_it_is(point: Point) -> Point:
    return point


def _down(point: Point) -> Point:
    return point[0], -point[1]
