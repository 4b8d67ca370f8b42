"""wms verify, backup and restore as the shell runs them."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests import builders
from tests.cli.conftest import Wms
from wms.config import Settings
from wms.database import transaction
from wms.domain.stock import Stock


def test_right_books_end_with_status_0(wms: Wms) -> None:
    ran = wms("verify", "--json")
    assert ran.status == 0
    assert json.loads(ran.out) == {"verify_breaches": 0, "breaches": []}


def test_each_breach_is_named_and_the_status_is_1(wms: Wms, engine: Engine) -> None:
    with transaction(engine) as session:
        product = builders.product(session, "MUG")
        place = builders.location(session)
        session.add(Stock(warehouse_id=1, place_id=place.id, product_id=product.id, on_hand=3))
    ran = wms("verify", "--json")
    assert ran.status == 1
    facts = json.loads(ran.out)
    assert facts["verify_breaches"] == len(facts["breaches"]) > 0
    assert {"check", "text"} == set(facts["breaches"][0])


def test_a_backup_restores_and_says_how_much(wms: Wms, tmp_path: Path) -> None:
    file = tmp_path / "whole.wms"
    kept = json.loads(wms("backup", file, "--json").out)
    back = wms("restore", file, "--replace", "--json")
    assert back.status == 0
    assert json.loads(back.out) == {"file": str(file), "rows": kept["rows"], "verify_breaches": 0}


@pytest.mark.parametrize("arguments", [("verify",), ("backup", "x.wms"), ("serve",), ("export", "fulfillments")])
def test_an_empty_database_is_refused_with_what_to_do(
    wms: Wms, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("WMS_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    ran = wms(*arguments)
    assert ran.status == 2
    assert "Run wms db upgrade first" in ran.err


@pytest.mark.parametrize(
    "arguments", [("serve", "--port", "99999"), ("work", "--threads", "0"), ("demo", "--port", "0")]
)
def test_a_number_out_of_range_is_refused(wms: Wms, arguments: tuple[str, ...]) -> None:
    ran = wms(*arguments)
    assert ran.status == 2
    assert "not in the range" in ran.err
