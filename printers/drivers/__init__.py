"""One driver a URL scheme, behind one door."""

from collections.abc import Callable
from urllib.parse import urlsplit

from printers.drivers.file import FilePrinter
from printers.drivers.queue import QueuePrinter
from printers.drivers.tcp import TcpPrinter
from printers.drivers.virtual import VirtualPrinter
from printers.errors import BadAddressError
from printers.printer import Patience, Printer

SCHEMES: dict[str, Callable[[str, Patience], Printer]] = {
    "tcp": TcpPrinter.from_url,
    "virtual": VirtualPrinter.from_url,
    "file": lambda url, _: FilePrinter.from_url(url),
    "queue": lambda url, _: QueuePrinter.from_url(url),
}
USUAL = Patience()


def open_printer(url: str, patience: Patience = USUAL) -> Printer:
    """Return the printer at `url`; nothing is connected yet. Raises BadAddressError."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError as error:
        raise BadAddressError(url=url, reason="has brackets that do not pair") from error
    if scheme not in SCHEMES:
        raise BadAddressError(url=url, reason="has no scheme we know")
    return SCHEMES[scheme](url, patience)
