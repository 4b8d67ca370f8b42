"""wms demo: a warehouse worth looking at, served with its worker and virtual printers."""

import datetime as dt
import shutil
import socket
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

import click
from sqlalchemy import Engine, select

from wms import config, migrations
from wms.cli import style
from wms.cli.processes import Processes
from wms.cli.serve import start_web
from wms.config import WAREHOUSE_ID, Settings
from wms.database import make_engine, reading, transaction
from wms.demo import seed
from wms.domain.actor import Role
from wms.domain.floor import Printer, Station
from wms.domain.people import Worker

# The ports of printers and scales begin here and a few further on for each next web port, so that demos beside one
# another, started in the same second too, do not reach for the same; all below what systems give to clients.
_FIRST_PORT, _PORTS_A_DEMO, _PORTS = 9101, 6, 20_000
_USUAL_WEB_PORT = 8000


@click.command()
@click.option("--host", default="0.0.0.0", show_default=True, help="Address to listen on.")  # noqa: S104 - a handheld tries it too
@click.option("--port", default=8000, show_default=True, type=style.PORT, envvar="PORT", help="Port to listen on.")
@click.option("--reset", is_flag=True, help="Throw the demo's data away and stop; never touches other data.")
def demo(host: str, port: int, reset: bool) -> int:
    """Make the demo warehouse where there is none yet and serve it with its worker, virtual printers and a scale.

    It lives in var/demo, apart from all other data; with WMS_DATABASE_URL it uses that database when it is empty or
    holds the demo. Example: wms demo --port 8000
    """
    settings = config.load(demo=True)
    if reset:
        return _reset(settings)
    engine = make_engine(settings)
    ready(engine)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.UsageError(f"Port {port} is taken ({error.strerror}). Choose another: PORT=8001.") from error
    url = settings.url.render_as_string(hide_password=False)
    processes = Processes(environ={"WMS_DATABASE_URL": url, "WMS_DATA_DIR": str(settings.data_dir)})
    tray_port = start_devices(processes, settings, engine, beside=port)
    processes.start("worker", ["-m", "wms", "work"])
    start_web(processes, host=host, port=port)
    _say_hello(engine, f"{settings.scheme}://localhost:{port}", tray_port)
    engine.dispose()
    return processes.watch()


def ready(engine: Engine) -> None:
    """Bring the tables up to date and make the demo's warehouse where the database is empty."""
    if migrations.current(engine) is not None:
        _ = seed.is_seeded(engine)
    migrations.upgrade(engine)
    if not seed.is_seeded(engine):
        click.echo("Making the demo warehouse (some seconds, once) ...", err=True)
        seed.seed(engine, dt.datetime.now(dt.UTC))


def _reset(settings: Settings) -> int:
    folder = settings.data_dir / "demo"
    if settings.database_given:
        engine = make_engine(settings)
        if migrations.current(engine) is None or not seed.is_seeded(engine):
            click.echo("There is no demo in this database.")
            return 0
        migrations.downgrade(engine, "base")
    shutil.rmtree(folder, ignore_errors=True)
    click.echo("The demo's data is gone; the next run makes it anew.")
    return 0


def start_devices(processes: Processes, settings: Settings, engine: Engine, *, beside: int) -> int:
    """Start virtual printers and scales beside a server's port and write their addresses; return the trays' port."""
    with reading(engine) as session:
        printers = session.scalars(
            select(Printer).where(Printer.warehouse_id == WAREHOUSE_ID, Printer.url.startswith("virtual://"))
        ).all()
        weighing = session.scalars(
            select(Station).where(Station.warehouse_id == WAREHOUSE_ID, Station.scale.startswith("virtual://"))
        ).all()
    tray_port, *ports = free_ports(1 + len(printers) + 2 * len(weighing), beside)
    command = ["-m", "printers.virtual", "--http", str(tray_port), "--tray", str(settings.data_dir / "demo" / "trays")]
    with transaction(engine) as session:
        for printer, port in zip(printers, ports, strict=False):
            printer.url = f"virtual://127.0.0.1:{port}?http={tray_port}"
            _ = session.merge(printer)
            command += ["--printer", f"{printer.name}={port}"]
    processes.start("virtual printers", command)
    _start_scales(processes, engine, weighing, ports[len(printers) :])
    return tray_port


def _start_scales(processes: Processes, engine: Engine, stations: Sequence[Station], ports: Sequence[int]) -> None:
    with transaction(engine) as session:
        for station, port, http in zip(stations, ports[::2], ports[1::2], strict=True):
            station.scale = f"virtual://127.0.0.1:{port}?http={http}"
            _ = session.merge(station)
            command = ["-m", "wms.scales.virtual", "--port", str(port), "--http", str(http)]
            processes.start(f"scale of {station.name}", command)


def page_port(url: str) -> str:
    """Return the port of a virtual device's page, as its address has it; '' where it has none."""
    return parse_qs(urlsplit(url).query).get("http", [""])[0]


def first_port(beside: int) -> int:
    """Return where the devices' ports begin for the server on port `beside`: 9101 for 8000."""
    return _FIRST_PORT + (beside - _USUAL_WEB_PORT) * _PORTS_A_DEMO % _PORTS


def free_ports(count: int, beside: int) -> list[int]:
    """Return the first free loopback ports for the devices of the server on port `beside`."""
    found: list[int] = []
    port = first_port(beside)
    while len(found) < count:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                pass  # taken: look at the next
            else:
                found.append(port)
        port += 1
    return found


def _say_hello(engine: Engine, base: str, tray_port: int) -> None:
    with reading(engine) as session:
        mine = select(Worker).where(Worker.warehouse_id == WAREHOUSE_ID, Worker.active.is_(True))
        workers = session.scalars(mine.order_by(Worker.badge.desc())).all()
        scales = session.execute(
            select(Station.name, Station.scale).where(
                Station.warehouse_id == WAREHOUSE_ID, Station.scale.startswith("virtual://")
            )
        ).all()
    badges = {role: f"badge {worker.badge} ({worker.name})" for worker in workers for role in worker.roles}
    scale_lines = "".join(f"\n    scale, {name}   http://localhost:{page_port(scale)}/" for name, scale in scales)
    click.echo(
        f"""
  The demo warehouse is open: {base}

    handheld        {base}/pick/        {badges.get(Role.PICKER, "")}
    packing         {base}/pack/        {badges.get(Role.PACKER, "")}
    supervisor      {base}/desk/        {badges.get(Role.SUPERVISOR, "")}
    wall board      {base}/board
    no scanner?     {base}/desk-scanner shows the barcodes beside the handheld
    printed labels  http://localhost:{tray_port}/{scale_lines}

  Ctrl-C stops it.
"""
    )


commands = {"demo": demo}
