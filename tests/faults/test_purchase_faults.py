"""Labels bought from a carrier that fails, by workers killed at random: each box ends with its one paid label.

What must come of a fault that no waiting mends, by hand: a purchase without a label that prints is given back and the
box gets another; a void that is refused is asked for again until it is granted; odd words and numbers change nothing.
"""

from pathlib import Path

from tests.faults.purchases import AT_LEAST, sell
from wms import config
from wms.carriers.fake_shippo_ways import WAY

BOXES = 150


def test_each_box_ends_with_one_paid_label_whatever_fails_and_whoever_is_killed(tmp_path: Path) -> None:
    settings = config.load({"WMS_DATABASE_URL": f"sqlite:///{tmp_path / 'wms.db'}", "WMS_DATA_DIR": str(tmp_path)})
    sale = sell(settings, tmp_path, boxes=BOXES)
    print(sale)
    assert (sale.paid_twice, sale.lost, sale.unpaid, sale.unusable, sale.wrong) == (0, 0, 0, 0, ())
    # Enough of a storm to show something.
    assert sale.failed.total() > sale.requests / 5
    assert sale.kills > 2
    assert sale.given_back >= sale.unprintable > 1
    assert all(sale.failed[f"{call}: {fault}"] for call, faults in AT_LEAST.items() for fault in faults)
    assert sale.answers_kept > BOXES / 2
    # Each step of each paid box's way, posted twice or late, is told once and in its own order.
    assert sale.misplaced == 0
    assert sale.events == sale.paid * len(WAY)
    assert sale.posted > sale.events
