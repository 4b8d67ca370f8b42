"""A small Shippo on this machine, to try a set-up or a fault without money: `python -m wms.carriers.fake_shippo`.

It keeps shipments, rates, purchases and refunds in memory, hands out labels, and fails on order or by chance
(`--faults 0.3`: three requests in ten, in all the ways of STORM). Answers follow the public OpenAPI description of
API version 2018-02-08; any key is good but an empty one.
"""

import argparse
import contextlib
import json
import random
import sys
import threading
from collections import Counter, deque
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from wms.carriers.fake_shippo_account import FILES, Account, Fault, NoSuchError, Refusal
from wms.carriers.fake_shippo_labels import CONTENT_TYPES, label_file
from wms.carriers.fake_shippo_ways import WAY, post, posts

BUYING = "POST /transactions"
THROTTLED, BROKEN = 429, 500
FOR_EVER_S = "9" * 400
# What may happen to each request; without AFTER and LATE nothing has been bought.
_ANY = (Fault.THROTTLED, Fault.THROTTLED_FOR_EVER, Fault.BROKEN, Fault.CUT)
STORM: Mapping[str, tuple[Fault, ...]] = {
    "POST /addresses": _ANY,
    "POST /shipments": (*_ANY, Fault.ODD_RATES),
    "GET /transactions": (*_ANY, Fault.NO_JSON, Fault.RATE_MISSING, Fault.RATE_AND_KEY_MISSING),
    "GET /labels": (Fault.BROKEN, Fault.CUT, Fault.NO_LABEL_FILE),
    "GET /tracks": (*_ANY, Fault.NO_JSON),
    "GET /manifests": (*_ANY, Fault.NO_JSON),
    "POST /manifests": (
        *_ANY,
        Fault.CUT_AFTER,
        Fault.BROKEN_AFTER,
        Fault.NO_JSON,
        Fault.HALF_AN_ANSWER,
        Fault.ID_MISSING,
    ),
    "POST /refunds": (*_ANY, Fault.CUT_AFTER, Fault.BROKEN_AFTER, Fault.NO_JSON, Fault.HALF_AN_ANSWER, Fault.REFUSED),
    BUYING: (
        *_ANY,
        Fault.HANG,
        Fault.HANG_AFTER,
        Fault.CUT_AFTER,
        Fault.BROKEN_AFTER,
        Fault.LATE,
        Fault.HALF_AN_ANSWER,
        Fault.NO_JSON,
        Fault.FIELDS_MISSING,
        Fault.FIELDS_UNKNOWN,
        Fault.ID_MISSING,
        Fault.LABEL_LATE,
        Fault.NEW_STATUS_FIRST,
        Fault.QUEUED_FIRST,
        Fault.QUEUED_IN_VAIN,
        Fault.REFUSED,
        Fault.REFUSED_ODDLY,
        Fault.LATIN_1,
        Fault.NO_LABEL_FILE,
        Fault.LONG_NUMBER,
    ),
}


class _Server(ThreadingHTTPServer):
    """Says what breaks in it, and nothing of clients that hang up before they are answered: they are its business."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about a client that has gone."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class FakeShippo:
    """The server; use it as a context manager, point the carrier at `url`, order faults, look at `account`."""

    def __init__(self, port: int = 0) -> None:
        """Listen on the loopback address; port 0 takes a free one."""
        self.account = Account()
        self.seen: list[str] = []
        self.keys_at_downloads: list[str] = []
        self.failed: Counter[str] = Counter()
        self._chance = 0.0
        self._dice = random.Random(0)  # noqa: S311 - which request fails is no secret
        self._faults: dict[str, deque[Fault]] = {}
        self.hanging = threading.Event()
        self._released = threading.Event()
        self._server = _Server(("127.0.0.1", port), _handler_for(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Start to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of every hanging request and stop."""
        self._released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def fail(self, fault: Fault, *, on: str = BUYING) -> None:
        """Order a fault for the next request such as "POST /transactions" or "GET /labels"; several queue up."""
        self._faults.setdefault(on, deque()).append(fault)

    def storm(self, chance: float, *, seed: int = 0) -> None:
        """Let each request fail by chance from now on, in one of the ways that STORM has for it; 0 ends it."""
        self._chance = chance
        self._dice.seed(seed)
        self.account.tells_oddly = chance > 0

    def post_ways(self, url: str, *, secret: str = "") -> int:
        """Move each paid box to its end and post every step of it, some twice and none in order; return how many."""
        paid = self.account.paid
        bodies = posts(paid, self._dice, oddly=self.account.tells_oddly)
        for bought in paid:
            self.account.steps[bought["object_id"]] = len(WAY)
        for body in bodies:
            post(url, body, secret=secret)
        return len(bodies)

    def next_fault(self, call: str) -> Fault | None:
        """Return the fault ordered for a request and forget it, else one by chance; `failed` counts them."""
        ordered = self._faults.get(call)
        fault = ordered.popleft() if ordered else self._by_chance(call)
        if fault is not None:
            self.failed[f"{call}: {fault}"] += 1
        return fault

    def _by_chance(self, call: str) -> Fault | None:
        ways = STORM.get(call, ())
        return self._dice.choice(ways) if ways and self._dice.random() < self._chance else None

    def hang(self) -> None:
        """Wait until the server is stopped; `hanging` says that a request has come so far."""
        self.hanging.set()
        _ = self._released.wait()


def _handler_for(fake: FakeShippo) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        pass

    Handler.fake = fake
    return Handler


class _Handler(BaseHTTPRequestHandler):
    fake: FakeShippo
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Say nothing: requests are in `seen`."""

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._serve(json.loads(body))

    def _serve(self, body: dict[str, Any]) -> None:
        path = urlsplit(self.path).path.strip("/").split("/")
        call = f"{self.command} /{path[0]}"
        self.fake.seen.append(call)
        fault = self.fake.next_fault(call)
        if fault is not None and self._failed_before(fault, body):
            return
        if path[0] == "labels":
            self.fake.keys_at_downloads.append(self.headers.get("Authorization", ""))
            self._send_label(path[1], fault)
        elif not self.headers.get("Authorization", "").removeprefix("ShippoToken").strip():
            self._answer(401, {"detail": "Authentication credentials were not provided."})
        elif self.headers.get("SHIPPO-API-VERSION") != "2018-02-08":
            self._answer(400, {"detail": "The requested version is not available."})
        else:
            self._route(path, body, fault)

    def _route(self, path: list[str], body: dict[str, Any], fault: Fault | None) -> None:
        try:
            if self.command == "POST":
                status, answer = 201, self._made(path, body, fault)
            else:
                status, answer = 200, self._found(path, fault)
        except NoSuchError:
            self._answer(404, None)
        except Refusal as refusal:
            self._answer(400, refusal.reasons)
        else:
            self._finish(status, answer, fault)

    def _made(self, path: list[str], body: dict[str, Any], fault: Fault | None) -> dict[str, Any]:
        account = self.fake.account
        match path:
            case ["addresses"]:
                return account.create_address(body)
            case ["shipments"]:
                return account.create_shipment(body, fault)
            case ["transactions"]:
                return account.create_transaction(body, fault, self.fake.url)
            case ["refunds"]:
                return account.create_refund(body, fault)
            case ["manifests"]:
                return account.create_manifest(body, fault, self.fake.url)
            case _:
                raise NoSuchError

    def _found(self, path: list[str], fault: Fault | None) -> dict[str, Any]:
        account = self.fake.account
        match path:
            case ["transactions"]:
                return account.list_transactions(parse_qs(urlsplit(self.path).query).get("rate", [""])[0], fault)
            case ["manifests"]:
                return account.list_manifests()
            case ["tracks", provider, number]:
                return account.track(provider, number)
            case [("shipments" | "transactions" | "refunds" | "manifests") as kind, object_id]:
                return account.get(kind, object_id)
            case _:
                raise NoSuchError

    def _failed_before(self, fault: Fault, body: dict[str, Any]) -> bool:
        if fault is Fault.THROTTLED:
            self._answer(THROTTLED, {"detail": "Request was throttled."}, retry_after="7")
        elif fault is Fault.THROTTLED_FOR_EVER:
            self._answer(THROTTLED, {"detail": "Request was throttled."}, retry_after=FOR_EVER_S)
        elif fault is Fault.BROKEN:
            self._answer(BROKEN, None)
        elif fault is Fault.LATE:
            self.fake.account.buy_later(body, self.fake.url)
            self._answer(BROKEN, None)
        elif fault is Fault.HANG:
            self.fake.hang()
            self.close_connection = True
        elif fault is Fault.CUT:
            self.close_connection = True
        elif fault is Fault.KEY_ECHOED:
            self._answer(403, {"detail": f"Bad header {self.headers.get('Authorization')}"})
        else:
            return False
        return True

    def _finish(self, status: int, answer: object, fault: Fault | None) -> None:
        if fault is Fault.HANG_AFTER:
            self.fake.hang()
        if fault in {Fault.HANG_AFTER, Fault.CUT_AFTER}:
            self.close_connection = True
        elif fault is Fault.BROKEN_AFTER:
            self._answer(BROKEN, None)
        elif fault is Fault.NO_JSON:
            self._send(status, b"<html>Gateway</html>", "text/html")
        elif fault is Fault.HALF_AN_ANSWER:
            content = json.dumps(answer).encode()
            self._head(status, len(content), "application/json")
            _ = self.wfile.write(content[: len(content) // 2])
            self.close_connection = True
        else:
            self._answer(status, answer)

    def _send_label(self, name: str, fault: Fault | None) -> None:
        transaction_id, kind = name.split(".")
        kind = FILES.get(fault, kind) if fault else kind
        bought = self.fake.account.get("transactions", transaction_id)
        self._send(200, label_file(bought["tracking_number"], kind), CONTENT_TYPES[kind])

    def _answer(self, status: int, answer: object, *, retry_after: str = "") -> None:
        self._send(status, json.dumps(answer).encode(), "application/json", retry_after=retry_after)

    def _send(self, status: int, content: bytes, content_type: str, *, retry_after: str = "") -> None:
        self._head(status, len(content), content_type, retry_after=retry_after)
        _ = self.wfile.write(content)

    def _head(self, status: int, length: int, content_type: str, *, retry_after: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(length))
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.end_headers()


def main() -> None:
    """Serve until interrupted; prints the carrier setting that leads here."""
    parser = argparse.ArgumentParser(description="A small Shippo on this machine; its labels are worth nothing.")
    _ = parser.add_argument("--port", type=int, default=4020)
    _ = parser.add_argument("--faults", type=float, default=0.0, metavar="SHARE", help="share of requests that fail")
    options = parser.parse_args()
    with FakeShippo(options.port) as fake, contextlib.suppress(KeyboardInterrupt):
        fake.storm(options.faults)
        print(f"Use the carrier shippo+{fake.url} with any key.", flush=True)  # noqa: T201 - a command prints
        _ = threading.Event().wait()


if __name__ == "__main__":
    main()
