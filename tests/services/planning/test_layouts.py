"""The floor: derived from locations or given exactly, drawn, and its odd locations named."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import WAREHOUSE
from wms import batching
from wms.domain.errors import BadInputError, NotFoundError
from wms.domain.floor import GivenLayout, Location, LocationKind
from wms.services.planning import drawing, layouts

ACTOR = builders.actor()


def _aisles(session: Session, names: str = "AB", bays: int = 5, zone: str = "") -> list[Location]:
    """Upright aisles 4 m apart with bays 1 m apart, and a depot in front."""
    depot = builders.location(session, f"DEPOT{zone}", LocationKind.DEPOT)
    depot.x_m, depot.y_m, depot.aisle = 0.0, -2.0, ""
    made = []
    for at, name in enumerate(names):
        for bay in range(bays):
            place = builders.location(session, f"{zone}{name}{bay}")
            place.zone, place.aisle, place.x_m, place.y_m = zone, name, 4.0 * at, float(bay)
            made.append(place)
    session.flush()
    return made


def _document(session: Session) -> dict[str, Any]:
    return layouts.document_in_use(session, ACTOR)


def _floor(session: Session) -> layouts.Floor:
    floor = layouts.floor_of(session, ACTOR)
    assert floor is not None
    return floor


def test_a_floor_is_derived_from_its_pick_locations_and_its_depot(session: Session) -> None:
    places = _aisles(session)
    floor = _floor(session)
    assert isinstance(floor.layout, batching.Blocks)
    assert (floor.layout.depot_m, floor.layout.aisle_x_m) == (1.0, (0.0, 4.0))
    assert set(floor.layout.places) == {place.id for place in places}
    assert floor.missing == ()


def test_the_same_aisle_in_two_zones_is_two_aisles(session: Session) -> None:
    for place in _aisles(session, "A", zone="EAST"):
        place.x_m += 20
    _ = _aisles(session, "A", zone="WEST")
    layout = _floor(session).layout
    assert isinstance(layout, batching.Blocks)
    assert layout.aisle_x_m == (0, 20)


def test_a_layout_that_was_written_reads_back_as_it_was(session: Session) -> None:
    _ = _aisles(session)
    derived, document = _floor(session).layout, _document(session)
    given = layouts.give(session, ACTOR, document)
    assert (given.kind, given.locations, given.missing) == ("blocks", 10, ())
    floor = _floor(session)
    assert (floor.layout, floor.survey) == (derived, None)
    assert _document(session) == document


def test_a_given_layout_can_be_changed_and_forgotten(session: Session) -> None:
    _ = _aisles(session)
    document = _document(session)
    _ = layouts.give(session, ACTOR, document)
    _ = layouts.give(session, ACTOR, document | {"depot_m": 7})
    layout = _floor(session).layout
    assert isinstance(layout, batching.Blocks)
    assert layout.depot_m == 7
    assert layouts.forget(session, ACTOR)
    assert _floor(session).survey is not None
    assert not layouts.forget(session, ACTOR)


def test_given_distances_and_loose_aisles_are_walked_by_too(session: Session) -> None:
    first, second = _aisles(session, "A", bays=2)
    matrix = {"kind": "matrix", "locations": [second.code, first.code], "metres": [[0, 9, 5], [9, 0, 4], [5, 4, 0]]}
    _ = layouts.give(session, ACTOR, matrix)
    layout = _floor(session).layout
    assert isinstance(layout, batching.DistanceMatrix)
    assert layout.locations == (second.id, first.id)
    assert _document(session) == matrix
    at = {"aisle": "A", "x_m": 0, "y_m": 1}
    loose = {"kind": "aisles", "locations": {first.code: at}, "ends": {"A": [[0, 0], [0, 9]]}, "depot": [0, 0]}
    assert layouts.give(session, ACTOR, loose).missing == (second.code,)
    assert [face.code for face in _floor(session).missing] == [second.code]


def test_what_is_wrong_in_a_layout_is_named(session: Session) -> None:
    _ = _aisles(session)
    document = _document(session)
    with pytest.raises(BadInputError, match=r"layout\.kind: must be one of"):
        _ = layouts.give(session, ACTOR, document | {"kind": "maze"})
    with pytest.raises(BadInputError, match=r"layout\.places\['A0'\]: must be a list of two"):
        _ = layouts.give(session, ACTOR, document | {"places": {"A0": [0]}})
    strangers = {f"Z{number}": [0, 1] for number in range(7)}
    with pytest.raises(BadInputError, match="names Z0, Z1, Z2, Z3, Z4 and 2 more, which no location has"):
        _ = layouts.give(session, ACTOR, document | {"places": {"A0": [0, 1], **strangers}})
    with pytest.raises(BadInputError, match="layout: must be an object"):
        _ = layouts.give(session, ACTOR, [])
    assert session.get(GivenLayout, WAREHOUSE) is None


def test_without_a_pick_location_there_is_no_layout(session: Session) -> None:
    assert drawing.drawing(session, ACTOR) is None
    with pytest.raises(NotFoundError):
        _ = _document(session)


def test_a_drawing_shows_each_location_where_it_stands(session: Session) -> None:
    places = _aisles(session)
    drawn = drawing.drawing(session, ACTOR)
    assert drawn is not None
    assert (drawn.is_given, drawn.is_exact) == (False, True)
    assert (drawn.blocks, len(drawn.aisles), len(drawn.cross_aisles)) == (1, 2, 2)
    assert {point for aisle in drawn.drawn for point in aisle.dots} == {(place.x_m, -place.y_m) for place in places}
    assert drawn.depot == (0.0, 2.0)
    assert drawn.odd == ()
    left, top, width, height = drawn.box
    assert all(left < place.x_m < left + width and top < -place.y_m < top + height for place in places)


def test_a_wrong_coordinate_is_named_and_drawn_where_it_is(session: Session) -> None:
    slipped = _aisles(session)[3]
    slipped.x_m = 44.0
    session.flush()
    drawn = drawing.drawing(session, ACTOR)
    assert drawn is not None
    assert not drawn.is_exact
    assert [(odd.code, odd.why, odd.at) for odd in drawn.odd] == [
        ("A3", "Stands 44.0 m beside the middle of its aisle A.", (44, -3))
    ]


def test_a_location_that_is_not_on_the_given_layout_is_named(session: Session) -> None:
    _ = _aisles(session)
    document = _document(session)
    del document["places"]["B4"]
    _ = layouts.give(session, ACTOR, document)
    drawn = drawing.drawing(session, ACTOR)
    assert drawn is not None
    assert [(odd.code, odd.at) for odd in drawn.odd] == [("B4", None)]
    assert (drawn.is_given, drawn.locations) == (True, 10)
