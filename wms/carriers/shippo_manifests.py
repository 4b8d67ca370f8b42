"""Manifests (SCAN forms) at Shippo: made once, found again by the purchases they hold, their papers taken at once."""

import datetime as dt

from shippo.models import components

from wms.carriers.base import (
    CarrierError,
    Document,
    Keep,
    ManifestOutcome,
    ManifestRequest,
    ManifestStatus,
    RefusedError,
    UnavailableError,
    UnsettledError,
)
from wms.carriers.shippo_answers import Manifest, UnreadableError, read_manifest, read_manifests
from wms.carriers.shippo_requests import address_of, checked_id
from wms.carriers.shippo_wire import NAME, ShippoWire, unsettled_by

PAGE = 100
# Their clock and ours.
SKEW = dt.timedelta(hours=1)
PDF, PNG, OTHER = "application/pdf", "image/png", "application/octet-stream"


def make(wire: ShippoWire, request: ManifestRequest, keep: Keep) -> ManifestOutcome:
    """Ask for a manifest of exactly the request's purchases; it is decided later, so that no answer is awaited long."""
    if not request.account:
        raise RefusedError("The labels do not say by which account they were bought.", carrier=NAME)
    wanted = components.ManifestCreateRequest(
        carrier_account=checked_id(request.account),
        shipment_date=request.asked_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        address_from=address_of(request.from_address),
        transactions=[checked_id(label) for label in request.labels],
        async_=True,
    )
    answer = wire.ask(lambda sdk: sdk.manifests.create(wanted), spends=True, keep=keep)
    try:
        return _outcome(wire, read_manifest(answer))
    except UnreadableError as error:
        raise UnsettledError(f"Shippo's answer about a manifest cannot be read ({error}).", carrier=NAME) from error


def find(wire: ShippoWire, request: ManifestRequest, external_id: str) -> ManifestOutcome | None:
    """Look for a manifest by its id, else for the newest that holds a purchase of the request."""
    try:
        if external_id:
            manifest_id = checked_id(external_id)
            return _outcome(wire, read_manifest(wire.ask(lambda sdk: sdk.manifests.get(manifest_id))))
        page, is_last = read_manifests(wire.ask(lambda sdk: sdk.manifests.list(page=1, results=PAGE)))
    except (CarrierError, UnreadableError) as error:
        raise unsettled_by(error, "Whether the manifest was made") from error
    for manifest in page:
        if manifest.status != "ERROR" and set(manifest.transactions) & set(request.labels):
            return _outcome(wire, manifest)
    made_before = any(each.created_at and each.created_at < request.asked_at - SKEW for each in page)
    if not is_last and not made_before:
        raise UnsettledError("Shippo's list goes on, so the manifest may be on its next page.", carrier=NAME)
    return None


def _outcome(wire: ShippoWire, manifest: Manifest) -> ManifestOutcome:
    if manifest.status == "ERROR":
        reason = wire.without_key(" ".join(manifest.errors)) or "no reason given"
        return ManifestOutcome(status=ManifestStatus.REFUSED, external_id=manifest.manifest_id, reason=reason)
    if manifest.status != "SUCCESS":
        return ManifestOutcome(status=ManifestStatus.PENDING, external_id=manifest.manifest_id)
    try:
        papers = tuple(_document(wire.download(url)) for url in manifest.documents)
    except UnavailableError:
        # Their addresses are new each time the manifest is asked for.
        return ManifestOutcome(status=ManifestStatus.PENDING, external_id=manifest.manifest_id)
    return ManifestOutcome(status=ManifestStatus.MADE, external_id=manifest.manifest_id, documents=papers)


def _document(content: bytes) -> Document:
    starts = {b"%PDF": PDF, b"\x89PNG": PNG}
    return Document(content_type=starts.get(content[:4], OTHER), content=content)
