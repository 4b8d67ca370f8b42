"""Run virtual Zebras.

One: `python -m printers.virtual --port 9100 --control 9180`.
Several: `python -m printers.virtual --printer PACK-1=9101 --printer PACK-2=9102 --control 9180 --tray FOLDER`.
A browser at the control port shows labels and switches; a test uses the JSON API there (printers/virtual/control.py).
"""

import argparse
import signal
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from printers.errors import PreviewError
from printers.preview import Preview, ZebrashPreview
from printers.virtual.pages import TrayServer
from printers.virtual.server import VirtualZebra

ALONE = "zebra"


def named_port(text: str) -> tuple[str, int]:
    """Read `NAME=PORT`; raises ArgumentTypeError."""
    name, _, port = text.partition("=")
    if not name or not port.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} must be NAME=PORT, such as PACK-1=9101.")
    return name, int(port)


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m printers.virtual", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    printers = parser.add_mutually_exclusive_group(required=True)
    _ = printers.add_argument("--port", type=int, metavar="PORT", help=f"one printer, named {ALONE}")
    _ = printers.add_argument("--printer", type=named_port, action="append", metavar="NAME=PORT")
    _ = parser.add_argument(
        "--control", "--http", type=int, required=True, metavar="PORT", help="labels and switches, by browser and JSON"
    )
    _ = parser.add_argument("--tray", type=Path, metavar="FOLDER", help="keeps labels and odometers (a new folder)")
    _ = parser.add_argument("--label-ms", type=int, default=300, metavar="N", help="time a label takes (300)")
    _ = parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    options = parser.parse_args(argv)
    options.printer = options.printer or [(ALONE, options.port)]
    return options


def open_preview() -> Preview | None:
    """Return the renderer, or None and a word on standard error where it is not installed."""
    try:
        return ZebrashPreview()
    except PreviewError as error:
        _ = sys.stderr.write(f"{error} Labels print, without pictures.\n")
        return None


def run(options: argparse.Namespace, stop: threading.Event) -> None:
    """Serve until `stop` is set; raises OSError when a port is taken, ValueError for a bad name."""
    with ExitStack() as stack:
        tray = options.tray or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tray-")))
        printers = {
            name: stack.enter_context(
                VirtualZebra(name=name, host=options.host, port=port, tray=tray, label_s=options.label_ms / 1000)
            )
            for name, port in options.printer
        }
        preview = open_preview()
        if preview is not None:
            _ = stack.callback(preview.close)
        server = stack.enter_context(TrayServer((options.host, options.control), printers=printers, preview=preview))
        thread = threading.Thread(target=server.serve_forever, name="trays", daemon=True)
        thread.start()
        _ = stack.callback(server.shutdown)
        addresses = ", ".join(f"{name} at {printer.url}" for name, printer in printers.items())
        _ = sys.stdout.write(f"{addresses}; look at http://{options.host}:{server.server_address[1]}/\n")
        _ = sys.stdout.flush()
        _ = stop.wait()


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM and return the exit code."""
    options = arguments(argv)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        _ = signal.signal(number, lambda _number, _frame: stop.set())
    try:
        run(options, stop)
    except (OSError, ValueError) as error:
        _ = sys.stderr.write(f"The virtual printers cannot start: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
