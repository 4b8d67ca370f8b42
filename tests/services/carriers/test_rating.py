"""Rate shopping: the cheapest allowed service that keeps the promise, with its reasons."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders, packers
from wms.carriers.base import Parcel, Rate
from wms.carriers.dimensional import billed_weight_g
from wms.domain.calendar import CarrierService, Pickup, ShippingMethod
from wms.domain.orders import Order
from wms.domain.shipping import Label, LabelStatus
from wms.services.carriers import rating
from wms.services.carriers.rating import Candidate, Rule


def _rule(*late: str, services: tuple[str, ...] = ("priority", "ground", "express")) -> Rule:
    return Rule(
        asked="priority",
        candidates=tuple(Candidate(service=service, in_time=service not in late) for service in services),
    )


def _rate(service: str, cents: int, days: int | None = 3, currency: str = "USD") -> Rate:
    return Rate(carrier="x", service=service, amount_cents=cents, currency=currency, days=days, rate_id=service)


def test_the_cheapest_that_is_as_quick_is_taken_and_the_others_are_named() -> None:
    rates = [_rate("priority", 800), _rate("ground", 600, 3), _rate("express", 2000, 1)]
    choice = rating.choose(_rule(), rates)
    assert choice.rate == rates[1]
    assert choice.why == "ground 6.00 USD in 3 d, before priority 8.00 USD in 3 d; express 20.00 USD in 1 d"


@pytest.mark.parametrize(
    ("rate", "late", "why"),
    [
        (_rate("ground", 600, 5), (), "ground takes 5 days"),
        (_rate("ground", 600, 3), ("ground",), "ground leaves too late"),
        (_rate("ground", 600, None), (), "ground does not say how long it takes"),
        (_rate("ground", 600, 3, "EUR"), (), "ground is priced in EUR"),
    ],
)
def test_a_cheaper_one_that_breaks_the_promise_is_passed_over(rate: Rate, late: tuple[str, ...], why: str) -> None:
    choice = rating.choose(_rule(*late, services=("priority", "ground")), [rate, _rate("priority", 800)])
    assert choice.rate is not None
    assert choice.rate.service == "priority"
    assert choice.why.endswith(why)


def test_at_one_price_the_service_asked_for_is_taken() -> None:
    choice = rating.choose(_rule(), [_rate("express", 800), _rate("ground", 800), _rate("priority", 800)])
    assert choice.rate is not None
    assert choice.rate.service == "priority"


def test_two_accounts_of_one_carrier_count_by_the_cheaper() -> None:
    choice = rating.choose(_rule(), [_rate("priority", 900), _rate("priority", 700)])
    assert choice.rate is not None
    assert choice.rate.amount_cents == 700


def test_prices_in_another_currency_are_compared_with_none() -> None:
    rates = [_rate("ground", 1000), _rate("express", 900, 1, "JPY"), _rate("express", 2000, 1)]
    choice = rating.choose(_rule(), rates)
    assert choice.rate == rates[0]
    assert choice.why == "ground 10.00 USD in 3 d, before express 20.00 USD in 1 d; priority not offered"
    odd = rating.choose(_rule(), [rates[0], _rate("priority", 1200), rates[1]])
    assert odd.why == "ground 10.00 USD in 3 d, before priority 12.00 USD in 3 d; express is priced in JPY"


def test_a_service_that_is_not_sold_gives_way_to_one_that_leaves_in_time() -> None:
    choice = rating.choose(_rule("express"), [_rate("ground", 600, 6), _rate("express", 500, 1)])
    assert choice.rate is not None
    assert choice.rate.service == "ground"
    assert "express leaves too late" in choice.why


def test_where_none_keeps_the_promise_each_is_named() -> None:
    choice = rating.choose(_rule("ground", services=("priority", "ground")), [_rate("ground", 600)])
    assert (choice.rate, choice.why) == (
        None,
        "No allowed service keeps the promise: priority not offered; ground leaves too late.",
    )


def test_the_last_one_left_after_a_refusal_must_leave_in_time_too_and_says_why_it_was_taken() -> None:
    rates = [_rate("priority", 800), _rate("ground", 600, 6)]
    late = rating.choose(_rule("ground", services=("ground",)), rates)
    assert (late.rate, late.why) == (None, "No allowed service keeps the promise: ground leaves too late.")
    in_time = rating.choose(_rule(services=("ground",)), rates)
    assert (in_time.rate, in_time.why) == (rates[1], "ground 6.00 USD in 6 d")


@pytest.mark.parametrize(
    ("rule", "only"),
    [
        (_rule(services=("priority",)), "priority"),
        (_rule(services=("priority", "ground")), None),
        (_rule(services=("ground",)), None),  # it was not promised, so it is judged
    ],
)
def test_only_the_service_promised_is_taken_unjudged(rule: Rule, only: str | None) -> None:
    assert rule.only == only


def _allow(session: Session, *services: str) -> None:
    method = session.scalars(select(ShippingMethod).where(ShippingMethod.method == "*")).one()
    method.allowed = list(services)
    session.flush()


def _candidates(session: Session, order: Order, *declined: str) -> dict[str, bool]:
    rule = rating.rule_of(session, builders.actor(), order, 0, declined)
    return {candidate.service: candidate.in_time for candidate in rule.candidates}


def test_the_shops_method_says_what_is_allowed_and_the_calendar_what_leaves_in_time(session: Session) -> None:
    for carrier, pickup in (("ups", "14:55"), ("fedex", "17:00")):
        _ = builders.carrier_service(session, carrier, f"{carrier}_ground")
        session.add_all(
            Pickup(warehouse_id=builders.WAREHOUSE, carrier=carrier, weekday=day, cutoff="14:00", pickup=pickup)
            for day in range(5)
        )
    _ = builders.carrier_service(session, "dhl", "dhl_parcel")
    order = builders.order(session, (builders.product(session), 1))
    assert _candidates(session, order) == {"usps_priority": True}
    _allow(session, "ups_ground", "fedex_ground", "dhl_parcel")
    assert _candidates(session, order) == {
        "usps_priority": True,
        "ups_ground": True,
        "fedex_ground": False,  # its van comes after the promised one
        "dhl_parcel": False,  # nobody collects for it
    }
    assert list(_candidates(session, order, "usps_priority", "dhl_parcel")) == ["fedex_ground", "ups_ground"]


def test_a_later_box_goes_with_the_service_of_the_first(session: Session) -> None:
    _ = builders.carrier_service(session, "ups", "ups_ground")
    _allow(session, "ups_ground")
    floor = packers.weighed(session)
    label = session.scalars(select(Label)).one()
    label.service, label.status, label.prepared = "ups_ground", LabelStatus.BOUGHT, {}
    session.flush()
    # Nobody collects for UPS any more: it leaves too late, and with the first all the same.
    rule = rating.rule_of(session, builders.actor(), floor.order, 0, ())
    assert (rule.candidates, rule.only) == ((Candidate(service="ups_ground", in_time=True),), "ups_ground")


def test_an_order_that_goes_with_another_carrier_takes_its_collection(session: Session) -> None:
    other = builders.carrier_service(session, "ups", "ups_ground")
    pickup = Pickup(
        warehouse_id=builders.WAREHOUSE, carrier="ups", weekday=builders.NOW.weekday(), cutoff="14:00", pickup="14:55"
    )
    session.add(pickup)
    order = builders.order(session, (builders.product(session), 1))
    rating.take(session, builders.actor(), order, "ups_ground", "cheaper")
    assert (order.carrier_service_id, order.pickup_id) == (other.id, pickup.id)
    assert session.scalars(
        select(CarrierService.carrier).where(CarrierService.id == order.carrier_service_id)
    ).all() == ["ups"]


def test_a_box_given_up_binds_no_later_box_to_its_service(session: Session) -> None:
    _ = builders.carrier_service(session, "ups", "ups_ground")
    _allow(session, "ups_ground")
    floor = packers.weighed(session)
    label = session.scalars(select(Label)).one()
    label.service, label.status, label.prepared = "ups_ground", LabelStatus.UNSETTLED, {}
    session.flush()
    floor.packer.at += dt.timedelta(minutes=1)
    assert floor.packer.scan("NO").words == "Set aside. All back, slip on the tote"
    assert list(_candidates(session, floor.order)) == ["ups_ground", "usps_priority"]


def test_the_service_promised_first_may_carry_what_a_cheaper_one_refuses(session: Session) -> None:
    _ = builders.carrier_service(session, "ups", "ups_ground")
    session.add_all(
        Pickup(warehouse_id=builders.WAREHOUSE, carrier="ups", weekday=day, cutoff="13:00", pickup="13:30")
        for day in range(5)
    )
    order = builders.order(session, (builders.product(session), 1))
    _allow(session, "ups_ground")
    rating.take(session, builders.actor(), order, "ups_ground", "cheaper")
    rule = rating.rule_of(session, builders.actor(), order, 0, ["ups_ground"])
    # Its van comes after that of the cheaper one, and was promised.
    assert rule == Rule(asked="usps_priority", candidates=(Candidate(service="usps_priority", in_time=True),))


@pytest.mark.parametrize(
    ("sizes_mm", "divisor", "above_in3", "billed_g"),
    [
        # 12 x 12 x 12 in: 1,728 in3 / 139 = 12.43, so 13 lb
        ((304, 304, 304), 139, 0, 5897),
        # a tenth of a millimetre more than 12 in counts as 13: 13 * 12 * 12 / 139 = 13.47, so 14 lb
        ((305, 304, 304), 139, 0, 6350),
        # one cubic foot is not above one cubic foot
        ((304, 304, 304), 166, 1728, 500),
        ((305, 304, 304), 166, 1728, 5443),
        ((100, 100, 50), 139, 0, 500),
        ((600, 600, 600), 0, 0, 500),
    ],
)
def test_a_large_light_box_is_billed_by_its_size(
    sizes_mm: tuple[int, int, int], divisor: int, above_in3: int, billed_g: int
) -> None:
    length_mm, width_mm, height_mm = sizes_mm
    parcel = Parcel(weight_g=500, length_mm=length_mm, width_mm=width_mm, height_mm=height_mm)
    assert billed_weight_g(parcel, divisor=divisor, above_in3=above_in3) == billed_g
