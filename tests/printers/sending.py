"""A driver with little patience, and a label for it to send."""

from printers.drivers.tcp import TcpPrinter
from printers.virtual.server import VirtualZebra
from printers.zpl import TWO_BY_ONE, Label


def driver(zebra: VirtualZebra, *, reply_timeout_s: float = 0.4) -> TcpPrinter:
    """A driver of that printer that asks often and gives up early."""
    url = f"tcp://{zebra.host}:{zebra.port}"
    return TcpPrinter(url=url, host=zebra.host, port=zebra.port, reply_timeout_s=reply_timeout_s, poll_s=0.01)


def label(code: str = "P000000017", *, copies: int = 1) -> bytes:
    """A small label with one barcode."""
    made = Label(TWO_BY_ONE, copies=copies)
    made.code128(40, 30, code)
    return made.to_zpl()
