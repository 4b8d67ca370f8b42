"""Draw ZPL as a picture: zebrash (npm package zpl-renderer-js) in one long-lived child process.

The child keeps the 160 MB of the renderer and its crashes out of the caller; it starts with the first picture.
"""

import atexit
import base64
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from printers.errors import PreviewError
from printers.zpl import FOUR_BY_SIX, LabelSize

BUNDLE_VARIABLE = "PRINTERS_ZPL_RENDERER"
BUNDLE_NAME = "zpl-renderer.umd.js"
# Beside the package in a checkout, inside the application when both are installed from one wheel.
BUNDLE_FOLDERS = ("static/vendor", "wms/static/vendor")
LIMIT_DOTS = 4000
# A large label takes a second or two on a busy machine; the worker that waits for it has its job for a minute.
PATIENCE_S = 30.0


class Preview(Protocol):
    """Draws labels."""

    def draw(self, zpl: bytes, *, size: LabelSize | None = None) -> bytes:
        """Return the first label of `zpl` as PNG, one pixel a dot, as large as it says or as `size`; PreviewError."""
        ...

    def close(self) -> None:
        """Give back what drawing needed."""
        ...


def find_bundle(around: Path | None = None) -> Path:
    """Return the renderer's bundle: `PRINTERS_ZPL_RENDERER`, else the vendored file under or beside `around`.

    Raises PreviewError where it is missing.
    """
    named = os.environ.get(BUNDLE_VARIABLE)
    root = around or Path(__file__).resolve().parent.parent
    candidates = [Path(named)] if named else [root / folder / BUNDLE_NAME for folder in BUNDLE_FOLDERS]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise PreviewError(f"no renderer at {candidates[0]}: run make setup, or set {BUNDLE_VARIABLE} to the file.")


def label_size(zpl: bytes) -> LabelSize:
    """Return the size that ^PW and ^LL of a format name, 4 x 6 inches where they do not."""
    width, height = (re.search(rb"\^" + command + rb"(\d{1,5})", zpl) for command in (b"PW", b"LL"))
    return LabelSize(
        width_dots=min(int(width[1]), LIMIT_DOTS) if width else FOUR_BY_SIX.width_dots,
        height_dots=min(int(height[1]), LIMIT_DOTS) if height else FOUR_BY_SIX.height_dots,
    )


class ZebrashPreview:
    """Draws labels in a child process; safe to share between threads, which take turns."""

    def __init__(self, *, bundle: Path | None = None, patience_s: float = PATIENCE_S) -> None:
        """Use the renderer's UMD bundle, which may take `patience_s` a label; PreviewError where it cannot be found."""
        self._bundle = bundle or find_bundle()
        self.patience_s = patience_s
        self._turn = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        _ = atexit.register(self.close)

    def __enter__(self) -> Self:
        """Return the preview itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def draw(self, zpl: bytes, *, size: LabelSize | None = None) -> bytes:
        """Return the first label of `zpl` as PNG, one pixel a dot, as large as it says or as `size`; PreviewError."""
        size = size or label_size(zpl)
        request = {"zpl": zpl.decode("utf-8", errors="replace"), "width": size.width_dots, "height": size.height_dots}
        with self._turn:
            answer = self._ask_in_time(json.dumps(request))
        if not answer:
            raise PreviewError("the renderer stopped; it starts again with the next label.")
        reply = json.loads(answer)
        if "png" not in reply:
            raise PreviewError(reply["error"])
        return base64.b64decode(reply["png"])

    def close(self) -> None:
        """Stop the child process, if there is one."""
        with self._turn:
            self._stop()
        atexit.unregister(self.close)

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        try:
            # The end of its input is the child's sign to leave.
            _ = child.communicate(timeout=self.patience_s)
        except subprocess.TimeoutExpired:
            child.kill()
            _ = child.communicate()

    def _ask_in_time(self, line: str) -> str:
        """Return the child's answer, nothing when it has died; PreviewError when it hangs, and is killed for it."""
        child = self._child or self._start()
        is_late = threading.Event()

        def kill() -> None:
            is_late.set()
            child.kill()

        # A thread of its own, for a child that hangs may keep both pipes blocked.
        clock = threading.Timer(self.patience_s, kill)
        clock.start()
        try:
            answer = self._ask(child, line)
        finally:
            clock.cancel()
        if not answer or is_late.is_set():
            self._stop()
        if is_late.is_set():
            raise PreviewError(f"the renderer took more than {self.patience_s:g} s; it starts again with the next.")
        return answer

    def _start(self) -> subprocess.Popen[str]:
        self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "printers.drawing", str(self._bundle)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        )
        return self._child

    @staticmethod
    def _ask(child: subprocess.Popen[str], line: str) -> str:
        """Return the child's answer, one line of JSON, or nothing when it has died."""
        if child.stdin is None or child.stdout is None:
            raise PreviewError("the renderer has no pipes.")
        try:
            _ = child.stdin.write(line + "\n")
            child.stdin.flush()
            return child.stdout.readline()
        except BrokenPipeError:
            return ""
