"""Manifests at Shippo: made once, found again after a lost answer, their papers taken at once."""

import datetime as dt
import re
from dataclasses import replace

import pytest

from tests.carriers.shipments import WAREHOUSE, a_request
from wms.carriers.base import (
    CarrierError,
    ManifestRequest,
    ManifestStatus,
    RefusedError,
    UnavailableError,
    UnsettledError,
)
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.carriers.offline import OfflineCarrier
from wms.carriers.shippo import ShippoCarrier

MAKING = "POST /manifests"
A_MOMENT = dt.datetime(2026, 1, 5, 17, tzinfo=dt.UTC)


@pytest.fixture
def request_of_two(shippo: ShippoCarrier) -> ManifestRequest:
    """A manifest for two bought labels of one account."""
    prepared = [shippo.prepare(a_request(f"intent-{number}")) for number in range(2)]
    labels = tuple(shippo.buy(each).external_id for each in prepared)
    account = prepared[0].rate.account
    return ManifestRequest(account=account, from_address=WAREHOUSE, asked_at=A_MOMENT, labels=labels)


def test_a_manifest_holds_exactly_the_labels_asked_for_and_is_printed(
    fake: FakeShippo, shippo: ShippoCarrier, request_of_two: ManifestRequest
) -> None:
    asked = shippo.manifest(request_of_two)
    assert (asked.status, asked.documents) == (ManifestStatus.PENDING, ())
    sent = fake.account.requests[-1]
    assert (sent["transactions"], sent["async"]) == (list(request_of_two.labels), True)
    assert re.fullmatch(r"2026-01-05T17:00:00\.000Z", sent["shipment_date"])
    made = shippo.find_manifest(request_of_two, asked.external_id)
    assert made is not None
    assert made.status is ManifestStatus.MADE
    assert [(paper.content_type, paper.content[:4]) for paper in made.documents] == [("application/pdf", b"%PDF")]
    assert fake.keys_at_downloads[-1] == ""


@pytest.mark.parametrize(
    "fault", [Fault.CUT_AFTER, Fault.BROKEN_AFTER, Fault.NO_JSON, Fault.HALF_AN_ANSWER, Fault.ID_MISSING]
)
def test_a_manifest_whose_answer_was_lost_is_found_by_its_labels(
    fake: FakeShippo, shippo: ShippoCarrier, request_of_two: ManifestRequest, fault: Fault
) -> None:
    fake.fail(fault, on=MAKING)
    with pytest.raises(UnsettledError):
        _ = shippo.manifest(request_of_two)
    found = shippo.find_manifest(ManifestRequest.from_json(request_of_two.to_json()))
    assert found is not None
    assert [each["object_id"] for each in fake.account.standing_manifests] == [found.external_id]


def test_a_manifest_that_was_never_made_is_not_found(
    fake: FakeShippo, shippo: ShippoCarrier, request_of_two: ManifestRequest
) -> None:
    fake.fail(Fault.CUT, on=MAKING)
    with pytest.raises(UnsettledError):
        _ = shippo.manifest(request_of_two)
    assert shippo.find_manifest(request_of_two) is None


@pytest.mark.parametrize("fault", [Fault.BROKEN, Fault.CUT, Fault.THROTTLED, Fault.NO_JSON])
def test_a_search_that_fails_never_reads_as_not_made(
    fake: FakeShippo, shippo: ShippoCarrier, request_of_two: ManifestRequest, fault: Fault
) -> None:
    fake.fail(fault, on="GET /manifests")
    with pytest.raises(UnsettledError):
        _ = shippo.find_manifest(request_of_two)


def test_a_throttled_manifest_was_not_made(
    fake: FakeShippo, shippo: ShippoCarrier, request_of_two: ManifestRequest
) -> None:
    fake.fail(Fault.THROTTLED, on=MAKING)
    with pytest.raises(UnavailableError):
        _ = shippo.manifest(request_of_two)
    assert fake.account.standing_manifests == []


def test_a_label_on_two_manifests_is_refused_in_the_carriers_words(
    shippo: ShippoCarrier, request_of_two: ManifestRequest
) -> None:
    _ = shippo.manifest(request_of_two)
    again = shippo.manifest(request_of_two)
    assert (again.status, again.reason) == (ManifestStatus.REFUSED, "A label is on a manifest already.")


def test_papers_that_cannot_be_had_now_leave_it_pending(
    fake: FakeShippo, shippo: ShippoCarrier, request_of_two: ManifestRequest
) -> None:
    asked = shippo.manifest(request_of_two)
    fake.fail(Fault.BROKEN, on="GET /labels")
    found = [shippo.find_manifest(request_of_two, asked.external_id) for _ in range(2)]
    assert [outcome and outcome.status for outcome in found] == [ManifestStatus.PENDING, ManifestStatus.MADE]


def test_labels_without_an_account_get_no_manifest(shippo: ShippoCarrier, request_of_two: ManifestRequest) -> None:
    with pytest.raises(RefusedError, match="account"):
        _ = shippo.manifest(replace(request_of_two, account=""))


def test_the_offline_carrier_s_manifest_follows_from_its_labels() -> None:
    request = ManifestRequest(account="", from_address=WAREHOUSE, asked_at=A_MOMENT, labels=("05", "06"))
    made = OfflineCarrier().manifest(request)
    assert (made.status, made.documents) == (ManifestStatus.MADE, ())
    assert OfflineCarrier().find_manifest(request) == made


def test_an_id_that_is_an_address_is_never_asked_for(
    fake: FakeShippo, shippo: ShippoCarrier, request_of_two: ManifestRequest
) -> None:
    seen = len(fake.seen)
    with pytest.raises(CarrierError):
        _ = shippo.find_manifest(request_of_two, "../refunds/x")
    assert len(fake.seen) == seen
