"""Labels bought from a carrier that fails, by workers killed at random: each box ends with its one paid label."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.faults import purchases
from tests.faults.purchases import Sale, sell
from wms import config
from wms.carriers.fake_shippo_ways import WAY

BOXES = 150


def test_each_box_ends_with_one_paid_label_whatever_fails_and_whoever_is_killed(tmp_path: Path) -> None:
    settings = config.load({"WMS_DATABASE_URL": f"sqlite:///{tmp_path / 'wms.db'}", "WMS_DATA_DIR": str(tmp_path)})
    sale = sell(settings, tmp_path, boxes=BOXES)
    print(sale)
    assert (sale.paid_twice, sale.lost, sale.unpaid, sale.wrong) == (0, 0, 0, ())
    # Enough of a storm to show something.
    assert sale.failed.total() > sale.requests / 5
    assert sale.kills > 2
    assert sale.given_back > 0
    assert sale.answers_kept > BOXES / 2
    # Each step of each paid box's way, posted twice or late, is told once and in its own order.
    assert sale.misplaced == 0
    assert sale.is_right
    assert sale.events == sale.paid * len(WAY)
    assert sale.posted > sale.events


def test_the_command_fails_where_boxes_have_no_paid_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purchases, "_PAID", frozenset[str]())
    assert purchases.main(["--boxes", "2", "--chance", "0"]) == 1


@pytest.mark.parametrize(
    ("changed", "is_right"),
    [({}, True), ({"wrong": ("package P1 has two labels",)}, False), ({"events": 2 * len(WAY) - 1}, False),
     *(({name: 1}, False) for name in ("paid_twice", "lost", "unpaid", "misplaced"))],
)  # fmt: skip
def test_a_sale_is_right_only_where_each_figure_is(changed: dict[str, Any], is_right: bool) -> None:  # noqa: FBT001 - what is so
    told: dict[str, Any] = dict.fromkeys(
        ("requests", "kills", "given_back", "answers_kept", "paid_twice", "lost", "unpaid", "posted", "misplaced"), 0
    )
    told |= {"boxes": 2, "paid": 2, "events": 2 * len(WAY), "failed": Counter(), "labels": Counter(), "wrong": ()}
    assert Sale(**{**told, "seconds": 1.0, **changed}).is_right is is_right
