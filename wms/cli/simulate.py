"""wms simulate: a whole shift worked over HTTP, to try a plan before the day."""

import datetime as dt
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click
import requests
from sqlalchemy import Engine, select

from wms import config, migrations
from wms.cli import style
from wms.cli.demo import ready, start_devices
from wms.cli.processes import Processes
from wms.cli.serve import start_web
from wms.config import WAREHOUSE_ID, Settings
from wms.database import make_engine, reading, transaction
from wms.domain.actor import Actor, Role
from wms.domain.errors import WmsError
from wms.domain.floor import Profile, Zone
from wms.services.importing import KINDS
from wms.simulator import trays
from wms.simulator.line import base_of
from wms.simulator.person import Habits
from wms.simulator.shift import Plan, Shift

_START_S = 60.0
_LOOK_S = 0.2
_PROFILES = click.Choice([profile.value for profile in Profile])
_SHARE = click.FloatRange(0, 1)


@click.command()
@click.option("--orders", default=300, show_default=True, type=click.IntRange(0, 20_000), help="Orders to add.")
@click.option("--pickers", default=6, show_default=True, type=click.IntRange(1), help="People with handhelds.")
@click.option("--packers", default=3, show_default=True, type=click.IntRange(1), help="People at packing stations.")
@click.option("--seed", default=7, show_default=True, help="The same seed gives the same orders and slips.")
@click.option("--url", default="", help="The server to work on; without it one is started and stopped.")
@click.option("--wrong-rate", default=0.01, show_default=True, type=_SHARE, help="Share of scans that are wrong first.")
@click.option("--short-rate", default=0.005, show_default=True, type=_SHARE, help="Share of lines found short.")
@click.option("--double-rate", default=0.02, show_default=True, type=_SHARE, help="Share of scans posted twice.")
@click.option("--drop-rate", default=0.0, show_default=True, type=_SHARE, help="Share of answers lost: a bad line.")
@click.option("--think-ms", default=0, show_default=True, type=click.IntRange(0), help="Pause before each scan.")
@click.option("--profile", type=_PROFILES, help="Pick all zones by this profile from now on.")
@click.option("--wall", is_flag=True, help="Sort orders of several units at the put wall while it has places.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of sentences.")
def simulate(*, url: str, think_ms: int, profile: str | None, wall: bool, as_json: bool, **asked: float) -> int:
    """Add seeded orders and let people work the whole floor over HTTP until all that has stock is shipped.

    They read the pages as people do, slip now and then, and take labels from the virtual printers' trays. Without
    WMS_DATABASE_URL it works on the demo, made where there is none; --url names a server on that same database.
    Exits 1 when an order with stock stays behind, a label is lost or comes out twice, or the books are wrong.

    Example: wms simulate --orders 300 --pickers 6 --packers 3 --seed 7 --url http://localhost:8000
    """
    try:
        address = base_of(url) if url else ""
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    settings = config.load(demo=True)
    engine = make_engine(settings)
    _ = click.get_current_context().call_on_close(engine.dispose)
    _make_ready(settings, engine)
    if profile:
        _pick_by(engine, profile)
    plan = Plan(
        orders=int(asked["orders"]),
        pickers=int(asked["pickers"]),
        packers=int(asked["packers"]),
        seed=int(asked["seed"]),
        drop_rate=asked["drop_rate"],
        at_wall=wall,
        habits=Habits(
            wrong_rate=asked["wrong_rate"],
            short_rate=asked["short_rate"],
            double_rate=asked["double_rate"],
            think_s=think_ms / 1000,
        ),
    )
    with _serving(settings, engine, address) as server:
        report = Shift(engine, server, plan).run(_progress)
    if sys.stderr.isatty():
        click.echo("", err=True)
    style.say(as_json, {**asdict(report), "ok": not report.faults}, report.words)
    return style.NOT_ALL if report.faults else 0


def _make_ready(settings: Settings, engine: Engine) -> None:
    """Make the demo where nothing is; a warehouse of somebody's own must be at this program's revision."""
    if settings.database_given and migrations.current(engine) is not None:
        style.engine_of(settings).dispose()
    else:
        ready(engine)


def _pick_by(engine: Engine, profile: str) -> None:
    """Let every zone be picked by a profile."""
    with transaction(engine) as session:
        actor = Actor(warehouse_id=WAREHOUSE_ID, at=dt.datetime.now(dt.UTC), roles=frozenset({Role.ADMIN}))
        for zone in session.scalars(select(Zone.zone).where(Zone.warehouse_id == WAREHOUSE_ID)).all() or [Zone.EVERY]:
            _ = KINDS["zones"].write(session, actor, {"zone": zone, "profile": profile})


@contextmanager
def _serving(settings: Settings, engine: Engine, address: str) -> Iterator[str]:
    """Yield the server's address; start web, worker and the virtual printers where no address is given."""
    with reading(engine) as session:
        tray_addresses = trays.addresses(session, WAREHOUSE_ID)
    if address:
        _wait_for(address)
        yield address
        return
    # Whoever ends the simulation ends what it started.
    _ = signal.signal(signal.SIGTERM, signal.default_int_handler)
    url = settings.url.render_as_string(hide_password=False)
    plain = dict.fromkeys(("WMS_TLS", "WMS_TLS_CERT", "WMS_TLS_KEY"), "")  # this server is for the simulation alone
    environ = {"WMS_DATABASE_URL": url, "WMS_DATA_DIR": str(settings.data_dir), **plain}
    processes = Processes(environ=environ, stdout=subprocess.DEVNULL)
    try:
        port = _free_port()
        if tray_addresses and not trays.answer(tray_addresses):
            _ = start_devices(processes, settings, engine, beside=port)
            _wait_for_trays(engine)
        processes.start("worker", ["-m", "wms", "work"])
        start_web(processes, host="127.0.0.1", port=port)
        address = f"http://127.0.0.1:{port}/"
        _wait_for(address)
        yield address
    finally:
        processes.stop()


def _wait_for(address: str) -> None:
    deadline_s = time.monotonic() + _START_S
    while True:
        try:
            requests.get(f"{address}readyz", timeout=_START_S).raise_for_status()
        except requests.RequestException as error:
            if time.monotonic() > deadline_s:
                raise WmsError(f"The server at {address} does not answer: start it with wms demo.") from error
            time.sleep(_LOOK_S)
        else:
            return


def _wait_for_trays(engine: Engine) -> None:
    deadline_s = time.monotonic() + _START_S
    with reading(engine) as session:
        addresses = trays.addresses(session, WAREHOUSE_ID)
    while not trays.answer(addresses):
        if time.monotonic() > deadline_s:
            raise WmsError("The virtual printers do not start. Look at the lines above.")
        time.sleep(_LOOK_S)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _progress(words: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r\x1b[K{words}", nl=False, err=True)


commands = {"simulate": simulate}
