"""How gunicorn serves the app, whoever starts it: `gunicorn -c python:wms.serving 'wms.app:create_app()'`."""

import socket
import struct
from typing import Any

from wms.config import load

# A handheld that leaves the radio in the middle of a request must not hold a thread until somebody restarts the server.
STALLED_S = 5

worker_class = "gthread"  # threads for slow lines
threads = 8
keepalive = 75  # longer than any page's polling
loglevel = "warning"
_settings = load()
if _settings.tls_cert:
    certfile, keyfile = str(_settings.tls_cert), str(_settings.tls_key)


def when_ready(server: Any) -> None:
    """Let reading from a connection give up; connections take the option over from the socket that accepts them."""
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", STALLED_S, 0))
