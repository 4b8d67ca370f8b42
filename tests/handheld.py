"""A handheld as its holder sees it: scans codes, reads the screen, hears the cue, all by the scan contract."""

import itertools
import json
import secrets
from html.parser import HTMLParser

from flask import Flask
from werkzeug.test import TestResponse

_clock = itertools.count(1_700_000_000_000, 1_000)
_VOID = frozenset({"meta", "link", "input", "img", "use", "br"})


class _Page(HTMLParser):
    """The parts of a page that matter: #screen, #feedback and #ask with their attributes and words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.attributes: dict[str, dict[str, str]] = {}
        self.words: dict[str, list[str]] = {}
        self._open: list[str | None] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        name = found.get("id")
        if name in {"screen", "feedback", "ask"}:
            self.attributes[name] = found
            self.words[name] = []
        if tag not in _VOID:
            self._open.append(name if name in self.attributes else None)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and self._open:
            _ = self._open.pop()

    def handle_data(self, data: str) -> None:
        for name in self._open:
            if name is not None:
                self.words[name].append(data)


class Handheld:
    """One browser at a station's address, /pick/ or /pack/; `page` is what its page says of itself, if anything."""

    def __init__(self, app: Flask, address: str = "/pick/", page: str = "") -> None:
        self.client = app.test_client()
        self.address = address
        self.headers = {"X-Page": page} if page else {}
        self.cue = ""
        self.status = 0
        self._page = _Page("")
        _ = self.look()

    def look(self) -> str:
        """Load the whole page and return its screen's name."""
        return self._read(self.client.get(self.address, headers=self.headers))

    def scan(self, *codes: str, token: str | None = None, scan: str | None = None) -> str:
        """Pull the trigger on each code, wait for each answer, and return the screen's name."""
        for code in codes:
            _ = self.post(code=code, ask=self.token if token is None else token, scan=scan or secrets.token_hex(16))
        return self.screen

    def post(self, **fields: str) -> TestResponse:
        """Post the contract's fields as scan.js does; `at` and `csrf_token` are filled in."""
        form = {"at": str(next(_clock)), "csrf_token": self.csrf_token, **fields}
        response = self.client.post(self.address, data=form, headers={"HX-Request": "true", **self.headers})
        _ = self._read(response)
        return response

    def _read(self, response: TestResponse) -> str:
        self.status, self.cue = response.status_code, response.headers.get("X-Cue", "")
        page = _Page(response.text)
        assert set(page.attributes) == {"screen", "feedback", "ask"}, response.text
        self._page = page
        return self.screen

    @property
    def screen(self) -> str:
        """The screen's name."""
        return self._page.attributes["screen"]["data-screen"]

    @property
    def wants(self) -> str:
        """The barcode type asked for."""
        return self._page.attributes["screen"]["data-ask"]

    @property
    def token(self) -> str:
        """The token of the task on screen."""
        return self._page.attributes["screen"]["data-token"]

    @property
    def csrf_token(self) -> str:
        """The session's CSRF token."""
        return self._page.attributes["ask"]["data-csrf"]

    @property
    def accept(self) -> list[str] | None:
        """The codes that would be right, or None where the page does not say."""
        text = self._page.attributes["screen"].get("data-accept")
        found: list[str] | None = None if text is None else json.loads(text)
        return found

    @property
    def tone(self) -> str:
        """The verdict's tone."""
        return self._page.attributes["feedback"]["data-tone"]

    @property
    def said(self) -> str:
        """The verdict's words."""
        return _one_line(self._page.words["feedback"])

    @property
    def text(self) -> str:
        """The screen's words."""
        return _one_line(self._page.words["screen"])

    def sees(self, words: str) -> bool:
        """Tell whether the words stand on the screen or in the verdict."""
        return words in self.text or words in self.said

    def hears(self, cue: str) -> bool:
        """Tell whether the last answer sounded like this."""
        return self.cue == cue and self._page.attributes["feedback"]["data-cue"] == cue


def _one_line(words: list[str]) -> str:
    return " ".join(" ".join(words).split())
