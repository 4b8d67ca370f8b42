"""Shippo's SDK with time limits and raw answers; every failure says whether anything may have been spent.

SDK 3.9.0 has no timeouts, ignores its retry settings (good: a purchase is never repeated) and parses answers too
strictly, so a hook takes each answer before the SDK reads it.
"""

import datetime as dt
import re
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn
from urllib.parse import urljoin, urlsplit

import requests
import shippo
import urllib3

from wms.carriers.base import CarrierError, Keep, RefusedError, UnavailableError, UnsettledError, keep_nothing
from wms.carriers.shippo_answers import read_messages

NAME = "shippo"
# Without it some accounts are answered "requested version is not available" (goshippo/shippo-python-client#114).
API_VERSION = "2018-02-08"
KEY = re.compile(r"(Bearer )?[\w.\-]+", re.ASCII)
LABEL_BYTES_AT_MOST = 10_000_000
REDIRECTS_AT_MOST = 3
# Limits are by the minute, so a longer pause is no answer to ours; the packer's patience ends after two.
PAUSE_AT_MOST_S = 60.0
# Client errors that do not say "your request is wrong", so the purchase may have gone through behind them.
UNCLEAR = frozenset({408, 409, 425, 499})
THROTTLED = 429
OK_BELOW = 300


class _Answered(Exception):  # noqa: N818 - it carries an answer past the SDK's parser and is no error
    def __init__(self, response: requests.Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class _TakeAnswer:
    """Hands every HTTP answer over before the SDK reads it; the SDK raises whatever exception a hook returns."""

    def after_success(self, _context: object, response: requests.Response) -> Exception:
        return _Answered(response)

    def after_error(
        self, _context: object, response: requests.Response | None, error: Exception | None
    ) -> tuple[None, Exception | None] | Exception:
        return _Answered(response) if response is not None else (None, error)


class _Session(requests.Session):
    """A session in which nothing waits for ever, and nothing of a request is sent twice or elsewhere."""

    def __init__(self, timeout_s: tuple[float, float]) -> None:
        super().__init__()
        self.timeout_s = timeout_s
        self.headers["Connection"] = "close"
        # Keeps a .netrc on this machine from replacing the key.
        self.auth = lambda request: request

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        kwargs = {**self.merge_environment_settings(request.url, {}, None, None, None), **kwargs}
        # A kept connection that the far end has just closed would look like a purchase cut off in the middle, so each
        # request has its own; the header alone does not do it with a server that closes without saying so.
        with requests.Session() as once:
            return once.send(request, **{**kwargs, "timeout": self.timeout_s, "allow_redirects": False})


class ShippoWire:
    """One account at one address; `timeout_s` is to connect and to wait for the next byte."""

    def __init__(self, *, key: str, server_url: str, timeout_s: tuple[float, float]) -> None:
        """Take an account; raises ValueError, without showing it, for a key that no HTTP header could hold."""
        self._key = key.strip()
        if not KEY.fullmatch(self._key):
            raise ValueError("The Shippo key has characters no key has: copy it again, without quotes or spaces.")
        self._server_url = server_url
        self._timeout_s = timeout_s
        self._sdk = shippo.Shippo(
            api_key_header=self._key,
            shippo_api_version=API_VERSION,
            server_url=server_url,
            client=_Session(timeout_s),
        )
        hooks: Any = self._sdk.sdk_configuration.get_hooks()
        hooks.register_after_success_hook(_TakeAnswer())
        hooks.register_after_error_hook(_TakeAnswer())

    def ask(
        self, question: Callable[[shippo.Shippo], object], *, spends: bool = False, keep: Keep = keep_nothing
    ) -> object:
        """Return the parsed JSON answer to one call of the SDK; `keep` gets it first, as it came, with its status.

        Raises RefusedError and UnavailableError where nothing was spent; where `spends` and it cannot be excluded,
        UnsettledError.
        """
        try:
            _ = question(self._sdk)
        except _Answered as answered:
            keep(f"{answered.response.status_code} {answered.response.text}".replace(self._key, "***"))
            return self._read(answered.response, spends=spends)
        except (OSError, urllib3.exceptions.HTTPError) as error:
            self._fail(f"broke off ({type(error).__name__})", spends=spends and not _was_never_sent(error))
        raise AssertionError("The SDK returned without an answer: its hooks have changed.")

    def download(self, url: str) -> bytes:
        """Return a label file; the key is not sent along. Raises UnavailableError where it cannot be had now."""
        deadline = time.monotonic() + sum(self._timeout_s)
        with _Session(self._timeout_s) as session:
            for _ in range(REDIRECTS_AT_MOST):
                try:
                    if urlsplit(url).scheme != "https" and urlsplit(url).netloc != urlsplit(self._server_url).netloc:
                        self._fail("named a label address that is not https", spends=False)
                    with session.send(session.prepare_request(requests.Request("GET", url)), stream=True) as response:
                        if not response.is_redirect:
                            return self._body(response, deadline)
                        url = urljoin(url, response.headers["location"])
                except (OSError, ValueError, urllib3.exceptions.HTTPError) as error:
                    self._fail(f"broke off the label's download ({type(error).__name__})", spends=False)
        return self._fail("sends the label's download in circles", spends=False)

    def without_key(self, text: str) -> str:
        """Return a text fit for errors and logs: one line, without the key."""
        return " ".join(text.replace(self._key, "***").split())

    def _body(self, response: requests.Response, deadline: float) -> bytes:
        if response.status_code >= OK_BELOW:
            self._fail(f"answered the label's download with {response.status_code}", spends=False)
        body = bytearray()
        for part in response.iter_content(65_536):
            body += part
            if len(body) > LABEL_BYTES_AT_MOST or time.monotonic() > deadline:
                self._fail("sends a label file too large or too slow", spends=False)
        return bytes(body)

    def _read(self, response: requests.Response, *, spends: bool) -> object:
        status = response.status_code
        try:
            answer = response.json()
        except (ValueError, RecursionError):
            answer = None
        reasons = tuple(map(self.without_key, read_messages(answer)))
        said = f"{status}: {' '.join(reasons)}" if reasons else str(status)
        if status == THROTTLED:
            raise UnavailableError(
                "Shippo takes no more requests this minute: it will be asked again.",
                carrier=NAME,
                retry_after_s=seconds_of(response.headers.get("Retry-After", "")),
            )
        if status in {401, 403}:
            raise RefusedError(f"Shippo does not accept the key ({said}): check it.", carrier=NAME, reasons=reasons)
        if 400 <= status < 500 and status not in UNCLEAR:  # noqa: PLR2004 - the class of client errors, RFC 9110
            raise RefusedError(f"Shippo refused the request ({said}).", carrier=NAME, reasons=reasons)
        if status >= OK_BELOW:
            self._fail(f"failed ({said})", spends=spends)
        if answer is None:
            self._fail("sent an answer that cannot be read", spends=spends)
        return answer

    def _fail(self, what: str, *, spends: bool) -> NoReturn:
        error: CarrierError
        if spends:
            error = UnsettledError(
                f"Shippo {what} while a label was bought: look for the label before buying again.", carrier=NAME
            )
        else:
            error = UnavailableError(f"Shippo {what}: it will be asked again.", carrier=NAME)
        # The cause may quote headers, and with them the key.
        raise error from None


def unsettled_by(error: Exception, what: str) -> UnsettledError:
    """Return that a look-up failed, so that `what` is not known yet, and what pause was asked for if that was why."""
    pause_s = error.retry_after_s if isinstance(error, UnavailableError) else None
    return UnsettledError(f"{what} is not known yet: {error}", carrier=NAME, retry_after_s=pause_s)


def _was_never_sent(error: Exception) -> bool:
    """Tell whether a failure surely came before the first byte of a request: nobody there, or not who they say."""
    if isinstance(error, (requests.exceptions.ConnectTimeout, ValueError)):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, urllib3.exceptions.NewConnectionError) or (
        isinstance(error, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error)
    )


def seconds_of(header: str) -> float | None:
    """Return the pause that a Retry-After asks for, in seconds or until a date (RFC 9110, section 10.2.3)."""
    if header.isascii() and header.isdigit():
        return min(float(header), PAUSE_AT_MOST_S)
    try:
        until = parsedate_to_datetime(header)
        left_s = (until.replace(tzinfo=until.tzinfo or dt.UTC) - dt.datetime.now(dt.UTC)).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(max(left_s, 0.0), PAUSE_AT_MOST_S)
