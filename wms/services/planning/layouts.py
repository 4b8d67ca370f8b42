"""How people walk: by the layout that was given, else by what the locations' coordinates say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from wms import batching
from wms.batching.files import layout_document, layout_from
from wms.domain.actor import Actor
from wms.domain.errors import BadInputError, NotFoundError
from wms.domain.floor import GivenLayout, Location, LocationKind
from wms.domain.journal import Event, record

_STARTS = (LocationKind.DEPOT, LocationKind.LANE, LocationKind.DOCK)
_NAMED = 5


@dataclass(frozen=True, kw_only=True)
class LayoutChanged(Event):
    """The warehouse's layout was given (its `kind`), or is derived from its locations again."""

    kind: str
    locations: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What came of giving a layout: its kind, its locations, and the pick locations that are not on it."""

    kind: str
    locations: int
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Face:
    """A pick location as it stands: its code, its aisle with the zone before it ('' unknown) and its coordinates."""

    id: int
    code: str
    aisle: str
    x_m: float
    y_m: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Floor:
    """The pick locations and the layout they are walked by; `survey` says where a derived layout lies."""

    faces: tuple[Face, ...]
    layout: batching.Layout
    survey: batching.Survey | None

    @property
    def missing(self) -> tuple[Face, ...]:
        """The pick locations that are not on the layout."""
        on_it = set(batching.locations_of(self.layout))
        return tuple(face for face in self.faces if face.id not in on_it)


def give(session: Session, actor: Actor, document: object) -> Given:
    """Keep a layout by location codes; BadInputError names a field that is wrong, or codes that are no locations'."""
    try:
        layout = layout_from(document)
    except batching.InvalidProblemError as error:
        raise BadInputError(f"{error}.") from error
    kinds = {row.code: row.kind for row in _locations(session, actor)}
    named = batching.locations_of(layout)
    unknown = [str(code) for code in named if code not in kinds]
    if unknown:
        raise BadInputError(f"The layout names {in_words(unknown)}, which no location has. Add or correct them.")
    kept = layout_document(layout)
    row = session.get(GivenLayout, actor.warehouse_id)
    if row is None:
        session.add(GivenLayout(warehouse_id=actor.warehouse_id, document=kept))
    else:
        row.document = kept
    record(session, actor, LayoutChanged(kind=kept["kind"], locations=len(named)))
    on_it = set(named)
    missing = (code for code, kind in kinds.items() if kind is LocationKind.PICK and code not in on_it)
    return Given(kind=kept["kind"], locations=len(named), missing=tuple(sorted(missing)))


def forget(session: Session, actor: Actor) -> bool:
    """Derive the layout from the locations again; tell whether one had been given."""
    row = session.get(GivenLayout, actor.warehouse_id)
    if row is None:
        return False
    session.delete(row)
    record(session, actor, LayoutChanged(kind="derived", locations=0))
    return True


def document_in_use(session: Session, actor: Actor) -> dict[str, object]:
    """Return the layout in use by location codes, given or derived; NotFoundError where there is no pick location."""
    floor = floor_of(session, actor)
    if floor is None:
        raise NotFoundError("layout", "while no pick location is set up")
    return layout_document(batching.renamed(floor.layout, {face.id: face.code for face in floor.faces}))


def floor_of(session: Session, actor: Actor) -> Floor | None:
    """Return the floor, walked from the depot; None where there is no pick location."""
    rows = _locations(session, actor)
    faces = tuple(
        Face(id=row.id, code=row.code, aisle=row.aisle and f"{row.zone}/{row.aisle}", x_m=row.x_m, y_m=row.y_m)
        for row in rows
        if row.kind is LocationKind.PICK
    )
    if not faces:
        return None
    given = session.get(GivenLayout, actor.warehouse_id)
    if given is not None:
        layout = batching.renamed(layout_from(given.document), {row.code: row.id for row in rows})
        return Floor(faces=faces, layout=layout, survey=None)
    # Without a depot of its own the walk starts where totes are dropped, else at the floor's corner.
    starts = [(row.x_m, row.y_m) for kind in _STARTS for row in rows if row.kind is kind]
    corner = min(face.x_m for face in faces), min(face.y_m for face in faces)
    depot_x_m, depot_y_m = starts[0] if starts else corner
    survey = batching.survey(places_of(faces), depot_x_m=depot_x_m, depot_y_m=depot_y_m)
    return Floor(faces=faces, layout=survey.layout, survey=survey)


def places_of(faces: Collection[Face]) -> list[batching.Location]:
    """Return pick locations as the engine knows them."""
    return [batching.Location(id=face.id, aisle=face.aisle, x_m=face.x_m, y_m=face.y_m) for face in faces]


def in_words(codes: Sequence[str]) -> str:
    """Name the first few codes and count the others."""
    more = len(codes) - _NAMED
    return ", ".join(codes[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _locations(session: Session, actor: Actor) -> Sequence[Row[int, str, LocationKind, str, str, float, float]]:
    return session.execute(
        select(Location.id, Location.code, Location.kind, Location.zone, Location.aisle, Location.x_m, Location.y_m)
        .where(Location.warehouse_id == actor.warehouse_id)
        .order_by(Location.id)
    ).all()
