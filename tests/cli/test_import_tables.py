"""wms import products, locations, stock and the others, as the shell runs them."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.cli.conftest import Wms
from tests.services.test_importing import ROWS
from wms.database import reading
from wms.domain.stock import Stock


def _file(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.csv"
    _ = path.write_text(text, encoding="utf-8")
    return path


def test_a_warehouse_is_opened_from_files_and_again_adds_nothing(wms: Wms, tmp_path: Path) -> None:
    _ = wms("import", "products", _file(tmp_path, "others", "sku\nMUG-RED\n"))
    for kind, row in ROWS.items():
        file = _file(tmp_path, kind, ",".join(row) + "\n" + ",".join(row.values()) + "\n")
        first = json.loads(wms("import", kind, file, "--json").out)
        assert (first["added"], first["known"], first["rejected"]) == (1, 0, 0), kind
        second = json.loads(wms("import", kind, file, "--json").out)
        assert (second["added"], second["known"], second["changed"]) == (0, 1, 0), kind


def test_bad_rows_are_told_by_line_and_written_down_and_the_good_ones_go_in(wms: Wms, tmp_path: Path) -> None:
    file = _file(
        tmp_path,
        "products",
        'SKU,name,colour\nMUG,"a\nmug",red\n,no sku,blue\nCUP,A cup,\nBAD,NUL\0,x\n"open,x,y\nJUG\n',
    )
    ran = wms("import", "products", file)
    assert ran.status == 1
    assert "products: 3 added, 0 changed, 0 known" in ran.out
    assert "line 4: the sku is missing" in ran.out
    assert "line 6: the name holds a NUL character" in ran.out
    assert "line 7: the quotation marks do not pair" in ran.out
    assert "not read: colour" in ran.err
    rejects = (tmp_path / "products.rejects.csv").read_text(encoding="utf-8").splitlines()
    assert rejects[:2] == ["SKU,name,colour,reason", ",no sku,blue,the sku is missing"]


def test_a_missing_column_is_bad_use_and_named(wms: Wms, tmp_path: Path) -> None:
    ran = wms("import", "stock", _file(tmp_path, "stock", "sku,lot\nMUG,\n"))
    assert ran.status == 2
    assert "stock.csv has no column location, quantity." in ran.err


def test_a_place_counted_twice_in_one_file_is_a_bad_row(wms: Wms, engine: Engine, tmp_path: Path) -> None:
    _ = wms("import", "products", _file(tmp_path, "products", "sku\nMUG\n"))
    _ = wms("import", "locations", _file(tmp_path, "locations", "code\nA\n"))
    ran = wms("import", "stock", _file(tmp_path, "stock", "location,sku,quantity\nA,MUG,5\nA,MUG,7\n"))
    assert (ran.status, "line 3: A / MUG stands in line 2 already" in ran.out) == (1, True)
    with reading(engine) as session:
        assert session.query(Stock).one().on_hand == 5


@pytest.mark.parametrize("command", [("import", "--help"), ("import", "stock", "--help"), ("export", "--help")])
def test_help_has_an_example(wms: Wms, command: tuple[str, ...]) -> None:
    ran = wms(*command)
    assert ran.status == 0
    assert "Example: wms" in ran.out
