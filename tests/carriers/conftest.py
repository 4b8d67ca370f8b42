"""A fake Shippo, a carrier that talks to it, and a renderer for labels."""

from collections.abc import Iterator

import pytest

from printers.preview import ZebrashPreview
from wms.carriers.fake_shippo import FakeShippo
from wms.carriers.shippo import ShippoCarrier

KEY = "shippo_test_5ec4e7"


@pytest.fixture
def fake() -> Iterator[FakeShippo]:
    with FakeShippo() as server:
        yield server


def shippo_at(url: str, *, read_timeout_s: float = 30) -> ShippoCarrier:
    """The real SDK; only a test about hanging has little patience."""
    return ShippoCarrier(key=KEY, server_url=url, read_timeout_s=read_timeout_s, polls=2, pause=lambda: None)


@pytest.fixture
def shippo(fake: FakeShippo) -> ShippoCarrier:
    return shippo_at(fake.url)


@pytest.fixture(scope="session")
def preview() -> Iterator[ZebrashPreview]:
    with ZebrashPreview() as drawer:
        yield drawer
