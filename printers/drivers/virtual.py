"""A virtual Zebra: the same bytes as tcp, and a tray to look at."""

from typing import Self
from urllib.parse import parse_qs, urlsplit

from printers.drivers.tcp import TcpPrinter, host_and_port
from printers.errors import BadAddressError
from printers.printer import Patience


class VirtualPrinter(TcpPrinter):
    """A TCP printer that is `python -m printers.virtual` and shows its labels over HTTP."""

    @classmethod
    def from_url(cls, url: str, patience: Patience) -> Self:
        """Open `virtual://host:port` or `virtual://host:port?http=PORT`; raises BadAddressError."""
        host, _ = host_and_port(url)
        tray_port = parse_qs(urlsplit(url).query).get("http", [""])[0]
        if tray_port and not tray_port.isdigit():
            raise BadAddressError(url=url, reason="names a tray port that is no number")
        printer = super().from_url(url, patience)
        printer.tray_url = f"http://{host}:{tray_port}/" if tray_port else None
        return printer
