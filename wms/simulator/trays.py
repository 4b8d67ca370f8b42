"""What lies in the printers' trays: labels counted and read where they come out, not in the warehouse's tables."""

import random
import threading
from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from printers.decode import decode
from wms.domain.errors import WmsError
from wms.domain.floor import Printer

_TIMEOUT_S = 60.0  # drawing a picture takes its time on a busy machine
_SHIPPING = "NOT A PAID LABEL"  # what the offline carrier writes on each of its labels


class TrayError(WmsError):
    """A printer whose labels nobody can count: a real one, or a virtual one that does not answer."""

    def __init__(self, printer: str, why: str) -> None:
        super().__init__(f"Printer {printer}: {why}")
        self.printer = printer


@dataclass(frozen=True, kw_only=True, slots=True)
class Printed:
    """One label on paper: the printer, its number there, its hash, and its ZPL text."""

    printer: str
    number: int
    sha256: str
    zpl: str

    @property
    def is_shipping(self) -> bool:
        """Tell a shipping label from a slip."""
        return _SHIPPING in self.zpl


def addresses(session: Session, warehouse_id: int) -> dict[str, str]:
    """Return each printer's name and the address of its tray; TrayError for a printer that is not virtual."""
    found = {}
    for name, url in session.execute(select(Printer.name, Printer.url).where(Printer.warehouse_id == warehouse_id)):
        parts = urlsplit(url)
        if parts.scheme != "virtual":
            raise TrayError(name, f"{url} would waste paper. Give it a virtual:// address for a simulation.")
        port = parse_qs(parts.query).get("http", [""])[0]
        found[name] = f"http://{parts.hostname}:{port}" if port else ""
    return found


class Trays:
    """The trays of a warehouse's virtual printers, from a moment on."""

    def __init__(self, addresses: dict[str, str]) -> None:
        """Look into the trays once, so that what lies there already is not counted; TrayError."""
        self._addresses = addresses
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, int], Printed] = {}
        self._before = {printer: frozenset(self._numbers(printer)) for printer in addresses}

    def _numbers(self, printer: str) -> dict[int, str]:
        answer = self._get(printer, f"/tray.json?codes=0&printer={printer}")
        return {label["number"]: label["sha256"] for label in answer.json()[printer]}

    def _get(self, printer: str, path: str) -> requests.Response:
        try:
            answer = requests.get(self._addresses[printer] + path, timeout=_TIMEOUT_S)
        except requests.RequestException as error:
            raise TrayError(printer, "its tray does not answer. Start the virtual printers.") from error
        if answer.status_code != HTTPStatus.OK:
            raise TrayError(printer, f"its tray says {answer.status_code}. Is it the right address?")
        return answer

    def printed(self, printer: str) -> list[Printed]:
        """Return what a printer has printed since the shift began, oldest first."""
        with self._lock:
            for number, sha256 in self._numbers(printer).items():
                if number not in self._before[printer] and (printer, number) not in self._seen:
                    zpl = self._get(printer, f"/{printer}/{number}.zpl").text
                    self._seen[printer, number] = Printed(printer=printer, number=number, sha256=sha256, zpl=zpl)
            return [label for (name, _), label in sorted(self._seen.items()) if name == printer]

    def shipping(self) -> list[Printed]:
        """Return the shipping labels of all printers since the shift began."""
        return [label for printer in self._addresses for label in self.printed(printer) if label.is_shipping]

    def codes(self, label: Printed) -> list[str]:
        """Read a label's codes from its picture."""
        return decode(self._get(label.printer, f"/{label.printer}/{label.number}.png").content)

    def duplicated(self) -> int:
        """Count the shipping labels that came out again."""
        return sum(count - 1 for count in Counter(label.sha256 for label in self.shipping()).values())

    def sample(self, dice: random.Random, count: int) -> list[Printed]:
        """Choose some shipping labels to be read from pixels."""
        labels = self.shipping()
        return dice.sample(labels, min(count, len(labels)))


def answer(addresses: dict[str, str]) -> bool:
    """Tell whether all trays answer."""
    try:
        _ = Trays(addresses)
    except TrayError:
        return False
    return bool(addresses)
