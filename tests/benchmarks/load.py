"""A client that keeps so many connections busy: each sends its next request as soon as it has its answer."""

import selectors
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

_HEAD_END = b"\r\n\r\n"
_CHUNK = 65_536
_TIMEOUT_S = 30.0

Request = Callable[[], bytes]


def post(path: str, form: Mapping[str, str], cookie: str, headers: Mapping[str, str]) -> bytes:
    """Return the bytes of a form's POST on a connection that stays open."""
    body = urlencode(form).encode()
    fields = {
        "Host": "127.0.0.1",
        "Cookie": cookie,
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        **headers,
    }
    return _head("POST", path, fields) + body


def get(path: str) -> bytes:
    """Return the bytes of a GET on a connection that stays open."""
    return _head("GET", path, {"Host": "127.0.0.1"})


def _head(method: str, path: str, fields: Mapping[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode()


@dataclass(kw_only=True, slots=True)
class _Connection:
    socket: socket.socket
    next_request: Request
    sent_s: float = 0.0
    read: bytes = b""


@dataclass(kw_only=True, slots=True)
class Load:
    """What was measured: seconds from each request's first byte sent to its answer's last byte."""

    latencies_s: list[float] = field(default_factory=list)
    elapsed_s: float = 0.0


def run(port: int, requests: list[Request], seconds: float) -> Load:
    """Send for so long, one connection for each maker of requests; RuntimeError for any answer but 200."""
    load = Load()
    with selectors.DefaultSelector() as selector:
        started_s = time.perf_counter()
        for next_request in requests:
            made = _Connection(socket=socket.create_connection(("127.0.0.1", port)), next_request=next_request)
            made.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _ = selector.register(made.socket, selectors.EVENT_READ, made)
            _send(made)
        under_way = len(requests)
        while under_way:
            ready = selector.select(_TIMEOUT_S)
            if not ready:
                raise RuntimeError(f"The server gave no answer in {_TIMEOUT_S:.0f} s.")
            for key, _ in ready:
                connection: _Connection = key.data
                if not _is_answered(connection):
                    continue
                now_s = time.perf_counter()
                load.latencies_s.append(now_s - connection.sent_s)
                if now_s - started_s < seconds:
                    _send(connection)
                else:
                    _ = selector.unregister(connection.socket)
                    connection.socket.close()
                    under_way -= 1
        load.elapsed_s = time.perf_counter() - started_s
    return load


def _send(connection: _Connection) -> None:
    request = connection.next_request()
    connection.read = b""
    connection.sent_s = time.perf_counter()
    connection.socket.sendall(request)


def _is_answered(connection: _Connection) -> bool:
    chunk = connection.socket.recv(_CHUNK)
    if not chunk:
        raise RuntimeError("The server closed a connection in the middle.")
    connection.read += chunk
    head, end, body = connection.read.partition(_HEAD_END)
    if not end:
        return False
    status, *lines = head.decode("latin-1").split("\r\n")
    if status.split(" ")[1] != "200":
        raise RuntimeError(f"The server answered {status}: {body[:300].decode(errors='replace')}")
    fields = dict(line.lower().split(": ", 1) for line in lines)
    return len(body) >= int(fields["content-length"])
