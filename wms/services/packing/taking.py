"""Which screen a station is open on: the first that took it; another says so, and takes it over by one more scan."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.base import text_id
from wms.domain.codes import Code, CodeKind
from wms.domain.floor import Station
from wms.domain.people import WorkerSession
from wms.domain.saying import say
from wms.services.packing.bench import Found, desk
from wms.services.packing.screens import PackingScreen
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback


@dataclass(frozen=True, kw_only=True)
class OtherScreen(PackingScreen):
    """The station is open on another device's screen or another page of this one: its code, scanned here, moves it."""

    wants: str = "station"


def other_screen(row: Found) -> OtherScreen:
    """Return the screen of a desk whose station is open elsewhere."""
    return OtherScreen(token=f"other-{text_id(row.station_id)}", job=row.station, accept=(row.station_code,))


def take_station(session: Session, actor: Actor, code: Code) -> Feedback:
    """Stand at a station; where it is open on another screen, that is said first."""
    station = _locked(session, actor, code)
    if station is None:
        return feedback.unknown(code) if code.kind is CodeKind.STATION else feedback.wrong_type(code, "station")
    _ = session.execute(
        update(WorkerSession)
        .where(WorkerSession.warehouse_id == actor.warehouse_id, WorkerSession.id == actor.session_id)
        .values(station_id=station.id)
        .execution_options(synchronize_session=False)
    )
    row = desk(session, actor)
    if row is not None and row.is_elsewhere:
        return feedback.repeated(say("{station} is open on the other screen", station=station.name))
    return _open_here(session, actor, station)


def judge(session: Session, actor: Actor, code: Code, screen: OtherScreen) -> Feedback:
    """Take the station over by its code; another station is taken as usual."""
    station = _locked(session, actor, code)
    if station is None or code.text not in (screen.accept or ()):
        return take_station(session, actor, code)
    return _open_here(session, actor, station)


def _locked(session: Session, actor: Actor, code: Code) -> Station | None:
    return session.scalars(
        select(Station)
        .where(Station.warehouse_id == actor.warehouse_id, Station.barcode == code.text)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _open_here(session: Session, actor: Actor, station: Station) -> Feedback:
    station.device_id = session.scalars(
        select(WorkerSession.device_id).where(
            WorkerSession.warehouse_id == actor.warehouse_id, WorkerSession.id == actor.session_id
        )
    ).one()
    station.page = actor.page
    session.flush()
    return feedback.accepted(say("Station {station}", station=station.name))
