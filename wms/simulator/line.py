"""The radio line of one device: HTTP with the retry rules of static/js/scan.js, and faults on request."""

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import requests

from wms.domain.errors import WmsError
from wms.simulator.page import Form, Page
from wms.simulator.tally import Tally

_RETRY_S = (0.25, 0.5, 1.0, 2.0, 4.0)
_ABORT_S = 4.0
_DESK_ABORT_S = 30.0  # planning a wave takes its seconds, and a desk's browser waits
_PAGE_TOO_OLD = 419
_LOCKED = (HTTPStatus.UNAUTHORIZED, _PAGE_TOO_OLD)
_AGAIN = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
_TIMING = re.compile(r"app;dur=([\d.]+)")


class NoAnswerError(WmsError):
    """The server gave no answer for so long that people would go home."""

    def __init__(self, url: str, waited_s: float, last: str) -> None:
        super().__init__(f"No answer from {url} for {waited_s:.0f} s (last: {last}). Start the server again.")
        self.url = url
        self.waited_s = waited_s
        self.last = last


class StoppedError(WmsError):
    """The shift was stopped; whoever waits goes home."""

    def __init__(self) -> None:
        super().__init__("The shift was stopped.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditions:
    """What all lines of a shift share: the server, how often an answer is lost, and how long one waits for any."""

    url: str
    drop_rate: float
    patience_s: float
    stop: threading.Event


@dataclass(frozen=True, kw_only=True, slots=True)
class Pulled:
    """A trigger pull as scan.js posts it: its own id is what makes posting it again harmless."""

    action: str
    code: str
    scan: str
    token: str
    at_ms: int


class Line:
    """One device's connection with its cookies."""

    def __init__(self, conditions: Conditions, tally: Tally, dice: random.Random) -> None:
        self._conditions = conditions
        self._tally = tally
        self._dice = dice
        self._session = requests.Session()
        self._session.trust_env = False
        self._csrf = ""
        self._last_fault = ""
        self.silent_since_s: float | None = None

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def get(self, path: str) -> Page:
        """Load a page until it comes."""
        response = self._until_answered(lambda: self._session.get(self._url(path), timeout=_DESK_ABORT_S))
        return self._read(response)

    def scan(self, pulled: Pulled) -> Page:
        """Post a scan until it is answered; an answer that is no screen leaves the screen as it is, said wrong."""
        while True:
            response = self._until_answered(lambda: self._post(pulled), is_scan=True)
            status = HTTPStatus.UNAUTHORIZED if response.history else response.status_code
            if status in _LOCKED:
                _ = self.get(pulled.action)  # a new cookie or token; the scan stays and goes again
                continue
            match = _TIMING.search(response.headers.get("Server-Timing", ""))
            if match:
                self._tally.took(float(match[1]))
            page = self._read(response)
            if page.screen:
                return page
            self._tally.add("scans_without_screen")
            return self.get(pulled.action)

    def _post(self, pulled: Pulled) -> requests.Response:
        body = {
            "code": pulled.code,
            "scan": pulled.scan,
            "ask": pulled.token,
            "at": str(pulled.at_ms),
            "csrf_token": self._csrf,
        }
        headers = {"HX-Request": "true"}
        return self._session.post(self._url(pulled.action), data=body, headers=headers, timeout=_ABORT_S)

    def send(self, form: Form, **fields: str) -> Page | None:
        """Send a desk form once and follow it; None when the answer was lost and one must look what came of it."""
        body = {**form.fields, **fields}
        response = self._attempt(
            lambda: self._session.post(self._url(form.action), data=body, timeout=_DESK_ABORT_S), is_scan=False
        )
        return None if response is None else self._read(response)

    def _url(self, path: str) -> str:
        return urljoin(self._conditions.url, path)

    def _read(self, response: requests.Response) -> Page:
        page = Page(response.text)
        self._csrf = page.csrf or self._csrf
        return page

    def _until_answered(self, send: Callable[[], requests.Response], *, is_scan: bool = False) -> requests.Response:
        began_s = time.monotonic()
        tries = 0
        while True:
            response = self._attempt(send, is_scan=is_scan)
            if response is not None:
                self.silent_since_s = None
                return response
            waited_s = time.monotonic() - (self.silent_since_s or began_s)
            self.silent_since_s = self.silent_since_s or began_s
            if waited_s > self._conditions.patience_s:
                raise NoAnswerError(self._conditions.url, waited_s, self._last_fault)
            self._tally.add("retries")
            if self._conditions.stop.wait(_RETRY_S[min(tries, len(_RETRY_S) - 1)]):
                raise StoppedError
            tries += 1

    def _attempt(self, send: Callable[[], requests.Response], *, is_scan: bool) -> requests.Response | None:
        """Try once; None when there was no answer worth the name: cut, late, a server error, or no page of ours."""
        if self._conditions.stop.is_set():
            raise StoppedError
        cookies = self._session.cookies.copy()
        try:
            response = send()
        except requests.RequestException as error:
            self._last_fault = type(error).__name__
            return None
        if self._dice.random() < self._conditions.drop_rate:
            self._session.cookies = cookies
            self._tally.add("answers_dropped")
            self._last_fault = "answer thrown away"
            return None
        self._last_fault = f"status {response.status_code}"
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR or response.status_code in _AGAIN:
            return None
        if is_scan and response.ok and not response.history and 'data-screen="' not in response.text:
            return None
        return response


def base_of(url: str) -> str:
    """Return a server's address with a closing slash; ValueError where it is none."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError(f"'{url}' is no address; give one like http://localhost:8000.")
    return f"{parts.scheme}://{parts.netloc}/"
