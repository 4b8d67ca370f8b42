"""What a page weighs on the wire: itself and everything it names, as served to a browser that takes gzip."""

import gzip
import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

from tests.benchmarks import walks
from tests.benchmarks.walks import Aimed

_TIMEOUT_S = 30
# href stands in links and in <use>, an icon's place in the sheet of icons; <a href> is no part of the page.
_NAMES = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src",),
    "use": ("href",),
    "audio": ("src",),
    "source": ("src",),
}
_IMPORT = re.compile(rb"""(?:^|\s)(?:import|export)\s(?:[^"';]*\sfrom\s)?["']([^"']+)["']""", re.MULTILINE)
_CSS = re.compile(rb"""url\(["']?(?!data:)([^"')]+)["']?\)|@import\s+["']([^"']+)["']""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Served:
    """A body as it came over the wire, and as the browser reads it."""

    bytes_on_the_wire: int
    body: bytes


class _Named(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.paths: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.paths += [path for name in _NAMES.get(tag, ()) if (path := found.get(name)) and path[:5] != "data:"]


def of_page(url: str, aimed: Aimed) -> dict[str, int]:
    """Return the bytes of each body of a first load, by path: the page, what it names, and what those import."""
    headers = {"Accept-Encoding": "gzip", "Cookie": aimed.cookie}
    page = fetch(url, headers)
    weights = {urlsplit(url).path: page.bytes_on_the_wire}
    waiting = [urljoin(url, path) for path in _Named(page.body.decode()).paths]
    while waiting:
        address = urldefrag(waiting.pop()).url
        path = urlsplit(address).path
        if path not in weights:
            served = fetch(address, headers)
            weights[path] = served.bytes_on_the_wire
            waiting += [urljoin(address, name) for name in _named_in(path, served.body)]
    return weights


def _named_in(path: str, body: bytes) -> list[str]:
    if path.endswith(".js"):
        return [name.decode() for name in _IMPORT.findall(body) if name.startswith((b".", b"/"))]
    if path.endswith(".css"):
        return [(first or second).decode() for first, second in _CSS.findall(body)]
    return []


def fetch(url: str, headers: Mapping[str, str], body: bytes | None = None) -> Served:
    """GET an address, or POST a form to it; RuntimeError for any answer but 200."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=_TIMEOUT_S)
    try:
        given = {**headers, "Content-Type": "application/x-www-form-urlencoded"} if body else dict(headers)
        connection.request("POST" if body else "GET", parts.path, body=body, headers=given)
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    if response.status != http.client.OK:
        raise RuntimeError(f"{url} was answered {response.status}: {content[:300].decode(errors='replace')}")
    zipped = response.headers.get("Content-Encoding") == "gzip"
    return Served(bytes_on_the_wire=len(content), body=gzip.decompress(content) if zipped else content)


def answer(url: str, aimed: Aimed) -> Served:
    """Make one right scan and return its answer."""
    return fetch(url, {**walks.HEADERS, "Cookie": aimed.cookie}, urlencode(aimed.form()).encode())
