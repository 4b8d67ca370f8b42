"""Making manifests: claim in a transaction, ask in none, record in a transaction; one for each label, whatever fails.

After a lost answer or a lost worker the carrier is asked what it holds before anything is asked for again.
"""

import base64
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from wms.carriers import base as carriers
from wms.carriers.base import Carrier, Keep, ManifestOutcome, ManifestRequest
from wms.config import WAREHOUSE_ID
from wms.database import reading, transaction
from wms.domain.inbox import ExceptionItem, ExceptionKind
from wms.domain.manifests import OPEN, Manifest, ManifestDocument, ManifestStatus
from wms.jobs.labels import carrier_called, system
from wms.jobs.outbox import Context, RetryLaterError, hold
from wms.services import settling
from wms.services.carriers import manifesting

_ASK_AGAIN_S = 15.0
_UNAVAILABLE_S = 5.0
# One whose job has failed again and again, as where no key is set, holds its labels: it is tried until it has an end.
_TRY_RARELY = dt.timedelta(minutes=10)
_S = ManifestStatus
_THEN = {
    carriers.ManifestStatus.MADE: _S.MADE,
    carriers.ManifestStatus.PENDING: _S.MAKING,
    carriers.ManifestStatus.REFUSED: _S.REFUSED,
}


def make(context: Context, payload: Mapping[str, Any]) -> None:
    """Bring a manifest to its end, whatever happened to an earlier try."""
    manifest_id = int(payload["manifest_id"])
    with reading(context.engine) as session:
        manifest = session.get_one(Manifest, (WAREHOUSE_ID, manifest_id))
    if manifest.status not in OPEN:
        return
    carrier = carrier_called(context.settings, manifest.carrier)
    request = ManifestRequest.from_json(json.dumps(manifest.prepared))
    try:
        if manifest.status is _S.WANTED:
            outcome = _send(context, manifest_id, carrier, request)
        else:
            found = carrier.find_manifest(request, manifest.external_id)
            outcome = found or _send_again(context, manifest, carrier, request)
    except carriers.RefusedError as error:
        outcome = ManifestOutcome(
            status=carriers.ManifestStatus.REFUSED, external_id=manifest.external_id, reason=str(error)
        )
    except carriers.UnsettledError as error:
        _unsettled(context, manifest_id, str(error))
        raise RetryLaterError(str(error), delay_s=max(_ASK_AGAIN_S, error.retry_after_s or 0.0)) from error
    except carriers.UnavailableError as error:
        raise RetryLaterError(str(error), delay_s=error.retry_after_s or _UNAVAILABLE_S) from error
    _record(context, manifest_id, outcome)
    if outcome.status is carriers.ManifestStatus.PENDING:
        raise RetryLaterError(f"{carrier.name} is at it.", delay_s=_ASK_AGAIN_S)


def _send(context: Context, manifest_id: int, carrier: Carrier, request: ManifestRequest) -> ManifestOutcome:
    _move(context, manifest_id, _S.SENDING)
    try:
        return carrier.manifest(request, _keeping(context, manifest_id))
    except carriers.UnavailableError:
        # Provably not made, so the next try need not search first.
        _move(context, manifest_id, _S.WANTED)
        raise


def _send_again(context: Context, manifest: Manifest, carrier: Carrier, request: ManifestRequest) -> ManifestOutcome:
    """Ask once more for a manifest that was not found, once that proves that it was not made."""
    proof_at = (manifest.tried_at or manifest.asked_at) + dt.timedelta(seconds=carrier.settle_s)
    left_s = (proof_at - system().at).total_seconds()
    if left_s > 0:
        raise RetryLaterError(f"{carrier.name} may still show the manifest.", delay_s=min(left_s, _ASK_AGAIN_S))
    return _send(context, manifest.id, carrier, request)


def _move(context: Context, manifest_id: int, then: ManifestStatus) -> None:
    """Commit what is about to be asked for, as the one worker that has the job."""
    with transaction(context.engine) as session:
        hold(session, context)
        manifest = manifesting.locked(session, system(), manifest_id)
        manifesting.move(session, system(), manifest, then)
        manifest.tried_at = system().at


def _keeping(context: Context, manifest_id: int) -> Keep:
    """Return what stores a raw answer beside a manifest before anybody reads it."""

    def keep(answer: str) -> None:
        with transaction(context.engine) as session:
            # PostgreSQL takes no NUL in a text.
            manifesting.locked(session, system(), manifest_id).answer = answer.replace("\0", "")

    return keep


def _unsettled(context: Context, manifest_id: int, reason: str) -> None:
    with transaction(context.engine) as session:
        actor = system()
        manifest = manifesting.locked(session, actor, manifest_id)
        if manifest.status is not _S.SENDING:
            return
        manifesting.move(session, actor, manifest, _S.UNSETTLED, reason)
        session.add(_told(manifest, f"Manifest of {manifest.boxes} boxes, {manifest.provider}: made or not? {reason}"))


def give_up(session: Session, payload: Mapping[str, Any], reason: str) -> dt.timedelta | None:
    """Let no manifest wait in silence whose job has failed too often: it is tried rarely until it has an end."""
    actor = system()
    manifest = manifesting.locked(session, actor, int(payload["manifest_id"]))
    if manifest.status not in OPEN:
        return None
    is_of_manifest = ExceptionItem.kind == ExceptionKind.LABEL, ExceptionItem.subject_id == manifest.id
    if not settling.is_open(session, actor, *is_of_manifest):
        text = f"Manifest of {manifest.boxes} boxes, {manifest.provider}, waits: {reason}. It is tried on by itself."
        session.add(_told(manifest, text))
    return _TRY_RARELY


def _record(context: Context, manifest_id: int, outcome: ManifestOutcome) -> None:
    with transaction(context.engine) as session:
        actor = system()
        manifest = manifesting.locked(session, actor, manifest_id)
        if manifest.status not in OPEN:
            return  # another worker, which took this one for lost, has ended it
        manifest.external_id = outcome.external_id
        settling.close(
            session, actor, ExceptionItem.kind == ExceptionKind.LABEL, ExceptionItem.subject_id == manifest_id
        )
        manifesting.move(session, actor, manifest, _THEN[outcome.status], outcome.reason)
        if outcome.status is carriers.ManifestStatus.REFUSED:
            text = f"Manifest of {manifest.boxes} boxes, {manifest.provider}, refused: {outcome.reason}"
            session.add(_told(manifest, text))
        session.add_all(
            ManifestDocument(
                warehouse_id=WAREHOUSE_ID,
                manifest_id=manifest_id,
                number=number,
                content_type=paper.content_type,
                content=base64.b64encode(paper.content).decode("ascii"),
            )
            for number, paper in enumerate(outcome.documents, 1)
        )


def _told(manifest: Manifest, text: str) -> ExceptionItem:
    return ExceptionItem(
        warehouse_id=WAREHOUSE_ID,
        kind=ExceptionKind.LABEL,
        at=system().at,
        text=text[:300],
        subject_id=manifest.id,
    )
