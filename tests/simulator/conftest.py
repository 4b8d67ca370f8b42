"""An empty database of each kind, for floors that are served by real processes."""

from pathlib import Path

import pytest

from wms import config
from wms.config import Settings


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of a database without a table, once on each engine."""
    url = f"sqlite:///{tmp_path / 'wms.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    return config.load({"WMS_DATABASE_URL": url, "WMS_DATA_DIR": str(tmp_path)})
