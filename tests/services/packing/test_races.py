"""Two scanners of one station at the same moment: each unit counts once, on either engine."""

from functools import partial

from sqlalchemy import Engine, func, select

from tests import builders, packers
from tests.together import at_once
from wms.database import reading, transaction
from wms.domain.packing import Package, PackageLine
from wms.services import packing
from wms.services.scans import scanning
from wms.services.scans.scanning import Pulled
from wms.services.scans.screens import Feedback
from wms.services.verifying import verify


def _at_once(engine: Engine, floor: packers.Floor, token: str, codes: tuple[str, ...]) -> list[Feedback]:
    """Post one scan for each code at the same moment."""

    def scan(number: int, code: str) -> Feedback:
        with transaction(engine) as session:
            pulled = Pulled(code=code, scan=f"at-once-{number}", token=token)
            actor = floor.packer.actor
            return scanning.take(session, actor, "packing", pulled, packing.current_screen, packing.judge).feedback

    return at_once(*(partial(scan, *each) for each in enumerate(codes)))


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
