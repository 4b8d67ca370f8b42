"""The browser side of the virtual printers: their labels as pictures, their switches as buttons, the tray as JSON."""

import json
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from printers.errors import PreviewError
from printers.preview import Preview
from printers.virtual import control
from printers.virtual.control import Asked, NoSuchFaultError
from printers.virtual.engine import EngineState, Position, Quirk, Switch
from printers.virtual.server import LineFault, VirtualZebra

NEWEST = 12
REFRESH_S = 3
BODY_LIMIT_BYTES = 4096
POWER_CYCLE = "power_cycle"
# What the page offers for each number of the control API; a test may set any.
PACES = {
    "label_ms": (0, 300, 3000),
    "status_delay_ms": (0, 1000, 5000),
    "status_pieces": (1, 3, 20),
}
STYLE = """
body { font: 16px/1.4 system-ui, sans-serif; margin: 1.5rem; background: #f2f2ee; color: #1b1b1b }
h2 { margin: 1.5rem 0 .3rem } form p { display: inline-block; margin: 0 1.2rem .5rem 0 }
button { font: inherit }
button[aria-pressed=true] { background: #1b1b1b; color: #fff } .trouble { color: #a40000; font-weight: 600 }
.tray { display: flex; flex-wrap: wrap; gap: 1rem } figure { margin: 0 } figcaption { font-size: .8rem }
img { width: 15rem; background: #fff; border: 1px solid #bbb; box-shadow: 0 1px 4px #0003 }
"""


class TrayServer(ThreadingHTTPServer):
    """Serves the trays of several printers."""

    daemon_threads = True

    def __init__(
        self, address: tuple[str, int], *, printers: Mapping[str, VirtualZebra], preview: Preview | None
    ) -> None:
        """Listen on `address`; without a preview the page says that pictures are missing. Raises OSError."""
        super().__init__(address, TrayHandler)
        self.printers = printers
        self.preview = preview

    def tray_json(self, *, with_codes: bool, only: str | None = None) -> dict[str, list[dict[str, object]]]:
        """Return every physical label of every printer, oldest first; raises PreviewError without a renderer."""
        return {
            name: [self._label_json(printer, number, with_codes=with_codes) for number in printer.tray.numbers()]
            for name, printer in self.printers.items()
            if only in {None, name}
        }

    def _label_json(self, printer: VirtualZebra, number: int, *, with_codes: bool) -> dict[str, object]:
        printed = printer.tray.printed(number)
        label: dict[str, object] = {
            "number": number,
            "at": printed.at.isoformat(),
            "sha256": printed.sha256,
            "png": f"/{printer.name}/{number}.png",
        }
        if with_codes:
            preview = self.the_preview()
            try:
                label["codes"] = printer.tray.codes(number, preview)
            except PreviewError as error:
                # A real printer would have used up paper for it: it counts, with nothing to read.
                label |= {"codes": [], "error": str(error)}
        return label

    def the_preview(self) -> Preview:
        """Return the preview; raises PreviewError where there is none."""
        if self.preview is None:
            raise PreviewError("the renderer is not installed: run make setup.")
        return self.preview


class TrayHandler(BaseHTTPRequestHandler):
    """One request to the trays."""

    @property
    def trays(self) -> TrayServer:
        """The server this request came to."""
        if not isinstance(self.server, TrayServer):
            raise TypeError("A TrayHandler answers for a TrayServer only.")
        return self.server

    def do_GET(self) -> None:
        """Answer `/`, `/tray.json`, `/NAME/1.png`, `/NAME/1.zpl` and the control API."""
        if self._control():
            return
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        try:
            if parts.path == "/":
                self._reply("text/html; charset=utf-8", page(self.trays.printers).encode())
            elif parts.path == "/tray.json":
                with_codes = query.get("codes", ["1"])[0] != "0"
                only = query.get("printer", [None])[0]
                body = self.trays.tray_json(with_codes=with_codes, only=only)
                self._reply_json(body)
            else:
                self._reply(*self._label_file(parts.path))
        except (KeyError, ValueError, FileNotFoundError):
            self._reply_json({"error": f"There is nothing at {parts.path}."}, status=HTTPStatus.NOT_FOUND)
        except PreviewError as error:
            self._reply_json({"error": str(error)}, status=HTTPStatus.SERVICE_UNAVAILABLE)

    def do_POST(self) -> None:
        """Take `/NAME/switch` with `switch=position` pairs, `fault=...` or `power_cycle=1`, and the control API."""
        if self._control():
            return
        body = self._body()
        _, name, *verb = self.path.split("/")
        if verb != ["switch"] or name not in self.trays.printers:
            self._reply_json({"error": f"There is no printer {name!r}."}, status=HTTPStatus.NOT_FOUND)
            return
        try:
            for key, values in parse_qs(body.decode("ascii", errors="replace")).items():
                set_one(self.trays.printers[name], key, values[-1])
        except ValueError as error:
            self._reply_json({"error": str(error)}, status=HTTPStatus.BAD_REQUEST)
            return
        self.send_response(HTTPStatus.SEE_OTHER)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_PUT(self) -> None:
        """Take the control API's faults."""
        if not self._control():
            self._reply_json({"error": f"Nothing can be put to {self.path}."}, status=HTTPStatus.NOT_FOUND)

    def _control(self) -> bool:
        """Answer a request of the control API, and say whether it was one."""
        parts = urlsplit(self.path)
        *names, word = parts.path.strip("/").split("/")
        # One printer alone needs no name.
        printers = self.trays.printers
        if len(names) > 1 or (not names and len(printers) != 1) or (names and names[0] not in printers):
            return False
        printer = printers[names[0]] if names else next(iter(printers.values()))
        with_codes = parse_qs(parts.query).get("codes", ["1"])[0] != "0"
        asked = Asked(verb=self.command, word=word, with_codes=with_codes)
        if not control.knows(asked):
            return False
        try:
            answer = control.respond(printer, self.trays.preview, replace(asked, body=self._body()))
        except NoSuchFaultError as error:
            self._reply_json({"error": str(error)}, status=HTTPStatus.BAD_REQUEST)
        else:
            self._reply_json(answer)
        return True

    def _body(self) -> bytes:
        return self.rfile.read(min(int(self.headers.get("Content-Length", "0")), BODY_LIMIT_BYTES))

    def _reply_json(self, body: object, *, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._reply("application/json", json.dumps(body).encode(), status=status)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's own name
        """Keep quiet: a page that refreshes itself would fill the terminal."""

    def _label_file(self, path: str) -> tuple[str, bytes]:
        """Return type and content of one label's file; raises KeyError, ValueError, FileNotFoundError, PreviewError."""
        _, name, file = path.split("/")
        number, _, suffix = file.partition(".")
        tray = self.trays.printers[name].tray
        zpl = tray.zpl(int(number))
        if suffix == "zpl":
            return "text/plain; charset=utf-8", zpl
        if suffix == "png":
            return "image/png", tray.png(int(number), self.trays.the_preview())
        raise KeyError(path)

    def _reply(self, content_type: str, body: bytes, *, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'")
        self.end_headers()
        _ = self.wfile.write(body)


def set_one(printer: VirtualZebra, key: str, value: str) -> None:
    """Set one switch or fault; raises ValueError for a name or position that does not exist."""
    if key == POWER_CYCLE:
        printer.power_cycle()
    elif key == "fault":
        printer.break_line(LineFault(value))
    elif key in PACES:
        control.set_faults(printer, {key: int(value)})
    elif key in set(Quirk):
        control.set_faults(printer, {key: None if value == Position.OFF else value})
    else:
        printer.switch(Switch(key), Position(value))


def page(printers: Mapping[str, VirtualZebra]) -> str:
    """Return the page with all printers."""
    sections = "".join(section(printer) for printer in printers.values())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Virtual printers</title>'
        f'<meta http-equiv="refresh" content="{REFRESH_S}"><style>{STYLE}</style></head>'
        f"<body><h1>Virtual printers</h1>{sections}</body></html>"
    )


def section(printer: VirtualZebra) -> str:
    """Return one printer: how it is, its switches, its newest labels."""
    state = printer.state()
    name = escape(printer.name)
    newest = reversed(printer.tray.numbers()[-NEWEST:])
    figures = "".join(
        f'<figure><a href="/{name}/{number}.png"><img src="/{name}/{number}.png" alt="Label {number}"></a>'
        f'<figcaption>No. {number} · <a href="/{name}/{number}.zpl">ZPL</a></figcaption></figure>'
        for number in newest
    )
    return (
        f"<section><h2>{name} <small>{escape(printer.url)}</small></h2><p>{words(state)}</p>"
        f'{forms(printer, state)}<div class="tray">{figures or "No label yet."}</div></section>'
    )


def words(state: EngineState) -> str:
    """Return how the printer is, for a reader."""
    found = [*filter(state.is_on, Switch), *(quirk for quirk in Quirk if quirk in state.quirks)]
    troubles = ", ".join(one.replace("_", " ") for one in found)
    ready = f'<span class="trouble">{troubles}</span>' if troubles else "ready"
    return f"{ready} · {state.labels_remaining} waiting · {state.odometer} printed in its life"


def forms(printer: VirtualZebra, state: EngineState) -> str:
    """Return the form with a button for each thing one can do to the printer."""
    positions = [position.value for position in Position]
    rows = "".join(buttons(switch.value, state.switches[switch].value, positions) for switch in Switch)
    flags = (Position.OFF.value, control.FLAG)
    quirks = "".join(buttons(quirk.value, flags[quirk in state.quirks], list(flags)) for quirk in Quirk)
    faults = buttons("fault", printer.fault.value, [fault.value for fault in LineFault])
    now = control.numbers(printer.pace)
    paces = "".join(buttons(key, str(now[key]), list(map(str, options))) for key, options in PACES.items())
    power = f'<p><button name="{POWER_CYCLE}" value="1">power off and on</button></p>'
    return f'<form method="post" action="/{escape(printer.name)}/switch">{rows}{quirks}{faults}{paces}{power}</form>'


def buttons(key: str, now: str, options: list[str]) -> str:
    """Return a row of buttons with the one that holds now marked; a page that reloads itself would lose a choice."""
    row = "".join(
        f'<button name="{key}" value="{option}" aria-pressed="{"true" if option == now else "false"}">'
        f"{option.replace('_', ' ')}</button>"
        for option in options
    )
    return f"<p><b>{key.replace('_', ' ')}</b> {row}</p>"
