from tests.simulator.floor import floor, work
from wms.config import Settings
from wms.simulator.person import Habits
from wms.simulator.shift import Plan

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
