"""A simulated scale: what is put on it wobbles, settles and is read as from a real one; its page and API put it on.

    python -m wms.scales.virtual --port 9105 --http 9106

A browser at the second port shows the scale and takes weights. As JSON:

    GET  /scale.json   {"load_g": 720, "reading_g": 722, "stable": false, "fault": null, "settle_ms": 600}
    PUT  /scale.json   sets the keys given: load_g, settle_ms, fault (null or a word of Fault)
"""

import argparse
import json
import math
import signal
import socketserver
import threading
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

from wms.scales.base import Reading

SETTLE_MS = 600
_HIGHEST_SWING_G = 400
_SWINGS_S = 9.0
_MOST_G = 60_000
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Scale</title>
<meta http-equiv="refresh" content="2"><style>body{{font:20px system-ui;margin:2em}}b{{font-size:3em}}</style>
<p><b>{reading} g</b> {state}</p>
<form method="post" action="/"><label>Put on it <input name="load_g" type="number" min="0" max="60000"
 value="{load}" autofocus> g</label> <button>Put</button> <button name="empty" value="1">Empty it</button></form>"""


class Fault(StrEnum):
    """What can be wrong with it: no answer, always busy, too much on it, or the plug is out."""

    SILENT = "silent"
    BUSY = "busy"
    OVER_RANGE = "over_range"
    UNPLUGGED = "unplugged"


class SimulatedScale:
    """What lies on the scale, and what it shows of it: after each change it swings for `settle_ms`."""

    def __init__(self, settle_ms: int = SETTLE_MS, now_s: Callable[[], float] = time.monotonic) -> None:
        """Begin empty."""
        self.settle_ms = settle_ms
        self.fault: Fault | None = None
        self._now_s = now_s
        self._load_g = 0
        self._before_g = 0
        self._changed_s = now_s() - settle_ms / 1000

    @property
    def load_g(self) -> int:
        """What lies on it."""
        return self._load_g

    def put(self, load_g: int) -> None:
        """Let so much lie on it; 0 takes everything off."""
        if not 0 <= load_g <= _MOST_G:
            raise ValueError(f"{load_g} g: the scale takes 0 to {_MOST_G} g.")
        self._before_g, self._load_g, self._changed_s = self._load_g, load_g, self._now_s()

    def read(self) -> Reading:
        """Return what it shows now: the swing around the new weight dies away until it is stable."""
        part = (self._now_s() - self._changed_s) * 1000 / self.settle_ms if self.settle_ms else 1.0
        if part >= 1:
            return Reading(weight_g=self._load_g, is_stable=True)
        swing_g = min(abs(self._load_g - self._before_g), _HIGHEST_SWING_G) * (1 - part)
        wobble_g = round(swing_g * math.cos(_SWINGS_S * 2 * math.pi * part))
        return Reading(weight_g=self._load_g - wobble_g, is_stable=False)

    def answer(self) -> bytes | None:
        """Return its SICS answer to SI; None where it is silent."""
        if self.fault is Fault.SILENT:
            return None
        if self.fault is Fault.BUSY:
            return b"S I\r\n"
        if self.fault is Fault.OVER_RANGE:
            return b"S +\r\n"
        reading = self.read()
        sign = "-" if reading.weight_g < 0 else ""
        kilograms = f"{sign}{abs(reading.weight_g) // 1000}.{abs(reading.weight_g) % 1000:03d}"
        return f"S {'S' if reading.is_stable else 'D'} {kilograms:>10} kg\r\n".encode()

    def state(self) -> dict[str, object]:
        """Return all of it as plain data."""
        reading = self.read()
        return {
            "load_g": self._load_g,
            "reading_g": reading.weight_g,
            "stable": reading.is_stable,
            "fault": self.fault,
            "settle_ms": self.settle_ms,
        }

    def set(self, wanted: Mapping[str, Any]) -> None:
        """Set the keys given; ValueError says what is wrong with one."""
        if unknown := set(wanted) - {"load_g", "settle_ms", "fault"}:
            raise ValueError(f"{', '.join(sorted(unknown))}: a scale has load_g, settle_ms and fault.")
        if "settle_ms" in wanted:
            self.settle_ms = int(wanted["settle_ms"])
        if "fault" in wanted:
            self.fault = Fault(wanted["fault"]) if wanted["fault"] else None
        if "load_g" in wanted:
            self.put(int(wanted["load_g"]))


class VirtualScale:
    """A simulated scale behind two ports: SICS over TCP, and its page; port 0 takes any that is free."""

    def __init__(self, *, port: int = 0, http: int = 0, settle_ms: int = SETTLE_MS, host: str = "127.0.0.1") -> None:
        """Take the ports."""
        self.scale = SimulatedScale(settle_ms)
        self._lines, self._pages = _LineServer((host, port), _Lines), _PageServer((host, http), _Pages)
        self._lines.scale = self._pages.scale = self.scale
        self._threads = [threading.Thread(target=one.serve_forever, args=(0.05,)) for one in (self._lines, self._pages)]

    @property
    def url(self) -> str:
        """Its address, as a station keeps it."""
        host, port = self._lines.server_address[:2]
        return f"virtual://{host!s}:{port}?http={self._pages.server_port}"

    def __enter__(self) -> Self:
        """Serve."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving."""
        for server, thread in zip((self._lines, self._pages), self._threads, strict=True):
            server.shutdown()
            thread.join()
            server.server_close()


class _LineServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    scale: SimulatedScale


class _Lines(socketserver.StreamRequestHandler):
    @property
    def scale(self) -> SimulatedScale:
        """The scale served."""
        assert isinstance(self.server, _LineServer)  # noqa: S101 - narrows what the library keeps
        return self.server.scale

    def handle(self) -> None:
        while True:
            try:
                question = self.rfile.readline()
            except OSError:
                return  # whoever asked is gone
            if not question or self.scale.fault is Fault.UNPLUGGED:
                return
            answer = self.scale.answer() if question == b"SI\r\n" else b"ES\r\n"
            if answer is not None:
                _ = self.wfile.write(answer)


class _PageServer(ThreadingHTTPServer):
    daemon_threads = True
    scale: SimulatedScale


class _Pages(BaseHTTPRequestHandler):
    @property
    def scale(self) -> SimulatedScale:
        """The scale served."""
        assert isinstance(self.server, _PageServer)  # noqa: S101 - narrows what the library keeps
        return self.server.scale

    def do_GET(self) -> None:
        if self.path.startswith("/scale.json"):
            return self._json()
        reading = self.scale.read()
        state = self.scale.fault or ("stable" if reading.is_stable else "settling")
        page = _PAGE.format(reading=reading.weight_g, state=state, load=self.scale.load_g)
        return self._send(HTTPStatus.OK, "text/html; charset=utf-8", page.encode())

    def do_PUT(self) -> None:
        try:
            self.scale.set(json.loads(self._body()))
        except (ValueError, TypeError) as error:
            return self._send(HTTPStatus.BAD_REQUEST, "text/plain", str(error).encode())
        return self._json()

    def do_POST(self) -> None:
        form = parse_qs(self._body().decode())
        try:
            self.scale.put(0 if "empty" in form else int(form.get("load_g", ["0"])[0]))
        except ValueError as error:
            return self._send(HTTPStatus.BAD_REQUEST, "text/plain", str(error).encode())
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()
        return None

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _json(self) -> None:
        self._send(HTTPStatus.OK, "application/json", json.dumps(self.scale.state()).encode())

    def _send(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        _ = self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own name
        """Say nothing: the terminal is the demo's."""


def main() -> None:
    """Run one scale until it is stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m wms.scales.virtual", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    _ = parser.add_argument("--port", type=int, required=True, help="where it answers as a scale")
    _ = parser.add_argument("--http", type=int, required=True, help="its page")
    _ = parser.add_argument("--settle-ms", type=int, default=SETTLE_MS, help=f"how long it swings ({SETTLE_MS})")
    _ = parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        _ = signal.signal(number, lambda *_: stop.set())
    with VirtualScale(port=options.port, http=options.http, settle_ms=options.settle_ms, host=options.host):
        _ = stop.wait()


if __name__ == "__main__":
    main()
