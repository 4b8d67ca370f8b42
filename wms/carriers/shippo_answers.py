"""What Shippo's answers say, read by ourselves: extra, missing, old and misspelt fields are no reason to lose a label.

The SDK's own models refuse real answers after the money is spent (no `created_by`, a new status, an empty date), so
only what must be there is asked for. Everything takes parsed JSON and raises nothing but UnreadableError.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from wms.carriers.base import Address, AddressCheck, Track, TrackEvent, TrackStatus

# The SDK puts ids into addresses as they are: '../refunds/x' would ask for something else.
OBJECT_ID = re.compile(r"[0-9a-f]{32}")
STANDING = frozenset({"SUCCESS", "REFUNDREJECTED"})
RUNNING = frozenset({"QUEUED", "WAITING"})
GONE = frozenset({"ERROR", "REFUNDED", "REFUNDPENDING"})
TRACK_STATUSES = {
    "PRE_TRANSIT": TrackStatus.ANNOUNCED,
    "TRANSIT": TrackStatus.IN_TRANSIT,
    "DELIVERED": TrackStatus.DELIVERED,
    "RETURNED": TrackStatus.RETURNED,
    "FAILURE": TrackStatus.FAILED,
}


class UnreadableError(ValueError):
    """An answer lacks what it is about; the text names the part."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShippoRate:
    """A rate: amounts in hundredths; `provider` is the company that carries, `service` its token."""

    rate_id: str
    provider: str
    service: str
    amount_cents: int
    currency: str
    days: int | None
    account: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shipment:
    """A shipment with the rates that could be read and the carriers' remarks on the others."""

    shipment_id: str
    status: str
    rates: tuple[ShippoRate, ...]
    messages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Transaction:
    """A purchase; everything but its id and status may be blank."""

    transaction_id: str
    status: str
    rate_id: str
    tracking_number: str
    label_url: str
    metadata: str
    messages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of a list of transactions; `is_last` says whether Shippo names no further page."""

    transactions: tuple[Transaction, ...]
    is_last: bool


def read_transaction(answer: object) -> Transaction:
    """Return a purchase; UnreadableError without an id or a status."""
    fields = _object(answer, "transaction")
    rate = fields.get("rate")
    return Transaction(
        transaction_id=_id(fields, "transaction"),
        status=_needed(fields, "status"),
        rate_id=_text(rate.get("object_id") if isinstance(rate, Mapping) else rate),
        tracking_number=_text(fields.get("tracking_number")).strip(),
        label_url=_text(fields.get("label_url")).strip(),
        metadata=_text(fields.get("metadata")),
        messages=read_messages(fields.get("messages")),
    )


def read_page(answer: object) -> Page:
    """Return a page of purchases; one unreadable purchase makes the page unreadable: it could be the one looked for."""
    fields = _object(answer, "list")
    results = fields.get("results")
    if not isinstance(results, list):
        raise UnreadableError("The list has no results.")
    return Page(transactions=tuple(map(read_transaction, results)), is_last=not fields.get("next"))


def read_shipment(answer: object) -> Shipment:
    """Return a shipment; a rate that cannot be read is left out, since nothing can be bought by it."""
    fields = _object(answer, "shipment")
    listed = fields.get("rates")
    rates = []
    for rate in listed if isinstance(listed, list) else []:
        try:
            rates.append(read_rate(rate))
        except UnreadableError:
            continue
    return Shipment(
        shipment_id=_id(fields, "shipment"),
        status=_text(fields.get("status")),
        rates=tuple(rates),
        messages=read_messages(fields.get("messages")),
    )


def read_rate(answer: object) -> ShippoRate:
    """Return a rate; UnreadableError without an id, a service or a price."""
    fields = _object(answer, "rate")
    level = fields.get("servicelevel")
    days = fields.get("days", fields.get("estimated_days"))
    return ShippoRate(
        rate_id=_id(fields, "rate"),
        provider=_text(fields.get("provider")),
        service=_needed(_object(level, "service level"), "token"),
        amount_cents=_cents(fields.get("amount")),
        currency=_needed(fields, "currency"),
        days=days if isinstance(days, int) and not isinstance(days, bool) else None,
        account=_text(fields.get("carrier_account")),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """A manifest with the purchases it holds and the addresses of its documents; all but its id and status may lack."""

    manifest_id: str
    status: str
    transactions: tuple[str, ...]
    documents: tuple[str, ...]
    errors: tuple[str, ...]
    created_at: dt.datetime | None


def read_manifest(answer: object) -> Manifest:
    """Return a manifest; UnreadableError without an id or a status."""
    fields = _object(answer, "manifest")
    return Manifest(
        manifest_id=_id(fields, "manifest"),
        status=_needed(fields, "status"),
        transactions=_texts(fields.get("transactions")),
        documents=_texts(fields.get("documents")),
        errors=read_messages(fields.get("errors")),
        created_at=_moment(fields.get("object_created")),
    )


def read_manifests(answer: object) -> tuple[tuple[Manifest, ...], bool]:
    """Return a page of manifests, newest first, and whether it is the last; one unreadable makes all unreadable."""
    fields = _object(answer, "list")
    results = fields.get("results")
    if not isinstance(results, list):
        raise UnreadableError("The list has no results.")
    return tuple(map(read_manifest, results)), not fields.get("next")


def read_refund(answer: object) -> tuple[str, str]:
    """Return the status of a refund and its id, '' where it has none; UnreadableError without a status."""
    fields = _object(answer, "refund")
    found = _text(fields.get("object_id"))
    return _needed(fields, "status"), found if OBJECT_ID.fullmatch(found) else ""


def read_address_check(answer: object, asked: Address) -> AddressCheck:
    """Return what was found out about the address asked for; UnreadableError where nothing was.

    Shippo keeps no name or phone as it was told, so both stay those asked for; its own writing of a place that cannot
    be reached is no suggestion.
    """
    fields = _object(answer, "address")
    results = _object(fields.get("validation_results"), "validation")
    valid = results.get("is_valid")
    if not isinstance(valid, bool):
        raise UnreadableError("The validation says neither yes nor no.")
    number, street = (_text(fields.get(name)).strip() for name in ("street_no", "street1"))
    if number and not street.startswith(number):
        street = f"{number} {street}"
    parts = {name: _text(fields.get(name)).strip() for name in ("street2", "city", "state", "zip", "country")}
    suggestion = replace(asked, street1=street, **parts) if valid and street and parts["city"] else None
    return AddressCheck(valid=valid, suggestion=suggestion, messages=read_messages(results.get("messages")))


def read_track(answer: object) -> Track:
    """Return a box's way; UnreadableError without a tracking number.

    The newest event may stand beside the history or in it, and gets another id in each answer: what it says is what
    it is. One without a time of its own is left out: nobody could say where it belongs.
    """
    fields = _object(answer, "track")
    history = fields.get("tracking_history")
    listed = [*history, fields.get("tracking_status")] if isinstance(history, list) else [fields.get("tracking_status")]
    events = [event for part in listed if (event := _track_event(part)) is not None]
    return Track(
        tracking_number=_needed(fields, "tracking_number"),
        external_id=_text(fields.get("transaction")),
        events=tuple(dict.fromkeys(events)),
    )


def _track_event(part: object) -> TrackEvent | None:
    if not isinstance(part, Mapping):
        return None
    at = _moment(part.get("status_date"))
    if at is None:
        return None
    place = part.get("location")
    towns = place if isinstance(place, Mapping) else {}
    return TrackEvent(
        at=at,
        status=TRACK_STATUSES.get(_text(part.get("status")), TrackStatus.UNKNOWN),
        details=_text(part.get("status_details")).strip(),
        place=" ".join(filter(None, (_text(towns.get(name)) for name in ("city", "state", "zip", "country")))),
    )


def read_messages(answer: object) -> tuple[str, ...]:
    """Return the sentences in any answer: lists of `{source, code, text}`, `{field: [sentences]}`, `{detail: ...}`."""
    if isinstance(answer, str):
        return (answer.strip(),) if answer.strip() else ()
    if isinstance(answer, list):
        return tuple(message for part in answer for message in read_messages(part))
    if not isinstance(answer, Mapping):
        return ()
    if answer.get("text"):
        source, text = _text(answer.get("source")), _text(answer.get("text"))
        return (f"{source}: {text}" if source else text,)
    return tuple(
        message if name in {"detail", "message", "messages", "error"} else f"{name}: {message}"
        for name, part in answer.items()
        for message in read_messages(part)
    )


def _moment(value: object) -> dt.datetime | None:
    try:
        at = dt.datetime.fromisoformat(_text(value))
        return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _object(answer: object, what: str) -> Mapping[str, object]:
    if not isinstance(answer, Mapping):
        raise UnreadableError(f"The {what} is no object.")
    return answer


def _id(fields: Mapping[str, object], what: str) -> str:
    found = _text(fields.get("object_id"))
    if not OBJECT_ID.fullmatch(found):
        raise UnreadableError(f"The {what} has no id.")
    return found


def _needed(fields: Mapping[str, object], name: str) -> str:
    found = _text(fields.get(name)).strip()
    if not found:
        raise UnreadableError(f"The answer has no {name}.")
    return found


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(filter(None, map(_text, value))) if isinstance(value, list) else ()


def _cents(value: object) -> int:
    try:
        amount = Decimal(str(value)) * 100
        return int(amount.to_integral_value())
    except (InvalidOperation, ValueError, OverflowError):
        raise UnreadableError("The rate has no price.") from None
