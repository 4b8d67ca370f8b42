import json
import traceback
from dataclasses import replace

import pytest

from printers.decode import decode
from printers.preview import ZebrashPreview
from tests.carriers.conftest import KEY, shippo_at
from tests.carriers.shipments import a_request
from wms.carriers.base import (
    Carrier,
    Prepared,
    RefusedError,
    UnavailableError,
    UnsettledError,
    VoidStatus,
)
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.fake_shippo_account import Fault
from wms.carriers.registry import UnknownCarrierError, open_carrier
from wms.carriers.shippo import ShippoCarrier

BUYING = "POST /transactions"
LOST_ANSWERS = [
    Fault.BROKEN_AFTER, Fault.HANG_AFTER, Fault.CUT_AFTER, Fault.HALF_AN_ANSWER, Fault.NO_JSON,
]  # fmt: skip
NOTHING_SENT_BACK = [Fault.BROKEN, Fault.HANG, Fault.CUT]
HANGING = {Fault.HANG, Fault.HANG_AFTER}


def buy_in_vain(fake: FakeShippo, prepared: Prepared, fault: Fault) -> UnsettledError:
    """Buy while the server fails so; returns once the server has done what it will do."""
    fake.fail(fault)
    carrier = shippo_at(fake.url, read_timeout_s=0.2 if fault in HANGING else 30)
    with pytest.raises(UnsettledError) as unsettled:
        _ = carrier.buy(prepared)
    assert fault not in HANGING or fake.hanging.wait(30)
    return unsettled.value


def test_shippo_sells_a_label_that_is_ours_by_its_reference(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    carrier: Carrier = shippo
    label = carrier.buy(carrier.prepare(a_request("intent-77")))
    bought = fake.account.paid[0]
    assert (label.external_id, label.tracking_number) == (bought["object_id"], bought["tracking_number"])
    assert (label.carrier, label.service, label.amount_cents, label.currency) == ("USPS", "usps_priority", 1009, "USD")
    assert label.charged
    assert label.zpl.startswith(b"^XA")


def test_a_purchase_asks_for_zpl_at_once_and_carries_the_reference(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    prepared = shippo.prepare(a_request("intent-77"))
    _ = shippo.buy(prepared)
    assert fake.account.requests[-1] == {
        "rate": prepared.rate.rate_id, "async": False, "label_file_type": "ZPLII", "metadata": "intent-77",
    }  # fmt: skip


def test_weights_and_sizes_travel_as_texts_with_their_units(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    _ = shippo.rates(a_request())
    assert fake.account.requests[0]["parcels"] == [
        {"weight": "1250", "mass_unit": "g", "length": "300", "width": "220", "height": "95", "distance_unit": "mm"}
    ]


def test_the_cheapest_of_two_accounts_is_prepared(shippo: ShippoCarrier) -> None:
    offered = [rate for rate in shippo.rates(a_request()) if rate.service == "usps_priority"]
    assert [rate.amount_cents for rate in offered] == [1009, 1195]
    assert shippo.prepare(a_request()).rate.amount_cents == 1009


def test_a_service_shippo_does_not_offer_is_refused_with_those_it_does(shippo: ShippoCarrier) -> None:
    with pytest.raises(RefusedError, match="choose one of fedex_2_day, ups_ground"):
        _ = shippo.prepare(a_request(service="pigeon"))


@pytest.mark.parametrize("fault", LOST_ANSWERS)
def test_a_purchase_whose_answer_was_lost_is_found_and_not_bought_again(
    fake: FakeShippo, shippo: ShippoCarrier, fault: Fault
) -> None:
    prepared = shippo.prepare(a_request())
    _ = buy_in_vain(fake, prepared, fault)
    found = shippo_at(fake.url).find(Prepared.from_json(prepared.to_json()))
    assert found is not None
    assert [bought["object_id"] for bought in fake.account.paid] == [found.external_id]
    assert fake.seen.count(BUYING) == 1


@pytest.mark.parametrize("fault", NOTHING_SENT_BACK)
def test_a_purchase_that_never_happened_is_unsettled_until_none_is_found(
    fake: FakeShippo, shippo: ShippoCarrier, fault: Fault
) -> None:
    prepared = shippo.prepare(a_request())
    _ = buy_in_vain(fake, prepared, fault)
    assert shippo.find(prepared) is None
    _ = shippo.buy(prepared)
    assert len(fake.account.paid) == 1


def test_a_throttled_purchase_bought_nothing_and_says_when_to_come_back(
    fake: FakeShippo, shippo: ShippoCarrier
) -> None:
    prepared = shippo.prepare(a_request())
    fake.fail(Fault.THROTTLED)
    with pytest.raises(UnavailableError) as unavailable:
        _ = shippo.buy(prepared)
    assert unavailable.value.retry_after_s == 7
    assert not fake.account.paid


def test_nobody_listening_means_that_nothing_was_bought(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    prepared = shippo.prepare(a_request())
    with FakeShippo() as gone:
        nobody = shippo_at(gone.url)
    with pytest.raises(UnavailableError):
        _ = nobody.buy(prepared)


def test_a_refused_purchase_gives_the_carriers_own_words(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    prepared = shippo.prepare(a_request())
    fake.fail(Fault.REFUSED)
    with pytest.raises(RefusedError) as refused:
        _ = shippo.buy(prepared)
    assert refused.value.reasons == ("USPS: The address is not deliverable.",)
    assert shippo.find(prepared) is None


def test_an_answer_the_sdk_cannot_read_is_a_label_all_the_same(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    prepared = shippo.prepare(a_request())
    fake.fail(Fault.FIELDS_MISSING)
    assert shippo.buy(prepared).external_id == fake.account.paid[0]["object_id"]


@pytest.mark.parametrize("fault", [Fault.STAYS_QUEUED, Fault.NEW_STATUS])
def test_an_undecided_purchase_is_unsettled_and_stays_so(fake: FakeShippo, shippo: ShippoCarrier, fault: Fault) -> None:
    prepared = shippo.prepare(a_request())
    fake.fail(fault)
    with pytest.raises(UnsettledError) as unsettled:
        _ = shippo.buy(prepared)
    assert unsettled.value.external_id
    with pytest.raises(UnsettledError):
        _ = shippo.find(prepared)


def test_a_queued_purchase_is_waited_for(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    prepared = shippo.prepare(a_request())
    fake.fail(Fault.QUEUED_FIRST)
    assert shippo.buy(prepared).tracking_number
    assert fake.seen.count(BUYING) == 1


@pytest.mark.parametrize("fault", [Fault.PDF, Fault.PNG])
def test_a_pdf_or_png_label_prints_and_scans_as_zpl(
    fake: FakeShippo, shippo: ShippoCarrier, preview: ZebrashPreview, fault: Fault
) -> None:
    prepared = shippo.prepare(a_request())
    fake.fail(fault)
    label = shippo.buy(prepared)
    assert decode(preview.draw(label.zpl)) == [label.tracking_number]


def test_a_label_that_cannot_be_fetched_is_fetched_later(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    prepared = shippo.prepare(a_request())
    fake.fail(Fault.BROKEN, on="GET /labels")
    with pytest.raises(UnsettledError) as unsettled:
        _ = shippo.buy(prepared)
    found = shippo.find(prepared)
    assert found is not None
    assert (found.external_id, found.tracking_number) == (unsettled.value.external_id, unsettled.value.tracking_number)
    assert len(fake.account.paid) == 1


def test_a_label_file_that_is_none_names_the_purchase_to_be_settled(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    prepared = shippo.prepare(a_request())
    fake.fail(Fault.NO_LABEL_FILE)
    with pytest.raises(UnsettledError, match="cannot be printed") as unsettled:
        _ = shippo.buy(prepared)
    assert unsettled.value.external_id == fake.account.paid[0]["object_id"]


def test_of_a_label_bought_twice_the_first_is_found_and_the_other_named(
    fake: FakeShippo, shippo: ShippoCarrier
) -> None:
    prepared = shippo.prepare(a_request())
    first, second = shippo.buy(prepared), shippo.buy(prepared)
    found = shippo.find(prepared)
    assert found is not None
    assert (found.external_id, found.surplus) == (first.external_id, (second.external_id,))


def test_the_answer_to_a_purchase_is_kept_as_it_came_before_it_is_read(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    kept: list[str] = []
    fake.fail(Fault.ID_MISSING)
    with pytest.raises(UnsettledError):
        _ = shippo.buy(shippo.prepare(a_request()), kept.append)
    status, _, answer = kept[0].partition(" ")
    assert (status, json.loads(answer)["tracking_number"]) == ("201", fake.account.paid[0]["tracking_number"])


def test_a_purchase_still_queued_is_given_back_later(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    fake.fail(Fault.STAYS_QUEUED)
    with pytest.raises(UnsettledError) as unsettled:
        _ = shippo.buy(shippo.prepare(a_request()))
    with pytest.raises(UnavailableError, match="not decided"):
        _ = shippo.void(unsettled.value.external_id)


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.BROKEN, Fault.CUT, Fault.NO_JSON, Fault.HALF_AN_ANSWER])
def test_a_search_that_fails_never_reads_as_not_bought(fake: FakeShippo, shippo: ShippoCarrier, fault: Fault) -> None:
    prepared = shippo.prepare(a_request())
    fake.fail(fault, on="GET /transactions")
    with pytest.raises(UnsettledError):
        _ = shippo.find(prepared)


def test_a_void_asks_for_the_money_once(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    label = shippo.buy(shippo.prepare(a_request()))
    outcomes = [shippo.void(label.external_id).status for _ in range(2)]
    assert outcomes == [VoidStatus.PENDING, VoidStatus.PENDING]
    assert fake.seen.count("POST /refunds") == 1


def test_a_void_whose_answer_was_lost_is_done_when_asked_again(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    prepared = shippo.prepare(a_request())
    label = shippo.buy(prepared)
    fake.fail(Fault.CUT_AFTER, on="POST /refunds")
    with pytest.raises(UnavailableError):
        _ = shippo.void(label.external_id)
    assert shippo.void(label.external_id).status is VoidStatus.PENDING
    assert shippo.find(prepared) is None


@pytest.mark.parametrize(
    ("decided", "end", "reason"),
    [("REFUNDED", VoidStatus.VOIDED, ""), ("REFUNDREJECTED", VoidStatus.REFUSED, "USPS: The label was used.")],
)
def test_a_refund_is_looked_at_until_its_end_and_never_asked_for_again(
    fake: FakeShippo, shippo: ShippoCarrier, decided: str, end: VoidStatus, reason: str
) -> None:
    label = shippo.buy(shippo.prepare(a_request()))
    refund_id = shippo.void(label.external_id).refund_id
    assert shippo.find_refund(label.external_id, refund_id).status is VoidStatus.PENDING
    fake.account.decide_refunds(rejected=decided == "REFUNDREJECTED")
    found = shippo.find_refund(label.external_id, refund_id)
    assert (found.status, found.reason) == (end, reason)
    assert fake.seen.count("POST /refunds") == 1


@pytest.mark.parametrize(("said", "end"), [("SUCCESS", VoidStatus.VOIDED), ("ERROR", VoidStatus.REFUSED)])
def test_a_refund_that_its_purchase_does_not_tell_of_is_told_by_itself(
    fake: FakeShippo, shippo: ShippoCarrier, said: str, end: VoidStatus
) -> None:
    label = shippo.buy(shippo.prepare(a_request()))
    refund_id = shippo.void(label.external_id).refund_id
    fake.account.objects["transactions"][label.external_id]["status"] = "SUCCESS"
    fake.account.objects["refunds"][refund_id]["status"] = said
    assert shippo.find_refund(label.external_id, refund_id).status is end
    assert shippo.find_refund(label.external_id).status is VoidStatus.PENDING


@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.BROKEN, Fault.CUT, Fault.NO_JSON])
def test_a_look_at_a_refund_that_fails_says_nothing_of_it(
    fake: FakeShippo, shippo: ShippoCarrier, fault: Fault
) -> None:
    label = shippo.buy(shippo.prepare(a_request()))
    _ = shippo.void(label.external_id)
    fake.fail(fault, on="GET /transactions")
    with pytest.raises(UnavailableError):
        _ = shippo.find_refund(label.external_id)


def test_an_id_that_is_an_address_is_never_asked_for(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    with pytest.raises(RefusedError):
        _ = shippo.void("../refunds/x?y=1")
    assert not fake.seen


def test_an_answer_that_echoes_the_key_is_told_without_it(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    prepared = shippo.prepare(a_request())
    fake.fail(Fault.KEY_ECHOED)
    with pytest.raises(RefusedError, match=r"ShippoToken \*\*\*") as refused:
        _ = shippo.buy(prepared)
    assert KEY not in "".join(traceback.format_exception(refused.value)) + repr(vars(refused.value))


@pytest.mark.parametrize("fault", [*LOST_ANSWERS, *NOTHING_SENT_BACK])
def test_an_error_never_shows_the_key(fake: FakeShippo, shippo: ShippoCarrier, fault: Fault) -> None:
    failed = buy_in_vain(fake, shippo.prepare(a_request()), fault)
    assert KEY not in "".join(traceback.format_exception(failed)) + repr(vars(failed))


def test_the_key_is_not_sent_to_the_place_of_the_label_file(fake: FakeShippo, shippo: ShippoCarrier) -> None:
    _ = shippo.buy(shippo.prepare(a_request()))
    assert fake.keys_at_downloads == [""]


def test_a_key_no_header_could_hold_is_named_without_showing_it(fake: FakeShippo) -> None:
    with pytest.raises(ValueError, match="copy it again") as wrong:
        _ = open_carrier(f"shippo+{fake.url}", shippo_key='"shippo live 123"')
    assert "123" not in str(wrong.value)


def test_the_settings_open_shippo_at_another_address(fake: FakeShippo) -> None:
    carrier = open_carrier(f"shippo+{fake.url}", shippo_key=f" {KEY}\n", read_timeout_s=5)
    assert carrier.buy(carrier.prepare(a_request())).charged


@pytest.mark.parametrize(
    ("name", "key", "says"),
    [
        ("pigeon", "", "use offline, shippo"),
        ("shippo", " ", "needs a key"),
        ("shippo+http://10.0.0.7", KEY, "use https"),
        ("shippo+ftp://localhost", KEY, "use https"),
    ],
)
def test_a_carrier_that_cannot_be_used_is_named_with_what_to_do(name: str, key: str, says: str) -> None:
    with pytest.raises(UnknownCarrierError, match=says):
        _ = open_carrier(name, shippo_key=key)


def test_a_return_by_another_carrier_is_a_label_with_the_addresses_turned_round(
    fake: FakeShippo, shippo: ShippoCarrier
) -> None:
    out = a_request(service="dhl_express_worldwide")
    back = replace(out, from_address=out.to_address, to_address=out.from_address, is_return=True)
    _ = shippo.rates(back)
    sent = fake.account.requests[-1]
    assert "extra" not in sent
    assert (sent["address_from"]["name"], sent["address_to"]["name"]) == (out.to_address.name, out.from_address.name)
