"""The picture of a plan shows each batch's stops and route, however many batches there are."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.batching.files.documents import AISLES, BLOCKS, MATRIX, document
from wms.batching import Seconds, plan
from wms.batching.files import picture, problem_from

SVG = "{http://www.w3.org/2000/svg}"


def drawn(**changed: Any) -> ET.Element:
    """Return the picture of a planned document, as parsed XML."""
    problem = problem_from(document(**changed))
    return ET.fromstring(picture(problem, plan(problem, Seconds(0.2))))  # noqa: S314 - our own XML


def panels(picture: ET.Element) -> list[ET.Element]:
    return [group for group in picture.iter(f"{SVG}g") if group.get("class") == "batch"]


def alone(count: int, location: str = "A4") -> list[dict[str, Any]]:
    """Orders that fill a cart each."""
    return [{"id": number, "lines": [{"location": location}], "totes": 2} for number in range(count)]


@pytest.mark.parametrize("layout", [BLOCKS, MATRIX, AISLES], ids=["blocks", "matrix", "aisles"])
def test_each_kind_of_floor_shows_every_stop_and_a_closed_route(layout: dict[str, Any]) -> None:
    (panel,) = panels(drawn(layout=layout))
    titles = [title.text for circle in panel.iter(f"{SVG}circle") for title in circle]
    assert sorted(str(title).split(". ")[1] for title in titles) == ["A4", "B1"]
    (route,) = [path for path in panel.iter(f"{SVG}path") if path.get("class") == "route"]
    corners = [tuple(map(float, corner.split())) for corner in re.findall(r"[\d.-]+ [\d.-]+", route.attrib["d"])]
    assert abs(corners[0][0] - corners[-1][0]) < 6
    assert abs(corners[0][1] - corners[-1][1]) < 6


@pytest.mark.parametrize("count", [1, 4, 13, 50])
def test_up_to_fifty_batches_stand_side_by_side_each_in_its_own_colour(count: int) -> None:
    picture = drawn(orders=alone(count))
    found = panels(picture)
    colours = {path.get("stroke") for panel in found for path in panel.iter(f"{SVG}path")}
    assert (len(found), len(colours)) == (count, count)
    places = {panel.get("transform") for panel in found}
    assert len(places) == count
    assert float(picture.attrib["width"]) <= 2400


def test_beyond_fifty_batches_the_first_are_drawn_and_it_says_so() -> None:
    picture = drawn(orders=alone(51))
    assert len(panels(picture)) == 50
    assert "51 batches" in str(next(picture.iter(f"{SVG}text")).text)
    assert "the first 50" in str(next(picture.iter(f"{SVG}text")).text)


def test_names_with_signs_of_xml_are_drawn_as_they_are() -> None:
    layout = {**BLOCKS, "places": {'<A> & "B"': [0, 4]}}
    orders = [{"id": "<1>", "lines": [{"location": '<A> & "B"'}]}]
    (panel,) = panels(drawn(layout=layout, orders=orders))
    assert '1. <A> & "B"' in [title.text for title in panel.iter(f"{SVG}title")]
    assert "Orders <1>" in [title.text for title in panel.iter(f"{SVG}title")]


def test_late_orders_are_counted_on_their_batch() -> None:
    (panel,) = panels(drawn(orders=[{"id": 1, "lines": [{"location": "C11"}], "due_s": 1}], pickers=[{"id": 1}]))
    assert "1 late" in [words.text for words in panel.iter(f"{SVG}tspan")]


@pytest.mark.parametrize("layout", [BLOCKS, MATRIX, AISLES], ids=["blocks", "matrix", "aisles"])
def test_a_plan_of_no_orders_is_an_empty_picture(layout: dict[str, Any]) -> None:
    assert panels(drawn(layout=layout, orders=[])) == []
