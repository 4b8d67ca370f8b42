"""Across a border: what is declared, what is told of hazards, and what an address looks like."""

from dataclasses import replace

import pytest

from tests.carriers.shipments import CUSTOMER, WAREHOUSE, a_declared_request, a_request
from wms.carriers.address_forms import check_form
from wms.carriers.base import Prepared, RefusedError, UnavailableError
from wms.carriers.customs import crosses_border
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.carriers.offline import OfflineCarrier
from wms.carriers.shippo import ShippoCarrier


def test_a_box_abroad_without_its_papers_is_refused(shippo: ShippoCarrier) -> None:
    with pytest.raises(RefusedError, match="customs_declaration: certify_signer"):
        _ = shippo.rates(replace(a_declared_request(), customs=None))


def test_a_declaration_says_what_is_in_the_box_and_who_signs(shippo: ShippoCarrier, fake: FakeShippo) -> None:
    _ = shippo.buy(shippo.prepare(a_declared_request()))
    declared = fake.account.requests[0]["customs_declaration"]
    assert declared.pop("items") == [
        {
            "description": "Blue mug",
            "quantity": 2,
            "net_weight": "700",
            "mass_unit": "g",
            "value_amount": "39.80",
            "value_currency": "USD",
            "origin_country": "PT",
            "hs_code": "6912.00",
            "sku_code": "MUG-BLU",
        }
    ]
    assert declared == {
        "certify": True,
        "certify_signer": "North DC",
        "contents_type": "MERCHANDISE",
        "non_delivery_option": "RETURN",
        "incoterm": "DDU",
        "eel_pfc": "NOEEI_30_36",
        "invoice": "1043",
    }


@pytest.mark.parametrize(("value", "rule"), [("2500.00", "NOEEI_30_37_a"), ("2500.01", None)])
def test_what_would_have_to_be_filed_is_not_declared_as_exempt(
    shippo: ShippoCarrier, fake: FakeShippo, value: str, rule: str | None
) -> None:
    request = replace(a_declared_request(), to_address=replace(CUSTOMER, country="NO"))
    assert request.customs is not None
    items = (replace(request.customs.items[0], value=value),)
    _ = shippo.rates(replace(request, customs=replace(request.customs, items=items)))
    assert fake.account.requests[0]["customs_declaration"].get("eel_pfc") == rule


def test_what_comes_back_is_declared_as_returned(shippo: ShippoCarrier, fake: FakeShippo) -> None:
    out = a_declared_request()
    _ = shippo.rates(replace(out, from_address=out.to_address, to_address=out.from_address, is_return=True))
    assert fake.account.requests[0]["customs_declaration"]["contents_type"] == "RETURN_MERCHANDISE"


def test_a_box_at_home_declares_nothing(shippo: ShippoCarrier, fake: FakeShippo) -> None:
    _ = shippo.rates(a_request())
    assert "customs_declaration" not in fake.account.requests[0]
    assert "extra" not in fake.account.requests[0]


def test_hazards_are_told_and_only_who_hears_them_may_carry_them(shippo: ShippoCarrier, fake: FakeShippo) -> None:
    dangerous = replace(a_request(), is_hazardous=True)
    assert {rate.carrier for rate in shippo.rates(dangerous)} == {"USPS"}
    assert fake.account.requests[0]["extra"] == {"dangerous_goods": {"contains": True}}
    with pytest.raises(RefusedError, match="Hazardous: Shippo cannot tell ups_ground"):
        _ = shippo.prepare(replace(dangerous, service="ups_ground"))


def test_what_is_declared_survives_being_stored() -> None:
    prepared = OfflineCarrier().prepare(replace(a_declared_request(), is_hazardous=True))
    assert Prepared.from_json(prepared.to_json()) == prepared


def test_the_offline_label_says_nothing_of_customs() -> None:
    at_home = OfflineCarrier().prepare(replace(a_declared_request(), customs=None))
    abroad = OfflineCarrier().prepare(replace(a_declared_request(), is_hazardous=True))
    assert OfflineCarrier().buy(abroad).zpl == OfflineCarrier().buy(at_home).zpl


@pytest.mark.parametrize(
    ("one", "other", "crosses"),
    [("US", "CA", True), ("us", "US", False), ("DE", "PL", False), ("DE", "GB", True), ("US", "", False)],
)
def test_customs_stand_between_countries_but_not_within_their_union(one: str, other: str, *, crosses: bool) -> None:
    assert crosses_border(one, other) is crosses


def test_a_carrier_says_how_an_address_is_written(shippo: ShippoCarrier) -> None:
    check = shippo.check_address(WAREHOUSE)
    assert check.valid
    assert check.suggestion == replace(WAREHOUSE, street1="2400 DOCK ST", city="COLUMBUS")


def test_a_carrier_says_why_it_does_not_know_an_address(shippo: ShippoCarrier) -> None:
    check = shippo.check_address(replace(WAREHOUSE, zip="00000"))
    assert (check.valid, check.suggestion) == (False, None)
    assert check.messages == ("USPS: The address could not be found.",)


@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.THROTTLED, Fault.CUT, Fault.NO_JSON])
def test_a_carrier_that_cannot_answer_is_asked_later(shippo: ShippoCarrier, fake: FakeShippo, fault: Fault) -> None:
    fake.fail(fault, on="POST /addresses")
    with pytest.raises(UnavailableError):
        _ = shippo.check_address(WAREHOUSE)


@pytest.mark.parametrize(
    ("country", "good", "bad"),
    [
        ("US", "62701-1234", "6270"),
        ("CA", "m5v 2t6", "D5V 2T6"),
        ("GB", "EC1A 1BB", "EC1A 1B"),
        ("DE", "10115", "1011"),
        ("PL", "00-950", "00950"),
        ("ES", "52001", "53001"),
        ("NO", "0150", ""),
    ],
)
def test_a_postcode_has_the_form_of_its_country(country: str, good: str, bad: str) -> None:
    address = replace(WAREHOUSE, country=country)
    assert check_form(replace(address, zip=good)).valid
    told = OfflineCarrier().check_address(replace(address, zip=bad))
    assert told.messages == (() if country == "NO" else (f"'{bad}' is no postcode of {country}.",))


def test_a_state_of_the_us_has_two_letters() -> None:
    assert check_form(replace(WAREHOUSE, state="Ohio")).messages == ("'Ohio' is no state of two letters.",)
