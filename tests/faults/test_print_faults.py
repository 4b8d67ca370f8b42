"""Print jobs through printers of which half are in trouble: what is told is what lies in the trays."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from printers.virtual import control
from tests.faults import printers
from tests.faults.node import Visit, let_leases_end, node
from tests.faults.printers import IMPATIENT, Day, hall, troubled_day
from tests.faults.troubles import TROUBLES, End, Trouble
from wms import config
from wms.config import Settings
from wms.database import reading
from wms.domain.outbox import Job
from wms.domain.printing import PrintStatus

# Each has a share of the troubles; the more there are, the shorter the test.
PRINTERS_OF_TWO = 8


def test_500_jobs_through_bad_days_are_each_told_truly_and_none_comes_out_twice(tmp_path: Path) -> None:
    settings = config.load({"WMS_DATABASE_URL": f"sqlite:///{tmp_path / 'wms.db'}", "WMS_DATA_DIR": str(tmp_path)})
    day = troubled_day(settings, tmp_path, jobs=500)
    print(day)
    assert day.wrong == ()
    assert (day.jobs, day.labels) == (500, day.labels_wanted)
    assert day.is_right
    assert set(day.troubles) == {trouble.name for trouble in TROUBLES}
    assert day.troubles.total() == 250
    assert day.ends[End.UNKNOWN] == sum(
        day.troubles[trouble.name] for trouble in TROUBLES if trouble.end is End.UNKNOWN
    )


@pytest.fixture
def shared(new_postgres_database: Callable[..., str], tmp_path: Path) -> Settings:
    """Settings of an empty database for several nodes."""
    return config.load({"WMS_DATABASE_URL": new_postgres_database(), "WMS_DATA_DIR": str(tmp_path)})


def test_two_nodes_share_printers_in_every_trouble_and_are_never_at_one_together(
    shared: Settings, tmp_path: Path
) -> None:
    day = troubled_day(shared, tmp_path, jobs=2 * len(TROUBLES), printers=PRINTERS_OF_TWO, nodes=2)
    print(day)
    assert day.wrong == ()
    assert day.labels == day.labels_wanted
    assert set(day.troubles) == {trouble.name for trouble in TROUBLES}
    assert len({visit.process for visit in day.visits}) == 2
    assert len({visit.printer for visit in day.visits}) == PRINTERS_OF_TWO
    assert day.overlaps == ()
    assert day.is_right


@pytest.mark.parametrize(("on_paper", "code"), [(1, 0), (2, 1)])
def test_the_command_fails_where_a_job_ends_as_it_must_not(
    monkeypatch: pytest.MonkeyPatch, on_paper: int, code: int
) -> None:
    trouble = Trouble(name="paper nearly out", before={"paper_low": "flag"}, end=End.PRINTED, on_paper=on_paper)
    monkeypatch.setattr(printers, "TROUBLES", (trouble,))
    assert printers.main(["--jobs", "2", "--printers", "1"]) == code


def a_day(**changed: Any) -> Day:
    """A day on which all went well, but for what is changed."""
    told = {"jobs": 2, "ends": Counter[str](), "troubles": Counter[str](), "labels": 2, "labels_wanted": 2, "wrong": ()}
    return Day(**{**told, "visits": (a_visit(0, 1), a_visit(1, 2), a_visit(0, 2, "other")), "seconds": 1.0, **changed})


def a_visit(begun: float, ended: float, printer: str = "one") -> Visit:
    return Visit(printer=printer, begun=begun, ended=ended, process=1)


@pytest.mark.parametrize(
    ("changed", "is_right"),
    [({}, True), ({"labels": 3}, False), ({"labels": 1}, False), ({"wrong": ("JOB000001 is unknown",)}, False),
     ({"visits": (a_visit(0, 2), a_visit(1, 2))}, False)],
)  # fmt: skip
def test_a_day_is_right_only_where_each_figure_is(changed: dict[str, Any], is_right: bool) -> None:  # noqa: FBT001 - what is so
    assert a_day(**changed).is_right is is_right


def test_a_node_killed_at_a_printer_leaves_an_unknown_end_and_the_printer_to_the_other(
    shared: Settings, tmp_path: Path
) -> None:
    notes = tmp_path / "visits.txt"
    with (
        hall(shared, tmp_path, 1) as (engine, (bench,)),
        node(shared, notes, threads=2, **IMPATIENT) as one,
        node(shared, notes, threads=2, **IMPATIENT) as other,
    ):
        control.set_faults(bench.zebra, {"label_ms": 1500})
        sent = bench.ask(None)
        assert bench.zebra.wait_for_formats(1, timeout_s=60)
        with reading(engine) as session:
            owner = session.scalars(select(Job.owner).where(Job.owner != "")).one()
        lost = one if f"-{one.pid}-" in owner else other
        lost.kill()
        _ = lost.wait(60)
        later = bench.ask(None)
        assert bench.zebra.wait_until_idle()
        time.sleep(1)
        # Until the lease is over, the printer is the lost node's.
        assert [bench.job(job).status for job in (sent, later)] == [PrintStatus.SENDING, PrintStatus.QUEUED]
        let_leases_end(engine, lost.pid)
        bench.until(lambda: bench.has_ended(later))
        assert [bench.job(job).status for job in (sent, later)] == [PrintStatus.UNKNOWN, PrintStatus.PRINTED]
        assert [bench.on_paper(job) for job in (sent, later)] == [1, 1]
        assert bench.stands_in_inbox(sent)
