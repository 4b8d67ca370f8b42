"""Virtual printers, and the renderer."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from printers.preview import ZebrashPreview
from printers.virtual.server import VirtualZebra


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
