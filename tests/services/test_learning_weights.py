"""Weights learned from sealed boxes: off while there are too few, then a wrong weight means: count again."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Floor
from wms.domain.actor import Actor, Role
from wms.domain.catalog import Product
from wms.domain.inbox import ExceptionItem
from wms.domain.journal import JournalEntry
from wms.domain.packing import Package
from wms.domain.shipping import Label
from wms.domain.weighing import LearnedWeight, WeightSample
from wms.services import learning_weights
from wms.services.learning_weights import ENOUGH, Learned, sample_of
from wms.services.packing.screens import BoxAndWeigh, BuyingLabel, CountAgain, ScanItems
from wms.services.stock import adjusting

_CARTON_G = 120


def _seal(session: Session, floor: Floor, weight_g: int, *units: tuple[Product, int]) -> None:
    """Pack an order of these units into a box of this weight, and seal it."""
    order = builders.order(session, *units)
    tote = packers.staged(session, order, *units)
    codes = [builders.barcode(session, item) for item, count in units for _ in range(count)]
    _ = floor.packer.scan(tote.barcode, *codes, f"N{weight_g}")
    if isinstance(floor.packer.sees(), BoxAndWeigh):  # far from what the catalog says: the same weight twice
        _ = floor.packer.scan(f"N{weight_g}")
    label = packers.buy(session, order, f"TRACK{order.id % 10_000}")
    assert floor.packer.scan(label.tracking_number).cue == "complete"


def _learned(session: Session, item: Product) -> Learned:
    return learning_weights.of_product(session, builders.actor(), item.id)


def _mug_of_300_g(session: Session) -> Floor:
    """A bench with an order of 2 mugs and 1 towel; past boxes say 300 g and 150 g, the catalog 200 g."""
    floor = packers.bench(session)
    packers.learn_weights(session, floor)
    _ = floor.packer.scan(*floor.codes)
    return floor


def test_a_product_is_learned_from_enough_boxes_of_it_alone_and_one_wrong_box_does_not_move_it(
    session: Session,
) -> None:
    floor = packers.bench(session)
    mug = builders.product(session, weight_g=300)
    for weight_g in (_CARTON_G + 310, _CARTON_G + 311, _CARTON_G + 622):
        _seal(session, floor, weight_g, (mug, 1))
    _seal(session, floor, _CARTON_G + 618, (mug, 2))
    assert _learned(session, mug) == Learned(unit_g=None, samples=4)
    _seal(session, floor, _CARTON_G + 312, (mug, 1))
    assert _learned(session, mug) == Learned(unit_g=311.0, samples=5)


def test_a_product_among_others_is_learned_once_theirs_are(session: Session) -> None:
    floor = packers.bench(session)
    mug, pen = builders.product(session, weight_g=300), builders.product(session, weight_g=10)
    for _ in range(ENOUGH):
        _seal(session, floor, _CARTON_G + 300 + 20, (mug, 1), (pen, 2))
    assert _learned(session, pen).samples == 0
    for _ in range(ENOUGH):
        _seal(session, floor, _CARTON_G + 300, (mug, 1))
    for _ in range(ENOUGH):
        _seal(session, floor, _CARTON_G + 300 + 21, (mug, 1), (pen, 2))
    assert _learned(session, pen) == Learned(unit_g=10.5, samples=ENOUGH)


def test_a_box_that_was_not_weighed_or_whose_carton_has_no_weight_teaches_nothing(session: Session) -> None:
    floor = packers.bench(session)
    box = Package(
        warehouse_id=builders.WAREHOUSE,
        barcode="P000000017",
        order_id=floor.order.id,
        number=1,
        station_id=floor.station.id,
        opened_at=builders.NOW,
        worker_id=None,
        carton_type_id=floor.carton.id,
        weight_g=400,
        weighed=False,
    )
    learning_weights.learn(session, builders.actor(), box)
    box.weighed, floor.carton.weight_g = True, 0
    session.flush()
    learning_weights.learn(session, builders.actor(), box)
    assert session.scalars(select(WeightSample)).all() == []


@pytest.mark.parametrize(
    ("units", "known_mg", "sample"),
    [
        ({1: 2}, {}, (1, 500)),
        ({1: 2}, {1: 900}, (1, 500)),
        ({1: 2, 2: 1}, {}, None),
        ({1: 2, 2: 1}, {1: 300}, (2, 400)),
        ({1: 2, 2: 1}, {1: 300, 2: 500}, None),
        ({1: 2, 2: 1}, {1: 600}, None),
    ],
)
def test_a_box_tells_one_products_weight_where_only_that_is_unknown(
    units: dict[int, int], known_mg: dict[int, int], sample: tuple[int, int] | None
) -> None:
    assert sample_of(1000, units, known_mg) == sample


@given(st.integers(1, 9), st.integers(100, 5000), st.integers(1, 9), st.integers(100, 5000))
def test_what_a_box_tells_is_what_was_put_into_it(one: int, one_mg: int, other: int, other_mg: int) -> None:
    net_mg = one * one_mg + other * other_mg
    assert sample_of(net_mg, {1: one, 2: other}, {2: other_mg}) == (1, one_mg)


def test_the_learned_weight_is_expected_instead_of_the_catalogs(session: Session) -> None:
    floor = _mug_of_300_g(session)
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh)
    assert screen.expected_g == _CARTON_G + 2 * 300 + 150
    assert floor.packer.scan("N875").tone == "ok"


def test_a_wrong_weight_by_learned_weights_asks_for_each_unit_again(session: Session) -> None:
    floor = _mug_of_300_g(session)
    assert floor.packer.scan("N600").words == "600 g, not 870 g. Count again"
    screen = floor.packer.sees()
    assert isinstance(screen, CountAgain)
    assert (screen.done, screen.total) == (0, 3)
    assert floor.packer.scan("N600").tone == "wrong"
    assert floor.packer.scan("WEIGH").tone == "wrong"
    assert floor.packer.scan(floor.mug_code, floor.towel_code).words == "2 of 3"
    assert floor.packer.scan(floor.mug_code).words == "All 3 counted. Weigh again"
    assert isinstance(floor.packer.sees(), BoxAndWeigh)
    assert floor.packer.scan("N870").tone == "ok"
    assert session.scalars(select(ExceptionItem)).all() == []


def test_a_box_counted_right_that_weighs_the_same_again_is_taken_and_told(session: Session) -> None:
    floor = _mug_of_300_g(session)
    _ = floor.packer.scan("N600", floor.mug_code, floor.mug_code, floor.towel_code, "N602")
    assert isinstance(floor.packer.sees(), BuyingLabel)
    assert "weighs 602 g, expected 870 g" in session.scalars(select(ExceptionItem.text)).one()


def test_another_wrong_weight_after_the_count_asks_for_it_anew(session: Session) -> None:
    floor = _mug_of_300_g(session)
    _ = floor.packer.scan("N600", floor.mug_code, floor.mug_code, floor.towel_code, "N700")
    screen = floor.packer.sees()
    assert isinstance(screen, CountAgain)
    assert (screen.done, screen.doubted_g) == (0, 700)


def test_a_unit_too_many_and_a_foreign_one_are_caught_by_the_count(session: Session) -> None:
    floor = _mug_of_300_g(session)
    foreign = builders.barcode(session, builders.product(session))
    _ = floor.packer.scan("N1170", floor.mug_code, floor.mug_code)
    assert floor.packer.scan(floor.mug_code).words == "EXTRA. PUT IN RED TOTE"
    assert floor.packer.scan(foreign).words == "NOT IN THIS ORDER. PUT IN RED TOTE"
    causes = session.scalars(select(JournalEntry.data).where(JournalEntry.event == "WrongUnitCaught")).all()
    assert [data["cause"] for data in causes] == ["extra", "foreign"]
    screen = floor.packer.sees()
    assert isinstance(screen, CountAgain)
    assert screen.done == 2


def test_a_unit_that_the_count_misses_is_taken_out_by_undo(session: Session) -> None:
    floor = _mug_of_300_g(session)
    _ = floor.packer.scan("N720", floor.mug_code, floor.mug_code, "UNDO")
    assert isinstance(floor.packer.sees(), ScanItems)
    _ = floor.packer.scan(floor.towel_code)
    assert isinstance(floor.packer.sees(), BoxAndWeigh)


def test_the_same_units_put_back_are_doubted_as_before(session: Session) -> None:
    floor = _mug_of_300_g(session)
    _ = floor.packer.scan("N600", "UNDO", floor.towel_code)
    screen = floor.packer.sees()
    assert isinstance(screen, CountAgain)
    assert (screen.doubted_g, screen.done, screen.total) == (600, 1, 3)
    assert floor.packer.scan("N600").tone == "wrong"
    assert floor.packer.scan("WEIGH").tone == "wrong"
    _ = floor.packer.scan(floor.mug_code, floor.mug_code, "N870")
    assert isinstance(floor.packer.sees(), BuyingLabel)
    assert session.scalars(select(ExceptionItem)).all() == []


def test_a_unit_counted_once_and_taken_out_is_not_counted_twice(session: Session) -> None:
    floor = _mug_of_300_g(session)
    _ = floor.packer.scan("N600", floor.towel_code, "UNDO", floor.towel_code)
    screen = floor.packer.sees()
    assert isinstance(screen, CountAgain)
    assert (screen.done, screen.total) == (1, 3)


def test_a_box_that_is_split_again_with_the_same_units_is_doubted_as_before(session: Session) -> None:
    floor = packers.bench(session)
    packers.learn_weights(session, floor)
    _ = floor.packer.scan(floor.tote.barcode, floor.mug_code, floor.mug_code, "SPLIT", "N500")
    _ = floor.packer.scan(floor.mug_code, floor.mug_code)
    assert isinstance(floor.packer.sees(), BoxAndWeigh)
    assert floor.packer.scan("UNDO").words == "UNDO. Box 1 takes items again"
    _ = floor.packer.scan("SPLIT")
    assert floor.packer.scan("WEIGH").words == "Count the units, then weigh again"


def test_other_contents_are_weighed_as_if_nothing_had_been(session: Session) -> None:
    floor = _mug_of_300_g(session)
    _ = floor.packer.scan("N600", "UNDO", "UNDO", "SPLIT")
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh)
    assert (screen.doubted_g, screen.expected_g) == (0, _CARTON_G + 300)
    assert floor.packer.scan("N600").words == "600 g, not 420 g. Count again"
    screen = floor.packer.sees()
    assert isinstance(screen, CountAgain)
    assert (screen.done, screen.total) == (0, 1)


def test_a_doubt_is_over_with_the_weight_that_is_taken(session: Session) -> None:
    floor = _mug_of_300_g(session)
    _ = floor.packer.scan("N600", "UNDO", "SPLIT", "WEIGH")
    packers.take_back(session, floor.order, _voided(session, floor))
    _ = floor.packer.scan("UNDO", floor.towel_code)
    screen = floor.packer.sees()
    assert isinstance(screen, BoxAndWeigh)
    assert screen.doubted_g == 0


def _voided(session: Session, floor: Floor) -> Label:
    """The label of the box on the bench, bought and thrown away."""
    label = packers.buy(session, floor.order, "OFF0001")
    _ = floor.packer.scan("VOID", "YES")
    return label


def test_only_the_lead_may_accept_a_wrong_weight(session: Session) -> None:
    floor = _mug_of_300_g(session)
    _ = floor.packer.scan("N600")
    assert floor.packer.scan("YES").words == "Only the lead may. Count again"
    floor.packer.actor = _as_lead(floor)
    assert floor.packer.scan("YES").tone == "ok"
    assert isinstance(floor.packer.sees(), BuyingLabel)
    assert packers.package_of(session, floor.order).weight_g == 600


def _as_lead(floor: Floor) -> Actor:
    roles = frozenset({Role.SUPERVISOR})
    return dataclasses.replace(floor.packer.actor, roles=roles)


def test_goods_that_vary_may_be_off_by_what_they_vary(session: Session) -> None:
    floor = _mug_of_300_g(session)
    melon = session.get_one(LearnedWeight, (builders.WAREHOUSE, floor.mug.id))
    melon.spread_mg = 40_000
    session.flush()
    assert floor.packer.scan("N1100").tone == "ok"


def test_the_stock_page_says_what_was_learned_of_a_product(session: Session) -> None:
    floor = _mug_of_300_g(session)
    page = adjusting.look(session, builders.actor(), floor.mug.sku)
    assert page.weight == Learned(unit_g=300.0, samples=ENOUGH)
