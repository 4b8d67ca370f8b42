"""A real floor for a test: opened from files by `wms import`, served by `wms serve`, with a virtual Zebra."""

import csv
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import requests

from printers.virtual.server import VirtualZebra
from tests.builders import gtin
from wms.domain.codes import CodeKind, own_code

PATIENCE_S = 60.0
BADGES = {role: own_code(CodeKind.BADGE, number) for number, role in enumerate(("picker", "packer", "supervisor"), 1)}
CART = own_code(CodeKind.CART, 1)
TOTES = [own_code(CodeKind.TOTE, number) for number in range(1, 5)]
STATION = own_code(CodeKind.STATION, 1)
CARTON = own_code(CodeKind.CARTON, 1)
MUG, TOWEL = "MUG-BLU", "TWL-RED"
_ORDER = {
    "Name": "#1001",
    "Email": "ada@example.com",
    "Financial Status": "paid",
    "Paid at": "2026-11-22 10:01:00 -0500",
    "Currency": "USD",
    "Total": "31.50",
    "Shipping Method": "Standard",
    "Created at": "2026-11-22 10:00:00 -0500",
    "Lineitem quantity": "2",
    "Lineitem name": "Blue mug",
    "Lineitem price": "9.90",
    "Lineitem sku": MUG,
    "Lineitem requires shipping": "true",
    "Lineitem fulfillment status": "pending",
    "Shipping Name": "Ada Łódź ^XZ",
    "Shipping Street": "1 Main St",
    "Shipping Address1": "1 Main St",
    "Shipping City": "Springfield",
    "Shipping Zip": "'62701",
    "Shipping Province": "IL",
    "Shipping Country": "US",
    "Id": "5000000000001",
    "Risk Level": "Low",
}
_SECOND_LINE = {"Lineitem quantity": "1", "Lineitem name": "Red towel", "Lineitem price": "11.70"}


@dataclass(frozen=True, kw_only=True)
class Floor:
    """The served warehouse: its address, the environment of its commands, and its printer."""

    url: str
    folder: Path
    environ: Mapping[str, str]
    zebra: VirtualZebra

    def wms(self, *arguments: str) -> str:
        """Run a wms command and return what it printed; a failed one fails the test with its words."""
        return run(self.folder, self.environ, *arguments)


def run(folder: Path, environ: Mapping[str, str], *arguments: str) -> str:
    """Run a wms command."""
    done = subprocess.run(
        [sys.executable, "-m", "wms", *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"wms {' '.join(arguments)}: {done.stdout}{done.stderr}"
    return done.stdout


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """Write rows with the columns of all of them."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


Tables = Mapping[str, Sequence[Mapping[str, object]]]
"""The rows of a new warehouse's files by their kind, in the order they are imported."""


def tables(zebra: VirtualZebra) -> Tables:
    """Return what a new warehouse is opened from: two products, each on a shelf of its own."""
    return {
        "products": [
            {"sku": MUG, "name": "Blue mug 350 ml", "barcode": gtin(1), "weight_g": 340, "length_mm": 110},
            {"sku": TOWEL, "name": "Red tea towel", "barcode": gtin(2), "weight_g": 90, "length_mm": 250},
        ],
        "locations": [
            {"code": "A01-03-B2", "zone": "A", "aisle": "01", "x_m": 2, "y_m": 5, "kind": "pick"},
            {"code": "A02-01-A1", "zone": "A", "aisle": "02", "x_m": 7, "y_m": 3, "kind": "pick"},
            {"code": "PACK 1", "x_m": 0, "y_m": 0, "kind": "lane"},
            {"code": "HOLD 1", "x_m": 1, "y_m": 0, "kind": "hold"},
            {"code": "DEPOT", "x_m": 0, "y_m": 0, "kind": "depot"},
        ],
        "stock": [
            {"location": "A01-03-B2", "sku": MUG, "quantity": 12},
            {"location": "A02-01-A1", "sku": TOWEL, "quantity": 5},
        ],
        "workers": [{"name": role.title(), "roles": role, "badge": badge} for role, badge in BADGES.items()],
        "carts": [{"name": "Cart 1", "slots": 4, "barcode": CART}],
        "totes": [{"barcode": tote} for tote in TOTES],
        "cartons": [
            {
                "name": "M2",
                "length_mm": 320,
                "width_mm": 240,
                "height_mm": 160,
                "weight_g": 150,
                "barcode": CARTON,
            }
        ],
        "printers": [{"name": "pack-1", "url": zebra.url}],
        "stations": [{"name": "PACK 1", "printer": "pack-1", "barcode": STATION}],
        "pickups": [
            {"carrier": "usps", "weekday": "mon|tue|wed|thu|fri|sat|sun", "cutoff": "23:58", "pickup": "23:59"}
        ],
    }


def one_order() -> list[Mapping[str, object]]:
    """Return the shop's rows of one order of two lines."""
    second = {"Name": _ORDER["Name"], "Email": _ORDER["Email"], "Lineitem sku": TOWEL, **_SECOND_LINE}
    second |= {"Lineitem requires shipping": "true", "Lineitem fulfillment status": "pending"}
    return [_ORDER, second]


def order_of(number: int, **units: int) -> list[Mapping[str, object]]:
    """Return the shop's rows of an order of so many units of each SKU."""
    name = {"Name": f"#{number}", "Email": _ORDER["Email"]}
    lines = [
        {"Lineitem sku": sku, "Lineitem name": sku, "Lineitem quantity": str(quantity)}
        for sku, quantity in units.items()
    ]
    tail = {"Lineitem price": "1.00", "Lineitem requires shipping": "true", "Lineitem fulfillment status": "pending"}
    first, *others = ({**tail, **line, **name} for line in lines)
    return [{**_ORDER, **first, "Id": f"50000000{number:05d}"}, *others]


@contextmanager
def opened(
    folder: Path, database_url: str, changed: Tables = MappingProxyType({}), orders: Sequence[Mapping[str, object]] = ()
) -> Iterator[Floor]:
    """Open a warehouse from files on an empty database, import its orders and serve it all.

    `changed` are tables in the place of the usual ones, `orders` the shop's rows instead of one order's.
    """
    environ = {key: value for key, value in os.environ.items() if not key.startswith("WMS_")}
    environ |= {"WMS_DATABASE_URL": database_url, "WMS_DATA_DIR": str(folder)}
    with ExitStack() as stack:
        zebra = stack.enter_context(VirtualZebra(name="pack-1", tray=folder / "trays"))
        _ = run(folder, environ, "db", "upgrade", "--name", "Journey DC")
        for kind, rows in {**tables(zebra), **changed}.items():
            _ = run(folder, environ, "import", kind, str(write_csv(folder / f"{kind}.csv", rows)))
        export = write_csv(folder / "orders_export.csv", orders or one_order())
        _ = run(folder, environ, "import", "orders", str(export), "--format", "shopify")
        port = free_port()
        command = [sys.executable, "-m", "wms", "serve", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
        server = stack.enter_context(subprocess.Popen(command, cwd=folder, env=environ))
        _ = stack.callback(server.terminate)
        url = f"http://127.0.0.1:{port}"
        wait_until_served(url, server)
        yield Floor(url=url, folder=folder, environ=environ, zebra=zebra)


def wait_until_served(url: str, server: "subprocess.Popen[bytes]") -> None:
    """Wait until the server answers; fail when it ends or keeps silent."""
    ends_at = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends_at:
        assert server.poll() is None, "the server ended before it answered"
        try:
            if requests.get(f"{url}/readyz", timeout=5).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")
