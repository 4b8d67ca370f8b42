"""The packing slip at the bench: PACKING SLIP prints that of the box, or of the one sealed last."""

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.packing import PackageStatus
from wms.domain.saying import say
from wms.services.packing.box.labels import last_sealed
from wms.services.packing.on_bench import Bench
from wms.services.printing import slips
from wms.services.scans import feedback
from wms.services.scans.screens import Feedback

_ASKED = "asked for at the station"


def print_slip(session: Session, actor: Actor, bench: Bench) -> Feedback:
    """Print the slip of the box on the bench, once it holds all that goes into it."""
    if bench.package_status is not PackageStatus.OPEN or not bench.is_full:
        return feedback.wrong(say("Scan all items first"))
    return _printed(session, actor, bench.package_id)


def print_last(session: Session, actor: Actor, station_id: int) -> Feedback:
    """Print the slip of the box sealed last at a station."""
    found = last_sealed(session, actor, station_id)
    if found is None:
        return feedback.wrong(say("No sealed box here. Nothing to print"))
    return _printed(session, actor, found[0].id)


def _printed(session: Session, actor: Actor, package_id: int) -> Feedback:
    job = slips.print_slip(session, actor, package_id, _ASKED)
    return feedback.told(say("PACKING SLIP. Copy {n}", n=job.copy))
