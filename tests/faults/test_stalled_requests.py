"""Handhelds that leave the radio in the middle of a request."""

import socket
from contextlib import ExitStack

import pytest
import requests

from tests.faults.wave import served
from wms.config import Settings

HEAD = b"POST /pick/ HTTP/1.1\r\nHost: wms\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n"
WHERE = {"in the head": HEAD, "in the body": HEAD + b"\r\ncode=L00"}
MORE_THAN_THREADS = 24
PATIENCE_S = 30


@pytest.mark.parametrize("empty", ["sqlite"], indirect=True)
@pytest.mark.parametrize("where", WHERE)
def test_requests_that_stop_half_way_do_not_keep_the_server_from_others(empty: Settings, where: str) -> None:
    with served(empty, lines=1) as wave, ExitStack() as stack:
        for _ in range(MORE_THAN_THREADS):
            handheld = stack.enter_context(socket.create_connection(("127.0.0.1", wave.server.port)))
            handheld.sendall(WHERE[where])
        assert requests.get(f"{wave.server.url}healthz", timeout=PATIENCE_S).text == "ok\n"
