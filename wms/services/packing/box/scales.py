"""The scale of a packing station: a screen asks it for its box's weight, and says in words how the scale stands."""

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.floor import Station
from wms.domain.outbox import JobKind, keep_asking
from wms.domain.people import Worker, WorkerSession, read_roles
from wms.domain.weighing import ScaleState, Weighing
from wms.services.packing.on_bench import Bench
from wms.services.scans.scanning import read_verdict
from wms.services.scans.screens import Feedback

_RARELY_S = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """A screen that asks: the scale's address, the box whose weight is wanted, and who packs it."""

    station_id: int
    url: str
    package_id: int
    state: ScaleState
    packer: Actor


def word(session: Session, actor: Actor, bench: Bench) -> str:
    """How a station's scale stands for the box: '' for no scale, unasked, silent, or a word of ScaleState."""
    url, weighing = _of(session, actor, bench.station_id)
    if not url:
        return ""
    if weighing is None or weighing.package_id != bench.package_id or not weighing.is_asked(actor.at):
        return "unasked"
    return "silent" if weighing.is_silent(actor.at) else weighing.state.value


def _of(session: Session, actor: Actor, station_id: int) -> tuple[str, Weighing | None]:
    row = session.execute(
        select(Station.scale, Weighing)
        .outerjoin(Weighing, and_(Weighing.warehouse_id == Station.warehouse_id, Weighing.station_id == Station.id))
        .where(Station.warehouse_id == actor.warehouse_id, Station.id == station_id)
        .execution_options(populate_existing=True)
    ).one()
    return row[0], row[1]


def ask(session: Session, actor: Actor, bench: Bench) -> None:
    """Ask the station's scale for the weight of the box on the bench, or go on asking; a worker looks meanwhile."""
    url, weighing = _of(session, actor, bench.station_id)
    if not url or actor.session_id is None:
        return
    if weighing is None:
        weighing = Weighing(
            warehouse_id=actor.warehouse_id,
            station_id=bench.station_id,
            package_id=bench.package_id,
            session_id=actor.session_id,
            began_at=actor.at,
            asked_at=actor.at,
        )
        session.add(weighing)
    elif (actor.at - weighing.asked_at).total_seconds() < _RARELY_S and weighing.package_id == bench.package_id:
        return  # asked just now; screens ask more often than it is worth to write
    weighing.ask(bench.package_id, actor.session_id, actor.at)
    key = f"weigh-{bench.station_id}"
    keep_asking(session, actor, JobKind.WEIGH, key, station_id=bench.station_id)
    session.flush()


def take_verdict(session: Session, actor: Actor, station_id: int) -> Feedback | None:
    """Return what was said to the weight taken last, once; None where the page has heard it."""
    _, weighing = _of(session, actor, station_id)
    if weighing is None or not weighing.verdict:
        return None
    verdict, weighing.verdict = read_verdict(weighing.verdict), {}
    session.flush()
    return verdict


def asking(session: Session, actor: Actor, station_id: int) -> Asking | None:
    """Return which box a station's screen asks to be weighed; None where no screen asks now."""
    url, weighing = _of(session, actor, station_id)
    if not url or weighing is None or not weighing.is_asked(actor.at):
        return None
    return Asking(
        station_id=station_id,
        url=url,
        package_id=weighing.package_id,
        state=weighing.state,
        packer=_packer(session, actor, weighing.session_id),
    )


def _packer(session: Session, actor: Actor, session_id: int) -> Actor:
    """Return whoever packs the box as the actor of its weighing, which the scale does for them."""
    row = session.execute(
        select(Worker, WorkerSession)
        .join(
            WorkerSession, and_(WorkerSession.warehouse_id == Worker.warehouse_id, WorkerSession.worker_id == Worker.id)
        )
        .where(WorkerSession.warehouse_id == actor.warehouse_id, WorkerSession.id == session_id)
    ).one()
    return Actor(
        warehouse_id=actor.warehouse_id,
        at=actor.at,
        worker_id=row.Worker.id,
        name=row.Worker.name,
        device="scale",
        roles=read_roles(row.Worker.roles_text),
        session_id=session_id,
        station_id=row.WorkerSession.station_id,
    )
