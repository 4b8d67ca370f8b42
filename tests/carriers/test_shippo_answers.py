import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.carriers.shipments import CUSTOMER
from wms.carriers.shippo_answers import (
    UnreadableError,
    read_address_check,
    read_messages,
    read_page,
    read_rate,
    read_refund,
    read_shipment,
    read_track,
    read_transaction,
)
from wms.carriers.shippo_hook import read_hook, read_purchase

RECORDED = Path(__file__).parents[3] / "shared/data/shippo/recorded.jsonl"
NOWHERE = {"city": "", "state": "", "zip": "", "country": ""}
READERS: list[Callable[[object], object]] = [
    read_messages, read_page, read_rate, read_shipment, read_refund, read_track, read_transaction,
    partial(read_address_check, asked=CUSTOMER),
]  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["object_id", "status", "rate", "rates", "results", "messages", "text", "servicelevel", "token",
                         "amount", "currency", "days", "next", "tracking_number", "tracking_status",
                         "tracking_history", "status_date", "location", "x"]), inner, max_size=6,
    ),
    max_leaves=30,
)  # fmt: skip


def recorded() -> list[dict[str, Any]]:
    """The real answers, recorded by Shippo's own client library."""
    if not RECORDED.exists():
        pytest.skip("the recorded answers are not beside this checkout")
    return [json.loads(line) for line in RECORDED.read_text("utf-8").splitlines()]


def kind_of(pair: dict[str, Any]) -> str:
    """The reader a pair is for, by its address."""
    path = pair["uri"].split("?")[0].split("goshippo.com/")[1].removeprefix("v1/").strip("/").split("/")
    is_list = pair["method"] == "GET" and len(path) == 1
    return f"{path[0]}{' list' if is_list else ''}" if len(path) < 3 else "other"


@pytest.mark.parametrize("reader", READERS)
def test_no_recorded_answer_breaks_a_reader(reader: Callable[[object], object]) -> None:
    pairs = recorded()
    assert len(pairs) == 189
    for pair in pairs:
        try:
            _ = reader(pair["response"])
        except UnreadableError as unreadable:
            assert str(unreadable)  # noqa: PT017 - most answers are not this reader's


@pytest.mark.parametrize(
    ("kind", "reader", "count"),
    [
        ("transactions", read_transaction, 6),
        ("transactions list", read_page, 2),
        ("shipments", read_shipment, 27),
        ("rates", read_rate, 3),
    ],
)
def test_every_recorded_answer_of_a_kind_is_read(kind: str, reader: Callable[[object], object], count: int) -> None:
    read = [reader(pair["response"]) for pair in recorded() if kind_of(pair) == kind and pair["status"] < 300]
    assert len(read) == count


def objects(answer: object) -> Iterator[dict[str, Any]]:
    """Every object in an answer, however deep."""
    if isinstance(answer, dict):
        yield answer
    for part in answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else ():
        yield from objects(part)


def recorded_with(*fields: str) -> list[dict[str, Any]]:
    """The objects with these fields in all recorded answers."""
    everything = [found for pair in recorded() for found in objects(pair["response"])]
    return [found for found in everything if set(fields) <= set(found)]


def test_every_recorded_purchase_is_read_as_it_stands_in_the_json() -> None:
    raw = recorded_with("label_url", "tracking_number")
    assert len(raw) == 12
    for fields in raw:
        read = read_transaction(fields)
        assert (read.transaction_id, read.status) == (fields["object_id"], fields["status"])
        assert (read.rate_id, read.metadata) == (fields["rate"], fields["metadata"])
        assert (read.tracking_number, read.label_url) == (fields["tracking_number"], fields["label_url"])
        assert len(read.messages) == len(fields["messages"])


def test_every_recorded_rate_is_read_as_it_stands_in_the_json() -> None:
    raw = recorded_with("servicelevel", "amount")
    assert len(raw) == 1002
    for fields in raw:
        read = read_rate(fields)
        assert (read.rate_id, read.provider) == (fields["object_id"], fields["provider"])
        assert (read.service, read.currency) == (fields["servicelevel"]["token"], fields["currency"])
        assert f"{read.amount_cents / 100:.2f}" == fields["amount"]
        assert read.days == fields["days" if "days" in fields else "estimated_days"]


def test_every_recorded_shipment_is_read_as_it_stands_in_the_json() -> None:
    raw = recorded_with("rates", "address_from")
    assert len(raw) == 33
    for fields in raw:
        read = read_shipment(fields)
        assert (read.shipment_id, read.status) == (fields["object_id"], fields["status"])
        assert [rate.rate_id for rate in read.rates] == [rate["object_id"] for rate in fields["rates"]]


def test_every_recorded_way_is_read_as_it_stands_in_the_json() -> None:
    raw = recorded_with("tracking_history", "carrier")
    assert len(raw) == 3
    words = {"UNKNOWN": "unknown", "PRE_TRANSIT": "announced", "TRANSIT": "in transit", "DELIVERED": "delivered"}
    for fields in raw:
        read = read_track(fields)
        assert read.tracking_number == fields["tracking_number"]
        listed = [*fields["tracking_history"], *filter(None, [fields["tracking_status"]])]
        plain = [
            (
                each["status_date"].replace("Z", "+00:00"),
                words[each["status"]],
                each["status_details"],
                " ".join("{city} {state} {zip} {country}".format(**each["location"] or NOWHERE).split()),
            )
            for each in listed
        ]
        told = [(event.at.isoformat(), event.status.value, event.details, event.place) for event in read.events]
        # The newest stands beside the history and in it.
        assert told == list(dict.fromkeys(plain))
        assert read_hook(json.dumps({"event": "track_updated", "data": fields})) == read


def test_every_recorded_validation_is_read_as_it_stands_in_the_json() -> None:
    raw = [each for each in recorded_with("validation_results", "street1") if "is_valid" in each["validation_results"]]
    assert len(raw) == 5
    for fields in raw:
        results, read = fields["validation_results"], read_address_check(fields, CUSTOMER)
        assert read.valid is results["is_valid"]
        assert read.messages == tuple(f"{each['source']}: {each['text']}" for each in results["messages"])
        suggested = read.suggestion and (read.suggestion.street1, read.suggestion.city, read.suggestion.zip)
        assert suggested == ((fields["street1"], fields["city"], fields["zip"]) if read.valid else None)
        assert read.suggestion is None or read.suggestion.name == CUSTOMER.name


def test_a_number_told_beside_the_street_stands_before_it() -> None:
    told = {"validation_results": {"is_valid": True}, "street_no": "215", "street1": "Clayton St", "city": "Oslo"}
    read = read_address_check(told, CUSTOMER)
    assert read.suggestion is not None
    assert read.suggestion.street1 == "215 Clayton St"


@pytest.mark.parametrize(
    "body", ["", "[1]", "{", '{"event": "track_updated"}', '{"event": "track_updated", "data": 7}']
)
def test_a_post_that_tells_no_way_is_unreadable(body: str) -> None:
    with pytest.raises(UnreadableError):
        _ = read_hook(body)


def test_a_post_about_something_else_tells_no_way() -> None:
    assert read_hook('{"event": "transaction_created", "data": {}}') is None


def test_a_post_names_the_purchase_that_it_has_news_of() -> None:
    data = {"object_id": "a" * 32, "status": "REFUNDREJECTED"}
    assert read_purchase(json.dumps({"event": "transaction_updated", "data": data})) == "a" * 32
    assert read_purchase(json.dumps({"event": "track_updated", "data": data})) == ""


@pytest.mark.parametrize("data", ["7", "{}", '{"object_id": "../x", "status": "SUCCESS"}'])
def test_a_post_about_a_purchase_without_an_id_is_unreadable(data: str) -> None:
    with pytest.raises(UnreadableError):
        _ = read_purchase(f'{{"event": "transaction_updated", "data": {data}}}')


def test_every_recorded_refusal_with_a_body_gives_a_sentence() -> None:
    refusals = [pair for pair in recorded() if pair["status"] >= 400 and pair["response"]]
    assert refusals
    assert all(read_messages(pair["response"]) for pair in refusals)


def test_one_unreadable_purchase_makes_its_page_unreadable() -> None:
    with pytest.raises(UnreadableError):
        _ = read_page({"results": [{"object_id": "f" * 32}]})


@given(JSON)
def test_nothing_that_is_json_breaks_a_reader(answer: object) -> None:
    for reader in READERS:
        try:
            _ = reader(answer)
        except UnreadableError:
            continue
