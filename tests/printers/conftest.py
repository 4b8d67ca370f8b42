"""Virtual printers, drivers with little patience, and the renderer."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from printers.drivers.tcp import TcpPrinter
from printers.preview import ZebrashPreview
from printers.virtual.server import VirtualZebra
from printers.zpl import TWO_BY_ONE, Label


@pytest.fixture
def switch_on(tmp_path: Path) -> Iterator[Callable[..., VirtualZebra]]:
    """A maker of running printers that share one tray folder; they stop when the test ends."""
    with ExitStack() as stack:
        yield lambda name="Z", **options: stack.enter_context(
            VirtualZebra(name=name, tray=tmp_path / "tray", **options)
        )


@pytest.fixture
def zebra(switch_on: Callable[..., VirtualZebra]) -> VirtualZebra:
    return switch_on()


@pytest.fixture(scope="session")
def preview() -> Iterator[ZebrashPreview]:
    with ZebrashPreview() as drawer:
        yield drawer


def driver(zebra: VirtualZebra, *, reply_timeout_s: float = 0.4) -> TcpPrinter:
    """A driver of that printer that asks often and gives up early."""
    url = f"tcp://{zebra.host}:{zebra.port}"
    return TcpPrinter(url=url, host=zebra.host, port=zebra.port, reply_timeout_s=reply_timeout_s, poll_s=0.01)


def label(code: str = "P000000017", *, copies: int = 1) -> bytes:
    made = Label(TWO_BY_ONE, copies=copies)
    made.code128(40, 30, code)
    return made.to_zpl()
