"""The renderer, to look at labels with."""

from collections.abc import Iterator

import pytest

from printers.preview import ZebrashPreview


@pytest.fixture(scope="session")
def preview() -> Iterator[ZebrashPreview]:
    with ZebrashPreview() as drawer:
        yield drawer
