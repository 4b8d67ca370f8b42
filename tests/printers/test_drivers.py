"""One door for every address, and the printers that are no Zebra."""

import stat
from pathlib import Path

import pytest

from printers.drivers import open_printer
from printers.drivers.queue import QueuePrinter
from printers.errors import BadAddressError, UnreachableError
from printers.printer import OutcomeKind
from printers.virtual.server import VirtualZebra
from tests.printers.sending import label


def test_a_virtual_printer_prints_like_any_other_and_has_a_tray_to_look_at(zebra: VirtualZebra) -> None:
    printer = open_printer(f"{zebra.url}?http=9180")
    assert printer.tray_url == "http://127.0.0.1:9180/"
    assert printer.send(label(), labels=1, timeout_s=10).kind is OutcomeKind.PRINTED
    assert zebra.tray.numbers() == [1]


@pytest.mark.parametrize(
    "url", ["tcp://10.0.0.7:9100", "virtual://127.0.0.1:9101", "file:///var/labels", "queue://ZDesigner%20GK420d"]
)
def test_every_scheme_has_its_driver(url: str) -> None:
    printer = open_printer(url)
    assert (printer.url, printer.tray_url) == (url, None)


def test_a_queue_keeps_the_case_and_spaces_of_its_name() -> None:
    printer = open_printer("queue://ZDesigner%20GK420d")
    assert isinstance(printer, QueuePrinter)
    assert printer.queue == "ZDesigner GK420d"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "9100",
        "ftp://x",
        "tcp://host",
        "tcp://:9100",
        "tcp://host:x",
        "tcp://host:99999",
        "virtual://host:9100?http=x",
        "file://host/folder",
        "file:///",
        "queue://",
    ],
)
def test_an_address_that_names_no_printer_is_refused_with_what_is_wrong(url: str) -> None:
    with pytest.raises(BadAddressError, match="use tcp://host:9100") as refused:
        _ = open_printer(url)
    assert refused.value.url == url


def test_a_folder_gets_each_job_as_one_whole_file(tmp_path: Path) -> None:
    printer = open_printer(f"file://{tmp_path}")
    assert printer.status().is_ready
    outcomes = [printer.send(label(code), labels=1, timeout_s=1) for code in ("FIRST", "SECOND")]
    assert [outcome.kind for outcome in outcomes] == [OutcomeKind.HANDED_TO_SPOOLER] * 2
    written = [path.read_bytes() for path in sorted(tmp_path.iterdir())]
    assert sorted(written) == sorted([label("FIRST"), label("SECOND")])
    assert all(path.suffix == ".zpl" for path in tmp_path.iterdir())


def test_a_missing_folder_is_proven_not_printed(tmp_path: Path) -> None:
    printer = open_printer(f"file://{tmp_path}/missing")
    outcome = printer.send(label(), labels=1, timeout_s=1)
    assert outcome.kind is OutcomeKind.NOT_PRINTED
    with pytest.raises(UnreachableError):
        _ = printer.status()


@pytest.fixture
def spooler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A spooler with one queue, whose lpr keeps what it gets in a file; zebra finds lpstat in /usr/bin only."""
    monkeypatch.setattr("zebra.Zebra.getqueues", lambda _zebra: ["PACK-1"])
    got = tmp_path / "got"
    lpr = tmp_path / "bin" / "lpr"
    lpr.parent.mkdir()
    _ = lpr.write_text(f'#!/bin/sh\necho "$@" > {got}.arguments\ncat > {got}\n')
    lpr.chmod(lpr.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{lpr.parent}:/bin")
    return got


def test_a_queue_gets_the_very_bytes_and_says_no_more_than_handed_over(spooler: Path) -> None:
    outcome = open_printer("queue://PACK-1").send("^XA^FDŁódź^XZ".encode(), labels=1, timeout_s=1)
    assert outcome.kind is OutcomeKind.HANDED_TO_SPOOLER
    assert spooler.read_bytes() == "^XA^FDŁódź^XZ".encode()
    assert spooler.with_name("got.arguments").read_text() == "-PPACK-1 -oraw\n"


def test_a_queue_that_does_not_exist_is_proven_not_printed(spooler: Path) -> None:
    printer = open_printer("queue://PACK-9")
    outcome = printer.send(label(), labels=1, timeout_s=1)
    assert (outcome.kind, outcome.reason) == (OutcomeKind.NOT_PRINTED, "no queue named 'PACK-9'")
    assert not spooler.exists()
    with pytest.raises(UnreachableError):
        _ = printer.status()


def test_a_machine_without_a_spooler_is_proven_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_lpstat(_zebra: object) -> list[str]:
        raise FileNotFoundError("lpstat")

    monkeypatch.setattr("zebra.Zebra.getqueues", no_lpstat)
    outcome = open_printer("queue://PACK-1").send(label(), labels=1, timeout_s=1)
    assert (outcome.kind, outcome.reason) == (OutcomeKind.NOT_PRINTED, "this machine has no print spooler")


def test_this_machine_has_no_queue_of_such_a_name() -> None:
    assert open_printer("queue://no-such-queue").send(label(), labels=1, timeout_s=1).kind is OutcomeKind.NOT_PRINTED


def test_a_spooler_that_can_list_and_not_print_is_proven_not_printed(
    spooler: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (spooler.parent / "bin" / "lpr").unlink()
    monkeypatch.setenv("PATH", str(spooler.parent / "bin"))
    outcome = open_printer("queue://PACK-1").send(label(), labels=1, timeout_s=1)
    assert (outcome.kind, outcome.reason) == (OutcomeKind.NOT_PRINTED, "this machine has no lpr")
