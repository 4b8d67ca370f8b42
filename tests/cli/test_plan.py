"""wms plan: a file in, a plan and a picture out, and one sentence where it cannot be."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.batching.files.documents import BLOCKS, MATRIX, document, frozen
from tests.cli.conftest import Ran
from wms import cli
from wms.cli import planning

Plan = Callable[..., Ran]


@pytest.fixture
def wms_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Plan:
    """Run `wms plan` on a document (or a text) for 40 steps, without a database."""
    path = tmp_path / "problem.json"

    def run(given: object, *options: object) -> Ran:
        _ = path.write_text(given if isinstance(given, str) else json.dumps(given))
        monkeypatch.setattr(sys, "argv", ["wms", "plan", str(path), "--iterations", "40", *map(str, options)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Ran(status=int(ended.value.code or 0), out=said.out, err=said.err)

    return run


def test_a_plan_is_told_in_sentences_with_its_bound_on_the_side(wms_plan: Plan) -> None:
    ran = wms_plan(document())
    assert ran.status == 0
    assert ran.out.startswith("2 orders in 1 batch, ")
    assert ran.err.count("\n") == 1
    assert "bound" in ran.err


def test_on_a_terminal_metres_and_bound_are_told_on_the_way(wms_plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "_EVERY_S", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    told = wms_plan(document(), "--iterations", 100_000).err.split("\r\x1b[K")
    assert len(told) > 2
    assert told[1].endswith(", 0 steps: 20 m, no bound")
    assert told[-1].endswith(": 20 m, bound 20 m, gap 0.00%\n")


def test_plan_and_picture_are_written_and_the_figures_printed(wms_plan: Plan, tmp_path: Path) -> None:
    out, svg = tmp_path / "plan.json", tmp_path / "plan.svg"
    ran = wms_plan(document(), "--out", out, "--svg", svg, "--json")
    printed, written = json.loads(ran.out), json.loads(out.read_text())
    assert written["format"] == "wms-plan-1"
    assert printed["metres"] == written["metres"]
    assert "batches" not in printed
    assert svg.read_text().startswith("<svg ")


def test_the_walks_are_compared_with_those_by_s_shape_and_largest_gap(wms_plan: Plan) -> None:
    ran = wms_plan(document(), "--compare")
    said = "These batches in S-shape: 34 m, 70.0% longer; by largest gap: 34 m, 70.0% longer."
    assert ran.out.splitlines()[-1] == said
    printed = json.loads(wms_plan(document(), "--compare", "--json").out)
    assert (printed["metres"], printed["metres_s_shape"], printed["metres_largest_gap"]) == (20, 34, 34)
    assert "parallel aisles" in wms_plan(document(layout=MATRIX), "--compare").out
    assert json.loads(wms_plan(document(layout=MATRIX), "--compare", "--json").out)["metres_s_shape"] is None


def test_it_is_told_which_batches_start_now_and_which_wait(wms_plan: Plan) -> None:
    given = document(pickers=[{"id": "Ann"}])
    ran = wms_plan(given, "--release-at", 0, "--arrivals-per-hour", 20)
    assert ran.out.splitlines()[-1] == "Batch 1, orders one, 2: Starts now: no order of a size seen so far fits."
    (decision,) = json.loads(wms_plan(given, "--release-at", 0, "--json").out)["release"]
    assert (decision["order_ids"], decision["starts_now"], decision["until_s"]) == (["one", 2], True, None)
    assert wms_plan(given, "--release-at", "nan").err.splitlines()[-1].startswith("Error: --release-at")


def test_two_trips_of_one_order_are_two_batches_to_decide_about(wms_plan: Plan) -> None:
    lines = [{"location": place, "quantity": 1} for place in BLOCKS["places"]]
    given = document(orders=[{"id": "big", "lines": lines, "totes": 4}], carts=[{"name": "c", "totes": 2}])
    ran = wms_plan({**given, "may_divide_orders": True}, "--release-at", 0)
    decided = [line.split(",")[0] for line in ran.out.splitlines() if line.startswith("Batch ")]
    assert decided == ["Batch 1", "Batch 2"]


def test_orders_that_nobody_is_left_to_walk_are_told_and_make_the_status_1(wms_plan: Plan) -> None:
    ran = wms_plan(document(pickers=[{"id": "Ann", "available_until_s": 1}]))
    assert ran.status == 1
    assert ran.out.splitlines()[-2:] == ["2 orders are late.", "No picker is left for 2 of them."]


def test_without_a_file_the_whole_plan_is_printed_as_json(wms_plan: Plan) -> None:
    printed = json.loads(wms_plan(document(), "--json").out)
    assert [len(batch["orders"]) for batch in printed["batches"]] == [2]


def test_the_same_seed_and_steps_give_the_same_plan(wms_plan: Plan) -> None:
    first, second = (json.loads(wms_plan(frozen(), "--json", "--seed", "5").out) for _ in range(2))
    assert first["batches"] == second["batches"]


def test_orders_in_no_batch_are_named_and_make_the_status_1(wms_plan: Plan) -> None:
    ran = wms_plan(document(orders=[{"id": f"far {number}", "lines": [{"location": "Z9"}]} for number in range(12)]))
    assert ran.status == 1
    assert "Order far 0 is in no batch: Location Z9 is not on the floor plan." in ran.out
    assert ran.out.rstrip().endswith("And 2 more.")


def test_no_orders_are_a_plan_of_no_batches(wms_plan: Plan) -> None:
    ran = wms_plan(document(orders=[]))
    assert (ran.status, ran.out.splitlines()[0]) == (0, "0 orders in 0 batches, 0 m.")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{", "is no JSON: "),
        ('{"format": 1}', "format: must be "),
        (document(carts=[{"name": "c", "totes": 0}]), "carts[0].totes: must be 1 or more."),
        ("[" * 200_000, "is nested too deeply"),
    ],
)
def test_a_file_that_cannot_be_planned_is_one_sentence_that_names_the_field(
    wms_plan: Plan, given: object, said: str
) -> None:
    ran = wms_plan(given)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith("Error: ")
    assert said in ran.err


def test_a_file_that_cannot_be_written_is_one_sentence(wms_plan: Plan, tmp_path: Path) -> None:
    ran = wms_plan(document(), "--svg", tmp_path / "no" / "plan.svg")
    assert ran.status == 2
    assert "cannot be written" in ran.err
