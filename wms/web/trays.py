"""Where a browser finds the labels that a virtual printer has printed."""

import ipaddress
from urllib.parse import urlsplit

import flask

from printers.drivers import open_printer
from printers.errors import BadAddressError


def address(printer_url: str) -> str:
    """Return the address of a printer's tray, '' without one; this machine is called what the browser calls it."""
    try:
        tray = open_printer(printer_url).tray_url
    except BadAddressError:
        return ""
    if tray is None:
        return ""
    at = urlsplit(tray)
    if not _is_loopback(at.hostname or ""):
        return tray
    host = urlsplit(f"//{flask.request.host}").hostname or ""
    return f"http://{f'[{host}]' if ':' in host else host}:{at.port}/"


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
