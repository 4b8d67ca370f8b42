"""Run virtual Zebras: `python -m printers.virtual --printer PACK-1=9101 --http 9180 --tray FOLDER`."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from printers.errors import PreviewError
from printers.preview import Preview, ZebrashPreview
from printers.virtual.pages import TrayServer
from printers.virtual.server import VirtualZebra


def named_port(text: str) -> tuple[str, int]:
    """Read `NAME=PORT`; raises ArgumentTypeError."""
    name, _, port = text.partition("=")
    if not name or not port.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} must be NAME=PORT, such as PACK-1=9101.")
    return name, int(port)


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m printers.virtual", description=__doc__)
    _ = parser.add_argument("--printer", type=named_port, action="append", required=True, metavar="NAME=PORT")
    _ = parser.add_argument("--http", type=int, required=True, metavar="PORT", help="where a browser sees the labels")
    _ = parser.add_argument("--tray", type=Path, required=True, metavar="FOLDER", help="keeps labels and odometers")
    _ = parser.add_argument("--label-ms", type=int, default=300, metavar="N", help="time a label takes (300)")
    _ = parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    return parser.parse_args(argv)


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
        printers = {
            name: stack.enter_context(
                VirtualZebra(
                    name=name, host=options.host, port=port, tray=options.tray, label_s=options.label_ms / 1000
                )
            )
            for name, port in options.printer
        }
        preview = open_preview()
        if preview is not None:
            _ = stack.callback(preview.close)
        server = stack.enter_context(TrayServer((options.host, options.http), printers=printers, preview=preview))
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
