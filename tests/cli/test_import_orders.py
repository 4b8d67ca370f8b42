"""wms import orders, as the shell runs it."""

import csv
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests import builders, shopify_files
from tests.channels.test_shopify_csv import SAMPLE
from tests.cli.conftest import Wms
from wms.config import Settings
from wms.database import reading, transaction
from wms.domain.orders import Order, OrderLine

SKUS = [f"SKU-{number:04d}" for number in range(500)]


@pytest.fixture
def products(engine: Engine) -> list[str]:
    """The SKUs this warehouse sells."""
    with transaction(engine) as session:
        for sku in SKUS:
            _ = builders.product(session, sku)
    return SKUS


def _rejects(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_ten_thousand_orders_with_fifty_broken_rows(
    wms: Wms, engine: Engine, products: list[str], tmp_path: Path
) -> None:
    # The whole ten thousand once; a tenth shows the same on the other engine.
    size = 10_000 if engine.dialect.name == "sqlite" else 1_000
    file = shopify_files.write(tmp_path / "orders.csv", shopify_files.orders(size, products, broken=50))
    first = wms("import", "orders", file, "--format", "shopify", "--json")
    facts = json.loads(first.out)
    assert first.status == 1
    assert (facts["orders_added"], facts["orders_known"]) == (size - 50, 0)
    assert (facts["orders_rejected"], facts["rows_rejected"], len(facts["reasons"])) == (50, 50, 50)
    second = wms("import", "orders", file, "--json")
    facts = json.loads(second.out)
    assert (facts["orders_added"], facts["orders_known"], facts["orders_rejected"]) == (0, size - 50, 50)
    assert facts["seconds"] > 0


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample export lies beside the checkout, not in it")
def test_the_sample_export_goes_in_but_for_its_bad_orders(wms: Wms, products: list[str], tmp_path: Path) -> None:
    file = tmp_path / SAMPLE.name
    _ = file.write_bytes(SAMPLE.read_bytes())
    ran = wms("import", "orders", file)
    assert ran.status == 1
    assert "56 orders added, 0 known" in ran.out
    assert "line 43, #100017: Created at 'yesterday'" in ran.out
    rejects = _rejects(tmp_path / "sample_orders.rejects.csv")
    assert {row["Name"] for row in rejects} == {"#100017", "#100030", "#100033", "#100042"}
    assert sum("left out with line" in row["reason"] for row in rejects) == len(rejects) - 4


def test_mended_rejects_are_imported_as_they_are(wms: Wms, engine: Engine, products: list[str], tmp_path: Path) -> None:
    file = shopify_files.write(tmp_path / "orders.csv", shopify_files.order(1, (SKUS[0], 1), (SKUS[1], 0)))
    assert wms("import", "orders", file).status == 1
    rejects = tmp_path / "orders.rejects.csv"
    rows = _rejects(rejects)
    rows[1]["Lineitem quantity"] = "2"
    with rejects.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, [*shopify_files.ORDER_COLUMNS, "reason"])
        writer.writeheader()
        writer.writerows(rows)
    assert wms("import", "orders", rejects).status == 0
    with reading(engine) as session:
        assert [line.quantity for line in session.query(OrderLine).order_by(OrderLine.position)] == [1, 2]
        assert session.query(Order).one().note == 'He said "leave it"\nat the door'


def test_old_rejects_go_when_a_file_is_clean(wms: Wms, products: list[str], tmp_path: Path) -> None:
    file = shopify_files.write(tmp_path / "orders.csv", shopify_files.order(1, (SKUS[0], 0)))
    assert wms("import", "orders", file).status == 1
    file = shopify_files.write(tmp_path / "orders.csv", shopify_files.order(1, (SKUS[0], 1)))
    assert wms("import", "orders", file).status == 0
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == ["orders.csv"]


def test_a_file_of_another_kind_is_bad_use(wms: Wms, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    _ = file.write_text("sku\nMUG\n")
    ran = wms("import", "orders", file)
    assert ran.status == 2
    assert "has no column Name" in ran.err
    assert "Traceback" not in ran.err


def test_a_change_that_comes_too_late_is_named_and_makes_the_exit_status_one(
    wms: Wms, engine: Engine, products: list[str], tmp_path: Path
) -> None:
    file = shopify_files.write(tmp_path / "orders.csv", shopify_files.order(1, (SKUS[0], 1)))
    assert wms("import", "orders", file).status == 0
    with transaction(engine) as session:
        session.query(Order).one().status = "picking"  # type: ignore[assignment] # the column turns words into members
    file = shopify_files.write(file, shopify_files.order(1, (SKUS[0], 2)))
    ran = wms("import", "orders", file)
    assert (ran.status, "not taken (too far on): #1." in ran.out) == (1, True)


def test_a_database_without_tables_is_told_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, wms: Wms, tmp_path: Path
) -> None:
    monkeypatch.setenv("WMS_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    file = shopify_files.write(tmp_path / "orders.csv", shopify_files.order(1, (SKUS[0], 1)))
    ran = wms("import", "orders", file)
    assert ran.status == 2
    assert "Run wms db upgrade first" in ran.err
