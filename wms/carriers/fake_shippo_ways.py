"""The ways of the fake Shippo's boxes: what a question about one is answered, and what is posted, in disorder."""

import datetime as dt
import hashlib
import hmac
import json
import random
import secrets
import time
from collections.abc import Sequence
from typing import Any

import requests

FIRST_AT = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)
# (Shippo's word, the carrier's words, city, hours after the first)
WAY = (
    ("PRE_TRANSIT", "The shipping label has been created.", "", 0),
    ("TRANSIT", "Accepted at the origin facility.", "Columbus", 5),
    ("TRANSIT", "Departed the facility.", "Columbus", 9),
    ("DELIVERED", "Delivered at the destination mailbox.", "San Francisco", 52),
)
POSTED_TWICE = 0.3
TRIES = 5
POST_S = 10.0


# Half a character, and one that PostgreSQL takes in no text.
ODD_END = "\ud83d\0"


def track_of(bought: dict[str, Any], provider: str, steps: int, *, oddly: bool = False) -> dict[str, Any]:
    """Return a box's way after so many steps; as with the real one, events get other ids in each answer."""
    history = [
        {
            "object_id": secrets.token_hex(16),
            "status": status,
            "status_details": details + ODD_END if oddly else details,
            "status_date": (FIRST_AT + dt.timedelta(hours=hours)).isoformat().replace("+00:00", "Z"),
            "location": {"city": city, "state": "", "zip": "", "country": "US"} if city else None,
        }
        for status, details, city, hours in WAY[:steps]
    ]
    return {
        "carrier": provider, "tracking_number": bought["tracking_number"], "transaction": bought["object_id"],
        "tracking_status": history[-1] if history else None, "tracking_history": history, "messages": [], "eta": None,
    }  # fmt: skip


def posts(bought: Sequence[dict[str, Any]], dice: random.Random, *, oddly: bool = False) -> list[bytes]:
    """Return the posts of all steps of all boxes: some twice, in no order."""
    ways = [track_of(one, "usps", step + 1, oddly=oddly) for one in bought for step in range(len(WAY))]
    bodies = [json.dumps({"event": "track_updated", "test": True, "data": way}).encode() for way in ways]
    bodies += [body for body in bodies if dice.random() < POSTED_TWICE]
    dice.shuffle(bodies)
    return bodies


def post(url: str, body: bytes, *, secret: str = "") -> None:
    """Post one body until it is taken, signed where there is a secret; raises for one that never is."""
    at = str(int(time.time()))
    sum_ = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "Shippo-Auth-Signature": f"t={at},v1={sum_}" if secret else ""}
    for tries_left in reversed(range(TRIES)):
        answer = requests.post(url, data=body, headers=headers, timeout=POST_S)
        if answer.ok:
            return
        if not tries_left:
            answer.raise_for_status()
