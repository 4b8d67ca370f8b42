"""wms demo: a warehouse worth looking at, served with its worker and virtual printers."""

import datetime as dt
import shutil
import socket

import click
from sqlalchemy import Engine, select

from wms import config, migrations
from wms.cli.processes import Processes
from wms.cli.serve import start_web
from wms.config import WAREHOUSE_ID, Settings
from wms.database import make_engine, reading, transaction
from wms.demo import seed
from wms.domain.actor import Role
from wms.domain.floor import Printer
from wms.domain.people import Worker

_FIRST_PORT = 9101
_SHOWN = (Role.PICKER, Role.PACKER, Role.SUPERVISOR)


@click.command()
@click.option("--host", default="0.0.0.0", show_default=True, help="Address to listen on.")  # noqa: S104 - a handheld tries it too
@click.option("--port", default=8000, show_default=True, envvar="PORT", help="Port to listen on.")
@click.option("--reset", is_flag=True, help="Throw the demo's data away and stop; never touches other data.")
def demo(host: str, port: int, reset: bool) -> int:
    """Make the demo warehouse where there is none yet and serve it with a worker and three virtual printers.

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
    tray_port = start_printers(processes, settings, engine)
    processes.start("worker", ["-m", "wms", "work"])
    start_web(processes, host=host, port=port)
    _say_hello(engine, port, tray_port)
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


def start_printers(processes: Processes, settings: Settings, engine: Engine) -> int:
    """Start the virtual printers on free ports and write their addresses; return the port that shows their trays."""
    with reading(engine) as session:
        printers = session.scalars(
            select(Printer).where(Printer.warehouse_id == WAREHOUSE_ID, Printer.url.startswith("virtual://"))
        ).all()
    ports = free_ports(len(printers) + 1)
    tray_port = ports.pop()
    command = ["-m", "printers.virtual", "--http", str(tray_port), "--tray", str(settings.data_dir / "demo" / "trays")]
    with transaction(engine) as session:
        for printer, port in zip(printers, ports, strict=True):
            printer.url = f"virtual://127.0.0.1:{port}?http={tray_port}"
            _ = session.merge(printer)
            command += ["--printer", f"{printer.name}={port}"]
    processes.start("virtual printers", command)
    return tray_port


def free_ports(count: int) -> list[int]:
    """Return the first free loopback ports from 9101 on."""
    found: list[int] = []
    port = _FIRST_PORT
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


def _say_hello(engine: Engine, port: int, tray_port: int) -> None:
    with reading(engine) as session:
        workers = session.scalars(select(Worker).where(Worker.warehouse_id == WAREHOUSE_ID).order_by(Worker.badge))
        badges = {role: worker for worker in reversed(workers.all()) for role in _SHOWN if role in worker.roles}
    base = f"http://localhost:{port}"
    click.echo(
        f"""
  The demo warehouse is open: {base}

    handheld        {base}/pick/        badge {badges[Role.PICKER].badge} ({badges[Role.PICKER].name})
    packing         {base}/pack/        badge {badges[Role.PACKER].badge} ({badges[Role.PACKER].name})
    supervisor      {base}/desk/        badge {badges[Role.SUPERVISOR].badge} ({badges[Role.SUPERVISOR].name})
    wall board      {base}/board
    no scanner?     {base}/desk-scanner shows the barcodes beside the handheld
    printed labels  http://localhost:{tray_port}/

  Ctrl-C stops it.
"""
    )


commands = {"demo": demo}
