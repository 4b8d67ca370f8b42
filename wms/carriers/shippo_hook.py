"""What Shippo posts to us by itself: whether it is Shippo, and what it says of a box.

Shippo proves itself by a token of ours in the address, by an HMAC of what it sends, or by both
(docs.goshippo.com, "Webhook security"). The SDK is not needed here and not loaded.
"""

import hashlib
import hmac
import json
from typing import Any

from wms.carriers.base import Track
from wms.carriers.shippo_answers import UnreadableError, read_track, read_transaction

SIGNATURE = "Shippo-Auth-Signature"
TRACKED = "track_updated"
PURCHASE_MOVED = "transaction_updated"


def is_from_shippo(body: bytes, *, token: str, signature: str, wanted_token: str, secret: str) -> bool:
    """Tell whether a post proves itself by each of the two that is set; where none is set, none can.

    The signature's moment is not judged: a post sent again says nothing new, and is kept once.
    """
    proofs = []
    if wanted_token:
        proofs.append(hmac.compare_digest(token.encode(), wanted_token.encode()))
    if secret:
        parts: dict[str, str] = {}
        for part in signature.split(","):
            name, _, value = part.strip().partition("=")
            parts[name] = value
        signed = parts.get("t", "").encode() + b"." + body
        wanted = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        proofs.append(hmac.compare_digest(parts.get("v1", "").lower().encode(), wanted.encode()))
    return bool(proofs) and all(proofs)


def read_hook(body: str) -> Track | None:
    """Return the way that a post tells, None where it is about something else; raises UnreadableError."""
    post = _read(body)
    return read_track(post.get("data")) if post.get("event") == TRACKED else None


def read_purchase(body: str) -> str:
    """Return the id of the purchase that a post has news of, '' where it is about none; raises UnreadableError."""
    post = _read(body)
    return read_transaction(post.get("data")).transaction_id if post.get("event") == PURCHASE_MOVED else ""


def _read(body: str) -> dict[str, Any]:
    try:
        post = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"The post is no JSON ({type(error).__name__}).") from error
    if not isinstance(post, dict):
        raise UnreadableError("The post is no object.")
    return post
