"""The virtual printers as a process of their own."""

import argparse
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from printers.drivers import open_printer
from printers.printer import OutcomeKind
from printers.virtual.__main__ import named_port
from tests.printers.sending import label
from tests.printers.trays import get, tray

OPTIONS = ["--http", "0", "--label-ms", "0"]


@contextmanager
def running(*options: str) -> Iterator[tuple[str, list[str]]]:
    """Printers on free ports; gives the tray's address and the printers' addresses."""
    command = [sys.executable, "-m", "printers.virtual", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        printers_part, _, tray_url = said.partition("; look at ")
        try:
            yield tray_url.rstrip("/"), [part.rpartition(" at ")[2] for part in printers_part.split(", ")]
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def named(folder: Path) -> list[str]:
    return ["--printer", "A=0", "--printer", "B=0", *OPTIONS, "--tray", str(folder)]


def test_one_printer_needs_a_port_and_nothing_else() -> None:
    with running("--port", "0", "--control", "0", "--label-ms", "1") as (control_url, (printer,)):
        assert open_printer(printer).send(label(), labels=1, timeout_s=10).kind is OutcomeKind.PRINTED
        assert [one["codes"] for one in json.loads(get(f"{control_url}/labels"))] == [["P000000017"]]
        assert json.loads(get(f"{control_url}/faults"))["label_ms"] == 1


def test_labels_and_odometers_outlive_the_process(tmp_path: Path) -> None:
    with running(*named(tmp_path)) as (tray_url, (first, _second)):
        assert open_printer(first).send(label(), labels=1, timeout_s=10).kind is OutcomeKind.PRINTED
        assert {name: len(labels) for name, labels in tray(tray_url, "?codes=0").items()} == {"A": 1, "B": 0}
    with running(*named(tmp_path)) as (tray_url, (first, second)):
        assert (open_printer(first).status().odometer, open_printer(second).status().odometer) == (1, 0)
        assert tray(tray_url)["A"][0]["codes"] == ["P000000017"]


def test_a_port_that_is_taken_is_said_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "printers.virtual",
            "--printer",
            f"A={port}",
            *OPTIONS,
            "--tray",
            str(tmp_path),
        ]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert ended.returncode == 2
    assert ended.stderr.startswith("The virtual printers cannot start:")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("text", ["A", "=1", "A=x"])
def test_a_printer_without_name_and_port_is_bad_use(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="must be NAME=PORT"):
        _ = named_port(text)
