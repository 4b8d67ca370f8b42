"""A station is open on one screen: a second says so, and takes it over by one more scan of the station's code."""

import dataclasses
import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from tests.packers import Floor, Packer
from wms.domain.people import WorkerSession
from wms.services.packing.screens import ScanItems, ScanStation, ScanTote
from wms.services.packing.taking import OtherScreen


def _two(session: Session) -> tuple[Floor, Packer, Packer]:
    """A bench with an order on it, open on Ana's screen; Ben stands before a second one."""
    floor = packers.bench(session)
    ana, ben = packers.packer(session, name="Ana 1"), packers.packer(session, name="Ben 1")
    assert ana.scan(floor.station.barcode).words == f"Station {floor.station.name}"
    _ = ana.scan(floor.tote.barcode)
    assert isinstance(ben.sees(), ScanStation)
    return floor, ana, ben


def _session_of(session: Session, packer: Packer) -> WorkerSession:
    return session.scalars(select(WorkerSession).where(WorkerSession.id == packer.actor.session_id)).one()


def test_a_second_screen_of_a_station_says_that_it_is_open_on_the_other(session: Session) -> None:
    floor, ana, ben = _two(session)
    verdict = ben.scan(floor.station.barcode)
    assert (verdict.tone, verdict.words) == ("warn", f"{floor.station.name} is open on the other screen")
    screen = ben.sees()
    assert isinstance(screen, OtherScreen)
    assert (screen.accept, screen.job) == ((floor.station.barcode,), floor.station.name)
    assert ben.scan(floor.mug_code).words == "That is a PRODUCT. Scan the STATION"
    assert ana.scan(floor.mug_code).tone == "ok"


def test_its_code_scanned_once_more_moves_the_station_with_what_lies_on_it(session: Session) -> None:
    floor, ana, ben = _two(session)
    assert ben.scan(floor.station.barcode, floor.station.barcode).words == f"Station {floor.station.name}"
    assert isinstance(ben.sees(), ScanItems)
    assert isinstance(ana.sees(), OtherScreen)
    assert ben.scan(floor.mug_code).tone == "ok"
    assert ana.scan(floor.mug_code).words == "That is a PRODUCT. Scan the STATION"
    _ = ana.scan(floor.station.barcode)
    assert isinstance(ana.sees(), ScanItems)
    assert isinstance(ben.sees(), OtherScreen)


def test_a_screen_that_nobody_works_at_is_in_nobodys_way(session: Session) -> None:
    floor, ana, ben = _two(session)
    _session_of(session, ana).ended_at = builders.NOW
    session.flush()
    assert ben.scan(floor.station.barcode).tone == "ok"
    assert isinstance(ben.sees(), ScanItems)
    _session_of(session, ben).seen_at = builders.NOW - dt.timedelta(minutes=10)
    session.flush()
    cem = packers.packer(session, name="Cem 1")
    assert cem.scan(floor.station.barcode).tone == "ok"


def test_whoever_goes_to_another_station_leaves_the_first_open_for_others(session: Session) -> None:
    floor, ana, ben = _two(session)
    other = packers.another(session, floor)
    _ = ben.scan(floor.station.barcode)
    assert ben.scan(other.station.barcode).words == f"Station {other.station.name}"
    assert isinstance(ben.sees(), ScanTote)
    _ = ben.scan(floor.station.barcode)
    assert isinstance(ben.sees(), OtherScreen)
    assert isinstance(ana.sees(), ScanItems)


def test_the_next_worker_on_the_same_device_goes_on_at_the_station(session: Session) -> None:
    floor, ana, ben = _two(session)
    before, after = _session_of(session, ana), _session_of(session, ben)
    before.ended_at, after.device_id, after.station_id = builders.NOW, before.device_id, floor.station.id
    session.flush()
    assert isinstance(ben.sees(), ScanItems)


def _page(packer: Packer, page: str) -> Packer:
    """The same packer before another page of the same browser."""
    return dataclasses.replace(packer, actor=dataclasses.replace(packer.actor, page=page))


def _at_a_page(session: Session) -> tuple[Floor, Packer, Packer]:
    """A bench with an order on it, open on the first of two pages of one browser."""
    floor = packers.bench(session)
    ana = packers.packer(session, name="Ana 1")
    first, second = _page(ana, "page1"), _page(ana, "page2")
    _ = first.scan(floor.station.barcode, floor.tote.barcode)
    return floor, first, second


def test_a_second_page_of_the_same_browser_says_that_the_station_is_open_on_the_other(session: Session) -> None:
    floor, first, second = _at_a_page(session)
    screen = second.sees()
    assert isinstance(screen, OtherScreen)
    assert screen.accept == (floor.station.barcode,)
    assert second.scan(floor.mug_code).words == "That is a PRODUCT. Scan the STATION"
    assert first.scan(floor.mug_code).tone == "ok"


def test_the_stations_code_moves_it_from_page_to_page(session: Session) -> None:
    floor, first, second = _at_a_page(session)
    assert second.scan(floor.station.barcode).words == f"Station {floor.station.name}"
    assert isinstance(second.sees(), ScanItems)
    assert isinstance(first.sees(), OtherScreen)
    assert second.scan(floor.mug_code).tone == "ok"


def test_a_page_that_does_not_say_which_it_is_is_in_nobodys_way_and_has_nobody_in_its(session: Session) -> None:
    floor, first, _ = _at_a_page(session)
    plain = _page(first, "")
    assert isinstance(plain.sees(), ScanItems)
    assert plain.scan(floor.mug_code).tone == "ok"
    elsewhere = packers.another(session, floor)
    _ = plain.scan(floor.mug_code, floor.towel_code)
    unnamed = _page(elsewhere.packer, "")
    _ = unnamed.scan(elsewhere.tote.barcode)
    assert isinstance(_page(elsewhere.packer, "page1").sees(), ScanItems)
