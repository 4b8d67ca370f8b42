"""A server for scan.js alone: our layouts, no warehouse, and answers that can be held, lost or refused."""

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import parse_qsl

import jinja2
from babel import Locale

from tests.builders import NOW
from wms.domain.actor import Actor
from wms.domain.saying import Said, say, say_some
from wms.web import failing, languages

ROOT = Path(__file__).resolve().parents[2]
CSP = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".webmanifest": "application/json"}
SCREEN = """{% extends layout %}{% import "macros.html" as ui %}{% block screen %}
<h1 class="instruction">SCAN</h1>
<section class="content">{{ ui.command("K086", "Done", key="F1") }}</section>
{% if screen.polls %}
<div hx-get="/pick/" hx-trigger="load" hx-target="#screen" hx-swap="outerHTML"></div>{% endif %}
{% call ui.bottom_bar() %}{{ ui.command("K017", "Short", "short") }}{% endcall %}{% endblock %}"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Screen:
    """The step the page shows."""

    name: str = "pick"
    wants: str = "product"
    token: str = "line-1"  # noqa: S105  the name of a step, no secret
    accept: tuple[str, ...] | None = ("04006381333931",)
    ahead: tuple[tuple[str, ...], ...] = ()
    job: str = "Batch 31"
    done: int = 1
    total: int = 2
    polls: bool = False
    """Asks for itself, once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Feedback:
    """The verdict the page shows; a status other than 200 goes with it.

    `is_broken`: our own program broke, and there is no page in the answer but an error's.
    """

    tone: str = "ok"
    cue: str = "step"
    words: str = "Good"
    have: None = None
    need: None = None
    opens: str = ""
    status: int = 200
    is_broken: bool = False


def someone(*, worker_id: int | None = 7, dark: bool = False) -> Actor:
    """Who is logged in; worker_id None: nobody."""
    return Actor(warehouse_id=1, at=NOW, worker_id=worker_id, dark=dark)


@dataclass(kw_only=True)
class State:
    """What the peer answers next, and what it has got."""

    screen: Screen = field(default_factory=Screen)
    actor: Actor = field(default_factory=someone)
    language: str = "en"
    judge: Callable[[dict[str, str]], Feedback] = lambda _post: Feedback()
    posts: list[dict[str, str]] = field(default_factory=list)
    lose_answers: int = 0
    """So many answers are lost on the wire, after the scan was counted."""
    portal_answers: int = 0
    """So many answers come from somebody else's page, with this status."""
    portal_status: int = 200
    open: threading.Event = field(default_factory=threading.Event)
    """Answers to scans wait for it; set at first."""
    polls_open: threading.Event = field(default_factory=threading.Event)
    """Answers to screens that ask for themselves wait for it."""


class ScanPeer:
    """The server, on a port of its own; `state` may be changed at any time."""

    def __init__(self, host: str) -> None:
        """Bind to a free port of the loopback."""
        self.state = State()
        self.state.open.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"peer": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self.url = f"http://{host}:{self._server.server_port}/pick/"
        loader = jinja2.ChoiceLoader(
            [jinja2.DictLoader({"screen": SCREEN}), jinja2.FileSystemLoader(ROOT / "templates")]
        )
        self._templates = jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined, autoescape=True)
        self._templates.finalize = self._spoken
        self._templates.globals.update(
            asset=lambda name: f"/static/{name}",
            csrf_token=self._csrf,
            locale=self._locale,
            once=lambda piece: piece(),
            say=say,
            say_some=say_some,
        )

    def __enter__(self) -> Self:
        """Start serving."""
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Stop serving; a held answer is let go."""
        self.state.open.set()
        self.state.polls_open.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def codes(self) -> list[str]:
        """The codes of the scans counted: each scan id once, in the order of its first post."""
        return list({post["scan"]: post["code"] for post in self.state.posts}.values())

    def render(self, layout: str, feedback: Feedback) -> str:
        """The page or the fragment for the state as it is now."""
        return self._templates.get_template("screen").render(
            layout=f"layouts/{layout}.html",
            screen=self.state.screen,
            feedback=feedback,
            call=None,
            actor=self.state.actor,
            ask=self.state.screen.token,
            station_action="/pick/",
            fresh_scan=secrets.token_hex(16),
        )

    def _locale(self) -> Locale:
        return Locale.parse(self.state.language)

    def _spoken(self, words: object) -> object:
        return languages.said_in(self._locale(), words) if isinstance(words, Said) else words

    def _csrf(self) -> str:
        return f"csrf-{self.state.actor.worker_id}"


class _Handler(BaseHTTPRequestHandler):
    peer: ScanPeer  # set on a subclass for each peer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        file = ROOT / path.lstrip("/")
        if path == "/pick/":
            is_swap = bool(self.headers.get("HX-Request"))
            page = self.peer.render("swap" if is_swap else "handheld", Feedback(tone="none", cue="", words=""))
            if self.headers.get("HX-Target"):
                _ = self.peer.state.polls_open.wait(20)
            self._send(200, "text/html", page.encode())
        elif path.startswith("/static/") and file.is_file():
            self._send(200, TYPES.get(file.suffix, "text/plain"), file.read_bytes())
        else:
            self._send(404, "text/plain", b"not here")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        # the first of a repeated field counts, as in werkzeug
        post = dict(reversed(parse_qsl(body, keep_blank_values=True)))
        state = self.peer.state
        state.posts.append(post)
        _ = state.open.wait(20)
        feedback = state.judge(post)
        if state.lose_answers > 0:
            state.lose_answers -= 1
            # cut in the middle: Chromium by itself repeats a post whose connection closes before the first byte
            self.close_connection = True
            self._send(200, "text/html", b"<main", length=9999)
        elif state.portal_answers > 0:
            state.portal_answers -= 1
            self._send(self.peer.state.portal_status, "text/html", b"<h1>Welcome to the guest network</h1>")
        elif feedback.is_broken:
            self._send(500, "text/html", b"<h1>Something went wrong</h1>", headers=failing.HEADER)
        else:
            layout = "swap" if self.headers.get("HX-Request") else "handheld"
            self._send(feedback.status, "text/html", self.peer.render(layout, feedback).encode(), feedback.cue)

    def _send(
        self,
        status: int,
        kind: str,
        body: bytes,
        cue: str = "",
        length: int = 0,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(length or len(body)))
        self.send_header("Content-Security-Policy", CSP)
        for name, value in {**headers, **({"X-Cue": cue} if cue else {})}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            _ = self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the handheld gave up waiting, as it should

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002, ARG002  the names in the base class
        return
