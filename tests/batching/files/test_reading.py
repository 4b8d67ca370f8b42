"""Problem files become problems, and a wrong field is named."""

import dataclasses
import json
import re
from typing import Any

import pytest

from tests.batching.files.documents import AISLES, BLOCKS, MATRIX, document, frozen
from tests.house.source import ROOT
from wms.batching import (
    Blocks,
    Cart,
    DistanceMatrix,
    InvalidProblemError,
    Line,
    LooseAisles,
    Order,
    Picker,
    Problem,
    Seconds,
    plan,
)
from wms.batching.files import problem_from


def refused(given: object) -> str:
    """Return what is said of a file that cannot be read."""
    with pytest.raises(InvalidProblemError) as caught:
        _ = problem_from(given)
    return str(caught.value)


def test_what_a_file_leaves_out_has_the_default_of_its_class() -> None:
    problem = problem_from(document())
    one, two = problem.orders
    assert (one.id, one.totes, one.due_s, [line.quantity for line in one.lines]) == ("one", 1, None, [2, 1])
    assert (two.id, two.due_s, two.priority) == (2, 600.0, 1)
    assert problem.carts == (Cart(name="cart", totes=2),)
    assert problem.pickers == ()


def test_pickers_speeds_and_batches_are_read() -> None:
    people = [{"id": "Ann", "available_until_s": 900}, {"id": 7}]
    given = document(pickers=people, speeds={"stop_s": 3}, frozen=[["one"]], earlier=[[2]], move_penalty_m=5)
    problem = problem_from(given)
    assert problem.pickers == (Picker(id="Ann", available_until_s=900.0), Picker(id=7))
    assert (problem.speeds.stop_s, problem.speeds.metres_per_s) == (3.0, 1.2)
    assert (problem.frozen, problem.earlier, problem.move_penalty_m) == ((("one",),), ((2,),), 5.0)


def test_what_walks_as_one_order_is_read() -> None:
    zones = {"A4": "shelf", "B1": 2}
    orders = [{"id": "one", "lines": [{"location": "A4", "product": "P-17"}, {"location": "B1", "product": None}]}]
    people = [{"id": "Ann", "zone": 2}, {"id": "Ben", "zone": None}]
    given = document(orders=orders, pickers=people, zones=zones, bulk_per_tote=6, may_divide_orders=True)
    problem = problem_from(given)
    assert [line.product for line in problem.orders[0].lines] == ["P-17", None]
    assert problem.pickers == (Picker(id="Ann", zone=2), Picker(id="Ben"))
    assert (problem.zones, problem.bulk_per_tote, problem.may_divide_orders) == (zones, 6, True)
    plain = problem_from(document(zones=None, bulk_per_tote=None))
    assert (plain.zones, plain.bulk_per_tote, plain.may_divide_orders) == (None, None, False)


@pytest.mark.parametrize(
    ("layout", "kind"),
    [(BLOCKS, Blocks), (MATRIX, DistanceMatrix), (AISLES, LooseAisles)],
    ids=["blocks", "matrix", "aisles"],
)
def test_every_kind_of_floor_is_read_and_planned(layout: dict[str, Any], kind: type) -> None:
    problem = problem_from(document(layout=layout))
    made = plan(problem, Seconds(0.2))
    assert isinstance(problem.layout, kind)
    assert sorted(str(order) for batch in made.batches for order in batch.order_ids) == ["2", "one"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "file: must be one JSON object"),
        ({"format": "wms-plan-problem-9"}, 'format: must be "wms-plan-problem-1"'),
        (document(layout={}), "layout.kind: must be one of blocks, matrix, aisles"),
        (document(layout={**BLOCKS, "aisle_x_m": "0"}), "layout.aisle_x_m: must be a list"),
        (document(layout={**BLOCKS, "aisle_x_m": [5, 0]}), "layout.aisle_x_m: give each aisle's x once"),
        (document(layout={**BLOCKS, "places": {"A": [0]}}), "layout.places['A']: must be a list of two"),
        (document(layout={**BLOCKS, "places": {"A": [9, 1]}}), "layout.places['A']: the place lies outside"),
        (document(layout={**MATRIX, "metres": [[0, 1], [1, 0, 1]]}), "layout.metres[1]: must be 2 numbers"),
        (document(layout={**MATRIX, "locations": ["A", "A"]}), "layout.locations: name each location once"),
        (document(layout={**AISLES, "ends": {}}), "layout.locations['A4'].aisle: aisle A is not in layout.ends"),
        (document(orders=None), "orders: must be a list"),
        (document(orders=[{"id": "x"}]), "orders[0].lines: is missing"),
        (document(orders=[{"id": "x", "lines": []}]), "orders[0].lines: an order needs at least one line"),
        (document(orders=[{"id": True, "lines": []}]), "orders[0].id: must be a text or a whole number"),
        (document(orders=[{"id": "x", "lines": [{"location": ""}]}]), "orders[0].lines[0].location: must be a text"),
        (document(orders=[{"id": "x", "lines": [], "tote": 1}]), "orders[0].tote: is no field here; there are id,"),
        (document(carts=[{"name": "c", "totes": 1.5}]), "carts[0].totes: must be a whole number"),
        (document(carts=[]), "carts: give at least one shape of cart"),
        (document(pickers=[{"id": 1, "available_from_s": float("nan")}]), "pickers[0].available_from_s: must be"),
        (document(frozen=[["two"]]), "frozen[0]: order 'two' is not among the orders"),
        (document(bulk_per_tote=2), "bulk_per_tote: must be 3 or more"),
        (document(bulk_per_tote="six"), "bulk_per_tote: must be a number"),
        (document(move_penalty_m=10**400), "move_penalty_m: must be a number, 1000000000000 at most"),
        (document(move_penalty_m=float("nan")), "move_penalty_m: must be a number, 1000000000000 at most"),
        (
            frozen(layout={**frozen()["layout"], "depot_end": "rear"}),
            "layout.depot_end: must be front or back",
        ),
        (document(may_divide_orders=1), "may_divide_orders: must be true or false"),
        (document(zones=["A4"]), "zones: must be an object with named fields"),
        (document(zones={"A4": None}), "zones['A4']: must be a text or a whole number"),
        (document(zones={"A4": "shelf"}), "zones: location 'B1' has no zone"),
        (document(pickers=[{"id": 1, "zone": "attic"}]), "pickers[0].zone: 'attic' is not among the zones"),
        (document(orders=[{"id": 1, "lines": [{"location": "A4", "product": 1.5}]}]), "orders[0].lines[0].product:"),
        (frozen(cutoffs_s=[9.0]), "cutoff_of_order: is missing"),
        (frozen(cutoffs_s=[9.0], cutoff_of_order=[0, 1, 0]), "cutoff_of_order[1]: must be 0 to 0"),
        (frozen(orders=[{"stops": [[2, 0]]}]), "orders[0].stops[0]: is no [aisle, cell] of the layout"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_with_what_it_should_be(given: object, said: str) -> None:
    assert refused(given).startswith(said)


def test_a_frozen_benchmark_becomes_a_problem_of_one_tote_orders() -> None:
    timed = {"cutoffs_s": [60.0, 90.0], "cutoff_of_order": [0, 1, 1], "speed_m_s": 1.0, "line_s": 8.0, "setup_s": 5.0}
    problem = problem_from(frozen(**timed, pickers=[3, 4]))
    layout = problem.layout
    assert isinstance(layout, Blocks)
    assert (layout.cross_y_m, layout.places["1-2"]) == ((0.0, 7.0), (1, 3.5))
    assert [order.due_s for order in problem.orders] == [60.0, 90.0, 90.0]
    assert [[line.location for line in order.lines] for order in problem.orders] == [["0-0"], ["0-4", "1-2"], ["1-2"]]
    assert (len(problem.pickers), problem.speeds.unit_s, problem.speeds.stop_s) == (3, 8.0, 0.0)


def test_a_frozen_benchmark_without_cutoffs_is_not_timed() -> None:
    problem = problem_from(frozen())
    assert [order.due_s for order in problem.orders] == [None] * 3
    assert problem.pickers == ()


def test_every_field_of_a_problem_and_its_parts_can_stand_in_a_file() -> None:
    page = (ROOT / "docs" / "plan-format.md").read_text()
    for kind in (Problem, Order, Line, Cart, Picker):
        names = {field.name for field in dataclasses.fields(kind)}
        assert {name for name in names if f"`{name}`" not in page} == set(), kind
        told = refused(document(orders=[{"unknown": 1, "id": 1, "lines": []}]))
        assert kind is not Order or names <= set(re.findall(r"\w+", told))


def test_the_example_of_the_description_can_be_planned() -> None:
    page = (ROOT / "docs" / "plan-format.md").read_text()
    found = re.search(r"```json\n(.*?)```", page, re.DOTALL)
    assert found is not None
    made = plan(problem_from(json.loads(found[1])), Seconds(0.2))
    assert {order for batch in made.batches for order in batch.order_ids} == {"1001", "1002"}
