"""wms serve: the web server and a worker on the configured database."""

import os

import click

from wms import config
from wms.cli import style
from wms.cli.processes import GRACE_S, Processes


@click.command()
@click.option("--host", default="0.0.0.0", show_default=True, help="Address to listen on.")  # noqa: S104 - handhelds reach it over the hall's network
@click.option("--port", default=8000, show_default=True, type=style.PORT, envvar="PORT", help="Port to listen on.")
@click.option("--workers", default=0, type=click.IntRange(0), help="Web processes; 0 takes one a core.")
@click.option("--no-worker", is_flag=True, help="Do not start the worker for labels and printing (it runs elsewhere).")
def serve(host: str, port: int, workers: int, no_worker: bool) -> int:
    """Serve the floor, with one worker for labels and printing.

    Over https where WMS_TLS_CERT and WMS_TLS_KEY name a certificate and its key: screens then stay awake, and handhelds
    have a page of their own without network. Example: WMS_DATABASE_URL=postgresql://wms@db/wms wms serve --port 8000
    """
    settings = config.load()
    style.engine_of(settings).dispose()
    processes = Processes()
    start_web(processes, host=host, port=port, workers=workers)
    if not no_worker:
        processes.start("worker", ["-m", "wms", "work"])
    click.echo(f"Serving on {settings.scheme}://{host}:{port} (Ctrl-C stops).")
    return processes.watch()


def start_web(processes: Processes, *, host: str, port: int, workers: int = 0) -> None:
    """Start gunicorn."""
    command = ["-m", "gunicorn", "-c", "python:wms.serving", "--bind", f"{host}:{port}"]
    command += ["--workers", str(workers or os.cpu_count() or 1)]
    # Requests at work are answered within the grace, and browsers that hold a line open do not use it up.
    command += ["--graceful-timeout", str(int(GRACE_S / 2))]
    processes.start("web server", [*command, "wms.app:create_app()"])


commands = {"serve": serve}
