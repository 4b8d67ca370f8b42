"""The pause that Shippo asks for, in either form that HTTP has for it."""

import datetime as dt
from email.utils import format_datetime

import pytest

from tests.carriers.shipments import a_request
from wms.carriers.base import UnsettledError
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.carriers.shippo import ShippoCarrier
from wms.carriers.shippo_wire import seconds_of


@pytest.mark.parametrize(
    ("moment", "pause_s"),
    [(dt.timedelta(seconds=30), 30), (dt.timedelta(hours=1), 60), (dt.timedelta(hours=-1), 0)],
)
def test_a_pause_may_be_said_by_a_date(moment: dt.timedelta, pause_s: int) -> None:
    until = dt.datetime.now(dt.UTC) + moment
    assert seconds_of(format_datetime(until, usegmt=True)) == pytest.approx(pause_s, abs=2)


@pytest.mark.parametrize("header", ["", "soon", "-1", "Fri, 99 Nov 2026 10:00:00 GMT"])
def test_a_pause_that_cannot_be_read_is_none(header: str) -> None:
    assert seconds_of(header) is None


def test_a_look_up_that_is_throttled_says_when_to_come_back(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    prepared = shippo.prepare(a_request())
    fake.fail(Fault.THROTTLED, on="GET /transactions")
    with pytest.raises(UnsettledError) as unsettled:
        _ = shippo.find(prepared)
    assert unsettled.value.retry_after_s == 7
