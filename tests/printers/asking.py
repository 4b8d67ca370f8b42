"""Questions to a virtual printer over a line of their own."""

import socket

from printers.virtual.server import VirtualZebra


def ask(zebra: VirtualZebra, question: bytes, *, end: bytes) -> bytes:
    """What the printer answers, up to this end."""
    with socket.create_connection((zebra.host, zebra.port), timeout=5) as line:
        line.sendall(question)
        reply = b""
        while not reply.endswith(end):
            reply += line.recv(100)
        return reply


def host_status(zebra: VirtualZebra) -> bytes:
    """Its answer to ~HS."""
    return ask(zebra, b"~HS", end=b",0\x03\r\n")
