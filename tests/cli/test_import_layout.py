"""wms import layout and wms export layout, as the shell runs them."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests import builders
from tests.cli.conftest import Wms
from wms.database import transaction


@pytest.fixture
def codes(engine: Engine) -> list[str]:
    """Three pick locations."""
    with transaction(engine) as session:
        return [builders.location(session).code for _ in range(3)]


def _file(folder: Path, document: object) -> Path:
    path = folder / "layout.json"
    _ = path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_layout_goes_out_and_in_and_out_again_as_it_was(wms: Wms, codes: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert wms("export", "layout", "--out", out).status == 0
    told = json.loads(wms("import", "layout", out, "--json").out)
    assert (told["locations"], told["missing"]) == (len(codes), [])
    assert json.loads(wms("export", "layout").out) == json.loads(out.read_text(encoding="utf-8"))
    assert wms("import", "layout", "--remove").out == "The layout is derived from the locations again.\n"
    assert wms("import", "layout", "--remove").out == "No layout had been given.\n"


def test_pick_locations_that_are_not_on_it_are_told(wms: Wms, codes: list[str], tmp_path: Path) -> None:
    places = {codes[0]: [0, 1.5]}
    blocks = {"kind": "blocks", "aisle_x_m": [0], "cross_y_m": [0, 20], "depot_x_m": 0, "places": places}
    ran = wms("import", "layout", _file(tmp_path, blocks))
    assert ran.status == 1
    assert f"Not on it: {codes[1]}, {codes[2]}." in ran.out


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"kind": "blocks"}, "layout.aisle_x_m: is missing."),
        ({"kind": "matrix", "locations": ["Z9"], "metres": [[0, 1], [1, 0]]}, "names Z9, which no location has"),
    ],
)
def test_a_wrong_layout_is_bad_use_and_the_field_is_named(
    wms: Wms, tmp_path: Path, document: object, said: str
) -> None:
    ran = wms("import", "layout", _file(tmp_path, document))
    assert ran.status == 2
    assert said in ran.err


def test_a_file_or_its_removal_must_be_asked_for(wms: Wms) -> None:
    assert wms("import", "layout").status == 2
