"""The calendar: carriers' pickups, holidays, carrier services and the shop's words for them."""

from sqlalchemy.orm import Session

from wms.domain.actor import Actor
from wms.domain.calendar import CarrierService, Holiday, Pickup, ShippingMethod
from wms.services.importing.cells import BadRowError, Cells, quoted
from wms.services.importing.kinds import Kind, Outcome, find, keep, keyed, optional, required

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHORT = 3


def _weekday(text: str) -> int:
    day = text.lower()
    if day.isascii() and day.isdigit() and int(day) < len(DAYS):
        return int(day)
    if len(day) >= _SHORT and day[:_SHORT] in DAYS:
        return DAYS.index(day[:_SHORT])
    raise BadRowError(f"the weekday {quoted(text)} is not one of {', '.join(DAYS)} (or 0 for Monday to 6)")


def _keep_pickup(session: Session, actor: Actor, cells: Cells) -> Outcome:
    carrier, cutoff, pickup = cells.needed("carrier", 24).lower(), cells.clock("cutoff"), cells.clock("pickup")
    if cutoff > pickup:
        raise BadRowError(f"the cutoff {cutoff} is after the pickup {pickup}")
    outcomes = {
        keep(
            session,
            actor,
            Pickup,
            {"carrier": carrier, "weekday": weekday, "cutoff": cutoff},
            {"pickup": pickup},
        )[1]
        for weekday in [_weekday(part) for part in cells.several("weekday")]
    }
    return next(outcome for outcome in Outcome if outcome in outcomes)


PICKUPS = Kind(
    name="pickups",
    about="when carriers collect, and the latest moment an order must be ready",
    keep=_keep_pickup,
    columns=(
        keyed("carrier", "such as usps"),
        keyed("weekday", "mon to sun, several by |"),
        keyed("cutoff", "local time, 16:30"),
        required("pickup", "local time, 17:00"),
    ),
)


def _keep_holiday(session: Session, actor: Actor, cells: Cells) -> Outcome:
    return keep(session, actor, Holiday, {"day": cells.day("day")}, {"name": cells.text("name", 60)})[1]


HOLIDAYS = Kind(
    name="holidays",
    about="days on which no carrier collects",
    keep=_keep_holiday,
    columns=(keyed("day", "2026-12-25"), optional("name", "what day it is")),
)


def _keep_service(session: Session, actor: Actor, cells: Cells) -> Outcome:
    service = cells.needed("service", 60)
    given = {"carrier": cells.needed("carrier", 24).lower(), "name": cells.text("name", 60)}
    return keep(session, actor, CarrierService, {"service": service}, given, lambda: {"name": service})[1]


SERVICES = Kind(
    name="services",
    about="what is bought from carriers",
    keep=_keep_service,
    columns=(
        required("carrier", "such as usps"),
        keyed("service", "the carrier's token, such as usps_priority"),
        optional("name", "what people call it"),
    ),
)


def _keep_method(session: Session, actor: Actor, cells: Cells) -> Outcome:
    token = cells.needed("service", 60)
    service = find(session, actor, CarrierService, service=token)
    if service is None:
        raise BadRowError(f"the service {quoted(token)} is not known; import services first")
    key = {"method": cells.needed("method", 120).lower()}
    given = {"carrier_service_id": service.id, "allowed": _allowed(session, actor, cells)}
    return keep(session, actor, ShippingMethod, key, given)[1]


def _allowed(session: Session, actor: Actor, cells: Cells) -> list[str] | None:
    if cells.text("allowed", 1000) is None:
        return None
    tokens = cells.several("allowed")
    if tokens == ["none"]:
        return []
    for token in tokens:
        if find(session, actor, CarrierService, service=token) is None:
            raise BadRowError(f"the service {quoted(token)} is not known; import services first")
    return tokens


METHODS = Kind(
    name="methods",
    about="a shop's words for shipping and the carrier service they mean; * is the default",
    keep=_keep_method,
    columns=(
        keyed("method", "such as Standard, or *"),
        required("service", "a service's token"),
        optional("allowed", "others that may be taken where they cost less, several by |; none takes them away"),
    ),
)
