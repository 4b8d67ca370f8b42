"""The shelf of a line: proved by its label, its address or its number, and named when it is another one."""

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.codes import Code, CodeKind
from wms.domain.journal import record
from wms.domain.picked import StepKind
from wms.domain.picking import LocationReached, Proof
from wms.domain.saying import say
from wms.services.picking.walk import steps, tasks
from wms.services.picking.walk.at_stop import Stop
from wms.services.scans import feedback
from wms.services.scans.recognising import find_location
from wms.services.scans.screens import Feedback


def names_location(stop: Stop, code: Code) -> bool:
    """Tell whether a scan proves the stop's location: its barcode, or its address or check string typed."""
    return code.text in {stop.location_code, stop.location.upper(), stop.check.upper()}


def stand(session: Session, actor: Actor, stop: Stop, code: Code) -> None:
    """Note that the picker stands at the stop's location, and how a scan has proved it."""
    proof = Proof.LABEL if code.text == stop.location_code else Proof.TYPED
    if code.text == stop.check.upper():
        proof = Proof.CHECK_STRING
    tasks.stand_at(session, actor, stop.batch_id, stop.location_id, proof)


def reach(session: Session, actor: Actor, stop: Stop, code: Code) -> None:
    """Note that a scan has proved the stop's location, where it was asked for."""
    stand(session, actor, stop, code)
    before = {"location": stop.standing_id, "proof": stop.standing_proof}
    steps.note(session, actor, stop.batch_id, stop.task_id, StepKind.LOCATION, **before)
    record(session, actor, LocationReached(order_id=stop.order_id, task_id=stop.task_id, location=stop.location))


def wrong_location(session: Session, actor: Actor, stop: Stop, code: Code) -> Feedback | None:
    """Name another location where the scan is one, else None."""
    other = find_location(session, actor, code)
    if other is not None:
        return feedback.wrong(say("That is {other}. Go to {location}", other=other.code, location=stop.location))
    if code.kind is CodeKind.LOCATION:
        return feedback.unknown(code)
    if len(code.text) == len(stop.check) and code.text.isdigit():
        return feedback.wrong(say("Not the number of {location}", location=stop.location))
    return None


def scanned_again(session: Session, actor: Actor, stop: Stop, code: Code) -> Feedback | None:
    """Judge a location scanned where another thing is wanted; None where the scan is no location."""
    if names_location(stop, code):
        return feedback.told(say("You are at {location}", location=stop.location))
    refused = wrong_location(session, actor, stop, code)
    if refused is not None:
        # Whoever scans another shelf stands there: the right one must be proved again.
        tasks.stand_at(session, actor, stop.batch_id, None, Proof.NONE)
    return refused
