"""Rate shopping: which service carries a box, and why.

The cheapest of the services that the shop's shipping method allows, as long as the promise is kept: its carrier
collects no later than was promised, and it is on the way no longer than the service the order was promised with.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from wms.carriers.base import Rate
from wms.domain.actor import Actor
from wms.domain.calendar import CarrierService, ServiceChosen, ShippingMethod
from wms.domain.journal import record
from wms.domain.orders import Order
from wms.domain.packing import Package, PackageStatus
from wms.domain.shipping import STANDING, Label
from wms.services.orders.promising import DEFAULT_METHOD, timetable


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A service that may carry the box; `in_time`: its carrier collects no later than was promised."""

    service: str
    in_time: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What may carry a box: `asked` is the service its order was promised with, which may be no candidate any more.

    For a box after the first it is the service that the first one goes with.
    """

    asked: str
    candidates: tuple[Candidate, ...]

    @property
    def only(self) -> str | None:
        """The service asked for, where it is the only one left and there is nothing to judge; else None."""
        return self.asked if self.candidates == (Candidate(service=self.asked, in_time=True),) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The rate taken and, in words, why; `rate` is None where no allowed service keeps the promise."""

    rate: Rate | None
    why: str


def choose(rule: Rule, rates: Sequence[Rate]) -> Choice:
    """Return the cheapest allowed rate that keeps the promise; at one price the service asked for comes first.

    Where that cannot be had, not sold or refused, nothing says how long the way may take: the box must leave in time.
    Prices are compared in one currency, that of the service asked for or else the one that most are priced in.
    """
    currency = _currency(rule, rates)
    cheapest: dict[str, Rate] = {}
    for rate in sorted(rates, key=lambda rate: (rate.currency != currency, rate.amount_cents, rate.rate_id)):
        _ = cheapest.setdefault(rate.service, rate)
    may_go_as_asked = any(candidate.service == rule.asked for candidate in rule.candidates)
    asked = cheapest.get(rule.asked) if may_go_as_asked else None
    fit: list[Rate] = []
    passed: list[str] = []
    for candidate in rule.candidates:
        offered = cheapest.get(candidate.service)
        why_not = "not offered" if offered is None else _why_not(candidate, offered, asked, currency)
        if offered is None or why_not:
            passed.append(f"{candidate.service} {why_not}")
        else:
            fit.append(offered)
    if not fit:
        return Choice(rate=None, why=f"No allowed service keeps the promise: {'; '.join(passed) or 'none is left'}.")
    fit.sort(key=lambda rate: (rate.amount_cents, rate.service != rule.asked, rate.service))
    best, *dearer = fit
    others = [f"{rate.service} {_price(rate)}" for rate in dearer] + passed
    before = f", before {'; '.join(others)}" if others else ""
    is_plain = best.service == rule.asked and not before
    return Choice(rate=best, why="" if is_plain else f"{best.service} {_price(best)}{before}")


def _currency(rule: Rule, rates: Sequence[Rate]) -> str:
    """Return the currency to compare in: of most offers of the service asked for, else of all allowed ones."""
    allowed = {candidate.service for candidate in rule.candidates}
    counted = Counter(rate.currency for rate in rates if rate.service in allowed)
    asked = Counter(rate.currency for rate in rates if rate.service in allowed & {rule.asked})
    return next((currency for currency, _ in (asked or counted).most_common(1)), "")


def _why_not(candidate: Candidate, rate: Rate, asked: Rate | None, currency: str) -> str:
    """Say why a rate would break the promise or cannot be compared; '' where it may be taken."""
    if not candidate.in_time:
        return "leaves too late"
    if rate.currency != currency:
        return f"is priced in {rate.currency}"
    if asked is None or rate.service == asked.service:
        return ""
    if rate.days is None or asked.days is None:
        return "does not say how long it takes"
    return f"takes {rate.days} days" if rate.days > asked.days else ""


def _price(rate: Rate) -> str:
    days = "" if rate.days is None else f" in {rate.days} d"
    return f"{rate.amount_cents / 100:.2f} {rate.currency}{days}"


def rule_of(session: Session, actor: Actor, order: Order, package_id: int, declined: Sequence[str]) -> Rule:
    """Return what may carry a box of an order, without the services `declined` for it.

    All boxes of an order go with one service: a box after the first has no choice.
    """
    services = session.scalars(select(CarrierService).where(CarrierService.warehouse_id == actor.warehouse_id)).all()
    table = timetable(session, actor.warehouse_id, actor.at)
    by_id = {row.id: row for row in services}
    goes_with = by_id.get(order.carrier_service_id or 0)
    # An order that a cheaper service was to carry may go with the one it was promised with all the same.
    asked = by_id.get(table.asked(order) or 0, goes_with)
    taken = taken_by_others(session, actor, order, package_id)
    known = {row.service for row in (asked, goes_with) if row is not None}
    allowed = {taken} if taken else {*_allowed(session, actor, order), *known}

    def is_in_time(row: CarrierService) -> bool:
        if row is asked or row.service == taken or order.ship_by_at is None:
            return True
        found = table.next_collections.get(row.carrier)
        return found is not None and found.ship_by_at <= order.ship_by_at

    return Rule(
        asked=taken or (asked.service if asked else ""),
        candidates=tuple(
            Candidate(service=row.service, in_time=is_in_time(row))
            for row in sorted(services, key=lambda row: row.service)
            if row.service in allowed and row.service not in declined
        ),
    )


def taken_by_others(session: Session, actor: Actor, order: Order, package_id: int) -> str | None:
    """Return the service that another box of the order goes with."""
    return session.scalars(
        select(Label.service)
        .join(Package, and_(Package.warehouse_id == Label.warehouse_id, Package.id == Label.package_id))
        .where(
            Label.warehouse_id == actor.warehouse_id,
            Package.order_id == order.id,
            Package.id != package_id,
            Package.status != PackageStatus.CANCELLED,
            Label.status.in_(STANDING),
            Label.prepared.is_not(None),
        )
        .order_by(Label.id)
        .limit(1)
    ).one_or_none()


def _allowed(session: Session, actor: Actor, order: Order) -> Sequence[str]:
    """Return the services that the order's shipping method allows beside the one it means."""
    words = (order.shipping_method.strip().lower(), DEFAULT_METHOD)
    rows = session.scalars(
        select(ShippingMethod).where(
            ShippingMethod.warehouse_id == actor.warehouse_id, ShippingMethod.method.in_(words)
        )
    )
    found = {row.method: row.allowed for row in rows}
    return found.get(words[0], found.get(DEFAULT_METHOD, []))


def take(session: Session, actor: Actor, order: Order, service: str, why: str) -> None:
    """Let an order go with another service: its carrier's next collection is the order's from now on."""
    row = session.scalars(
        select(CarrierService).where(
            CarrierService.warehouse_id == actor.warehouse_id, CarrierService.service == service
        )
    ).one()
    if row.id == order.carrier_service_id:
        return
    order.carrier_service_id = row.id
    _ = timetable(session, actor.warehouse_id, actor.at).renew(order)
    record(session, actor, ServiceChosen(order_id=order.id, number=order.number, service=service, why=why[:300]))
