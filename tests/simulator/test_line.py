"""The line against a server that answers as it is told: lost answers, refusals, pages that are too old."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from wms.simulator.line import Conditions, Line, NoAnswerError, Pulled
from wms.simulator.tally import Tally

_CUT = 0  # in place of a status: the connection breaks without an answer
_SCREEN = b'<main id="screen" data-screen="home" data-token="t"></main><input id="ask" data-csrf="fresh">'
_SCAN = Pulled(action="/pick/", code="C0012", scan="a1", token="home", at_ms=0)  # noqa: S106 - a task's token, no secret


class Told(ThreadingHTTPServer):
    """Answers posts by a list of statuses, the last again and again; keeps what was posted."""

    daemon_threads = True

    def __init__(self, statuses: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = statuses
        self.posts: list[dict[str, str]] = []


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._say(200)

    def do_POST(self) -> None:
        assert isinstance(self.server, Told)
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.posts.append({name: values[0] for name, values in parse_qs(body).items()})
        statuses = self.server.statuses
        status = statuses.pop(0) if len(statuses) > 1 else statuses[0]
        if status != _CUT:
            self._say(status)

    def _say(self, status: int) -> None:
        body = _SCREEN if status in {200, 409} else b"<h1>No</h1>"
        self.send_response(status)
        self.send_header("Server-Timing", "app;dur=12.5")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        _ = self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
        pass


@contextmanager
def line_to(statuses: list[int], *, patience_s: float = 30) -> Iterator[tuple[Line, Told, Tally]]:
    with Told(statuses) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        tally = Tally()
        conditions = Conditions(
            url=f"http://127.0.0.1:{server.server_address[1]}/",
            drop_rate=0,
            patience_s=patience_s,
            stop=threading.Event(),
        )
        line = Line(conditions, tally, random.Random(1))  # noqa: S311 - a lost answer, no secret
        yield line, server, tally
        line.close()
        server.shutdown()
        thread.join()


def test_a_scan_goes_again_under_its_own_id_until_it_is_answered() -> None:
    with line_to([_CUT, 503, 200]) as (line, server, tally):
        page = line.scan(_SCAN)
    assert page.screen == "home"
    assert [post["scan"] for post in server.posts] == ["a1", "a1", "a1"]
    assert tally["retries"] == 2
    assert tally.scan_ms(0.5) == 12.5


def test_a_page_that_is_too_old_is_loaded_again_and_the_scan_goes_with_its_new_token() -> None:
    with line_to([419, 200]) as (line, server, _):
        _ = line.scan(_SCAN)
    assert [post.get("csrf_token", "") for post in server.posts] == ["", "fresh"]


def test_a_refusal_with_a_screen_is_an_answer() -> None:
    with line_to([409]) as (line, server, _):
        assert line.scan(_SCAN).screen == "home"
    assert len(server.posts) == 1


def test_a_refusal_without_a_screen_is_counted_and_the_page_looked_at() -> None:
    with line_to([403]) as (line, _, tally):
        assert line.scan(_SCAN).screen == "home"
    assert tally["scans_without_screen"] == 1


def test_people_go_home_when_no_answer_ever_comes() -> None:
    with line_to([503], patience_s=0.1) as (line, _, _), pytest.raises(NoAnswerError, match="status 503"):
        _ = line.scan(_SCAN)
