"""Each format of instances is read as its description says, from files made up here."""

from pathlib import Path

import pytest

from tests.benchmarks.batching import foodmart, henn, mainz
from tests.benchmarks.batching.sets import instance_set, spread
from tests.house.source import ROOT
from wms.batching import Blocks, DistanceMatrix

PUBLIC = ROOT.parent / "shared" / "benchmarks"

MAINZ = """NAME : made_up.txt
COMMENT : written by hand
PICKER_CAPACITY : 6
LAYOUT : single-block
NUM_AISLES : 3
NUM_CELLS : 4
DEPOT_AISLE : 1
DEPOT_LOCATION : bottom
DISTANCE_AISLE_TO_AISLE : 2.5
DISTANCE_CELL_TO_CELL : 1
DISTANCE_TOP_TO_CELL : 2
DISTANCE_BOTTOM_TO_CELL : 1
DISTANCE_TOP_OR_BOTTOM_TO_DEPOT : 0
ARTICLE_SECTION
NUM_ARTICLES : 3
ID 0 WEIGHT 1
ID 1 WEIGHT 2
ID 2 WEIGHT 1
SKU_SECTION
NUM_SKUS : 3
ID 0 AISLE 0 CELL 0 QUANTITY 1 LEFT_RIGHT_HAND_SIDE left
ID 1 AISLE 2 CELL 3 QUANTITY 1 LEFT_RIGHT_HAND_SIDE left
ID 2 AISLE 2 CELL 3 QUANTITY 1 LEFT_RIGHT_HAND_SIDE right
ORDER_SECTION
NUM_ORDERS : 2
NUM_ARTICLES_IN_ORDER : 2
ID 0 QUANTITY 1
ID 1 QUANTITY 2
NUM_ARTICLES_IN_ORDER : 1
ID 2 QUANTITY 1
EOF
"""

FOODMART = """//K: NbBoxesTrolley
3
//Products
//Idx Location Volume
1 1 1
2 2 1
3 1 1
//Orders
//Nb Orders
2
//Idx M NbProdInOrder ProdIdx1 Qty1 ProdIdx2 Qty2 ...
1 2 2 1 4 2 3
2 1 1 3 5
//DepartingDepot
0
//LocStart LocEnd ShortestPath
0 1 2.5
0 2 4.5
1 0 2.5
1 2 3.0
2 0 4.5
2 1 3.0
//Vertices coordinates LocationName
0 0 0 "depot"
"""

HENN = """Order 1 number of articles 3
0 Aisle 0 Location 0
1 Aisle 1 Location 0
2 Aisle 19 Location 44
Order 2 number of articles 1
0 Aisle 4 Location 10
"""


def test_mainz_cells_are_counted_from_the_top_and_depths_from_the_depot() -> None:
    instance = mainz.read(MAINZ)
    layout = instance.problem.layout
    assert isinstance(layout, Blocks)
    assert layout.cross_y_m == (0.0, 6.0)
    assert layout.depot_x_m == 2.5
    assert [layout.places[line.location] for line in instance.problem.orders[0].lines] == [(0, 4.0), (2, 1.0)]


def test_mainz_with_the_depot_at_the_top_is_the_floor_turned_round() -> None:
    layout = mainz.read(MAINZ.replace("bottom", "top")).problem.layout
    assert isinstance(layout, Blocks)
    assert sorted(layout.places.values()) == [(0, 2.0), (2, 5.0)]


def test_mainz_orders_take_the_weight_of_their_articles_and_share_cells() -> None:
    instance = mainz.read(MAINZ)
    assert [order.totes for order in instance.problem.orders] == [5, 1]
    assert instance.capacity == 6
    first, second = instance.problem.orders
    assert first.lines[1].location == second.lines[0].location


def test_another_end_distance_moves_both_ends() -> None:
    layout = mainz.read(MAINZ, end_distance=1.5).problem.layout
    assert isinstance(layout, Blocks)
    assert layout.cross_y_m == (0.0, 6.0)
    assert layout.places[0, 3] == (0, 4.5)


def test_two_blocks_have_a_cross_aisle_between_the_middle_cells() -> None:
    layout = mainz.parse(MAINZ).layout(blocks=2)
    assert layout.cross_y_m == (0.0, 3.0, 7.0)
    assert sorted(layout.places.values()) == [(0, 5.0), (2, 1.0)]


def test_an_article_in_several_cells_is_refused() -> None:
    with pytest.raises(ValueError, match="scattered storage"):
        _ = mainz.read(MAINZ.replace("ID 2 AISLE 2", "ID 1 AISLE 1"))


def test_henn_rack_sides_share_an_aisle_and_articles_take_one_unit_each() -> None:
    instance = henn.read(HENN, name="01x-2-30-0.txt")
    layout = instance.problem.layout
    assert isinstance(layout, Blocks)
    assert instance.capacity == 30
    assert [order.totes for order in instance.problem.orders] == [3, 1]
    places = [layout.places[line.location] for line in instance.problem.orders[0].lines]
    assert places == [(0, 1.5), (0, 1.5), (9, 45.5)]
    assert layout.cross_y_m == (0.0, 47.0)
    assert layout.aisle_x_m[-1] == 45.0


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (HENN, "made-up.txt"),
        (HENN, "01x-3-30-0.txt"),
        (HENN.replace("articles 3", "articles 4"), "01x-2-30-0.txt"),
        (HENN.replace("Aisle 19", "Aisle 20"), "01x-2-30-0.txt"),
        ("Articles\n" + HENN, "01x-2-30-0.txt"),
    ],
)
def test_a_henn_file_that_does_not_agree_with_itself_is_refused(text: str, name: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        _ = henn.read(text, name=name)


def test_foodmart_orders_take_boxes_and_distances_come_from_the_table() -> None:
    instance = foodmart.read(FOODMART)
    layout = instance.problem.layout
    assert isinstance(layout, DistanceMatrix)
    assert instance.capacity == 3
    assert [order.totes for order in instance.problem.orders] == [2, 1]
    assert layout.metres.tolist() == [[0, 2.5, 4.5], [2.5, 0, 3], [4.5, 3, 0]]


def test_a_folder_says_its_format_and_what_is_known(tmp_path: Path) -> None:
    (tmp_path / "instances" / "deep").mkdir(parents=True)
    _ = (tmp_path / "instances" / "deep" / "a.txt").write_bytes(MAINZ.replace("hand", "h\xe4nd").encode("latin-1"))
    _ = (tmp_path / "set.json").write_text('{"format": "mainz", "encoding": "latin-1", "end_distance": 3}')
    _ = (tmp_path / "best_known.csv").write_text(
        "file,orders,capacity,bks_optimal_routing,proven_optimal,lower_bound,x_heuristic,x_seconds\n"
        "instances/deep/a.txt,2,6,19.5,True,19.5,20,1.5\n"
    )
    for folder in (tmp_path, tmp_path / "instances", tmp_path / "instances" / "deep"):
        found = instance_set(folder, file_format=None, end_distance=None, limit=None)
        assert found.files == ["instances/deep/a.txt"]
        layout = found.read(found.folder / found.files[0]).problem.layout
        assert isinstance(layout, Blocks)
        assert layout.cross_y_m[-1] == 9.0
        known = found.known["instances/deep/a.txt"]
        assert (known.cost, known.is_proven, known.bound, known.others) == (19.5, True, 19.5, {"x": (20.0, 1.5)})


def test_a_limit_takes_files_spread_over_the_whole_set() -> None:
    files = [str(number) for number in range(10)]
    assert spread(files, 4) == ["0", "2", "5", "7"]
    assert spread(files, 20) == spread(files, None) == files


@pytest.mark.parametrize("name", ["hw_uniform", "muter_oncan", "bahceci_oncan", "foodmart_small"])
def test_published_files_have_the_orders_and_capacity_that_are_published(name: str) -> None:
    folder = PUBLIC / name
    if not folder.is_dir():
        pytest.skip("The public instances are not beside this checkout.")
    found = instance_set(folder, file_format=None, end_distance=None, limit=12)
    for file in found.files:
        instance = found.read(found.folder / file)
        assert file in found.known
        assert max(order.totes for order in instance.problem.orders) <= instance.capacity
        if name != "foodmart_small":
            *_, orders, capacity = _published(folder, file)
            assert (len(instance.problem.orders), instance.capacity) == (orders, capacity)


def _published(folder: Path, file: str) -> tuple[int, int]:
    rows = (folder / "best_known.csv").read_text().splitlines()
    row = next(row for row in rows if row.startswith(f"{file},")).split(",")
    return int(row[1]), int(row[2])
