"""Two scanners of one station at the same moment: each unit counts once, on either engine."""

import threading

from sqlalchemy import Engine, func, select

from tests import builders, packers
from wms.database import reading, transaction
from wms.domain.packing import Package, PackageLine
from wms.services import packing
from wms.services.scans import scanning
from wms.services.scans.scanning import Pulled
from wms.services.scans.screens import Feedback
from wms.services.verifying import verify


def _at_once(engine: Engine, floor: packers.Floor, token: str, codes: tuple[str, ...]) -> list[Feedback]:
    """Post one scan for each code from threads that start together."""
    start = threading.Barrier(len(codes))
    said: list[Feedback] = []

    def scan(number: int, code: str) -> None:
        _ = start.wait()
        with transaction(engine) as session:
            pulled = Pulled(code=code, scan=f"at-once-{number}", token=token)
            actor = floor.packer.actor
            answer = scanning.take(session, actor, "packing", pulled, packing.current_screen, packing.judge)
        said.append(answer.feedback)

    threads = [threading.Thread(target=scan, args=each) for each in enumerate(codes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_three_scans_at_once_of_two_units_count_two_and_stop_at_the_third(engine: Engine) -> None:
    with transaction(engine) as session:
        floor = packers.bench(session)
        _ = floor.packer.scan(floor.tote.barcode)
        token = floor.packer.sees().token
    said = _at_once(engine, floor, token, (floor.mug_code,) * 3)
    assert sorted(verdict.cue for verdict in said) == ["line", "step", "stop"]
    with reading(engine) as session:
        assert session.scalar(select(func.sum(PackageLine.quantity))) == 2
        assert verify(session, builders.WAREHOUSE) == []


def test_two_totes_scanned_at_once_open_one_box(engine: Engine) -> None:
    with transaction(engine) as session:
        floor = packers.bench(session)
        other = packers.another(session, floor)
        token = floor.packer.sees().token
    said = _at_once(engine, floor, token, (floor.tote.barcode, other.tote.barcode))
    assert sorted(verdict.tone for verdict in said) == ["ok", "warn"]
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Package)) == 1
        assert verify(session, builders.WAREHOUSE) == []
