"""What every response and every write carries: a strict content policy, an origin check, the server's own time."""

import time
from urllib.parse import urlsplit

import flask

_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'self'; form-action 'self'; object-src 'none'; frame-ancestors "
)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def policy(frame_ancestors: str = "'none'") -> str:
    """Return the content policy of a page and who may frame it."""
    return _POLICY + frame_ancestors


def protect(app: flask.Flask) -> None:
    """Add the headers and checks to an app."""
    _ = app.before_request(_start_clock)
    _ = app.before_request(_same_origin)
    _ = app.after_request(_headers)


def _start_clock() -> None:
    flask.g.started_s = time.perf_counter()


def _same_origin() -> None:
    # Over plain http browsers send Origin but no Sec-Fetch-Site; a missing one is no browser's cross-site post.
    origin = flask.request.headers.get("Origin")
    if flask.request.method in _SAFE or origin is None:
        return
    if urlsplit(origin).netloc != flask.request.host:
        flask.abort(403, "The form was sent from another site. Open this page itself and try again.")


def _headers(response: flask.Response) -> flask.Response:
    headers = response.headers
    _ = headers.setdefault("Content-Security-Policy", policy())
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    if "started_s" in flask.g:
        headers["Server-Timing"] = f"app;dur={(time.perf_counter() - flask.g.started_s) * 1000:.2f}"
    return response
