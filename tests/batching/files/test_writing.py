"""Plans become files that other programs can read."""

import json
import re
from typing import Any

from tests.batching.files.documents import document
from tests.house.source import ROOT
from wms.batching import Seconds, plan
from wms.batching.files import figures_of, plan_document, problem_from


def written(**changed: object) -> dict[str, Any]:
    """Return a plan's file as it is read again."""
    made = plan(problem_from(document(**changed)), Seconds(0.2))
    read: dict[str, Any] = json.loads(json.dumps(plan_document(made), allow_nan=False))
    return read


def test_a_plan_says_which_orders_walk_together_and_where() -> None:
    given = written(pickers=[{"id": "Ann"}])
    (batch,) = given["batches"]
    assert given["format"] == "wms-plan-1"
    assert [order["id"] for order in batch["orders"]] == ["one", 2]
    assert sorted(batch["stops"]) == ["A4", "B1"]
    assert (batch["picker"], batch["start_s"], batch["metres"]) == ("Ann", 0.0, given["metres"])


def test_orders_in_no_batch_are_written_with_their_reason() -> None:
    given = written(orders=[{"id": "far", "lines": [{"location": "Z9"}]}])
    assert given["batches"] == []
    assert given["unplanned"] == [{"id": "far", "reason": "Location Z9 is not on the floor plan."}]
    assert given["unplanned_count"] == 1


def test_parts_zones_and_bulk_picks_are_written() -> None:
    alike = [{"id": number, "lines": [{"location": "A4", "product": "P-17"}]} for number in range(3)]
    both = {"id": "both", "lines": [{"location": "A4", "quantity": 2}, {"location": "B1"}]}
    given = written(orders=[*alike, both], bulk_per_tote=3, zones={"A4": "shelf", "B1": "cold"})
    placed = {(batch["zone"], order["id"]): order for batch in given["batches"] for order in batch["orders"]}
    assert [placed["shelf", number]["bulk"] for number in range(3)] == [1, 1, 1]
    assert placed["shelf", "both"]["lines"] == [{"line": 0, "quantity": 2}]
    assert (placed["cold", "both"]["parts"], placed["cold", "both"]["bulk"]) == (2, None)
    assert (placed["shelf", 0]["parts"], placed["shelf", 0]["lines"]) == (1, None)


def test_a_plan_of_no_orders_is_written() -> None:
    given = written(orders=[])
    assert (given["metres"], given["batches"]) == (0, [])


def test_every_field_that_is_written_is_described() -> None:
    page = (ROOT / "docs" / "plan-format.md").read_text()
    made = plan(problem_from(document(pickers=[{"id": 1}], orders=_late())), Seconds(0.2))
    whole = plan_document(made)
    batch = whole["batches"][0]
    names = {*figures_of(made), *whole, *batch, *batch["orders"][0], *whole["late"][0], "line", "quantity"}
    assert {name for name in names if not re.search(rf"`{name}`", page)} == set()


def _late() -> list[dict[str, object]]:
    return [{"id": "late", "lines": [{"location": "C11"}], "due_s": 1}]
