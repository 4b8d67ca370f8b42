"""A real floor for simulated shifts: a server with its worker in a process group, and virtual printers beside it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from sqlalchemy import Engine, select

from printers.virtual.__main__ import open_preview
from printers.virtual.pages import TrayServer
from printers.virtual.server import VirtualZebra
from tests import builders
from tests.simulator import warehouse
from wms import migrations
from wms.config import Settings
from wms.database import make_engine, transaction
from wms.domain.floor import Printer, Station
from wms.scales.virtual import VirtualScale
from wms.simulator.report import Report
from wms.simulator.shift import Plan, Shift

_START_S = 60


@dataclass(kw_only=True)
class Server:
    """`wms serve` in a process group of its own."""

    settings: Settings
    port: int
    options: tuple[str, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        command = [sys.executable, "-m", "wms", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        environ = {
            **os.environ,
            "WMS_DATABASE_URL": self.settings.database_url,
            "WMS_DATA_DIR": str(self.settings.data_dir),
        }
        self.process = subprocess.Popen(
            [*command, "--workers", "2", *self.options], env=environ, stdout=subprocess.DEVNULL, start_new_session=True
        )

    def wait(self) -> None:
        deadline = time.monotonic() + _START_S
        while True:
            try:
                requests.get(f"{self.url}readyz", timeout=_START_S).raise_for_status()
            except requests.RequestException:
                assert time.monotonic() < deadline, "the server does not start"
                time.sleep(0.1)
            else:
                return

    def kill(self) -> None:
        """End web server and worker at once, as a power cut does."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        _ = self.process.wait()

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            _ = self.process.wait()


@contextmanager
def printers(engine: Engine, trays: Path) -> Iterator[None]:
    """Run a virtual printer for each printer of the warehouse, and write the addresses down."""
    with ExitStack() as stack:
        with transaction(engine) as session:
            rows = session.scalars(select(Printer)).all()
            zebras = {
                row.name: stack.enter_context(VirtualZebra(name=row.name, tray=trays, label_s=0.0)) for row in rows
            }
            preview = open_preview()
            if preview is not None:
                _ = stack.callback(preview.close)
            server = stack.enter_context(TrayServer(("127.0.0.1", 0), printers=zebras, preview=preview))
            for row in rows:
                row.url = f"virtual://127.0.0.1:{zebras[row.name].port}?http={server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield
        server.shutdown()
        thread.join()


def furnished(settings: Settings) -> Engine:
    """Make the small warehouse in an empty database."""
    engine = make_engine(settings)
    migrations.upgrade(engine)
    with transaction(engine) as session:
        _ = builders.warehouse(session)
        warehouse.furnish(session)
    return engine


@contextmanager
def scale(engine: Engine) -> Iterator[None]:
    """Run a simulated scale, and give it to each station of the warehouse."""
    with VirtualScale(settle_ms=100) as virtual:
        with transaction(engine) as session:
            for station in session.scalars(select(Station)):
                station.scale = virtual.url
        yield


@contextmanager
def floor(settings: Settings, *options: str) -> Iterator[tuple[Engine, Server]]:
    """Make the small warehouse in an empty database, and serve it with `wms serve` and its options."""
    engine = furnished(settings)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server = Server(settings=settings, port=probe.getsockname()[1], options=options)
    with printers(engine, settings.data_dir / "trays"):
        server.start()
        try:
            server.wait()
            yield engine, server
        finally:
            server.stop()
            engine.dispose()


def work(engine: Engine, server: Server, plan: Plan, at_times: Callable[[Shift], None] = lambda _: None) -> Report:
    """Let a shift work; `at_times` is called again and again meanwhile."""
    shift = Shift(engine, server.url, plan)
    return shift.run(lambda _: at_times(shift))
