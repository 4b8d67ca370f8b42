"""Shifts through a power cut and over a bad line: nothing is lost, nothing is doubled."""

import datetime as dt

import pytest
from sqlalchemy import Engine, update

from tests.simulator.floor import Server, floor, work
from wms.config import Settings
from wms.database import transaction
from wms.domain.outbox import Job
from wms.simulator.report import Report
from wms.simulator.shift import Plan, Shift

_LEASE = dt.timedelta(seconds=60)


def assert_nothing_lost_nothing_doubled(report: Report, orders: int) -> None:
    assert report.faults == []
    assert report.orders_shipped == report.must_ship == orders
    assert report.labels_printed == report.labels_bought == orders
    assert report.labels_duplicated == report.labels_missing == report.verify_breaches == 0


def let_leases_run_out(engine: Engine) -> None:
    """Let the minute pass after which the work of a dead worker is anybody's."""
    with transaction(engine) as session:
        leased = Job.leased_until.is_not(None)
        _ = session.execute(update(Job).where(leased).values(leased_until=dt.datetime.now(dt.UTC) - _LEASE))


def test_a_server_killed_in_the_middle_of_a_shift_loses_and_doubles_nothing(empty: Settings) -> None:
    kills = 0

    def power_cut(engine: Engine, server: Server, shift: Shift) -> None:
        nonlocal kills
        # Once while people only pick, and once while boxes are labelled and sealed.
        cuts = (shift.tally["lines_picked"] > 3, shift.tally["boxes_sealed"] > 1)
        if kills < len(cuts) and cuts[kills]:
            kills += 1
            server.kill()
            let_leases_run_out(engine)
            server.start()

    with floor(empty) as (engine, server):
        plan = Plan(orders=8, pickers=2, packers=1, seed=11)
        report = work(engine, server, plan, lambda shift: power_cut(engine, server, shift))
    assert kills == 2
    assert report.retries > 0
    assert_nothing_lost_nothing_doubled(report, orders=8)


@pytest.mark.parametrize("empty", ["sqlite"], indirect=True)
def test_a_line_that_loses_one_answer_in_ten_loses_and_doubles_nothing(empty: Settings) -> None:
    with floor(empty) as (engine, server):
        report = work(engine, server, Plan(orders=6, pickers=2, packers=1, seed=5, drop_rate=0.1))
    assert report.answers_dropped > 5
    assert_nothing_lost_nothing_doubled(report, orders=6)
