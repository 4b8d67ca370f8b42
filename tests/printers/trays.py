"""The virtual printers' pages on a port, and a browser's way of asking them."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest

from printers.preview import Preview
from printers.virtual.pages import TrayServer
from printers.virtual.server import VirtualZebra


@contextmanager
def serving(preview: Preview | None, *printers: VirtualZebra) -> Iterator[str]:
    """The trays of the printers, on a free port."""
    with TrayServer(
        ("127.0.0.1", 0), printers={printer.name: printer for printer in printers}, preview=preview
    ) as server:
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def get(url: str) -> bytes:
    """The body of a page."""
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - our own server
        body: bytes = answer.read()
        return body


def tray(url: str, query: str = "") -> Any:
    """The tray's labels as they are told to programs."""
    return json.loads(get(f"{url}/tray.json{query}"))


def post(url: str, **fields: str) -> None:
    """Send a form that is taken."""
    with urllib.request.urlopen(url, data=urlencode(fields).encode(), timeout=10) as answer:  # noqa: S310 - our own server
        assert answer.status == 200


def status_of(url: str, data: bytes | None = None) -> int:
    """The status of an answer that is a refusal, and says in JSON why."""
    with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(url, data=data, timeout=10):  # noqa: S310 - our own server
        pass
    with refused.value as error:
        assert json.loads(error.read())["error"]
        return error.code
