import pytest
from sqlalchemy import Engine, select

from tests import builders
from tests.simulator import warehouse
from tests.simulator.floor import floor, scale, work
from wms.config import Settings
from wms.database import reading, transaction
from wms.domain.actor import Role
from wms.domain.packing import Package
from wms.simulator.hall import Hall, TooFewError
from wms.simulator.person import Habits
from wms.simulator.shift import Plan, Shift

# Slips far above the usual, so that a small shift meets each of them.
CLUMSY = Habits(wrong_rate=0.08, short_rate=0.08, double_rate=0.1)


def test_a_small_shift_ships_all_that_has_stock_and_prints_each_label_once(empty: Settings) -> None:
    with floor(empty) as (engine, server):
        report = work(engine, server, Plan(orders=12, pickers=2, packers=1, seed=7, habits=CLUMSY))
    assert report.faults == []
    assert report.orders_shipped == report.orders_total == report.must_ship == 12
    assert report.labels_printed == report.labels_bought == report.boxes_sealed == 12
    assert report.labels_read == 3
    assert report.doubles > 0
    assert report.slips > 0
    assert report.scan_ms_p50 > 0


@pytest.mark.parametrize("empty", ["postgresql"], indirect=True)
def test_clumsy_people_sort_orders_at_the_put_wall_and_lose_nothing(empty: Settings) -> None:
    with floor(empty) as (engine, server):
        plan = Plan(orders=7, pickers=2, packers=1, seed=5, habits=CLUMSY, at_wall=True)
        report = work(engine, server, plan)
    assert report.faults == []
    assert report.orders_shipped == 7
    assert report.units_sorted > 7


@pytest.mark.parametrize("empty", ["sqlite"], indirect=True)
def test_a_packer_at_a_bench_with_a_scale_types_no_weight(empty: Settings) -> None:
    with floor(empty) as (engine, server), scale(engine):
        shift = Shift(engine, server.url, Plan(orders=4, pickers=1, packers=1, seed=7))
        report = shift.run(lambda _: None)
    assert report.faults == []
    assert report.orders_shipped == 4
    assert shift.tally["scans_on_box_and_weigh"] == 0
    with reading(engine) as session:
        assert all(session.scalars(select(Package.weighed)).all())


def test_more_people_than_badges_are_refused(engine: Engine) -> None:
    with transaction(engine) as session:
        warehouse.furnish(session)
    with pytest.raises(TooFewError, match="needs 9 picker badges, the warehouse has 2"):
        _ = Hall(engine, builders.WAREHOUSE).team(Role.PICKER, 9)


@pytest.mark.parametrize("empty", ["sqlite"], indirect=True)
def test_a_floor_on_which_nothing_moves_is_told_with_what_each_person_sees(empty: Settings) -> None:
    # Nobody buys labels without a worker, so the packer waits for ever.
    with floor(empty, "--no-worker") as (engine, server):
        report = work(engine, server, Plan(orders=1, pickers=1, packers=1, seed=3, stuck_s=10))
    assert report.stopped_because.startswith("Nothing has moved for 10 s")
    assert report.people == {"Marta": "home", "Ana": "buying_label"}
    assert report.must_ship_missing == 1
